"""A value that shows what a schema means: the same on every run, for the eye of a reader.

The contract tests of an emitted project have a sampler of their own, since
generated code never imports asyncgen; that one tries values until a guard
accepts one, this one has no guard and makes exactly one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from asyncgen import pointers
from asyncgen.document import Json

_FORMATS: Mapping[str, str] = {
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
# The schemas that a value stands in, by the references that were followed to them.
_Above: TypeAlias = tuple[str, ...]
_MOST = 200
_LONGEST_LIST = 2000
# Bytes, as the page writes them in JSON and the console reads them.
BYTES: Mapping[str, Json] = {"$bytes": "AAEC"}


def sample(bundle: Json, pointer: str) -> Json:
    """A value for the schema at the pointer."""
    return _Sampler(bundle).value({"$ref": f"#{pointer}"}, ())


@dataclass
class _Sampler:
    """Makes one value; `left` is how many parts of it are still to be shown."""

    bundle: Json
    left: int = _MOST

    def value(self, schema: Json, above: _Above) -> Json:
        """A value for a schema that stands in those `above`."""
        self.left -= 1
        if not isinstance(schema, dict):
            return "anything"
        reference = schema.get("$ref")
        if isinstance(reference, str):
            place = pointers.follow(self.bundle, unquote(reference[1:]))
            if above.count(place) > 1 or self.left < -_MOST:
                return None
            return self.value(pointers.at(self.bundle, place), (*above, place))
        match schema:
            case {"examples": [first, *_]} | {"enum": [first, *_]}:
                return first
            case {"const": value} | {"default": value}:
                return value
            case {"allOf": [*parts]}:
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                return self._all_of([rest, *parts], above)
            case {"oneOf": [first, *_]} | {"anyOf": [first, *_]} if "properties" not in schema:
                return self.value(first, above)
        return self._of_type(schema, above)

    def _all_of(self, parts: list[Json], above: _Above) -> Json:
        """Objects of all parts as one; where they are none, the part that says the most."""
        values = [self.value(part, above) for part in parts if part not in ({}, True)]
        objects = [value for value in values if isinstance(value, dict)]
        if objects and len(objects) == len(values):
            return {key: value for item in reversed(objects) for key, value in item.items()}
        return next((value for value in values if value is not None), None)

    def _of_type(self, schema: dict[str, Json], above: _Above) -> Json:
        match next(iter(kinds(schema)), ""):
            case "object":
                return self._object(schema, above)
            case "array":
                return self._array(schema, above)
            case "string":
                return _string(schema)
            case "integer" | "number" as kind:
                return _number(schema, kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
        return "anything"

    def _object(self, schema: dict[str, Json], above: _Above) -> Json:
        properties = schema.get("properties")
        required = schema.get("required")
        listed = required if isinstance(required, list) else []
        names = [name for name in listed if isinstance(name, str)]
        known = properties if isinstance(properties, dict) else {}
        shown = {} if self._is_enough(above) else known
        return {
            name: self.value(known.get(name, {}), above)
            for name in dict.fromkeys([*shown, *names])
            if known.get(name) is not False
        }

    def _array(self, schema: dict[str, Json], above: _Above) -> Json:
        items = schema.get("items", {})
        if isinstance(items, list):
            return [self.value(item, above) for item in items]
        least = _count(schema.get("minItems"), 0)
        if items is False or (self._is_enough(above) and least == 0):
            return []
        item = self.value(items, above)
        fits = least * len(json.dumps(item)) < _LONGEST_LIST
        return [item] * (max(least, 1) if fits else 1)

    def _is_enough(self, above: _Above) -> bool:
        """Of what recurs, or has become long, only what must be there is shown."""
        return self.left < 0 or len({*above}) < len(above)


def kinds(schema: Mapping[str, Json]) -> list[str]:
    """The types that a schema names or, where it names none, that its keywords are about."""
    match schema.get("type"):
        case str(kind):
            return [kind]
        case [*several]:
            return [kind for kind in several if isinstance(kind, str)]
    hints = {"properties": "object", "additionalProperties": "object", "required": "object",
             "items": "array", "minLength": "string", "maxLength": "string", "pattern": "string",
             "format": "string", "minimum": "number", "maximum": "number"}  # fmt: skip
    return [next((kind for key, kind in hints.items() if key in schema), "")]


def _count(value: Json, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) else otherwise


def _string(schema: dict[str, Json]) -> Json:
    form = schema.get("format")
    if form == "binary":
        return dict(BYTES)
    if isinstance(form, str) and form in _FORMATS:
        return _FORMATS[form]
    least = min(_count(schema.get("minLength"), 0), 200)
    most = max(_count(schema.get("maxLength"), 200), 0)
    return "text"[:most].ljust(least, "x")


def _number(schema: dict[str, Json], whole: bool) -> Json:
    def bound(key: str) -> float | None:
        value = schema.get(key)
        ok = isinstance(value, int | float) and not isinstance(value, bool)
        return value if ok else None  # type: ignore[return-value]

    step = bound("multipleOf") or (1 if whole else 0.5)
    low, high = bound("minimum"), bound("maximum")
    above, below = bound("exclusiveMinimum"), bound("exclusiveMaximum")
    if low is None and above is not None:
        low = above + step
    if high is None and below is not None:
        high = below - step
    value: float = 1 if "multipleOf" not in schema else step
    if low is not None and value < low:
        value = low
    if high is not None and value > high:
        value = high
    return math.ceil(value) if whole and math.isfinite(value) else value


def written(value: Json) -> str:
    """A value as indented JSON; short lists and objects of plain values stand on one line."""
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1]
        for char in _written(value, "")
    )


def _written(value: Json, margin: str) -> str:
    inline = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(inline) + len(margin) <= 40:
        return inline
    inner = margin + "  "
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_written(item, inner)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    return "[\n" + ",\n".join(inner + _written(item, inner) for item in value) + f"\n{margin}]"
