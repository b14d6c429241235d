"""Who may connect, and what a client can do before and against that.

Three parts: the admission of clients, the handshake against its
schemas, and credentials with the hooks that judge them. Everything fails
closed: a hook that returns None or raises, a credential that is missing or
malformed, a scope that is not granted: each makes its alternative fail, and a
connection with no alternative left is refused.
"""

from __future__ import annotations

import base64
import binascii
import inspect
import json
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, TypeAlias

import flask
import socketio  # type: ignore[import-untyped,unused-ignore]

from .guard import (
    Contract,
    InvalidHandshake,
    Namespace,
    Schemas,
    Scheme,
    Unauthorized,
    check_value,
)

log = logging.getLogger(__name__)


# -- admission


class Admission(socketio.Manager):  # type: ignore[misc,unused-ignore]
    """A client manager in which a client takes part once its connection is accepted.

    python-socketio enters a client into its rooms before the connect handler
    has run; without this, a broadcast reaches clients that are then refused.
    What the connect handler itself emits to its client waits until then, too.
    `on_log_out` is called with a user whose clients of this process have to go.
    """

    on_log_out: Callable[[str], None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def get_participants(self, namespace: str, room: Any) -> Iterable[tuple[str, str]]:
        """The accepted members of a room."""
        for sid, eio_sid in super().get_participants(namespace, room):
            if not self.is_pre_connected(sid, namespace):
                yield sid, eio_sid

    def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, **kwargs: Any
    ) -> None:
        """Emit, or keep what is meant for one client that is still being checked."""
        room = kwargs.pop("to", None) or room
        send = partial(super().emit, event, data, namespace, room=room, **kwargs)
        if isinstance(room, str) and self.is_pre_connected(room, namespace):
            self._waiting.setdefault(room, []).append(send)
        else:
            send()

    def connect(self, sid: str, namespace: str) -> str:
        """The connection is accepted: deliver what has waited for it."""
        accepted: str = super().connect(sid, namespace)
        for send in self._waiting.pop(accepted, ()):
            send()
        return accepted

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """The client has gone, or was refused: what has waited for it is dropped."""
        self._waiting.pop(sid, None)
        super().basic_disconnect(sid, namespace, **kwargs)

    def log_out(self, user: str) -> None:
        """Disconnect every client of a user."""
        self.on_log_out(user)


class _Shared(socketio.PubSubManager):  # type: ignore[misc,unused-ignore]
    """What processes that share a queue tell each other beside what python-socketio does."""

    def log_out(self, user: str) -> None:
        """Disconnect every client of a user, in every process."""
        message = {"method": "disconnect", "user": user, "host_id": self.host_id}
        self._handle_disconnect(message)
        self._publish(message)

    def _handle_disconnect(self, message: dict[str, Any]) -> None:
        if "user" in message:
            self.on_log_out(message["user"])
        else:
            super()._handle_disconnect(message)

    def _handle_emit(self, message: dict[str, Any]) -> None:
        if message["data"] == [None]:
            # One argument that is null; without the tuple it would be taken for none.
            message = {**message, "data": [(None,)]}
        super()._handle_emit(message)


# In the order of bases below, Admission stands between the queue and the local rooms.
class RedisAdmission(_Shared, socketio.RedisManager, Admission):  # type: ignore[misc,unused-ignore]
    """Admission for clients of several processes that share a Redis queue."""


class KombuAdmission(_Shared, socketio.KombuManager, Admission):  # type: ignore[misc,unused-ignore]
    """Admission for clients of several processes that share a queue of Kombu."""


# -- the handshake as its schemas see it

# Parts of every handshake; a schema sees them only where it names them.
_HANDSHAKE_QUERY: Final = frozenset({"EIO", "transport", "sid", "t", "b64"})
_HOP_BY_HOP: Final = frozenset({"connection", "upgrade"})


def handshake_schemas(contract: Contract, schemas: Schemas) -> Schemas:
    """The same schemas, but that those of headers ask nothing of hop-by-hop headers.

    Proxies take such headers out and put others in, so they say nothing of a client (S28).
    """
    if all(namespace.headers is None for namespace in contract.namespaces):
        return schemas
    copy = Schemas(deepcopy(contract.document))
    for namespace in contract.namespaces:
        if namespace.headers is not None:
            for schema in _branches(copy, {"$ref": f"#{namespace.headers}"}, set()):
                _without_hop_by_hop(schema)
    return Schemas(copy.document)


def _branches(schemas: Schemas, schema: Any, seen: set[int]) -> Iterator[Any]:
    """The schema, and those that it says more in: references followed, `allOf` and `anyOf`."""
    if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        schema = schemas.resolve(schema["$ref"][1:])
    if not isinstance(schema, Mapping) or id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ())):
        yield from _branches(schemas, part, seen)


def _without_hop_by_hop(schema: dict[str, Any]) -> None:
    """Take the hop-by-hop headers out of what a schema says of each header."""
    for name in [*schema.get("properties", ())]:
        if _hop_by_hop(name):
            del schema["properties"][name]
    if "required" in schema:
        schema["required"] = [it for it in schema["required"] if not _hop_by_hop(it)]


def check_bindings(namespace: Namespace, schemas: Schemas) -> None:
    """Check the query and the headers of the handshake, which is `flask.request`.

    Raises InvalidHandshake where they do not conform.
    """
    if namespace.query is not None:
        given = flask.request.args.to_dict(flat=False)
        value = _query(given, _Coercion(schemas, namespace.query))
        subject = f"query of {namespace.name!r}"
        check_value(schemas.at(namespace.query), value, subject, InvalidHandshake)
    if namespace.headers is not None:
        value = _headers(flask.request.headers, _Coercion(schemas, namespace.headers))
        subject = f"headers of {namespace.name!r}"
        check_value(schemas.at(namespace.headers), value, subject, InvalidHandshake)


def _query(given: Mapping[str, list[str]], schema: _Coercion) -> dict[str, Any]:
    return {
        name: schema.coerced(name, values)
        for name, values in given.items()
        if name in schema.names or name not in _HANDSHAKE_QUERY
    }


def _headers(headers: Any, schema: _Coercion) -> dict[str, Any]:
    """The headers that the schema names, spelt as it spells them."""
    names = {name.lower(): name for name in schema.names}
    return {
        names[name.lower()]: schema.coerced(names[name.lower()], [value])
        for name, value in headers.items()
        if name.lower() in names
    }


def _hop_by_hop(name: str) -> bool:
    return name.lower() in _HOP_BY_HOP or name.lower().startswith("sec-websocket-")


class _Coercion:
    """Text of a handshake as what the schema at a pointer declares."""

    def __init__(self, schemas: Schemas, pointer: str) -> None:
        self._schemas = schemas
        parts = [*_branches(schemas, {"$ref": f"#{pointer}"}, set())]
        self._properties = {
            name: schema
            for part in reversed(parts)
            for name, schema in part.get("properties", {}).items()
        }
        others = (part.get("additionalProperties") for part in parts)
        self._others = next((it for it in others if it is not None), None)
        required = [name for part in parts for name in part.get("required", ())]
        self.names = [*self._properties, *required]

    def coerced(self, name: str, values: list[str]) -> Any:
        """A parameter's values; declared as an array, or repeated, they are one."""
        schema = self._target(self._properties.get(name, self._others))
        if "array" in _types(schema):
            items = _types(self._target(schema.get("items")))
            return [_scalar(value, items) for value in values]
        if len(values) > 1:
            return values
        return _scalar(values[0], _types(schema))

    def _target(self, schema: Any) -> Mapping[str, Any]:
        """The schema, a reference followed; empty where it is a boolean."""
        if not isinstance(schema, Mapping):
            return {}
        if isinstance(schema.get("$ref"), str):
            return self._schemas.target(schema["$ref"])
        return schema


def _types(schema: Mapping[str, Any]) -> list[str]:
    declared = schema.get("type")
    return [declared] if isinstance(declared, str) else list(declared or ())


# A number as JSON writes it, so that `1_000`, ` 1` and `nan` stay text.
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _scalar(text: str, kinds: list[str]) -> Any:
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "null" in kinds and text in ("", "null"):
        return None
    if ("integer" in kinds or "number" in kinds) and _NUMBER.fullmatch(text):
        return json.loads(text)
    return text


# -- credentials

# What a hook returns: `sub` or `uid`, `scope` (a string or a list) or `scopes`, `exp`
# in seconds since the epoch, and whatever else the application wants to find again.
SecurityInfo: TypeAlias = Mapping[str, Any]
Hook: TypeAlias = Callable[..., SecurityInfo | None]
ScopeHook: TypeAlias = Callable[[list[str], list[str]], bool]
Requirement: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Identity:
    """Who is on the other end of a connection.

    `info` is what the hooks returned, `user` its `sub` or `uid`, `expires` the
    earliest `exp` in seconds since the epoch, None where it does not expire.
    """

    info: SecurityInfo = field(default_factory=dict)
    expires: float | None = None

    @property
    def user(self) -> Any:
        """The subject: `sub`, else `uid`, else None."""
        return self.info.get("sub", self.info.get("uid"))

    @property
    def expired(self) -> bool:
        """Whether the time of `expires` has come."""
        return self.expires is not None and self.expires <= time.time()


ANONYMOUS: Final = Identity()


def scopes_granted(required: list[str], granted: list[str]) -> bool:
    """Whether every required scope is granted, where the document names no hook."""
    return set(required) <= set(granted)


@dataclass(frozen=True)
class Checker:
    """A scheme with its hooks, bound at start-up."""

    scheme: Scheme
    hook: Hook
    scope_hook: ScopeHook
    wants_request: bool

    @classmethod
    def bind(cls, scheme: Scheme, hook: Hook, scope_hook: ScopeHook | None) -> Checker:
        """Check at start-up that `hook` can be called; else raises TypeError."""
        wants_request = "request" in inspect.signature(hook).parameters
        named = ("request",) if wants_request else ()
        what = f"credentials of the kind {scheme.kind}"
        _check_signature(hook, what, _PARAMETERS[scheme.kind], named)
        if scope_hook is not None:
            _check_signature(scope_hook, "scopes", ("required", "granted"))
        return cls(scheme, hook, scope_hook or scopes_granted, wants_request)

    def check(
        self, credential: tuple[str, ...], scopes: Iterable[str]
    ) -> SecurityInfo | None:
        """What the hook says of the credential; None where it or a scope is refused."""
        required = list(scopes)
        args: tuple[Any, ...] = credential
        if self.scheme.kind not in ("oauth2", "openIdConnect"):
            args += (required,)
        if self.scheme.kind in ("bearer", "http"):
            args += (self.scheme.bearer_format,)
        extra = {"request": flask.request} if self.wants_request else {}
        info = self.hook(*args, **extra)
        if not isinstance(info, Mapping):
            return None
        if required and not self.scope_hook(required, _granted(info)):
            return None
        return info


_PARAMETERS: Final = {
    "basic": ("username", "password", "required_scopes"),
    "bearer": ("token", "required_scopes", "bearer_format"),
    "http": ("token", "required_scopes", "bearer_format"),
    "oauth2": ("token",),
    "openIdConnect": ("token",),
    "httpApiKey": ("value", "required_scopes"),
    "userPassword": ("username", "password", "required_scopes"),
    "apiKey": ("value", "required_scopes"),
}


def _check_signature(
    hook: Callable[..., Any],
    what: str,
    positional: tuple[str, ...],
    named: tuple[str, ...] = (),
) -> None:
    try:
        inspect.signature(hook).bind(*positional, **dict.fromkeys(named))
    except TypeError as problem:
        raise TypeError(
            f"{hook.__module__}.{hook.__qualname__} cannot check {what}: {problem}; "
            f"it is called with ({', '.join([*positional, *named])})"
        ) from None


def authenticate(
    security: tuple[Requirement, ...], checkers: Mapping[str, Checker], auth: Any
) -> Identity:
    """The identity that the first satisfied alternative gives.

    `auth` is the client's auth payload; the rest of the handshake is
    `flask.request`. Raises Unauthorized where no alternative is satisfied; one
    whose `exp` has passed is not.
    """
    identity = _identified(security, checkers, auth)
    if identity is None:
        raise Unauthorized(_UNSATISFIED)
    return identity


_UNSATISFIED: Final = "no alternative of the security requirements is satisfied"


def _identified(
    security: tuple[Requirement, ...], checkers: Mapping[str, Checker], auth: Any
) -> Identity | None:
    if not security:
        return ANONYMOUS
    found = (_satisfied(requirement, checkers, auth) for requirement in security)
    return next((identity for identity in found if identity is not None), None)


@dataclass
class Session:
    """A client of a namespace whose handshake has passed: who it is, and what it may do.

    `auth` is the auth payload of its handshake, which the security of
    operations looks at, too.
    """

    namespace: str
    identity: Identity
    auth: Any = field(repr=False)
    _operations: dict[str, Identity | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def users(self) -> set[str]:
        """Everybody that this client has shown to be, as text."""
        known = [self.identity, *self._operations.values()]
        return {str(it.user) for it in known if it is not None and it.user is not None}

    def admit(
        self,
        event: str,
        security: tuple[Requirement, ...],
        checkers: Mapping[str, Checker],
    ) -> None:
        """Check what an operation asks in addition, the first time that it is called (S34).

        The handshake is `flask.request`. Raises Unauthorized, then and ever after.
        """
        with self._lock:
            if event not in self._operations:
                found = _identified(security, checkers, self.auth)
                self._operations[event] = found
        identity = self._operations[event]
        if identity is None or identity.expired:
            subject = f"{event!r} in {self.namespace!r}"
            raise Unauthorized(_UNSATISFIED, subject=subject)

    def identity_in(self, event: str) -> Identity:
        """Who the client is in the handler of an event: as its operation asked, else at all."""
        identity = self._operations.get(event)
        return identity if identity is not None and identity.info else self.identity

    def expire(self) -> None:
        """From now on the client is as good as gone."""
        self.identity = replace(self.identity, expires=0.0)


def _satisfied(
    requirement: Requirement, checkers: Mapping[str, Checker], auth: Any
) -> Identity | None:
    found: dict[str, Any] = {}
    expires: list[float] = []
    for name, scopes in requirement.items():
        checker = checkers[name]
        credential = _credential(checker.scheme, auth)
        if credential is None:
            return None
        try:
            info = checker.check(credential, scopes)
            if info is None:
                return None
            if info.get("exp") is not None:
                expires.append(float(info["exp"]))
        except Exception as problem:
            log.error(
                "the hook of security scheme %r raised:\n%s",
                name,
                redacted(problem, checkers, auth),
            )
            return None
        found.update(info)
    identity = Identity(found, min(expires, default=None))
    return None if identity.expired else identity


def redacted(problem: BaseException, checkers: Mapping[str, Checker], auth: Any) -> str:
    """The traceback without credentials, which an exception's text may hold."""
    text = "".join(traceback.format_exception(problem))
    if not flask.has_request_context():
        return text
    header = flask.request.headers.get("Authorization", "").partition(" ")[2].strip()
    secrets = [header] if header else []
    for checker in checkers.values():
        secrets.extend(_credential(checker.scheme, auth) or ())
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _granted(info: SecurityInfo) -> list[str]:
    scope = info.get("scope", info.get("scopes", ()))
    return scope.split() if isinstance(scope, str) else [str(item) for item in scope]


def _credential(scheme: Scheme, auth: Any) -> tuple[str, ...] | None:
    """The scheme's credential: one string, or a user name and a password."""
    payload = auth if isinstance(auth, Mapping) else {}
    if scheme.kind == "userPassword":
        return _present(payload.get("username"), payload.get("password"))
    if scheme.kind == "basic":
        return _basic(_authorization("basic") or payload.get("token"))
    if scheme.kind in ("bearer", "oauth2", "openIdConnect"):
        return _present(
            _authorization("bearer") or payload.get(scheme.parameter or "token")
        )
    if scheme.location is None:
        return _present(_authorization(scheme.parameter or "") or payload.get("token"))
    return _present(_parameter(scheme.location, scheme.parameter or "", payload))


def _parameter(location: str, name: str, payload: Mapping[str, Any]) -> Any:
    if location == "query":
        return flask.request.args.get(name)
    if location == "header":
        return flask.request.headers.get(name)
    if location == "cookie":
        return flask.request.cookies.get(name)
    return payload.get(name)


def _authorization(scheme: str) -> str | None:
    name, _, value = flask.request.headers.get("Authorization", "").partition(" ")
    return value.strip() if name.lower() == scheme.lower() else None


def _basic(encoded: Any) -> tuple[str, ...] | None:
    if not isinstance(encoded, str):
        return None
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = decoded.partition(":")
    return _present(user, password) if colon else None


def _present(*values: Any) -> tuple[str, ...] | None:
    """The values, where each is a non-empty string."""
    return values if all(isinstance(value, str) and value for value in values) else None
