"""The Socket.IO server: Flask-SocketIO, held to a contract in both directions.

`Server` is a `flask_socketio.SocketIO` that knows the contract: what clients
send is checked before a handler sees it, what the application sends is checked
before it leaves, and a client is nobody until its connection is accepted.
"""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import chain
from types import ModuleType
from typing import Any, Final

import flask
import flask_socketio  # type: ignore[import-untyped,unused-ignore]
import socketio  # type: ignore[import-untyped,unused-ignore]

from . import deployment, docs, logs, transport, workers
from .admission import client_manager, queue_manager
from .clock import Clock
from .connections import Connections, current_sid
from .contexts import event_context
from .emitters import Emitter, Emitters, arguments
from .failures import Failures
from .functions import Handlers, called, check_function, taking
from .guard import (
    Ack,
    Args,
    Contract,
    Guard,
    Incoming,
    InvalidEmit,
    InvalidPayload,
    UnknownEvent,
    ack_guard,
    subject_of,
)
from .packets import Packet
from .schemas import Schemas
from .security import ANONYMOUS, Checker, Hook, Identity, ScopeHook, current_session

# What handlers import from here.
__all__ = [
    "Server",
    "current",
    "current_identity",
    "current_sid",
    "disconnect_identity",
]

log = logging.getLogger(__name__)

# What holds the contract cannot be chosen by the application.
_FIXED: Final = ("namespaces", "serializer", "always_connect", "client_manager")


class Server(flask_socketio.SocketIO):  # type: ignore[misc,unused-ignore]
    """A Flask-SocketIO server that accepts and sends only what a contract declares.

    Handlers are registered with `handle`, `handle_connect`, `handle_disconnect`
    and `handle_error`, hooks with `hook`; then `init_app` serves a Flask app.
    `sessions` has its clients by their sids.
    """

    def __init__(self, contract: Contract) -> None:
        super().__init__()
        self.contract = contract
        self._app: flask.Flask | None = None
        self._schemas = Schemas(contract.document)
        self._handlers = {item.name: Handlers() for item in contract.namespaces}
        self._checkers: dict[str, Checker] = {}
        self._failures = Failures(self, self._schemas, self._handlers, self._checkers)
        self._connections = Connections(
            self,
            contract,
            self._schemas,
            self._handlers,
            self._checkers,
            self._failures,
        )
        self.sessions = self._connections.sessions
        self._emitters = Emitters(contract, self._schemas)
        self._handled: set[tuple[str, str]] = set()
        self._warned: set[str] = set()

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
        manager = queue_manager(url, channel, write_only=True)
        manager.on_log_out = server._connections.log_out
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

        Raises TypeError for what is no plain function of the project (S38).
        """
        self._check(handler)
        connections, failures = self._connections, self._failures
        payload = Guard(event.args, self._schemas, subject_of(event), InvalidPayload)
        ack = ack_guard(event, self._schemas)
        self._handled.add((event.namespace, event.event))

        def dispatch(*args: Any) -> Any:
            if connections.gone():
                return None
            try:
                connections.admit(event.namespace, event.event)
                result: Any = called(handler, *payload.receive(args))
                return self._acknowledgement(ack, result, payload.subject)
            except Exception as problem:
                return failures.answer(event.namespace, payload.subject, problem)

        super().on(event.event, namespace=event.namespace)(dispatch)

    def handle_connect(self, namespace: str, handler: Callable[..., Any]) -> None:
        """Call `handler` when a client connects and all checks have passed.

        It may take `auth` (or any one positional argument) and, by these
        names, `token_info` and `user`; False or an exception refuses. Raises
        TypeError for what is no plain function of the project, or asks for more.
        """
        self._check(handler)
        self._handlers[namespace].connect = taking(
            handler, "auth", ("token_info", "user")
        )

    def handle_disconnect(self, namespace: str, handler: Callable[..., Any]) -> None:
        """Call `handler`, which may take `reason`, when an accepted client has gone."""
        self._check(handler)
        self._handlers[namespace].disconnect = taking(handler, "reason")

    def handle_error(self, namespace: str, handler: Callable[[Exception], Any]) -> None:
        """Call `handler` with what went wrong; its result, if not None, is the ack.

        A tuple is several arguments of the ack; it is not held to the document.
        """
        self._check(handler)
        self._handlers[namespace].error = taking(handler, "error")

    def hook(self, scheme: str, hook: Hook, scopes: ScopeHook | None = None) -> None:
        """Let `hook` judge the credentials of a scheme, and `scopes` the scopes."""
        self._check(hook)
        if scopes is not None:
            self._check(scopes)
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
                and getattr(self._handlers[namespace], name) is None
            ):
                getattr(self, f"handle_{name}")(namespace, handler)

    def handle_default(self, package: ModuleType) -> None:
        """Register `error` of `package`, where written, for namespaces without their own."""
        handler = getattr(package, "error", None)
        if inspect.isroutine(handler):
            self._check(handler)
            self.default_exception_handler = taking(handler, "error")

    def _check(self, function: Callable[..., Any]) -> None:
        check_function(function, self.contract.modules)

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
        self._failures.error_acks = error_acks
        self._app = app
        options = {**deployment.options(os.environ), **options}
        options.setdefault("path", self.contract.path)
        options.setdefault("max_http_buffer_size", 1_000_000)
        manager = client_manager(options)
        manager.on_log_out = self._connections.log_out
        super().init_app(
            app,
            **options,
            client_manager=manager,
            serializer=Packet,
            namespaces=[item.name for item in self.contract.namespaces],
        )
        self.server.eio.on("message", self._connections.receive)
        self.server.eio.on("disconnect", self._connections.leave)
        if self.server.async_mode in ("threading", "gevent"):
            workers.pace(self.server)
        clock = self._connections.clock = Clock(self.server.eio)
        transport.harden(self.server.eio, clock)
        logs.redact(self.contract, self.server.eio.logger)
        deployment.name_sessions(self.server.eio, os.environ.get("STICKY_NODE"))
        deployment.configure(app, os.environ)
        docs.register(app, self.contract)

    def _complete(self) -> None:
        """Register what each namespace has; raises RuntimeError for what is missing."""
        for namespace in self.contract.namespaces:
            for event in namespace.incoming:
                if (namespace.name, event.event) not in self._handled:
                    raise RuntimeError(
                        f"no handler is registered for {subject_of(event)}"
                    )
            operations = (event.security for event in namespace.incoming)
            for requirement in chain(namespace.security, *operations):
                for scheme in requirement.keys() - self._checkers.keys():
                    raise RuntimeError(
                        f"no hook is registered for the security scheme {scheme!r}"
                    )
            name, connections = namespace.name, self._connections
            super().on("connect", name)(partial(connections.connect, name))
            super().on("disconnect", name)(partial(connections.disconnect, name))
            super().on("*", name)(partial(self._unknown, name))

    def admit_everyone(self) -> None:
        """For tests: let clients in without checks and without a connect handler."""
        self._connections.admit_everyone()

    def observe(self, observer: Callable[[Exception], object]) -> None:
        """For tests: call `observer` with what goes wrong, before any error handler."""
        self._failures.observer = observer

    # -- what comes in

    def _handle_event(
        self,
        handler: Callable[..., Any],
        message: str,
        namespace: str,
        sid: str,
        *args: Any,
    ) -> Any:
        """As Flask-SocketIO's, which calls this for what a client sends, but with less ado."""
        client = self.server.get_environ(sid, namespace=namespace) or {}
        session = client.get("saved_session")
        if message in ("connect", "disconnect") or session is None:
            return super()._handle_event(handler, message, namespace, sid, *args)
        with event_context(client, session) as context:
            request = context.request
            request.sid, request.namespace = sid, namespace
            request.event = {"message": message, "args": args}
            return handler(*args)

    def _unknown(self, namespace: str, event: str, *_: Any) -> Any:
        if self._connections.gone():
            return None
        problem = UnknownEvent(
            "the event is not declared", subject=f"an event in {namespace!r}"
        )
        return self._failures.answer(namespace, problem.subject, problem)

    def _acknowledgement(self, ack: Guard | None, result: Any, subject: str) -> Any:
        if ack is not None:
            return ack.send(result if isinstance(result, tuple) else (result,))
        if result is not None and subject not in self._warned:
            self._warned.add(subject)
            log.warning(
                "%s declares no ack: what its handler returns is dropped", subject
            )
        return None

    def disconnect_identity(self, user: object) -> None:
        """Log a user out everywhere: in this process, and in those on the message queue.

        `user` is the `sub` or `uid` that a hook gave, compared as text. No
        handler runs any more for a client that has shown to be this user.
        """
        self.server.manager.log_out(str(user))

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
        emitter = self._emitters.find(namespace, event)
        data = emitter.payload.send(arguments(args, emitter.payload))
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
        emitter = self._emitters.find(namespace, event)
        data = emitter.payload.send(arguments(args, emitter.payload))
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

    def _needs_ack(self, emitter: Emitter, namespace: str, to: Any) -> Guard:
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
        self, emitter: Emitter, callback: Callable[..., Any], namespace: str, to: Any
    ) -> Callable[..., None]:
        """`callback` behind the guard of the ack, in an application context."""
        ack = self._needs_ack(emitter, namespace, to)

        def answered(*args: Any) -> None:
            with self._context():
                try:
                    called(callback, *ack.receive(args))
                except Exception as problem:
                    self._failures.answer(namespace, ack.subject, problem)

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


def current() -> Server:
    """The server of the current Flask app."""
    server: Server = flask.current_app.extensions["socketio"]
    return server


def current_identity() -> Identity:
    """Who the client is whose event is being handled; anonymous without security.

    Where the operation has security of its own, it is who that has found.
    """
    session = current_session()
    if session is None:
        return ANONYMOUS
    return session.identity_in(flask.request.event["message"])  # type: ignore[attr-defined]


def disconnect_identity(user: object) -> None:
    """Log a user out everywhere; see `Server.disconnect_identity`."""
    current().disconnect_identity(user)
