"""A server with nobody behind it: it holds clients to the contract, and answers with made-up data.

It is the real server with handlers that draw what they return. Every outgoing
event is emitted in turn wherever a client listens. The same document, seed and
order of requests give the same payloads.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import logging
import random
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import flask
from werkzeug.serving import WSGIRequestHandler, make_server

from .fake import Fake, NoSample
from .guard import (
    AnyArguments,
    Arguments,
    Contract,
    ContractError,
    Guard,
    Incoming,
    InvalidEmit,
    Namespace,
    Outgoing,
    alternatives,
)
from .samples import Dice
from .schemas import Schemas
from .server import Server, current_sid

AnyIncoming = Incoming[*tuple[Any, ...], Any]
AnyOutgoing = Outgoing[*tuple[Any, ...], Any]
Tell = Callable[["Line"], None]

_TRIES: Final = 10


@dataclass(frozen=True)
class Options:
    """How a mock behaves.

    `interval` is in seconds, None for no events of its own; `latency` is the
    least and the most time that an answer takes, in seconds. `control` opens
    the control endpoints to other machines.
    """

    seed: int = 0
    interval: float | None = 1.0
    latency: tuple[float, float] = (0.0, 0.0)
    auth: bool = True
    cors: str | None = None
    control: bool = False


@dataclass(frozen=True)
class Line:
    """Something that happened: `mark` is an arrow, `detail` data of it."""

    mark: str
    namespace: str
    subject: str
    detail: str = ""


# -- payloads


class Payloads:
    """Arguments of events and acks: the document's examples, else drawn ones; all valid."""

    def __init__(self, contract: Contract, seed: int) -> None:
        self.seed = seed
        self.problems: list[str] = []
        self._schemas = Schemas(contract.document)
        self._fake = Fake(self._schemas)
        self._drawn: dict[str, int] = {}
        self._examples: dict[str, list[tuple[Any, ...]]] = {}
        self._guards: dict[str, Guard] = {}
        self._lock = threading.Lock()

    def reseed(self, seed: int) -> None:
        """Start over, from another seed."""
        with self._lock:
            self.seed = seed
            self._drawn.clear()

    def event(self, event: AnyIncoming | AnyOutgoing) -> tuple[Any, ...]:
        """The next arguments of an event. Raises NoSample."""
        return self._next(_label(event), event.event, event.args, event.examples)

    def ack(self, event: AnyIncoming | AnyOutgoing) -> tuple[Any, ...]:
        """The next arguments of an event's ack. Raises NoSample."""
        assert event.ack is not None
        return self._next(f"ack of {_label(event)}", "", event.ack, ())

    def _next(
        self, label: str, hint: str, args: AnyArguments, examples: Sequence[str]
    ) -> tuple[Any, ...]:
        with self._lock:
            number = self._drawn.get(label, 0)
            self._drawn[label] = number + 1
            if label not in self._guards:
                guard = Guard(args, self._schemas, label, InvalidEmit)
                self._examples[label] = [*self._valid(guard, examples)]
                self._guards[label] = guard
        given = self._examples[label]
        if given:
            return given[number % len(given)]
        guard, lists = self._guards[label], alternatives(args)
        dice = Dice(f"{self.seed}:{label}:{number}")
        for _ in range(_TRIES):
            form = dice.choice(lists)
            if form.pointer is None:
                return ()
            try:
                value = self._fake.draw(form.pointer, dice, hint)
                return guard.send(tuple(value) if form.form == "tuple" else (value,))
            except (ContractError, NoSample):
                continue
        raise NoSample(label)

    def _valid(
        self, guard: Guard, examples: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        for pointer in examples:
            try:
                yield _sendable(guard, self._schemas.value(pointer))
            except ContractError as problem:
                told = f"an example is left out, it is not valid: {problem}"
                self.problems.append(told)

    def given(self, event: AnyOutgoing, payload: Any) -> tuple[Any, ...]:
        """A payload, as the document has it, as arguments. Raises InvalidEmit."""
        guard = Guard(event.args, self._schemas, _label(event), InvalidEmit)
        return _sendable(guard, payload)


def _sendable(guard: Guard, payload: Any) -> tuple[Any, ...]:
    """The arguments that a payload of the document is: one, or a list of several."""
    tuples = [item.form == "tuple" for item in alternatives(guard.arguments)]
    if any(tuples) and isinstance(payload, list):
        try:
            return guard.send(tuple(payload))
        except ContractError:
            if all(tuples):
                raise
    return guard.send((payload,))


def _payload(args: AnyArguments, values: tuple[Any, ...]) -> Any:
    """Arguments as the document has them: the one, or a list of several."""
    lists = alternatives(args)
    if len(values) == 1 and any(item.form == "single" for item in lists):
        return values[0]
    return list(values) if any(item.form == "tuple" for item in lists) else None


def _label(event: AnyIncoming | AnyOutgoing) -> str:
    side = "to" if isinstance(event, Outgoing) else "from"
    return f"{event.event!r} {side} clients of {event.namespace!r}"


# -- scenarios


@dataclass(frozen=True)
class Scenario:
    """What `x-mock` asks for: after `delay` seconds `emit` follows on an event `on`.

    It goes to everyone in the namespace; on `connect`, to the client that
    connects. `echo` says which fields of what is emitted are taken from what
    was received.
    """

    on: str
    emit: AnyOutgoing
    delay: float = 0.0
    echo: tuple[tuple[str, str], ...] = ()

    def payload(
        self, drawn: tuple[Any, ...], received: tuple[Any, ...], on: AnyIncoming
    ) -> Any:
        """What is emitted: `drawn` with the fields that are echoed."""
        source = _payload(on.args, received)
        target = _payload(self.emit.args, drawn)
        for place, path in self.echo:
            found, value = _found(source, _steps(path))
            if found:
                target = _placed(target, _steps(place), value)
        return target


def _steps(path: str) -> list[str]:
    """`user.name` or `/user/name` as steps; an empty path is the whole payload."""
    if path.startswith("/"):
        parts = path[1:].split("/")
        return [part.replace("~1", "/").replace("~0", "~") for part in parts]
    return path.split(".") if path else []


def _found(value: Any, steps: Sequence[str]) -> tuple[bool, Any]:
    for step in steps:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return False, None
    return True, value


def _placed(target: Any, steps: Sequence[str], value: Any) -> Any:
    """A copy of `target` with `value` at a place in it."""
    if not steps:
        return value
    first, *rest = steps
    if isinstance(target, Mapping):
        return {**target, first: _placed(target.get(first, {}), rest, value)}
    if isinstance(target, list) and first.isdecimal() and int(first) < len(target):
        index = int(first)
        return [
            *target[:index],
            _placed(target[index], rest, value),
            *target[index + 1 :],
        ]
    return target


def _scenarios(contract: Contract, problems: list[str]) -> Iterator[Scenario]:
    """The scenarios of all messages; what is wrong with one is added to `problems`."""
    schemas = Schemas(contract.document)
    for namespace in contract.namespaces:
        events: list[AnyIncoming | AnyOutgoing] = [
            *namespace.incoming,
            *namespace.outgoing,
        ]
        for event in events:
            for written in map(schemas.value, event.scenarios):
                items = written if isinstance(written, list) else [written]
                for scenario in (_scenario(namespace, event, item) for item in items):
                    if isinstance(scenario, str):
                        problems.append(f"x-mock of {_label(event)}: {scenario}")
                    else:
                        yield scenario


def _scenario(
    namespace: Namespace, event: AnyIncoming | AnyOutgoing, item: Any
) -> Scenario | str:
    """A scenario, or what is wrong with it."""
    if not isinstance(item, Mapping):
        return "must be a mapping with `on` or `emit`"
    if unknown := sorted(map(str, item.keys() - {"on", "emit", "delay", "echo"})):
        return f"has no key {unknown[0]!r}; it takes on, emit, delay and echo"
    here = {"emit" if isinstance(event, Outgoing) else "on": event.event}
    on, emit = item.get("on", here.get("on")), item.get("emit", here.get("emit"))
    received = {other.event for other in namespace.incoming} | {"connect"}
    emitted = {other.event: other for other in namespace.outgoing}
    if on not in received:
        return f"there is no event {on!r} from clients of {namespace.name!r}"
    if emit not in emitted:
        return f"there is no event {emit!r} to clients of {namespace.name!r}"
    delay, echo = item.get("delay", 0), item.get("echo", {})
    if isinstance(delay, bool) or not isinstance(delay, int | float) or delay < 0:
        return "`delay` must be a number of seconds"
    if not isinstance(echo, Mapping) or not all(
        isinstance(path, str) for path in echo.values()
    ):
        return "`echo` must map fields to paths"
    return Scenario(
        on, emitted[emit], float(delay), tuple((str(key), echo[key]) for key in echo)
    )


# -- the server


@dataclass
class _Room:
    """A namespace at work: who listens, and which event is next."""

    namespace: Namespace
    clients: list[str] = field(default_factory=list)
    turn: int = 0


class Mock:
    """A Flask app that serves a contract with made-up data.

    `tell` is called with everything that happens. What cannot be served in
    full stands in `problems`. `close` ends it.
    """

    def __init__(self, contract: Contract, options: Options, tell: Tell) -> None:
        self.contract = _plain(contract, options.auth)
        self.options = options
        self.payloads = Payloads(self.contract, options.seed)
        self.server = Server(self.contract)
        self.app = flask.Flask("mock")
        self.app.config["ASYNCGEN_DOCS"] = "mock"
        self.app.json.sort_keys = False  # type: ignore[attr-defined]
        self.paused = False
        self._tell = tell
        self._rooms = {item.name: _Room(item) for item in self.contract.namespaces}
        self._sent: dict[tuple[str, str], int] = {}
        self._wait = random.Random(options.seed)
        self._changed = threading.Condition()
        self._closed = False
        problems: list[str] = []
        self._scenarios = [*_scenarios(self.contract, problems)]
        self._silent = {*self._without_sample()}
        self.problems = [*problems, *self.payloads.problems, *sorted(self._silent)]
        self.payloads.reseed(options.seed)
        self._wire()
        if options.interval is not None:
            threading.Thread(
                target=self._run, args=(options.interval,), daemon=True
            ).start()

    def close(self) -> None:
        """Emit nothing more, and let the clients go; they connect again where they can."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        engine = self.server.server.eio
        for connection in [*engine.sockets.values()]:
            # Not to wait: a client that has gone without a word would be waited for, for ever.
            connection.close(wait=False)
        engine.shutdown()

    def _without_sample(self) -> Iterator[str]:
        """What nothing can be drawn for, in words."""
        for namespace in self.contract.namespaces:
            for event in namespace.outgoing:
                if not _works(self.payloads.event, event):
                    yield f"{_label(event)} needs an example: no valid payload was found"
            for incoming in namespace.incoming:
                if incoming.ack is not None and not _works(self.payloads.ack, incoming):
                    yield f"{_label(incoming)} is not acknowledged: no valid ack was found"

    def _wire(self) -> None:
        for scheme in self.contract.schemes:
            self.server.hook(scheme.name, _credential, _scopes)
        for room in self._rooms.values():
            name = room.namespace.name
            for event in room.namespace.incoming:
                self.server.handle(event, self._handler(event))
            self.server.handle_connect(name, self._connecting(room))
            self.server.handle_disconnect(name, self._leaving(room))
            self.server.handle_error(name, self._failing(name))
        origins: dict[str, Any] = {}
        if self.options.cors is not None:
            origins["cors_allowed_origins"] = self.options.cors
        self.server.init_app(self.app, async_mode="threading", **origins)
        _add_control(self)

    def _connecting(self, room: _Room) -> Callable[[], None]:
        def connected() -> None:
            sid = current_sid()
            self._tell(Line("+", room.namespace.name, "connected", sid))
            # It is delivered when the connection has been accepted.
            if self.options.interval is not None and not self.paused:
                self._emit_next(room, [sid])
            self._follow("connect", room.namespace.name, None, (), sid)
            with self._changed:
                room.clients.append(sid)
                self._changed.notify_all()

        return connected

    def _leaving(self, room: _Room) -> Callable[[], None]:
        def disconnected() -> None:
            with self._changed:
                if current_sid() in room.clients:
                    room.clients.remove(current_sid())
            self._tell(Line("-", room.namespace.name, "disconnected", current_sid()))

        return disconnected

    def _failing(self, namespace: str) -> Callable[[Exception], None]:
        def failed(problem: Exception) -> None:
            path = getattr(problem, "path", "")
            where = f" at {path}" if path else ""
            self._tell(Line("!", namespace, "refused", f"{problem}{where}"))

        return failed

    def _handler(self, event: AnyIncoming) -> Callable[..., Any]:
        def handled(*args: Any) -> Any:
            time.sleep(self._wait.uniform(*self.options.latency))
            answer = None
            if event.ack is not None:
                try:
                    answer = self.payloads.ack(event)
                except NoSample:
                    self._tell(Line("→", event.namespace, event.event, _shown(args)))
                    raise NotImplementedError("its ack needs an example") from None
            told = (
                _shown(args)
                if answer is None
                else f"{_shown(args)}  ⇠ {_shown(answer)}"
            )
            self._tell(Line("→", event.namespace, event.event, told))
            self._follow(event.event, event.namespace, event, args)
            return answer

        return handled

    # -- events

    def _follow(
        self,
        on: str,
        namespace: str,
        event: AnyIncoming | None,
        args: tuple[Any, ...],
        to: str | None = None,
    ) -> None:
        """Start the scenarios of an event that was received, or of a connection."""
        for scenario in self._scenarios:
            if scenario.on == on and scenario.emit.namespace == namespace:
                timer = threading.Timer(
                    scenario.delay, self._play, (scenario, event, args, to)
                )
                timer.daemon = True
                timer.start()

    def _play(
        self,
        scenario: Scenario,
        event: AnyIncoming | None,
        received: tuple[Any, ...],
        to: str | None,
    ) -> None:
        if self._closed:
            return
        try:
            drawn = self.payloads.event(scenario.emit)
        except NoSample:
            return
        try:
            values = drawn
            if event is not None and scenario.echo and drawn:
                payload = scenario.payload(drawn, received, event)
                values = self.payloads.given(scenario.emit, payload)
            self.emit(scenario.emit, values, to)
        except ContractError as problem:
            told = f"what it echoes does not conform: {problem}"
            self._tell(Line("!", scenario.emit.namespace, "x-mock", told))
            self.emit(scenario.emit, drawn, to)

    def emit(
        self,
        event: AnyOutgoing,
        args: tuple[Any, ...],
        to: Iterable[str] | str | None = None,
    ) -> None:
        """Emit to clients, by default to all that listen. Raises InvalidEmit."""
        recipients: list[Any] = (
            [None] if to is None else [to] if isinstance(to, str) else [*to]
        )
        options: dict[str, Any] = {}
        if event.ack is not None:
            # An ack comes from one client: each is asked for itself.
            if to is None:
                recipients = [*self._rooms[event.namespace].clients]
            options["callback"] = self._answered(event)
        for recipient in recipients:
            self.server.emit(
                event.event, args, namespace=event.namespace, to=recipient, **options
            )
        key = (event.namespace, event.event)
        self._sent[key] = self._sent.get(key, 0) + 1
        self._tell(Line("←", event.namespace, event.event, _shown(args)))

    def _answered(self, event: AnyOutgoing) -> Callable[..., None]:
        def answered(*args: Any) -> None:
            self._tell(
                Line("→", event.namespace, f"ack of {event.event}", _shown(args))
            )

        return answered

    def _emit_next(self, room: _Room, to: list[str] | None = None) -> None:
        """Emit the event of a namespace whose turn it is; to one of many, it stays its turn."""
        events = room.namespace.outgoing
        for offset in range(len(events)):
            event = events[(room.turn + offset) % len(events)]
            try:
                args = self.payloads.event(event)
            except NoSample:
                continue
            if to is None or not room.clients:
                room.turn += offset + 1
            self.emit(event, args, to)
            return

    def _listened(self) -> list[_Room]:
        rooms = self._rooms.values()
        return [room for room in rooms if room.clients and room.namespace.outgoing]

    def _run(self, interval: float) -> None:
        """Emit at the interval; sleep while nobody listens."""
        while not self._closed:
            with self._changed:
                while not self._closed and (self.paused or not self._listened()):
                    self._changed.wait()
            due = time.monotonic() + interval
            while not self._closed and not self.paused and self._listened():
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, due - time.monotonic())
                if time.monotonic() < due:
                    continue
                due = max(due, time.monotonic() - interval) + interval
                for room in self._listened():
                    try:
                        self._emit_next(room)
                    except Exception as problem:
                        self._tell(
                            Line("!", room.namespace.name, "not emitted", str(problem))
                        )

    # -- control

    def pause(self, paused: bool) -> None:
        """Emit no events in turn, or go on."""
        with self._changed:
            self.paused = paused
            self._changed.notify_all()

    def state(self) -> dict[str, Any]:
        """What goes on, as JSON."""
        return {
            "title": self.contract.title,
            "seed": self.payloads.seed,
            "interval": self.options.interval,
            "paused": self.paused,
            "problems": self.problems,
            "namespaces": [
                {
                    "name": name,
                    "clients": [*room.clients],
                    "receives": [event.event for event in room.namespace.incoming],
                    "emits": {
                        event.event: self._sent.get((name, event.event), 0)
                        for event in room.namespace.outgoing
                    },
                }
                for name, room in self._rooms.items()
            ],
        }

    def outgoing(self, namespace: Any, event: Any) -> AnyOutgoing | None:
        """The event of that name that the server emits."""
        room = self._rooms.get(namespace) if isinstance(namespace, str) else None
        events = room.namespace.outgoing if room is not None else ()
        return next((item for item in events if item.event == event), None)


def _works(draw: Callable[[Any], Any], event: Any) -> bool:
    try:
        for _ in range(3):
            draw(event)
    except NoSample:
        return False
    return True


def _plain(contract: Contract, auth: bool) -> Contract:
    """The contract for plain data instead of models, and without security where it is off."""

    def untyped(args: Arguments) -> Arguments:
        types = None if args.types is None else tuple(Any for _ in args.types)
        return replace(args, types=types, rest=None if args.rest is None else Any)

    def arguments(args: AnyArguments) -> AnyArguments:
        lists = tuple(map(untyped, alternatives(args)))
        return lists if isinstance(args, tuple) else lists[0]

    def event(item: Any) -> Any:
        ack = arguments(item.ack) if item.ack is not None else None
        return replace(item, args=arguments(item.args), ack=ack)

    def incoming(item: Any) -> Any:
        return replace(event(item), security=item.security if auth else ())

    return replace(
        contract,
        namespaces=tuple(
            replace(
                item,
                incoming=tuple(map(incoming, item.incoming)),
                outgoing=tuple(map(event, item.outgoing)),
                security=item.security if auth else (),
            )
            for item in contract.namespaces
        ),
    )


# What may stand after `Bearer`, and so in any token; passwords are free.
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")


def _credential(*credential: Any) -> dict[str, Any] | None:
    """Any credential that has the right form will do: the server has looked for the form."""
    first = credential[0]
    is_user = len(credential) > 1 and isinstance(credential[1], str)
    if not is_user and not _TOKEN.fullmatch(first):
        return None
    return {"sub": first if is_user else "mock-user"}


def _scopes(required: list[str], granted: list[str]) -> bool:
    return True


def _shown(args: tuple[Any, ...]) -> str:
    return ", ".join(
        json.dumps(value, ensure_ascii=False, default=_bytes) for value in args
    )


def _bytes(value: Any) -> str:
    return f"<{len(value)} bytes>"


# -- control endpoints


def _add_control(mock: Mock) -> None:
    """Serve `/_mock` and what is below it."""
    control = flask.Blueprint("mock", __name__, url_prefix="/_mock")

    @control.before_request
    def only_from_here() -> None:
        address = ipaddress.ip_address(flask.request.remote_addr or "0.0.0.0")
        if not (address.is_loopback or mock.options.control):
            flask.abort(
                403, "start the mock with --control to reach it from other machines"
            )

    @control.get("")
    def state() -> dict[str, Any]:
        return mock.state()

    @control.post("/pause")
    def pause() -> dict[str, Any]:
        mock.pause(True)
        return mock.state()

    @control.post("/resume")
    def resume() -> dict[str, Any]:
        mock.pause(False)
        return mock.state()

    @control.post("/seed")
    def seed() -> Any:
        value = _body().get("seed")
        if isinstance(value, bool) or not isinstance(value, int):
            return _refused(400, "`seed` must be a whole number")
        mock.payloads.reseed(value)
        return mock.state()

    @control.post("/emit")
    def emit() -> Any:
        body = _body()
        event = mock.outgoing(body.get("namespace", "/"), body.get("event"))
        to = body.get("to")
        if event is None:
            return _refused(404, "the document declares no such event to clients")
        if to is not None and not isinstance(to, str):
            return _refused(400, "`to` must be the sid of a client")
        try:
            if "payload" not in body:
                args = mock.payloads.event(event)
            else:
                args = mock.payloads.given(event, body["payload"])
            mock.emit(event, args, to)
        except ContractError as problem:
            return _refused(422, problem.message, problem.path)
        except NoSample:
            return _refused(422, "no payload could be made up: give one")
        return {"event": event.event, "namespace": event.namespace, "payload": [*args]}

    mock.app.register_blueprint(control)


def _body() -> dict[str, Any]:
    # JSON only: a page of another origin cannot send it without asking first.
    body = flask.request.get_json()
    return body if isinstance(body, dict) else {}


def _refused(status: int, message: str, path: str = "") -> tuple[dict[str, Any], int]:
    return {"error": {"message": message, "path": path}}, status


# -- at the terminal


class Console:
    """One readable line for everything that happens; colours on a terminal only."""

    _COLOURS: Final = {"→": "36", "←": "32", "!": "31", "+": "2", "-": "2"}

    def __init__(self, quiet: bool = False, width: int = 160) -> None:
        self._quiet = quiet
        self._width = width
        self._colour = sys.stdout.isatty()
        self._lock = threading.Lock()

    def __call__(self, line: Line) -> None:
        """Print what happened."""
        if self._quiet:
            return
        detail = f"{line.namespace}  {line.subject}  {line.detail}"
        text = "".join(char if char.isprintable() else "�" for char in detail).rstrip()
        if len(text) > self._width:
            text = f"{text[: self._width - 1]}…"
        mark = line.mark
        if self._colour:
            mark = f"\x1b[{self._COLOURS[mark]}m{mark}\x1b[0m"
        self.say(f"{time.strftime('%H:%M:%S')} {mark} {text}")

    def say(self, text: str) -> None:
        """Print a line."""
        with self._lock:
            print(text, flush=True)


class _Quiet(WSGIRequestHandler):
    """The console tells what happens on connections; requests are not of interest."""

    def log(self, type: str, message: str, *args: Any) -> None:
        return None


class _Refusals(logging.Handler):
    """What the server logs of connections that it refuses, as lines."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(Line("!", "", record.getMessage().partition("\n")[0]))


# Called every half second: a new contract where the document has changed, and is valid.
Reload = Callable[[], Contract | None]


def serve(
    contract: Contract,
    options: Options,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    quiet: bool = False,
    reload: Reload | None = None,
    prepare: Callable[[flask.Flask], None] = lambda app: None,
) -> None:
    """Serve a mock until interrupted; `prepare` is given each new Flask app.

    Raises OSError where the port cannot be had.
    """
    console = Console(quiet)
    log = logging.getLogger(__package__)
    log.addHandler(_Refusals(console))
    log.propagate = False

    def started(contract: Contract) -> Mock:
        mock = Mock(contract, options, console)
        prepare(mock.app)
        for problem in mock.problems:
            console.say(f"warning: {problem}")
        return mock

    current = [started(contract)]

    def wsgi(environ: Any, start_response: Any) -> Any:
        return current[0].app(environ, start_response)

    # Werkzeug would end the process where it cannot have the port.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, port), family=family) as bound,
        make_server(
            host, port, wsgi, threaded=True, request_handler=_Quiet, fd=bound.fileno()
        ) as listening,
    ):
        for text in _banner(current[0], host, bound.getsockname()[1]):
            console.say(text)
        if reload is not None:
            watching = threading.Thread(
                target=_watch, args=(reload, current, started, console), daemon=True
            )
            watching.start()
        listening.serve_forever(0.1)


def _watch(
    reload: Reload,
    current: list[Mock],
    started: Callable[[Contract], Mock],
    console: Console,
) -> None:
    while True:
        time.sleep(0.5)
        contract = reload()
        if contract is not None:
            old, current[0] = current[0], started(contract)
            old.close()
            console.say("the document has changed: serving it now")


def _banner(mock: Mock, host: str, port: int) -> Iterator[str]:
    contract = mock.contract
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}"
    title = "".join(char for char in contract.title if char.isprintable())
    yield f"Mock of {title or 'the document'}, with seed {mock.options.seed}; Ctrl-C ends it"
    yield f"  url         {url}"
    yield f"  path        {contract.path}"
    yield f"  namespaces  {', '.join(item.name for item in contract.namespaces)}"
    yield f"  docs        {url}{contract.docs}"
    yield f"  control     {url}/_mock"
    if mock.options.cors is None:
        yield "  pages of other origins are refused: let them in with --cors ORIGIN"


def latency(text: str) -> tuple[float, float]:
    """`200` or `100..300`, in milliseconds, as seconds. Raises ValueError."""
    least, dots, most = text.partition("..")
    low, high = float(least), float(most if dots else least)
    if not 0 <= low <= high < 3_600_000:
        raise ValueError(f"{text!r} is not a time, or a range of times")
    return low / 1000, high / 1000


def cannot_serve(problem: OSError, host: str, port: int) -> str:
    """What to tell where `serve` has raised."""
    reason = (problem.strerror or str(problem)).partition(" (")[0]
    return f"cannot serve on {host}:{port}: {reason}"


def main(contract: Contract, argv: Sequence[str] | None = None) -> None:
    """The command line of a project's mock."""
    parser = argparse.ArgumentParser(
        description="Serve made-up data, held to the contract."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    emits = parser.add_mutually_exclusive_group()
    emits.add_argument("--interval", type=float, default=1.0, metavar="SECONDS")
    emits.add_argument("--no-emit", action="store_true", help="emit nothing unasked")
    parser.add_argument(
        "--latency", type=latency, default=(0.0, 0.0), metavar="MS[..MS]"
    )
    parser.add_argument("--no-auth", action="store_true", help="ask for no credentials")
    parser.add_argument(
        "--cors", metavar="ORIGIN", help="let pages of this origin in; * for any"
    )
    parser.add_argument(
        "--control", action="store_true", help="open /_mock to other machines"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="do not tell what happens"
    )
    given = parser.parse_args(argv)
    if given.interval <= 0:
        parser.error("--interval must be more than 0")
    options = Options(
        seed=given.seed,
        interval=None if given.no_emit else given.interval,
        latency=given.latency,
        auth=not given.no_auth,
        cors=given.cors,
        control=given.control,
    )
    try:
        serve(contract, options, host=given.host, port=given.port, quiet=given.quiet)
    except OSError as problem:
        parser.exit(1, f"{cannot_serve(problem, given.host, given.port)}\n")
