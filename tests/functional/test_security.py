"""Who may connect, over real sockets: S32, S33, S35, S36, S37, and what start-up refuses."""

from __future__ import annotations

import base64
import importlib.util
import json
import logging
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import PATIENCE, Project, Running, logged, scaffold, wait_for
from tests.functional.rawclient import Polling
from tests.support import require

# Every scheme has a namespace, and each combination has one.
SECURED = """
servers:
  main: {url: localhost/socket.io, protocol: ws, security: [{basic: []}]}
channels:
  /basic: {publish: {message: {name: whoami, x-ack: {args: true}}}}
  /open: {publish: {message: {name: say}}, x-security: []}
  /bearer: {publish: {message: {name: say}}, x-security: [{bearer: []}]}
  /hoba: {publish: {message: {name: say}}, x-security: [{hoba: []}]}
  /named: {publish: {message: {name: say}}, x-security: [{named: []}]}
  /query: {publish: {message: {name: say}}, x-security: [{queryKey: []}]}
  /header: {publish: {message: {name: say}}, x-security: [{headerKey: []}]}
  /cookie: {publish: {message: {name: say}}, x-security: [{cookieKey: []}]}
  /oauth: {publish: {message: {name: say}}, x-security: [{oauth: [read, write]}]}
  /openid: {publish: {message: {name: say}}, x-security: [{openid: []}]}
  /password: {publish: {message: {name: say}}, x-security: [{password: []}]}
  /user-key: {publish: {message: {name: say}}, x-security: [{userKey: []}]}
  /password-key: {publish: {message: {name: say}}, x-security: [{passwordKey: []}]}
  /or: {publish: {message: {name: say}}, x-security: [{named: []}, {bearer: []}]}
  /and: {publish: {message: {name: say}}, x-security: [{named: [], bearer: []}]}
  /anonymous:
    publish: {message: {name: whoami, x-ack: {args: true}}}
    x-security: [{bearer: []}, {}]
  /scopes: {publish: {message: {name: say}}, x-security: [{bearer: [admin]}]}
  /scope-hook: {publish: {message: {name: say}}, x-security: [{hooked: [admin]}]}
  /identity:
    publish: {message: {name: whoami, x-ack: {args: true}}}
    x-security: [{named: [], bearer: []}]
components:
  securitySchemes:
    basic: {type: http, scheme: Basic}
    bearer: {type: http, scheme: bearer, bearerFormat: JWT}
    hoba: {type: http, scheme: HOBA}
    named: {type: http, scheme: bearer, x-socketio: {in: auth, name: other}}
    queryKey: {type: httpApiKey, in: query, name: key}
    headerKey: {type: httpApiKey, in: header, name: X-Key}
    cookieKey: {type: httpApiKey, in: cookie, name: key}
    oauth:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: "https://example.com", scopes: {read: r, write: w}}
    openid: {type: openIdConnect, openIdConnectUrl: "https://example.com"}
    password: {type: userPassword}
    userKey: {type: apiKey, in: user}
    passwordKey: {type: apiKey, in: password}
    hooked: {type: http, scheme: bearer, x-scopeValidateFunc: judge_scopes}
"""
# A credential says itself what its hook is to do with it.
SECURITY = """
from flask_socketio import ConnectionRefusedError

calls = []
judged = []


def _answer(credential):
    if credential == "raises":
        raise ValueError(f"cannot read the credential {credential!r}")
    if credential == "refuses":
        raise ConnectionRefusedError("a secret", {"of": "the hook"})
    if credential == "exits":
        raise SystemExit
    if credential == "none":
        return None
    if credential == "text":
        return "ada"
    scope = {"admin": "read admin", "list": ["read", "write"], "reader": "read"}
    key = "scopes" if credential == "list" else "scope"
    return {"sub": credential, key: scope.get(credential, "")}


def _hook(name):
    def hook(*args, **kwargs):
        calls.append((name, *args))
        answer = _answer(args[0])
        return {**answer, name: True} if isinstance(answer, dict) else answer
    return hook


def check_basic(username, password, required_scopes):
    calls.append(("basic", username, password, required_scopes))
    return _answer(username) if password == "right" else None


def check_password(username, password, required_scopes):
    calls.append(("password", username, password, required_scopes))
    return _answer(username) if password == "right" else None


def check_header_key(value, required_scopes, request):
    calls.append(("headerKey", value, required_scopes, request.path))
    return _answer(value)


check_bearer, check_hoba, check_named = _hook("bearer"), _hook("hoba"), _hook("named")
check_query_key, check_cookie_key = _hook("queryKey"), _hook("cookieKey")
check_oauth, check_openid = _hook("oauth"), _hook("openid")
check_user_key, check_password_key = _hook("userKey"), _hook("passwordKey")
check_hooked = _hook("hooked")


def judge_scopes(required, granted):
    judged.append((required, granted))
    return "read" in granted
"""
HANDLERS = {
    "basic": """
        from .._generated.runtime.server import current_identity

        connected = []
        left = []

        def connect(auth, user, token_info):
            connected.append((user, dict(token_info)))

        def disconnect():
            left.append(current_identity().user)

        def whoami():
            return current_identity().user
    """,
    "identity": """
        from .._generated.runtime.server import current_identity

        def whoami():
            return dict(current_identity().info)
    """,
    "anonymous": """
        from .._generated.runtime.server import current_identity

        connected = []

        def connect(token_info, user):
            connected.append((dict(token_info), user))

        def whoami():
            return current_identity().user
    """,
}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Project]]:
    folder = tmp_path_factory.mktemp("secured")
    project = scaffold(folder, SECURED, HANDLERS, security=SECURITY)
    with project.serve() as server:
        yield server, project


@pytest.fixture
def server(secured: tuple[Running, Project]) -> Running:
    return secured[0]


@pytest.fixture
def security(secured: tuple[Running, Project]) -> ModuleType:
    module = secured[1].import_("security")
    module.calls.clear()
    module.judged.clear()
    return module


def basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def accepted(server: Running, namespace: str, **options: Any) -> bool:
    """Whether the server lets a client in."""
    try:
        with server.client(namespace, **options):
            return True
    except socketio.exceptions.ConnectionError:
        return False


# -- S35: where each credential comes from

RIGHT = basic("ada", "right")
CREDENTIALS: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
    ("/basic", {"headers": {"Authorization": f"Basic {RIGHT}"}}, ("basic", "ada", "right", [])),
    ("/basic", {"headers": {"authorization": f"BASIC {RIGHT}"}}, ("basic", "ada", "right", [])),
    ("/basic", {"auth": {"token": RIGHT}}, ("basic", "ada", "right", [])),
    ("/bearer", {"headers": {"Authorization": "Bearer ada"}}, ("bearer", "ada", [], "JWT")),
    ("/bearer", {"auth": {"token": "ada"}}, ("bearer", "ada", [], "JWT")),
    ("/hoba", {"headers": {"Authorization": "HOBA ada"}}, ("hoba", "ada", [], None)),
    ("/hoba", {"auth": {"token": "ada"}}, ("hoba", "ada", [], None)),
    ("/named", {"auth": {"other": "ada", "token": "not this"}}, ("named", "ada", [], None)),
    ("/query", {"query": "key=ada"}, ("queryKey", "ada", [])),
    ("/header", {"headers": {"x-key": "ada"}}, ("headerKey", "ada", [], "/socket.io/")),
    ("/cookie", {"headers": {"Cookie": "a=b; key=ada"}}, ("cookieKey", "ada", [])),
    ("/oauth", {"auth": {"token": "list"}}, ("oauth", "list")),
    ("/oauth", {"headers": {"Authorization": "Bearer list"}}, ("oauth", "list")),
    ("/openid", {"auth": {"token": "ada"}}, ("openid", "ada")),
    (
        "/password",
        {"auth": {"username": "ada", "password": "right"}},
        ("password", "ada", "right", []),
    ),
    ("/user-key", {"auth": {"user": "ada"}}, ("userKey", "ada", [])),
    ("/password-key", {"auth": {"password": "ada"}}, ("passwordKey", "ada", [])),
]


@pytest.mark.parametrize(("namespace", "options", "call"), CREDENTIALS)
def test_S35_a_credential_comes_from_its_place(
    server: Running,
    security: ModuleType,
    namespace: str,
    options: dict[str, Any],
    call: tuple[Any, ...],
) -> None:
    assert accepted(server, namespace, **options)
    assert security.calls == [call]


@pytest.mark.parametrize("namespace", sorted({namespace for namespace, _, _ in CREDENTIALS}))
def test_S35_without_its_credential_a_client_is_refused(
    server: Running, security: ModuleType, namespace: str
) -> None:
    elsewhere = {
        "auth": {"key": "ada", "apiKey": "ada"},
        "query": "token=ada&access_token=ada",
        "headers": {"Authorization": "Digest ada", "Cookie": "token=ada"},
    }
    assert not accepted(server, namespace, **elsewhere)
    assert security.calls == []


@pytest.mark.parametrize(
    "auth",
    [
        None,
        {},
        {"token": ""},
        {"token": None},
        {"token": 1},
        {"token": True},
        {"token": ["ada"]},
        {"token": {"token": "ada"}},
        "ada",
        ["token"],
        True,
    ],
    ids=str,
)
def test_S35_what_is_not_a_non_empty_string_is_no_credential(
    server: Running, security: ModuleType, auth: Any
) -> None:
    assert not accepted(server, "/bearer", auth=auth)
    assert security.calls == []


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "ada", "Basic ada", "Bearerada", "", " "])
def test_S35_an_authorization_header_of_another_form_is_no_credential(
    server: Running, security: ModuleType, value: str
) -> None:
    # Set on a bare client, since a library may mend it.
    client = Polling(server.url, headers={"Authorization": value})
    assert client.connect("/bearer").startswith("44/bearer,")
    assert security.calls == []


@pytest.mark.parametrize(
    "token",
    ["ada:right", "!!!", base64.b64encode(b"\xff\xfe:x").decode(), basic("", "right"),
     basic("ada", ""), base64.b64encode(b"ada").decode()],
)  # fmt: skip
def test_S35_basic_needs_a_user_and_a_password(
    server: Running, security: ModuleType, token: str
) -> None:
    assert not accepted(server, "/basic", headers={"Authorization": f"Basic {token}"})
    assert security.calls == []


def test_S35_a_password_may_hold_a_colon(server: Running, security: ModuleType) -> None:
    assert not accepted(server, "/basic", auth={"token": basic("ada", "a:b:c")})
    assert security.calls == [("basic", "ada", "a:b:c", [])]


@pytest.mark.parametrize(
    "auth", [{"username": "ada"}, {"password": "right"}, {"username": "ada", "password": 1}]
)
def test_S35_userPassword_needs_both(server: Running, security: ModuleType, auth: Any) -> None:
    assert not accepted(server, "/password", auth=auth)
    assert security.calls == []


# -- S32: alternatives


def test_S29_what_a_hook_raises_is_not_told(server: Running, security: ModuleType) -> None:
    with server.raw() as client:
        answer = client.connect("/bearer", '{"token":"refuses"}')
    assert answer == '44/bearer,{"message":"Connection refused"}'
    assert accepted(server, "/or", auth={"other": "refuses", "token": "ada"}), "the next is tried"


@pytest.mark.parametrize("credential", ["none", "raises", "exits", "text"])
def test_S32_a_hook_that_gives_no_mapping_or_raises_refuses(
    server: Running, security: ModuleType, credential: str
) -> None:
    assert not accepted(server, "/bearer", auth={"token": credential})
    assert [call[1] for call in security.calls] == [credential]


@pytest.mark.parametrize(
    ("auth", "lets_in", "tried"),
    [
        ({"other": "ada", "token": "ada"}, True, ["named"]),
        ({"other": "none", "token": "ada"}, True, ["named", "bearer"]),
        ({"other": "raises", "token": "ada"}, True, ["named", "bearer"]),
        ({"token": "ada"}, True, ["bearer"]),
        ({"other": "none", "token": "raises"}, False, ["named", "bearer"]),
        ({}, False, []),
    ],
)
def test_S32_a_list_is_OR_and_every_alternative_is_tried(
    server: Running, security: ModuleType, auth: Any, lets_in: bool, tried: list[str]
) -> None:
    assert accepted(server, "/or", auth=auth) == lets_in
    assert [call[0] for call in security.calls] == tried


@pytest.mark.parametrize(
    ("auth", "lets_in"),
    [
        ({"other": "ada", "token": "ada"}, True),
        ({"other": "ada", "token": "none"}, False),
        ({"other": "raises", "token": "ada"}, False),
        ({"token": "ada"}, False),
        ({"other": "ada"}, False),
    ],
)
def test_S32_a_map_is_AND(server: Running, security: ModuleType, auth: Any, lets_in: bool) -> None:
    assert accepted(server, "/and", auth=auth) == lets_in


@pytest.mark.parametrize("auth", [None, {"token": "none"}, {"token": "raises"}])
def test_S32_an_empty_map_lets_anonymous_clients_in(server: Running, auth: Any) -> None:
    with server.client("/anonymous", auth=auth) as client:
        assert client.ask("whoami") == (None,)


def test_S32_an_alternative_before_the_anonymous_one_gives_its_identity(
    secured: tuple[Running, Project],
) -> None:
    server, project = secured
    with server.client("/anonymous", auth={"token": "ada"}) as client:
        assert client.ask("whoami") == ("ada",)
    assert project.import_("handlers.anonymous").connected[-1] == (
        {"sub": "ada", "scope": "", "bearer": True},
        "ada",
    )


def test_S32_an_empty_list_asks_nothing(server: Running, security: ModuleType) -> None:
    assert accepted(server, "/open", auth={"token": "raises"})
    assert security.calls == []


# -- S35, S36: scopes


def test_S35_missing_scopes_refuse(server: Running, security: ModuleType) -> None:
    assert accepted(server, "/scopes", auth={"token": "admin"})
    assert not accepted(server, "/scopes", auth={"token": "reader"})
    assert not accepted(server, "/scopes", auth={"token": "ada"})
    assert [call[2] for call in security.calls] == [["admin"]] * 3


def test_S36_scopes_are_a_string_or_a_list(server: Running, security: ModuleType) -> None:
    assert accepted(server, "/oauth", auth={"token": "list"})
    assert not accepted(server, "/oauth", auth={"token": "reader"})


def test_S35_a_scope_hook_decides_instead(server: Running, security: ModuleType) -> None:
    assert accepted(server, "/scope-hook", auth={"token": "reader"})
    assert not accepted(server, "/scope-hook", auth={"token": "ada"})
    assert security.judged == [(["admin"], ["read"]), (["admin"], [])]


# -- S36: the identity


def test_S36_the_identity_reaches_every_handler(secured: tuple[Running, Project]) -> None:
    server, project = secured
    with server.client("/basic", auth={"token": RIGHT}) as client:
        assert client.ask("whoami") == ("ada",)
    handlers = project.import_("handlers.basic")
    assert handlers.connected[-1] == ("ada", {"sub": "ada", "scope": ""})
    wait_for(lambda: handlers.left[-1:] == ["ada"])
    wait_for(lambda: not server.socketio.sessions)


def test_S36_schemes_that_go_together_give_one_identity(server: Running) -> None:
    with server.client("/identity", auth={"other": "ada", "token": "admin"}) as client:
        (info,) = client.ask("whoami")
    assert info == {"sub": "admin", "scope": "read admin", "named": True, "bearer": True}


def test_S36_identities_are_kept_apart_by_namespace_and_client(server: Running) -> None:
    with (
        server.client("/anonymous") as nobody,
        server.client("/anonymous", auth={"token": "eve"}) as eve,
        server.client("/basic", "/anonymous", auth={"token": RIGHT}) as ada,
    ):
        assert nobody.ask("whoami") == (None,)
        assert eve.ask("whoami") == ("eve",)
        assert ada.ask("whoami", namespace="/basic") == ("ada",)
        assert ada.ask("whoami", namespace="/anonymous") == (RIGHT,)


EXPIRING = """
channels:
  /:
    publish: {message: {name: say, x-ack: {args: {type: string}}}}
    subscribe: {message: {name: said, payload: {type: string}}}
    x-security: [{token: []}]
  /both: {publish: {message: {name: say}}, x-security: [{token: [], other: []}]}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    other: {type: http, scheme: bearer, x-socketio: {in: auth, name: other}}
"""
EXPIRING_HANDLERS = """
calls = []

def connect(token_info): calls.append("connect")
def disconnect(reason): calls.append(reason)

def say():
    calls.append("say")
    return "said"
"""
EXPIRING_SECURITY = """
import datetime
import time

VALUES = {
    "text": "soon",
    "list": [],
    "date": datetime.datetime(2099, 1, 1),
    "never": float("nan"),
    "nan": "nan",
}

def check_token(token, required_scopes, bearer_format):
    return {"sub": "ada", "exp": VALUES.get(token) or time.time() + float(token)}

def check_other(token, required_scopes, bearer_format):
    return check_token(token, required_scopes, bearer_format)
"""


class Clock:
    """In place of a server's clock and of the module `time`: it goes on when a test says so."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))
        self._calls: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[..., object], *args: Any) -> None:
        self._calls.append((self.now + delay, partial(call, *args)))

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        for due in [it for it in self._calls if it[0] <= self.now]:
            self._calls.remove(due)
            due[1]()


def stop_clock(project: Project, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let a project, and its hooks, go by a clock of the test."""
    clock = Clock()
    for module in ("_generated.runtime.connections", "_generated.runtime.security", "security"):
        monkeypatch.setattr(project.import_(module), "time", clock)
    return clock


@pytest.fixture
def expiring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Running, list[str], Clock]]:
    handlers = {"root": EXPIRING_HANDLERS}
    project = scaffold(tmp_path, EXPIRING, handlers, security=EXPIRING_SECURITY)
    with project.serve() as server:
        clock = stop_clock(project, monkeypatch)
        monkeypatch.setattr(server.socketio._connections, "clock", clock)
        yield server, project.import_("handlers.root").calls, clock


def test_S36_who_has_expired_is_not_let_in(
    expiring: tuple[Running, list[str], Clock],
) -> None:
    server, calls, _ = expiring
    for token in ("0", "-0.001", "-3600", "text", "list", "date", "never", "nan"):
        assert not accepted(server, "/", auth={"token": token}), token
    assert calls == []


def test_S36_the_earliest_exp_of_schemes_that_go_together_counts(
    expiring: tuple[Running, list[str], Clock],
) -> None:
    server, _, _ = expiring
    assert accepted(server, "/both", auth={"token": "60", "other": "60"})
    assert not accepted(server, "/both", auth={"token": "60", "other": "-1"})
    assert not accepted(server, "/both", auth={"token": "-1", "other": "60"})


def test_S36_an_event_after_exp_runs_no_handler_and_disconnects(
    expiring: tuple[Running, list[str], Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, calls, clock = expiring
    monkeypatch.setattr(server.socketio, "start_background_task", lambda *_: None)  # no timer
    with server.client(auth={"token": "60"}) as client:
        assert client.ask("say") == ("said",)
        clock.go_on(60)
        client.emit("say")
        client.wait_until_gone()
    wait_for(lambda: "server disconnect" in calls)  # which runs when the client has been told
    assert calls == ["connect", "say", "server disconnect"]


def test_S36_an_undeclared_event_after_exp_disconnects_too(
    expiring: tuple[Running, list[str], Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, calls, clock = expiring
    monkeypatch.setattr(server.socketio, "start_background_task", lambda *_: None)
    with server.client(auth={"token": "60"}) as client:
        clock.go_on(60)
        client.emit("undeclared")
        client.wait_until_gone()
    wait_for(lambda: "server disconnect" in calls)
    assert calls == ["connect", "server disconnect"]


def test_S36_a_timer_disconnects_at_exp(expiring: tuple[Running, list[str], Clock]) -> None:
    server, calls, clock = expiring
    with (
        server.client(auth={"token": "30"}) as client,
        server.client(auth={"token": "300"}) as other,
    ):
        clock.go_on(29)
        assert client.ask("say") == ("said",)
        clock.go_on(1)
        client.wait_until_gone()
        wait_for(lambda: len(server.socketio.sessions) == 1)
        assert other.ask("say") == ("said",)
        assert calls == ["connect", "connect", "say", "server disconnect", "say"]


# -- S34: what an operation asks in addition

OPERATIONS = """
channels:
  /:
    publish:
      security: [{token: [write]}, {key: []}]
      message:
        oneOf:
          - {name: write, payload: {type: string}, x-ack: {args: true}}
          - {name: other, x-ack: {args: true}}
    subscribe: {message: {name: written, payload: {type: string}}}
  /free:
    publish: {message: {name: whoami, x-ack: {args: true}}}
  /anonymous:
    publish:
      security: [{token: []}, {}]
      message: {name: whoami, x-ack: {args: true}}
    x-security: [{key: []}, {}]
  /both:
    publish:
      security: [{token: []}]
      message: {name: whoami, x-ack: {args: true}}
    x-security: [{key: []}]
  /handled:
    publish:
      security: [{token: []}]
      message: {name: whoami, x-ack: {args: true}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: httpApiKey, in: header, name: X-Key}
"""
OPERATIONS_SECURITY = """
import threading
import time

calls = []
gate = threading.Event()

def check_token(token, required_scopes, bearer_format, request):
    calls.append((token, required_scopes, request.path))
    if token == "slow":
        gate.wait(20)
    if token == "raises":
        raise ValueError(token)
    if token == "bad":
        return None
    exp = {"exp": time.time() + 60} if token == "short" else {}
    return {"sub": token, "scope": "" if token == "reader" else "write", **exp}

def check_key(value, required_scopes):
    calls.append((value, required_scopes))
    return {"uid": value} if value != "bad" else None
"""
WHOAMI = """
from .._generated.runtime.server import current_identity

calls = []

def whoami():
    calls.append("whoami")
    return current_identity().user
"""
OPERATIONS_HANDLERS = {
    "root": """
        from .._generated.runtime.server import current_identity

        calls = []

        def write(text):
            calls.append(text)
            return current_identity().user

        def other():
            return current_identity().user
    """,
    "free": WHOAMI,
    "anonymous": WHOAMI,
    "both": WHOAMI,
    "handled": WHOAMI
    + """
problems = []

def error(problem):
    problems.append(problem.code)
    return "told by the error handler" if problem.code == "forbidden" else None
""",
}


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Project]]:
    project = scaffold(
        tmp_path_factory.mktemp("operations"),
        OPERATIONS,
        OPERATIONS_HANDLERS,
        security=OPERATIONS_SECURITY,
    )
    with project.serve() as server:
        yield server, project


@pytest.fixture
def asked(operations: tuple[Running, Project]) -> tuple[Running, list[Any], list[Any]]:
    """The server, the calls of its hooks, and the calls of its handlers."""
    server, project = operations
    hooks = project.import_("security").calls
    handlers = project.import_("handlers.root").calls
    hooks.clear(), handlers.clear()
    return server, hooks, handlers


FORBIDDEN = {
    "code": "forbidden",
    "message": "no alternative of the security requirements is satisfied",
    "path": "",
}


@pytest.mark.parametrize(
    ("options", "user"),
    [
        ({"auth": {"token": "ada"}}, "ada"),
        ({"headers": {"Authorization": "Bearer ada"}}, "ada"),
        ({"headers": {"X-Key": "bob"}}, "bob"),
        ({"auth": {"token": "reader"}, "headers": {"X-Key": "bob"}}, "bob"),
        ({"auth": {"token": "raises"}, "headers": {"X-Key": "bob"}}, "bob"),
        ({}, None),
        ({"auth": {"token": "bad"}}, None),
        ({"auth": {"token": "raises"}}, None),
        ({"auth": {"token": "reader"}}, None),
        ({"headers": {"X-Key": "bad"}}, None),
    ],
    ids=str,
)
def test_S34_an_operation_is_checked_with_the_credentials_of_the_handshake(
    asked: tuple[Running, list[Any], list[Any]], options: dict[str, Any], user: str | None
) -> None:
    server, hooks, handlers = asked
    with server.client(**options) as client:
        assert hooks == [], "it is not asked for at connect"
        if user is None:
            assert client.error("write", "hello") == FORBIDDEN
            assert client.error("write", 1) == FORBIDDEN, "nor is the payload looked at"
            client.emit("write", "no ack asked")
            assert client.received() == []
            assert handlers == []
        else:
            assert client.ask("write", "hello") == (user,)
            assert client.error("write", 1)["code"] == "invalid_payload"
            assert handlers == ["hello"]


def test_S34_an_operation_is_checked_once_for_each_connection_and_event(
    asked: tuple[Running, list[Any], list[Any]],
) -> None:
    server, hooks, _ = asked
    for token in ("ada", "bad"):
        for _ in range(2):
            with server.client(auth={"token": token}) as client:
                for event in ("write", "write", "other", "other"):
                    client.ask(event, *(["hello"] if event == "write" else []))
    call = [(token, ["write"], "/socket.io/") for token in ("ada", "bad")]
    assert hooks == [call[0]] * 4 + [call[1]] * 4


def test_S34_events_that_come_while_the_hook_is_at_work_wait_for_it(
    operations: tuple[Running, Project], asked: tuple[Running, list[Any], list[Any]]
) -> None:
    server, hooks, handlers = asked
    with server.client(auth={"token": "slow"}) as client:
        client.emit("write", "one")
        client.emit("write", "two")
        wait_for(lambda: hooks)
        time.sleep(0.1)
        assert handlers == []
        operations[1].import_("security").gate.set()
        wait_for(lambda: sorted(handlers) == ["one", "two"])
    assert len(hooks) == 1


def test_S34_what_an_operation_found_is_the_identity_in_its_handler(
    asked: tuple[Running, list[Any], list[Any]],
) -> None:
    server, _, _ = asked
    both = {"auth": {"token": "ada"}, "headers": {"X-Key": "bob"}}
    with server.client("/both", "/free", "/anonymous", **both) as client:
        assert client.ask("whoami", namespace="/both") == ("ada",)
        assert client.ask("whoami", namespace="/free") == (None,)
        assert client.ask("whoami", namespace="/anonymous") == ("ada",)
    with server.client("/anonymous") as client:
        assert client.ask("whoami") == (None,)
    with server.client("/both", "/anonymous", headers={"X-Key": "bob"}) as client:
        assert client.error("whoami", namespace="/both") == FORBIDDEN
        assert client.ask("whoami", namespace="/anonymous") == ("bob",), "as it has connected"


def test_S34_a_past_exp_forbids_the_operation(
    operations: tuple[Running, Project],
    asked: tuple[Running, list[Any], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, hooks, handlers = asked
    clock = stop_clock(operations[1], monkeypatch)
    with server.client(auth={"token": "short"}) as client:
        assert client.ask("write", "in time") == ("short",)
        clock.go_on(60)
        assert client.error("write", "too late") == FORBIDDEN
    assert (len(hooks), handlers) == (1, ["in time"])


def test_S34_an_error_handler_is_told(operations: tuple[Running, Project]) -> None:
    server, project = operations
    with server.client("/handled") as client:
        assert client.ask("whoami") == ("told by the error handler",)
    handled = project.import_("handlers.handled")
    assert (handled.problems, handled.calls) == (["forbidden"], [])


def test_S34_the_contract_tests_need_no_credentials(operations: tuple[Running, Project]) -> None:
    project = operations[1]
    command = (sys.executable, "-m", "pytest", "-q", "--no-stubs")
    tested = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout


def test_S34_an_operation_needs_its_hook_at_start_up(tmp_path: Path) -> None:
    project = scaffold(tmp_path, OPERATIONS, OPERATIONS_HANDLERS, security=OPERATIONS_SECURITY)
    wiring = project.path("_generated/wiring.py")
    text = wiring.read_text(encoding="utf-8")
    wiring.write_text(text.replace('server.hook("token"', '("token"'), encoding="utf-8")
    with pytest.raises(RuntimeError, match="no hook is registered for the security scheme 'token'"):
        project.create_app()


# -- S36: log-out everywhere


def test_S36_a_user_is_logged_out_of_every_connection(secured: tuple[Running, Project]) -> None:
    server, _ = secured
    with (
        server.client("/basic", auth={"token": RIGHT}) as one,
        server.client("/basic", "/anonymous", headers={"Authorization": f"Basic {RIGHT}"}) as two,
        server.client("/basic", auth={"token": basic("bob", "right")}) as other,
        server.client("/anonymous") as nobody,
    ):
        server.socketio.disconnect_identity("None")
        server.socketio.disconnect_identity("ada")
        one.wait_until_gone(), two.wait_until_gone()
        assert other.ask("whoami") == ("bob",)
        assert nobody.ask("whoami") == (None,)
        assert two.ask("whoami", namespace="/anonymous") == (None,), "only where it is that user"
    wait_for(lambda: not server.socketio.sessions)


@pytest.mark.parametrize("user", ["ada", "admin"])
def test_S36_each_user_of_schemes_that_go_together_is_logged_out(
    secured: tuple[Running, Project], user: str
) -> None:
    server, _ = secured
    with server.client("/identity", auth={"other": "ada", "token": "admin"}) as client:
        server.socketio.disconnect_identity("eve")
        assert client.ask("whoami")[0]["sub"] == "admin"
        server.socketio.disconnect_identity(user)
        client.wait_until_gone()
    wait_for(lambda: not server.socketio.sessions)


def test_S36_who_an_operation_has_found_is_logged_out_too(
    asked: tuple[Running, list[Any], list[Any]],
) -> None:
    server, _, _ = asked
    with (
        server.client(auth={"token": "ada"}) as client,
        server.client(auth={"token": "ada"}) as silent,
    ):
        assert client.ask("write", "hello") == ("ada",)
        server.socketio.disconnect_identity("ada")
        client.wait_until_gone()
        assert silent.received() == [], "it has not shown to be anybody"


LOG_OUT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: say, x-ack: {args: {type: string}}}
          - {name: log out}
    x-security: [{token: []}]
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
"""
LOG_OUT_HANDLERS = """
import threading
from .._generated.runtime.server import current_identity, disconnect_identity

calls, entered, gate = [], threading.Event(), threading.Event()

def connect(auth):
    if auth.get("slow"):
        entered.set()
        assert gate.wait(20)

def disconnect(reason): calls.append(reason)

def say():
    calls.append("say")
    return "said"

def log_out(): disconnect_identity(current_identity().user)
"""
LOG_OUT_SECURITY = """
def check_token(token, required_scopes, bearer_format):
    return {"uid": int(token)}
"""


@pytest.fixture
def log_out(tmp_path: Path) -> Iterator[tuple[Running, ModuleType]]:
    handlers = {"root": LOG_OUT_HANDLERS}
    project = scaffold(tmp_path, LOG_OUT, handlers, security=LOG_OUT_SECURITY)
    with project.serve() as server:
        yield server, project.import_("handlers.root")


def test_S36_a_handler_logs_its_user_out(log_out: tuple[Running, ModuleType]) -> None:
    server, _ = log_out
    with (
        server.client(auth={"token": "1"}) as one,
        server.client(auth={"token": "1"}) as two,
        server.client(auth={"token": "12"}) as other,
    ):
        one.emit("log out")
        one.wait_until_gone(), two.wait_until_gone()
        assert other.ask("say") == ("said",)


def test_S36_no_handler_runs_for_a_user_who_is_logged_out(
    log_out: tuple[Running, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, handlers = log_out
    # It stays connected.
    monkeypatch.setattr(server.socketio, "start_background_task", lambda *_: None)
    with server.client(auth={"token": "1"}) as client:
        server.socketio.disconnect_identity(1)
        client.emit("say")
        client.wait_until_gone()
    wait_for(lambda: handlers.calls)
    assert handlers.calls == ["server disconnect"]


def test_S36_a_user_who_is_logged_out_while_connecting_is_refused(
    log_out: tuple[Running, ModuleType],
) -> None:
    server, handlers = log_out
    client = Polling(server.url)
    checking = client.send_later('40{"token":"1","slow":true}')
    assert handlers.entered.wait(PATIENCE)
    server.socketio.disconnect_identity(1)
    handlers.gate.set()
    checking.join(PATIENCE)
    assert client.receive() == '44{"message":"Connection refused"}'
    wait_for(lambda: not server.socketio.sessions)
    assert handlers.calls == []


# -- S33: whose security it is

SERVERS = """
servers:
  closed: {url: localhost, protocol: ws, security: [{token: []}]}
  open: {url: localhost, protocol: ws}
channels:
  /inherits: {publish: {message: {name: say}}}
  /own: {publish: {message: {name: say}}, x-security: [{other: []}]}
  /none: {publish: {message: {name: say}}, x-security: []}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    other: {type: http, scheme: bearer, x-socketio: {in: auth, name: other}}
"""
SERVERS_SECURITY = """
def check_token(token, required_scopes, bearer_format): return {"sub": token}
def check_other(token, required_scopes, bearer_format): return {"sub": token}
"""


@pytest.mark.parametrize(
    ("name", "auth", "lets_in"),
    [
        ("closed", {}, {"/none"}),
        ("closed", {"token": "x"}, {"/none", "/inherits"}),
        ("closed", {"other": "x"}, {"/none", "/own"}),
        ("open", {}, {"/none", "/inherits"}),
        ("open", {"other": "x"}, {"/none", "/inherits", "/own"}),
    ],
)
def test_S33_a_channels_security_replaces_the_chosen_servers(
    tmp_path: Path, name: str, auth: Any, lets_in: set[str]
) -> None:
    project = scaffold(tmp_path, SERVERS, security=SERVERS_SECURITY, server=name)
    with project.serve() as server:
        names = ("/inherits", "/own", "/none")
        assert {item for item in names if accepted(server, item, auth=auth)} == lets_in


# -- S37: what is written and what is logged

STUBS = """
channels:
  /: {publish: {message: {name: say}}, x-security: [{token: []}]}
  /scopes: {publish: {message: {name: say}}, x-security: [{scoped: [admin]}]}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    scoped: {type: http, scheme: basic, x-basicInfoFunc: who, x-scopeValidateFunc: may}
"""


def test_S35_stubs_deny_until_they_are_written(tmp_path: Path) -> None:
    with scaffold(tmp_path, STUBS).serve() as server:
        assert not accepted(server, "/", auth={"token": "x"})
        assert not accepted(server, "/scopes", auth={"token": RIGHT})


def test_S35_the_stub_of_a_scope_hook_denies_beside_a_written_hook(tmp_path: Path) -> None:
    project = scaffold(tmp_path, STUBS)
    stubs = project.path("security.py").read_text(encoding="utf-8")
    hooks = stubs.replace("return None  #", 'return {"sub": "ada", "scope": "admin"}  #')
    project.write(f"{project.package}/security.py", hooks)
    with project.serve() as server:
        assert accepted(server, "/", auth={"token": "x"})
        assert not accepted(server, "/scopes", auth={"token": RIGHT})


LOGGED = """
channels:
  /:
    publish: {message: {name: say, payload: {type: string}}}
    bindings: {ws: {headers: {type: object, properties: {X-Room: {type: integer}}}}}
    x-security: [{token: []}, {basic: []}, {key: []}, {password: []}]
    x-socketio: {auth: {type: object, properties: {name: {type: string}}}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    basic: {type: http, scheme: basic}
    key: {type: httpApiKey, in: header, name: X-Key}
    password: {type: userPassword}
"""
LOGGED_HANDLERS = """
from flask import request

def connect(auth, user):
    if (auth or {}).get("name") == "raise":
        raise ValueError(f"{auth!r} {dict(request.headers)!r} {user}")
"""
LOGGED_SECURITY = """
def _judge(*credential):
    if any("raise" in part for part in credential):
        try:
            raise ValueError(f"first {credential!r}")
        except ValueError as first:
            raise RuntimeError(f"then {credential!r}") from first
    return {"sub": credential[0]} if any("good" in part for part in credential) else None

def check_token(token, required_scopes, bearer_format): return _judge(token)

def check_basic(username, password, required_scopes, request):
    if "header" in password:
        raise ValueError(request.headers["Authorization"])
    return _judge(username, password)

def check_key(value, required_scopes): return _judge(value)
def check_password(username, password, required_scopes): return _judge(username, password)
"""


@pytest.mark.parametrize("way", ["good", "bad", "raise", "header"])
@pytest.mark.parametrize("auth", [{}, {"name": 1}, {"name": "raise"}])
def test_S37_no_credential_is_logged_at_any_level(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, way: str, auth: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = f"s3cret-{way}-t0ken"
    encoded = basic("user", secret)
    handlers = {"root": LOGGED_HANDLERS}
    project = scaffold(tmp_path, LOGGED, handlers, security=LOGGED_SECURITY)
    ways: list[dict[str, Any]] = [
        {"headers": {"Authorization": f"Bearer {secret}"}},
        {"headers": {"Authorization": f"Basic {encoded}"}},
        {"headers": {"X-Key": secret, "X-Room": "none"}},
        {"headers": {"X-Key": secret}},
        {"auth": {"token": secret}},
        {"auth": {"token": encoded}},
        {"auth": {"username": "user", "password": secret}},
    ]
    with project.serve() as server:
        for options in ways:
            accepted(server, "/", **{**options, "auth": {**options.get("auth", {}), **auth}})
    assert "refused a connection" in caplog.text or way == "good"
    assert "the hook of security scheme" in caplog.text or way != "raise"
    assert secret not in caplog.text
    assert encoded not in caplog.text


def test_S37_no_credential_of_an_operation_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    document = LOGGED.replace(
        "publish: {message:", "publish: {security: [{token: []}, {password: []}], message:"
    ).replace("x-security: [{token: []}, {basic: []}, {key: []}, {password: []}]", "x-security: []")
    handlers = """
        from flask import request
        from .._generated.runtime.server import current

        def say(text):
            raise ValueError(request.headers.get("Authorization"), text)
    """
    security = LOGGED_SECURITY.split("def check_basic")[0] + "def check_password(*_): ..."
    security = security.replace("check_password(*_)", "check_password(username, password, scopes)")
    project = scaffold(tmp_path, document, {"root": handlers}, security=security)
    with project.serve() as server:
        for way in ("good", "bad", "raise"):
            secret = f"s3cret-{way}-t0ken"
            with server.client(headers={"Authorization": f"Bearer {secret}"}) as client:
                client.ask("say", secret)
            with server.client(auth={"token": secret}) as client:
                client.ask("say", secret)
    assert "'say' in '/' failed" in caplog.text and "the hook of security scheme" in caplog.text
    assert "ValueError: ('Bearer ***', '***')" in caplog.text
    assert "s3cret" not in caplog.text


SPELT = """
channels:
  /:
    publish: {message: {name: say}}
    x-security: [{key: []}, {basic: []}, {password: []}, {}]
components:
  securitySchemes:
    key: {type: httpApiKey, in: query, name: key}
    basic: {type: http, scheme: basic}
    password: {type: userPassword}
"""
SPELT_HANDLERS = """
import json
from flask import request

def connect(auth):
    sent = auth, json.dumps(auth), request.url, request.query_string, request.args["key"]
    raise ValueError(" ".join(map(str, sent)))
"""
SECRET = "s3\\cr'ét &\"\n\U0001f512"


@pytest.mark.parametrize(
    "auth",
    [
        {"token": basic("user", "s3cret")},
        {"token": SECRET},
        {"password": SECRET},
        {"username": "", "password": SECRET},
        {"username": ["not text"], "password": SECRET},
    ],
    ids=str,
)
def test_S37_no_credential_is_logged_however_it_is_spelt(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, auth: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    project = scaffold(tmp_path, SPELT, {"root": SPELT_HANDLERS})
    with project.serve() as server, server.raw(f"key={quote(SECRET)}") as client:
        assert client.connect(auth=json.dumps(auth)) == '44{"message":"Connection refused"}'
    ours = "\n".join(it.getMessage() for it in logged(caplog, project))
    assert "ValueError: {" in ours and "***" in ours
    for part in ("s3", "ét", "\\u00e9", "%C3%A9", "d83d", basic("user", "s3cret")):
        assert part not in ours, ours


QUERY_KEY = """
channels:
  /:
    publish: {message: {name: say}}
    bindings: {ws: {query: {type: object, properties: {room: {type: string}}}}}
    x-security: [{key: []}, {token: []}]
components:
  securitySchemes:
    key: {type: httpApiKey, in: query, name: "api key"}
    token: {type: http, scheme: bearer}
"""
QUERY_KEY_SECURITY = """
def check_key(value, required_scopes): return {"sub": "ada"}
def check_token(token, required_scopes, bearer_format): return {"sub": "ada"}
"""


@pytest.mark.parametrize("transports", [["polling"], ["websocket"]])
def test_S37_access_logs_and_the_log_of_engineio_show_no_credential(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, transports: list[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    engineio = logging.getLogger("engineio of this test")
    project = scaffold(tmp_path, QUERY_KEY, security=QUERY_KEY_SECURITY)
    with project.serve(engineio_logger=engineio, logger=True) as server:
        query = "room=lobby&api%20key=s3cret"
        assert accepted(server, "/", query=query, transports=transports)
        assert Polling(server.url, "api+ke%79=s3cret&room=lobby").connect().startswith("40")
        assert accepted(server, "/", auth={"token": "s3cret"}, transports=transports)
    # The client is in this process, and has logs of its own.
    lines = [it.getMessage() for it in caplog.records if it.name in ("werkzeug", engineio.name)]
    text = "\n".join(lines)
    # Werkzeug writes no line for a websocket, or one when it has ended.
    assert transports == ["websocket"] or "?room=lobby&api%20key=***&transport" in text
    assert "&api+key=***&room=lobby" in text, "Werkzeug decodes what it can"
    assert "Received packet MESSAGE data 0***" in text
    assert "s3cret" not in text


@pytest.mark.parametrize("worker", ["gthread", "gevent"])
def test_S37_nothing_that_gunicorn_writes_shows_a_credential(tmp_path: Path, worker: str) -> None:
    for module in ("gunicorn", "gevent"):
        require(importlib.util.find_spec(module) is not None, f"{module} is not installed")
    command = "gunicorn -b 127.0.0.1:{port} {package}:create_app(logger=True,engineio_logger=True)"
    command += f" --log-level debug --access-logfile - --threads 9 --worker-class {worker}"
    env = {"ASYNC_MODE": "gevent"} if worker == "gevent" else {}
    project = scaffold(tmp_path, QUERY_KEY, security=QUERY_KEY_SECURITY)
    with project.run(command, env) as server:
        assert Polling(server.url, "room=lobby&api+ke%79=s3cret").connect().startswith("40")
        assert Polling(server.url).connect(auth='{"token":"s3cret"}').startswith("40")
        assert accepted(server, "/", headers={"Authorization": "Bearer s3cret"})
        assert accepted(server, "/", query="api%20key=s3cret&room=hall")
        wait_for(lambda: "room=lobby&api+ke%79=*** HTTP" in server.log())
        wait_for(lambda: "Received packet MESSAGE data 0***" in server.log())
        assert "s3cret" not in server.log()


def test_S37_other_lines_of_those_logs_are_as_they_were(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    project = scaffold(tmp_path, QUERY_KEY, security=QUERY_KEY_SECURITY)
    project.create_app(), project.create_app()
    werkzeug = logging.getLogger("werkzeug")
    werkzeug.info('"%s" %s -', "GET /docs?colour=kept&room=kept HTTP/1.1", 200)
    said = [it.args for it in caplog.records if it.name == "werkzeug"]
    assert said == [("GET /docs?colour=kept&room=kept HTTP/1.1", 200)]
    ours = [it for it in werkzeug.filters if type(it).__module__.startswith(project.package)]
    assert len(ours) == 1, "one filter, however many apps there are"


def test_S37_a_client_writes_no_line_of_its_own_into_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = scaffold(tmp_path, QUERY_KEY, security=QUERY_KEY_SECURITY)
    sid = quote("x\nroot has logged in\x1b[2K\x9b\u2028")
    with project.serve() as server, pytest.raises(urllib.error.HTTPError, match="400"):
        Polling(server.url, f"sid={sid}")
    [told] = [text for it in caplog.records if "Invalid session" in (text := it.getMessage())]
    assert told.startswith(r"Invalid session x\nroot has logged in\x1b[2K\x9b\u2028 (")


def test_S37_an_engineio_log_that_cannot_be_filtered_is_refused(tmp_path: Path) -> None:
    project = scaffold(tmp_path, QUERY_KEY, security=QUERY_KEY_SECURITY)
    with pytest.raises(TypeError, match=r"engineio_logger must be a logging\.Logger"):
        project.create_app(engineio_logger=logging.LoggerAdapter(logging.getLogger("x"), {}))


# -- S35, S37, S38: what start-up refuses

SMALL = """
channels:
  /: {publish: {message: {name: say, payload: {type: string}}}, x-security: [{token: []}]}
components:
  securitySchemes:
    token: {type: KIND, x-scopeValidateFunc: may}
"""
KINDS = {
    "http, scheme: basic": "username, password, required_scopes",
    "http, scheme: bearer": "token, required_scopes, bearer_format",
    "http, scheme: hoba": "token, required_scopes, bearer_format",
    "oauth2, flows: {}": "token",
    'openIdConnect, openIdConnectUrl: "https://example.com"': "token",
    "httpApiKey, in: header, name: X-Key": "value, required_scopes",
    "apiKey, in: user": "value, required_scopes",
    "userPassword": "username, password, required_scopes",
}


MAY = "\ndef may(required, granted): return True"


@pytest.mark.parametrize(("kind", "parameters"), KINDS.items())
def test_S35_a_hook_of_the_wrong_signature_is_refused_at_start_up(
    tmp_path: Path, kind: str, parameters: str
) -> None:
    body = f"def check_token({parameters}): ...{MAY}"
    project = scaffold(tmp_path, SMALL.replace("KIND", kind), security=body)
    project.create_app()
    security = vars(project.import_("security"))
    exec(f"def check_token({parameters}, request): ...", security)
    project.create_app()
    for wrong in (f"{parameters}, more", "", f"{parameters}, *, more"):
        exec(f"def check_token({wrong}): ...", security)
        with pytest.raises(TypeError) as refused:
            project.create_app()
        assert "security.check_token cannot check credentials" in str(refused.value)
        assert f"it is called with ({parameters})" in str(refused.value)


def test_S35_a_scope_hook_of_the_wrong_signature_is_refused_at_start_up(tmp_path: Path) -> None:
    body = "def check_token(token): ...\ndef may(required): ..."
    project = scaffold(tmp_path, SMALL.replace("KIND", "oauth2, flows: {}"), security=body)
    with pytest.raises(TypeError, match=r"may cannot check scopes.*\(required, granted\)"):
        project.create_app()


# A decorator that keeps what it wraps in sight, and one that hides it.
WRAPPED = """
import functools

def wrapped(function):
    @functools.wraps(function)
    def wrapper(*args): return function(*args)
    return wrapper

def hidden(function):
    return lambda *args: function(*args)

"""


@pytest.mark.parametrize(
    ("handlers", "security", "name"),
    [
        ("async def say(payload): ...", "", r"handlers\.root\.say"),
        ("async def connect(auth): ...", "", r"handlers\.root\.connect"),
        ("async def disconnect(): ...", "", r"handlers\.root\.disconnect"),
        ("async def error(error): ...", "", r"handlers\.root\.error"),
        ("", "async def check_token(token, scopes, kind): ...", r"security\.check_token"),
        ("", "async def may(required, granted): ...", r"security\.may"),
        ("async def say(payload): yield", "", r"handlers\.root\.say"),
        (f"{WRAPPED}@wrapped\nasync def connect(auth): ...", "", r"handlers\.root\.connect"),
        ("", f"{WRAPPED}@wrapped\nasync def may(required, granted): ...", r"security\.may"),
    ],
)
def test_an_async_function_is_refused_at_start_up(
    tmp_path: Path, handlers: str, security: str, name: str
) -> None:
    document = SMALL.replace("KIND", "http, scheme: bearer")
    project = scaffold(tmp_path, document, {"root": handlers}, security=security)
    with pytest.raises(TypeError, match=f"{name} is `async def`.*write `def`"):
        project.create_app()


@pytest.mark.parametrize(
    ("handlers", "security"),
    [
        ("def connect(auth): yield", ""),
        ("def say(payload): yield", ""),
        ("", "def may(required, granted): yield True"),
    ],
)
def test_a_generator_is_refused_at_start_up(tmp_path: Path, handlers: str, security: str) -> None:
    document = SMALL.replace("KIND", "http, scheme: bearer")
    project = scaffold(tmp_path, document, {"root": handlers}, security=security)
    with pytest.raises(TypeError, match="has `yield`, so a call would not run it"):
        project.create_app()


def test_a_partial_async_function_is_refused_at_start_up(tmp_path: Path) -> None:
    handlers = "import functools\nasync def _say(a, b): ...\nsay = functools.partial(_say, 1)"
    project = scaffold(tmp_path, SMALL.replace("KIND", "userPassword"), {"root": handlers})
    with pytest.raises(TypeError, match=r"_say.* is `async def`"):
        project.create_app()


GOOD_TOKEN = """
def check_token(token, required_scopes, bearer_format): return {"sub": "ada", "scope": "admin"}
def may(required, granted): return True
"""


@pytest.mark.parametrize("kind", ["async def", "def"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("connect", "auth"),
        ("check_token", "token, required_scopes, bearer_format"),
        ("may", "required, granted"),
    ],
)
def test_S29_what_is_not_awaited_lets_nobody_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, arguments: str, kind: str
) -> None:
    # A decorator hides at start-up that the function is one of these.
    body = "return True" if kind == "async def" else "yield True"
    text = f"{WRAPPED}@hidden\n{kind} {name}({arguments}): {body}\n"
    document = SMALL.replace("KIND", "http, scheme: bearer").replace("token: []", "token: [admin]")
    handlers = {"root": text} if name == "connect" else {}
    security = GOOD_TOKEN + ("" if name == "connect" else text)
    with scaffold(tmp_path, document, handlers, security=security).serve() as server:
        assert not accepted(server, "/", auth={"token": "x"})
    assert "is not awaited: write `def`" in caplog.text


def test_S39_an_event_that_is_not_awaited_is_an_error_of_the_server(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = f"{WRAPPED}@hidden\nasync def say(): ...\n@hidden\nasync def error(problem): ..."
    with scaffold(tmp_path, NOTHING, {"root": text}).serve() as server, server.client() as client:
        assert client.error("say")["code"] == "internal_error"
    assert "a coroutine is not awaited: write `def`" in caplog.text
    assert "the error handler of '/' failed" in caplog.text


@pytest.mark.parametrize(
    ("handlers", "security"),
    [
        ("from os import getcwd as say", ""),
        ("from os import makedirs as say", ""),
        ("from sqlite3 import connect", ""),
        ("import os\nsay = os.getcwd", ""),
        ("class say:\n    def __init__(self, payload): ...", ""),
        ("import functools, os\nsay = functools.partial(os.makedirs)", ""),
        ("", "from hmac import compare_digest as may"),
        ("", "from hmac import new as check_token"),
    ],
)
def test_S38_a_function_that_was_not_written_in_the_project_is_refused(
    tmp_path: Path, handlers: str, security: str
) -> None:
    document = SMALL.replace("KIND", "http, scheme: bearer")
    project = scaffold(tmp_path, document, {"root": handlers}, security=security)
    with pytest.raises(TypeError, match="must be a function written in this project"):
        project.create_app()


def test_S38_a_decorated_function_of_the_project_is_a_handler(tmp_path: Path) -> None:
    handlers = """
        import functools
        said = []

        def logged(function):
            @functools.wraps(function)
            def wrapper(*args):
                said.append("logged")
                return function(*args)
            return wrapper

        @logged
        def say(text): said.append(text)
    """
    document = "channels: {/: {publish: {message: {name: say, payload: {type: string}}}}}"
    project = scaffold(tmp_path, document, {"root": handlers})
    with project.serve() as server, server.client() as client:
        assert client.ask("say", "hello") == ()
    assert project.import_("handlers.root").said == ["logged", "hello"]


@pytest.mark.parametrize(
    "option",
    [{"namespaces": "*"}, {"namespaces": []}, {"always_connect": True}, {"serializer": "msgpack"},
     {"client_manager": socketio.Manager()}],
    ids=lambda option: next(iter(option)),
)  # fmt: skip
def test_S37_options_that_the_contract_decides_are_refused(
    tmp_path: Path, option: dict[str, Any]
) -> None:
    project = scaffold(tmp_path, NOTHING)
    with pytest.raises(TypeError, match=f"the option '{next(iter(option))}' is decided by"):
        project.create_app(**option)


NOTHING = "channels: {/: {publish: {message: {name: say}}}}"


def test_S37_other_options_are_passed_on(tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "ping_interval": 7,
        "cors_allowed_origins": "https://example.com",
        "max_http_buffer_size": 5_000,
    }
    server = scaffold(tmp_path, NOTHING).create_app(**options).extensions["socketio"].server
    assert {name: getattr(server.eio, name) for name in options} == options


def test_S37_the_defaults_are_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    project = scaffold(tmp_path, NOTHING)
    app = project.create_app()
    server = app.extensions["socketio"].server
    assert server.eio.cors_allowed_origins is None, "the same origin only"
    assert server.eio.max_http_buffer_size == 1_000_000
    assert (server.async_mode, app.secret_key) == ("threading", None)
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    assert project.create_app().secret_key == "from the environment"
    assert project.create_app({"SECRET_KEY": "given"}).secret_key == "given"


def test_S37_another_origin_is_refused(tmp_path: Path) -> None:
    with scaffold(tmp_path, NOTHING).serve() as server:
        assert Polling(server.url, headers={"Origin": server.url}).connect().startswith("40")
        with pytest.raises(urllib.error.HTTPError, match="400"):
            Polling(server.url, headers={"Origin": "https://example.com"})


def test_a_second_server_on_one_app_is_refused_with_the_way_that_works(tmp_path: Path) -> None:
    project = scaffold(tmp_path, NOTHING)
    app = project.create_app()
    first = app.extensions["socketio"]
    with pytest.raises(RuntimeError, match=r"second Flask app .* DispatcherMiddleware"):
        project.import_().init_app(app)
    assert app.extensions["socketio"] is first
