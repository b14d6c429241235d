"""Handlers of the namespace `/`.

Beside one function for each event, `connect(auth)`, `disconnect(reason)` and
`error(error)` are called where they are defined here.
"""

from __future__ import annotations

from deployed._generated import events, models


def greet(payload: str) -> None:
    """Handle `greet` of `/`."""
    raise NotImplementedError(
        "write greet in deployed.handlers.root: it is the event `greet` of the namespace `/`"
    )
