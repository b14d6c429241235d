"""Proves that every value one schema accepts is accepted by another (S26).

A proof is sound: where there is one, no value exists that the narrow schema
accepts and the wide one refuses. It need not be found: what cannot be shown
in a bounded number of steps is not proven, whether it is true or not.

Values are taken kind by kind. The narrow side is a conjunction of parts, and
the wide side is shown assertion by assertion; where that fails, the narrow
side is split along its alternatives. Recursive schemas are proven by
assuming what is being proven, for the smaller values within a value only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from asyncgen.compatibility import shape as shapes
from asyncgen.compatibility.keywords import (
    FORMATS,
    KINDS,
    Pair,
    Part,
    asserted,
    made_up,
    number,
    types,
)
from asyncgen.compatibility.shape import Judge, Shape

_STEPS = 20_000
_DEPTH = 200

# Which kind of values a keyword is about; the others are about all.
_ABOUT: Mapping[str, str] = {
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"
    ),
    **dict.fromkeys(("pattern", "contentEncoding", "contentMediaType"), "string"),
    **dict.fromkeys(
        ("items", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems"), "array"
    ),
    **dict.fromkeys(
        (
            *("properties", "patternProperties", "additionalProperties", "propertyNames"),
            *("required", "minProperties", "maxProperties", "dependencies"),
        ),
        "object",
    ),
}

Goal: TypeAlias = tuple[frozenset[Part], Part | None, str]


class Unproven(Exception):
    """There were more steps than a proof may take."""


class Prover:
    """Proofs about the schemas of two documents."""

    def __init__(self, pair: Pair, judge: Judge) -> None:
        self._pair = pair
        self._judge = judge
        self._left = 0
        self._proven: set[Goal] = set()
        self._refused: set[Goal] = set()
        # The goals being proven; of those before the last descent into a value, all are assumed.
        self._open: dict[Goal, int] = {}
        self._descents = 0
        self._used: set[Goal] = set()
        # What holds if the goals that are open do.
        self._meanwhile: list[Goal] = []

    def contains(self, wide: Part, narrow: Part, kinds: Iterable[str] = KINDS) -> bool:
        """Whether it is proven that `wide` accepts what `narrow` does, of these kinds.

        Raises ValueError where a schema cannot be understood.
        """
        self._left = _STEPS
        self._open.clear()
        self._used.clear()
        self._meanwhile.clear()
        self._descents = 0
        try:
            return all(self._subset((narrow,), wide, kind) for kind in kinds)
        except (Unproven, RecursionError):
            return False

    # -- goals

    def _subset(self, parts: Sequence[Part], wide: Part | None, kind: str) -> bool:
        """Whether what `parts` accept of a kind is within `wide`, which None leaves empty."""
        if wide is not None and not wide.is_made_up:
            wide = self._pair.part(wide.pointer)
        shape = shapes.flat(self._pair, parts, kind)
        if shape is None or (wide is not None and wide.schema is True):
            return True
        if wide is not None and wide.schema is False:
            wide = None
        goal = (frozenset(shape.parts), wide, kind)
        if goal in self._proven:
            return True
        if goal in self._refused:
            return False
        if goal in self._open:
            if self._open[goal] < self._descents:
                self._used.add(goal)
                return True
            return False
        return self._prove(goal, shape, wide)

    def _prove(self, goal: Goal, shape: Shape, wide: Part | None) -> bool:
        self._left -= 1
        if self._left < 0 or len(self._open) > _DEPTH:
            raise Unproven
        self._open[goal] = self._descents
        before = len(self._meanwhile)
        try:
            found = self._direct(shape, wide) or self._split(shape, wide)
        finally:
            del self._open[goal]
        self._used.discard(goal)
        if not found:
            self._refused.add(goal)
            del self._meanwhile[before:]
            return False
        self._meanwhile.append(goal)
        if not self._used:  # It rests on nothing but itself, and so does all that it led to.
            self._proven.update(self._meanwhile[before:])
            del self._meanwhile[before:]
        return True

    def _within(self, parts: Sequence[Part], wide: Part | None) -> bool:
        """As `_subset`, for what is within a value, of whatever kind."""
        self._descents += 1
        try:
            return all(self._subset(parts, wide, kind) for kind in KINDS)
        finally:
            self._descents -= 1

    def _empty(self, parts: Sequence[Part]) -> bool:
        """Whether nothing within a value can satisfy these parts."""
        return self._within(parts, None)

    # -- one goal

    def _direct(self, shape: Shape, wide: Part | None) -> bool:
        if wide is not None and any(self._pair.same(it, wide) for it in shape.parts):
            return True
        values = shapes.finite(shape)
        if values is not None:
            left = [it for it in values if shapes.kind_of(it) == shape.kind]
            return all(
                wide is not None and self._judge.accepts(wide.pointer, value)
                for value in left
                if self._may_be(shape, value)
            )
        if wide is not None and self._asserts(shape, wide):
            return True
        return self._is_empty(shape)

    def _may_be(self, shape: Shape, value: Any) -> bool:
        """Whether a value satisfies all parts that can be asked."""
        return all(
            part.is_made_up
            or self._judge.accepts(part.pointer, value) is not part.negated
            for part in shape.parts
        )

    def _asserts(self, shape: Shape, wide: Part) -> bool:
        """Whether everything holds that `wide` says of values of this kind."""
        if shapes.excludes(wide, shape.kind):
            return False
        return all(
            self._holds(shape, wide, keyword)
            for keyword in asserted(wide.schema)
            if _is_about(wide, keyword, shape.kind)
        )

    def _split(self, shape: Shape, wide: Part | None) -> bool:
        """Whether the goal is proven for each of the alternatives of one of the parts."""
        for index, part in enumerate(shape.parts):
            keyword = next(
                (
                    key
                    for key in ("oneOf", "anyOf", "if")
                    if part.get(key) is not None and key not in part.settled
                ),
                None,
            )
            if keyword is None:
                continue
            settled = Part(part.pointer, part.schema, settled=part.settled | {keyword})
            rest = (*shape.parts[:index], settled, *shape.parts[index + 1 :])
            return all(
                self._subset((*rest, *chosen), wide, shape.kind)
                for chosen in _alternatives(part, keyword)
            )
        return False

    # -- assertions of the wide side

    def _holds(self, shape: Shape, wide: Part, keyword: str) -> bool:
        """Whether a keyword of `wide` is satisfied by all values of the shape."""
        of_bytes = shape.kind == "bytes" and keyword in ("minLength", "maxLength")
        if not of_bytes and any(
            self._pair.same_keyword(part, wide, keyword) for part in shape.having(keyword)
        ):
            return True
        value = wide.get(keyword)
        match keyword:
            case "type":
                names = types(value)
                return shape.kind != "number" or "number" in names or shapes.is_integral(shape)
            case "format":
                return shape.kind != "string" or value not in FORMATS
            case "minimum" | "exclusiveMinimum":
                low = shapes.lower(shape)
                bound = shapes.Bound(number(value), keyword.startswith("excl"))
                return low is not None and low >= bound
            case "maximum" | "exclusiveMaximum":
                high = shapes.upper(shape)
                strict = keyword.startswith("excl")
                limit = number(value)
                return high is not None and (
                    high.value < limit or (high.value == limit and (high.strict or not strict))
                )
            case "multipleOf":
                return self._multiple(shape, value)
            case "minLength" | "minItems" | "minProperties":
                return bool(self._least(shape, keyword) >= value)
            case "maxLength" | "maxItems" | "maxProperties":
                most = self._most(shape, keyword)
                return most is not None and most <= value
            case "uniqueItems":
                most = self._most(shape, "maxItems")
                return any(shape.values("uniqueItems")) or (most is not None and most <= 1)
            case "items":
                return self._items(shape, wide)
            case "contains":
                return self._contains(shape, wide.below("contains"))
            case "properties":
                return self._properties(shape, wide)
            case "patternProperties" | "additionalProperties":
                return wide.get("properties") is not None or self._properties(shape, wide)
            case "required":
                return set(value) <= shapes.required(shape)
            case "propertyNames":
                return self._names(shape, wide.below("propertyNames"))
            case "dependencies":
                return all(self._dependency(shape, wide, name) for name in value)
            case "additionalItems" | "then" | "else":
                return True  # by `items` and `if`
            case _:
                return self._combines(shape, wide, keyword)

    def _combines(self, shape: Shape, wide: Part, keyword: str) -> bool:
        value = wide.get(keyword)
        match keyword:
            case "allOf":
                return all(self._in(shape, wide.below(keyword, it)) for it in range(len(value)))
            case "anyOf":
                return any(self._in(shape, wide.below(keyword, it)) for it in range(len(value)))
            case "oneOf":
                branches = [wide.below(keyword, index) for index in range(len(value))]
                return any(
                    all(self._apart(shape, it) for it in branches if it is not chosen)
                    for chosen in branches
                    if self._in(shape, chosen)
                )
            case "not":
                return self._apart(shape, wide.below("not"))
            case "if":
                return all(
                    self._subset((*shape.parts, *chosen), wide.below(branch), shape.kind)
                    for chosen, branch in _branches(wide)
                    if branch in wide.schema
                )
        return False  # such as `pattern`, which only an equal one satisfies

    def _in(self, shape: Shape, wide: Part) -> bool:
        return self._subset(shape.parts, wide, shape.kind)

    def _apart(self, shape: Shape, other: Part) -> bool:
        """Whether no value of the shape is accepted by `other`."""
        return self._subset((*shape.parts, other), None, shape.kind)

    # -- numbers and sizes

    def _multiple(self, shape: Shape, step: float) -> bool:
        steps = [number(it) for it in shape.values("multipleOf")]
        if shapes.is_integral(shape):
            steps.append(number(1))
        return any((it / number(step)).denominator == 1 for it in steps)

    def _least(self, shape: Shape, keyword: str) -> Any:
        found = [0, *shape.values(keyword)] if self._counts(shape, keyword) else [0]
        if keyword == "minItems" and shape.having("contains"):
            found.append(1)
        if keyword == "minProperties":
            found.append(len(shapes.required(shape)))
        return max(found)

    def _most(self, shape: Shape, keyword: str) -> Any:
        found = shape.values(keyword) if self._counts(shape, keyword) else []
        if keyword == "maxItems":
            found += [
                index
                for index in range(shapes.prefix([shape]) + 1)
                if self._empty(shapes.item(shape, index))
            ][:1]
        if keyword == "maxProperties" and self._is_closed(shape, [shape]):
            found.append(len(self._possible(shape)))
        return min(found, default=None)

    @staticmethod
    def _counts(shape: Shape, keyword: str) -> bool:
        """Whether the limits of all parts count: those of text do not count bytes (S24)."""
        return shape.kind != "bytes" or all(
            part.get("format") == "binary" for part in shape.having(keyword)
        )

    # -- arrays

    def _items(self, shape: Shape, wide: Part) -> bool:
        target = Shape("array", (wide,))
        most = self._most(shape, "maxItems")
        count = shapes.prefix([shape, target]) + 1
        return all(
            self._within(shapes.item(shape, index), wanted)
            for index in range(count if most is None else min(count, most))
            for wanted in shapes.item(target, index)
        )

    def _contains(self, shape: Shape, wanted: Part) -> bool:
        for part in shape.having("contains"):
            if self._within((part.below("contains"),), wanted):
                return True
        least = min(self._least(shape, "minItems"), shapes.prefix([shape]) + 1)
        return any(self._within(shapes.item(shape, index), wanted) for index in range(int(least)))

    # -- objects

    def _properties(self, shape: Shape, wide: Part) -> bool:
        target = Shape("object", (wide,))
        both = [shape, target]
        for name in shapes.named(both):
            wanted = shapes.property_of(target, name, self._matches(name))
            if wanted and not all(self._within(self._given(shape, name), it) for it in wanted):
                return False
        assignments = shapes.assignments(both)
        return assignments is not None and all(
            self._within(shapes.other_property(shape, matched.__contains__), wanted)
            for matched in assignments
            for wanted in shapes.other_property(target, matched.__contains__)
        )

    def _given(self, shape: Shape, name: str) -> list[Part]:
        """What the value of a property must satisfy, if it may have this name."""
        names = [part.below("propertyNames") for part in shape.having("propertyNames")]
        may_be = all(self._judge.accepts(it.pointer, name) for it in names)
        given = shapes.property_of(shape, name, self._matches(name))
        return given if may_be else [*given, shapes.NOTHING]

    def _matches(self, name: str) -> Any:
        return lambda pattern: self._judge.matches(pattern, name)

    def _possible(self, shape: Shape) -> list[str]:
        """The named properties that may be there."""
        return [name for name in shapes.named([shape]) if not self._empty(self._given(shape, name))]

    def _is_closed(self, shape: Shape, both: Sequence[Shape]) -> bool:
        """Whether there can be no other properties than those named."""
        assignments = shapes.assignments(both)
        return assignments is not None and all(
            self._empty(shapes.other_property(shape, matched.__contains__))
            for matched in assignments
        )

    def _names(self, shape: Shape, wanted: Part) -> bool:
        given = [part.below("propertyNames") for part in shape.having("propertyNames")]
        self._descents += 1
        try:
            if self._subset(given, wanted, "string"):
                return True
        finally:
            self._descents -= 1
        return self._is_closed(shape, [shape]) and all(
            self._judge.accepts(wanted.pointer, name) for name in self._possible(shape)
        )

    def _dependency(self, shape: Shape, wide: Part, name: str) -> bool:
        asked = wide.schema["dependencies"][name]
        if self._empty(self._given(shape, name)):
            return True
        there = made_up({"required": [name]})
        if isinstance(asked, list):
            return set(asked) <= shapes.required(Shape("object", (*shape.parts, there)))
        return self._subset((*shape.parts, there), wide.below("dependencies", name), "object")

    # -- emptiness

    def _is_empty(self, shape: Shape) -> bool:
        if any(part.negated and self._excluded(shape, part) for part in shape.parts):
            return True
        match shape.kind:
            case "number":
                low, high = shapes.lower(shape), shapes.upper(shape)
                if low is None or high is None:
                    return False
                strict = low.strict or high.strict
                return low.value > high.value or (low.value == high.value and strict)
            case "string" | "bytes":
                most = self._most(shape, "maxLength")
                return most is not None and self._least(shape, "minLength") > most
            case "array":
                most = self._most(shape, "maxItems")
                return (most is not None and self._least(shape, "minItems") > most) or any(
                    self._empty((part.below("contains"),)) for part in shape.having("contains")
                )
            case "object":
                return self._is_no_object(shape)
        return False

    def _excluded(self, shape: Shape, part: Part) -> bool:
        """Whether all values of the shape are what a negated part excludes."""
        others = tuple(it for it in shape.parts if it != part)
        return self._subset(others, Part(part.pointer, part.schema), shape.kind)

    def _is_no_object(self, shape: Shape) -> bool:
        most = self._most(shape, "maxProperties")
        if most is not None and self._least(shape, "minProperties") > most:
            return True
        return any(self._empty(self._given(shape, name)) for name in shapes.required(shape))


def _is_about(wide: Part, keyword: str, kind: str) -> bool:
    """Whether a keyword says something of values of a kind."""
    if keyword in ("minLength", "maxLength"):  # Beside `format: binary` they count bytes (S24).
        return kind == ("bytes" if wide.get("format") == "binary" else "string")
    return _ABOUT.get(keyword, kind) == kind


def _alternatives(part: Part, keyword: str) -> Iterator[tuple[Part, ...]]:
    """The ways in which a part may be satisfied: what holds in addition in each."""
    if keyword == "if":
        for holds, branch in _branches(part):
            yield (*holds, part.below(branch)) if branch in part.schema else holds
        return
    branches = [part.below(keyword, index) for index in range(len(part.schema[keyword]))]
    for chosen in branches:
        others = [it for it in branches if it is not chosen] if keyword == "oneOf" else []
        yield (chosen, *(Part(it.pointer, it.schema, negated=True) for it in others))


def _branches(part: Part) -> Iterator[tuple[tuple[Part, ...], str]]:
    condition = part.below("if")
    yield (condition,), "then"
    yield (Part(condition.pointer, condition.schema, negated=True),), "else"
