"""What arrives before Socket.IO: websockets, and the packets of Engine.IO in them.

What python-engineio and simple-websocket do is mended where a hostile client
could use it to keep a thread or memory of the server. They leave a websocket
behind on which they get what they cannot read, and a session whose websocket has
not come to be; look at the size of a message when all of it is in memory; read on
while nothing is handled, in a thread of its own; sleep in a thread until the next
ping; keep for ever what is not fetched; send a part of a frame where a client
reads slowly; answer a request that ends a session when the client has fetched
what is left; fail on one to a session that has just ended; and upgrade where an option
says that they do not.
"""

from __future__ import annotations

import errno
import logging
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any, Final

import engineio.socket  # type: ignore[import-untyped,unused-ignore]
import simple_websocket  # type: ignore[import-untyped,unused-ignore]
from engineio import exceptions, packet
from engineio.async_drivers import (  # type: ignore[import-untyped,unused-ignore]
    _websocket_wsgi,
)
from wsproto.utilities import ProtocolError

from . import workers
from .clock import Clock

log = logging.getLogger(__name__)

# A message of Socket.IO, and what else a client sends: close, ping, pong, upgrade.
_PACKET: Final = re.compile(r"4[0-6]|([1235]|[23]probe)\Z")
# How much is read at once, in bytes.
_CHUNK: Final = 16_384
# How long a client may take to end its websocket once its session has ended, in seconds.
_LINGER: Final = 5.0
# When to look again whether the frame that is being sent has been sent, in seconds.
_RETRY: Final = 0.01
# How long who has much to read waits for others, in seconds. With gevent, the sockets of
# others are looked at only where it is more than nothing.
_TURN: Final = 1e-9
# How many packets of one client are handled before others have their turn.
_IN_A_ROW: Final = 16
# How much may wait to be fetched by a client, as a multiple of the largest message.
_OUTSTANDING: Final = 10


def harden(server: Any, clock: Clock) -> None:
    """Let an Engine.IO server take only what a client of Socket.IO sends."""
    driver = server._async["websocket"]
    if isinstance(driver, type) and issubclass(
        driver, _websocket_wsgi.SimpleWebSocketWSGI
    ):
        server._async = {**server._async, "websocket": _strict(driver)}
    server.sockets = _Sockets(clock)

    def disconnect(sid: str | None = None) -> None:
        for each in [*server.sockets] if sid is None else [sid]:
            if session := server.sockets.get(each):
                session.close(wait=False, reason=server.reason.SERVER_DISCONNECT)

    server.disconnect = disconnect


class _Sockets(dict[str, Any]):
    """The sessions of Engine.IO, which makes them of its own class and names no other way."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def __setitem__(self, sid: str, session: Any) -> None:
        session.__class__ = _Session
        session.clock, session.free = self._clock, threading.Lock()
        super().__setitem__(sid, session)


class _Session(engineio.socket.Socket):  # type: ignore[misc,unused-ignore]
    """A session that ends where its client does not fetch what is sent to it."""

    last_ping: float | None  # None until the next one is sent.
    clock: Clock
    free: threading.Lock  # Of the one websocket that it may have at a time.
    websocket: _Connection | None = None
    outstanding = 0
    _told = False

    def tell(self, wrong: str, *details: object) -> None:
        """Log what the client has sent, the first time: it can do so without an end."""
        if not self._told:
            self._told = True
            log.warning(f"{wrong}; it is logged once for each client", *details)

    @cached_property
    def turns(self) -> Any:
        """An item for each event that may be handled in addition to those that are."""
        return workers.turns(self.server.async_mode)

    def send(self, pkt: Any) -> None:
        """Put a packet into the queue, unless too much stands there already, in bytes."""
        if self.outstanding > _OUTSTANDING * self.server.max_http_buffer_size:
            if not self.closed:
                log.warning("disconnected a client that does not read: %s", self.sid)
                reason = self.server.reason.TRANSPORT_ERROR
                self.close(wait=False, abort=True, reason=reason)
                if self.websocket is not None:
                    self.websocket.abort()
            return
        if isinstance(pkt.data, str | bytes):
            self.outstanding += len(pkt.data)
        self._put(pkt)

    def _put(self, pkt: Any) -> None:
        # It may end at any time, and who emits to many goes on with the others.
        with suppress(exceptions.SocketIsClosedError):
            super().send(pkt)

    def poll(self) -> Any:
        """Take all packets that are in the queue, to send them."""
        packets = super().poll()
        self.outstanding = 0
        return packets

    def schedule_ping(self) -> None:
        """Send a ping after a while, unless one is on its way or waits for its answer."""
        if self.last_ping:
            self.last_ping = None
            self.clock.call_later(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        if not (self.closing or self.closed):
            self.last_ping = time.time()
            # Not by `send`, which may call handlers: the clock cannot wait for these.
            self._put(packet.Packet(packet.PING))

    def handle_post_request(self, request: Any) -> None:
        """Receive packets; raises ContentTooLongError for what has no end."""
        if int(request.get("CONTENT_LENGTH", "0")) < 0:
            raise exceptions.ContentTooLongError
        super().handle_post_request(request)

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """End the session, and soon its websocket, whatever the client does."""
        is_open = not (self.closing or self.closed)
        super().close(wait, abort, reason)
        if is_open:
            # At once, not when Engine.IO next looks: it may keep packets.
            self.server.sockets.pop(self.sid, None)
            if self.websocket is not None:
                self.server.start_background_task(self.websocket.linger)


class _Connection(simple_websocket.Server):  # type: ignore[misc,unused-ignore]
    """A websocket that is read by whoever waits for a message, and sends whole frames."""

    def __init__(self, environ: Any, server: Any, **options: Any) -> None:
        self._server = server
        super().__init__(environ, **{**options, "thread_class": _NoReader})

    def handshake(self) -> None:
        """Accept the connection."""
        self._ended = type(self.event)()
        self.sock: Any = _Whole(self.sock, self._server.sleep)
        super().handshake()

    def receive(self) -> Any:
        """The next message; raises ConnectionClosed when the client has ended."""
        while not self.input_buffer:
            if self._ended.is_set():
                raise simple_websocket.ConnectionClosed(self.close_reason)
            self._read()
            if not self.input_buffer:
                self._server.sleep(_TURN)  # What is no message may come without an end.
        return self.input_buffer.pop(0)

    def _read(self) -> None:
        try:
            data = self.sock.recv(self.receive_bytes)
            self.ws.receive_data(data)
            going = bool(data) and self._handle_events()
        except (OSError, ProtocolError):
            going = False
        if not going:
            self.connected = False
            self._ended.set()

    def linger(self) -> None:
        """Give the client some time to read and to end; then the server does."""
        self._ended.wait(_LINGER)
        self.abort()

    def abort(self) -> None:
        """End the connection at once, and whatever reads from it or writes to it."""
        self.connected = False
        self._ended.set()
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _NoReader:
    """In place of the thread in which simple-websocket reads."""

    name = ""

    def __init__(self, target: Callable[[], Any]) -> None: ...

    def start(self) -> None:
        """Do nothing."""


class _Whole:
    """A socket that sends all of what it is told to, and nothing between.

    With gevent's, `send` is a part of it.
    """

    def __init__(self, inner: Any, sleep: Callable[[float], None]) -> None:
        self.recv = inner.recv
        self._inner = inner
        self._sleep = sleep
        self._lock = threading.Lock()

    def send(self, data: bytes) -> None:
        # Nobody waits in `acquire`: it would stop all greenlets of a thread.
        while not self._lock.acquire(blocking=False):
            self._sleep(_RETRY)
        try:
            # `sendall` of gevent asks for the size of a buffer each time.
            sent = self._inner.send(data)
            if sent < len(data):
                self._inner.sendall(data[sent:])
        finally:
            self._lock.release()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _strict(driver: Any) -> type:
    class WebSocket(driver):  # type: ignore[misc,unused-ignore]
        """A websocket that drops what is no packet, and does not read what is too large."""

        def __init__(self, handler: Callable[[Any], Any], server: Any) -> None:
            super().__init__(handler, server)
            self.server_args["max_message_size"] = server.max_http_buffer_size
            self.server_args["receive_bytes"] = _CHUNK
            self._session: _Session = handler.__self__  # type: ignore[attr-defined]
            self._in_a_row = 0

        def __call__(self, environ: Any, start_response: Any) -> Any:
            """Serve the connection until it ends; what asks for none is a bad request."""
            session = self._session
            if not session.free.acquire(blocking=False):
                return session.server._bad_request()
            try:
                if not self._accepts(environ):
                    if not session.connected:
                        session.close(wait=False, abort=True)
                    return session.server._bad_request()
                self._serve()
            finally:
                session.websocket = None
                session.free.release()
            if self.ws.mode != "werkzeug":
                # To the others this is the end of the connection, and nothing to log.
                raise ConnectionResetError(errno.ECONNRESET, "the websocket has ended")
            # It would take the rest of what the client has sent for requests, and its
            # debugger would log an exception.
            while environ["wsgi.input"].read(_CHUNK):
                pass
            start_response("101 Switching Protocols", [])
            return ()

        def _accepts(self, environ: Any) -> bool:
            """Whether the request is the handshake of a websocket that may be had."""
            if "HTTP_TRANSFER_ENCODING" in environ:
                return False  # Werkzeug would read on where such a body ends.
            server = self._session.server
            if self._session.connected and not (
                server.allow_upgrades and "websocket" in server.transports
            ):
                return False  # Engine.IO offers no upgrade then, but makes one.
            try:
                self.ws = _Connection(environ, server, **self.server_args)
            except (OSError, ProtocolError, ValueError):
                return False
            return True

        def _serve(self) -> None:
            self._session.websocket = self.ws
            if self._session.closed:  # Meanwhile; nobody else would end the connection.
                self.ws.abort()
            try:
                self.app(self)
            finally:
                self.ws.abort()
                self.ws.sock.close()

        def wait(self) -> Any:
            """The next packet; None where the connection is closed."""
            while True:
                try:
                    data = self.ws.receive()
                except simple_websocket.ConnectionClosed:
                    break
                self._let_others()
                if self._session.closed:
                    continue  # The client is slow to read it.
                if isinstance(data, bytes) or _PACKET.match(data):
                    return data
                self._session.tell("dropped what is no packet of Engine.IO")
            self._session.websocket = None
            self.ws.abort()  # The writer may be at work for who does not read.
            return None

        def _let_others(self) -> None:
            """With gevent, nobody else has a turn as long as there is something to read."""
            self._in_a_row += 1
            if self._in_a_row >= _IN_A_ROW:
                self._in_a_row = 0
                self._session.server.sleep(_TURN)

        def close(self) -> None:
            """Close the connection, which its reader may be doing, too."""
            with suppress(simple_websocket.ConnectionClosed, ProtocolError, OSError):
                super().close()

    return WebSocket
