"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from typing import Any

from raw._generated import events, models
from raw._generated.runtime.guard import UNSET, Unset


def create(payload: dict[str, Any]) -> int:
    """Handle `create` of `/`."""
    raise NotImplementedError(
        "write create in raw.handlers.root: it is the event `create` of the namespace `/`"
    )


def move(id_: int, position: dict[str, Any] | Unset = UNSET) -> None:
    """Handle `move` of `/`."""
    raise NotImplementedError(
        "write move in raw.handlers.root: it is the event `move` of the namespace `/`"
    )


def anything(payload: Any) -> list[Any]:
    """Handle `anything` of `/`."""
    raise NotImplementedError(
        "write anything in raw.handlers.root: it is the event `anything` of the namespace `/`"
    )
