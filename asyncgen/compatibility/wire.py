"""What crosses the wire, as schemas: lists of arguments, and the parts of a handshake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asyncgen.compatibility.keywords import types
from asyncgen.ir import Arguments, Signature
from asyncgen.pointers import at, follow
from asyncgen.runtime import runtime


def single(arguments: Arguments) -> str | None:
    """The schema of the one argument that there always is; None where it may be otherwise."""
    if len(arguments.alternatives) == 1 and arguments.alternatives[0].form == "single":
        return arguments.alternatives[0].pointer
    return None


def arguments(
    found: Arguments, side: str, from_client: bool, accepts_null: Callable[[str], bool]
) -> dict[str, Any]:
    """A schema of the lists of arguments that an event or an ack may have (S13, S18)."""
    lists = [
        schema
        for signature in found.alternatives
        for schema in _lists(signature, side, from_client, accepts_null)
    ]
    return {"anyOf": lists} if len(lists) > 1 else lists[0]


def _lists(
    signature: Signature, side: str, from_client: bool, accepts_null: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    nothing = {"type": "array", "maxItems": 0}
    if signature.pointer is None or signature.form == "none":
        yield nothing
        return
    place = f"/{side}{signature.pointer}"
    schema = {"$ref": f"#{place}"}
    if signature.form == "single":
        one = {"items": [schema], "additionalItems": False, "minItems": 1}
        yield {"type": "array", **one}
        if from_client and accepts_null(place):
            yield nothing
        return
    least = sum(parameter.required for parameter in signature.parameters)
    count: dict[str, Any] = {"type": "array", "minItems": least}
    if signature.rest is None:
        count["maxItems"] = len(signature.parameters)
    yield {"allOf": [schema, count]}


# -- the handshake, of which query and headers are text


class Handshake:
    """The query or the headers of connections, as the server sees them before and after (S28)."""

    def __init__(
        self, document: dict[str, Any], part: str, old: str | None, new: str | None
    ) -> None:
        self._document = document
        self._part = part
        self._old, self._new = (self._target(it) for it in (old, new))
        self._pointers = (old, new)

    def _target(self, pointer: str | None) -> Mapping[str, Any]:
        schema = at(self._document, follow(self._document, pointer)) if pointer else None
        return schema if isinstance(schema, dict) else {}

    def before(self) -> dict[str, Any]:
        """What clients sent, once the old schema has decided what is a number and the like."""
        names = {**self._old.get("properties", {}), **self._new.get("properties", {})}
        domain = {
            "type": "object",
            "properties": {name: self._domain(name) for name in names},
            "additionalProperties": self._domain(None),
        }
        old = self._pointers[0]
        return {"allOf": [{"$ref": f"#{old}"}, domain]} if old else domain

    def after(self) -> Any:
        """What is accepted now; headers that are not named are not looked at."""
        new = self._pointers[1]
        if new is None or not self._new:
            return True
        if self._part == "headers":
            return {key: it for key, it in self._new.items() if key != "additionalProperties"}
        return {"$ref": f"#{new}"}

    def is_read_alike(self) -> bool:
        """Whether text becomes the same value under both schemas."""
        names = [None, *self._old.get("properties", {}), *self._new.get("properties", {})]
        return all(self._kinds(self._old, it) == self._kinds(self._new, it) for it in names)

    def _kinds(self, schema: Mapping[str, Any], name: str | None) -> frozenset[str]:
        """What text may become, other than text; of items after a `*`."""
        found = _declared(self._below(schema, name))
        if "array" in found:
            items = self._below(schema, name).get("items")
            found |= {f"*{it}" for it in _declared(self._resolved(items))}
        return frozenset(found - {"string", "object", "*string", "*object", "*array"})

    def _below(self, schema: Mapping[str, Any], name: str | None) -> Mapping[str, Any]:
        others = schema.get("additionalProperties")
        return self._resolved(schema.get("properties", {}).get(name, others))

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            return self._target(schema["$ref"][1:])
        return schema if isinstance(schema, dict) else {}

    def _domain(self, name: str | None) -> dict[str, Any]:
        kinds = {it for it in self._kinds(self._old, name) if not it.startswith("*")}
        repeated = {"array"} if self._part == "query" else set()
        return {"type": sorted({"string", *kinds, *repeated} - _both_numbers(kinds))}

    def is_possible(self, schemas: Any, value: Any) -> bool:
        """Whether a client can send this, was let in with it, and no longer is."""
        sent = _texts(value)
        if sent is None or (self._part == "headers" and any(it[1:] for it in sent.values())):
            return False
        old, new = (self._accepts(schemas, pointer, sent) for pointer in self._pointers)
        return old and not new

    def _accepts(self, schemas: Any, pointer: str | None, sent: Mapping[str, list[str]]) -> bool:
        if pointer is None:
            return True
        handshake = runtime("handshake")
        coercion = handshake.Coercion(schemas, pointer)
        if self._part == "query":
            seen = handshake.coerced_query(sent, coercion)
        else:
            seen = handshake.coerced_headers({name: it[0] for name, it in sent.items()}, coercion)
        return bool(schemas.at(pointer).is_valid(seen))


def _both_numbers(kinds: set[str]) -> set[str]:
    return {"integer"} if {"integer", "number"} <= kinds else set()


def _declared(schema: Mapping[str, Any]) -> set[str]:
    declared = schema.get("type")
    return set(types(declared)) if declared is not None else set()


def _texts(value: Any) -> dict[str, list[str]] | None:
    """The parameters as text, as a client sends them; None where they cannot be."""
    if not isinstance(value, dict):
        return None
    found = {name: _text(item) for name, item in value.items()}
    if any(it is None or None in it for it in found.values()):
        return None
    return {name: [it for it in item or () if it is not None] for name, item in found.items()}


def _text(item: Any) -> list[str | None] | None:
    if isinstance(item, list):
        return [_scalar(it) for it in item] or None
    return [_scalar(item)]


def _scalar(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    return None if isinstance(item, list | dict | bytes) else json.dumps(item)
