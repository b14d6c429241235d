"""Who is in the room, and how much was said. Any storage would do; this one is a dictionary."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import current_app

from chat._generated import models


@dataclass
class Room:
    """The state of the room; every method may be called from any thread."""

    _names: dict[str, str] = field(default_factory=dict)
    _messages: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, sid: str, name: str) -> list[str]:
        """Let a client in under a name; who was in the room before."""
        with self._lock:
            others = sorted(other for key, other in self._names.items() if key != sid)
            self._names[sid] = name
            return others

    def leave(self, sid: str) -> str | None:
        """The name of the client that leaves, None where it was not in the room."""
        with self._lock:
            return self._names.pop(sid, None)

    def name(self, sid: str) -> str:
        """What a client is called; clients that have not joined are guests."""
        return self._names.get(sid, "guest")

    def take(self) -> models.Receipt:
        """Number the next message."""
        with self._lock:
            self._messages += 1
            return models.Receipt(id=self._messages, at=datetime.now(UTC).isoformat())

    @property
    def online(self) -> int:
        """How many are in the room."""
        return len(self._names)

    def status(self) -> models.RoomStatus:
        """What the namespace `/admin` shows."""
        return models.RoomStatus(
            users=sorted(self._names.values()), messages=self._messages
        )


def current_room() -> Room:
    """The room of the current app."""
    room: Room = current_app.extensions["room"]
    return room
