"""Handlers of the namespace `/admin`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from chat._generated import events, models
from chat.room import current_room


def connect() -> None:
    """Show the status of the room to an admin who has just connected."""
    events.admin.room_status(current_room().status())


def announce(payload: models.NewMessage) -> models.Receipt:
    """Say something to everyone in the room in the name of the house."""
    room = current_room()
    receipt = room.take()
    events.root.message_posted(
        models.PostedMessage(
            id=receipt.id, name="the house", text=payload.text, at=receipt.at
        ),
        broadcast=True,
    )
    return receipt
