"""Who takes part in broadcasts: a client is in no room until it is accepted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import socketio  # type: ignore[import-untyped,unused-ignore]


class Admission(socketio.Manager):  # type: ignore[misc,unused-ignore]
    """A client manager in which a client takes part once its connection is accepted.

    python-socketio enters a client into its rooms before the connect handler
    has run; without this, a broadcast reaches clients that are then refused.
    What the connect handler itself emits to its client waits until then, too.
    It changes its books in one thread at a time: else clients that come and go
    together are lost from them, or taken for accepted.
    `on_log_out` is called with a user whose clients of this process have to go.
    """

    on_log_out: Callable[[str], None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        self._books = threading.RLock()

    def get_participants(self, namespace: str, room: Any) -> Iterable[tuple[str, str]]:
        """The accepted members of a room."""
        for sid, eio_sid in super().get_participants(namespace, room):
            if not self.is_pre_connected(sid, namespace):
                yield sid, eio_sid

    def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, **kwargs: Any
    ) -> None:
        """Emit, or keep what is meant for one client that is still being checked."""
        room = kwargs.pop("to", None) or room
        send = partial(super().emit, event, data, namespace, room=room, **kwargs)
        with self._books:
            if isinstance(room, str) and self.is_pre_connected(room, namespace):
                self._waiting.setdefault(room, []).append(send)
                return
        send()

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """A client is being checked: its sid; None where it has one already."""
        with self._books:
            sid: str | None = super().pre_connect(eio_sid, namespace)
        return sid

    def connect(self, sid: str, namespace: str) -> str:
        """The connection is accepted: deliver what has waited for it."""
        with self._books:
            accepted: str = super().connect(sid, namespace)
            waiting = self._waiting.pop(accepted, ())
        for send in waiting:
            send()
        return accepted

    def pre_disconnect(self, sid: str, namespace: str) -> Any:
        """The client is about to go, which several threads may notice; its Engine.IO sid."""
        with self._books:
            if self.is_connected(sid, namespace):
                super().pre_disconnect(sid, namespace)
            return self.eio_sid_from_sid(sid, namespace)

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """The client has gone, or was refused: what has waited for it is dropped."""
        with self._books:
            self._waiting.pop(sid, None)
            super().basic_disconnect(sid, namespace, **kwargs)

    def basic_enter_room(self, *args: Any, **kwargs: Any) -> None:
        """Add a client to a room."""
        with self._books:
            super().basic_enter_room(*args, **kwargs)

    def basic_leave_room(self, *args: Any, **kwargs: Any) -> None:
        """Take a client out of a room."""
        with self._books:
            super().basic_leave_room(*args, **kwargs)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """The rooms that a client is in."""
        with self._books:
            rooms: list[str] = super().get_rooms(sid, namespace)
        return rooms

    def log_out(self, user: str) -> None:
        """Disconnect every client of a user."""
        self.on_log_out(user)


class _Shared(socketio.PubSubManager):  # type: ignore[misc,unused-ignore]
    """What processes that share a queue tell each other beside what python-socketio does."""

    def log_out(self, user: str) -> None:
        """Disconnect every client of a user, in every process."""
        message = {"method": "disconnect", "user": user, "host_id": self.host_id}
        self._handle_disconnect(message)
        self._publish(message)

    def _handle_disconnect(self, message: dict[str, Any]) -> None:
        if "user" in message:
            self.on_log_out(message["user"])
        else:
            super()._handle_disconnect(message)

    def _handle_emit(self, message: dict[str, Any]) -> None:
        if message["data"] == [None]:
            # One argument that is null; without the tuple it would be taken for none.
            message = {**message, "data": [(None,)]}
        super()._handle_emit(message)


# In the order of bases below, Admission stands between the queue and the local rooms.
class RedisAdmission(_Shared, socketio.RedisManager, Admission):  # type: ignore[misc,unused-ignore]
    """Admission for clients of several processes that share a Redis queue."""


class KombuAdmission(_Shared, socketio.KombuManager, Admission):  # type: ignore[misc,unused-ignore]
    """Admission for clients of several processes that share a queue of Kombu."""


def client_manager(options: dict[str, Any]) -> socketio.Manager:
    """The client manager that the options `message_queue` and `channel` ask for."""
    url = options.get("message_queue")
    if not url:
        return Admission()
    return queue_manager(url, options.get("channel", "flask-socketio"))


def queue_manager(url: str, channel: str, **options: Any) -> socketio.Manager:
    """The client manager that shares a message queue with those of other processes."""
    is_redis = url.startswith(("redis://", "rediss://"))
    return (RedisAdmission if is_redis else KombuAdmission)(
        url, channel=channel, **options
    )
