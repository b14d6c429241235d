"""Who a client is: credentials, the hooks that judge them, and what they have found.

Everything fails closed: a hook that returns None or raises, a credential that
is missing or malformed, a scope that is not granted: each makes its alternative
fail, and a connection with no alternative left is refused.
"""

from __future__ import annotations

import base64
import binascii
import inspect
import json
import logging
import math
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_plus

import flask

from .functions import called
from .guard import Scheme, Unauthorized

log = logging.getLogger(__name__)

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
    Of schemes that go together each may have found another: `users` are all, as text.
    """

    info: SecurityInfo = field(default_factory=dict)
    expires: float | None = None
    users: frozenset[str] = frozenset()

    @property
    def user(self) -> Any:
        """The subject: `sub`, else `uid`, else None."""
        return _subject(self.info)

    @property
    def expired(self) -> bool:
        """Whether the time of `expires` has come."""
        return self.expires is not None and self.expires <= time.time()


ANONYMOUS: Final = Identity()


def _subject(info: SecurityInfo) -> Any:
    return info.get("sub", info.get("uid"))


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
        info = called(self.hook, *args, **extra)
        if not isinstance(info, Mapping):
            return None
        if required and not called(self.scope_hook, required, _granted(info)):
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
    """A client of a namespace: who it is, and what it may do.

    `auth` is the auth payload of its handshake, which the security of
    operations looks at, too.
    """

    namespace: str
    auth: Any = field(repr=False)
    identity: Identity = ANONYMOUS
    _operations: dict[str, Identity | None] = field(default_factory=dict)
    _logged_out: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _gone: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def leave(self) -> bool:
        """Whether the client goes now, and not already: it goes once, for ever."""
        return self._gone.acquire(blocking=False)

    @property
    def users(self) -> set[str]:
        """Everybody that this client has shown to be, as text."""
        known = [self.identity, *self._operations.values()]
        return {user for it in known if it is not None for user in it.users}

    def identify(
        self, security: tuple[Requirement, ...], checkers: Mapping[str, Checker]
    ) -> Identity:
        """Who the client is; the handshake is `flask.request`. Raises Unauthorized."""
        with self._checking():
            self.identity = authenticate(security, checkers, self.auth)
        return self.identity

    def admit(
        self,
        event: str,
        security: tuple[Requirement, ...],
        checkers: Mapping[str, Checker],
    ) -> None:
        """Check what an operation asks in addition, the first time that it is called (S34).

        The handshake is `flask.request`. Raises Unauthorized, then and ever after.
        """
        with self._checking():
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

    def log_out(self, user: str) -> bool:
        """Whether the client is this user, and so as good as gone from now on."""
        if self._lock.locked():
            # A hook is at work, which may not know yet, and finds out who it is.
            self._logged_out.add(user)
        if user not in self.users:
            return False
        self._expire()
        return True

    def _expire(self) -> None:
        self.identity = replace(self.identity, expires=0.0)

    @contextmanager
    def _checking(self) -> Iterator[None]:
        with self._lock:
            yield
            if not self.users.isdisjoint(self._logged_out):
                self._expire()
            self._logged_out.clear()


def current_session() -> Session | None:
    """The session of the client being served, as long as it is served."""
    return getattr(flask.request, "client", None)


def _satisfied(
    requirement: Requirement, checkers: Mapping[str, Checker], auth: Any
) -> Identity | None:
    found: dict[str, Any] = {}
    expires: list[float] = []
    users: set[str] = set()
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
                expires.append(_time(info["exp"]))
        except Exception as problem:
            log.error(
                "the hook of security scheme %r raised:\n%s",
                name,
                redacted(problem, checkers, auth),
            )
            return None
        found.update(info)
        if (user := _subject(info)) is not None:
            users.add(str(user))
    identity = Identity(found, min(expires, default=None), frozenset(users))
    return None if identity.expired else identity


def _time(exp: Any) -> float:
    if math.isnan(seconds := float(exp)):
        raise ValueError("exp is not a time")  # and would never be over
    return seconds


def redacted(problem: BaseException, checkers: Mapping[str, Checker], auth: Any) -> str:
    """The traceback without credentials, which an exception's text may hold."""
    text = "".join(traceback.format_exception(problem))
    if not flask.has_request_context():
        return text
    sent = [flask.request.headers.get("Authorization", "").partition(" ")[2].strip()]
    for checker in checkers.values():
        sent.extend(_sent(checker.scheme, auth))
    secrets = {it for secret in sent if secret for it in _spellings(secret)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _sent(scheme: Scheme, auth: Any) -> Iterator[str]:
    """All text that a client has sent where a scheme looks, usable or not."""
    yield from _credential(scheme, auth) or ()
    payload = auth if isinstance(auth, Mapping) else {}
    for key in ("token", "username", "password", scheme.parameter):
        if isinstance(payload.get(key), str):
            yield payload[key]
    if scheme.location == "query":
        # As it was sent, and as Werkzeug shows it, which decodes what it can.
        queries = flask.request.query_string.decode(), flask.request.url
        for parameter in re.split("[?&]", "&".join(queries)):
            name, _, value = parameter.partition("=")
            if unquote_plus(name) == scheme.parameter:
                yield value


def _spellings(secret: str) -> tuple[str, ...]:
    """A text as it is, and within literals of Python and JSON."""
    quoted = repr(secret)[1:-1], json.dumps(secret)[1:-1]
    return secret, *quoted


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
