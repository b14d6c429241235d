"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from flask_socketio import join_room

from notes._generated import events, models
from notes._generated.runtime.server import current_identity, disconnect_identity
from notes.notes import current_notes


def connect(user: str) -> None:
    """Put all devices of a user into one room."""
    join_room(user)


def list_() -> models.ListAck:
    """List the notes of the user who asks."""
    return current_notes().of(str(current_identity().user))


def log_out() -> None:
    """End every connection of the user who asks."""
    disconnect_identity(current_identity().user)
