"""A Socket.IO client that costs little, so that what is measured is the server."""

from __future__ import annotations

import json
import math
import os
import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import Any, Final

HANDSHAKE: Final = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    b"Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
# Ids have a fixed width, so that a frame is made once and only its id changes.
_FIRST_ID: Final = 1_000_000


@dataclass
class Run:
    """What one run measured; latencies in seconds, `cpu` those that the server computed."""

    seconds: float
    latencies: list[float]
    cpu: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return len(self.latencies) / self.seconds

    @property
    def cost(self) -> float:
        """What the server computed for one event, in microseconds."""
        return 1e6 * self.cpu / len(self.latencies)

    def percentile(self, percent: int) -> float:
        """The latency that `percent` of all events had at most, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


@dataclass
class Connection:
    port: int
    event: str
    payload: Any
    sent: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._socket.sendall(HANDSHAKE)
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        del self._buffer[: self._buffer.index(b"\r\n\r\n") + 4]
        self._socket.sendall(frame(b"40"))
        while not any(message.startswith(b"40") for message in self.messages()):
            self._fill()
        tail = json.dumps([self.event, self.payload], separators=(",", ":")).encode()
        whole = frame(b"42%d" % _FIRST_ID + tail)
        start = whole.index(b"42%d[" % _FIRST_ID) + 2
        self._head, self._tail = whole[:start], whole[start + len(str(_FIRST_ID)) :]
        self._next = _FIRST_ID

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, due: float | None = None) -> None:
        """Send the event; its latency counts from when it is due, which is now by default."""
        number = self._next
        self._next += 1
        self.sent[number] = due or time.perf_counter()
        self._socket.sendall(b"%b%d%b" % (self._head, number, self._tail))

    def receive(self) -> list[tuple[int, bytes]]:
        """The acknowledgements that have come: id and data."""
        self._fill()
        found = []
        for message in self.messages():
            if message.startswith(b"43"):
                end = message.index(b"[")
                found.append((int(message[2:end]), message[end:]))
            elif message == b"2":
                self._socket.sendall(frame(b"3"))
        return found

    def messages(self) -> list[bytes]:
        """The whole messages in the buffer."""
        found, at, buffer = [], 0, self._buffer
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            if len(buffer) < start + size:
                break
            found.append(bytes(buffer[start : start + size]))
            at = start + size
        del buffer[:at]
        return found

    def close(self) -> None:
        self._socket.close()

    def _fill(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server has closed the connection")
        self._buffer += data


def frame(data: bytes, first: int = 0x81) -> bytes:
    """A websocket frame as clients send it; masked with zeros, which changes nothing."""
    size = len(data)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65536:
        length = b"\xfe" + size.to_bytes(2, "big")
    else:
        length = b"\xff" + size.to_bytes(8, "big")
    return bytes([first]) + length + bytes(4) + data


def measure(
    pid: int, port: int, event: str, payload: Any, clients: int, in_flight: int, seconds: float
) -> Run:
    """Let clients emit, each with so many events that are not acknowledged yet.

    Raises AssertionError for an acknowledgement that is not what was sent.
    """
    selector = selectors.DefaultSelector()
    connections = [Connection(port, event, payload) for _ in range(clients)]
    for connection in connections:
        selector.register(connection.fileno(), selectors.EVENT_READ, connection)
    for connection in connections:
        for _ in range(in_flight):
            connection.send()
    latencies: list[float] = []
    cpu, begin = _computed(pid), time.perf_counter()
    end = begin + seconds
    seen: bytes | None = None
    while (now := time.perf_counter()) < end or not latencies:
        for key, _ in selector.select(timeout=1):
            connection = key.data
            for number, data in connection.receive():
                latencies.append(time.perf_counter() - connection.sent.pop(number))
                if data != seen:
                    assert json.loads(data) == [payload], data[:200]
                    seen = data
                connection.send()
    cpu = _computed(pid) - cpu
    for connection in connections:
        connection.close()
    return Run(now - begin, latencies, cpu)


def _computed(pid: int) -> float:
    """The seconds that a process has computed; not a number where there is no /proc."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
