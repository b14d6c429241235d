"""A bare Engine.IO client over long polling, to send what no Socket.IO client would send.

Other than a websocket, it goes on talking while its CONNECT is still being
checked. `Raw` of project.py does the same over a websocket.
"""

from __future__ import annotations

import http.cookiejar
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from tests.functional.project import PATIENCE

_SEPARATOR = "\x1e"


class Polling:
    """One Engine.IO session; packets are text, as on the wire (`40` connects, `42[…]` emits)."""

    def __init__(self, url: str, query: str = "", headers: Mapping[str, str] | None = None) -> None:
        self._url = f"{url}/socket.io/?EIO=4&transport=polling"
        self._headers = dict(headers or {})
        # A proxy of the environment has no part in this.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        self._pending: list[str] = []
        opening = self._request(f"&{query}" if query else "")
        self.sid: str = json.loads(opening[1:])["sid"]
        self._url += f"&sid={self.sid}"

    def send(self, *packets: str) -> None:
        """Send packets in one request; returns when the server has handled them."""
        self._request(data=_SEPARATOR.join(packets).encode())

    def send_later(self, *packets: str) -> threading.Thread:
        """Send packets that the server takes long to handle; `join()` waits for that."""
        thread = threading.Thread(target=self.send, args=packets, daemon=True)
        thread.start()
        return thread

    def receive(self) -> str:
        """The next packet but pings; waits for it."""
        while not self._pending:
            packets = self._request().split(_SEPARATOR)
            self._pending += [packet for packet in packets if packet != "2"]
        return self._pending.pop(0)

    def connect(self, namespace: str = "/", auth: str = "") -> str:
        """Send a CONNECT packet; the answer, such as `40{"sid":…}` or `44{…}`."""
        self.send(f"40{_prefix(namespace)}{auth}")
        return self.receive()

    def received(self, namespace: str = "/") -> list[str]:
        """Every packet that the server has sent until now: an undeclared event ends them."""
        end = f"{_prefix(namespace)}9999"
        self.send(f'42{end}["are we done?"]')
        found = []
        while not (packet := self.receive()).startswith(f"43{end}"):
            found.append(packet)
        return found

    def close(self) -> None:
        """End the session as a client does that goes away."""
        self.send("1")

    def _request(self, query: str = "", data: bytes | None = None) -> str:
        request = urllib.request.Request(self._url + query, data, self._headers)
        with self._opener.open(request, timeout=PATIENCE) as answer:
            body: Any = answer.read()
        return str(body.decode())


def _prefix(namespace: str) -> str:
    return "" if namespace == "/" else f"{namespace},"
