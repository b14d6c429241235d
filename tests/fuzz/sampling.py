"""Schemas over all keywords of draft-07 and instances that come near to them, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any] | bool

_DEFINITIONS = 3
_KEYS = ["a", "b", "class", "model_config", "a-b", "é", "", "items"]
_TEXTS = [
    *("", "a", "ab", "abc", "b", "xyz", "12", "2024-02-29", "192.0.2.1", "é", "😀😀", "null"),
    *("YQ==", "MTI="),
]
_NUMBERS = [0, 1, 2, 3, -1, 7, 1.0, 2.5, -0.5, 10**20, 2**53 + 1, 1e20, 0.25]
_SCALARS = [None, True, False, *_NUMBERS, *_TEXTS]
_PATTERNS = ["^a", "b$", "^[a-z]*$", "x|y", "^[0-9]+$", "^.{2}$", "^(?!a)", "(?<=a)b", "."]
_FORMATS = ["date", "ipv4", "regex", "first_name", "int32", "password"]
_TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
_BYTES = [b"", b"a", b"ab", b"abc"]


class Sampler:
    """Schemas and instances; the same `random` gives the same ones.

    With `binary`, schemas have `format: binary` and instances have bytes.
    """

    def __init__(self, random: Random, *, binary: bool = False) -> None:
        self._random = random
        self._binary = binary
        self._definitions: dict[str, Any] = {}
        # Which definition is being made: within it, only those after it may stand in place.
        self._current = -1

    def schema(self) -> dict[str, Any]:
        """A schema document; its references lead into its own definitions."""
        self._definitions = {}
        for index in range(_DEFINITIONS):
            self._current = index
            self._definitions[f"d{index}"] = self._schema(2, in_place=True)
        self._current = -1
        schema = self._schema(3)
        while not isinstance(schema, dict) or "$ref" in schema:
            schema = self._schema(3)
        return {**schema, "definitions": self._definitions}

    def instance(self, document: dict[str, Any]) -> Any:
        """A value that comes near to satisfying a schema document, and often does."""
        self._definitions = document["definitions"]
        value = self._near(document, 0)
        return self._mutated(value) if self._chance(0.3) else value

    # -- schemas

    def _schema(self, depth: int, in_place: bool = False) -> Schema:
        if self._chance(0.06):
            return self._chance(0.7)
        if self._chance(0.15) and (reference := self._reference(in_place)):
            return reference
        schema: dict[str, Any] = {}
        if self._chance(0.75):
            schema["type"] = self._types()
        kinds = schema.get("type", self._random.sample(_TYPES, 2))
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            schema.update(self._keywords(kind, depth))
        if self._chance(0.08):
            schema.update(self._values())
        if depth > 0 and self._chance(0.3):
            schema.update(self._combination(depth - 1))
        if self._chance(0.2):
            schema.update(self._annotation())
        if self._binary and self._chance(0.2):
            schema = {**schema, "type": "string", "format": "binary"}
        return schema

    def _reference(self, in_place: bool) -> dict[str, Any] | None:
        first = self._current + 1 if in_place else 0
        if first >= _DEFINITIONS:
            return None
        return {"$ref": f"#/definitions/d{self._random.randrange(first, _DEFINITIONS)}"}

    def _types(self) -> Any:
        if self._chance(0.7):
            return self._random.choice([*_TYPES, "object", "object", "array"])
        return self._random.sample(_TYPES, self._random.randint(1, 3))

    def _keywords(self, kind: str, depth: int) -> dict[str, Any]:
        """Some of the keywords for instances of a type."""
        makers: dict[str, Callable[[], Any]] = {}
        if kind in ("integer", "number"):
            bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
            makers = {bound: lambda: self._random.choice(_NUMBERS) for bound in bounds}
            makers["multipleOf"] = lambda: self._random.choice([1, 2, 3, 0.5, 0.25])
        elif kind == "string":
            makers = {
                "minLength": lambda: self._random.randint(0, 2),
                "maxLength": lambda: self._random.randint(1, 4),
                "pattern": lambda: self._random.choice(_PATTERNS),
                "format": lambda: self._random.choice(_FORMATS),
                "contentEncoding": lambda: "base64",
                "contentMediaType": lambda: "application/json",
            }
        elif kind == "array" and depth > 0:
            makers = {
                "items": lambda: self._items(depth - 1),
                "additionalItems": lambda: self._schema(depth - 1),
                "contains": lambda: self._schema(depth - 1),
                "minItems": lambda: self._random.randint(0, 2),
                "maxItems": lambda: self._random.randint(1, 3),
                "uniqueItems": lambda: True,
            }
        elif kind == "object" and depth > 0:
            makers = {
                "properties": lambda: self._map(_KEYS, depth - 1),
                "patternProperties": lambda: self._map(_PATTERNS, depth - 1),
                "additionalProperties": lambda: self._schema(depth - 1),
                "propertyNames": lambda: self._schema(0),
                "required": lambda: self._random.sample(_KEYS, self._random.randint(0, 2)),
                "minProperties": lambda: self._random.randint(0, 2),
                "maxProperties": lambda: self._random.randint(1, 4),
                "dependencies": lambda: self._dependencies(depth - 1),
            }
        often = {"properties": 0.85, "items": 0.7, "required": 0.4, "additionalProperties": 0.35}
        return {key: make() for key, make in makers.items() if self._chance(often.get(key, 0.15))}

    def _items(self, depth: int) -> Any:
        if self._chance(0.7):
            return self._schema(depth)
        return [self._schema(depth) for _ in range(self._random.randint(1, 3))]

    def _map(self, keys: list[str], depth: int) -> dict[str, Schema]:
        names = self._random.sample(keys, self._random.randint(1, 3))
        return {name: self._schema(depth) for name in names}

    def _dependencies(self, depth: int) -> dict[str, Any]:
        names = self._random.sample(_KEYS, 2)
        return {names[0]: [names[1]], names[1]: self._schema(depth, in_place=True)}

    def _values(self) -> dict[str, Any]:
        if self._chance(0.5):
            return {"const": self._value(1)}
        texts = self._chance(0.5)
        values = [self._random.choice(_TEXTS) if texts else self._value(1) for _ in range(3)]
        return {"enum": [it for index, it in enumerate(values) if it not in values[:index]]}

    def _combination(self, depth: int) -> dict[str, Any]:
        keyword = self._random.choice(["allOf", "anyOf", "oneOf", "not", "if"])
        if keyword == "not":
            return {"not": self._schema(depth, in_place=True)}
        if keyword == "if":
            chosen = ["if", *(key for key in ("then", "else") if self._chance(0.7))]
            return {key: self._schema(depth, in_place=True) for key in chosen}
        count = self._random.randint(1, 3)
        return {keyword: [self._schema(depth, in_place=True) for _ in range(count)]}

    def _annotation(self) -> dict[str, Any]:
        text = self._random.choice(['"""', "A title", "é\\n", "{{ x }}"])
        key = self._random.choice(["title", "description", "$comment", "x-other"])
        data: dict[str, Any] = {"default": self._value(1), "examples": [self._value(1)]}
        more = self._random.choice([data, {"readOnly": True}, {}])
        return {key: text, **more}

    # -- instances

    def _value(self, depth: int, *, binary: bool = False) -> Any:
        choice = self._random.random()
        if depth > 0 and choice < 0.2:
            count = self._random.randint(0, 3)
            return [self._value(depth - 1, binary=binary) for _ in range(count)]
        if depth > 0 and choice < 0.5:
            names = self._random.sample(_KEYS, self._random.randint(0, 3))
            return {name: self._value(depth - 1, binary=binary) for name in names}
        if binary and choice > 0.85:
            return self._random.choice(_BYTES)
        return self._random.choice(_SCALARS)

    def _near(self, schema: Any, depth: int) -> Any:
        if isinstance(schema, dict) and "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        if not isinstance(schema, dict) or depth > 5:
            return self._value(2, binary=self._binary)
        for key in ("const", "enum"):
            if key in schema and self._chance(0.9):
                return schema[key] if key == "const" else self._random.choice(schema[key])
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema and self._chance(0.4):
                return self._near(self._random.choice(schema[key]), depth + 1)
        kind = schema.get("type", self._random.choice(_TYPES))
        kind = kind if isinstance(kind, str) else self._random.choice(kind)
        return self._of_type(schema, kind, depth)

    def _of_type(self, schema: dict[str, Any], kind: str, depth: int) -> Any:
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            items = schema.get("items", True)
            if isinstance(items, list):
                return [self._near(item, depth + 1) for item in items]
            return [self._near(items, depth + 1) for _ in range(self._size(schema, "Items"))]
        if kind == "string":
            if schema.get("format") == "binary" and self._chance(0.8):
                return self._random.choice(_BYTES)
            at_a_bound = {"minLength", "maxLength"} & schema.keys() and self._chance(0.5)
            return "a" * self._size(schema, "Length") if at_a_bound else self._random.choice(_TEXTS)
        if kind == "boolean":
            return self._chance(0.5)
        if kind == "null":
            return None
        low = schema.get("minimum", schema.get("exclusiveMinimum", self._random.choice(_NUMBERS)))
        return low + self._random.choice([0, 1, 2])

    def _size(self, schema: dict[str, Any], what: str) -> int:
        """A size that a schema allows, often one of its bounds."""
        least = schema.get(f"min{what}", 0)
        most = schema.get(f"max{what}", least + 2)
        return self._random.choice([least, most, self._random.randint(0, 3)])

    def _object(self, schema: dict[str, Any], depth: int) -> Any:
        properties = schema.get("properties", {})
        names = [*schema.get("required", ()), *(it for it in properties if self._chance(0.6))]
        if self._chance(0.3):
            names.append(self._random.choice(_KEYS))
        others = schema.get("additionalProperties", True)
        return {name: self._near(properties.get(name, others), depth + 1) for name in names}

    def _mutated(self, value: Any) -> Any:
        """The value with one part of it changed."""
        if isinstance(value, dict) and value and self._chance(0.8):
            name = self._random.choice(sorted(value))
            if self._chance(0.3):
                return {key: item for key, item in value.items() if key != name}
            return {**value, name: self._mutated(value[name])}
        if isinstance(value, list) and value and self._chance(0.8):
            index = self._random.randrange(len(value))
            return [*value[:index], self._mutated(value[index]), *value[index + 1 :]]
        return self._value(2, binary=self._binary)

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability
