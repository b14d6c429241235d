"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from chat._generated import events, models
from chat._generated.runtime.server import current_sid
from chat.room import current_room


def join(payload: models.User) -> models.Welcome:
    """Enter the room under a name."""
    room = current_room()
    others = room.enter(current_sid(), payload.name)
    events.root.user_joined(
        models.Presence(name=payload.name, online=room.online),
        broadcast=True,
        include_self=False,
    )
    events.admin.room_status(room.status(), broadcast=True)
    return models.Welcome(users=others)


def new_message(payload: models.NewMessage) -> models.Receipt:
    """Say something to everyone in the room."""
    room = current_room()
    receipt = room.take()
    message = models.PostedMessage(
        id=receipt.id,
        name=room.name(current_sid()),
        text=payload.text,
        replyTo=payload.replyTo,
        at=receipt.at,
    )
    events.root.message_posted(message, broadcast=True)
    events.admin.room_status(room.status(), broadcast=True)
    return receipt


def typing(payload: bool) -> None:
    """Show the others that a message is being written, or no longer."""
    events.root.typing(
        models.TypingState(name=current_room().name(current_sid()), typing=payload),
        broadcast=True,
        include_self=False,
    )


def leave() -> None:
    """Leave the room; disconnecting leaves it, too."""
    room = current_room()
    name = room.leave(current_sid())
    if name is not None:
        events.root.user_left(
            models.Presence(name=name, online=room.online),
            broadcast=True,
            include_self=False,
        )
        events.admin.room_status(room.status(), broadcast=True)


def disconnect() -> None:
    """Disconnecting leaves the room."""
    leave()
