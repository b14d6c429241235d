"""Many clients for a long time, well-behaved and hostile ones, against one server process.

    nox -s soak
    nox -s soak -- gthread gevent --minutes 0.5 --clients 20

It fails where a valid event gets no acknowledgement or a wrong one, or two; where the server's
memory grows, where a thread, a greenlet or a session stays behind, or where the server no longer
answers at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import websocket

from tests.functional.project import Raw, Running, scaffold
from tests.functional.rawclient import Polling
from tests.functional.test_connections import MALFORMED, NOT_ENGINEIO, RESERVED

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - name: echo
            payload:
              type: object
              properties: {id: {type: integer}, text: {type: string, maxLength: 4000}}
              required: [id, text]
              additionalProperties: false
            x-ack: {args: {type: integer}}
          - {name: guarded, payload: {type: integer}, x-ack: {args: {type: integer}}}
          - {name: sessions, x-ack: {args: {type: integer}}}
          - {name: tasks, x-ack: {args: {type: integer}}}
      security: []
    subscribe: {message: {name: tick, payload: {type: string}}}
    x-security: [{token: []}]
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
"""
HANDLERS = """
import gc
import os
import sys

from .._generated.runtime.server import current

def echo(payload): return payload.id
def guarded(number): return number
def sessions(): return len(current().sessions)

def tasks():
    if os.environ.get("ASYNC_MODE") == "gevent":
        from greenlet import greenlet

        gc.collect()
        return sum(isinstance(it, greenlet) and not it.dead for it in gc.get_objects())
    # A pool keeps its threads; one at rest is in the function that waits for work.
    running = (it.f_code.co_name for it in sys._current_frames().values())
    return sum(name != "_worker" for name in running)
"""
SECURITY = """
def check_token(token, required_scopes, bearer_format):
    return {"sub": token} if token.startswith("good") else None
"""
# An app of its own, which broadcasts all the time.
TICKING = """
import faulthandler
import signal

from PACKAGE import create_app as create

faulthandler.register(signal.SIGUSR1)

def create_app():
    app = create(max_http_buffer_size=20_000, ping_interval=10, ping_timeout=20)
    server = app.extensions["socketio"]

    def tick():
        while True:
            server.emit("tick", "x" * 200)
            server.sleep(1)

    server.start_background_task(tick)
    return app
"""
COMMANDS = {
    "threading": "flask --app ticking run --port {port}",
    "gthread": "gunicorn -b 127.0.0.1:{port} ticking:create_app() -k gthread --threads 1000",
    "gevent": "gunicorn -b 127.0.0.1:{port} ticking:create_app() -k gevent",
}
AUTH = json.dumps({"token": "good"})
# After this long no trace of a client that has gone is left: ping_interval, ping_timeout, and the
# service task of python-engineio, which looks for it once in ping_timeout.
SETTLED = 10 + 20 + 20 + 5
# How long an acknowledgement may take on a machine that is busy.
SLOWEST = 60
# Short enough to be read, and long polling has no empty packet.
GARBAGE = [it for it in MALFORMED + NOT_ENGINEIO if 0 < len(it) < 10_000]
# What ends a connection is not a lost acknowledgement; an acknowledgement that is late is one.
GONE = (
    websocket.WebSocketConnectionClosedException,
    websocket.WebSocketBadStatusException,
    ConnectionError,
    BrokenPipeError,
    urllib.error.HTTPError,
)


@dataclass
class Soak:
    """What the clients share: the server, when it ends, and what they have counted."""

    server: Running
    end: float
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.end

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def problem(self, what: str) -> None:
        with self.lock:
            self.problems.append(what)

    def pause(self, seconds: float) -> None:
        time.sleep(max(0, min(seconds, self.end - time.monotonic())))


@dataclass
class Talker:
    """One connection on which events are emitted and their acknowledgements awaited.

    An acknowledgement that comes twice is one that nobody awaits.
    """

    soak: Soak
    client: Raw | Polling
    number: int = 0

    def connect(self, auth: str = AUTH) -> bool:
        self.client.send(f"40{auth}")
        return self._await(("40", "44")).startswith("40")

    def ask(self, event: str, *args: object) -> object:
        """The acknowledgement: its one argument."""
        self.number += 1
        self.client.send(f"42{self.number}{json.dumps([event, *args])}")
        answer = self._await((f"43{self.number}[",))
        return json.loads(answer.removeprefix(f"43{self.number}"))[0]

    def _await(self, starts: tuple[str, ...]) -> str:
        while not (packet := self.client.receive()).startswith(starts):
            if packet.startswith("43"):
                self.soak.problem(f"nobody awaits {packet[:50]!r}")
            self.soak.count("ticks")
        return packet

    def valid(self, random_: random.Random) -> None:
        """Emit a valid event; the acknowledgement has to be its own."""
        number = random_.randrange(10**9)
        self.soak.count("valid sent")
        payload = {"id": number, "text": "x" * random_.choice((5, 50, 2000))}
        answer = self.ask("echo", payload)
        if answer != number:
            self.soak.problem(f"echo of {number} was acknowledged with {answer!r}")
        self.soak.count("valid acknowledged")

    def invalid(self, random_: random.Random) -> None:
        """Emit what does not conform; the error has to say so."""
        event, args, code = random_.choice(
            (
                ("echo", ({"id": "1", "text": ""},), "invalid_payload"),
                ("echo", ({"id": 1, "text": "x" * 4001},), "invalid_payload"),
                ("echo", (), "invalid_payload"),
                ("guarded", (1, 2, 3), "invalid_payload"),
                ("nothing", ({},), "unknown_event"),
                ("disconnect", ("x",), "unknown_event"),
            )
        )
        answer = self.ask(event, *args)
        if not (isinstance(answer, dict) and answer["error"]["code"] == code):
            self.soak.problem(f"{event} with {args} was acknowledged with {answer!r}")
        self.soak.count("invalid refused")


# -- what clients do on one connection, until they leave


def talks(talker: Talker, random_: random.Random) -> None:
    """A good client, with a mistake now and then."""
    for _ in range(random_.randrange(5, 100)):
        if talker.soak.over:
            return
        (talker.valid if random_.random() < 0.7 else talker.invalid)(random_)
        talker.soak.pause(random_.random())


def leaves(talker: Talker, random_: random.Random) -> None:
    """A client that comes, says a word, and goes in one of many ways."""
    talker.valid(random_)
    if random_.random() < 0.6:
        talker.client.send(random_.choice(("41", "1")))
    talker.soak.count("reconnects")
    talker.soak.pause(random_.random() * 2)


def reads_slowly(talker: Talker, random_: random.Random) -> None:
    """A client that does not read for a while, though there is always something to read."""
    for _ in range(5):
        talker.soak.pause(5 + random_.random() * 10)
        talker.valid(random_)
        talker.soak.count("slow reads")


def sends_too_much(talker: Talker, random_: random.Random) -> None:
    """A client whose message is larger than the server takes; it is put out for that."""
    talker.valid(random_)
    talker.soak.count("oversized")
    talker.client.send("42" + json.dumps(["echo", {"id": 1, "text": "x" * 50_000}]))
    talker.soak.pause(random_.random())
    talker.client.receive()
    talker.soak.pause(1)


def sends_garbage(talker: Talker, random_: random.Random) -> None:
    """A client that sends what no client sends, and is served all the same."""
    for _ in range(10):
        if talker.soak.over:
            return
        for packet in random_.sample(GARBAGE, 5):
            talker.client.send(packet)
        talker.client.send(f"42{random_.choice(RESERVED)}")
        talker.soak.count("garbage")
        talker.valid(random_)
        talker.soak.pause(random_.random())


def is_refused(talker: Talker, random_: random.Random) -> None:
    """A client without good credentials, which tries to emit nevertheless."""
    talker.client.send('42["echo",{"id":1,"text":""}]')
    talker.soak.count("refused")
    talker.soak.pause(random_.random() * 2)


Behaviour = Callable[[Talker, random.Random], None]
# Each with its share.
BEHAVIOURS: dict[Behaviour, int] = {
    talks: 10,
    leaves: 3,
    reads_slowly: 2,
    sends_too_much: 1,
    sends_garbage: 3,
    is_refused: 1,
}


def lives(soak: Soak, behaviour: Behaviour, polls: bool, seed: int) -> None:
    """One client: connections one after the other, until the end."""
    random_ = random.Random(seed)
    soak.pause(random_.random() * 5)
    while not soak.over:
        try:
            with contextlib.ExitStack() as stack:
                client: Raw | Polling
                if polls:
                    client = Polling(soak.server.url)
                else:
                    client = stack.enter_context(soak.server.raw())
                    client.connection.settimeout(SLOWEST)
                soak.count("connections")
                talker = Talker(soak, client)
                good = behaviour is not is_refused
                if talker.connect(AUTH if good else '{"token":"bad"}') is not good:
                    soak.problem(f"{behaviour.__name__}: connected or refused wrongly")
                behaviour(talker, random_)
        except GONE as end:
            soak.count(f"ended: {type(end).__name__}")
            if behaviour in (talks, reads_slowly, leaves):
                soak.problem(f"{behaviour.__name__}: was put out: {end!r}")
            soak.pause(1)
        except Exception as problem:  # a timeout, or what cannot be read
            soak.problem(f"{behaviour.__name__}{' by polling' * polls}: {problem!r}")


# -- the process of the server


def status(pid: int, name: str) -> int:
    """A number of /proc/PID/status: `VmRSS` in kB, `Threads`."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def tasks(server: Running) -> int:
    """How many threads or greenlets of the server are at work while one client asks."""
    with server.raw() as client:
        talker = Talker(Soak(server, 0), client)
        assert talker.connect()
        count = talker.ask("tasks")
        assert isinstance(count, int)
        return count


def worker(pid: int) -> int:
    """The process that serves: the last child of the one that was started, else itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[-1]) if children else pid


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("modes", nargs="*", metavar="MODE", help=f"of {', '.join(COMMANDS)}")
    parser.add_argument("--minutes", type=float, default=5, help="of each mode")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if unknown := {*options.modes} - {*COMMANDS}:
        parser.error(f"no such mode: {', '.join(unknown)}")
    results = [soaked(mode, options) for mode in options.modes or COMMANDS]
    return 0 if all(results) else 1


def soaked(mode: str, options: argparse.Namespace) -> bool:
    """Serve in one of the modes, with the clients; whether all was fine."""
    with tempfile.TemporaryDirectory() as folder:
        project = scaffold(Path(folder), DOCUMENT, {"root": HANDLERS}, security=SECURITY)
        project.write("ticking.py", TICKING.replace("PACKAGE", project.package))
        env = {"ASYNC_MODE": "gevent"} if mode == "gevent" else {}
        with project.run(COMMANDS[mode], env) as server:
            return run(server, mode, options)


def run(server: Running, mode: str, options: argparse.Namespace) -> bool:
    """Let the clients at the server, and tell what came of it."""
    pid = worker(server.pid)
    with server.raw() as first:
        assert Talker(Soak(server, 0), first).connect()
    time.sleep(SETTLED)
    before = tasks(server)
    seconds = options.minutes * 60
    soak = Soak(server, time.monotonic() + seconds)
    behaviours = [it for it, share in BEHAVIOURS.items() for _ in range(share)]
    clients = [
        threading.Thread(
            target=lives,
            args=(soak, behaviours[n % len(behaviours)], n % 7 == 6, options.seed * 1000 + n),
        )
        for n in range(options.clients)
    ]
    for client in clients:
        client.start()
    sizes = []
    while not soak.over:
        soak.pause(min(10, seconds / 10))
        sizes.append(status(pid, "VmRSS") // 1024)
        print(
            f"{seconds - (soak.end - time.monotonic()):6.0f} s  {sizes[-1]:5} MB"
            f"  {status(pid, 'Threads'):4} threads  {soak.counts['valid acknowledged']} acks"
            f"  {len(soak.problems)} problems",
            flush=True,
        )
    for client in clients:
        client.join(2 * SLOWEST)
    left = sum(client.is_alive() for client in clients)
    time.sleep(SETTLED)
    after, counts = tasks(server), soak.counts
    if after > before:
        os.kill(pid, signal.SIGUSR1)  # its log tells what they do
        time.sleep(1)
        print(server.log()[-20_000:])
    settled = status(pid, "VmRSS") // 1024
    with server.raw() as last:
        talker = Talker(soak, last)
        answers = talker.connect() and talker.ask("sessions") == 1
        talker.valid(random.Random(0))
    lost = counts["valid sent"] - counts["valid acknowledged"]
    # The first third fills pools and caches.
    warm = sizes[len(sizes) // 3]
    print(f"{options.clients} clients, {options.minutes:g} minutes, {mode}")
    for name, count in sorted(counts.items()):
        print(f"  {name}: {count}")
    print(f"  lost acknowledgements: {lost}")
    print(
        f"  memory, MB: {sizes[0]} at first, {warm} after a third, {sizes[len(sizes) * 2 // 3]}"
        f" after two, {sizes[-1]} at the end,"
        f" {settled} when all have gone"
    )
    what = "greenlets" if mode == "gevent" else "threads"
    print(f"  {what}: {before} before, {after} after; clients that hang: {left}")
    print(f"  sessions left: {'none' if answers else 'some'}")
    for problem, count in Counter(soak.problems).most_common(20):
        print(f"  problem ({count}): {problem}")
    tracebacks = server.log().split("Traceback (most recent call last):\n")[1:]
    print(f"  tracebacks in the server's log: {len(tracebacks)}")
    for traceback in tracebacks[:3]:
        print(traceback[:3000])
    fine = (
        not soak.problems
        and not lost
        and not left
        and answers
        and after <= before
        and sizes[-1] <= warm * 1.15 + 5
        and not tracebacks
    )
    print("fine" if fine else "NOT FINE")
    return fine


if __name__ == "__main__":
    sys.exit(main())
