"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from chat._generated import events, models


def join(payload: models.User) -> models.Welcome:
    """Enter the room under a name."""
    raise NotImplementedError(
        "write join in chat.handlers.root: it is the event `join` of the namespace `/`"
    )


def new_message(payload: models.NewMessage) -> models.Receipt:
    """Say something to everyone in the room."""
    raise NotImplementedError(
        "write new_message in chat.handlers.root: it is the event `new message` of the namespace `/`"
    )


def typing(payload: bool) -> None:
    """Show the others that a message is being written, or no longer."""
    raise NotImplementedError(
        "write typing in chat.handlers.root: it is the event `typing` of the namespace `/`"
    )


def leave() -> None:
    """Leave the room; disconnecting leaves it, too."""
    raise NotImplementedError(
        "write leave in chat.handlers.root: it is the event `leave` of the namespace `/`"
    )
