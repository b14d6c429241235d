"""A server with nobody behind it: it holds clients to the contract, and answers with made-up data.

It is the real server with handlers that draw what they return. Every outgoing
event is emitted in turn wherever a client listens.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import flask

from ..guard import (
    UNSET,
    AnyArguments,
    Arguments,
    Contract,
    ContractError,
    Namespace,
    Scenario,
    alternatives,
)
from ..server import Server, current_sid
from . import credentials
from .dice import NoSample
from .payloads import AnyIncoming, AnyOutgoing, Payloads
from .scenarios import echoed


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
    """Something that happened: `mark` is an arrow or a sign, `detail` data of it."""

    mark: str
    namespace: str
    subject: str
    detail: str = ""


Tell: TypeAlias = Callable[[Line], None]


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
        self.contract = _untyped(contract if options.auth else unsecured(contract))
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
        self._emitting = False
        self._wire()
        if options.interval is not None:
            threading.Thread(
                target=self._run, args=(options.interval,), daemon=True
            ).start()

    @property
    def problems(self) -> list[str]:
        """What cannot be served in full, in words."""
        return self.payloads.problems

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

    def _wire(self) -> None:
        for scheme in self.contract.schemes:
            self.server.hook(
                scheme.name, credentials.hook(scheme), credentials.all_scopes
            )
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

    # -- what comes in

    def _connecting(self, room: _Room) -> Callable[[], None]:
        def connected() -> None:
            sid = current_sid()
            self._tell(Line("+", room.namespace.name, "connected", sid))
            # It is delivered when the connection has been accepted.
            if self.options.interval is not None and not self.paused:
                self._emit_next(room, [sid])
            self._follow(room.namespace, "connect", None, (), [sid])
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
            what = "refused" if isinstance(problem, ContractError) else "failed"
            self._tell(Line("!", namespace, what, f"{problem}{where}"))

        return failed

    def _handler(self, event: AnyIncoming) -> Callable[..., Any]:
        namespace = self._rooms[event.namespace].namespace

        def handled(*received: Any) -> Any:
            time.sleep(self._wait.uniform(*self.options.latency))
            args = tuple(value for value in received if value is not UNSET)
            told, answer = shown(args), None
            if event.ack is not None:
                try:
                    answer = self.payloads.ack(event)
                except NoSample:
                    self._tell(Line("→", event.namespace, event.event, told))
                    said = f"no ack can be made up for {event.event!r}"
                    raise NotImplementedError(said) from None
                told = f"{told}  ⇠ {shown(answer)}"
            self._tell(Line("→", event.namespace, event.event, told))
            self._follow(namespace, event.event, event, args, None)
            return answer

        return handled

    # -- scenarios

    def _follow(
        self,
        namespace: Namespace,
        on: str,
        event: AnyIncoming | None,
        args: tuple[Any, ...],
        to: list[str] | None,
    ) -> None:
        """Start the scenarios of an event that was received, or of a connection."""
        for scenario in namespace.scenarios:
            if scenario.on == on:
                emit = self.outgoing(namespace.name, scenario.emit)
                play = (scenario, event, args, emit, to)
                timer = threading.Timer(scenario.delay, self._play, play)
                timer.daemon = True
                timer.start()

    def _play(
        self,
        scenario: Scenario,
        event: AnyIncoming | None,
        received: tuple[Any, ...],
        emit: AnyOutgoing,
        to: list[str] | None,
    ) -> None:
        if self._closed:
            return
        try:
            values = drawn = self.payloads.event(emit, f"on {scenario.on}")
        except NoSample:
            return
        try:
            if event is not None and scenario.echo:
                payload = echoed(scenario, event, received, emit, drawn)
                values = self.payloads.given(emit, payload)
        except ContractError as problem:
            told = f"what it echoes does not conform: {problem}"
            self._tell(Line("!", emit.namespace, "x-mock", told))
        self.emit(emit, values, to)

    # -- what goes out

    def emit(
        self, event: AnyOutgoing, args: tuple[Any, ...], to: list[str] | None = None
    ) -> None:
        """Emit to the clients with these sids, by default to all that listen.

        Raises InvalidEmit.
        """
        recipients: list[str | None] = [None] if to is None else [*to]
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
        self._tell(Line("←", event.namespace, event.event, shown(args)))

    def _answered(self, event: AnyOutgoing) -> Callable[..., None]:
        def answered(*args: Any) -> None:
            subject = f"ack of {event.event}"
            given = tuple(value for value in args if value is not UNSET)
            self._tell(Line("→", event.namespace, subject, shown(given)))

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
        while self._wait_for_listeners():
            due = time.monotonic() + interval
            while self._wait_until(due):
                for room in self._listened():
                    try:
                        self._emit_next(room)
                    except Exception as problem:
                        told = Line(
                            "!", room.namespace.name, "not emitted", f"{problem}"
                        )
                        self._tell(told)
                with self._changed:
                    self._emitting = False
                    self._changed.notify_all()
                due = max(due + interval, time.monotonic())

    def _wait_for_listeners(self) -> bool:
        """Sleep until someone listens; False once it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._is_heard())
        return not self._closed

    def _wait_until(self, due: float) -> bool:
        """Sleep until then; False as soon as nobody is to hear what would be emitted."""

        def is_over() -> bool:
            return self._closed or not self._is_heard()

        with self._changed:
            over = self._changed.wait_for(is_over, due - time.monotonic())
            self._emitting = not over
        return self._emitting

    def _is_heard(self) -> bool:
        return not self.paused and bool(self._listened())

    # -- control

    def pause(self, paused: bool) -> None:
        """Emit no events in turn, when this returns not one more, or go on."""
        with self._changed:
            self.paused = paused
            self._changed.notify_all()
            self._changed.wait_for(lambda: not (self.paused and self._emitting))

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

    def outgoing(self, namespace: str, event: str) -> AnyOutgoing:
        """The event of that name that the server emits. Raises LookupError."""
        for item in self._rooms[namespace].namespace.outgoing:
            if item.event == event:
                return item
        raise LookupError(event)


def unsecured(contract: Contract) -> Contract:
    """The contract without security, of namespaces and of operations."""
    namespaces = (
        replace(
            item,
            security=(),
            incoming=tuple(replace(event, security=()) for event in item.incoming),
        )
        for item in contract.namespaces
    )
    return replace(contract, namespaces=tuple(namespaces))


def _untyped(contract: Contract) -> Contract:
    """The contract for plain data instead of models."""

    def one(args: Arguments) -> Arguments:
        types = None if args.types is None else tuple(Any for _ in args.types)
        return replace(args, types=types, rest=None if args.rest is None else Any)

    def untyped(args: AnyArguments) -> AnyArguments:
        lists = tuple(map(one, alternatives(args)))
        return lists if isinstance(args, tuple) else lists[0]

    def event(item: Any) -> Any:
        ack = untyped(item.ack) if item.ack is not None else None
        return replace(item, args=untyped(item.args), ack=ack)

    namespaces = (
        replace(
            item,
            incoming=tuple(map(event, item.incoming)),
            outgoing=tuple(map(event, item.outgoing)),
        )
        for item in contract.namespaces
    )
    return replace(contract, namespaces=tuple(namespaces))


def shown(args: tuple[Any, ...]) -> str:
    """Arguments in a line."""
    return ", ".join(
        json.dumps(value, ensure_ascii=False, default=_bytes) for value in args
    )


def _bytes(value: Any) -> str:
    return f"<{len(value)} bytes>"
