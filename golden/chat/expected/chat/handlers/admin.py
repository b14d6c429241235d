"""Handlers of the namespace `/admin`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from chat._generated import events, models


def announce(payload: models.NewMessage) -> models.Receipt:
    """Say something to everyone in the room in the name of the house."""
    raise NotImplementedError(
        "write announce in chat.handlers.admin: it is the event `announce` of the namespace `/admin`"
    )
