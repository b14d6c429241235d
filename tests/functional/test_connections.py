"""Connections that fail closed, over real sockets: S28 to S31."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import simple_websocket  # type: ignore[import-untyped,unused-ignore]
import socketio  # type: ignore[import-untyped,unused-ignore]
from wsproto.events import CloseConnection

from tests.functional.project import PATIENCE, Client, Raw, Running, logged, scaffold, wait_for
from tests.functional.rawclient import Polling

REFUSED = {"message": "Connection refused"}


def accepted(server: Running, *namespaces: str, **options: Any) -> bool:
    """Whether the server lets a client in; one that it refuses gets the generic message."""
    try:
        with server.client(*namespaces, **options):
            return True
    except socketio.exceptions.ConnectionError:
        return False


# -- S28: the order of the checks

CHECKED = """
channels:
  /:
    publish: {message: {name: say}}
    bindings: {ws: {query: {type: object, properties: {room: {type: integer}}, required: [room]}}}
    x-security: [{token: []}]
    x-socketio: {auth: {type: object, properties: {name: {type: string}}, required: [name]}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
"""
CHECKED_HANDLERS = """
from .. import security

def connect(auth): security.calls.append(("connect", auth))
def say(): ...
"""
CHECKED_SECURITY = """
calls = []

def check_token(token, required_scopes, bearer_format):
    calls.append(("hook", token))
    return {"sub": "ada"} if token == "good" else None
"""


@pytest.mark.parametrize(
    ("query", "auth", "calls", "reason"),
    [
        ("room=x", {"token": "bad"}, [], "query of '/': must be an integer"),
        ("room=1", {"token": "bad"}, [("hook", "bad")], "no alternative of the security"),
        ("room=1", {"token": "good"}, [("hook", "good")], "auth payload of '/': must have the"),
        (
            "room=1",
            {"token": "good", "name": "Ada"},
            [("hook", "good"), ("connect", {"token": "good", "name": "Ada"})],
            None,
        ),
    ],
)
def test_S28_bindings_then_security_then_auth_then_the_connect_handler(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    query: str,
    auth: Any,
    calls: list[Any],
    reason: str | None,
) -> None:
    project = scaffold(tmp_path, CHECKED, {"root": CHECKED_HANDLERS}, security=CHECKED_SECURITY)
    with project.serve() as server, server.raw(query) as client:
        answer = client.connect(auth=json.dumps(auth))
    if reason is None:
        assert answer.startswith("40{")
    else:
        assert json.loads(answer.removeprefix("44")) == REFUSED, "the client is not told why"
    assert project.import_("security").calls == calls
    said = [item.getMessage() for item in logged(caplog, project)]
    assert len(said) == (reason is not None)
    assert reason is None or reason in said[0]


# -- S28: what the schemas of a handshake see

BINDINGS = """
channels:
  /query:
    publish: {message: {name: say}}
    bindings:
      ws:
        query:
          type: object
          properties:
            n: {type: integer, minimum: 1}
            size: {$ref: "#/components/schemas/Size"}
            ratio: {type: number}
            on: {type: boolean}
            name: {type: string, minLength: 2}
            maybe: {type: [integer, "null"]}
            tags: {type: array, items: {$ref: "#/components/schemas/Size"}, maxItems: 2}
          additionalProperties: false
  /others:
    publish: {message: {name: say}}
    bindings: {ws: {query: {type: object, additionalProperties: {type: integer}}}}
  /own-parts:
    publish: {message: {name: say}}
    bindings:
      ws: {query: {type: object, properties: {EIO: {const: 4, type: integer}}, required: [EIO]}}
  /other-version:
    publish: {message: {name: say}}
    bindings: {ws: {query: {type: object, properties: {EIO: {const: 3, type: integer}}}}}
  /required-transport:
    publish: {message: {name: say}}
    bindings: {ws: {query: {type: object, required: [transport]}}}
  /headers:
    publish: {message: {name: say}}
    bindings:
      ws:
        headers:
          type: object
          properties: {x-API-version: {type: integer, minimum: 2}, X-Room: {type: string}}
          required: [x-API-version]
          additionalProperties: false
  /hops:
    publish: {message: {name: say}}
    bindings:
      ws:
        headers:
          type: object
          properties:
            Connection: {const: never}
            upgrade: {const: never}
            Sec-WebSocket-Version: {const: never}
          required: [Upgrade, sec-websocket-key]
          additionalProperties: false
  /parts:
    publish: {message: {name: say}}
    bindings:
      ws:
        headers:
          allOf:
            - $ref: "#/components/schemas/Hops"
            - {properties: {X-Part: {type: integer}}, required: [X-Part]}
  /told:
    publish: {message: {name: say}}
    bindings:
      ws:
        query:
          properties:
            enum: {enum: [1, 2]}
            const: {const: true}
            any: {anyOf: [{type: integer}, {type: "null"}]}
            one: {oneOf: [{type: integer, minimum: 3}, {type: string, enum: [all]}]}
            all: {description: How many., allOf: [{$ref: "#/components/schemas/Size"}]}
            both: {allOf: [{type: [string, integer]}, {type: string}]}
            items: {type: array, items: {allOf: [{$ref: "#/components/schemas/Size"}]}}
            list: {allOf: [{$ref: "#/components/schemas/a%20list%25"}]}
  /50%41:
    publish: {message: {name: say}}
    bindings: {ws: {query: {allOf: [{$ref: "#/components/schemas/of%20a%20page"}]}}}
  /one-of:
    publish: {message: {name: say}}
    bindings:
      ws:
        headers:
          oneOf:
            - {properties: {X-Number: {type: integer}}, required: [X-Number]}
            - {properties: {X-Name: {type: string}}, required: [X-Name]}
components:
  schemas:
    a list%: {type: array, items: {type: integer}, maxItems: 2}
    of a page: {properties: {page: {type: integer}}}
    Size: {type: integer, maximum: 9}
    Hops: {type: object, properties: {Upgrade: {const: never}}, required: [Upgrade, x-hop]}
"""


@pytest.fixture(scope="module")
def bindings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with scaffold(tmp_path_factory.mktemp("bindings"), BINDINGS).serve() as server:
        yield server


@pytest.mark.parametrize(
    ("query", "conforms"),
    [
        ("", True),
        ("n=1", True),
        ("n=1.0", True),
        ("n=0", False),
        ("n=x", False),
        ("n=1_0", False),
        ("n=%201", False),
        ("n=", False),
        ("n=1&n=2", False),
        ("size=9", True),
        ("size=10", False),
        ("ratio=0.5", True),
        ("ratio=-1e2", True),
        ("ratio=nan", False),
        ("ratio=1e999", False),
        ("on=true", True),
        ("on=yes", False),
        ("name=12", True),
        ("name=1", False),
        ("maybe=", True),
        ("maybe=3", True),
        ("maybe=x", False),
        ("tags=1", True),
        ("tags=1&tags=2", True),
        ("tags=1&tags=2&tags=3", False),
        ("tags=1&tags=10", False),
        ("unknown=1", False),
    ],
)
def test_S28_query_values_are_coerced_by_their_schema(
    bindings: Running, query: str, conforms: bool
) -> None:
    assert accepted(bindings, "/query", query=query) == conforms


@pytest.mark.parametrize(
    ("query", "conforms"),
    [
        ("enum=2", True),
        ("enum=3", False),
        ("const=true", True),
        ("const=false", False),
        ("any=5", True),
        ("any=", True),
        ("any=x", False),
        ("one=3", True),
        ("one=2", False),
        ("one=all", True),
        ("all=9", True),
        ("all=10", False),
        ("both=1", True),
        ("items=1&items=2", True),
        ("items=1&items=10", False),
        ("list=1", True),
        ("list=1&list=2&list=3", False),
        ("list=x", False),
    ],
)
def test_S28_a_schema_may_say_in_other_words_of_what_type_a_value_is(
    bindings: Running, query: str, conforms: bool
) -> None:
    assert accepted(bindings, "/told", query=query) == conforms


def test_S28_bindings_may_refer_to_names_with_escapes(bindings: Running) -> None:
    assert accepted(bindings, "/50%41", query="page=1")
    assert not accepted(bindings, "/50%41", query="page=x")


def test_S28_headers_that_only_a_oneOf_names_are_seen(bindings: Running) -> None:
    assert accepted(bindings, "/one-of", headers={"X-Number": "1"})
    assert accepted(bindings, "/one-of", headers={"X-Name": "ada"})
    assert not accepted(bindings, "/one-of", headers={"X-Number": "1", "X-Name": "ada"})
    assert not accepted(bindings, "/one-of")


def test_S28_other_query_values_are_coerced_by_additional_properties(bindings: Running) -> None:
    assert accepted(bindings, "/others", query="a=1&b=2")
    assert not accepted(bindings, "/others", query="a=1&b=x")


def test_S28_the_handshakes_own_parts_are_seen_where_a_schema_names_them(
    bindings: Running,
) -> None:
    assert accepted(bindings, "/own-parts")
    assert not accepted(bindings, "/other-version")
    assert accepted(bindings, "/required-transport")


@pytest.mark.parametrize("name", ["X-Api-Version", "x-api-version", "X-API-VERSION"])
def test_S28_header_names_are_case_insensitive(bindings: Running, name: str) -> None:
    assert accepted(bindings, "/headers", headers={name: "2", "X-Unnamed": "seen by no schema"})
    assert not accepted(bindings, "/headers", headers={name: "1"})
    assert not accepted(bindings, "/headers", headers={})


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_S28_hop_by_hop_headers_are_never_checked(bindings: Running, transport: str) -> None:
    assert accepted(bindings, "/hops", transports=[transport])


def test_S28_what_allOf_says_of_headers_holds_but_of_hop_by_hop_headers(
    bindings: Running,
) -> None:
    assert accepted(bindings, "/parts", headers={"x-part": "1", "X-Hop": "there"})
    assert not accepted(bindings, "/parts", headers={"x-part": "one", "X-Hop": "there"})
    assert not accepted(bindings, "/parts", headers={"x-part": "1"})
    assert not accepted(bindings, "/parts", headers={"X-Hop": "there"})


def test_S28_a_polling_client_is_checked_by_its_handshake(bindings: Running) -> None:
    assert Polling(bindings.url, "n=1").connect("/query").startswith("40/query,")
    assert Polling(bindings.url, "n=0").connect("/query").startswith("44/query,")


# -- S29: what refuses

REFUSALS = """
channels:
  /:
    publish: {message: {name: say}}
  /bare:
    publish: {message: {name: say}}
"""
REFUSAL_HANDLERS = """
import asyncio

import flask_socketio
from werkzeug.exceptions import Forbidden

WAYS = {
    "value": ValueError("a secret"),
    "type": TypeError("a secret"),
    "key": KeyError("a secret"),
    "stop": StopIteration("a secret"),
    "http": Forbidden("a secret"),
    "builtin": ConnectionRefusedError("a secret"),
    "exit": SystemExit("a secret"),
    "cancelled": asyncio.CancelledError("a secret"),
    "own": flask_socketio.ConnectionRefusedError("full", {"retry": 5}),
}
errors = []

def connect(auth):
    if auth is False:
        return False
    if auth == "emit":
        flask_socketio.emit("a secret")
    if isinstance(auth, str) and auth in WAYS:
        raise WAYS[auth]
    return auth

def error(problem): errors.append(problem)
def say(): ...
"""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, ModuleType]]:
    # One namespace has an error handler, which lets clients in where it is asked, one has none.
    bare = REFUSAL_HANDLERS.replace("def error", "def not_an_error_handler")
    handlers = {"root": REFUSAL_HANDLERS, "bare": bare}
    project = scaffold(tmp_path_factory.mktemp("refusals"), REFUSALS, handlers)
    with project.serve() as server:
        yield server, project.import_("handlers.root")


def refusal(server: Running, namespace: str, auth: Any) -> Any:
    """What the server gives with the refusal of a connection."""
    prefix = "" if namespace == "/" else f"{namespace},"
    with server.raw() as client:
        answer = client.connect(namespace, json.dumps(auth))
    assert answer.startswith(f"44{prefix}"), answer
    return json.loads(answer.removeprefix(f"44{prefix}"))


@pytest.mark.parametrize("namespace", ["/", "/bare"])
@pytest.mark.parametrize(
    "way", ["value", "type", "key", "stop", "http", "emit", "builtin", "exit", "cancelled"]
)
def test_S29_any_exception_refuses_with_a_generic_message(
    refusals: tuple[Running, ModuleType],
    caplog: pytest.LogCaptureFixture,
    namespace: str,
    way: str,
) -> None:
    server, handlers = refusals
    assert refusal(server, namespace, way) == REFUSED
    assert "a secret" in caplog.text and "Traceback" in caplog.text, "it is logged in full"
    assert handlers.errors == [], "an error handler never sees a refusal"


@pytest.mark.parametrize("namespace", ["/", "/bare"])
def test_S29_false_refuses_and_nothing_else_does(
    refusals: tuple[Running, ModuleType], namespace: str
) -> None:
    server, _ = refusals
    assert refusal(server, namespace, False) == REFUSED
    values: list[Any] = [None, True, {}, [], ""]
    for other in values:
        with server.raw() as client:
            assert client.connect(namespace, json.dumps(other)).startswith("40")


@pytest.mark.parametrize("namespace", ["/", "/bare"])
def test_S29_a_refusal_of_flask_socketio_keeps_its_arguments(
    refusals: tuple[Running, ModuleType], namespace: str
) -> None:
    server, handlers = refusals
    assert refusal(server, namespace, "own") == {"message": "full", "data": {"retry": 5}}
    assert handlers.errors == []
    wait_for(lambda: not server.socketio.sessions)


# -- S30: where a client may connect

NAMESPACES = """
channels:
  /chat: {publish: {message: {name: say}}}
  /news: {subscribe: {message: {name: headline, payload: {type: string}}}}
"""


def test_S30_only_the_documents_namespaces_accept_connections(tmp_path: Path) -> None:
    with scaffold(tmp_path, NAMESPACES).serve() as server:
        for name in ("/", "/other", "/chat/more", "/Chat", "/*"):
            with server.raw() as client:
                assert client.connect(name).startswith("44"), name
        with server.client("/chat", "/news") as both:
            server.socketio.emit("headline", "one emits only", namespace="/news")
            assert both.next() == ("headline", ("one emits only",))


# -- S31: packets that no client sends

FORGED = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: say, payload: {type: string}, x-ack: {args: {type: string}}}
          - {name: kick}
  /imports:
    publish: {message: {name: kick}}
"""
FORGED_HANDLERS = """
import flask_socketio

calls = []

def connect(auth): calls.append(("connect", auth))
def disconnect(reason): calls.append(("disconnect", reason))
def say(text): return text

def kick():
    flask_socketio.disconnect()
    flask_socketio.disconnect()
"""
IMPORTS_HANDLERS = """
from flask_socketio import disconnect

def kick(): disconnect()
"""
RESERVED = [
    '["connect"]',
    '["connect",{}]',
    '["connect",{},{"token":"x"}]',
    '["connect_error","x"]',
    '["disconnect"]',
    '["disconnect","server disconnect"]',
    '["disconnecting","x"]',
    '["newListener","x"]',
    '["removeListener"]',
    '["*"]',
    '["*","say","x"]',
    r'["\u0000reserved"]',
]
MALFORMED = [
    "4",
    "4x",
    "42",
    "42{}",
    "42[]",
    "42[1]",
    '42[["say"]]',
    '42{"0":"say"}',
    '42["say"',
    '42/nowhere,["say","x"]',
    "43",
    "430[]",
    "431{}",
    "4399[]",
    "43999999999999999999999999999999999999[]",
    '44{"message":"x"}',
    '451-["say"]',  # the attachment is the next line
    "4!",
    '452000-["say"]',
    "46",
    "461-[]",
    "4!",
    "47",
    '45-["say"]',
    "42" + "[" * 50_000,
]


@pytest.fixture
def forged(tmp_path: Path) -> Iterator[tuple[Running, ModuleType]]:
    project = scaffold(tmp_path, FORGED, {"root": FORGED_HANDLERS, "imports": IMPORTS_HANDLERS})
    with project.serve() as server:
        yield server, project.import_("handlers.root")


@contextlib.contextmanager
def session(server: Running, transport: str) -> Iterator[Raw | Polling]:
    if transport == "polling":
        yield Polling(server.url)
    else:
        with server.raw() as client:
            yield client


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_S31_a_forged_event_never_runs_a_reserved_handler(
    forged: tuple[Running, ModuleType], transport: str
) -> None:
    server, handlers = forged
    with session(server, transport) as client:
        client.connect(auth='"me"')
        for event in RESERVED:
            client.send(f"42{event}")
            client.send(f"421{event}")
            assert json.loads(client.receive().removeprefix("431"))[0]["error"]["code"] == (
                "unknown_event"
            )
        assert handlers.calls == [("connect", "me")]
        client.send("41")
        wait_for(lambda: len(handlers.calls) == 2)
    wait_for(lambda: not server.socketio.server.environ or transport == "polling")
    assert handlers.calls == [("connect", "me"), ("disconnect", "client disconnect")]


def test_S31_a_forged_event_with_attachments_is_unknown(
    forged: tuple[Running, ModuleType],
) -> None:
    server, handlers = forged
    with server.raw() as client:
        client.connect()
        client.send('451-1["disconnect",{"_placeholder":true,"num":0}]')
        client.send(b"reason")
        assert "unknown_event" in client.receive()
        assert handlers.calls == [("connect", None)]


def test_S31_a_genuine_connect_is_told_by_the_servers_own_books(
    forged: tuple[Running, ModuleType],
) -> None:
    # What no packet brings about, should a later python-socketio let one through.
    server, handlers = forged
    io, genuine = server.socketio.server, forged_handshake(handlers)
    with server.raw() as client:
        client.connect()
        (sid,) = server.socketio.sessions
        environ = io.get_environ(sid)
        pending = io.manager.pre_connect(io.manager.eio_sid_from_sid(sid, "/"), "/imports")
        for namespace, of, given, data in (
            ("/", sid, environ, genuine),  # connected already
            ("/imports", pending, Equal(environ), genuine),  # another environ, equal to it
            ("/imports", pending, environ, {"token": "x"}),  # what an event can carry
        ):
            with pytest.raises(socketio.exceptions.ConnectionRefusedError):
                io._trigger_event("connect", namespace, of, given, data)
        assert list(server.socketio.sessions) == [sid]
        assert handlers.calls == [("connect", None)]
        assert io._trigger_event("connect", "/imports", pending, environ, genuine) is None
        client.send('421["say","still here"]')
        assert client.receive() == '431["still here"]'


class Equal(dict[str, Any]):
    """Equal to everything, and nothing but itself."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def forged_handshake(handlers: ModuleType) -> Any:
    """What a CONNECT packet of a project carries."""
    package = handlers.__name__.partition(".")[0]
    return sys.modules[f"{package}._generated.runtime.packets"].Handshake(None)


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_S31_a_namespace_is_connected_to_once(
    forged: tuple[Running, ModuleType], transport: str
) -> None:
    server, handlers = forged
    with session(server, transport) as client:
        assert client.connect().startswith("40{")
        assert client.connect(auth='"again"').startswith("44")
        assert handlers.calls == [("connect", None)]
        client.send('421["say","still here"]')
        assert client.receive() == '431["still here"]'


ASKING = """
channels:
  /: {subscribe: {message: {name: ask, x-ack: {args: {type: string}}}}}
"""


def test_S31_an_acknowledgement_that_is_no_list_answers_nothing(tmp_path: Path) -> None:
    answers: list[Any] = []
    with scaffold(tmp_path, ASKING).serve() as server, server.raw() as client:
        sid = json.loads(client.connect().removeprefix("40"))["sid"]
        server.socketio.emit("ask", to=sid, callback=answers.append)
        assert client.receive() == '421["ask"]'
        # The server keeps its counter of questions under the number 0.
        for answer in ('431{"no":1}', '431"n"', "431", "430[]", '431["yes"]'):
            client.send(answer)
        assert client.received() == []
        server.socketio.emit("ask", to=sid, callback=answers.append)
        assert client.receive() == '422["ask"]'
        client.send('432["again"]')
        assert client.received() == []
    assert answers == ["yes", "again"]


def test_S31_a_packet_with_very_many_attachments_is_not_waited_for(
    forged: tuple[Running, ModuleType],
) -> None:
    server, _ = forged
    client = Polling(server.url)
    client.connect()
    for number, waited in ((1001, 0), (1000, 1)):
        client.send(f'45{number}-["say",{{"_placeholder":true,"num":0}}]')
        assert len(server.socketio.server._binary_packet) == waited


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_S31_malformed_packets_are_dropped_and_the_connection_goes_on(
    forged: tuple[Running, ModuleType], caplog: pytest.LogCaptureFixture, transport: str
) -> None:
    server, _ = forged
    with session(server, transport) as client:
        client.connect()
        for packet in MALFORMED:
            client.send(packet)
        client.send('421["say","still here"]')
        assert client.receive() == '431["still here"]'
    assert "Traceback" not in caplog.text


# What is no packet of Engine.IO, or none that a client sends.
NOT_ENGINEIO = ["", "x", "0{}", "6", "7", "9", "b", "b4AAA", "bAAA", "\x1e", "\U0001f512", "٤2"]
NOT_ENGINEIO += [kind + "[" * 50_000 for kind in "01234569b"] + [r'4"\ud800"', "2 ", "33", "5x"]


def test_S22_what_is_no_packet_of_engineio_is_dropped(
    forged: tuple[Running, ModuleType], caplog: pytest.LogCaptureFixture
) -> None:
    server, handlers = forged
    with server.raw() as client:
        client.connect()
        for packet in NOT_ENGINEIO:
            client.send(packet)
        client.send('421["say","still here"]')
        assert client.receive() == '431["still here"]'
    wait_for(lambda: len(handlers.calls) == 2)
    assert handlers.calls[1] == ("disconnect", "transport close"), "at once, not by a timeout"
    assert "Traceback" not in caplog.text


def test_S22_nor_does_it_hurt_by_polling(
    forged: tuple[Running, ModuleType], caplog: pytest.LogCaptureFixture
) -> None:
    server, handlers = forged
    client = Polling(server.url)
    client.connect()
    for packet in ("x", "bAAA", "\x1e", "4" + "[" * 50_000, "1" + "[" * 50_000, "4\x1e" * 20):
        client.send(packet)
    client.send('421["say","still here"]')
    assert client.receive() == '431["still here"]'
    assert "post request handler error" in caplog.text
    assert "Traceback" not in caplog.text
    assert handlers.calls == [("connect", None)]


@pytest.mark.parametrize("packet", ["0{}", "6", "9", "4" * 1_100_000], ids=lambda it: it[:3])
def test_S22_a_request_that_puts_its_client_out_is_answered_at_once(
    forged: tuple[Running, ModuleType], packet: str
) -> None:
    server, handlers = forged
    client = Polling(server.url)
    client.connect()
    with pytest.raises(urllib.error.HTTPError, match="400"):
        client.send(packet)
    assert handlers.calls == [("connect", None), ("disconnect", "server disconnect")]
    assert not server.socketio.server.eio.sockets


def test_S22_a_request_to_a_session_that_has_timed_out_is_refused(
    forged: tuple[Running, ModuleType], capfd: pytest.CaptureFixture[str]
) -> None:
    server, _ = forged
    client = Polling(server.url)
    client.connect()
    socket = server.socketio.server.eio.sockets[client.sid]
    socket.close(wait=False, reason="ping timeout")  # as the service task does it
    for ask in (lambda: client.send("3"), client.receive):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            ask()
    assert "Traceback" not in capfd.readouterr().err


def test_S22_a_websocket_is_closed_by_its_reader_and_its_writer_at_once(
    forged: tuple[Running, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = forged
    failed: list[Any] = []
    closed: list[Any] = []
    close = simple_websocket.Server.close

    def second(self: Any, *args: Any) -> None:
        closed.append(self)
        self.ws.send(CloseConnection(1009))  # as the reader does with what is too large
        close(self, *args)

    monkeypatch.setattr(simple_websocket.Server, "close", second)
    monkeypatch.setattr(threading, "excepthook", failed.append)
    with server.raw() as client:
        client.connect()  # the first one starts what runs as long as the server does
    sockets = server.socketio.server.eio.sockets
    wait_for(lambda: not sockets)
    before = {*threading.enumerate()}
    with server.raw() as client:
        client.connect()
        (eio_sid,) = sockets
        server.socketio.server.eio.disconnect(eio_sid)
        wait_for(lambda: closed)
    wait_for(lambda: {*threading.enumerate()} <= before)
    assert failed == []


def test_S37_what_is_too_large_is_not_read(forged: tuple[Running, ModuleType]) -> None:
    server, handlers = forged
    with server.raw() as client:
        client.connect()
        # The header of a text frame of 10 GB, and just more of it than the limit: what the server
        # does not read would take its answer along when it closes.
        client.connection.sock.sendall(b"\x81\xff" + (10**10).to_bytes(8, "big") + b"\0" * 4)
        client.connection.sock.sendall(b"4" * 1_000_001)
        kind, data = client.connection.recv_data(control_frame=True)
        assert (kind, int.from_bytes(data[:2], "big")) == (8, 1009), "closed, as too large"
        wait_for(lambda: len(handlers.calls) == 2)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda client: client.send("41"), "client disconnect"),
        (lambda client: client.connection.close(timeout=0), "transport close"),
        (lambda client: client.send('42["kick"]'), "server disconnect"),
        (lambda client: client.send("1"), "client disconnect"),
    ],
    ids=["packet", "transport", "server", "close"],
)
def test_S31_S39_the_disconnect_handler_runs_once_with_the_reason(
    forged: tuple[Running, ModuleType], end: Callable[[Raw], None], reason: str
) -> None:
    server, handlers = forged
    with server.raw() as client:
        client.connect()
        end(client)
        wait_for(lambda: len(handlers.calls) == 2)
    wait_for(lambda: not server.socketio.server.environ)
    assert handlers.calls == [("connect", None), ("disconnect", reason)]


def test_S39_a_module_may_import_flask_socketios_disconnect(
    forged: tuple[Running, ModuleType],
) -> None:
    server, _ = forged
    with server.client("/imports") as client:
        client.emit("kick")
        client.wait_until_gone()


# -- S28: a client whose connect is still being checked

SLOW = """
channels:
  /:
    publish: {message: {name: say, payload: {type: string}, x-ack: {args: {type: string}}}}
    subscribe: {message: {name: said, payload: {type: string}}}
  /open:
    publish: {message: {name: say, payload: {type: string}}}
    subscribe: {message: {name: said, payload: {type: string}}}
"""
SLOW_HANDLERS = """
import threading
from flask_socketio import join_room
from .._generated.runtime.server import current_sid

entered, gate = threading.Event(), threading.Event()
calls, sids = [], []

def connect(auth):
    calls.append("connect")
    if not auth:
        return None  # the witness
    join_room("lobby")
    events.root.said("to yourself")
    sids.append(current_sid())
    entered.set()
    assert gate.wait(20)
    return auth["welcome"]

def disconnect(reason): calls.append(reason)

def say(text):
    calls.append(text)
    return text
"""


@dataclass(frozen=True)
class Slow:
    """A server, a polling client in its connect handler, and a witness that is in already."""

    server: Running
    handlers: ModuleType
    client: Polling
    witness: Client

    def connect(self, welcome: bool) -> threading.Thread:
        """Send the CONNECT, and wait until its handler is at work."""
        thread = self.client.send_later(f'40{{"welcome":{json.dumps(welcome)}}}')
        assert self.handlers.entered.wait(PATIENCE)
        return thread

    def broadcast(self) -> None:
        """Say something to everybody in all the ways there are; the witness hears it all."""
        (sid,) = self.handlers.sids
        emit = self.server.socketio.emit
        emit("said", "to all")
        emit("said", "to a room", to="lobby")
        emit("said", "to rooms", to=["lobby", self.witness.sid()])
        emit("said", "to sids", to=[sid, self.witness.sid()])
        assert self.witness.received() == [
            ("said", ("to all",)),
            ("said", ("to rooms",)),
            ("said", ("to sids",)),
        ]


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    project = scaffold(tmp_path, SLOW, {"root": SLOW_HANDLERS})
    with project.serve() as server, server.client() as witness:
        yield Slow(server, project.import_("handlers.root"), Polling(server.url), witness)


def test_S28_a_client_that_is_refused_in_the_end_gets_not_one_byte(slow: Slow) -> None:
    checking = slow.connect(welcome=False)
    slow.client.send('42["say","early"]', '421["say","early"]', '42["disconnect"]', "41")
    slow.broadcast()
    slow.server.socketio.emit("said", "to it alone", to=slow.handlers.sids[0])
    slow.handlers.gate.set()
    checking.join(PATIENCE)
    assert slow.client.receive() == '44{"message":"Connection refused"}'
    slow.broadcast()
    # The session is open still, and nothing but the next connection's packets comes.
    assert slow.client.connect("/open").startswith("40/open,")
    assert slow.client.received("/open") == []
    slow.client.close()
    assert slow.handlers.calls == ["connect", "connect"], "no event, and no disconnect"
    assert slow.server.socketio.server.manager._waiting == {}


def test_S28_what_the_connect_handler_emits_to_its_client_follows_the_acceptance(
    slow: Slow,
) -> None:
    checking = slow.connect(welcome=True)
    slow.client.send('42["say","early"]', '421["say","early"]')
    slow.broadcast()
    slow.handlers.gate.set()
    checking.join(PATIENCE)
    assert slow.client.receive() == f'40{{"sid":"{slow.handlers.sids[0]}"}}'
    assert slow.client.received() == ['42["said","to yourself"]']
    slow.client.send('421["say","on time"]')
    assert slow.client.receive() == '431["on time"]'
    assert slow.handlers.calls == ["connect", "connect", "on time"]


def test_S28_a_client_that_goes_while_it_is_checked_is_not_accepted(slow: Slow) -> None:
    checking = slow.connect(welcome=True)
    slow.client.close()
    slow.handlers.gate.set()
    checking.join(PATIENCE)
    manager = slow.server.socketio.server.manager
    wait_for(lambda: list(manager.rooms["/"][None]) == [slow.witness.sid()])
    assert "lobby" not in manager.rooms["/"]
    assert list(slow.server.socketio.sessions) == [slow.witness.sid()]
    assert slow.handlers.calls == ["connect", "connect"], "what was not accepted does not leave"


# -- S28, S31, S39: what the handlers are called with, and how often

ONCE = """
channels:
  /: {publish: {message: {name: say}}}
  /auth: {publish: {message: {name: say}}}
  /bare: {publish: {message: {name: say}}}
"""
ONCE_HANDLERS = {
    "root": """
        seen = []
        def connect(auth): seen.append(auth)
    """,
    "auth": """
        calls = []
        def connect(auth=None):
            calls.append("connect")
            if auth == "refuse":
                raise TypeError("connect() takes 0 positional arguments but 1 was given")
        def disconnect(reason=None):
            calls.append("disconnect")
            raise TypeError("disconnect() takes 0 positional arguments but 1 was given")
    """,
    "bare": """
        calls = []
        def connect():
            calls.append("connect")
            raise TypeError("connect() missing 1 required positional argument: 'auth'")
    """,
}


@pytest.fixture
def once(tmp_path: Path) -> Iterator[tuple[Running, Callable[[str], ModuleType]]]:
    project = scaffold(tmp_path, ONCE, ONCE_HANDLERS)
    with project.serve() as server:
        yield server, lambda name: project.import_(f"handlers.{name}")


def test_S28_an_auth_payload_of_every_type_reaches_the_handler_as_sent(
    once: tuple[Running, Callable[[str], ModuleType]],
) -> None:
    server, module = once
    sent = ["{}", "[]", '""', "0", "false", "null", '"x"', "1", "-1", "true", '{"a":1}', "[1]"]
    for auth in sent:
        with server.raw() as client:
            assert client.connect(auth=auth).startswith("40{")
    assert [json.dumps(value, separators=(",", ":")) for value in module("root").seen] == sent


def test_S39_a_type_error_in_a_connect_handler_is_not_tried_again(
    once: tuple[Running, Callable[[str], ModuleType]],
) -> None:
    server, module = once
    assert refusal(server, "/auth", "refuse") == REFUSED
    assert refusal(server, "/bare", None) == REFUSED
    assert module("auth").calls == module("bare").calls == ["connect"]


def test_S39_a_type_error_in_a_disconnect_handler_is_not_tried_again(
    once: tuple[Running, Callable[[str], ModuleType]], caplog: pytest.LogCaptureFixture
) -> None:
    server, module = once
    with server.raw() as client:
        client.connect("/auth")
    wait_for(lambda: not server.socketio.server.environ)
    assert module("auth").calls == ["connect", "disconnect"]
    assert "disconnect of '/auth' failed" in caplog.text


@pytest.mark.parametrize(
    "handler", ["def connect(auth, more): ...", "def disconnect(reason, more): ..."]
)
def test_S39_a_handler_that_takes_too_much_is_refused_at_start_up(
    tmp_path: Path, handler: str
) -> None:
    with pytest.raises(TypeError, match=r"handlers\.root\.(dis)?connect may take .*, not more"):
        scaffold(tmp_path, ONCE, {"root": handler}).create_app()
