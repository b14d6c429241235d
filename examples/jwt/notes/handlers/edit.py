"""Handlers of the namespace `/edit`.

Beside one function for each event, `connect(auth)`, `disconnect(reason)` and
`error(error)` are called where they are defined here.
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
