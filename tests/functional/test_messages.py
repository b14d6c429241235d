"""What clients send, over real sockets: arguments, acknowledgements, errors, malformed packets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.functional.project import Client, Project, Running, logged, scaffold, wait_for

# -- S18: arguments

SHAPES = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: none}
          - {name: single, payload: {type: string}}
          - {name: list, payload: {type: array, items: {type: integer}}}
          - {name: nullable, payload: {type: [string, "null"]}}
          - {name: anything, payload: true}
          - {name: pair, payload: {type: array, items: [{type: string}, {type: integer}]}}
          - {name: optional, payload:
              {type: array, items: [{type: string}, {type: [integer, "null"]}], minItems: 1}}
          - {name: rest, payload:
              {type: array, items: [{type: string}], additionalItems: {type: integer}}}
          - {name: integer, payload: {type: integer}}
          - {name: number or text, payload: {type: [integer, string]}}
          - {name: referenced, payload: {$ref: "#/components/schemas/Pair"}}
          - {name: tuple as single, x-socketio: {args: single}, payload:
              {type: array, items: [{type: string}, {type: integer}]}}
          - {name: list as tuple, x-socketio: {args: tuple}, payload:
              {type: array, items: {type: integer}}}
          - {name: models, payload:
              {type: array, items: [{$ref: "#/components/schemas/Point"}],
               additionalItems: {$ref: "#/components/schemas/Point"}}}
components:
  schemas:
    Pair: {type: array, items: [{type: string}, {type: integer}]}
    Point: {type: object, properties: {x: {type: integer}, from: {type: string}}, required: [x]}
"""
# Every handler notes what it was given.
SHAPE_HANDLERS = """
from .._generated.runtime.guard import UNSET, Unset

calls: list[tuple[object, ...]] = []

def none() -> None: calls.append(())
def single(*args: object) -> None: calls.append(args)
def list_(*args: object) -> None: calls.append(args)
def nullable(*args: object) -> None: calls.append(args)
def anything(*args: object) -> None: calls.append(args)
def pair(*args: object) -> None: calls.append(args)
def optional(*args: object) -> None: calls.append(args)
def rest(*args: object) -> None: calls.append(args)
def integer(*args: object) -> None: calls.append(args)
def number_or_text(*args: object) -> None: calls.append(args)
def referenced(*args: object) -> None: calls.append(args)
def tuple_as_single(*args: object) -> None: calls.append(args)
def list_as_tuple(*args: object) -> None: calls.append(args)
def models_(*args: object) -> None: calls.append(args)
"""


class Shapes:
    """A server of all shapes, a client, and the arguments that its handlers got."""

    def __init__(self, project: Project, server: Running, client: Client) -> None:
        self.server = server
        self.handlers = project.import_("handlers.root")
        self.client = client

    def given(self, event: str, *args: Any) -> tuple[Any, ...]:
        """What the handler got for what a client sent."""
        self.handlers.calls.clear()
        assert self.client.ask(event, *args) == ()
        (call,) = self.handlers.calls
        found: tuple[Any, ...] = call
        return found

    def refused(self, event: str, *args: Any) -> tuple[str, str]:
        """The message and the path of the refusal; the handler was not called."""
        self.handlers.calls.clear()
        error = self.client.error(event, *args)
        assert error["code"] == "invalid_payload"
        assert self.handlers.calls == []
        return error["message"], error["path"]


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shapes]:
    project = scaffold(tmp_path_factory.mktemp("shapes"), SHAPES, handlers={"root": SHAPE_HANDLERS})
    with project.serve() as server, server.client() as client:
        yield Shapes(project, server, client)


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        ("none", ()),
        ("single", ("a",)),
        ("list", ([],)),
        ("list", ([1, 2],)),
        ("nullable", ("a",)),
        ("nullable", (None,)),
        ("anything", (None,)),
        ("anything", ([1, "two", {"three": [None]}],)),
        ("pair", ("a", 1)),
        ("optional", ("a", 1)),
        ("optional", ("a", None)),
        ("rest", ("a",)),
        ("rest", ("a", 1, 2, 3)),
        ("referenced", ("a", 1)),
        ("tuple as single", (["a", 1],)),
        ("list as tuple", ()),
        ("list as tuple", (1, 2, 3)),
    ],
)
def test_S18_handler_gets_the_arguments_that_were_sent(
    shapes: Shapes, event: str, sent: tuple[Any, ...]
) -> None:
    assert shapes.given(event, *sent) == sent


def test_S18_missing_optional_argument_is_UNSET_and_not_None(shapes: Shapes) -> None:
    text, number = shapes.given("optional", "a")
    assert text == "a"
    assert number is shapes.handlers.UNSET
    assert not number


@pytest.mark.parametrize("event", ["nullable", "anything"])
def test_S18_no_argument_is_null_where_null_is_accepted(shapes: Shapes, event: str) -> None:
    assert shapes.given(event) == (None,)


@pytest.mark.parametrize(
    ("event", "packet", "given"),
    [("integer", "1.0", 1), ("integer", "1e2", 100), ("number or text", "2.0", 2)],
)
def test_S26_handler_gets_an_int_for_an_integer_written_as_a_float(
    shapes: Shapes, event: str, packet: str, given: int
) -> None:
    shapes.handlers.calls.clear()
    with shapes.server.raw() as raw:
        raw.connect()
        raw.send(f'421["{event}",{packet}]')
        assert raw.receive() == "431[]"
    ((value,),) = shapes.handlers.calls
    assert (value, type(value)) == (given, int)


def test_S18_arguments_and_rest_are_models(shapes: Shapes) -> None:
    first, second = shapes.given("models", {"x": 1}, {"x": 2, "from": "here", "more": [True]})
    assert type(first).__name__ == type(second).__name__ == "Point"
    assert (first.x, second.x, second.from_, second.more) == (1, 2, "here", [True])


@pytest.mark.parametrize(
    ("event", "sent", "message"),
    [
        ("none", (1,), "takes 0 arguments, got 1"),
        ("none", (None,), "takes 0 arguments, got 1"),
        ("single", (), "takes 1 argument, got 0"),
        ("single", ("a", "b"), "takes 1 argument, got 2"),
        ("list", (1, 2), "takes 1 argument, got 2"),
        ("pair", ("a",), "takes 2 arguments, got 1"),
        ("pair", ("a", 1, 2), "takes 2 arguments, got 3"),
        ("pair", (["a", 1],), "takes 2 arguments, got 1"),
        ("optional", (), "takes 1 to 2 arguments, got 0"),
        ("optional", ("a", 1, 2), "takes 1 to 2 arguments, got 3"),
        ("rest", (), "takes 1 argument, got 0"),
        ("tuple as single", ("a", 1), "takes 1 argument, got 2"),
    ],
)
def test_S25_wrong_number_of_arguments_is_a_validation_error(
    shapes: Shapes, event: str, sent: tuple[Any, ...], message: str
) -> None:
    assert shapes.refused(event, *sent) == (message, "")


@pytest.mark.parametrize(
    ("event", "sent", "message", "path"),
    [
        ("single", (None,), "must be a string", ""),
        ("list", ([1, "x"],), "must be an integer", "/1"),
        ("pair", ("a", "x"), "must be an integer", "/1"),
        ("pair", (None, 1), "must be a string", "/0"),
        ("optional", ("a", "x"), "must be null or an integer", "/1"),
        ("rest", ("a", 1, "x"), "must be an integer", "/2"),
        ("list as tuple", (1, [2]), "must be an integer", "/1"),
        ("list as tuple", ([1, 2],), "must be an integer", "/0"),
        ("models", ({"x": 1}, {"x": "y"}), "must be an integer", "/1/x"),
        ("models", ({},), "must have the property `x`", "/0"),
    ],
)
def test_S22_path_points_into_the_argument_after_its_index_in_tuple_form(
    shapes: Shapes, event: str, sent: tuple[Any, ...], message: str, path: str
) -> None:
    assert shapes.refused(event, *sent) == (message, path)


# -- S12, S15, S17: names

NAMES = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: b, x-socketio: {event: a}, payload: {type: string}}
          - {messageId: c, name: b, payload: {type: string}}
          - {messageId: id, payload: {type: string}}
          - {name: message, payload: {type: string}}
          - {name: json, payload: {type: object}}
          - {name: "new message / ü", payload: {type: string}}
          - {name: disconnect}
"""
NAME_HANDLERS = """
calls: list[str] = []

def a(payload: str) -> None: calls.append("a")
def b(payload: str) -> None: calls.append("b")
def id_(payload: str) -> None: calls.append("id")
def message(payload: str) -> None: calls.append("message")
def json(payload: models.Json) -> None: calls.append("json")
def new_message_ü(payload: str) -> None: calls.append("new")
def disconnect(reason: str) -> None: calls.append("disconnect")
"""


def test_S12_S15_S17_events_go_to_the_handler_of_their_name(tmp_path: Path) -> None:
    project = scaffold(tmp_path, NAMES, handlers={"root": NAME_HANDLERS})
    calls = project.import_("handlers.root").calls
    with project.serve() as server, server.client() as client:
        for event in ("a", "b", "id", "message", "new message / ü"):
            assert client.ask(event, "x") == ()
        assert client.ask("json", {}) == ()
        assert calls == ["a", "b", "id", "message", "new", "json"]
        # Only these are names; that a payload fits somewhere is nothing to go by.
        for event in ("c", "Message", "new", ""):
            assert client.error(event, "x")["code"] == "unknown_event"
        # Documented only: a client's `disconnect` is not the end of a connection.
        assert client.error("disconnect")["code"] == "unknown_event"
    assert calls[6:] in ([], ["disconnect"])


# -- S20: acknowledgements

ACKS = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: single, payload: true, x-ack: {$ref: "#/components/schemas/Receipt"}}
          - {name: args, payload: true, x-ack: {args: {$ref: "#/components/schemas/Receipt"}}}
          - {name: shared, payload: true, x-ack: {$ref: "#/components/x-messageAcks/Text"}}
          - {name: nullable, payload: true, x-ack: {type: [string, "null"]}}
          - {name: list, payload: true, x-ack: {type: array, items: {type: integer}}}
          - {name: pair, payload: true, x-ack:
              {type: array, items: [{type: integer}, {$ref: "#/components/schemas/Receipt"}],
               minItems: 1}}
          - {name: undeclared, payload: true}
components:
  x-messageAcks:
    Text: {args: {type: string}}
  schemas:
    Receipt:
      type: object
      properties: {id: {type: integer}, note: {type: string}, x-y: {type: string}}
      required: [id]
      additionalProperties: false
"""
# The client's payload says which of the results below is to be returned.
ACK_HANDLERS = """
RESULTS = {
    "model": lambda: models.Receipt(id=1),
    "model with alias": lambda: models.Receipt(id=1, x_y="z"),
    "dict": lambda: {"id": 1, "note": "plain"},
    "wrong": lambda: {"id": "secret"},
    "text": lambda: "text",
    "none": lambda: None,
    "list": lambda: [1, 2],
    "tuple": lambda: (1, models.Receipt(id=2)),
    "short tuple": lambda: (1,),
    "long tuple": lambda: (1, {"id": 2}, 3),
}
def single(payload): return RESULTS[payload]()
args = shared = nullable = list_ = pair = undeclared = single
"""


@pytest.fixture(scope="module")
def acking(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return scaffold(tmp_path_factory.mktemp("acks"), ACKS, handlers={"root": ACK_HANDLERS})


@pytest.fixture(scope="module")
def acks(acking: Project) -> Iterator[Client]:
    with acking.serve() as server, server.client() as client:
        yield client


@pytest.mark.parametrize(
    ("event", "result", "ack"),
    [
        ("single", "model", ({"id": 1},)),
        ("single", "model with alias", ({"id": 1, "x-y": "z"},)),
        ("single", "dict", ({"id": 1, "note": "plain"},)),
        ("args", "model", ({"id": 1},)),
        ("shared", "text", ("text",)),
        ("nullable", "none", (None,)),
        ("list", "list", ([1, 2],)),
        ("pair", "tuple", (1, {"id": 2})),
        ("pair", "short tuple", (1,)),
        ("undeclared", "none", ()),
    ],
)
def test_S20_ack_is_what_the_handler_returns(
    acks: Client, event: str, result: str, ack: tuple[Any, ...]
) -> None:
    assert acks.ask(event, result) == ack


@pytest.mark.parametrize(
    ("event", "result"),
    [
        ("single", "wrong"),
        ("single", "none"),
        ("shared", "list"),
        ("list", "tuple"),
        ("pair", "list"),
        ("pair", "long tuple"),
    ],
)
def test_S20_ack_that_does_not_conform_is_an_internal_error(
    acking: Project, acks: Client, caplog: pytest.LogCaptureFixture, event: str, result: str
) -> None:
    error = acks.error(event, result)
    assert (error["code"], error["path"]) == ("internal_error", "")
    (record,) = [item for item in logged(caplog, acking) if item.levelno == logging.ERROR]
    assert f"ack of '{event}' in '/'" in str(record.exc_info)
    assert "secret" not in caplog.text and "secret" not in str(error)


def test_S20_value_without_declared_ack_is_dropped_and_logged_once(
    acking: Project, acks: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert acks.ask("undeclared", "text") == ()
    assert acks.ask("undeclared", "dict") == ()
    warnings = [it for it in logged(caplog, acking) if "declares no ack" in it.getMessage()]
    assert len(warnings) == 1


# -- S22: errors

ERRORS = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: number, payload: {type: integer, maximum: 9}, x-ack: {type: integer}}
          - {name: stub, payload: {type: integer}}
          - {name: raise, payload: {type: integer}}
"""
ERROR_HANDLERS = """
calls: list[int] = []

def number(payload: int) -> int:
    calls.append(payload)
    return payload

def raise_(payload: int) -> None:
    raise LookupError(f"secret {payload}")
"""


def code(client: Client, event: str, *args: Any) -> str:
    found: str = client.error(event, *args)["code"]
    return found


@pytest.mark.parametrize("problem", ["SystemExit(2)", "asyncio.CancelledError()"])
def test_S22_what_ends_a_program_is_an_error_of_one_event(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, problem: str
) -> None:
    raising = f"import asyncio\n\ndef raise_(payload: int) -> None:\n    raise {problem}\n"
    project = scaffold(tmp_path, ERRORS, handlers={"root": raising})
    with project.serve() as server, server.client() as client:
        assert code(client, "raise", 1) == "internal_error"
    assert f"raise {problem}" in caplog.text


def test_S22_each_failure_has_its_code_and_the_handler_is_not_called(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = scaffold(tmp_path, ERRORS, handlers={"root": ERROR_HANDLERS})
    calls = project.import_("handlers.root").calls
    with project.serve() as server, server.client() as client:
        assert client.ask("number", 1) == (1,)
        assert code(client, "number", "x") == "invalid_payload"
        assert code(client, "undeclared", 1) == "unknown_event"
        assert code(client, "stub", 1) == "not_implemented"
        assert code(client, "raise", 1) == "internal_error"
        assert calls == [1]
        # No ack was asked for: nothing comes, and the connection goes on.
        client.emit("number", "x")
        client.emit("undeclared")
        client.emit("raise", 1)
        assert client.received() == []
        assert client.ask("number", 2) == (2,)

        def tracebacks() -> int:
            return len([item for item in logged(caplog, project) if item.exc_info])

        wait_for(lambda: tracebacks() >= 2)  # that of the last one, which nobody was told of
    assert ["LookupError: secret 1" in caplog.text, tracebacks()] == [True, 2]


def test_S22_message_tells_the_rule_and_never_the_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="")
    project = scaffold(tmp_path, ERRORS, handlers={"root": ERROR_HANDLERS})
    with project.serve() as server, server.client() as client:
        caplog.clear()
        values: list[Any] = ["secret", {"secret": 1}, [["secret"]], 7777, 1.5, None, b"secret"]
        errors = [client.error("number", value) for value in values]
        errors += [client.error("secret", "secret"), client.error("raise", 7777)]
        ours = logged(caplog, project)
    assert {error["message"] for error in errors[:-2]} == {
        "must be an integer",
        "must be at most 9",
        "must not be binary data",
    }
    assert not [error for error in errors if "secret" in str(error) or "7777" in str(error)]
    refusals = [item.getMessage() for item in ours if item.levelno < logging.ERROR]
    assert len(refusals) == len(values) + 1
    assert not [text for text in refusals if "secret" in text or "7777" in text]


ERROR_HANDLER = """
seen = []

def error(error):
    seen.append(type(error).__name__)
    if type(error).__name__ == "LookupError":
        raise ValueError("the error handler itself")
    if type(error).__name__ == "InvalidPayload":
        return {"custom": [error.code, error.message, error.path]}
"""


def test_S22_what_the_error_handler_returns_is_the_ack(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = scaffold(tmp_path, ERRORS, handlers={"root": ERROR_HANDLERS + ERROR_HANDLER})
    with project.serve() as server, server.client() as client:
        assert client.ask("number", "x") == (
            {"custom": ["invalid_payload", "must be an integer", ""]},
        )
        # It returned None: the envelope it is.
        assert code(client, "undeclared") == "unknown_event"
        assert code(client, "stub", 1) == "not_implemented"
        # It raised: that is logged, and the envelope stands.
        assert "the error handler itself" not in caplog.text
        assert code(client, "raise", 1) == "internal_error"
        assert "the error handler itself" in caplog.text and "secret 1" in caplog.text
        assert client.ask("number", 1) == (1,)
    assert project.import_("handlers.root").seen == [
        "InvalidPayload",
        "UnknownEvent",
        "NotImplementedError",
        "LookupError",
    ]


def test_S22_namespaces_without_an_error_handler_have_the_default_one(tmp_path: Path) -> None:
    """It is `error` of the package of handlers, as those of namespaces are of their modules."""
    document = ERRORS + ERRORS.replace("channels:\n  /:", "  /own:").lstrip("\n")
    project = scaffold(
        tmp_path,
        document,
        handlers={
            "__init__": "def error(error): return type(error).__name__, error.code\n",
            "own": ERROR_HANDLERS + "\ndef error(error): return 'own'\n",
        },
    )
    with project.serve() as server, server.client("/", "/own") as client:
        assert client.ask("number", "x") == ("InvalidPayload", "invalid_payload")
        assert client.ask("nothing") == ("UnknownEvent", "unknown_event")
        assert client.ask("number", "x", namespace="/own") == ("own",)


def test_S22_error_handler_tells_errors_apart_by_their_types(tmp_path: Path) -> None:
    """As README.md of the project shows it."""
    handlers = ERROR_HANDLERS.replace("return payload", "return payload if payload > 1 else 'x'")
    project = scaffold(
        tmp_path,
        ERRORS,
        handlers={
            "root": handlers,
            "__init__": """
                from .._generated.runtime.guard import ContractError, InvalidAck, InvalidPayload

                def error(error):
                    if isinstance(error, InvalidPayload):
                        return {"wrong": error.message, "at": error.path}
                    if isinstance(error, ContractError):
                        return {"ours": isinstance(error, InvalidAck), "event": error.subject}
                    return {"bug": type(error).__name__}
            """,
        },
    )
    with project.serve() as server, server.client() as client:
        assert client.ask("number", "x") == ({"wrong": "must be an integer", "at": ""},)
        assert client.ask("number", 1) == ({"ours": True, "event": "ack of 'number' in '/'"},)
        assert client.ask("raise", 1) == ({"bug": "LookupError"},)


def test_S22_without_error_acks_the_ack_is_empty_and_not_missing(tmp_path: Path) -> None:
    project = scaffold(tmp_path, ERRORS, handlers={"root": ERROR_HANDLERS})
    with project.serve(error_acks=False) as server, server.client() as client:
        assert client.ask("number", "x") == ()
        assert client.ask("undeclared", 1) == ()
        assert client.ask("stub", 1) == ()
        assert client.ask("raise", 1) == ()
        assert client.ask("number", 1) == (1,)


# -- malformed packets

ECHO = """
channels:
  /: {publish: {message: {name: say, payload: true, x-ack: true}},
      subscribe: {message: {name: ask, payload: true, x-ack: {type: string}}}}
"""
ECHO_HANDLERS = """
calls: list[object] = []

def say(payload):
    calls.append(payload)
    return payload
"""
DEEP = "[" * 100_000
MALFORMED = {
    "empty packet": ["4"],
    "unknown type": ["47"],
    "type that is no digit": ["4x"],
    "error from a client": ['44{"message":"x"}'],
    "error from a client, with JSON that is none": ["44{"],
    "event without data": ["42"],
    "event without a name": ["42[]"],
    "event whose name is no string": ["42[1]", "42[null]", "42[[]]", "42[{}]"],
    "event that is no array": ["42{}", '42"say"', "421", "42null"],
    "JSON that is none": ['42["say"', "42[say]", '42["say",]', "42\x00"],
    "JSON as only Python has it": ['421["say",NaN]', '421["say",[-Infinity]]', '421["say",1e999]'],
    "JSON that is too deep": ['42["say",' + DEEP],
    "number with too many digits": ['42["say",' + "9" * 10_000 + "]"],
    "id with too many digits": ["42" + "9" * 10_000 + '["say"]'],
    "ack with the id of the counter": ["430[]", '430["x"]', "430[1]"],
    "ack without an id": ["43[]"],
    "ack that is no array": ["431{}", '431"x"', "431"],
    "ack that nobody waits for": ['434242["x"]'],
    "binary for nobody": [b"\x00\x01", b""],
    "placeholder of no attachment": [
        '451-["say",{"_placeholder":true,"num":5}]',
        b"x",
    ],
    "placeholder whose number is none": [
        '451-["say",{"_placeholder":true,"num":"a"}]',
        b"x",
    ],
    "binary event without a name": ['451-[{"_placeholder":true,"num":0}]', b"x"],
    "binary event without a count": ['45["say"]', '45-["say"]'],
    "too many attachments": ['4599999999999-["say"]', '451001-["say","x"]'] + [b"x"] * 1001,
    "binary error": ['461-0[{"_placeholder":true,"num":0}]', b"x"],
    "event of a namespace that is not there": ['42/nowhere,1["say"]'],
}


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Running]]:
    project = scaffold(tmp_path_factory.mktemp("echo"), ECHO, handlers={"root": ECHO_HANDLERS})
    with project.serve() as server:
        yield project, server


@pytest.mark.parametrize("packets", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_packets_are_dropped_without_a_traceback(
    echo: tuple[Project, Running],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    packets: list[str | bytes],
) -> None:
    project, server = echo
    calls = project.import_("handlers.root").calls
    with server.raw() as raw, server.client() as other:
        assert raw.connect().startswith("40{")
        calls.clear()
        for packet in packets:
            raw.send(packet)
        assert raw.received() == []
        # Both go on: the client that sent this, and the others.
        raw.send('421["say","still here"]')
        assert raw.receive() == '431["still here"]'
        assert other.ask("say", "here, too") == ("here, too",)
        assert calls == ["still here", "here, too"]
    assert not [item for item in caplog.records if item.exc_info]
    assert "Traceback" not in capfd.readouterr().err


def test_packet_whose_attachments_do_not_come_takes_no_other_packet_with_it(
    echo: tuple[Project, Running],
) -> None:
    _, server = echo
    with server.raw() as raw:
        raw.connect()
        raw.send('452-1["say",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        raw.send(b"the first")
        raw.send('422["say","text"]')
        assert raw.receive() == '432["text"]'


def test_ack_with_the_id_of_the_counter_leaves_callbacks_as_they_are(
    echo: tuple[Project, Running],
) -> None:
    _, server = echo
    answers: list[Any] = []
    with server.raw() as raw:
        sid = json.loads(raw.connect().removeprefix("40"))["sid"]
        for number in (1, 2):
            server.socketio.emit("ask", number, to=sid, callback=answers.append)
            assert raw.receive() == f'42{number}["ask",{number}]'
            raw.send("430[]")
            assert raw.received() == []
        raw.send('431["one"]')
        raw.send('432["two"]')
        assert raw.received() == []
    assert answers == ["one", "two"]


def test_forged_ack_does_not_run_or_break_a_callback(echo: tuple[Project, Running]) -> None:
    _, server = echo
    answers: list[Any] = []
    with server.raw() as raw, server.client() as other:
        raw.connect()
        other.answers["ask"] = ("mine",)
        server.socketio.emit("ask", 1, to=other.sid(), callback=answers.append)
        # The same id, from a client that was not asked.
        raw.send('431["forged"]')
        assert other.received() == [("ask", (1,))]
        assert raw.received() == []
        assert answers == ["mine"]


# -- --payloads raw

RAW = """
channels:
  /:
    publish:
      message:
        oneOf:
          - name: kind
            payload: &object {type: object, properties: {n: {type: integer}}, required: [n]}
            x-ack: {args: {type: string}}
          - name: pair
            payload:
              type: array
              items: [{type: integer, minimum: 1}, {type: array, items: {type: string}}]
              minItems: 1
            x-ack: {args: {type: array}}
          - {name: echo, payload: *object, x-ack: {args: *object}}
          - {name: ask}
          - {name: answers, x-ack: {args: {type: array}}}
    subscribe:
      message: {name: asked, payload: *object, x-ack: {args: *object}}
"""
RAW_HANDLERS = """
from .._generated.runtime.guard import UNSET

heard = []

def kind(payload): return f"{type(payload).__name__} {payload['n']!r}"
def pair(one, many=UNSET): return [type(one).__name__, "unset" if many is UNSET else many]
def echo(payload): return {**payload, "n": payload["n"] + 1} if payload["n"] else {"n": "wrong"}

def ask():
    # An emitter takes a model, or plain data as it is.
    events.root.asked(models.Asked(n=1), callback=heard.append)
    events.root.asked({"n": 2}, callback=heard.append)

def answers(): return [*heard]
"""


def test_raw_handlers_get_plain_data_that_is_validated_all_the_same(tmp_path: Path) -> None:
    project = scaffold(tmp_path, RAW, {"root": RAW_HANDLERS}, payloads="raw")
    with project.serve() as server, server.client() as client:
        assert client.ask("kind", {"n": 1, "more": [None]}) == ("dict 1",)
        assert client.error("kind", {"n": "1"})["path"] == "/n"
        assert client.ask("pair", 1.0) == (["int", "unset"],)
        assert client.ask("pair", 2, ["a"]) == (["int", ["a"]],)
        assert client.error("pair", 2, ["a", 1])["path"] == "/1/1"
        assert client.error("pair", 2, ["a"], 3)["message"] == "takes 1 to 2 arguments, got 3"
        assert client.ask("echo", {"n": 1, "more": {}}) == ({"n": 2, "more": {}},)
        assert client.error("echo", {"n": 0})["code"] == "internal_error"
        client.answers["asked"] = lambda payload: (payload,)
        client.emit("ask")
        wait_for(lambda: len(client.ask("answers")[0]) == 2)
        assert sorted(client.ask("answers")[0], key=str) == [{"n": 1}, {"n": 2}]
