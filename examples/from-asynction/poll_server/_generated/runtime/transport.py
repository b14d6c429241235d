"""What arrives before Socket.IO: websockets, and the packets of Engine.IO in them.

What python-engineio and simple-websocket do is mended where a hostile client
could use it to keep a thread or memory of the server. They leave a websocket
behind on which they get what they cannot read; look at the size of a message
when all of it is in memory; read on while nothing is handled, and keep for
ever what is not fetched; send a part of a frame where a client reads slowly;
answer a request that ends a session when the client has fetched what is left;
and fail on one to a session that has just ended.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any, Final

import engineio.socket  # type: ignore[import-untyped,unused-ignore]
import simple_websocket  # type: ignore[import-untyped,unused-ignore]
from engineio.async_drivers import (  # type: ignore[import-untyped,unused-ignore]
    _websocket_wsgi,
)
from wsproto.utilities import ProtocolError

log = logging.getLogger(__name__)

# A message of Socket.IO, and what else a client sends: close, ping, pong, upgrade.
_PACKET: Final = re.compile(r"4[0-6]|([1235]|[23]probe)\Z")
# In seconds; simple-websocket does not always say that it has closed a connection.
_LOOK_AGAIN: Final = 5
# How many packets that are read may wait to be handled.
_BACKLOG: Final = 100
# How many packets of one client are handled before others have their turn.
_IN_A_ROW: Final = 5
# How many events of one client threads handle at once, unless they take long.
_AT_ONCE: Final = 8
# How much may wait to be fetched by a client, as a multiple of the largest message.
_OUTSTANDING: Final = 10


def harden(server: Any) -> None:
    """Let an Engine.IO server take only what a client of Socket.IO sends."""
    driver = server._async["websocket"]
    if isinstance(driver, type) and issubclass(
        driver, _websocket_wsgi.SimpleWebSocketWSGI
    ):
        server._async = {**server._async, "websocket": _strict(driver)}
    server.sockets = _Sockets()

    def disconnect(sid: str | None = None) -> None:
        for each in [*server.sockets] if sid is None else [sid]:
            if session := server.sockets.pop(each, None):
                session.close(wait=False, reason=server.reason.SERVER_DISCONNECT)

    server.disconnect = disconnect


class _Sockets(dict[str, Any]):
    """The sessions of Engine.IO; to a request, one that is closed is not there any more."""

    def __setitem__(self, sid: str, session: Any) -> None:
        # Engine.IO makes sessions of its own class, and names no other way.
        session.__class__ = _Session
        super().__setitem__(sid, session)

    def __contains__(self, sid: object) -> bool:
        session = self.get(sid) if isinstance(sid, str) else None
        return session is not None and not session.closed


class _Session(engineio.socket.Socket):  # type: ignore[misc,unused-ignore]
    """A session that ends where its client does not fetch what is sent to it."""

    outstanding = 0
    websocket: Any = None

    @cached_property
    def turns(self) -> queue.SimpleQueue[None]:
        """An item for each event that may be handled in addition to those that are."""
        turns: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(_AT_ONCE):
            turns.put(None)
        return turns

    def send(self, pkt: Any) -> None:
        """Put a packet into the queue, unless too much stands there already, in bytes."""
        if self.outstanding > _OUTSTANDING * self.server.max_http_buffer_size:
            if not self.closed:
                log.warning("disconnected a client that does not read: %s", self.sid)
                reason = self.server.reason.TRANSPORT_ERROR
                self.close(wait=False, abort=True, reason=reason)
                self.server.sockets.pop(self.sid, None)
                if self.websocket is not None:
                    self.websocket.abort()
            return
        if isinstance(pkt.data, str | bytes):
            self.outstanding += len(pkt.data)
        super().send(pkt)

    def poll(self) -> Any:
        """Take all packets that are in the queue, to send them."""
        packets = super().poll()
        self.outstanding = 0
        return packets


class _Connection(simple_websocket.Server):  # type: ignore[misc,unused-ignore]
    """A websocket that reads on when what it has read is handled, and sends whole frames."""

    def __init__(self, environ: Any, turn: Any, **options: Any) -> None:
        self._turn = turn
        super().__init__(environ, **options)

    def handshake(self) -> None:
        """Accept the connection; then a thread is started that reads."""
        self._taken = type(self.event)()
        self._aborted = False
        self.sock: Any = _Whole(self.sock, self._turn)
        super().handshake()

    def receive(self, timeout: float | None = None) -> Any:
        """The next message; None where none came in time."""
        message = super().receive(timeout)
        self._taken.set()
        return message

    def abort(self) -> None:
        """End the connection at once, and whatever reads from it or writes to it."""
        self._aborted, self.connected = True, False
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.event.set()
        self._taken.set()

    def _handle_events(self) -> Any:
        going = super()._handle_events()
        while self.connected and self._is_full():
            self._taken.clear()
            if self._is_full():
                self._taken.wait(_LOOK_AGAIN)
        return going and not self._aborted

    def _is_full(self) -> bool:
        waiting = [*self.input_buffer[: _BACKLOG + 1]]
        size = sum(map(len, waiting))
        return len(waiting) > _BACKLOG or size > (self.max_message_size or size)


class _Whole:
    """A socket that sends all of what it is told to, and nothing between.

    With gevent's, `send` is a part of it. `turn` is a queue of one token: that
    is a lock, whatever the async mode.
    """

    def __init__(self, inner: Any, turn: Any) -> None:
        self._inner = inner
        self._turn = turn

    def send(self, data: bytes) -> None:
        token = self._turn.get()
        try:
            self._inner.sendall(data)
        finally:
            self._turn.put(token)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _strict(driver: Any) -> type:
    class WebSocket(driver):  # type: ignore[misc,unused-ignore]
        """A websocket that drops what is no packet, and does not read what is too large."""

        def __init__(self, handler: Callable[[Any], Any], server: Any) -> None:
            super().__init__(handler, server)
            self.server_args["max_message_size"] = server.max_http_buffer_size
            turn = self.server_args["turn"] = server.create_queue()
            turn.put("token")
            self._session: Any = handler.__self__  # type: ignore[attr-defined]
            self._end: float | None = None
            self._in_a_row = 0

        def __call__(self, environ: Any, start_response: Any) -> Any:
            """Serve the connection, and leave it as the WSGI server expects."""
            self.ws = _Connection(environ, **self.server_args)
            self._session.websocket = self.ws
            try:
                answer = self.app(self)
            finally:
                self._session.websocket = None
                self.ws.abort()
                if self._session.closed:
                    # At once, not when Engine.IO next looks: it may keep packets.
                    self._session.server.sockets.pop(self._session.sid, None)
            if self.ws.mode == "gunicorn":
                raise StopIteration
            if self.ws.mode == "werkzeug":
                raise ConnectionError
            return answer

        def wait(self) -> Any:
            """The next packet; None where the connection is closed."""
            while not self._is_over():
                try:
                    data = self.ws.receive(timeout=_LOOK_AGAIN)
                except simple_websocket.ConnectionClosed:
                    return None
                if self._session.closed or data is None:
                    continue
                self._let_others()
                if isinstance(data, bytes) or _PACKET.match(data):
                    return data
                log.warning("dropped what is no packet of Engine.IO")
            self.ws.abort()
            return None

        def _let_others(self) -> None:
            """With gevent, nobody else has a turn while there is something to read here."""
            self._in_a_row = self._in_a_row + 1 if self.ws.input_buffer else 0
            if self._in_a_row >= _IN_A_ROW:
                self._in_a_row = 0
                self._session.server.sleep(0)

        def _is_over(self) -> bool:
            """True some seconds after the end of the session: a client may be slow to read it."""
            if not self._session.closed:
                return False
            if self._end is None:
                self._end = time.monotonic() + _LOOK_AGAIN
            return time.monotonic() > self._end

        def close(self) -> None:
            """Close the connection, which its reader may be doing, too."""
            with suppress(simple_websocket.ConnectionClosed, ProtocolError, OSError):
                super().close()

    return WebSocket
