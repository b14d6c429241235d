"""Who is connected: from the handshake until the client has gone, or has to."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

import flask
import flask_socketio  # type: ignore[import-untyped,unused-ignore]

from .clock import Clock
from .failures import Failures
from .functions import Handlers
from .guard import Contract, InvalidHandshake, Unauthorized, check_value
from .handshake import check_bindings, handshake_schemas
from .packets import Handshake
from .schemas import Schemas
from .security import Checker, Identity, Requirement, Session, redacted

log = logging.getLogger(__name__)


def current_sid() -> str:
    """The sid of the client whose event is being handled, to emit to later on."""
    sid: str = flask.request.sid  # type: ignore[attr-defined]
    return sid


class Connections:
    """The clients of a server, by namespaces: who gets in, does what, and goes when.

    `sessions` has them by their sids, from the checks of a connection on; `clock`
    tells whose time is over.
    """

    clock: Clock

    def __init__(
        self,
        socketio: flask_socketio.SocketIO,
        contract: Contract,
        schemas: Schemas,
        handlers: Mapping[str, Handlers],
        checkers: Mapping[str, Checker],
        failures: Failures,
    ) -> None:
        self.sessions: dict[str, Session] = {}
        self._socketio = socketio
        self._schemas = schemas
        self._handshake = handshake_schemas(contract, schemas)
        self._handlers = handlers
        self._checkers = checkers
        self._failures = failures
        self._namespaces = {item.name: item for item in contract.namespaces}
        self._secured: dict[tuple[str, str], tuple[Requirement, ...]] = {
            (event.namespace, event.event): event.security
            for namespace in contract.namespaces
            for event in namespace.incoming
            if event.security
        }

    def admit_everyone(self) -> None:
        """For tests: let clients in without checks and without a connect handler."""
        for name, namespace in self._namespaces.items():
            self._namespaces[name] = replace(
                namespace, query=None, headers=None, auth=None, security=()
            )
            self._handlers[name].connect = None
        self._secured.clear()

    # -- getting in

    def connect(self, name: str, handshake: Any) -> None:
        """Bindings, security, auth payload, handler; any exception refuses.

        Raises ConnectionRefusedError.
        """
        namespace = self._namespaces[name]
        if not isinstance(handshake, Handshake) or not self._genuine(name):
            log.warning("refused what is no connection to %r", name)
            raise flask_socketio.ConnectionRefusedError("Connection refused")
        try:
            check_bindings(namespace, self._handshake)
            session = Session(name, handshake.auth)
            self.sessions[current_sid()] = flask.request.client = session  # type: ignore[attr-defined]
            identity = session.identify(namespace.security, self._checkers)
            if namespace.auth is not None:
                schema = self._schemas.at(namespace.auth)
                check_value(
                    schema,
                    handshake.auth,
                    f"auth payload of {name!r}",
                    InvalidHandshake,
                )
            accepted = self._accepts(name, handshake.auth, identity)
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

    def _accepts(self, namespace: str, auth: Any, identity: Identity) -> bool:
        handler = self._handlers[namespace].connect
        if handler is None:
            return True
        answer = handler(auth, token_info=identity.info, user=identity.user)
        return answer is not False

    def _refuse(self) -> NoReturn:
        self.sessions.pop(current_sid(), None)
        raise flask_socketio.ConnectionRefusedError("Connection refused")

    def _genuine(self, namespace: str) -> bool:
        """Whether the server itself is connecting this client now, by its own books."""
        manager, sid = self._socketio.server.manager, current_sid()
        if not manager.is_pre_connected(sid, namespace):
            return False
        eio_sid = manager.eio_sid_from_sid(sid, namespace)
        return self._socketio.server.environ.get(eio_sid) is flask.request.event["args"][0]  # type: ignore[attr-defined]

    # -- being there

    def gone(self) -> bool:
        """Whether no handler runs any more for the client: it has gone, or it has to."""
        request: Any = flask.request._get_current_object()  # type: ignore[attr-defined]
        session = self.sessions.get(request.sid)
        if session is None:
            return True
        # Kept for the handler, which may go on when the client has gone.
        request.client = session
        if not session.identity.expired:
            return False
        flask_socketio.disconnect()
        return True

    def admit(self, namespace: str, event: str) -> None:
        """Check the security of an operation; raises Unauthorized (S34)."""
        security = self._secured.get((namespace, event))
        if security is None:
            return
        session: Session = flask.request.client  # type: ignore[attr-defined]
        session.admit(event, security, self._checkers)
        if self.gone():
            raise Unauthorized("the client has gone, or has to, by now")

    # -- going

    def disconnect(self, namespace: str, reason: Any = None) -> None:
        """Call the handler, once, whoever notices; after it, the client is nobody."""
        session = self.sessions.get(current_sid())
        if session is None or not session.leave():
            return
        flask.request.client = session  # type: ignore[attr-defined]
        handler = self._handlers[namespace].disconnect
        try:
            if handler is not None:
                handler(reason)
        except Exception as problem:
            self._failures.answer(namespace, f"disconnect of {namespace!r}", problem)
        finally:
            self.sessions.pop(current_sid(), None)

    def log_out(self, user: str) -> None:
        """Put out every client of this process that has shown to be `user`."""
        for sid, session in [*self.sessions.items()]:
            if session.log_out(user):
                self._watch(sid)

    def _watch(self, sid: str) -> None:
        """Put the client out when its time is over."""
        if (session := self.sessions.get(sid)) is None:
            return
        left = (session.identity.expires or 0) - time.time()
        if left <= 0:
            self._socketio.start_background_task(self._put_out, sid, session.namespace)
        else:
            self.clock.call_later(min(left, 60), self._watch, sid)

    def _put_out(self, sid: str, namespace: str) -> None:
        self._socketio.server.disconnect(sid, namespace=namespace)
        # Again, where it was too early: the connection was not complete.
        self.clock.call_later(0.1, self._watch, sid)

    def leave(self, eio_sid: str, reason: str) -> None:
        """The session of Engine.IO has ended, and with it its connections."""
        self._socketio.server._handle_eio_disconnect(eio_sid, reason)
        self._forget(eio_sid, connecting=False)

    def _forget(self, eio_sid: str, *, connecting: bool) -> None:
        """Put out who has been accepted while the session of Engine.IO was ending.

        `connecting` puts out who is on the way, too; a handler is not at work for it.
        """
        manager = self._socketio.server.manager
        for name in self._namespaces:
            sid = manager.sid_from_eio_sid(eio_sid, name)
            if sid and (connecting or manager.is_connected(sid, name)):
                self.sessions.pop(sid, None)
                manager.disconnect(sid, name, ignore_queue=True)

    # -- packets

    def receive(self, eio_sid: str, data: Any) -> None:
        """Give a message to Socket.IO; drop it where it is malformed."""
        try:
            self._check_attachment(eio_sid, data)
            self._socketio.server._handle_eio_message(eio_sid, data)
        except Exception as problem:
            self._socketio.server._binary_packet.pop(eio_sid, None)
            if session := self._socketio.server.eio.sockets.get(eio_sid):
                wrong = "dropped a malformed packet from %s: %s"
                session.tell(wrong, eio_sid, type(problem).__name__)
        if eio_sid not in self._socketio.server.environ:
            self._forget(eio_sid, connecting=True)

    def _check_attachment(self, eio_sid: str, data: Any) -> None:
        """Raise ValueError for one that makes its packet larger than a message may be."""
        if isinstance(data, str):
            # Where an attachment was due, the packet that announced it is dropped.
            self._socketio.server._binary_packet.pop(eio_sid, None)
        elif not isinstance(data, bytes):
            raise ValueError("no message")  # JSON, which Engine.IO has read itself.
        elif announced := self._socketio.server._binary_packet.get(eio_sid):
            size = len(data) + sum(map(len, announced.attachments))
            if size > self._socketio.server.eio.max_http_buffer_size:
                raise ValueError("too large")
