"""What there is to choose of, and what a schema refuses turned into what others accept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from .parts import KINDS, Part

Group: TypeAlias = list[tuple[Part, ...]]


def groups_of(parts: Sequence[Part], exact: bool) -> Iterator[Group]:
    """Lists of alternatives, of each of which one is to hold; an alternative is parts.

    `exact` says to take in what is excluded, as what is allowed instead.
    """
    for part in parts:
        if part.settled:
            continue
        # Nothing checks what is drawn for a part of our own making.
        strict = exact or part.pointer is None
        if branches := part.get("anyOf", list):
            yield [(part.child("anyOf", at),) for at in range(len(branches))]
        if part.get("oneOf", list):
            yield [*_one_of(part, strict)]
        if strict and part.has("not"):
            others: Group = [(Part(it),) for it in _negations(part.schema["not"])]
            yield others or [(Part(False),)]
        if part.has("if"):
            yield [*_conditions(part, strict)]
        for name in part.get("dependencies", Mapping) or ():
            yield _dependency(part, name)


def _one_of(part: Part, strict: bool) -> Iterator[tuple[Part, ...]]:
    branches = part.schema["oneOf"]
    for at, branch in enumerate(branches):
        others = [other for other in branches if strict and other is not branch]
        yield (part.child("oneOf", at), *(Part({"not": other}) for other in others))


def _conditions(part: Part, strict: bool) -> Iterator[tuple[Part, ...]]:
    yield (part.child("if"), *((part.child("then"),) if part.has("then") else ()))
    other = (part.child("else"),) if part.has("else") else ()
    yield (*((Part({"not": part.schema["if"]}),) if strict else ()), *other)


def _dependency(part: Part, name: str) -> Group:
    needed = part.schema["dependencies"][name]
    absent = Part({"properties": {name: False}})
    if isinstance(needed, list):
        return [(Part({"required": [name, *needed]}),), (absent,)]
    there = Part({"required": [name]})
    return [(there, part.child("dependencies", name)), (absent,)]


# -- what is refused


def _negations(schema: Any) -> Iterator[dict[str, Any]]:
    """Schemas that together accept what `schema` refuses, but for what only a try can find.

    Each breaks one keyword.
    """
    if schema is False:
        yield {}
    if not isinstance(schema, Mapping):
        return
    if isinstance(schema.get("$ref"), str):
        # The reference is followed where the alternative is flattened.
        yield {"not": {"allOf": [schema]}}
        return
    for keyword, value in schema.items():
        breaking = _BREAKING.get(keyword)
        if breaking is not None:
            yield from breaking(value, schema)


_Breaking: TypeAlias = Callable[[Any, Mapping[str, Any]], Iterable[dict[str, Any]]]


def _other_types(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    names = {value} if isinstance(value, str) else {*value}
    others = [kind for kind in KINDS if kind not in names]
    if "number" in names and "integer" in others:
        others.remove("integer")
    for kind in others:
        yield {"type": kind}


def _bound(kind: str, keyword: str, step: int = 0) -> _Breaking:
    def broken(value: Any, _: Any) -> list[dict[str, Any]]:
        possible = kind == "number" or value + step >= 0
        return [{"type": kind, keyword: value + step}] if possible else []

    return broken


def _other_items(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(value, list):
        yield {"type": "array", "minItems": 1, "contains": {"not": value}}
        return
    for at, item in enumerate(value):
        items = [*[True] * at, {"not": item}]
        yield {"type": "array", "minItems": at + 1, "items": items}


def _other_rest(value: Any, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    before = schema.get("items")
    if not isinstance(before, list):
        return []
    items = [*[True] * len(before), {"not": value}]
    return [{"type": "array", "minItems": len(items), "items": items}]


def _with(name: str, value: Any) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: value}}


def _other_matching(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    for pattern, item in value.items():
        yield {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {pattern: {"not": item}},
            "propertyNames": {"pattern": pattern},
        }


def _other_additional(value: Any, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = schema.get("properties", {})
    names = (f"other{number}" for number in range(len(known) + 1))
    name = next(name for name in names if name not in known)
    return [_with(name, {"not": value})]


def _broken_dependencies(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    for name, needed in value.items():
        other = {"required": needed} if isinstance(needed, list) else needed
        yield {"allOf": [{"type": "object", "required": [name]}, {"not": other}]}


def _none_or_two(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    yield {"allOf": [{"not": item} for item in value]}
    for at, item in enumerate(value):
        for other in value[at + 1 :]:
            yield {"allOf": [item, other]}


def _broken_condition(
    value: Any, schema: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    if "then" in schema:
        yield {"allOf": [value, {"not": schema["then"]}]}
    if "else" in schema:
        yield {"allOf": [{"not": value}, {"not": schema["else"]}]}


_BREAKING: Final[Mapping[str, _Breaking]] = {
    "type": _other_types,
    # Anything else: almost every value, so that trying is enough.
    "const": lambda value, _: [{}],
    "enum": lambda value, _: [{}],
    "multipleOf": lambda value, _: [{"type": "number"}],
    "pattern": lambda value, _: [{"type": "string"}],
    "format": lambda value, _: [{"type": "string"}],
    "minimum": _bound("number", "exclusiveMaximum"),
    "maximum": _bound("number", "exclusiveMinimum"),
    "exclusiveMinimum": _bound("number", "maximum"),
    "exclusiveMaximum": _bound("number", "minimum"),
    "minLength": _bound("string", "maxLength", -1),
    "maxLength": _bound("string", "minLength", 1),
    "minItems": _bound("array", "maxItems", -1),
    "maxItems": _bound("array", "minItems", 1),
    "minProperties": _bound("object", "maxProperties", -1),
    "maxProperties": _bound("object", "minProperties", 1),
    "uniqueItems": lambda value, _: (
        [{"type": "array", "minItems": 2, "items": {"const": 1}}] if value else []
    ),
    "items": _other_items,
    "additionalItems": _other_rest,
    "contains": lambda value, _: [{"type": "array", "items": {"not": value}}],
    "required": lambda value, _: [
        {"type": "object", "properties": {name: False}} for name in value
    ],
    "properties": lambda value, _: [
        _with(name, {"not": item}) for name, item in value.items()
    ],
    "patternProperties": _other_matching,
    "additionalProperties": _other_additional,
    "propertyNames": lambda value, _: [
        {"type": "object", "minProperties": 1, "propertyNames": {"not": value}}
    ],
    "dependencies": _broken_dependencies,
    "allOf": lambda value, _: [{"not": item} for item in value],
    "anyOf": lambda value, _: [{"allOf": [{"not": item} for item in value]}],
    "oneOf": _none_or_two,
    "not": lambda value, _: [{"allOf": [value]}],
    "if": _broken_condition,
}
