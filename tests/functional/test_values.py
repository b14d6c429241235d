"""Values of the application that cannot be sent, and messages that are too large."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.functional.project import Client, Project, Running, logged, scaffold

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: open, payload: {type: string}, x-ack: true}
          - {name: nested, payload: {type: string}, x-ack: {type: object}}
          - {name: pair, payload: {type: string}, x-ack:
              {type: array, items: [{type: integer}, true]}}
    subscribe:
      message:
        oneOf:
          - {name: open, payload: true}
          - {name: rest, payload: {type: array, items: [true], additionalItems: true}}
"""
HANDLERS = """
import collections, dataclasses, datetime, decimal, enum, uuid

class Color(str, enum.Enum):
    RED = "red"

class Level(enum.IntEnum):
    LOW = 1

@dataclasses.dataclass
class Plain:
    a: int

cycle = []
cycle.append(cycle)
deep = []
for _ in range(5000):
    deep = [deep]

VALUES = {
    "object": object(),
    "set": {1, 2},
    "date": datetime.date(2024, 2, 29),
    "decimal": decimal.Decimal("1.5"),
    "uuid": uuid.UUID(int=1),
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "function": len,
    "exception": ValueError("secret"),
    "keys": {1: 2},
    "cycle": cycle,
    "deep": deep,
    # These can be sent.
    "enums": [Color.RED, Level.LOW, {Color.RED: Level.LOW}],
    "tuples": {"a": (1, (2,))},
    "mappings": collections.OrderedDict(a=collections.Counter(b=1)),
    "dataclass": Plain(1),
}

def open_(payload): return VALUES[payload]
def nested(payload): return {"a": [0, VALUES[payload]]}
def pair(payload): return 1, VALUES[payload]

seen = []
def error(error): seen.append(error)
"""
WRONG = ["object", "set", "date", "decimal", "uuid", "NaN", "infinity", "function", "exception",
         "keys", "cycle", "deep"]  # fmt: skip
RIGHT = {
    "enums": ["red", 1, {"red": 1}],
    "tuples": {"a": [1, [2]]},
    "mappings": {"a": {"b": 1}},
    "dataclass": {"a": 1},
}


@pytest.mark.parametrize("value", WRONG)
def test_S22_ack_that_cannot_be_sent_is_an_internal_error_that_says_why(
    served: tuple[Project, Running],
    client: Client,
    caplog: pytest.LogCaptureFixture,
    value: str,
) -> None:
    seen: list[Any] = served[0].import_("handlers.root").seen
    for event in ("open", "nested", "pair"):
        caplog.clear()
        seen.clear()
        assert client.error(event, value) == {
            "code": "internal_error",
            "message": "the server could not handle the event",
            "path": "",
        }
        (problem,) = seen
        assert type(problem).__name__ == "InvalidAck"
        assert str(problem).startswith(f"ack of '{event}' in '/': must ")
        (record,) = [it for it in logged(caplog, served[0]) if it.levelno == logging.ERROR]
        assert record.getMessage() == f"'{event}' in '/' failed"
        assert "secret" not in caplog.text


def test_S22_path_of_a_value_that_cannot_be_sent(
    served: tuple[Project, Running], client: Client
) -> None:
    seen: list[Any] = served[0].import_("handlers.root").seen
    paths = {}
    for event in ("open", "nested", "pair"):
        seen.clear()
        client.error(event, "date")
        paths[event] = (seen[0].path, seen[0].message)
    message = "must be a JSON value, which a date is not"
    assert paths == {"open": ("", message), "nested": ("/a/1", message), "pair": ("/1", message)}


@pytest.mark.parametrize("value", RIGHT)
def test_S20_ack_is_sent_as_plain_data(client: Client, value: str) -> None:
    assert client.ask("open", value) == (RIGHT[value],)


@pytest.mark.parametrize("value", WRONG)
def test_S23_value_that_cannot_be_sent_raises_and_nothing_is_sent(
    served: tuple[Project, Running], client: Client, value: str
) -> None:
    project, server = served
    wrong: Any = project.import_("handlers.root").VALUES[value]
    guard: Any = project.import_("_generated.runtime.guard")
    for event, data in (("open", wrong), ("open", {"a": [wrong]}), ("rest", (1, wrong))):
        with pytest.raises(guard.InvalidEmit, match=f"'{event}' in '/': must "):
            server.socketio.emit(event, data)
    assert client.received() == []


def test_S22_answer_of_an_error_handler_that_cannot_be_sent_leaves_the_envelope(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handlers = HANDLERS.replace("seen.append(error)", "return object()")
    project = scaffold(tmp_path, DOCUMENT, handlers={"root": handlers})
    with project.serve() as server, server.client() as client:
        assert client.error("open", 1)["code"] == "invalid_payload"
    assert "the error handler of '/' failed" in caplog.text


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_S37_message_above_the_size_limit_ends_its_connection_and_no_other(
    tmp_path: Path, transport: str
) -> None:
    handlers = "calls = []\ndef open_(payload): calls.append(len(payload)); return True\n"
    project = scaffold(tmp_path, DOCUMENT, handlers={"root": handlers})
    with (
        project.serve(max_http_buffer_size=1000) as server,
        server.client() as other,
        server.client(transports=[transport]) as client,
    ):
        assert client.ask("open", "x" * 900) == (True,)
        client.emit("open", "x" * 1100)
        client.wait_until_gone()
        assert other.ask("open", "x") == (True,)
    assert project.import_("handlers.root").calls == [900, 1]
