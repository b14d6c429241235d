"""Schemas as events of an emitted project, and the verdict of its server on instances."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.functional.project import Client, scaffold

# Keywords under which schemas stand: one, a list of them, a mapping to them.
_ONE = {"additionalItems", "additionalProperties", "contains", "else", "if", "items", "not",
        "propertyNames", "then"}  # fmt: skip
_LISTS = {"allOf", "anyOf", "items", "oneOf"}
_MAPS = {"definitions", "dependencies", "patternProperties", "properties"}

_HANDLER = """
def event_{0}(payload):
    return payload
"""


def document(schemas: Sequence[Any]) -> str:
    """A document with an event for each schema: its payload, and an ack that takes anything."""
    names = [f"event {index}" for index in range(len(schemas))]
    messages = [
        {
            "name": name,
            "payload": {"$ref": f"#/components/schemas/S{index}"},
            "x-ack": True,
            "x-socketio": {"args": "single"},
        }
        for index, name in enumerate(names)
    ]
    components = {
        f"S{index}": moved(schema, f"#/components/schemas/S{index}")
        for index, schema in enumerate(schemas)
    }
    return json.dumps(
        {
            "asyncapi": "2.6.0",
            "info": {"title": "Schemas", "version": "1.0.0"},
            "channels": {"/": {"publish": {"message": {"oneOf": messages}}}},
            "components": {"schemas": components},
        }
    )


def moved(schema: Any, place: str) -> Any:
    """A schema document as a part of another: its references to itself lead to `place`."""
    if not isinstance(schema, dict):
        return schema
    new = dict(schema)
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        new["$ref"] = place + reference[1:]
    for key, value in schema.items():
        if key in _ONE and not isinstance(value, list):
            new[key] = moved(value, place)
        elif key in _LISTS and isinstance(value, list):
            new[key] = [moved(item, place) for item in value]
        elif key in _MAPS and isinstance(value, dict):
            new[key] = {name: moved(item, place) for name, item in value.items()}
    return new


class Verdicts:
    """A server of one event for each schema, and a client of it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def problem(self, index: int, instance: Any) -> str | None:
        """What is wrong with an instance of a schema, by its index; None where it is valid.

        Fails for every answer but `invalid_payload` and the payload itself: the
        handler gives back what it got, so that what the model lost is missed here.
        """
        answer = self._client.ask(f"event {index}", instance)
        if is_refusal(answer) and not is_refusal((instance,)):
            error = answer[0]["error"]
            assert error["code"] == "invalid_payload", error
            return str(error["message"])
        assert len(answer) == 1 and same(answer[0], instance), (instance, answer)
        return None


def is_refusal(answer: Sequence[Any]) -> bool:
    """Whether an ack is an error envelope."""
    return (
        len(answer) == 1
        and isinstance(answer[0], Mapping)
        and answer[0].keys() == {"error"}
        and isinstance(answer[0]["error"], Mapping)
        and answer[0]["error"].keys() == {"code", "message", "path"}
    )


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: `1` is `1.0`, but not `true`."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


@contextmanager
def serving(tmp_path: Path, schemas: Sequence[Any]) -> Iterator[Verdicts]:
    """A project for schemas, generated, started, and with a client connected to it."""
    handlers = "".join(_HANDLER.format(index) for index in range(len(schemas)))
    project = scaffold(tmp_path, document(schemas), handlers={"root": handlers})
    with project.serve() as server, server.client() as client:
        yield Verdicts(client)
