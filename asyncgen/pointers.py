"""The schemas of a bundled document by JSON pointer (RFC 6901), with references followed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote

from asyncgen.document import Json
from asyncgen.json_pointer import join, split

# Where schemas stand within a schema: alone, in a list, by name.
_SCHEMA = ("additionalItems", "additionalProperties", "contains", "else", "if", "items", "not",
           "propertyNames", "then")  # fmt: skip
_SCHEMA_LISTS = ("allOf", "anyOf", "items", "oneOf")
_SCHEMA_MAPS = ("dependencies", "patternProperties", "properties")


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
    """What stands at a pointer, as one text by which it is compared with what stands elsewhere.

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
            waiting.extend(_subschemas(place, schema))


def _subschemas(pointer: str, schema: dict[str, Json]) -> Iterator[str]:
    """Pointers to the schemas that a schema applies; `enum`, `const` and the like are data."""
    for key in _SCHEMA:
        if isinstance(schema.get(key), dict):
            yield join(pointer, key)
    for key in _SCHEMA_LISTS:
        if isinstance(part := schema.get(key), list):
            yield from (join(pointer, key, index) for index in range(len(part)))
    for key in _SCHEMA_MAPS:
        if isinstance(part := schema.get(key), dict):
            yield from (join(pointer, key, name) for name in part)
