"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from gavel_sons._generated import events, models
from gavel_sons._generated.runtime.guard import Unset


def watch_lots(payload: models.WatchLots) -> models.WatchLotsAck:
    """Be told of these lots; they are one argument, a list."""
    raise NotImplementedError(
        "write watch_lots in gavel_sons.handlers.root: it is the event `watch lots` of the namespace `/`"
    )


def say(payload: models.Chat) -> None:
    """Say something, as `socket.send` does."""
    raise NotImplementedError(
        "write say in gavel_sons.handlers.root: it is the event `message` of the namespace `/`"
    )


def json(payload: models.Anything) -> None:
    """Whatever there is to say; use `message`.

    Deprecated.
    """
    raise NotImplementedError(
        "write json in gavel_sons.handlers.root: it is the event `json` of the namespace `/`"
    )


def step_out() -> None:
    """Leave the floor for a while."""
    raise NotImplementedError(
        "write step_out in gavel_sons.handlers.root: it is the event `stepOut` of the namespace `/`"
    )


def pause(payload: None) -> None:
    """Handle `pause` of `/`."""
    raise NotImplementedError(
        "write pause in gavel_sons.handlers.root: it is the event `pause` of the namespace `/`"
    )


def search(
    payload: models.Query,
) -> tuple[models.SearchAckLots, models.SearchAckTotal | Unset]:
    """Look through the catalogue."""
    raise NotImplementedError(
        "write search in gavel_sons.handlers.root: it is the event `search` of the namespace `/`"
    )


def ready(payload: models.Ready) -> models.Answer:
    """Either side asks; the other answers."""
    raise NotImplementedError(
        "write ready in gavel_sons.handlers.root: it is the event `ready?` of the namespace `/`"
    )


def größter_zuschlag(payload: models.Ergebnis) -> None:
    """Der „Hammer“ fällt – 竞价结束."""
    raise NotImplementedError(
        "write größter_zuschlag in gavel_sons.handlers.root: it is the event `größter Zuschlag 🔨` of the namespace `/`"
    )


def apologize(error: Exception) -> object:
    """Called with an exception that was raised in `/`.

    What this returns, unless None, is the client's acknowledgement.
    """
    raise NotImplementedError(
        "write apologize in gavel_sons.handlers.root: it is the error handler of the namespace `/`"
    )
