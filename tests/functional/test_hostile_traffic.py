"""Clients that mean harm, at a server of its own process: others are served, memory is bounded.

What a single packet can do is in test_connections.py; here it is what many of them, and large
ones, do under the servers that an emitted project is run with.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import random
import socket
import statistics
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import websocket

from tests.benchmarks.client import frame
from tests.functional.project import PATIENCE, Project, Raw, Running, scaffold, wait_for
from tests.functional.rawclient import Polling
from tests.functional.test_connections import MALFORMED, NOT_ENGINEIO

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: echo, payload: {type: string}, x-ack: {args: {type: string}}}
          - {name: file, payload: {type: string, format: binary}, x-ack: {args: {type: integer}}}
          - {name: any, payload: true, x-ack: {args: {type: string}}}
          - {name: count, x-ack: {args: {type: integer}}}
          - {name: tick, x-ack: {args: {type: integer}}}
          - {name: wait, x-ack: {args: {type: integer}}}
"""
HANDLERS = """
import itertools
import time

from .._generated.runtime.server import current

def echo(text): return text
def file(content): return len(content)
def any(value): return repr(value)

ticks = itertools.count()
def tick(): return next(ticks)

waiting = []
def wait():
    waiting.append(None)
    at_once = len(waiting)
    time.sleep(1)
    waiting.pop()
    return at_once

def count(): return len(current().server.eio.sockets)
"""
WAYS = {
    "threading": ("{package} --port {port}", {}),
    "gevent": ("gunicorn -b 127.0.0.1:{port} {package}:create_app() -k gevent",
               {"ASYNC_MODE": "gevent"}),
    "gthread": ("gunicorn -b 127.0.0.1:{port} {package}:create_app() -k gthread --threads 20", {}),
    "pywsgi": ("{package} --port {port}", {"ASYNC_MODE": "gevent"}),
}  # fmt: skip
# Servers differ in how they let go of a connection; what follows goes through their hands.
EVERY_WAY = pytest.mark.parametrize("process", WAYS, indirect=True)
WEBSOCKET = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: x", "Upgrade: websocket",
    "Connection: Upgrade", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)  # fmt: skip
# What may be added to the memory of the server at any time, in MB: some buffers of the size of
# one message, and what the allocator holds.
BOUND = 80


@dataclass
class Target:
    """A server, and a client of it that is to notice nothing."""

    server: Running
    witness: Raw
    number: int = 0

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.server.url)
        return str(parts.hostname), int(parts.port or 0)

    @property
    def pid(self) -> int:
        """The process that serves: the last child of the one that was started, else itself."""
        pid = self.server.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[-1]) if children else pid

    def memory(self, what: str = "VmHWM") -> float:
        """A number of /proc/PID/status in MB: the most that was ever used, unless reset."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(it for it in lines if it.startswith(f"{what}:")).split()[1]) / 1024

    def threads(self) -> int:
        """How many threads the server has."""
        return len([*Path(f"/proc/{self.pid}/task").iterdir()])

    def told(self) -> list[str]:
        """The lines of the server's log, but for those of requests: others' end at any time."""
        return [it for it in self.server.log().splitlines() if "HTTP/1.1" not in it]

    def put_out(self) -> int:
        """How many clients the server has put out since they did not read."""
        return self.server.log().count("disconnected a client that does not read")

    def serves(self) -> None:
        """The witness gets its answers, and nothing else."""
        self.number += 1
        self.witness.send(f'42{self.number}["echo","still {self.number}"]')
        assert self.witness.receive() == f'43{self.number}["still {self.number}"]'

    def sessions(self) -> int:
        """The Engine.IO sessions that the server has."""
        return self.ask("count")

    def ask(self, event: str) -> int:
        """The number with which an event of the witness is answered."""
        self.number += 1
        self.witness.send(f'42{self.number}["{event}"]')
        answer = self.witness.receive()
        return int(answer.removeprefix(f"43{self.number}[").removesuffix("]"))

    def open(self, *lines: str) -> socket.socket:
        """A bare connection on which the lines of a request are sent."""
        connection = socket.create_connection(self.address, PATIENCE)
        connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
        return connection

    @contextlib.contextmanager
    def client(self) -> Iterator[Raw]:
        with self.server.raw() as client:
            assert client.connect().startswith("40{")
            yield client


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("hostile")
    return scaffold(folder, DOCUMENT, {"root": HANDLERS})


@pytest.fixture(scope="module", params=["threading", "gevent"])
def process(project: Project, request: pytest.FixtureRequest) -> Iterator[Running]:
    command, env = WAYS[request.param]
    with project.run(command, env) as server:
        yield server


@pytest.fixture
def target(process: Running) -> Iterator[Target]:
    """Served before, meanwhile and after; within the bound; and without a traceback."""
    with process.raw() as witness:
        assert witness.connect().startswith("40{")
        target = Target(process, witness)
        target.serves()
        before = target.memory("VmRSS")
        Path(f"/proc/{target.pid}/clear_refs").write_text("5")  # VmHWM begins anew
        yield target
        target.serves()
        assert target.memory() - before < BOUND
        assert "Traceback" not in process.log()


def test_S22_packets_that_are_nearly_right(target: Target) -> None:
    """Bytes of good packets are cut out, doubled and changed, by a fixed seed."""
    random_ = random.Random(10)
    good = ['421["echo","x"]', '40{"token":"x"}', '451-["file",{"_placeholder":true,"num":0}]',
            '42/,7["echo","\\ud83d"]', "431[]", "2probe", "3", "5", "41"]  # fmt: skip
    for _ in range(10):
        with contextlib.suppress(OSError), target.client() as client:
            for _ in range(100):
                packet = list(random_.choice(good + MALFORMED[:20]))
                for _ in range(random_.randrange(1, 4)):
                    at = random_.randrange(len(packet) + 1)
                    packet[at : at + random_.randrange(3)] = random_.choice(
                        ([], ["9" * 5], ["["], ['"'], ["\x1e"], ["\0"], ["-"], ["/"], ["{}"], ["4"])
                    )
                client.connection.send("".join(packet))
                if random_.random() < 0.2:
                    client.connection.send_binary(random_.randbytes(5))
        target.serves()


def test_S22_packets_that_are_nearly_right_by_polling(target: Target) -> None:
    client = Polling(target.server.url)
    client.connect()
    for packet in [it for it in MALFORMED + NOT_ENGINEIO if it and len(it) < 60_000]:
        with contextlib.suppress(OSError):
            client.send(packet.encode("utf-8", "replace").decode())
        target.serves()


@pytest.mark.parametrize(
    "num", ["1", "-1", "1000000000000", '"0"', "null", "[0]", "{}", "0.5", "true", "1e400"]
)
def test_S24_a_placeholder_of_an_attachment_that_is_not_there(target: Target, num: str) -> None:
    with target.client() as client:
        client.send(f'451-1["file",{{"_placeholder":true,"num":{num}}}]')
        client.send(b"abc")
        client.send('422["echo","after"]')
        answers = {client.receive()}
        if not any(it.startswith("432") for it in answers):
            answers.add(client.receive())
        assert '432["after"]' in answers


def test_S24_attachments_that_nothing_announced_or_that_never_come(target: Target) -> None:
    with target.client() as client:
        for _ in range(200):
            client.send(b"x" * 10_000)
        for _ in range(200):
            client.send('45999-["file",{"_placeholder":true,"num":0}]')
            client.send(b"x" * 10_000)
        client.send('422["echo","after"]')
        assert client.receive() == '432["after"]'


def test_S24_an_attachment_is_bytes(target: Target) -> None:
    """Engine.IO reads JSON in what it polls, and in that what is none."""
    client = Polling(target.server.url)
    client.connect()
    client.send('451-1["any",{"_placeholder":true,"num":0}]', "4[NaN]", '422["echo","after"]')
    assert client.receive() == '432["after"]'


def test_S24_attachments_of_one_packet_are_no_way_around_the_limit(target: Target) -> None:
    """999 attachments of nearly a megabyte each."""
    with contextlib.suppress(OSError), target.client() as client:
        client.send('45999-1["file",{"_placeholder":true,"num":0}]')
        for _ in range(150):
            client.send(b"x" * 990_000)


def test_S21_acknowledgements_of_nothing_and_with_huge_ids(target: Target) -> None:
    with target.client() as client:
        for number in ("0", "1", "9" * 18, "9" * 100, "9" * 5000, "-1", "٣"):
            client.send(f"43{number}[]")
            client.send(f'42{number}["echo","x"]')
            client.send(f"461-{number}[]")
        client.send('427["echo","after"]')
        client.connection.settimeout(PATIENCE)
        while client.receive() != '437["after"]':
            pass


CLOSING = frame(b"\x03\xe8", 0x88)
SMUGGLED = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n"


@EVERY_WAY
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (SMUGGLED, CLOSING),
        # More than is read at once: the rest waits in the socket when the websocket has ended.
        (b"", CLOSING.ljust(16_384, b"\0") + SMUGGLED),
    ],
)
def test_what_follows_a_websocket_is_no_request(target: Target, first: bytes, last: bytes) -> None:
    """A proxy lets through whatever a websocket carries, and so whoever hides a request in it."""
    sessions = target.sessions()
    connection = target.open(*WEBSOCKET, "")
    connection.sendall(first)
    connection.settimeout(PATIENCE)
    while b'{"sid":' not in connection.recv(1000):
        pass
    connection.sendall(last)
    with contextlib.suppress(ConnectionResetError):
        while answer := connection.recv(1000):
            assert b"HTTP" not in answer
    connection.close()
    time.sleep(0.2)  # It would have made a session by now.
    assert target.sessions() <= sessions


@EVERY_WAY
@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y"),
        ("Host: x", "Host: \u00ff"),
        # Werkzeug would go on reading behind the end of such a body.
        ("Host: x", "Host: x\r\nTransfer-Encoding: chunked"),
    ],
)
def test_a_request_that_asks_for_no_websocket_is_a_bad_one(
    target: Target, part: str, other: str
) -> None:
    """Nothing is left of it: neither a session nor a traceback, which the fixture looks for."""
    sessions = target.sessions()
    lines = [other if line == part else line for line in WEBSOCKET]
    body = ("0", "") if "chunked" in other else ()
    connection = target.open(*lines, "", *body)
    connection.settimeout(PATIENCE)
    assert b" 400 BAD REQUEST" in connection.recv(1000)
    connection.close()
    assert target.sessions() <= sessions


@EVERY_WAY
def test_a_session_has_one_websocket(target: Target) -> None:
    """A second one would outlive it, and take packets of the first."""
    client = Polling(target.server.url)
    request = (WEBSOCKET[0].replace(" HTTP", f"&sid={client.sid} HTTP"), *WEBSOCKET[1:], "")
    first, second = target.open(*request), target.open(*request)
    answers = []
    for connection in (first, second):
        connection.settimeout(PATIENCE)
        answers.append(connection.recv(1000).partition(b"\r\n")[0])
    assert sorted(answers) == [b"HTTP/1.1 101 Switching Protocols", b"HTTP/1.1 400 BAD REQUEST"]
    if b"101" in answers[1]:
        first, second = second, first
    second.close()
    first.sendall(frame(b"2probe") + frame(b"5") + frame(b"40"))
    while b'40{"sid"' not in first.recv(1000):
        pass
    first.close()


@pytest.mark.parametrize("option", [{"transports": ["polling"]}, {"allow_upgrades": False}])
def test_a_websocket_that_is_not_allowed(project: Project, option: dict[str, Any]) -> None:
    """Engine.IO looks at the options where a client asks for it in the usual way alone."""
    with project.serve(**option) as server:
        client = Polling(server.url)
        address = f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport="

        def opens(query: str) -> bool:
            try:
                websocket.create_connection(address + query, PATIENCE).close()
            except websocket.WebSocketBadStatusException:
                return False
            return True

        assert opens("websocket") == ("allow_upgrades" in option)
        assert not opens(f"polling&sid={client.sid}")
        client.send("40")
        assert client.receive().startswith("40{")


@EVERY_WAY
def test_after_an_upgrade_that_failed_there_is_another_one(target: Target) -> None:
    client = Polling(target.server.url)
    request = (WEBSOCKET[0].replace(" HTTP", f"&sid={client.sid} HTTP"), *WEBSOCKET[1:], "")

    def upgraded(packets: bytes) -> bool:
        connection = target.open(*request)
        connection.settimeout(PATIENCE)
        accepted = connection.recv(1000).startswith(b"HTTP/1.1 101")
        if accepted:
            connection.sendall(packets)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1000):
                pass
        connection.close()
        return accepted

    for packets in (frame(b"5"), CLOSING, frame(b"2probe") + frame(b"3"), b""):
        wait_for(functools.partial(upgraded, packets))  # The one before may not be over yet.
    client.send("40")
    while not client.receive().startswith("40{"):
        pass  # The one that was nearly upgraded has left something to fetch.


@contextlib.contextmanager
def flood(client: Raw, data: bytes) -> Iterator[None]:
    """Let a client send the same as fast as it is taken, and read whatever it gets."""
    sock = client.connection.sock
    stop = threading.Event()

    def send() -> None:
        with contextlib.suppress(OSError):
            while not stop.is_set():
                sock.sendall(data)

    def read() -> None:
        with contextlib.suppress(OSError):
            while sock.recv(100_000):
                pass

    threads = [threading.Thread(target=each, daemon=True) for each in (send, read)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.5)  # More is on its way now than the server can read at once.
        yield
    finally:
        stop.set()
        sock.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(PATIENCE)


@pytest.mark.parametrize("opcode", [0x89, 0x8A, 0x00], ids=["ping", "pong", "nothing more"])
def test_frames_that_are_no_messages_leave_others_their_turn(target: Target, opcode: int) -> None:
    with target.client() as client:
        client.connection.sock.sendall(frame(b"4", 0x01))  # "nothing more" of this
        with flood(client, frame(b"", opcode) * 5000):
            for _ in range(5):
                target.serves()


def test_who_floods_is_read_no_faster_than_is_handled(target: Target) -> None:
    """Few of others' events come between two of the witness, as many as wait."""
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            client = stack.enter_context(target.client())
            stack.enter_context(flood(client, frame(b'421["tick"]') * 1000))
        ticks = [target.ask("tick") for _ in range(20)]
    between = [after - before for before, after in itertools.pairwise(ticks)]
    assert statistics.median(between) < 1500, between


def test_few_events_of_a_client_are_at_work_at_once(target: Target) -> None:
    """There would be a thread, or a greenlet, for each."""
    threads = target.threads()
    with target.client() as client:
        client.connection.sock.sendall(frame(b'42["wait"]') * 400)
        time.sleep(0.5)
        assert target.ask("wait") < 200
    wait_for(lambda: target.threads() <= threads + 1)


def test_a_flood_of_sessions_takes_no_threads(target: Target) -> None:
    threads = target.threads()
    for _ in range(100):
        Polling(target.server.url)
    assert target.threads() < threads + 10


def test_a_flood_of_sessions_that_never_connect(target: Target) -> None:
    connections = []
    for number in range(300):
        if number % 2:
            connections.append(target.open(*WEBSOCKET, ""))
        else:
            Polling(target.server.url)
    target.serves()
    for connection in connections:
        connection.close()


def test_S22_a_flood_of_malformed_packets_is_told_once(target: Target) -> None:
    lines = len(target.told())
    with target.client() as client:
        for packet in ("9", "42{", "4", "42[1]"):
            client.connection.sock.sendall(frame(packet.encode()) * 1000)
        client.send('427["echo","after"]')
        assert client.receive() == '437["after"]'
    assert len(target.told()) < lines + 10


def test_S22_a_flood_of_invalid_events(target: Target) -> None:
    with target.client() as client:
        for packet in ('42["echo",1]', '42["nothing","x"]', '42["disconnect"]', '42["echo"]'):
            data = frame(packet.encode()) * 1000
            client.connection.sock.sendall(data)
        client.send('427["echo","after"]')
        assert client.receive() == '437["after"]'


def test_a_flood_of_large_messages_is_read_as_fast_as_it_is_handled(target: Target) -> None:
    message = frame(b'42["echo","' + b"x" * 900_000 + b'"]')
    with contextlib.suppress(OSError), target.client() as client:
        for _ in range(200):
            client.connection.sock.sendall(message)
        client.send('427["echo","after"]')
        assert client.receive() == '437["after"]'


def test_a_client_that_asks_and_does_not_read_the_answers(target: Target) -> None:
    message = frame(b'421["echo","' + b"x" * 900_000 + b'"]') + frame(b"3")
    with target.client() as client:
        client.connection.settimeout(2)
        with contextlib.suppress(OSError):
            for _ in range(300):
                client.connection.sock.sendall(message)
        target.serves()


def test_polling_clients_that_do_not_fetch_the_answers(target: Target) -> None:
    client = Polling(target.server.url)
    client.connect()
    with contextlib.suppress(OSError):
        for _ in range(300):
            client.send('421["echo","' + "x" * 900_000 + '"]', "3")
    target.serves()


def test_slow_requests(target: Target) -> None:
    """Headers and bodies that never come to an end: each costs a connection, and no more."""
    opened = []
    for _ in range(50):
        opened.append(target.open("GET /socket.io/?EIO=4&transport=polling HTTP/1.1", "Host: x"))
        client = Polling(target.server.url)
        opened.append(
            target.open(f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1",
                        "Host: x", "Content-Length: 1000000", "", '42["echo",')
        )  # fmt: skip
        opened.append(target.open("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"))
    for _ in range(5):
        target.serves()
        for connection in opened:
            with contextlib.suppress(OSError):
                connection.sendall(b"x")
    for connection in opened:
        connection.close()


def test_S37_a_small_frame_that_inflates_without_an_end(target: Target) -> None:
    connection = target.open(*WEBSOCKET, "Sec-WebSocket-Extensions: permessage-deflate", "")
    connection.settimeout(PATIENCE)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(b"4" * 1_000_000) for _ in range(300))
    bomb += packer.flush(zlib.Z_SYNC_FLUSH)
    with contextlib.suppress(OSError):
        connection.sendall(frame(bomb[:-4], 0xC1))
        while connection.recv(100_000):  # until the server has closed it
            pass
    connection.close()


def test_S37_a_compressed_body_is_not_inflated(target: Target) -> None:
    client = Polling(target.server.url)
    body = zlib.compress(b"4" * 200_000_000)
    with contextlib.suppress(OSError):
        answer = target.open(
            f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1", "Host: x",
            "Content-Encoding: gzip", f"Content-Length: {len(body)}", "",
        )  # fmt: skip
        answer.sendall(body)
        answer.recv(100)
        answer.close()


def test_S37_frames_larger_than_memory_and_messages_without_an_end(target: Target) -> None:
    for head in (b"\x81\xff" + (2**62).to_bytes(8), b"\x82\xff" + (10**12).to_bytes(8)):
        with contextlib.suppress(OSError), target.client() as client:
            client.connection.sock.sendall(head + bytes(4))
            for _ in range(100):
                client.connection.sock.sendall(b"4" * 1_000_000)
        target.serves()
    with contextlib.suppress(OSError), target.client() as client:
        client.connection.sock.sendall(frame(b"4", 0x01))
        for _ in range(100):
            client.connection.sock.sendall(frame(b"4" * 1_000_000, 0x00))


def test_a_post_that_says_it_is_huge_or_has_no_size(target: Target) -> None:
    for size in ("1000000000000", "-1", "x", "", "1_0", "٣"):
        client = Polling(target.server.url)
        with contextlib.suppress(OSError):
            connection = target.open(
                f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1", "Host: x",
                f"Content-Length: {size}", "",
            )  # fmt: skip
            connection.sendall(b"x" * 100_000)
            connection.settimeout(2)
            connection.recv(1000)
            connection.close()
        target.serves()


def test_a_post_without_an_end(target: Target) -> None:
    client = Polling(target.server.url)
    connection = target.open(
        f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1", "Host: x",
        "Content-Length: -1", "",
    )  # fmt: skip
    with contextlib.suppress(OSError):
        for _ in range(2 * BOUND):
            connection.sendall(b"x" * 1_000_000)
    connection.close()


def test_long_addresses(target: Target) -> None:
    for size in (5_000, 60_000, 1_000_000):
        for query in (f"sid={'x' * size}", f"t={'y' * size}", "&".join(["a=1"] * (size // 4))):
            with contextlib.suppress(OSError):
                connection = target.open(
                    f"GET /socket.io/?EIO=4&transport=polling&{query} HTTP/1.1", "Host: x", ""
                )
                connection.settimeout(PATIENCE)
                connection.recv(1000)
                connection.close()
    assert len(target.server.log()) < 1_000_000


def test_a_client_that_reads_slowly_gets_every_byte(target: Target) -> None:
    with target.client() as client:
        texts = [letter * 900_000 for letter in "abcdefghi"]
        for number, text in enumerate(texts):
            client.send(f'42{number}["echo","{text}"]')
        target.serves()  # meanwhile the server has filled what lies between
        for _ in range(10):
            client.connection.ping("is answered between two messages, not within one")
        target.serves()
        answers = {client.receive() for _ in texts}
        assert answers == {f'43{number}["{text}"]' for number, text in enumerate(texts)}


def test_a_client_that_never_reads_is_put_out_and_keeps_no_thread(target: Target) -> None:
    """It does not close its connection, either."""
    threads, sessions, put_out = target.threads(), target.sessions(), target.put_out()
    with target.client() as client:
        message = frame(b'421["echo","' + b"x" * 900_000 + b'"]')
        sender = threading.Thread(target=_send, args=(client, message * 40), daemon=True)
        sender.start()
        wait_for(lambda: target.put_out() > put_out)
        wait_for(lambda: target.sessions() <= sessions)
        # One thread sleeps until it is time for the next ping.
        wait_for(lambda: target.threads() <= threads + 1)
        sender.join(PATIENCE)


def _send(client: Raw, data: bytes) -> None:
    with contextlib.suppress(OSError):
        client.connection.sock.sendall(data)
