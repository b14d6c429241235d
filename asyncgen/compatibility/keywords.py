"""Schemas of two documents side by side: their keywords, their parts, and whether two are the same.

Both bundled documents stand in one, under `old` and `new`, so that a JSON
pointer names any schema of either side.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias
from urllib.parse import unquote

from asyncgen.document import Json
from asyncgen.json_pointer import join
from asyncgen.pointers import LISTS, MAPS, ONE, at, follow, subschemas

KINDS = ("null", "boolean", "number", "string", "bytes", "array", "object")
"""The kinds of values on the wire; integers are numbers, and bytes are not strings (S24)."""

# The formats that draft-07 defines, and the one of S24; others are annotations (S27).
FORMATS = frozenset(
    {"binary", "date", "time", "date-time", "email", "idn-email", "hostname", "idn-hostname"}
    | {"ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template"}
    | {"json-pointer", "relative-json-pointer", "regex"}
)

_OF_OBJECTS = ("properties", "patternProperties", "additionalProperties")
# Keywords that mean something only together.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "items": ("items", "additionalItems"),
    **dict.fromkeys(_OF_OBJECTS, _OF_OBJECTS),
    "if": ("if", "then", "else"),
    "contentMediaType": ("contentEncoding", "contentMediaType"),
}
_PLAIN = frozenset(
    {"type", "enum", "const", "format", "pattern", "contentEncoding", "contentMediaType"}
    | {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"minLength", "maxLength", "minItems", "maxItems", "uniqueItems"}
    | {"minProperties", "maxProperties", "required"}
)
_MOST_DIFFERENT = 200_000
"""How many pairs of schemas are found to differ; past them, no further pair is looked at."""

ASSERTIONS = ONE | LISTS | MAPS | _PLAIN
_NEUTRAL: Mapping[str, Json] = {
    "uniqueItems": False,
    "minLength": 0,
    "minItems": 0,
    "minProperties": 0,
    "required": [],
    "properties": {},
    "patternProperties": {},
    "dependencies": {},
    "additionalItems": True,
    "additionalProperties": True,
    "propertyNames": True,
}


@dataclass(frozen=True, slots=True)
class Part:
    """The schema at `pointer`, as one of several that a value must satisfy.

    A negated part is its `not`. `settled` are keywords whose alternatives have
    been chosen among already. `schema` does not count when parts are compared;
    one that is `made_up` has another pointer than any schema of a document.
    """

    pointer: str
    schema: Any = field(compare=False)
    negated: bool = False
    settled: frozenset[str] = frozenset()

    @property
    def is_made_up(self) -> bool:
        """Whether it stands in neither document, where no validator finds it."""
        return self.pointer.startswith("?")

    def get(self, keyword: str) -> Any:
        """What an assertion says; None where it is not there or says nothing."""
        if self.negated or not isinstance(self.schema, Mapping) or "$ref" in self.schema:
            return None
        return assertion(self.schema, keyword)

    def below(self, *steps: str | int) -> Part:
        """The schema below this one."""
        schema = self.schema
        for step in steps:
            schema = schema[step]
        return Part(join(self.pointer, *steps), schema)


def made_up(schema: Any) -> Part:
    """A part of a proof's own making."""
    return Part(f"?{canonical(schema)}", schema)


def assertion(schema: Mapping[str, Any], keyword: str) -> Any:
    """What a keyword of a schema says; None where it is missing or asserts nothing.

    `const` is given as a list of its one value, which may be null.
    """
    if keyword == "const":
        return [schema["const"]] if "const" in schema else None
    value = schema.get(keyword)
    if value is None or (keyword == "format" and value not in FORMATS):
        return None
    if keyword == "additionalItems" and not isinstance(schema.get("items"), list):
        return None
    if keyword in ("then", "else") and "if" not in schema:
        return None
    if keyword == "if" and "then" not in schema and "else" not in schema:
        return None
    neutral = keyword in _NEUTRAL and type(value) is type(_NEUTRAL[keyword])
    return None if neutral and value == _NEUTRAL[keyword] else value


def asserted(schema: Mapping[str, Any]) -> list[str]:
    """The keywords of a schema that say something, sorted."""
    return sorted(key for key in schema if key in ASSERTIONS and assertion(schema, key) is not None)


def canonical(value: Any) -> str:
    """Equal for equal JSON values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return str(number(value))
    if isinstance(value, list | tuple):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, Mapping):
        items = sorted((json.dumps(key), canonical(item)) for key, item in value.items())
        return "{" + ",".join(f"{key}:{item}" for key, item in items) + "}"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def number(value: float) -> Fraction:
    """A number as it is written, exactly."""
    return Fraction(str(value))


def is_number(value: Any) -> bool:
    """True for numbers of JSON, which booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class Pair:
    """The bundles of two documents as one; references lead to their own side.

    `roots` are pointers to the schemas that are compared, without the side.
    """

    def __init__(
        self,
        old: Mapping[str, Json],
        new: Mapping[str, Json],
        roots: Mapping[str, Iterable[str]],
    ) -> None:
        self.document: dict[str, Any] = {"old": copy.deepcopy(old), "new": copy.deepcopy(new)}
        for side, pointers in roots.items():
            _relocate(self.document, f"/{side}", pointers)
        self._parts: dict[str, Part] = {}
        self._same: set[tuple[str, str]] = set()
        self._different: set[tuple[str, str]] = set()

    def part(self, pointer: str) -> Part:
        """The schema at a pointer, references followed.

        Raises ValueError where there is none, or a reference leads to itself.
        """
        if pointer not in self._parts:
            place = follow(self.document, pointer)
            schema = at(self.document, place)
            is_loop = isinstance(schema, dict) and "$ref" in schema
            if is_loop or not isinstance(schema, dict | bool):
                raise ValueError(f"there is no schema at {pointer}")
            self._parts[pointer] = Part(place, schema)
        return self._parts[pointer]

    def same(self, one: Part, other: Part) -> bool:
        """Whether two schemas say the same, maybe in other words, in another order or elsewhere."""
        if one.negated or other.negated:
            return one == other
        if one.pointer == other.pointer:
            return True
        key = (one.pointer, other.pointer)
        if key in self._same or key in self._different:
            return key in self._same
        equality = _Equality(self, self._same, self._different)
        found = equality.answer(equality.parts(one, other))
        self._same.update(equality.assumed if found else ())
        return found

    def same_keyword(self, one: Part, other: Part, keyword: str) -> bool:
        """Whether a keyword, with those it means something with, says the same in both."""
        equality = _Equality(self, self._same, self._different)
        keys = GROUPS.get(keyword, (keyword,))
        return all(equality.answer(equality.keyword(one, other, key)) for key in keys)


_Answer: TypeAlias = Generator[tuple[Part, Part], bool, bool]
"""A comparison that asks for those that it rests on, so that none is too deep."""


class _Equality:
    """One comparison: pairs are assumed to be the same while they are compared, and after."""

    def __init__(
        self, pair: Pair, known: set[tuple[str, str]], different: set[tuple[str, str]]
    ) -> None:
        self._pair = pair
        self._known = known
        self._different = different
        self.assumed: dict[tuple[str, str], None] = {}

    def answer(self, comparison: _Answer) -> bool:
        """What a comparison comes to, with those that it asks for."""
        waiting = [comparison]
        found: bool | None = None
        while waiting:
            try:
                asked = next(waiting[-1]) if found is None else waiting[-1].send(found)
            except StopIteration as done:
                waiting.pop()
                found = done.value
            else:
                waiting.append(self.parts(*asked))
                found = None
        return bool(found)

    def parts(self, one: Part, other: Part) -> _Answer:
        one, other = self._pair.part(one.pointer), self._pair.part(other.pointer)
        key = (one.pointer, other.pointer)
        if one.pointer == other.pointer or key in self._known or key in self.assumed:
            return True
        if key in self._different or len(self._different) >= _MOST_DIFFERENT:
            return False
        before = len(self.assumed)
        self.assumed[key] = None
        if (yield from self._schemas(one, other)):
            return True
        self._different.add(key)
        for doubtful in [*self.assumed][before:]:  # What was found meanwhile may rest on it.
            del self.assumed[doubtful]
        return False

    def _schemas(self, one: Part, other: Part) -> _Answer:
        first, second = _plain(one.schema), _plain(other.schema)
        if isinstance(first, bool) or isinstance(second, bool):
            return first is second
        for key in {*asserted(first), *asserted(second)}:
            if not (yield from self.keyword(one, other, key)):
                return False
        return True

    def keyword(self, one: Part, other: Part, key: str) -> _Answer:
        first, second = one.get(key), other.get(key)
        if first is None or second is None:
            return first is second
        if key in LISTS and isinstance(first, list) and isinstance(second, list):
            if len(first) != len(second):
                return False
            ones = [one.below(key, index) for index in range(len(first))]
            others = [other.below(key, index) for index in range(len(second))]
            return (yield from self._lists(ones, others, ordered=key == "items"))
        if key in MAPS:
            if first.keys() != second.keys():
                return False
            for name in first:
                if not (yield from self._entry(one, other, key, name)):
                    return False
            return True
        if key in ONE and not isinstance(first, list) and not isinstance(second, list):
            return (yield one.below(key), other.below(key))
        if key in ("enum", "required"):
            return sorted({*map(canonical, first)}) == sorted({*map(canonical, second)})
        if key == "type":
            return set(types(first)) == set(types(second))
        return canonical(first) == canonical(second)

    def _entry(self, one: Part, other: Part, key: str, name: str) -> _Answer:
        first, second = one.schema[key][name], other.schema[key][name]
        if isinstance(first, list) or isinstance(second, list):
            both = isinstance(first, list) and isinstance(second, list)
            return both and {*map(canonical, first)} == {*map(canonical, second)}
        return (yield one.below(key, name), other.below(key, name))

    @staticmethod
    def _lists(ones: list[Part], others: list[Part], *, ordered: bool) -> _Answer:
        """Whether each has its like in the other list, where the order matters or not."""
        left = list(others)
        for item in ones:
            for other in left[:1] if ordered else [*left]:
                if (yield item, other):
                    left.remove(other)
                    break
            else:
                return False
        return True


def _plain(schema: Any) -> Any:
    """A schema without assertions is true."""
    return True if isinstance(schema, Mapping) and not asserted(schema) else schema


def types(value: Any) -> list[str]:
    """The names in a `type`; a number is an integer, too."""
    names = [value] if isinstance(value, str) else list(value)
    return [it for it in names if it != "integer" or "number" not in names]


def _relocate(document: dict[str, Any], side: str, roots: Iterable[str]) -> None:
    """Let the references of the schemas at and below `roots` lead to where they stand now."""
    ahead = [side + root for root in roots]
    seen: set[str] = set()
    while ahead:
        pointer = ahead.pop()
        schema = at(document, pointer)
        if pointer in seen or not isinstance(schema, dict):
            continue
        seen.add(pointer)
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#"):
            schema["$ref"] = f"#{side}{reference[1:]}"
            ahead.append(side + unquote(reference[1:]))
        else:
            ahead.extend(subschemas(pointer, schema))
