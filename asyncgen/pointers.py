"""The schemas of a bundled document by JSON pointer (RFC 6901), with references followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from asyncgen.document import Json
from asyncgen.json_pointer import join, split

# Keywords of draft-07 that hold a schema, a list of schemas, or schemas by name.
ONE = frozenset(
    {"additionalItems", "additionalProperties", "contains", "else", "if", "items", "not"}
    | {"propertyNames", "then"}
)
LISTS = frozenset({"allOf", "anyOf", "items", "oneOf"})
MAPS = frozenset({"dependencies", "patternProperties", "properties"})

# Those of them that apply to the same value as the schema that they are in.
ONE_IN_PLACE = frozenset({"else", "if", "not", "then"})
LISTS_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf"})


def at(bundle: Json, pointer: str) -> Json:
    """What stands at the pointer; None where nothing does."""
    node = bundle
    for token in split(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdecimal() and int(token) < len(node):
            node = node[int(token)]
        else:
            return None
    return node


def follow(bundle: Json, pointer: str) -> str:
    """The pointer to where a schema stands, when `pointer` may be a reference to it."""
    passed = {pointer}
    while True:
        node = at(bundle, pointer)
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#"):
            return pointer
        pointer = unquote(reference[1:])
        if pointer in passed:
            return pointer
        passed.add(pointer)


def meaning(bundle: Json, pointer: str) -> str:
    """What is at a pointer, as text: equal to that of any place that says the same.

    A reference in a bundle is to the same thing wherever it stands.
    """
    return json.dumps(at(bundle, pointer), sort_keys=True)


def is_component(pointer: str) -> bool:
    """True for the place of a schema in `components.schemas`."""
    parts = split(pointer)
    return len(parts) == 3 and parts[:2] == ["components", "schemas"]


def reachable(bundle: Json, pointer: str, seen: set[str]) -> Iterator[tuple[str, dict[str, Json]]]:
    """The schema at the pointer and all within it and behind references, but for those seen."""
    waiting = [pointer]
    while waiting:
        place = follow(bundle, waiting.pop())
        schema = at(bundle, place)
        if place not in seen and isinstance(schema, dict):
            seen.add(place)
            yield place, schema
            waiting.extend(subschemas(place, schema))


def subschemas(pointer: str, schema: Mapping[str, Json]) -> Iterator[str]:
    """Pointers to the schemas directly within one, in its order; `enum` and the like are data."""
    for key, value in schema.items():
        if key in LISTS and isinstance(value, list):
            yield from (join(pointer, key, index) for index in range(len(value)))
        elif key in MAPS and isinstance(value, dict):
            yield from (join(pointer, key, it) for it in value if not isinstance(value[it], list))
        elif key in ONE and isinstance(value, dict | bool):
            yield join(pointer, key)
