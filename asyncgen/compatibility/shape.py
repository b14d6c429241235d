"""What a conjunction of schemas says of values of one kind.

A shape is a list of parts without references and `allOf`, of which a value
must satisfy all. What is read off it here is never narrower than it is: the
proof may conclude from it what a value must be, and what it cannot be.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from asyncgen.compatibility.keywords import Pair, Part, asserted, is_number, made_up, number, types

NOTHING = made_up(False)
_MOST_VALUES = 64
_MOST_PATTERNS = 4


class Judge(Protocol):
    """The validator of the emitted projects (S26)."""

    def accepts(self, pointer: str, value: Any) -> bool:
        """Whether the schema at `pointer` accepts a value."""

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a regular expression is found in a text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Parts that a value of this kind must satisfy, all of them."""

    kind: str
    parts: tuple[Part, ...]

    def values(self, keyword: str) -> list[Any]:
        """What each part says under a keyword, where it says something."""
        return [found for part in self.parts if (found := part.get(keyword)) is not None]

    def having(self, keyword: str) -> list[Part]:
        """The parts that say something under a keyword."""
        return [part for part in self.parts if part.get(keyword) is not None]


def flat(pair: Pair, parts: Iterable[Part], kind: str) -> Shape | None:
    """The shape of parts for values of a kind; None where one of them accepts none of it."""
    found: dict[Part, None] = {}
    ahead = [*reversed([*parts])]
    while ahead or (ahead := _asked(pair, found) if kind == "object" else []):
        part = ahead.pop()
        part = part if part.is_made_up else _followed(pair, part)
        if part in found:
            continue
        if excludes(part, kind):
            return None
        found[part] = None
        if part.negated:
            ahead.extend(_without(part))
        else:
            if part.get("not") is not None:
                below = part.below("not")
                ahead.append(Part(below.pointer, below.schema, negated=True))
            several = part.get("allOf") or ()
            ahead.extend(part.below("allOf", index) for index in reversed(range(len(several))))
    return Shape(kind, tuple(found))


def _asked(pair: Pair, parts: Iterable[Part]) -> list[Part]:
    """The schemas that properties ask for which must be there, but for those that are parts."""
    shape = Shape("object", tuple(parts))
    there = required(shape)
    places = {part.pointer for part in shape.parts if not part.negated}
    found = [
        part.below("dependencies", name)
        for part in shape.having("dependencies")
        for name, schema in part.get("dependencies").items()
        if name in there and not isinstance(schema, list)
    ]
    return [part for part in found if pair.part(part.pointer).pointer not in places]


def _followed(pair: Pair, part: Part) -> Part:
    target = pair.part(part.pointer)
    return Part(target.pointer, target.schema, part.negated, part.settled)


def _without(part: Part) -> Iterator[Part]:
    """What follows from a part that is negated: neither of its alternatives, or what it negates."""
    schema = part.schema
    if not isinstance(schema, Mapping):
        return
    inner = Part(part.pointer, schema)
    keys = asserted(schema)
    if keys == ["not"]:
        yield inner.below("not")
    if keys == ["anyOf"]:
        for index in range(len(schema["anyOf"])):
            below = inner.below("anyOf", index)
            yield Part(below.pointer, below.schema, negated=True)


def excludes(part: Part, kind: str) -> bool:
    """Whether a part, by itself and at first sight, accepts no value of a kind."""
    schema = part.schema
    if isinstance(schema, bool):
        return schema is part.negated
    if part.negated:
        return _is_all_of(schema, kind)
    declared = part.get("type")
    names = types(declared) if declared is not None else None
    is_binary = part.get("format") == "binary"
    if kind == "bytes":
        if part.get("enum") is not None or part.get("const") is not None:
            return True
        return names is not None and not (is_binary and "string" in names)
    if kind == "string" and is_binary:
        return True
    return names is not None and not (kind in names or (kind == "number" and "integer" in names))


def _is_all_of(schema: Mapping[str, Any], kind: str) -> bool:
    """Whether a schema accepts every value of a kind, and says nothing else."""
    keys = asserted(schema)
    return not keys or (keys == ["type"] and kind in types(schema["type"]) and kind != "bytes")


# -- values that can be counted


def finite(shape: Shape) -> list[Any] | None:
    """All values, and perhaps some more; None where there are too many."""
    if shape.kind == "null":
        return [None]
    if shape.kind == "boolean":
        return [False, True]
    for part in shape.parts:
        if not part.negated and isinstance(part.schema, Mapping) and "$ref" not in part.schema:
            if "const" in part.schema:
                return [part.schema["const"]]
            if isinstance(listed := part.schema.get("enum"), list):
                return listed
    if shape.kind == "number" and is_integral(shape):
        low, high = whole_bounds(shape)
        if low is not None and high is not None and high - low < _MOST_VALUES:
            return list(range(low, high + 1))
    if shape.kind == "string" and 0 in shape.values("maxLength"):
        return [""]
    return None


def kind_of(value: Any) -> str:
    """The kind of a value."""
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, bytes):
        return "bytes"
    return "array" if isinstance(value, list) else "object"


# -- numbers


def is_integral(shape: Shape) -> bool:
    """Whether only whole numbers are left; 1.0 is one."""
    return any(
        "integer" in types(value) and "number" not in types(value) for value in shape.values("type")
    ) or any(number(step).denominator == 1 for step in shape.values("multipleOf"))


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """A limit of numbers; `strict` when it is outside itself."""

    value: Fraction
    strict: bool


def lower(shape: Shape) -> Bound | None:
    """The limit below which no number is."""
    found = [Bound(number(it), False) for it in shape.values("minimum") if is_number(it)]
    found += [Bound(number(it), True) for it in shape.values("exclusiveMinimum") if is_number(it)]
    best = max(found, default=None)
    if best is not None and is_integral(shape):
        whole = math.floor(best.value) + 1 if best.strict else math.ceil(best.value)
        return Bound(Fraction(whole), False)
    return best


def upper(shape: Shape) -> Bound | None:
    """The limit above which no number is."""
    found = [Bound(number(it), False) for it in shape.values("maximum") if is_number(it)]
    found += [Bound(number(it), True) for it in shape.values("exclusiveMaximum") if is_number(it)]
    best = min(found, key=lambda it: (it.value, not it.strict), default=None)
    if best is not None and is_integral(shape):
        whole = math.ceil(best.value) - 1 if best.strict else math.floor(best.value)
        return Bound(Fraction(whole), False)
    return best


def whole_bounds(shape: Shape) -> tuple[int | None, int | None]:
    """The least and the greatest of whole numbers."""
    low, high = lower(shape), upper(shape)
    return (
        None if low is None else int(low.value),
        None if high is None else int(high.value),
    )


# -- arrays


def prefix(shapes: Iterable[Shape]) -> int:
    """How many items have a schema of their own in any of the shapes."""
    lists = [it for shape in shapes for it in shape.values("items") if isinstance(it, list)]
    return max(map(len, lists), default=0)


def item(shape: Shape, index: int) -> list[Part]:
    """What the item at an index must satisfy."""
    return [it for part in shape.parts for it in of_item(part, index)]


def of_item(part: Part, index: int) -> Iterator[Part]:
    """What a part says of the item at an index, by `items` and `additionalItems`."""
    items = part.get("items")
    if isinstance(items, list):
        if index < len(items):
            yield part.below("items", index)
        elif part.get("additionalItems") is not None:
            yield part.below("additionalItems")
    elif items is not None:
        yield part.below("items")


# -- objects


def named(shapes: Iterable[Shape]) -> list[str]:
    """The names of properties that any of the shapes speaks of, sorted."""
    names: set[str] = set()
    for shape in shapes:
        for properties in shape.values("properties"):
            names.update(properties)
        for dependencies in shape.values("dependencies"):
            names.update(dependencies)
        names |= required(shape)
    return sorted(names)


def required(shape: Shape) -> set[str]:
    """The names of properties that must be there; those that one of them asks for, too."""
    names = {name for listed in shape.values("required") for name in listed}
    lists = [
        (name, asked)
        for dependencies in shape.values("dependencies")
        for name, asked in dependencies.items()
        if isinstance(asked, list)
    ]
    while more := {it for name, asked in lists if name in names for it in asked} - names:
        names |= more
    return names


def patterns(shapes: Iterable[Shape]) -> list[str]:
    """The patterns of properties in any of the shapes, sorted."""
    return sorted(
        {it for shape in shapes for found in shape.values("patternProperties") for it in found}
    )


def property_of(shape: Shape, name: str, matching: Callable[[str], bool]) -> list[Part]:
    """What the value of a property must satisfy; `matching` picks the patterns of its name."""
    found: list[Part] = []
    for part in shape.parts:
        below = _property(part, name, matching)
        found.extend(below)
        if _forbids(part, name):
            found.append(NOTHING)
    return found


def other_property(shape: Shape, matching: Callable[[str], bool]) -> list[Part]:
    """As `property_of`, for any name that no part speaks of."""
    return [it for part in shape.parts for it in _property(part, None, matching)]


def _property(part: Part, name: str | None, matching: Callable[[str], bool]) -> Iterator[Part]:
    declared = name is not None and name in (part.get("properties") or {})
    if declared and name is not None:
        yield part.below("properties", name)
    matched = [it for it in part.get("patternProperties") or {} if matching(it)]
    for pattern in matched:
        yield part.below("patternProperties", pattern)
    if not declared and not matched and part.get("additionalProperties") is not None:
        yield part.below("additionalProperties")


def _forbids(part: Part, name: str) -> bool:
    """Whether a part says that a property is not there, by the `not` of `required`."""
    schema = part.schema
    if not part.negated or not isinstance(schema, Mapping):
        return False
    keys = asserted(schema)
    if keys == ["required", "type"] and "object" in types(schema["type"]):
        keys = ["required"]
    return keys == ["required"] and set(schema["required"]) == {name}


def assignments(shapes: Sequence[Shape]) -> list[frozenset[str]] | None:
    """The sets of patterns that a name might match; None where there are too many."""
    known = patterns(shapes)
    if len(known) > _MOST_PATTERNS:
        return None
    return [
        frozenset(chosen)
        for count in range(len(known) + 1)
        for chosen in itertools.combinations(known, count)
    ]
