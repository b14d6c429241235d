"""Many Socket.IO clients in one process: bare packets over asyncio, by websocket or long polling.

A client connects again when its connection ends, as Socket.IO's own do, and joins its room
again; it keeps which numbered events have come.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 60
_SEPARATOR = b"\x1e"


class Gone(Exception):
    """The connection has ended, or the server does not know the session."""


@dataclass
class Http:
    """One connection with keep-alive, and without cookies."""

    address: tuple[str, int]
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, target: str, body: bytes | None = None) -> bytes:
        """The body of the answer; raises Gone where its status is not 200."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(*self.address)
        reader, writer = self.streams
        verb, host = "GET" if body is None else "POST", "{}:{}".format(*self.address)
        head = f"{verb} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body or b'')}"
        writer.write(f"{head}\r\n\r\n".encode() + (body or b""))
        status, headers = await read_head(reader)
        if headers.get("transfer-encoding") == "chunked":
            answer = b""
            while size := int(await reader.readline(), 16):
                answer += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            answer = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        if status != 200:
            raise Gone(f"{status}: {answer[:100]!r}")
        return answer

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
        self.streams = None


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.lower(): value.strip().lower() for name, _, value in pairs}
    return int(lines[0].split()[1]), headers


class Polling:
    """An Engine.IO session by long polling: one connection waits, another one sends."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._get, self._post = Http(address), Http(address)
        self._target = "/socket.io/?EIO=4&transport=polling"

    async def open(self) -> str:
        opening = json.loads((await self._get.ask(self._target))[1:])
        self._target += f"&sid={opening['sid']}"
        return str(opening["sid"])

    async def send(self, packet: str) -> None:
        await self._post.ask(self._target, packet.encode())

    async def receive(self) -> list[str]:
        packets = (await self._get.ask(self._target)).split(_SEPARATOR)
        return [packet.decode() for packet in packets]

    def close(self) -> None:
        self._get.close()
        self._post.close()


class WebSocket:
    """An Engine.IO session by a websocket: text frames of less than 64 kB."""

    _writer: asyncio.StreamWriter | None = None

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address

    async def open(self) -> str:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        host, key = "{}:{}".format(*self._address), base64.b64encode(os.urandom(16)).decode()
        self._writer.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        status, _ = await read_head(self._reader)
        if status != 101:
            self.close()
            raise Gone(str(status))
        [opening] = await self.receive()
        return str(json.loads(opening[1:])["sid"])

    async def send(self, packet: str) -> None:
        data = packet.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
        assert self._writer is not None
        # A mask of zeros is a mask.
        self._writer.write(b"\x81" + size + bytes(4) + data)
        await self._writer.drain()

    async def receive(self) -> list[str]:
        first, size = await self._reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self._reader.readexactly(2))
        data = await self._reader.readexactly(size)
        if first != 0x81:
            raise Gone(f"opcode {first:#x}")
        return [data.decode()]

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


@dataclass
class Client:
    """One client: where it is connected, and the numbers of the events that it got, in order."""

    address: tuple[str, int]
    kind: type[Polling | WebSocket]
    room: str
    node: str = ""
    said: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    # How often the connection ended, how long it then took to be in the room again, in seconds,
    # and how often a try to connect failed meanwhile.
    ends: Counter[str] = field(default_factory=Counter)
    gaps: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    _answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _number: int = 0
    _ended: float = 0

    async def live(self) -> None:
        """Connect, and again and again, until cancelled."""
        while True:
            self._session = self.kind(self.address)
            try:
                sid = await self._session.open()
                await self._session.send("40")
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._receive())
                    both.create_task(self._join(sid))
            except* (Gone, OSError, EOFError) as problems:
                kind = repr(problems.exceptions[0])
                if self.connected.is_set():
                    self.ends[kind] += 1
                    self._ended = time.monotonic()
                else:
                    self.failures[kind] += 1
            finally:
                self.connected.clear()
                self._session.close()
            for answer in self._answers.values():
                answer.cancel()
            self._answers.clear()
            await asyncio.sleep(0.1)

    async def _join(self, sid: str) -> None:
        self.node = await self.ask("join", self.room)
        assert sid.startswith(f"{self.node}."), (sid, self.node)
        if self._ended:
            self.gaps.append(time.monotonic() - self._ended)
        self.connected.set()

    async def ask(self, event: str, *args: Any) -> Any:
        """Emit, and wait for the acknowledgement; its first argument.

        It is cancelled where the connection ends before.
        """
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._session.send(f"42{self._number}{json.dumps([event, *args])}")
        # `wait_for` of Python 3.11 drops a cancellation that comes with the answer.
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def _receive(self) -> None:
        while True:
            for packet in await self._session.receive():
                if packet == "2":
                    await self._session.send("3")
                elif packet == "1":
                    raise Gone("closed by the server")
                elif packet.startswith("42"):
                    event, number = json.loads(packet[2:])
                    (self.said if event == "said" else self.told).append(number)
                elif packet.startswith("43"):
                    number, _, answer = packet[2:].partition("[")
                    waiting = self._answers.pop(int(number))
                    if not waiting.done():
                        waiting.set_result(json.loads(f"[{answer}")[0])
