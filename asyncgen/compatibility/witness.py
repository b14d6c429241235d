"""Looks for values that one schema accepts and another refuses.

Values are drawn for one side by the generator of the mock, then changed at one
place each: to the bounds that either side has there, one beyond, another kind
of value, a property less or more. The validator of the emitted projects
decides (S26), so what is found is a counter-example; that nothing is found
says nothing. The same documents give the same values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from asyncgen.compatibility.keywords import Pair, Part, canonical, is_number
from asyncgen.compatibility.shape import of_item
from asyncgen.pointers import LISTS_IN_PLACE, ONE_IN_PLACE, subschemas
from asyncgen.runtime import runtime

_DRAWS = 12
_OF_THE_DIFFERENCE = 6
_MOST_CHECKS = 6_000
_MOST_PLACES = 300
_MOST_STEPS = 1_000
_LONGEST = 20_000
_DEEPEST = 12
_STRANGER = "somethingElse"
# One of each kind, and what comes near to formats and patterns.
_PROBES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, 2, "", "x", "X1", "12", "2024-02-29", "a b", [], {}),
    *([None], {_STRANGER: None}, b"x"),
)


class Validators:
    """The validators of the emitted projects for the schemas of a document (S26)."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._guard = runtime("guard")
        self._schemas = runtime("schemas")
        self.schemas = self._schemas.Schemas(document)
        self._patterns: dict[str, Any] = {}

    def accepts(self, pointer: str, value: Any) -> bool:
        """Whether the schema at `pointer` accepts a value."""
        return bool(self.schemas.at(pointer).is_valid(value))

    def refusal(self, pointer: str, value: Any) -> str | None:
        """What the schema at `pointer` has against a value, in words; None where it accepts it."""
        try:
            self._guard.check_value(self.schemas.at(pointer), value, "", self._guard.InvalidPayload)
        except self._guard.InvalidPayload as problem:
            return f"{problem.path or 'it'} {problem.message}"
        return None

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a regular expression is found in a text, by the engine that will match it."""
        if pattern not in self._patterns:
            document = {"pattern": {"pattern": pattern}}
            self._patterns[pattern] = self._schemas.Schemas(document).at("/pattern")
        return bool(self._patterns[pattern].is_valid(text))


class Sampler:
    """Counter-examples, by sampling."""

    def __init__(self, pair: Pair, validators: Validators) -> None:
        self._pair = pair
        self._validators = validators
        self._chance = runtime("mock.dice")
        self._part = runtime("mock.parts").Part
        self._pattern = runtime("mock.patterns").Pattern
        self._known: dict[str, list[Any]] = {}
        self._fake = runtime("mock.fake").Fake(validators.schemas)

    def search(
        self, narrow: Part, wide: Part, is_possible: Callable[[Any], bool] = lambda value: True
    ) -> list[Any]:
        """A value that `narrow` accepts and `wide` refuses, alone in a list, or nothing."""

        def shows(value: Any) -> bool:
            return (
                self._validators.accepts(narrow.pointer, value)
                and not self._validators.accepts(wide.pointer, value)
                and is_possible(value)
            )

        bases = [*self._drawn(narrow, wide), {}, []]
        candidates = itertools.chain(bases, self._changed(bases, narrow, wide))
        seen: set[str] = set()
        for value in itertools.islice(candidates, _MOST_CHECKS):
            key = canonical(value)
            if key in seen:
                continue
            seen.add(key)
            if shows(value):
                return [_smaller(value, shows)]
        return []

    def _drawn(self, narrow: Part, wide: Part) -> list[Any]:
        """Values of the narrow side, those first that were drawn not to be of the wide one."""
        part = self._part(narrow.schema, narrow.pointer)
        excluded = self._part({"not": {"$ref": f"#{wide.pointer}"}})
        found = []
        for parts, draws in (((part, excluded), _OF_THE_DIFFERENCE), ((part,), _DRAWS)):
            for number in range(draws):
                try:
                    draw = self._fake.node(parts)
                    found.append(draw(self._dice(f"{narrow.pointer}:{number}")))
                except (self._chance.NoSample, RecursionError, ValueError):
                    break
        return found

    def _dice(self, seed: str) -> Any:
        """Chance for one value; one that takes long to draw is not worth the while."""
        return self._chance.Dice(seed, _MOST_STEPS)

    # -- changes at one place

    def _changed(self, bases: list[Any], narrow: Part, wide: Part) -> Iterator[Any]:
        yield from self._probes([wide, narrow], None)
        for base in bases:
            yield from itertools.islice(self._places(base, [wide, narrow]), _MOST_CHECKS // 4)

    def _places(self, value: Any, applied: list[Part], depth: int = 0) -> Iterator[Any]:
        """The value, changed at one place within it."""
        if depth > _DEEPEST:
            return
        schemas = [*self._applied(applied)]
        yield from self._probes(schemas, value)
        if isinstance(value, dict):
            yield from self._object(value, schemas, depth)
        elif isinstance(value, list):
            yield from self._array(value, schemas, depth)

    def _object(self, value: dict[str, Any], schemas: list[Part], depth: int) -> Iterator[Any]:
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
        names = dict.fromkeys(
            name
            for part in schemas
            for keyword in ("properties", "required", "dependencies")
            for name in part.get(keyword) or ()
        )
        names |= dict.fromkeys(self._names(schemas))
        for name in itertools.islice(names, _MOST_PLACES):
            below = [it for part in schemas for it in _of_property(part, name)]
            if name not in value:
                probes = self._probes([*self._applied(below)], None)
                for item in [*self._samples_of(below), *probes]:
                    yield {**value, name: item}
            else:
                for item in self._places(value[name], below, depth + 1):
                    yield {**value, name: item}

    def _names(self, schemas: Iterable[Part]) -> Iterator[str]:
        """Names that properties may have though none declares them."""
        yield _STRANGER
        for part in schemas:
            for pattern in part.get("patternProperties") or ():
                yield self._pattern(pattern).draw(self._dice(pattern))
            if part.get("propertyNames") is not None:
                names = self._pair.part(part.below("propertyNames").pointer)
                drawn = [*self._samples_of([names]), *self._probes([names], None)]
                yield from (name for name in drawn if isinstance(name, str))

    def _array(self, value: list[Any], schemas: list[Part], depth: int) -> Iterator[Any]:
        for index, item in enumerate(value[:_MOST_PLACES]):
            below = [it for part in schemas for it in _of_item(part, index)]
            for changed in self._places(item, below, depth + 1):
                yield [*value[:index], changed, *value[index + 1 :]]
        more = [it for part in schemas for it in _of_item(part, len(value))]
        for item in [*self._samples_of(more), *self._probes([*self._applied(more)], None)]:
            yield [*value, item]
        if value:
            yield value[:-1]
            yield value[1:]
            yield [*value, value[0]]

    def _samples_of(self, parts: Iterable[Part]) -> list[Any]:
        """A value of each schema, in place of a property or an item that is not there."""
        return [value for part in parts for value in self._sample(part.pointer)]

    def _sample(self, pointer: str) -> list[Any]:
        if pointer not in self._known:
            try:
                self._known[pointer] = [self._fake.draw(pointer, self._dice(pointer))]
            except (self._chance.NoSample, ValueError):
                self._known[pointer] = []
        return self._known[pointer]

    def _applied(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts and all schemas that they apply to the same value."""
        ahead = [*parts]
        seen: set[str] = set()
        while ahead:
            part = self._pair.part(ahead.pop(0).pointer)
            if part.pointer in seen:
                continue
            seen.add(part.pointer)
            yield part
            if not isinstance(part.schema, Mapping):
                continue
            for pointer in subschemas(part.pointer, part.schema):
                keyword = pointer[len(part.pointer) + 1 :].partition("/")[0]
                if keyword in _IN_PLACE:
                    ahead.append(self._pair.part(pointer))

    def _probes(self, schemas: Iterable[Part], value: Any) -> Iterator[Any]:
        """Values to put in the place of `value`, chosen by the limits that apply there."""
        for part in schemas:
            yield from part.get("const") or ()
            yield from part.get("enum") or ()
            for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                limit = part.get(keyword)
                if is_number(limit):
                    yield from (limit, limit - 1, limit + 1, limit - 0.5, limit + 0.5)
            step = part.get("multipleOf")
            if is_number(step):
                yield from (step * count for count in (1, 2, 3, 5, 7, -1, 1.5, 0.5))
            for keyword in ("minLength", "maxLength"):
                yield from _of_length(part.get(keyword), value)
            for keyword in ("minItems", "maxItems"):
                yield from self._of_size(part, part.get(keyword), value)
            for keyword in ("minProperties", "maxProperties"):
                yield from _with_properties(part.get(keyword), value)
        yield from _PROBES
        if is_number(value):
            yield from (value + 1, value - 1, value + 0.5, -value)
        if isinstance(value, str):
            yield from (value + "x", value[:-1], value + value, value.upper(), " " + value)

    def _of_size(self, part: Part, size: Any, value: Any) -> Iterator[list[Any]]:
        if not is_number(size) or size > _MOST_PLACES:
            return
        given = value if isinstance(value, list) else []
        for wanted in (int(size) - 1, int(size), int(size) + 1):
            if wanted < 0:
                continue
            items = list(given[:wanted])
            below = [it for index in range(wanted) for it in _of_item(part, index)][:wanted]
            drawn = self._samples_of(below)
            for index in range(len(items), wanted):
                items.append(drawn[index] if index < len(drawn) else index)
            yield items
            if given:
                yield [*given, *itertools.repeat(given[-1], max(0, wanted - len(given)))]


_IN_PLACE = ONE_IN_PLACE | LISTS_IN_PLACE | {"dependencies"}


def _of_property(part: Part, name: str) -> Iterator[Part]:
    if name in (part.get("properties") or {}):
        yield part.below("properties", name)
        return
    for pattern in part.get("patternProperties") or {}:
        yield part.below("patternProperties", pattern)
    if part.get("additionalProperties") is not None:
        yield part.below("additionalProperties")


def _of_item(part: Part, index: int) -> Iterator[Part]:
    yield from of_item(part, index)
    if part.get("contains") is not None:
        yield part.below("contains")


def _of_length(length: Any, value: Any) -> Iterator[Any]:
    if not is_number(length) or length > _LONGEST:
        return
    for wanted in (int(length) - 1, int(length), int(length) + 1):
        if wanted < 0:
            continue
        yield "a" * wanted
        yield b"x" * wanted
        if isinstance(value, str) and value:
            yield (value * (wanted // len(value) + 1))[:wanted]


def _with_properties(size: Any, value: Any) -> Iterator[dict[str, Any]]:
    if not is_number(size) or size > _MOST_PLACES:
        return
    given = value if isinstance(value, dict) else {}
    for wanted in (int(size) - 1, int(size), int(size) + 1):
        names = itertools.chain(given, (f"{_STRANGER}{index}" for index in range(wanted)))
        yield {name: given.get(name) for name in itertools.islice(names, max(0, wanted))}


def _smaller(value: Any, shows: Callable[[Any], bool]) -> Any:
    """The value with whatever left out that it shows the same without."""
    left = 300
    smaller = True
    while smaller and left > 0:
        smaller = False
        for candidate in _reduced(value):
            left -= 1
            if shows(candidate):
                value, smaller = candidate, True
                break
            if left <= 0:
                break
    return value


def _reduced(value: Any) -> Iterator[Any]:
    """The value with one thing less in it."""
    if isinstance(value, dict):
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
        for name, item in value.items():
            for smaller in _reduced(item):
                yield {**value, name: smaller}
    elif isinstance(value, str) and value:
        yield value[: len(value) // 2]
        yield value[:-1]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield [*value[:index], *value[index + 1 :]]
            for smaller in _reduced(item):
                yield [*value[:index], smaller, *value[index + 1 :]]
