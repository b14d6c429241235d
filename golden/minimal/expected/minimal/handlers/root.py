"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from minimal._generated import events, models


def greet(payload: str) -> None:
    """Handle `greet` of `/`."""
    raise NotImplementedError(
        "write greet in minimal.handlers.root: it is the event `greet` of the namespace `/`"
    )
