"""The Socket.IO server: Flask-SocketIO, held to a contract in both directions.

`Server` is a `flask_socketio.SocketIO` that knows the contract: what clients
send is checked before a handler sees it, what the application sends is checked
before it leaves, and a client is nobody until its connection is accepted.
"""

from __future__ import annotations

import inspect
import logging
import os
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from types import ModuleType
from typing import Any, Final, NoReturn, TypedDict

import flask
import flask_socketio  # type: ignore[import-untyped,unused-ignore]
import socketio  # type: ignore[import-untyped,unused-ignore]

from . import deployment, docs, logs, transport, workers
from .admission import Admission, KombuAdmission, RedisAdmission
from .guard import (
    Ack,
    AnyArguments,
    Args,
    Arguments,
    Contract,
    ContractError,
    Guard,
    Incoming,
    InvalidAck,
    InvalidEmit,
    InvalidHandshake,
    InvalidPayload,
    Namespace,
    Outgoing,
    Unauthorized,
    UnknownEvent,
    check_value,
)
from .handshake import check_bindings, handshake_schemas
from .packets import Handshake, Packet
from .schemas import Schemas
from .security import (
    ANONYMOUS,
    Checker,
    Hook,
    Identity,
    Requirement,
    ScopeHook,
    Session,
    finished,
    redacted,
)

log = logging.getLogger(__name__)

# What holds the contract cannot be chosen by the application.
_FIXED: Final = ("namespaces", "serializer", "always_connect", "client_manager")


@dataclass
class _State:
    """What the server knows of a namespace at run time."""

    namespace: Namespace
    connect: Callable[..., Any] | None = None
    disconnect: Callable[..., Any] | None = None
    error: Callable[[Exception], Any] | None = None


@dataclass(frozen=True)
class _Emitter:
    """An outgoing event with its guards."""

    payload: Guard
    ack: Guard | None


@dataclass
class _Binder:
    """Guards by the declarations they hold to."""

    schemas: Schemas

    def payload(self, event: Incoming[*Args, Ack]) -> Guard:
        return self._guard(event.args, _subject(event), InvalidPayload)

    def emit(self, event: Outgoing[*Args, Ack]) -> Guard:
        return self._guard(event.args, _subject(event), InvalidEmit)

    def ack(self, event: Incoming[*Args, Ack] | Outgoing[*Args, Ack]) -> Guard | None:
        if event.ack is None:
            return None
        return self._guard(event.ack, f"ack of {_subject(event)}", InvalidAck)

    def _guard(
        self, args: AnyArguments, subject: str, error: type[ContractError]
    ) -> Guard:
        return Guard(args, self.schemas, subject, error)


def _subject(event: Incoming[*Args, Ack] | Outgoing[*Args, Ack]) -> str:
    return f"{event.event!r} in {event.namespace!r}"


class Server(flask_socketio.SocketIO):  # type: ignore[misc,unused-ignore]
    """A Flask-SocketIO server that accepts and sends only what a contract declares.

    Handlers are registered with `handle`, `handle_connect`, `handle_disconnect`
    and `handle_error`, hooks with `hook`; then `init_app` serves a Flask app.
    """

    def __init__(self, contract: Contract) -> None:
        super().__init__()
        self.contract = contract
        self.sessions: dict[str, Session] = {}
        self.error_acks = True
        self._app: flask.Flask | None = None
        self._bind = _Binder(Schemas(contract.document))
        self._handshake = handshake_schemas(contract, self._bind.schemas)
        self._answer = Guard(
            Arguments(form="tuple", required=0),
            self._bind.schemas,
            "answer of the error handler",
            InvalidAck,
        )
        self._states = {item.name: _State(item) for item in contract.namespaces}
        self._emitters = {
            (event.namespace, event.event): _Emitter(
                self._bind.emit(event), self._bind.ack(event)
            )
            for namespace in contract.namespaces
            for event in namespace.outgoing
        }
        self._secured: dict[tuple[str, str], tuple[Requirement, ...]] = {
            (event.namespace, event.event): event.security
            for namespace in contract.namespaces
            for event in namespace.incoming
            if event.security
        }
        self._handled: set[tuple[str, str]] = set()
        self._checkers: dict[str, Checker] = {}
        self._warned: set[str] = set()
        self._observer: Callable[[Exception], object] | None = None

    @classmethod
    def external(
        cls, contract: Contract, url: str, channel: str = "flask-socketio"
    ) -> Server:
        """A server without clients: it emits to those of others, over their queue (S41).

        `url` and `channel` are what the others have as `message_queue` and
        `channel`. What it emits is validated before it is put into the queue;
        InvalidEmit is raised for what takes a callback, since no answer comes.
        """
        server = cls(contract)
        manager = _queue(url, channel, write_only=True)
        manager.on_log_out = server._log_out
        server.server = socketio.Server(
            client_manager=manager,
            serializer=Packet,
            namespaces=[item.name for item in contract.namespaces],
        )
        return server

    # -- registration

    def handle(
        self, event: Incoming[*Args, Ack], handler: Callable[[*Args], Ack]
    ) -> None:
        """Call `handler` for a valid `event`; what it returns is the acknowledgement.

        Raises TypeError for a handler that is a coroutine.
        """
        self._check_function(handler)
        payload, ack = self._bind.payload(event), self._bind.ack(event)
        self._handled.add((event.namespace, event.event))

        def dispatch(*args: Any) -> Any:
            if self._gone():
                return None
            try:
                self._admit(event.namespace, event.event)
                result: Any = finished(handler(*payload.receive(args)))
                return self._acknowledgement(ack, result, payload.subject)
            except Exception as problem:
                return self._failed(event.namespace, payload.subject, problem)

        super().on(event.event, namespace=event.namespace)(dispatch)

    def handle_connect(self, namespace: str, handler: Callable[..., Any]) -> None:
        """Call `handler` when a client connects and all checks have passed.

        It may take `auth` (or any one positional argument) and, by these
        names, `token_info` and `user`; False or an exception refuses.
        """
        self._check_function(handler)
        self._states[namespace].connect = _taking(
            handler, "auth", ("token_info", "user")
        )

    def handle_disconnect(self, namespace: str, handler: Callable[..., Any]) -> None:
        """Call `handler`, which may take `reason`, when an accepted client has gone."""
        self._check_function(handler)
        self._states[namespace].disconnect = _taking(handler, "reason")

    def handle_error(self, namespace: str, handler: Callable[[Exception], Any]) -> None:
        """Call `handler` with what went wrong; its result, if not None, is the ack.

        A tuple is several arguments of the ack; it is not held to the document.
        """
        self._check_function(handler)
        self._states[namespace].error = _taking(handler, "error")

    def hook(self, scheme: str, hook: Hook, scopes: ScopeHook | None = None) -> None:
        """Let `hook` judge the credentials of a scheme, and `scopes` the scopes."""
        self._check_function(hook)
        if scopes is not None:
            self._check_function(scopes)
        declared = {item.name: item for item in self.contract.schemes}
        self._checkers[scheme] = Checker.bind(declared[scheme], hook, scopes)

    def handle_module(self, namespace: str, module: ModuleType) -> None:
        """Register `connect`, `disconnect` and `error` of `module`, where written."""
        for name in ("connect", "disconnect", "error"):
            handler = getattr(module, name, None)
            # Handlers import Flask-SocketIO's own `disconnect` to put a client out.
            imported = handler is getattr(flask_socketio, name, None)
            if (
                inspect.isroutine(handler)
                and not imported
                and getattr(self._states[namespace], name) is None
            ):
                getattr(self, f"handle_{name}")(namespace, handler)

    def handle_default(self, package: ModuleType) -> None:
        """Register `error` of `package`, where written, for namespaces without their own."""
        handler = getattr(package, "error", None)
        if inspect.isroutine(handler):
            self._check_function(handler)
            self.default_exception_handler = _taking(handler, "error")

    def _check_function(self, function: Callable[..., Any]) -> None:
        """Hold a handler to what it may be: a plain function written in the project."""
        inner = inspect.unwrap(function)
        name = f"{function.__module__}.{getattr(function, '__qualname__', function)}"
        if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
            raise TypeError(
                f"{name} is `async def`, but Flask-SocketIO runs plain functions: "
                "write `def`, and give work that takes long to a background task"
            )
        if inspect.isgeneratorfunction(function):
            raise TypeError(f"{name} has `yield`, so a call would not run it")
        home = getattr(inner, "__module__", "").partition(".")[0]
        if not inspect.isfunction(inner) or (
            self.contract.modules and home not in self.contract.modules
        ):
            raise TypeError(f"{name} must be a function written in this project")

    def on(self, message: str, namespace: str | None = None) -> Any:
        """Refused: what clients may send stands in the document.

        Raises UnknownEvent, always. A declared event has its handler in the
        project's handlers, which are registered by `handle`.
        """
        raise UnknownEvent(
            "only what the document declares has a handler; add the event there",
            subject=f"{message!r} in {namespace or '/'!r}",
        )

    def on_namespace(self, namespace_handler: Any) -> None:
        """Refused as `on` is: clients could call every method named `on_…`."""
        self.on("*", namespace_handler.namespace)

    # -- start

    def init_app(
        self, app: flask.Flask, *, error_acks: bool = True, **options: Any
    ) -> None:
        """Serve the contract on a Flask app; `options` are those of Flask-SocketIO.

        `error_acks=False` answers invalid events with an empty acknowledgement.
        Raises TypeError for an option that the contract decides, RuntimeError
        where the app has a Socket.IO server already or something is missing.
        """
        for name in _FIXED:
            if name in options:
                raise TypeError(f"the option {name!r} is decided by the contract")
        if "socketio" in app.extensions:
            raise RuntimeError(
                "this Flask app has a Socket.IO server already, and flask_socketio "
                "knows only one; make a second Flask app and mount it with werkzeug's "
                "DispatcherMiddleware"
            )
        self._complete()
        self.error_acks = error_acks
        self._app = app
        options = {**deployment.options(os.environ), **options}
        options.setdefault("path", self.contract.path)
        options.setdefault("max_http_buffer_size", 1_000_000)
        manager = _manager(options)
        manager.on_log_out = self._log_out
        super().init_app(
            app,
            **options,
            client_manager=manager,
            serializer=Packet,
            namespaces=[item.name for item in self.contract.namespaces],
        )
        self.server.eio.on("message", self._receive)
        self.server.eio.on("disconnect", self._leave)
        if self.server.async_mode == "threading":
            workers.reuse_threads(self.server)
        transport.harden(self.server.eio)
        logs.redact(self.contract, self.server.eio.logger)
        deployment.name_sessions(self.server.eio, os.environ.get("STICKY_NODE"))
        deployment.configure(app, os.environ)
        docs.register(app, self.contract)

    def _complete(self) -> None:
        """Register what each namespace has; raises RuntimeError for what is missing."""
        for name, state in self._states.items():
            for event in state.namespace.incoming:
                if (name, event.event) not in self._handled:
                    raise RuntimeError(
                        f"no handler is registered for {_subject(event)}"
                    )
            operations = (event.security for event in state.namespace.incoming)
            for requirement in chain(state.namespace.security, *operations):
                for scheme in requirement.keys() - self._checkers.keys():
                    raise RuntimeError(
                        f"no hook is registered for the security scheme {scheme!r}"
                    )
            super().on("connect", namespace=name)(partial(self._connect, state))
            super().on("disconnect", namespace=name)(partial(self._disconnect, state))
            super().on("*", namespace=name)(partial(self._unknown, name))

    def admit_everyone(self) -> None:
        """For tests: let clients in without checks and without a connect handler."""
        for state in self._states.values():
            state.namespace = replace(
                state.namespace, query=None, headers=None, auth=None, security=()
            )
            state.connect = None
        self._secured.clear()

    def observe(self, observer: Callable[[Exception], object]) -> None:
        """For tests: call `observer` with what goes wrong, before any error handler."""
        self._observer = observer

    # -- what comes in

    def _receive(self, eio_sid: str, data: Any) -> None:
        """Give a message to Socket.IO; drop it where it is malformed."""
        try:
            self._check_attachment(eio_sid, data)
            self.server._handle_eio_message(eio_sid, data)
        except Exception as problem:
            self.server._binary_packet.pop(eio_sid, None)
            log.warning(
                "dropped a malformed packet from %s: %s",
                eio_sid,
                type(problem).__name__,
            )
        if eio_sid not in self.server.environ:
            self._forget(eio_sid, connecting=True)

    def _leave(self, eio_sid: str, reason: str) -> None:
        self.server._handle_eio_disconnect(eio_sid, reason)
        self._forget(eio_sid, connecting=False)

    def _forget(self, eio_sid: str, *, connecting: bool) -> None:
        """Put out who has been accepted while the session of Engine.IO was ending.

        `connecting` puts out who is on the way, too; a handler is not at work for it.
        """
        manager = self.server.manager
        for name in self._states:
            sid = manager.sid_from_eio_sid(eio_sid, name)
            if sid and (connecting or manager.is_connected(sid, name)):
                self.sessions.pop(sid, None)
                manager.disconnect(sid, name, ignore_queue=True)

    def _check_attachment(self, eio_sid: str, data: Any) -> None:
        """Raise ValueError for one that makes its packet larger than a message may be."""
        if isinstance(data, str):
            # Where an attachment was due, the packet that announced it is dropped.
            self.server._binary_packet.pop(eio_sid, None)
        elif announced := self.server._binary_packet.get(eio_sid):
            size = len(data) + sum(map(len, announced.attachments))
            if size > self.server.eio.max_http_buffer_size:
                raise ValueError("too large")

    def _connect(self, state: _State, handshake: Any) -> None:
        """Bindings, security, auth payload, handler; any exception refuses."""
        name = state.namespace.name
        if not isinstance(handshake, Handshake) or not self._genuine(name):
            log.warning("refused what is no connection to %r", name)
            raise flask_socketio.ConnectionRefusedError("Connection refused")
        try:
            check_bindings(state.namespace, self._handshake)
            session = Session(name, handshake.auth)
            self.sessions[current_sid()] = flask.request.client = session  # type: ignore[attr-defined]
            identity = session.identify(state.namespace.security, self._checkers)
            if state.namespace.auth is not None:
                schema = self._bind.schemas.at(state.namespace.auth)
                check_value(
                    schema,
                    handshake.auth,
                    f"auth payload of {name!r}",
                    InvalidHandshake,
                )
            accepted = self._accepts(state, handshake.auth, identity)
        except flask_socketio.ConnectionRefusedError:
            self.sessions.pop(current_sid(), None)
            raise
        except (InvalidHandshake, Unauthorized) as problem:
            log.warning("refused a connection to %r: %s", name, problem)
            self._refuse()
        except Exception as problem:
            text = redacted(problem, self._checkers, handshake.auth)
            log.error("refused a connection to %r:\n%s", name, text)
            self._refuse()
        # While it was being checked, the client may have gone, or been logged out.
        if not accepted or session.identity.expired or not self._genuine(name):
            self._refuse()
        if identity.expires is not None:
            self._watch(current_sid())

    def _accepts(self, state: _State, auth: Any, identity: Identity) -> bool:
        if state.connect is None:
            return True
        return (
            state.connect(auth, token_info=identity.info, user=identity.user)
            is not False
        )

    def _refuse(self) -> NoReturn:
        self.sessions.pop(current_sid(), None)
        raise flask_socketio.ConnectionRefusedError("Connection refused")

    def _genuine(self, namespace: str) -> bool:
        """Whether the server itself is connecting this client now, by its own books."""
        manager, sid = self.server.manager, current_sid()
        if not manager.is_pre_connected(sid, namespace):
            return False
        eio_sid = manager.eio_sid_from_sid(sid, namespace)
        return self.server.environ.get(eio_sid) is flask.request.event["args"][0]  # type: ignore[attr-defined]

    def _disconnect(self, state: _State, reason: Any = None) -> None:
        flask.request.client = self.sessions.get(current_sid())  # type: ignore[attr-defined]
        try:
            if state.disconnect is not None:
                state.disconnect(reason)
        except Exception as problem:
            self._failed(
                state.namespace.name, f"disconnect of {state.namespace.name!r}", problem
            )
        finally:
            self.sessions.pop(current_sid(), None)

    def _unknown(self, namespace: str, event: str, *_: Any) -> Any:
        if self._gone():
            return None
        problem = UnknownEvent(
            "the event is not declared", subject=f"an event in {namespace!r}"
        )
        return self._failed(namespace, problem.subject, problem)

    def _acknowledgement(self, ack: Guard | None, result: Any, subject: str) -> Any:
        if ack is not None:
            return ack.send(result if isinstance(result, tuple) else (result,))
        if result is not None and subject not in self._warned:
            self._warned.add(subject)
            log.warning(
                "%s declares no ack: what its handler returns is dropped", subject
            )
        return None

    def _failed(self, namespace: str, subject: str, problem: Exception) -> Any:
        """The ack for what went wrong: the error handler's, else the envelope."""
        if self._observer is not None:
            self._observer(problem)
        if isinstance(problem, InvalidPayload | UnknownEvent | Unauthorized):
            log.info("refused: %s", problem)
        elif isinstance(problem, NotImplementedError):
            log.warning("%s has no handler: %s", subject, problem)
        else:
            self._log(subject, problem)
        handler = self._states[namespace].error or self.default_exception_handler
        if handler is not None:
            try:
                answer = handler(problem)
                if answer is not None:
                    several = answer if isinstance(answer, tuple) else (answer,)
                    return self._answer.send(several)
            except Exception as failure:
                self._log(f"the error handler of {namespace!r}", failure)
        return envelope(problem) if self.error_acks else None

    def _log(self, subject: str, problem: Exception) -> None:
        """Log the traceback; where its text has a credential in it, without that one."""
        session = _client() if flask.has_request_context() else None
        text = "".join(traceback.format_exception(problem))
        safe = redacted(problem, self._checkers, session.auth if session else None)
        if safe == text:
            log.error("%s failed", subject, exc_info=problem)
        else:
            log.error("%s failed:\n%s", subject, safe)

    # -- what an identity may do, and until when

    def _admit(self, namespace: str, event: str) -> None:
        """Check the security of an operation; raises Unauthorized (S34)."""
        security = self._secured.get((namespace, event))
        if security is None:
            return
        session: Session = flask.request.client  # type: ignore[attr-defined]
        session.admit(event, security, self._checkers)
        if self._gone():
            raise Unauthorized("the client has gone, or has to, by now")

    def disconnect_identity(self, user: object) -> None:
        """Log a user out everywhere: in this process, and in those on the message queue.

        `user` is the `sub` or `uid` that a hook gave, compared as text. No
        handler runs any more for a client that has shown to be this user.
        """
        self.server.manager.log_out(str(user))

    def _log_out(self, user: str) -> None:
        for sid, session in [*self.sessions.items()]:
            if session.log_out(user):
                self._watch(sid)

    def _gone(self) -> bool:
        """Whether no handler runs any more for the client: it has gone, or it has to."""
        session = self.sessions.get(current_sid())
        if session is None:
            return True
        # Kept for the handler, which may go on when the client has gone.
        flask.request.client = session  # type: ignore[attr-defined]
        if session.identity.expired:
            flask_socketio.disconnect()
        return session.identity.expired

    def _watch(self, sid: str) -> None:
        self.start_background_task(self._expire, sid)

    def _expire(self, sid: str) -> None:
        while session := self.sessions.get(sid):
            left = (session.identity.expires or 0) - time.time()
            if left <= 0:
                self.server.disconnect(sid, namespace=session.namespace)
            # Again, where it was too early: the connection was not complete.
            self.sleep(min(max(left, 0.1), 60))

    def disconnect_everyone(self) -> None:
        """End every connection of this process, which is about to stop.

        Not as `disconnect` does: clients take it for a connection that broke,
        and connect again, to another process.
        """
        self.server.eio.disconnect()

    # -- what goes out

    def emit(
        self,
        event: str,
        *args: Any,
        namespace: str | None = None,
        to: Any = None,
        room: Any = None,
        include_self: bool = True,
        skip_sid: Any = None,
        callback: Callable[..., Any] | None = None,
        ignore_queue: bool = False,
    ) -> None:
        """As Flask-SocketIO's, but only for what the document declares.

        A tuple is several arguments, everything else is one. Raises
        InvalidEmit, before anything is sent.
        """
        namespace, to = namespace or "/", room if to is None else to
        emitter = self._emitter(namespace, event)
        data = emitter.payload.send(_arguments(args, emitter.payload))
        if callback is not None:
            callback = self._callback(emitter, callback, namespace, to)
        if not include_self:
            others = [skip_sid] if isinstance(skip_sid, str) else skip_sid or ()
            skip_sid = [*others, current_sid()]
        if to is not None and not to:
            return  # An empty list is nobody, and to Socket.IO it would be everybody.
        self.server.emit(
            event,
            data,
            namespace=namespace,
            to=to,
            skip_sid=skip_sid,
            callback=callback,
            ignore_queue=ignore_queue,
        )

    def call(
        self,
        event: str,
        *args: Any,
        namespace: str | None = None,
        to: Any = None,
        room: Any = None,
        timeout: float = 60,
        ignore_queue: bool = False,
    ) -> Any:
        """As Flask-SocketIO's: emit to one client, and return its validated answer.

        Raises InvalidEmit before anything is sent, InvalidAck for an answer
        that does not conform, and socketio's TimeoutError where none comes.
        """
        namespace, to = namespace or "/", room if to is None else to
        emitter = self._emitter(namespace, event)
        data = emitter.payload.send(_arguments(args, emitter.payload))
        ack = self._needs_ack(emitter, namespace, to)
        if not self.server.async_handlers:
            raise RuntimeError("call() would wait for ever: async_handlers is False")
        # python-socketio's own call does not tell null from no argument.
        answers: list[tuple[Any, ...]] = []
        done = self.server.eio.create_event()

        def answered(*values: Any) -> None:
            answers.append(values)
            done.set()

        self.server.emit(
            event,
            data,
            namespace=namespace,
            to=to,
            callback=answered,
            ignore_queue=ignore_queue,
        )
        if not done.wait(timeout=timeout):
            raise socketio.exceptions.TimeoutError
        return ack.answer(answers[0])

    def _emitter(self, namespace: str, event: str) -> _Emitter:
        emitter = self._emitters.get((namespace, event))
        if emitter is None:
            raise InvalidEmit(
                "the document does not declare it as an event that the server emits",
                subject=f"{event!r} in {namespace!r}",
            )
        return emitter

    def _needs_ack(self, emitter: _Emitter, namespace: str, to: Any) -> Guard:
        subject = emitter.payload.subject
        if emitter.ack is None:
            raise InvalidEmit(
                "declares no ack, so it takes no callback", subject=subject
            )
        manager = self.server.manager
        if self._app is None:
            raise InvalidEmit(
                "an answer would not reach this process: only a server takes callbacks",
                subject=subject,
            )
        rooms = manager.rooms.get(namespace, {})
        if not isinstance(to, str) or (
            to in rooms and not manager.is_sid_room(namespace, to)
        ):
            raise InvalidEmit(
                "an ack needs to= with the sid of one client", subject=subject
            )
        return emitter.ack

    def _callback(
        self, emitter: _Emitter, callback: Callable[..., Any], namespace: str, to: Any
    ) -> Callable[..., None]:
        """`callback` behind the guard of the ack, in an application context."""
        ack = self._needs_ack(emitter, namespace, to)

        def answered(*args: Any) -> None:
            with self._context():
                try:
                    callback(*ack.receive(args))
                except Exception as problem:
                    self._failed(namespace, ack.subject, problem)

        return answered

    # -- elsewhere

    def start_background_task(
        self, target: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """As Flask-SocketIO's; `target` runs in an application context, as handlers do."""

        def run() -> None:
            with self._context():
                target(*args, **kwargs)

        return super().start_background_task(run)

    def _context(self) -> AbstractContextManager[Any]:
        return nullcontext() if self._app is None else self._app.app_context()


class Recipients(TypedDict, total=False):
    """Who gets an event; with neither `to` nor `broadcast`, the client being served."""

    to: str | list[str] | None
    """The sid of a client, a room, or a list of these."""
    broadcast: bool
    """Everyone in the namespace."""
    include_self: bool
    """False leaves out the client being served."""
    skip_sid: str | list[str] | None
    """Clients that are left out."""
    server: Server | None
    """The server that emits; only needed outside an application context.

    In a process that serves no clients, it is `events.external(url)`.
    """


def emit(
    event: Outgoing[*Args, Ack],
    *args: *Args,
    callback: Callable[..., object] | None = None,
    to: str | list[str] | None = None,
    broadcast: bool = False,
    include_self: bool = True,
    skip_sid: str | list[str] | None = None,
    server: Server | None = None,
) -> None:
    """Emit a declared event; the typed emitters of events.py come down to this.

    Raises InvalidEmit, before anything is sent.
    """
    if to is None and not broadcast:
        to = _sender(event)
    (server or current()).emit(
        event.event,
        args,
        namespace=event.namespace,
        to=to,
        include_self=include_self,
        skip_sid=skip_sid,
        callback=callback,
    )


def call(
    event: Outgoing[*Args, Ack],
    *args: *Args,
    to: str | None = None,
    timeout: float = 60,
    server: Server | None = None,
) -> Any:
    """Emit a declared event to one client, and wait for its answer, in seconds."""
    recipient = _sender(event) if to is None else to
    return (server or current()).call(
        event.event, args, namespace=event.namespace, to=recipient, timeout=timeout
    )


def current() -> Server:
    """The server of the current Flask app."""
    server: Server = flask.current_app.extensions["socketio"]
    return server


def current_sid() -> str:
    """The sid of the client whose event is being handled, to emit to later on."""
    sid: str = flask.request.sid  # type: ignore[attr-defined]
    return sid


def current_identity() -> Identity:
    """Who the client is whose event is being handled; anonymous without security.

    Where the operation has security of its own, it is who that has found.
    """
    session = _client()
    if session is None:
        return ANONYMOUS
    return session.identity_in(flask.request.event["message"])  # type: ignore[attr-defined]


def _client() -> Session | None:
    """The session of the client being served, as long as it is served."""
    return getattr(flask.request, "client", None)


def disconnect_identity(user: object) -> None:
    """Log a user out everywhere; see `Server.disconnect_identity`."""
    current().disconnect_identity(user)


def envelope(problem: Exception) -> dict[str, Any]:
    """What a client is told of an error: a code, a rule, and where; never the value."""
    code, message, path = "internal_error", "the server could not handle the event", ""
    if isinstance(problem, NotImplementedError):
        code, message = "not_implemented", "the server does not handle this event yet"
    elif isinstance(problem, ContractError) and problem.code != code:
        code, message, path = problem.code, problem.message, problem.path
    return {"error": {"code": code, "message": message, "path": path}}


def _sender(event: Outgoing[*Args, Ack]) -> str:
    if flask.has_request_context():
        sid = getattr(flask.request, "sid", None)
        if (
            sid is not None
            and getattr(flask.request, "namespace", None) == event.namespace
        ):
            return str(sid)
    raise InvalidEmit(
        "no client of its namespace is being served: say to= or broadcast=True",
        subject=_subject(event),
    )


def _arguments(args: tuple[Any, ...], guard: Guard) -> tuple[Any, ...]:
    """Flask-SocketIO's arguments as a tuple: none, one, or a tuple of several."""
    if len(args) > 1:
        raise TypeError("several arguments of an event are given as one tuple")
    if not args or (args[0] is None and guard.takes_none):
        return ()
    return args[0] if isinstance(args[0], tuple) else (args[0],)


def _manager(options: dict[str, Any]) -> socketio.Manager:
    """The client manager that the options `message_queue` and `channel` ask for."""
    url = options.get("message_queue")
    if not url:
        return Admission()
    return _queue(url, options.get("channel", "flask-socketio"))


def _queue(url: str, channel: str, **options: Any) -> socketio.Manager:
    """The client manager that shares a message queue with those of other processes."""
    is_redis = url.startswith(("redis://", "rediss://"))
    return (RedisAdmission if is_redis else KombuAdmission)(
        url, channel=channel, **options
    )


def _taking(
    function: Callable[..., Any], positional: str, named: tuple[str, ...] = ()
) -> Callable[..., Any]:
    """`function`, called with what it takes; TypeError where it asks for more."""
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    keywords = [item.name for item in parameters if item.name in named]
    values = [
        item for item in parameters if item.kind in kinds and item.name not in named
    ]
    if len([item for item in values if item.default is item.empty]) > 1:
        takes = ", ".join((positional, *named))
        raise TypeError(
            f"{function.__module__}.{function.__qualname__} may take {takes}, not more"
        )
    variadic = any(item.kind is item.VAR_POSITIONAL for item in parameters)

    def call_with(value: Any, **offered: Any) -> Any:
        args = (value,) if values or variadic else ()
        return finished(function(*args, **{name: offered[name] for name in keywords}))

    return call_with
