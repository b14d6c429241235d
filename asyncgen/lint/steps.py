"""How long it may take to check a value: schemas can be built so that it takes for ever.

Alternatives of alternatives of alternatives double the work at each level, and
so do several schemas for one property of a property. What is wrong is reported
with the path to it, which takes the square of its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from asyncgen.document import Json
from asyncgen.pointers import LISTS_IN_PLACE, ONE_IN_PLACE, at, follow

# Nested schemas, references included.
_DEEPEST = 2_000


class Steps:
    """Counts how many schemas are applied to values; `left` is how many may still be."""

    def __init__(self, bundle: Json, left: int) -> None:
        self._bundle = bundle
        self._targets: dict[str, Json] = {}
        self.left = left

    def take(self, pointer: str, value: Json) -> bool:
        """Whether the schema at `pointer` can be applied to a value with the steps left."""
        waiting: list[tuple[Json, Json, int]] = [(at(self._bundle, pointer), value, 0)]
        while waiting and self.left > 0:
            self.left -= 1
            schema, part, depth = waiting.pop()
            if depth > _DEEPEST:
                return False
            if not isinstance(schema, dict):
                continue
            if "$ref" in schema:
                waiting.append((self._target(schema["$ref"]), part, depth + 1))
            else:
                waiting += ((*applied, depth + 1) for applied in _applied(schema, part))
        return self.left > 0

    def _target(self, reference: Json) -> Json:
        text = str(reference)
        if text not in self._targets:
            self._targets[text] = at(self._bundle, follow(self._bundle, unquote(text[1:])))
        return self._targets[text]


def _applied(schema: dict[str, Json], value: Json) -> Iterator[tuple[Json, Json]]:
    """The schemas that a schema applies, each with what it is applied to."""
    for key in ONE_IN_PLACE & schema.keys():
        yield schema[key], value
    for key in LISTS_IN_PLACE:
        branches = schema.get(key)
        if isinstance(branches, list):
            yield from ((branch, value) for branch in branches)
    if isinstance(value, dict):
        yield from _members(schema, value)
    elif isinstance(value, list):
        yield from _items(schema, value)


def _members(schema: dict[str, Json], value: dict[str, Json]) -> Iterator[tuple[Json, Json]]:
    if isinstance(named := schema.get("properties"), dict):
        yield from ((named[name], value[name]) for name in value.keys() & named.keys())
    if isinstance(needed := schema.get("dependencies"), dict):
        yield from ((needed[name], value) for name in value.keys() & needed.keys())
    if isinstance(patterns := schema.get("patternProperties"), dict):
        yield from ((it, part) for it in patterns.values() for part in value.values())
    for key in ("additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), dict):
            yield from ((schema[key], part) for part in value.values())


def _items(schema: dict[str, Json], value: list[Json]) -> Iterator[tuple[Json, Json]]:
    if isinstance(items := schema.get("items"), list):
        yield from zip(items, value, strict=False)
    for key in ("items", "contains", "additionalItems"):
        if isinstance(schema.get(key), dict):
            yield from ((schema[key], part) for part in value)
