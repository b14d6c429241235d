"""Binary payloads and acks, over real sockets (S24)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functional.project import Client, Project, Running, scaffold

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: echo, payload: true, x-ack: true}
          - {name: file, payload: {type: string, format: binary}, x-ack: {type: string}}
          - {name: sized, payload: {type: string, format: binary, minLength: 2, maxLength: 3}}
          - {name: text, payload: {type: string}}
          - {name: pair, payload:
              {type: array, items: [{type: string}, {type: string, format: binary}]}}
          - {name: upload, payload: {$ref: "#/components/schemas/Upload"},
             x-ack: {$ref: "#/components/schemas/Upload"}}
          - {name: wrong ack, x-ack: {type: string, format: binary}}
    subscribe:
      message:
        oneOf:
          - {name: sent, payload: {type: string, format: binary}}
          - {name: bundle, payload: {$ref: "#/components/schemas/Upload"}}
          - {name: question, payload: {type: string},
             x-ack: {type: array, items: [{type: string, format: binary}, {type: integer}]}}
components:
  schemas:
    Upload:
      type: object
      properties:
        name: {type: string}
        data: {type: string, format: binary}
        parts: {type: array, items: {type: string, format: binary}}
        maybe: {type: [string, "null"], format: binary}
      required: [data]
"""
HANDLERS = """
calls = []

def echo(payload): return payload
def file(payload: bytes) -> str: return type(payload).__name__
def sized(payload: bytes) -> None: calls.append(payload)
def text(payload: str) -> None: calls.append(payload)
def pair(one: str, two: bytes) -> None: calls.append((one, two))

def upload(payload: models.Upload) -> models.Upload:
    calls.append(payload)
    return models.Upload(data=payload.data[::-1], parts=[payload.data, b"", payload.data])

def wrong_ack(): return "text"
"""


@pytest.fixture
def calls(served: tuple[Project, Running]) -> list[Any]:
    found: list[Any] = served[0].import_("handlers.root").calls
    found.clear()
    return found


def test_S24_bytes_reach_the_handler_and_come_back(client: Client, calls: list[Any]) -> None:
    data = bytes(range(256))
    assert client.ask("file", data) == ("bytes",)
    assert client.ask("pair", "a", data) == ()
    assert calls == [("a", data)]
    for value in (data, [data, [b"", {"a": data}]], {"a": {"b": data}}, None, "text"):
        assert client.ask("echo", value) == (value,)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_S24_several_attachments_nested_in_a_model_both_ways(
    served: tuple[Project, Running], calls: list[Any], transport: str
) -> None:
    sent = {"name": "n", "data": b"abc", "parts": [b"", b"\0", b"d"], "maybe": None, "more": b"e"}
    with served[1].client(transports=[transport]) as client:
        answer = client.ask("upload", sent)
    assert answer == ({"data": b"cba", "parts": [b"abc", b"", b"abc"]},)
    (payload,) = calls
    assert (payload.data, payload.parts, payload.maybe) == (b"abc", [b"", b"\0", b"d"], None)
    assert {type(part) for part in [payload.data, *payload.parts]} == {bytes}
    assert payload.more == b"e"


@pytest.mark.parametrize(
    ("event", "sent", "message", "path"),
    [
        ("file", ("YQ==",), "must be binary data", ""),
        ("text", (b"a",), "must not be binary data", ""),
        ("sized", (b"a",), "must have at least 2 bytes", ""),
        ("sized", (b"abcd",), "must have at most 3 bytes", ""),
        ("sized", ("ab",), "must be binary data", ""),
        ("pair", ("a", "b"), "must be binary data", "/1"),
        ("pair", (b"a", b"b"), "must not be binary data", "/0"),
        ("upload", ({"data": "text"},), "must be binary data", "/data"),
        ("upload", ({"data": b"", "parts": [b"", "x"]},), "must be binary data", "/parts/1"),
        ("upload", ({"data": b"", "name": b""},), "must not be binary data", "/name"),
        ("upload", ({"data": b"", "maybe": "text"},), "must be binary data", "/maybe"),
        ("upload", (b"",), "must not be binary data", ""),
        ("upload", ({"name": "n", "more": b""},), "must have the property `data`", ""),
    ],
)
def test_S24_binary_is_bytes_and_nothing_else_is(
    client: Client, calls: list[Any], event: str, sent: tuple[Any, ...], message: str, path: str
) -> None:
    error = client.error(event, *sent)
    assert error == {"code": "invalid_payload", "message": message, "path": path}
    assert calls == []


def test_S24_lengths_count_bytes(client: Client, calls: list[Any]) -> None:
    client.ask("sized", "é".encode())
    client.ask("sized", b"abc")
    assert calls == ["é".encode(), b"abc"]


def test_S24_client_cannot_say_that_JSON_is_bytes(client: Client, calls: list[Any]) -> None:
    # Beside real bytes, and in the shape that a placeholder or a marker could have.
    for forged in ({"_placeholder": True}, {"bytes": 1}, {"bytes": 1, "number": 0}, {}, None):
        error = client.error("upload", {"data": forged, "more": b"x"})
        assert (error["code"], error["path"]) == ("invalid_payload", "/data")
    assert calls == []


def test_S24_placeholders_without_attachments_are_data(
    served: tuple[Project, Running],
) -> None:
    with served[1].raw() as raw:
        raw.connect()
        raw.send('421["echo",{"_placeholder":true,"num":0}]')
        assert json.loads(raw.receive()[3:]) == [{"_placeholder": True, "num": 0}]


@pytest.mark.parametrize("data", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_S24_bytes_of_every_kind_go_out(
    served: tuple[Project, Running], client: Client, data: Any
) -> None:
    project, server = served
    events: Any = project.import_("_generated.events")
    with project_app(server):
        events.root.sent(data, broadcast=True)
        events.root.bundle({"data": data, "parts": [data, data]}, broadcast=True)
    server.socketio.emit("sent", data)
    assert client.received() == [
        ("sent", (b"abc",)),
        ("bundle", ({"data": b"abc", "parts": [b"abc", b"abc"]},)),
        ("sent", (b"abc",)),
    ]


def test_S24_text_does_not_go_out_as_binary_nor_into_an_ack(
    served: tuple[Project, Running], client: Client
) -> None:
    project, server = served
    guard: Any = project.import_("_generated.runtime.guard")
    with pytest.raises(guard.InvalidEmit, match="must be binary data"):
        server.socketio.emit("sent", "text")
    with pytest.raises(guard.InvalidEmit, match="must not be binary data"):
        server.socketio.emit("question", b"x", to=client.sid())
    assert client.error("wrong ack")["code"] == "internal_error"
    assert client.received() == []


def test_S24_acks_of_clients_have_bytes(served: tuple[Project, Running], client: Client) -> None:
    project, server = served
    events: Any = project.import_("_generated.events")
    client.answers["question"] = (b"\x00\xff", 1)
    with project_app(server):
        assert events.root.call_question("?", to=client.sid()) == (b"\x00\xff", 1)
    client.answers["question"] = ("text", 1)
    guard: Any = project.import_("_generated.runtime.guard")
    with project_app(server), pytest.raises(guard.InvalidAck, match="must be binary data"):
        events.root.call_question("?", to=client.sid())


def project_app(server: Running) -> Any:
    """An application context of a server's app."""
    assert server.app is not None
    return server.app.app_context()


@pytest.mark.parametrize("keyword", ["pattern: a", "enum: [a]", "const: a"])
def test_S24_what_bytes_cannot_satisfy_is_an_error(tmp_path: Path, keyword: str) -> None:
    document = f"""
    channels:
      /: {{publish: {{message: {{name: say, payload: {{type: object, properties:
        {{a: {{type: string, format: binary, {keyword}}}}}}}}}}}}}
    """
    with pytest.raises(AssertionError, match="AG226"):
        scaffold(tmp_path, document)
