"""Handlers of the namespace `/auctioneer`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from gavel_sons._generated import events, models


def rank(payload: models.Class) -> None:
    """How the lot ranks."""
    raise NotImplementedError(
        "write rank in gavel_sons.handlers.rostrum: it is the event `class` of the namespace `/auctioneer`"
    )


def say(payload: models.Chat) -> None:
    """Say something, as `socket.send` does."""
    raise NotImplementedError(
        "write say in gavel_sons.handlers.rostrum: it is the event `message` of the namespace `/auctioneer`"
    )
