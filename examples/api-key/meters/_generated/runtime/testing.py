"""What the contract tests do, and the payloads they do it with.

Payloads are the document's examples, else sampled: the smallest value that the
schema allows, the same on every run. A payload is only used where the guard
says of it what the test needs, so a test never fails for a bad sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final
from urllib.parse import quote

import flask
import flask_socketio  # type: ignore[import-untyped,unused-ignore]
import pytest

from .guard import (
    Arguments,
    Contract,
    ContractError,
    Guard,
    Incoming,
    InvalidEmit,
    InvalidPayload,
    Outgoing,
    alternatives,
)
from .logs import printable
from .schemas import Schemas
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
    return printable(f"{event.event} in {event.namespace}")


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
    """Valid payloads are acknowledged as declared; a stub is counted, or fails."""
    for args in _valid_arguments(Schemas(contract.document), event):
        problems = _problems(app, event, args)
        if problems and isinstance(problems[0], NotImplementedError):
            config.stash.setdefault(_STUBS, []).append(label(event))
            if config.getoption("--no-stubs"):
                pytest.fail(f"{label(event)} has no handler yet", pytrace=False)
            pytest.skip("a stub")
        for problem in problems:
            raise AssertionError(
                f"{label(event)}: {_told(problem)} (for the arguments {args!r})"
            ) from problem


def check_invalid(app: flask.Flask, contract: Contract, event: AnyIncoming) -> None:
    """Payloads that do not conform do not reach the handler."""
    for args in _invalid_arguments(Schemas(contract.document), event):
        problems = _problems(app, event, args)
        refused = [type(problem) for problem in problems] == [InvalidPayload]
        assert refused, f"{label(event)} accepts the arguments {args!r}"


def check_outgoing(app: flask.Flask, contract: Contract, event: AnyOutgoing) -> None:
    """Valid payloads reach a client of the namespace unchanged, and invalid ones none."""
    schemas, server = Schemas(contract.document), _server(app)
    client = _client(app, event.namespace)
    for args in _valid_arguments(schemas, event):
        client.get_received(event.namespace)
        server.emit(event.event, tuple(args), namespace=event.namespace)
        received = client.get_received(event.namespace)
        assert [item["name"] for item in received] == [event.event]
        # Flask-SocketIO's test client unwraps the argument of these two.
        unwrapped = args and event.event in ("message", "json")
        assert received[0]["args"] == (args[0] if unwrapped else args)
    for args in _invalid_arguments(schemas, event, at_least=0):
        with pytest.raises(InvalidEmit):
            server.emit(event.event, tuple(args), namespace=event.namespace)
    assert client.get_received(event.namespace) == []


def _problems(app: flask.Flask, event: AnyIncoming, args: list[Any]) -> list[Exception]:
    """What goes wrong when a client emits an event and asks for its acknowledgement."""
    problems: list[Exception] = []
    client = _client(app, event.namespace)
    _server(app).observe(problems.append)
    client.emit(event.event, *args, namespace=event.namespace, callback=True)
    return problems


def _told(problem: Exception) -> str:
    if isinstance(problem, ContractError):
        return str(problem)
    return f"its handler raised {type(problem).__name__}: {problem}"


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


# -- payloads

_PAYLOADS: Final = 5


def sample_arguments(schemas: Schemas, event: AnyIncoming | AnyOutgoing) -> list[Any]:
    """Arguments that conform; skips the test where none is found."""
    return _valid_arguments(schemas, event)[0]


def _valid_arguments(
    schemas: Schemas, event: AnyIncoming | AnyOutgoing
) -> list[list[Any]]:
    """Lists of arguments that conform: the examples, then samples, at most a few of these.

    Skips the test where none is found.
    """
    guard = Guard(event.args, schemas, label(event), InvalidPayload)
    examples = [schemas.value(pointer) for pointer in event.examples]
    found: list[list[Any]] = []
    for args in alternatives(event.args):
        samples: Iterator[Any] = iter([None])
        if args.pointer is not None:
            samples = _samples(schemas, {"$ref": f"#{quote(args.pointer)}"}, 0)
        for value in chain(examples, islice(samples, 100)):
            sample = _as_arguments(args, value)
            if sample is not None and sample not in found and _conform(guard, sample):
                found.append(sample)
            if len(found) >= len(examples) + _PAYLOADS:
                break
    if not found:
        pytest.skip(f"no payload could be sampled: give `{label(event)}` an example")
    return found


def _invalid_arguments(
    schemas: Schemas, event: AnyIncoming | AnyOutgoing, at_least: int = 1
) -> list[list[Any]]:
    """Lists of arguments that do not conform, each by one mistake.

    Skips the test where there are fewer than `at_least`.
    """
    guard = Guard(event.args, schemas, label(event), InvalidPayload)
    found: list[list[Any]] = [["one argument", "and one too many"]]
    for args in alternatives(event.args):
        mutations = _mutations(schemas, args.pointer) if args.pointer else ()
        for value in (*mutations, None, True, -1.5, "", b"", [], {}):
            sample = _as_arguments(args, value)
            if sample is not None and sample not in found:
                found.append(sample)
    refused = [sample for sample in found if not _conform(guard, sample)]
    if len(refused) < at_least:
        pytest.skip("its schema accepts everything")
    return refused


def _as_arguments(args: Arguments, value: Any) -> list[Any] | None:
    """The arguments that a payload is; None where it is none."""
    if args.form == "none":
        return []
    if args.form == "single":
        return [value]
    return list(value) if isinstance(value, list) else None


def _conform(guard: Guard, args: list[Any]) -> bool:
    try:
        guard.receive(tuple(args))
    except InvalidPayload:
        return False
    return True


def _mutations(schemas: Schemas, pointer: str) -> Iterator[Any]:
    """Samples with one part left out, replaced by something else, or added."""
    for value in islice(_samples(schemas, {"$ref": f"#{quote(pointer)}"}, 0), 3):
        yield from _mutated(value, 0)


def _mutated(value: Any, depth: int) -> Iterator[Any]:
    if depth > 2:
        return
    if isinstance(value, dict):
        yield {**value, "not in the document": None}
        for name, part in value.items():
            yield {key: item for key, item in value.items() if key != name}
            for other in ({"not": ["valid"]}, *_mutated(part, depth + 1)):
                yield {**value, name: other}
    if isinstance(value, list):
        for index, part in enumerate(value):
            for other in ({"not": ["valid"]}, *_mutated(part, depth + 1)):
                yield [*value[:index], other, *value[index + 1 :]]


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
        target = schemas.target(schema["$ref"])
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
            part = schemas.target(part["$ref"])
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


def _strings(schema: Mapping[str, Any]) -> Iterator[str | bytes]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
    if schema.get("format") == "binary":
        yield b"data"[:most].ljust(least, b"x")
        return
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
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
