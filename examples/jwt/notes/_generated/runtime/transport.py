"""What arrives before Socket.IO: websockets, and the packets of Engine.IO in them.

What python-engineio does is mended where a hostile client could use it to keep
a thread or memory of the server: it leaves a websocket behind on which it gets
what it cannot read, it looks at the size of a message when all of it is in
memory, it answers a request that ends a session when the client has fetched
what is left, and it fails on one to a session that has just ended.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

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


def harden(engineio: Any) -> None:
    """Let an Engine.IO server take only what a client of Socket.IO sends."""
    driver = engineio._async["websocket"]
    if isinstance(driver, type) and issubclass(
        driver, _websocket_wsgi.SimpleWebSocketWSGI
    ):
        engineio._async = {**engineio._async, "websocket": _strict(driver)}
    engineio.sockets = _Sockets()
    disconnect_all = engineio.disconnect

    def disconnect(sid: str | None = None) -> None:
        if sid is None:
            disconnect_all()
        elif socket := engineio.sockets.pop(sid, None):
            socket.close(wait=False, reason=engineio.reason.SERVER_DISCONNECT)

    engineio.disconnect = disconnect


class _Sockets(dict[str, Any]):
    """The sessions of Engine.IO; to a request, one that is closed is not there any more."""

    def __contains__(self, sid: object) -> bool:
        socket = self.get(sid) if isinstance(sid, str) else None
        return socket is not None and not socket.closed


def _strict(driver: Any) -> type:
    class WebSocket(driver):  # type: ignore[misc,unused-ignore]
        """A websocket that drops what is no packet, and does not read what is too large."""

        def __init__(self, handler: Callable[[Any], Any], server: Any) -> None:
            super().__init__(handler, server)
            self.server_args["max_message_size"] = server.max_http_buffer_size

        def wait(self) -> Any:
            """The next packet; None where the connection is closed."""
            while True:
                try:
                    data = self.ws.receive(timeout=_LOOK_AGAIN)
                except simple_websocket.ConnectionClosed:
                    return None
                if isinstance(data, bytes) or (data and _PACKET.match(data)):
                    return data
                if data is not None:
                    log.warning("dropped what is no packet of Engine.IO")

        def close(self) -> None:
            """Close the connection, which its reader may be doing, too."""
            with suppress(simple_websocket.ConnectionClosed, ProtocolError, OSError):
                super().close()

    return WebSocket
