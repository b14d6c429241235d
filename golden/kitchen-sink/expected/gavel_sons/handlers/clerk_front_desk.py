"""Handlers of the namespace `/clerk/front-desk`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from gavel_sons._generated import events, models


def register(payload: models.Party) -> models.Paddle:
    """Handle `register` of `/clerk/front-desk`."""
    raise NotImplementedError(
        "write register in gavel_sons.handlers.clerk_front_desk: it is the event `register` of the namespace `/clerk/front-desk`"
    )


def watch_lots(payload: models.WatchLots) -> models.WatchLotsAck:
    """Be told of these lots; they are one argument, a list."""
    raise NotImplementedError(
        "write watch_lots in gavel_sons.handlers.clerk_front_desk: it is the event `watch lots` of the namespace `/clerk/front-desk`"
    )


def _2nd_opinion(payload: models._2ndOpinion) -> None:
    """Handle `2nd opinion` of `/clerk/front-desk`."""
    raise NotImplementedError(
        "write _2nd_opinion in gavel_sons.handlers.clerk_front_desk: it is the event `2nd opinion` of the namespace `/clerk/front-desk`"
    )
