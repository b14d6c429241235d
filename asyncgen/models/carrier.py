"""Carriers: schemas that accept at least as much, and say only what a Python type says exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from asyncgen.document import Json
from asyncgen.models.schema import Part, Schema, is_unicode, strings_in

Carrier: TypeAlias = dict[str, Any]

DEFINITIONS = "#/definitions/"

ANY: Carrier = {}

NULL: Carrier = {"type": "null"}

# These and null are written as a pair of types.
_NULLABLE = ("string", "integer", "number", "boolean")

# Beyond these pydantic-core or a float would not be exact any more.
_LARGEST_SIZE = 2**31

_LARGEST_BOUND = 2**53

# A union of more says nothing to a reader, and `A | B | …` of thousands is too deep for Python.
_MOST_ALTERNATIVES = 500

_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")

_SIZES = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}

_CONSTRAINTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", *_BOUNDS})


def literal_of(schema: Schema) -> Carrier | None:
    """The carrier of an `enum` or `const` of strings and null; that of others is their type."""
    values = schema["enum"] if "enum" in schema else [schema.get("const", 0)]
    if not isinstance(values, list) or not values:
        return None
    if not all(value is None or isinstance(value, str) for value in values):
        return None
    strings = list(dict.fromkeys(filter(is_unicode, strings_in(values))))
    literal = {"type": "string", "enum": strings}
    options = [*([literal] if strings else []), *([NULL] if None in values else [])]
    return either(options) if options else None


def constraints_of(kind: str, parts: Sequence[Part]) -> Carrier:
    """The constraints of a scalar or an array that pydantic checks as JSON Schema does."""
    constraints: Carrier = {}
    for part in parts:
        for keyword in _SIZES.get(kind, ()):
            size = _exact(part.schema.get(keyword), whole=True)
            if size is not None and 0 < size < _LARGEST_SIZE:
                constraints.setdefault(keyword, size)
        for keyword in _BOUNDS if kind in ("integer", "number") else ():
            bound = _exact(part.schema.get(keyword), whole=kind == "integer")
            if bound is not None:
                constraints.setdefault(keyword, bound)
    return constraints


def _exact(value: Json, *, whole: bool) -> int | float | None:
    """The number, if it means the same to every validator."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not abs(value) <= _LARGEST_BOUND:
        return None
    if value == int(value):
        return int(value)
    return None if whole else value


def either(carriers: Iterable[Carrier]) -> Carrier:
    """The carrier of what any of these accepts."""
    options: list[Carrier] = []
    for carrier in carriers:
        options += _options(carrier)
    if ANY in options:
        return ANY
    nullable = NULL in options
    options = [it for it in options if it != NULL]
    if len(options) > 1:
        options = [bare(it) for it in options]
    if {"type": "number"} in options:
        options = [it for it in options if it != {"type": "integer"}]
    unique = [it for index, it in enumerate(options) if it not in options[:index]]
    if len(unique) > _MOST_ALTERNATIVES:
        return ANY
    if not nullable:
        return unique[0] if len(unique) == 1 else {"anyOf": unique}
    if len(unique) == 1 and unique[0].get("type") in _NULLABLE and "enum" not in unique[0]:
        return {**unique[0], "type": [unique[0]["type"], "null"]}
    return {"anyOf": [*map(bare, unique), NULL]} if unique else NULL


def _options(carrier: Carrier) -> list[Carrier]:
    if "anyOf" in carrier:
        return list(carrier["anyOf"])
    if isinstance(carrier.get("type"), list):
        return [{**carrier, "type": carrier["type"][0]}, NULL]
    return [carrier]


def bare(carrier: Carrier) -> Carrier:
    """The carrier without its constraints: within another type they would need a name."""
    return {key: value for key, value in carrier.items() if key not in _CONSTRAINTS}


def names_of(carrier: Carrier) -> list[str]:
    """The types that a carrier is another name of, or a union of."""
    return [token_of(it) for it in _options(carrier) if "$ref" in it]


def token_of(link: Carrier) -> str:
    """The token of the type that a link, a carrier with `$ref`, refers to."""
    return str(link["$ref"]).removeprefix(DEFINITIONS)


def replaced(carrier: Carrier, plain: Mapping[str, Carrier]) -> Carrier:
    """The carrier with other carriers in place of some links."""
    if "$ref" in carrier:
        return plain.get(token_of(carrier), carrier)
    if "anyOf" in carrier:
        return either(replaced(it, plain) for it in carrier["anyOf"])
    new = dict(carrier)
    for keyword in ("items", "additionalProperties"):
        if keyword in carrier:
            new[keyword] = replaced(carrier[keyword], plain)
    if "properties" in carrier:
        new["properties"] = {key: replaced(it, plain) for key, it in carrier["properties"].items()}
    return new


def links(carrier: Carrier) -> Iterator[str]:
    """All types that a carrier refers to."""
    if "$ref" in carrier:
        yield token_of(carrier)
    single = (carrier[it] for it in ("items", "additionalProperties") if it in carrier)
    for inner in (*single, *carrier.get("anyOf", ()), *carrier.get("properties", {}).values()):
        yield from links(inner)
