"""A JSON Schema as a tree that reads like a sentence: types, and constraints in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from asyncgen import json_pointer, pointers
from asyncgen.code import Text
from asyncgen.docs.reading import text
from asyncgen.document import Json

# How many schemas all trees together may show, and the fewest and most for one of them.
_ALL_SCHEMAS = 20_000
_LEAST = 12
_MOST = 150


def tree_size(trees: int) -> int:
    """How many schemas each of so many trees may show."""
    return max(_LEAST, min(_MOST, _ALL_SCHEMAS // max(1, trees)))


@dataclass(frozen=True, slots=True)
class Fact:
    """A constraint in words, and what of the document it is about: "matches", `^a+$`."""

    words: str
    value: Text | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Schemas that stand together below another one, under a title in words.

    `subject` is what of the document the title is about: "Where there is", `card`.
    """

    title: str
    nodes: tuple[Node, ...]
    subject: Text | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A schema in the tree.

    `name` is that of the property or argument, `named` that of the component.
    A schema that is written out elsewhere has the `anchor` of that place and
    no groups; it `recurs` where it is one that it stands in itself.
    """

    name: Text | None
    label: str
    required: bool
    type: str
    named: Text | None
    anchor: str | None
    recurs: bool
    description: Text | None
    deprecated: bool
    facts: tuple[Fact, ...]
    values: tuple[Text, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A schema that others link to, with a place of its own on the page."""

    anchor: str
    name: Text
    pointer: str
    node: Node


# Nested schemas in a tree; what is deeper has a place of its own.
_DEEPEST = 30


@dataclass
class Trees:
    """Makes trees; what one is too small for gets a place of its own, and a link to that.

    `size` is how many schemas a tree of an event may show, so that the page of
    a large document stays readable and small.
    """

    bundle: Json
    size: int
    _anchors: dict[str, str] = field(default_factory=dict)

    def tree(
        self, pointer: str, name: Text | None = None, label: str = "", required: bool = True
    ) -> Node:
        """The tree of the schema at a pointer."""
        return _Walk(self, self.size).node(pointer, name, label, required, ())

    def sections(self) -> tuple[Section, ...]:
        """Every schema that a tree links to, and those that these link to."""
        found: dict[str, Section] = {}
        while waiting := [place for place in self._anchors if place not in found]:
            for place in waiting:
                node = _Walk(self, 0).node(place, None, "", True, ())
                found[place] = Section(self._anchors[place], _named(place), place, node)
        return tuple(sorted(found.values(), key=lambda section: (section.name, section.anchor)))

    def anchor(self, pointer: str) -> str:
        """The id of the section of a schema."""
        return self._anchors.setdefault(pointer, f"schema-{len(self._anchors) + 1}")


def _named(pointer: str) -> Text:
    """What to call a schema that is linked to: the key of its component, else its pointer."""
    return Text(json_pointer.split(pointer)[-1] if pointers.is_component(pointer) else pointer)


@dataclass
class _Walk:
    """One way through a tree; `left` is how many schemas may still be shown."""

    trees: Trees
    left: int

    def node(
        self,
        pointer: str,
        name: Text | None,
        label: str,
        required: bool,
        above: tuple[str, ...],
    ) -> Node:
        place = pointers.follow(self.trees.bundle, pointer)
        schema = pointers.at(self.trees.bundle, place)
        keywords = schema if isinstance(schema, dict) else {}
        self.left -= 1
        recurs = place in above
        deep = len(above) >= _DEEPEST
        far = bool(above) and place != pointer and self.left < _weight(keywords)
        cut = recurs or ((far or deep) and _has_parts(keywords))
        return Node(
            name=name,
            label=label,
            required=required,
            type=_type(self.trees.bundle, schema),
            named=_named(place) if pointers.is_component(place) or cut else None,
            anchor=self.trees.anchor(place) if cut else None,
            recurs=recurs,
            description=text(keywords.get("description")) or _title(keywords, name),
            deprecated=keywords.get("deprecated") is True,
            facts=() if cut else tuple(_facts(keywords)),
            values=() if cut else tuple(_values(keywords)),
            groups=() if cut else tuple(self._groups(place, keywords, (*above, place))),
        )

    def _groups(
        self, place: str, schema: Mapping[str, Json], above: tuple[str, ...]
    ) -> Iterator[Group]:
        def node(
            *keys: str | int, name: Text | None = None, label: str = "", required: bool = True
        ) -> Node:
            return self.node(json_pointer.join(place, *keys), name, label, required, above)

        yield from _properties(schema, node)
        for key, title in _SINGLE.items():
            part = schema.get(key)
            if isinstance(part, dict) and (part or key == "not") and self._tells(place, key):
                yield Group(title, (node(key),))
        yield from _items(schema, node)
        for key, title in _SEVERAL.items():
            if isinstance(parts := schema.get(key), list) and parts:
                yield Group(title, tuple(node(key, index) for index in range(len(parts))))
        if isinstance(dependencies := schema.get("dependencies"), dict):
            for key, part in dependencies.items():
                if isinstance(part, dict):
                    yield Group("Where there is", (node("dependencies", key),), Text(key))

    def _tells(self, place: str, key: str) -> bool:
        """Whether the items of an array have more to say than their type."""
        if key != "items":
            return True
        target = pointers.follow(self.trees.bundle, json_pointer.join(place, key))
        schema = pointers.at(self.trees.bundle, target)
        return isinstance(schema, dict) and bool(schema.keys() - {"type", "title", "format"})


_SINGLE: Mapping[str, str] = {
    "additionalProperties": "Any other property",
    "propertyNames": "Names of properties",
    "items": "Each item",
    "additionalItems": "Each further item",
    "contains": "At least one item",
    "not": "Not",
    "if": "If it is",
    "then": "then also",
    "else": "else",
}
_SEVERAL: Mapping[str, str] = {
    "oneOf": "Exactly one of",
    "anyOf": "Any of",
    "allOf": "All of",
}
_PARTS = frozenset(
    {"properties", "patternProperties", "required", "dependencies", *_SINGLE, *_SEVERAL}
)


def _properties(schema: Mapping[str, Json], node: Callable[..., Node]) -> Iterator[Group]:
    """Those that are declared, those that only must be there, and those that a pattern names."""
    required, known = _strings(schema.get("required")), schema.get("properties")
    if isinstance(known, dict) and known:
        yield Group(
            "",
            tuple(
                node("properties", key, name=Text(key), required=key in required) for key in known
            ),
        )
    if missing := [name for name in required if name not in _keys(known)]:
        yield Group("", tuple(_any(Text(name)) for name in missing))
    if patterns := _keys(schema.get("patternProperties")):
        nodes = (
            node("patternProperties", key, name=Text(key), required=False) for key in patterns
        )
        yield Group("Properties whose names match", tuple(nodes))


def _items(schema: Mapping[str, Json], node: Callable[..., Node]) -> Iterator[Group]:
    """The items that have a place of their own."""
    if isinstance(items := schema.get("items"), list) and items:
        least = _least(schema)
        nodes = (
            node("items", index, label=f"item {index + 1}", required=index < least)
            for index in range(len(items))
        )
        yield Group("In this order", tuple(nodes))


def _title(schema: Mapping[str, Json], name: Text | None) -> Text | None:
    """The title, where it says more than the name does."""
    title = text(schema.get("title"))
    same = title and name and title.raw.casefold() == name.raw.casefold()
    return None if same else title


def _any(name: Text) -> Node:
    """A property that must be there and is not described."""
    return Node(name, "", True, "any value", None, None, False, None, False, (), (), ())


def _has_parts(schema: Mapping[str, Json]) -> bool:
    return any(schema.get(key) not in (None, True, False) for key in _PARTS)


def _weight(schema: Mapping[str, Json]) -> int:
    """How many schemas stand directly in this one."""
    parts = [schema.get(key) for key in ("properties", *_SEVERAL)]
    return 1 + sum(len(part) for part in parts if isinstance(part, dict | list))


def _least(schema: Mapping[str, Json]) -> int:
    value = schema.get("minItems")
    return value if isinstance(value, int) else 0


def _keys(value: Json) -> list[str]:
    return [*value] if isinstance(value, dict) else []


def _strings(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


# -- types in words

_TYPES: Mapping[str, tuple[str, str]] = {
    "string": ("string", "strings"),
    "integer": ("integer", "integers"),
    "number": ("number", "numbers"),
    "boolean": ("boolean", "booleans"),
    "object": ("object", "objects"),
    "array": ("array", "arrays"),
    "null": ("null", "nulls"),
}


def _kinds(schema: Mapping[str, Json]) -> list[str]:
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


def _type(bundle: Json, schema: Json, many: int = 0) -> str:
    if schema is False:
        return "nothing"
    if not isinstance(schema, dict):
        return "any value"
    if schema.get("format") == "binary":
        return "bytes"
    if "const" in schema:
        return "constant"
    found = [kind for kind in _kinds(schema) if kind in _TYPES]
    words = [_TYPES[kind][bool(many)] for kind in found]
    if found == ["array"] and isinstance(schema.get("items"), dict) and many < 2:
        inner = _type(bundle, _target(bundle, schema["items"]), many + 1)
        return words[0] if inner == "any value" else f"{words[0]} of {inner}"
    if words:
        return " or ".join(words)
    if "enum" in schema:
        return "one of these values"
    for key, word in (("oneOf", "one of several"), ("anyOf", "any of several")):
        if key in schema:
            return word
    return "values" if many else ("all of several" if "allOf" in schema else "any value")


def _target(bundle: Json, schema: Json) -> Json:
    """The schema, or the one that it refers to."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(reference, str):
        return schema
    return pointers.at(bundle, pointers.follow(bundle, unquote(reference[1:])))


# -- constraints in words


def _number(value: Json) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return json.dumps(value) if good else None


def _range(low: Json, high: Json, one: str, many: str) -> str | None:
    """ "1 to 40 characters", "at least 1 character", "at most 40 characters"."""
    least, most = _number(low), _number(high)
    unit = one if (most or least) == "1" else many
    if least in (None, "0"):
        return f"at most {most} {unit}" if most else None
    if most is None:
        return f"at least {least} {unit}"
    return f"exactly {least} {unit}" if least == most else f"{least} to {most} {many}"


def _bounds(schema: Mapping[str, Json]) -> Iterator[str]:
    low, high = _number(schema.get("minimum")), _number(schema.get("maximum"))
    above, below = (_number(schema.get(f"exclusive{key}")) for key in ("Minimum", "Maximum"))
    if low and high and not above and not below:
        yield f"{low} to {high}"
    else:
        for words, value in (("at least", low), ("more than", above), ("at most", high),
                             ("less than", below)):  # fmt: skip
            if value:
                yield f"{words} {value}"
    if step := _number(schema.get("multipleOf")):
        yield f"a multiple of {step}" if step != "1" else "whole"


_QUOTED: Mapping[str, str] = {
    "format": "format",
    "pattern": "matches",
    "contentEncoding": "encoded as",
    "contentMediaType": "holds",
}


def _facts(schema: Mapping[str, Json]) -> Iterator[Fact]:
    unit = ("byte", "bytes") if schema.get("format") == "binary" else ("character", "characters")
    for words in (
        _range(schema.get("minLength"), schema.get("maxLength"), *unit),
        *_bounds(schema),
        _range(schema.get("minItems"), schema.get("maxItems"), "item", "items"),
        "no two items alike" if schema.get("uniqueItems") is True else None,
        _range(schema.get("minProperties"), schema.get("maxProperties"), "property", "properties"),
        "no other properties" if schema.get("additionalProperties") is False else None,
        "no further items" if schema.get("additionalItems") is False else None,
        "read-only" if schema.get("readOnly") is True else None,
        "write-only" if schema.get("writeOnly") is True else None,
    ):
        if words:
            yield Fact(words)
    for key, words in _QUOTED.items():
        value = text(schema.get(key))
        if value and value.raw != "binary":
            yield Fact(words, value)
    if "const" in schema:
        yield Fact("always", _json(schema["const"]))
    if "default" in schema:
        yield Fact("default", _json(schema["default"]))
    if isinstance(dependencies := schema.get("dependencies"), dict):
        for key, names in dependencies.items():
            if needed := _strings(names):
                yield Fact("these properties come together:", Text(", ".join([key, *needed])))


def _values(schema: Mapping[str, Json]) -> Iterator[Text]:
    if isinstance(values := schema.get("enum"), list):
        yield from map(_json, values)


def _json(value: Json) -> Text:
    return Text(json.dumps(value, ensure_ascii=False))
