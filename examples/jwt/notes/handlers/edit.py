"""Handlers of the namespace `/edit`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from notes._generated import events, models
from notes._generated.runtime.server import current_identity
from notes.notes import current_notes


def note(payload: models.Text) -> int:
    """Write a note."""
    user = str(current_identity().user)
    count = current_notes().add(user, payload)
    events.root.noted(payload, to=user)
    return count
