"""Clients that mean harm: each attack goes on, at a server of this machine, until its time is over.

What comes of one is measured by `under_attack`; that none of them stops the server is tested by
tests/functional/test_hostile_traffic.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator

from tests.benchmarks.client import HANDSHAKE, frame
from tests.benchmarks.contracts import MEDIUM
from tests.functional.test_connections import MALFORMED, NOT_ENGINEIO

CONNECTIONS = 8
SLOW_CONNECTIONS = 150
# The events of `contracts`, wrongly used.
INVALID = ('42["say",1]', '42["say",{"name":"x"}]', '42["nothing","x"]', '421["say"]')
LARGE = json.dumps(["order", MEDIUM | {"items": MEDIUM["items"] * 500}])
COMPRESSED = HANDSHAKE[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
POLLING = "/socket.io/?EIO=4&transport=polling"


class Attacker:
    """A port of this machine, and when it is enough."""

    def __init__(self, port: int, seconds: float) -> None:
        self.port = port
        self.end = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.end

    @contextlib.contextmanager
    def open(self, request: bytes) -> Iterator[socket.socket]:
        """A connection on which a request has been sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall(request)
            yield connection

    def again(self, attack: Callable[[], object]) -> None:
        """Attack again and again, whether the server hangs up or does not answer."""
        while not self.over:
            with contextlib.suppress(OSError):
                attack()

    def at_once(self, attack: Callable[[], object]) -> None:
        """Attack on several connections, until the end."""
        threads = [
            threading.Thread(target=self.again, args=(attack,)) for _ in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def send(self, data: bytes, reads: bool = True) -> None:
        """Connect to the namespace, and send the same as fast as it is taken."""
        with self.open(HANDSHAKE) as connection:
            connection.recv(4096)
            connection.sendall(frame(b"40"))
            if reads:
                threading.Thread(target=_read, args=(connection,), daemon=True).start()
            while not self.over:
                connection.sendall(data)


def _read(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connection.recv(1_000_000):
            pass


def connects(attacker: Attacker) -> None:
    """Clients that connect, and are gone when they have been let in."""

    def connect() -> None:
        with attacker.open(HANDSHAKE) as connection:
            connection.sendall(frame(b"40"))
            received = b""
            while b"40{" not in received:
                received += connection.recv(4096)

    attacker.at_once(connect)


def invalid_events(attacker: Attacker) -> None:
    """Events that are refused."""
    data = b"".join(frame(packet.encode()) for packet in INVALID) * 50
    attacker.at_once(lambda: attacker.send(data))


def valid_events(attacker: Attacker) -> None:
    """As many good events: what any greedy client may do."""
    data = frame(b'421["say",{"name":"x","text":"y"}]') * 200
    attacker.at_once(lambda: attacker.send(data))


def garbage(attacker: Attacker) -> None:
    """Packets that no client sends."""
    short = [it for it in MALFORMED + NOT_ENGINEIO if 0 < len(it) < 10_000]
    data = b"".join(frame(packet.encode("utf-8", "replace")) for packet in short)
    attacker.at_once(lambda: attacker.send(data))


def slow_requests(attacker: Attacker) -> None:
    """Headers and bodies by polling that come a byte a second, and never to an end."""
    with contextlib.ExitStack() as stack:
        opened = []
        for number in range(SLOW_CONNECTIONS):
            opened.append(stack.enter_context(attacker.open(_slow_request(attacker, number))))
        while not attacker.over:
            for connection in opened:
                with contextlib.suppress(OSError):
                    connection.sendall(b"x")
            time.sleep(1)


def _slow_request(attacker: Attacker, number: int) -> bytes:
    if number % 2:
        return f"GET {POLLING} HTTP/1.1\r\nHost: x\r\nX: ".encode()
    with attacker.open(f"GET {POLLING} HTTP/1.0\r\n\r\n".encode()) as connection:
        answer = b""
        while b'"sid":"' not in answer:
            answer += connection.recv(4096)
    sid = answer.partition(b'"sid":"')[2].partition(b'"')[0].decode()
    head = f"POST {POLLING}&sid={sid} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    return f'{head}42["say",'.encode()


def no_reading(attacker: Attacker) -> None:
    """Clients that ask for much, and do not read the answers."""
    data = frame(f"421{LARGE}".encode())
    attacker.at_once(lambda: attacker.send(data, reads=False))


def bombs(attacker: Attacker) -> None:
    """Small frames that would inflate to 300 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(b"4" * 1_000_000) for _ in range(300))
    bomb += packer.flush(zlib.Z_SYNC_FLUSH)

    def explode() -> None:
        with attacker.open(COMPRESSED) as connection:
            connection.sendall(frame(bomb[:-4], 0xC1))
            _read(connection)  # until the server has closed it

    attacker.at_once(explode)


def huge_ids(attacker: Attacker) -> None:
    """Ids of acknowledgements with up to 5,000 digits, and answers to what nobody asked."""
    numbers = ("0", "9" * 18, "9" * 100, "9" * 5000, "-1", "٣")
    packets = [
        text
        for it in numbers
        for text in (f"43{it}[]", f'42{it}["say",{{"name":"x","text":"y"}}]', f"461-{it}[]")
    ]
    data = b"".join(frame(packet.encode()) for packet in packets)
    attacker.at_once(lambda: attacker.send(data))


ATTACKS: dict[str, Callable[[Attacker], None]] = {
    "flood of connects": connects,
    "flood of invalid events": invalid_events,
    "flood of valid events": valid_events,
    "garbage packets": garbage,
    "slow requests by polling": slow_requests,
    "clients that do not read": no_reading,
    "compression bombs": bombs,
    "huge ids of acks": huge_ids,
}


def attack(name: str, port: int, seconds: float) -> None:
    """Carry out an attack, in a process of its own that leaves the processor to others."""
    os.nice(10)
    ATTACKS[name](Attacker(port, seconds))
