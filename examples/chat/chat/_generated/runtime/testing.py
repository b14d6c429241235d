"""What the contract tests do, and the payloads they do it with.

Payloads are the document's examples, else sampled: the smallest value that the
schema allows, the same on every run. A payload is only used where the guard
says of it what the test needs, so a test never fails for a bad sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import flask
import flask_socketio  # type: ignore[import-untyped,unused-ignore]
import pytest

from .guard import (
    Arguments,
    Contract,
    Guard,
    Incoming,
    InvalidPayload,
    Outgoing,
    Schemas,
    alternatives,
)
from .server import Server

AnyIncoming = Incoming[*tuple[Any, ...], Any]
AnyOutgoing = Outgoing[*tuple[Any, ...], Any]

_STUBS: Final = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--no-stubs`."""
    parser.addoption(
        "--no-stubs",
        action="store_true",
        help="fail on every event that has no handler yet",
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell how many events are still stubs."""
    stubs = config.stash.get(_STUBS, [])
    if stubs:
        terminalreporter.write_line(
            f"{len(stubs)} of the contract's events are still stubs:"
        )
        for stub in stubs:
            terminalreporter.write_line(f"  {stub}")


def incoming(contract: Contract) -> list[AnyIncoming]:
    """Every event that clients emit."""
    return [event for namespace in contract.namespaces for event in namespace.incoming]


def outgoing(contract: Contract) -> list[AnyOutgoing]:
    """Every event that the server emits."""
    return [event for namespace in contract.namespaces for event in namespace.outgoing]


def label(event: AnyIncoming | AnyOutgoing) -> str:
    """The name of a test: the event and its namespace."""
    return f"{event.event} in {event.namespace}"


def check_docs(app: flask.Flask, contract: Contract) -> None:
    """The page is served, and the document that is enforced."""
    client = app.test_client()
    assert client.get(contract.docs).status_code == 200
    assert client.get(f"{contract.docs}/asyncapi.json").get_json() == contract.document


def check_undeclared_namespace(app: flask.Flask) -> None:
    """A namespace that is not in the document refuses connections."""
    name = "/not in the document"
    client = flask_socketio.SocketIOTestClient(app, _server(app), namespace=name)
    assert not client.is_connected(name)


def check_incoming(
    app: flask.Flask, contract: Contract, event: AnyIncoming, config: pytest.Config
) -> None:
    """A valid payload is acknowledged as declared; a stub is counted, or fails."""
    args = sample_arguments(Schemas(contract.document), event)
    answer = _client(app, event.namespace).emit(
        event.event, *args, namespace=event.namespace, callback=True
    )
    code = _error_code(answer)
    if code == "not_implemented":
        config.stash.setdefault(_STUBS, []).append(label(event))
        if config.getoption("--no-stubs"):
            pytest.fail(f"{label(event)} has no handler yet", pytrace=False)
        pytest.skip("a stub")
    assert code is None, f"{label(event)}: a valid payload is answered with {answer}"


def check_invalid(app: flask.Flask, contract: Contract, event: AnyIncoming) -> None:
    """A payload that does not conform is answered with `invalid_payload`."""
    args = _invalid_arguments(Schemas(contract.document), event)
    if args is None:
        pytest.skip("its schema accepts everything")
    answer = _client(app, event.namespace).emit(
        event.event, *args, namespace=event.namespace, callback=True
    )
    assert _error_code(answer) == "invalid_payload", f"{label(event)} accepts {args}"


def check_outgoing(app: flask.Flask, contract: Contract, event: AnyOutgoing) -> None:
    """A valid payload reaches a client of the namespace unchanged."""
    args = sample_arguments(Schemas(contract.document), event)
    client = _client(app, event.namespace)
    client.get_received(event.namespace)
    _server(app).emit(event.event, tuple(args), namespace=event.namespace)
    received = client.get_received(event.namespace)
    assert [item["name"] for item in received] == [event.event]
    got = received[0]["args"]
    # Flask-SocketIO's test client unwraps the argument of these two.
    expected: Any = args[0] if args and event.event in ("message", "json") else args
    assert got == expected


def _server(app: flask.Flask) -> Server:
    server: Server = app.extensions["socketio"]
    return server


def _client(app: flask.Flask, namespace: str) -> Any:
    """A client that is let in without credentials."""
    server = _server(app)
    server.admit_everyone()
    client = flask_socketio.SocketIOTestClient(app, server, namespace=namespace)
    assert client.is_connected(namespace)
    return client


def _error_code(answer: Any) -> str | None:
    if isinstance(answer, Mapping) and isinstance(answer.get("error"), Mapping):
        code = answer["error"].get("code")
        return code if isinstance(code, str) else None
    return None


# -- payloads


def sample_arguments(schemas: Schemas, event: AnyIncoming | AnyOutgoing) -> list[Any]:
    """Arguments that conform; skips the test where none is found."""
    guard = Guard(event.args, schemas, label(event), InvalidPayload)
    examples = [schemas.value(pointer) for pointer in event.examples]
    for args in alternatives(event.args):
        if args.pointer is None:
            return []
        for value in chain(
            examples, _samples(schemas, {"$ref": f"#{args.pointer}"}, 0)
        ):
            sample = _as_arguments(args, value)
            if sample is not None and _conform(guard, sample):
                return sample
    pytest.skip("no payload could be sampled: give the message an example")


def _invalid_arguments(schemas: Schemas, event: AnyIncoming) -> list[Any] | None:
    """Arguments that do not conform; None where everything does."""
    guard = Guard(event.args, schemas, label(event), InvalidPayload)
    for args in alternatives(event.args):
        for value in (*_mutations(schemas, args), None, True, -1.5, "", [], {}):
            sample = _as_arguments(args, value)
            if sample is not None and not _conform(guard, sample):
                return sample
    return None


def _as_arguments(args: Arguments, value: Any) -> list[Any] | None:
    """The arguments that a payload is; None where it is none."""
    if args.form != "tuple":
        return [value]
    return list(value) if isinstance(value, list) else None


def _conform(guard: Guard, args: list[Any]) -> bool:
    try:
        guard.receive(tuple(args))
    except InvalidPayload:
        return False
    return True


def _mutations(schemas: Schemas, args: Arguments) -> Iterator[Any]:
    """Valid objects with one property left out, or replaced by something else."""
    if args.pointer is None:
        return
    for value in _samples(schemas, {"$ref": f"#{args.pointer}"}, 0):
        if isinstance(value, dict):
            for name in value:
                yield {key: item for key, item in value.items() if key != name}
                yield {**value, name: {"not": ["valid"]}}
        if isinstance(value, list):
            for index in range(len(value)):
                yield [*value[:index], {"not": ["valid"]}, *value[index + 1 :]]


_DEEPEST: Final = 8
_FORMATS: Final[Mapping[str, str]] = {
    "date": "2024-02-29",
    "date-time": "2024-02-29T12:30:00Z",
    "time": "12:30:00Z",
    "email": "ada@example.com",
    "idn-email": "ada@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/a",
    "iri": "https://example.com/",
    "iri-reference": "/a",
    "uri-template": "/{id}",
    "json-pointer": "/a",
    "relative-json-pointer": "0",
    "regex": "a+",
    "uuid": "8f14e45f-ceea-467f-9575-1a0d0e7f0b5d",
}


def _samples(schemas: Schemas, schema: Any, depth: int) -> Iterator[Any]:
    """Values that may satisfy `schema`, best first; the caller checks."""
    if schema is True or schema == {}:
        yield "text"
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    if isinstance(schema.get("$ref"), str):
        target = schemas.resolve(schema["$ref"][1:])
        yield from _samples(schemas, target or True, depth + 1)
        return
    yield from schema.get("examples", ())
    for key in ("const", "default"):
        if key in schema:
            yield schema[key]
    yield from schema.get("enum", ())
    for key in ("oneOf", "anyOf"):
        rest = {name: value for name, value in schema.items() if name != key}
        for branch in schema.get(key, ()):
            yield from _samples(schemas, _merged(schemas, [rest, branch]), depth + 1)
    if "allOf" in schema:
        rest = {name: value for name, value in schema.items() if name != "allOf"}
        yield from _samples(
            schemas, _merged(schemas, [rest, *schema["allOf"]]), depth + 1
        )
    for kind in _kinds(schema):
        yield from _of_type(schemas, schema, kind, depth)


def _merged(schemas: Schemas, parts: list[Any]) -> dict[str, Any]:
    """One schema that asks for what all parts ask for, where they do not contradict."""
    merged: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, Mapping) and isinstance(part.get("$ref"), str):
            part = schemas.resolve(part["$ref"][1:])
        for key, value in part.items() if isinstance(part, Mapping) else ():
            if key == "properties" and isinstance(value, Mapping):
                known = merged.get(key, {})
                both = {
                    name: {"allOf": [known[name], value[name]]}
                    for name in known.keys() & value
                }
                merged[key] = {**known, **value, **both}
            elif key == "required" and isinstance(value, list):
                merged[key] = [*merged.get(key, ()), *value]
            else:
                merged[key] = value
    return merged


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    declared = schema.get("type")
    if isinstance(declared, str):
        return [declared]
    if isinstance(declared, list):
        return [*declared]
    hints = {
        "properties": "object",
        "required": "object",
        "items": "array",
        "pattern": "string",
    }
    return [kind for key, kind in hints.items() if key in schema] or [
        "string",
        "object",
    ]


def _of_type(
    schemas: Schemas, schema: Mapping[str, Any], kind: str, depth: int
) -> Iterator[Any]:
    if kind == "object":
        yield from _objects(schemas, schema, depth)
    elif kind == "array":
        yield from _arrays(schemas, schema, depth)
    elif kind == "string":
        yield from _strings(schema)
    elif kind in ("integer", "number"):
        yield from _numbers(schema)
    elif kind == "boolean":
        yield from (True, False)
    elif kind == "null":
        yield None


def _objects(schemas: Schemas, schema: Mapping[str, Any], depth: int) -> Iterator[Any]:
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    for names in (dict.fromkeys([*required, *properties]), dict.fromkeys(required)):
        value = {}
        for name in names:
            part = properties.get(name, schema.get("additionalProperties", True))
            found = next(_samples(schemas, part, depth + 1), None)
            if found is not None or name in required:
                value[name] = found
        yield value


def _arrays(schemas: Schemas, schema: Mapping[str, Any], depth: int) -> Iterator[Any]:
    items = schema.get("items", True)
    least = schema.get("minItems", 0)
    if isinstance(items, list):
        yield [next(_samples(schemas, item, depth + 1), None) for item in items]
        return
    item = next(_samples(schemas, items, depth + 1), None)
    yield [item] * max(least, 1)
    yield [item] * least


def _strings(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
    yield "text"[:most].ljust(least, "x")
    if "pattern" in schema:
        yield from (
            "0",
            "a",
            "A",
            "aa",
            "abc",
            "ABC",
            "000",
            "1234",
            "A1",
            "a-b",
            "#ffffff",
        )


def _numbers(schema: Mapping[str, Any]) -> Iterator[float]:
    step = schema.get("multipleOf", 1)
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    high = schema.get("maximum", schema.get("exclusiveMaximum", low + step))
    yield from (1, low, low + step, high, high - step, (low + high) / 2)
    yield -(-low // step) * step
