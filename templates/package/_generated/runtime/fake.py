"""Values that a schema accepts, drawn by its structure.

A schema is taken as a conjunction of parts: what `$ref` and `allOf` lead to
stands side by side. Alternatives (`anyOf`, `oneOf`, `if`, `dependencies`) are
chosen among, and the rest is built: an object by its properties, an array by
its items, a number within its bounds, a string by its pattern, its format or
the name of its property. First without regard to `not` and the like, since a
value rarely meets what is excluded; where it does, what is excluded is turned
into what is allowed. The validator has the last word on every value.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final
from urllib.parse import unquote

from .samples import (
    FORMATS,
    Dice,
    Draw,
    DrawText,
    Exhausted,
    Pattern,
    Pools,
    Range,
    fit,
    numbers_for,
    text_for,
    word,
)
from .schemas import Schemas


class NoSample(Exception):
    """No value was found that a schema accepts."""


@dataclass(frozen=True)
class Part:
    """A schema that a value must satisfy; `pointer` is where the document has it.

    A part that is `settled` has had its alternatives chosen.
    """

    schema: Any
    pointer: str | None = None
    settled: bool = False

    @property
    def place(self) -> str:
        """What tells its schema from others."""
        return self.pointer if self.pointer is not None else _canonical(self.schema)

    @property
    def key(self) -> str:
        """What tells it from other parts."""
        return f"{'+' if self.settled else '-'}{self.place}"

    def child(self, *steps: str | int) -> Part:
        """The schema below this one."""
        schema, pointer = self.schema, self.pointer
        for step in steps:
            schema = schema[step]
            if pointer is not None:
                pointer = f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
        return Part(schema, pointer)

    def get(self, keyword: str, kind: type | tuple[type, ...] = object) -> Any:
        """What a keyword says, None where it is not there or not of this kind."""
        value = self.schema.get(keyword)
        return value if isinstance(value, kind) else None

    def has(self, keyword: str) -> bool:
        """Whether the keyword is there."""
        return keyword in self.schema


def _place(parts: Iterable[Part]) -> str:
    return " ".join(part.place for part in parts)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


@dataclass
class Fake:
    """Draws values for the schemas of a document; each schema is prepared once."""

    schemas: Schemas
    pools: Pools = field(default_factory=Pools)
    _nodes: dict[tuple[str, ...], _Node] = field(default_factory=dict)

    def draw(self, pointer: str, dice: Dice, hint: str = "") -> Any:
        """A value that the schema at `pointer` accepts; `hint` is what it is called.

        Raises NoSample.
        """
        try:
            return self.node((Part(self.schemas.value(pointer), pointer),), hint)(dice)
        except (Exhausted, RecursionError):
            raise NoSample(pointer) from None

    def node(
        self,
        parts: Sequence[Part],
        hint: str = "",
        owner: str = "",
        strict: bool = False,
    ) -> Draw:
        """What draws a value for all of these parts together."""
        flat, named = self.flat(parts)
        if flat is None:
            return _impossible
        hint = hint or named
        key = (hint, owner, "strict" if strict else "", *(part.key for part in flat))
        if key not in self._nodes:
            self._nodes[key] = _Node(self, flat, hint, owner, strict)
        return self._nodes[key].draw

    def flat(self, parts: Sequence[Part]) -> tuple[tuple[Part, ...] | None, str]:
        """The parts with references and `allOf` followed, and the name of a component.

        None where a part is `false`.
        """
        found: dict[str, Part] = {}
        name = ""
        ahead = [*reversed(parts)]
        seen: set[str] = set()
        while ahead:
            part = ahead.pop()
            if part.schema is False:
                return None, name
            if part.place in seen or not isinstance(part.schema, Mapping):
                continue
            seen.add(part.place)
            reference = part.get("$ref", str)
            if reference is not None:
                pointer = unquote(reference[1:])
                name = name or pointer.rpartition("/")[2]
                ahead.append(Part(self.schemas.value(pointer), pointer))
                continue
            found[part.key] = part
            if part.settled:
                continue
            for index in reversed(range(len(part.get("allOf", list) or ()))):
                ahead.append(part.child("allOf", index))
        return tuple(found.values()), name

    def accepts(self, parts: Iterable[Part], value: Any) -> bool:
        """Whether the validators of the document's own parts accept a value."""
        try:
            return all(
                self.schemas.at(part.pointer).is_valid(value)
                for part in parts
                if part.pointer is not None
            )
        except ValueError:  # Bytes; whether they may be there, only the guard can say.
            return True


def _impossible(dice: Dice) -> Any:
    raise NoSample


_KINDS: Final = ("string", "integer", "number", "object", "array", "boolean", "null")
# What a schema without `type` is most likely about.
_ABOUT: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "object",
        (
            "properties",
            "required",
            "patternProperties",
            "additionalProperties",
            "dependencies",
            "minProperties",
            "maxProperties",
            "propertyNames",
        ),
    ),
    (
        "array",
        ("items", "contains", "minItems", "maxItems", "uniqueItems", "additionalItems"),
    ),
    ("string", ("pattern", "format", "minLength", "maxLength")),
    (
        "number",
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    ),
)
# Where a value may be refused that was drawn with regard to nothing else.
_HARD: Final = frozenset(
    {
        "not",
        "oneOf",
        "if",
        "pattern",
        "format",
        "contains",
        "propertyNames",
        "patternProperties",
    }
    | {
        "dependencies",
        "uniqueItems",
        "multipleOf",
        "minProperties",
        "additionalProperties",
    }
)
_TRIES: Final = 12
_MOST_COMBINATIONS: Final = 48
_DEEPEST: Final = 24


class _Node:
    """A conjunction of parts, prepared when it is first drawn from."""

    def __init__(
        self, fake: Fake, parts: tuple[Part, ...], hint: str, owner: str, strict: bool
    ) -> None:
        self._fake = fake
        self._parts = parts
        self._hint = hint
        self._owner = owner
        self._strict = strict
        self._place = f"any {_place(parts)}"
        self._make: Draw | None = None

    def draw(self, dice: Dice) -> Any:
        """A value; raises NoSample where none is found."""
        dice.spend()
        make = self._make
        if make is None:
            make = self._make = self._prepared()
        return make(dice)

    def _prepared(self) -> Draw:
        shown = self._shown()
        if shown:
            return lambda dice: dice.choice(shown)
        listed = self._listed()
        if listed is not None:
            return (lambda dice: dice.choice(listed)) if listed else _impossible
        groups = list(_groups(self._parts, self._strict))
        make = self._alternatives(groups) if groups else self._plain()
        hard = any(
            not part.settled and not _HARD.isdisjoint(part.schema)
            for part in self._parts
        )
        return self._checked(make) if hard or groups else make

    def _checked(self, make: Draw) -> Draw:
        """`make`, held to the validators; then once more with all that is excluded."""
        harder = not self._strict and any(
            part.has("not") or part.has("oneOf") or part.has("if")
            for part in self._parts
        )

        def checked(dice: Dice) -> Any:
            for _ in range(_TRIES):
                try:
                    value = make(dice)
                except NoSample:
                    break
                if self._fake.accepts(self._parts, value):
                    return value
            if harder:
                return self._fake.node(self._parts, self._hint, self._owner, True)(dice)
            raise NoSample

        return checked

    # -- what the document itself gives

    def _shown(self) -> list[Any]:
        """Examples of the schemas, else a default that says something; valid ones only."""
        for values in (self._examples(), self._defaults()):
            valid = [
                value for value in values if self._fake.accepts(self._parts, value)
            ]
            if valid and all(part.pointer is not None for part in self._parts):
                return valid
        return []

    def _examples(self) -> Iterator[Any]:
        for part in self._parts:
            yield from part.get("examples", list) or ()
            if part.has("example"):
                yield part.schema["example"]

    def _defaults(self) -> Iterator[Any]:
        """Defaults, but not those that stand for nothing, nor one of several listed values."""
        for part in self._parts:
            default = part.schema.get("default")
            if default and not isinstance(default, bool) and not part.has("enum"):
                yield default

    def _listed(self) -> list[Any] | None:
        """The values that `const` or `enum` leave; None where neither is there."""
        for part in self._parts:
            values = (
                [part.schema["const"]] if part.has("const") else part.get("enum", list)
            )
            if values is not None:
                return [
                    value
                    for value in values
                    if self._fake.accepts(self._parts, value)
                    and all(_listed_in(other, value) for other in self._parts)
                ]
        return None

    # -- alternatives

    def _alternatives(self, groups: list[list[tuple[Part, ...]]]) -> Draw:
        settled = tuple(Part(part.schema, part.pointer, True) for part in self._parts)
        total = math.prod(len(group) for group in groups)
        shallow: list[int] = []

        def combination(index: int) -> tuple[Part, ...]:
            chosen: list[Part] = []
            for group in groups:
                index, at = divmod(index, len(group))
                chosen.extend(group[at])
            return (*settled, *chosen)

        def order(dice: Dice) -> Iterable[int]:
            if dice.active.get(self._place, 0) >= _RECURSION:
                if not shallow:
                    shallow.extend(
                        sorted(
                            range(min(total, _MOST_COMBINATIONS)),
                            key=lambda index: self._height(combination(index)),
                        )
                    )
                return shallow
            if total <= _MOST_COMBINATIONS:
                start = dice.below(total)
                return [*range(start, total), *range(start)]
            return (dice.below(total) for _ in range(_MOST_COMBINATIONS))

        def draw(dice: Dice) -> Any:
            with _Deeper(dice, self._place):
                for index in order(dice):
                    parts = combination(index)
                    make = self._fake.node(parts, self._hint, self._owner, self._strict)
                    for _ in range(3):
                        try:
                            value = make(dice)
                        except NoSample:
                            break
                        if self._fake.accepts(self._parts, value):
                            return value
            raise NoSample

        return draw

    def _height(
        self, parts: Sequence[Part], trail: frozenset[str] = frozenset()
    ) -> float:
        """How deep the shallowest value is; infinite where it leads back to itself."""
        flat, _ = self._fake.flat(parts)
        if flat is None or len(trail) > _DEEPEST:
            return math.inf
        key = " ".join(part.key for part in flat)
        if key in trail:
            return math.inf
        trail |= {key}
        heights = [
            min(self._height(alternative, trail) for alternative in group)
            for group in _groups(flat, False)
        ]
        kinds = _kinds(flat)
        if (
            kinds
            and kinds[0] == "object"
            and (kinds == ["object"] or not _untyped(flat))
        ):
            shape = _Object(self._fake, flat, "")
            heights += [
                1 + self._height(shape.parts(name), trail) for name in shape.required
            ]
        if (
            kinds
            and kinds[0] == "array"
            and any((part.get("minItems") or 0) > 0 for part in flat)
        ):
            heights.append(
                1 + self._height(_Array(self._fake, flat, "").parts(0), trail)
            )
        return max(heights, default=0)

    # -- one conjunction without alternatives

    def _plain(self) -> Draw:
        kinds = _kinds(self._parts)
        if not kinds:
            return _impossible
        makers = {kind: self._maker(kind) for kind in kinds}
        likely = _likely(self._parts, kinds, self._hint)
        if len(kinds) == 1:
            return makers[kinds[0]]

        def draw(dice: Dice) -> Any:
            first = likely(dice)
            for kind in (first, *(kind for kind in kinds if kind != first)):
                try:
                    return makers[kind](dice)
                except NoSample:
                    continue
            raise NoSample

        return draw

    def _maker(self, kind: str) -> Draw:
        match kind:
            case "object":
                return _Object(self._fake, self._parts, self._hint).draw
            case "array":
                return _Array(self._fake, self._parts, self._hint, self._owner).draw
            case "string":
                return _string(self._fake, self._parts, self._hint, self._owner)
            case "integer" | "number":
                return _number(self._parts, self._hint, kind == "integer")
            case "boolean":
                return lambda dice: dice.chance(0.5)
        return lambda dice: None


_RECURSION: Final = 2


class _Deeper:
    """Within a schema, while it is drawn from, whatever its values are called."""

    __slots__ = ("_dice", "_node")

    def __init__(self, dice: Dice, node: str) -> None:
        self._dice = dice
        self._node = node

    def __enter__(self) -> None:
        active = self._dice.active
        active[self._node] = active.get(self._node, 0) + 1
        if active[self._node] > _DEEPEST:
            raise NoSample

    def __exit__(self, *_: object) -> None:
        self._dice.active[self._node] -= 1


def _listed_in(part: Part, value: Any) -> bool:
    """Whether a part of our own making, which has no validator, lists the value, too."""
    if part.pointer is not None:
        return True
    if part.has("const"):
        return _canonical(part.schema["const"]) == _canonical(value)
    values = part.get("enum", list)
    return values is None or _canonical(value) in map(_canonical, values)


def _untyped(parts: Sequence[Part]) -> bool:
    return not any(part.has("type") for part in parts)


def _kinds(parts: Sequence[Part]) -> list[str]:
    """The types that all parts allow, the likeliest first."""
    kinds = {*_KINDS}
    typed = False
    for part in parts:
        declared = part.schema.get("type")
        if declared is None:
            continue
        typed = True
        names = {declared} if isinstance(declared, str) else {*declared}
        kinds &= names | ({"integer"} if "number" in names else set())
    if "number" in kinds:
        kinds.discard("integer")
    ordered: list[str] = [kind for kind in _KINDS if kind in kinds]
    if typed and len(ordered) == 1:
        return ordered
    about = [
        kind
        for kind, keywords in _ABOUT
        if kind in kinds
        and any(part.has(keyword) for part in parts for keyword in keywords)
    ]
    return [*about, *(kind for kind in ordered if kind not in about)]


def _likely(
    parts: Sequence[Part], kinds: list[str], hint: str
) -> Callable[[Dice], str]:
    """Which of several types: all of those that are written, but null rarely."""
    if _untyped(parts):
        known = "number" if numbers_for(hint) is not None else "string"
        about = any(
            part.has(key) for part in parts for _, keys in _ABOUT for key in keys
        )
        first = known if not about and known in kinds else kinds[0]
        return lambda dice: first
    rest = [kind for kind in kinds if kind != "null"]
    if "null" not in kinds:
        return lambda dice: dice.choice(rest)
    return lambda dice: dice.choice(rest) if rest and dice.chance(0.85) else "null"


# -- alternatives


def _groups(parts: Sequence[Part], exact: bool) -> Iterator[list[tuple[Part, ...]]]:
    """What is to be chosen of: lists of alternatives, each of them parts.

    `exact` says to take in what is excluded, as what is allowed instead.
    """
    for part in parts:
        if part.settled:
            continue
        # Nothing checks what is drawn for a part of our own making.
        strict = exact or part.pointer is None
        if branches := part.get("anyOf", list):
            yield [(part.child("anyOf", at),) for at in range(len(branches))]
        if branches := part.get("oneOf", list):
            yield [
                (
                    part.child("oneOf", at),
                    *(
                        Part({"not": other})
                        for other in branches
                        if strict and other is not branch
                    ),
                )
                for at, branch in enumerate(branches)
            ]
        if strict and part.has("not"):
            others: list[tuple[Part, ...]] = [
                (Part(other),) for other in _negations(part.schema["not"])
            ]
            yield others or [(Part(False),)]
        if part.has("if"):
            yield [*_conditions(part, strict)]
        for name, needed in (part.get("dependencies", Mapping) or {}).items():
            absent = Part({"properties": {name: False}})
            there = Part(
                {"required": [name, *(needed if isinstance(needed, list) else ())]}
            )
            also = (
                () if isinstance(needed, list) else (part.child("dependencies", name),)
            )
            yield [(there, *also), (absent,)]


def _conditions(part: Part, strict: bool) -> Iterator[tuple[Part, ...]]:
    yield (part.child("if"), *((part.child("then"),) if part.has("then") else ()))
    other = (part.child("else"),) if part.has("else") else ()
    yield (*((Part({"not": part.schema["if"]}),) if strict else ()), *other)


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


_Breaking = Callable[[Any, Mapping[str, Any]], Iterable[dict[str, Any]]]


def _other_types(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    names = {value} if isinstance(value, str) else {*value}
    others = [kind for kind in _KINDS if kind not in names]
    if "number" in names and "integer" in others:
        others.remove("integer")
    for kind in others:
        yield {"type": kind}


def _bound(kind: str, keyword: str, step: int = 0) -> _Breaking:
    def broken(value: Any, _: Any) -> list[dict[str, Any]]:
        possible = kind == "number" or value + step >= 0
        return [{"type": kind, keyword: value + step}] if possible else []

    return broken


def _broken_items(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(value, list):
        yield {"type": "array", "minItems": 1, "contains": {"not": value}}
        return
    for index, item in enumerate(value):
        before = [True] * index
        yield {
            "type": "array",
            "minItems": index + 1,
            "items": [*before, {"not": item}],
        }


def _broken_additional_items(
    value: Any, schema: Mapping[str, Any]
) -> list[dict[str, Any]]:
    before = schema.get("items")
    if not isinstance(before, list):
        return []
    items = [True] * len(before)
    return [
        {"type": "array", "minItems": len(items) + 1, "items": [*items, {"not": value}]}
    ]


def _with(name: str, value: Any) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: value}}


def _broken_pattern_properties(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    for pattern, item in value.items():
        yield {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {pattern: {"not": item}},
            "propertyNames": {"pattern": pattern},
        }


def _broken_additional(value: Any, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = schema.get("properties", {})
    name = next(
        name
        for name in (f"other{number}" for number in range(999))
        if name not in known
    )
    return [_with(name, {"not": value})]


def _broken_dependencies(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    for name, needed in value.items():
        other = {"required": needed} if isinstance(needed, list) else needed
        yield {"allOf": [{"type": "object", "required": [name]}, {"not": other}]}


def _broken_one_of(value: Any, _: Any) -> Iterator[dict[str, Any]]:
    yield {"allOf": [{"not": item} for item in value]}
    for index, item in enumerate(value):
        for other in value[index + 1 :]:
            yield {"allOf": [item, other]}


def _broken_if(value: Any, schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
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
    "items": _broken_items,
    "additionalItems": _broken_additional_items,
    "contains": lambda value, _: [{"type": "array", "items": {"not": value}}],
    "required": lambda value, _: [
        {"type": "object", "properties": {name: False}} for name in value
    ],
    "properties": lambda value, _: [
        _with(name, {"not": item}) for name, item in value.items()
    ],
    "patternProperties": _broken_pattern_properties,
    "additionalProperties": _broken_additional,
    "propertyNames": lambda value, _: [
        {"type": "object", "minProperties": 1, "propertyNames": {"not": value}}
    ],
    "dependencies": _broken_dependencies,
    "allOf": lambda value, _: [{"not": item} for item in value],
    "anyOf": lambda value, _: [{"allOf": [{"not": item} for item in value]}],
    "oneOf": _broken_one_of,
    "not": lambda value, _: [{"allOf": [value]}],
    "if": _broken_if,
}


# -- objects


class _Object:
    """Objects: every property is declared, unless a number of them is asked for."""

    def __init__(self, fake: Fake, parts: Sequence[Part], hint: str) -> None:
        self._fake = fake
        self._parts = [*parts]
        self._place = f"object {_place(parts)}"
        self._hint = hint
        declared = [part.get("properties", Mapping) or {} for part in parts]
        wanted = [part.get("required", list) or () for part in parts]
        self.required = {name: None for names in wanted for name in names}
        self._names = [
            *dict.fromkeys([name for names in (*declared, *wanted) for name in names])
        ]
        self._least = int(
            max((part.get("minProperties") or 0 for part in parts), default=0)
        )
        limits = [
            part.schema["maxProperties"] for part in parts if part.has("maxProperties")
        ]
        self._most = int(min(limits, default=10**9))
        self._open = not self._names and any(
            isinstance(part.schema.get("additionalProperties"), Mapping)
            or part.get("patternProperties", Mapping)
            for part in parts
        )
        self._members: list[tuple[str, Draw, bool]] | None = None

    def draw(self, dice: Dice) -> dict[str, Any]:
        """An object; properties stand in the order of the document."""
        if self._members is None:
            self._members = [*self._prepared()]
        with _Deeper(dice, self._place):
            short = dice.active[self._place] > _RECURSION
            value: dict[str, Any] = {}
            room = self._most - len(self.required)
            # Where nothing is required, nobody has thought about what may be missing.
            share = 0.9 if self.required else 1.0
            left: list[tuple[str, Draw]] = []
            for name, make, needed in self._members:
                if needed:
                    value[name] = make(dice)
                elif room <= 0 or short or not dice.chance(share):
                    left.append((name, make))
                elif self._try(value, name, make, dice):
                    room -= 1
            for name, make in left:
                if len(value) < self._least:
                    self._try(value, name, make, dice)
            self._extend(value, dice, short)
            if not self._least <= len(value) <= self._most:
                raise NoSample
            return value

    def _prepared(self) -> Iterator[tuple[str, Draw, bool]]:
        owner = self._hint
        for name in self._names:
            allowed = self._may_be_called(name)
            if name not in self.required and not allowed:
                continue
            make = (
                self._fake.node(self.parts(name), name, owner)
                if allowed
                else _impossible
            )
            yield name, make, name in self.required

    def _may_be_called(self, name: str) -> bool:
        names = (
            part.child("propertyNames")
            for part in self._parts
            if part.has("propertyNames")
        )
        return self._fake.accepts(
            [part for part in names if part.schema is not False], name
        )

    def _try(self, value: dict[str, Any], name: str, make: Draw, dice: Dice) -> bool:
        try:
            value[name] = make(dice)
        except NoSample:
            return False
        return True

    def _extend(self, value: dict[str, Any], dice: Dice, short: bool) -> None:
        """More properties, where their number is asked for, or nothing else is declared."""
        least = self._least
        if self._open and not short:
            least = max(least, min(dice.between(1, 3), self._most))
        for _ in range(4 * least + 8):
            if len(value) >= least:
                return
            try:
                name = self._new_name(dice)
            except NoSample:
                return
            if name in value:
                name = f"{name}{len(value)}"
            if name not in value and self._may_be_called(name):
                parts = self.parts(name)
                self._try(value, name, self._fake.node(parts, name, self._hint), dice)

    def _new_name(self, dice: Dice) -> str:
        patterns = [
            pattern
            for part in self._parts
            for pattern, schema in (
                part.get("patternProperties", Mapping) or {}
            ).items()
            if schema is not False
        ]
        names = [
            part.child("propertyNames")
            for part in self._parts
            if part.has("propertyNames")
        ]
        if names:
            name: str = self._fake.node([*names, Part({"type": "string"})], "slug")(
                dice
            )
            return name
        if patterns:
            pattern = _pattern(dice.choice(patterns))
            if pattern is None:
                raise NoSample
            return pattern.draw(dice)
        return word(dice)

    def parts(self, name: str) -> list[Part]:
        """What the value of a property must satisfy."""
        found = []
        for part in self._parts:
            declared = part.get("properties", Mapping) or {}
            patterns = [
                pattern
                for pattern in part.get("patternProperties", Mapping) or ()
                if _matches(pattern, name)
            ]
            if name in declared:
                found.append(part.child("properties", name))
            found.extend(
                part.child("patternProperties", pattern) for pattern in patterns
            )
            if (
                name not in declared
                and not patterns
                and part.has("additionalProperties")
            ):
                found.append(part.child("additionalProperties"))
        return found


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except (
        re.error
    ):  # Python's expressions are not quite ECMA's; the validator will say.
        return False


def _pattern(source: str) -> Pattern | None:
    try:
        return Pattern(source)
    except (ValueError, OverflowError, RecursionError):
        return None  # Others may know it; then a value is only found by chance.


# -- arrays


class _Array:
    """Arrays: short, unless more items are asked for."""

    def __init__(
        self, fake: Fake, parts: Sequence[Part], hint: str, owner: str = ""
    ) -> None:
        self._fake = fake
        self._parts = [*parts]
        self._place = f"array {_place(parts)}"
        # Each of the `users` is a `user`.
        self._hint = re.sub(r"(?<=[a-z]{2})(?<!s)s$", "", hint)
        self._owner = owner
        self._contains = [
            part.child("contains") for part in parts if part.has("contains")
        ]
        self._unique = any(part.get("uniqueItems") is True for part in parts)
        self._least = int(max((part.get("minItems") or 0 for part in parts), default=0))
        limits = [part.schema["maxItems"] for part in parts if part.has("maxItems")]
        self._most = int(min(limits, default=10**9))
        self._fixed = max(
            (len(part.get("items", list) or ()) for part in parts), default=0
        )
        if self._least > Dice.STEPS:
            self._most = -1
        self._makers: dict[tuple[int, int], Draw] = {}

    def draw(self, dice: Dice) -> list[Any]:
        """An array."""
        with _Deeper(dice, self._place):
            value: list[Any] = []
            seen: set[str] = set()
            least = max(self._least, len(self._contains))
            count = self._count(dice, least)
            for index in range(count):
                item = self._item(index, dice, seen)
                if item is _END:
                    break
                value.append(item)
            if not least <= len(value) <= self._most:
                raise NoSample
            return value

    def _count(self, dice: Dice, least: int) -> int:
        if self._fixed:
            return min(max(self._fixed, least), self._most)
        if dice.active[self._place] > _RECURSION:
            return least
        return min(dice.between(max(least, 1), max(least, 3)), self._most)

    def _item(self, index: int, dice: Dice, seen: set[str]) -> Any:
        # What must be contained stands first, or after what has its own place.
        asked = index if index < len(self._contains) else -1
        make = self._maker(min(index, self._fixed), asked)
        for _ in range(_TRIES if self._unique else 1):
            try:
                item = make(dice)
            except NoSample:
                return _END
            if not self._unique:
                return item
            key = _canonical(item)
            if key not in seen:
                seen.add(key)
                return item
        return _END

    def _maker(self, index: int, asked: int) -> Draw:
        if (index, asked) not in self._makers:
            parts = self.parts(index)
            if asked >= 0:
                parts.append(self._contains[asked])
            self._makers[index, asked] = self._fake.node(parts, self._hint, self._owner)
        return self._makers[index, asked]

    def parts(self, index: int) -> list[Part]:
        """What the item at an index must satisfy."""
        found = []
        for part in self._parts:
            items = part.schema.get("items")
            if isinstance(items, list) and index < len(items):
                found.append(part.child("items", index))
            elif isinstance(items, list) and part.has("additionalItems"):
                found.append(part.child("additionalItems"))
            elif items is not None and not isinstance(items, list):
                found.append(part.child("items"))
        return found


_END: Final = object()


# -- strings


def _string(fake: Fake, parts: Sequence[Part], hint: str, owner: str) -> Draw:
    least = int(max((part.get("minLength") or 0 for part in parts), default=0))
    limits = [part.schema["maxLength"] for part in parts if part.has("maxLength")]
    most = int(min(limits)) if limits else None
    if most is not None and least > most:
        return _impossible
    patterns = [
        _pattern(part.schema["pattern"]) for part in parts if part.has("pattern")
    ]
    sources: list[DrawText] = [
        source
        for part in parts
        if (source := _formatted(fake.pools, part.get("format", str))) is not None
    ]
    if any(part.get("format") == "binary" for part in parts):
        return lambda dice: bytes(
            dice.below(256) for _ in range(max(least, min(most or 16, 16)))
        )
    if not patterns and not sources:
        plain = text_for(hint, owner, fake.pools) or word
        return lambda dice: fit(plain(dice), least, most, dice)

    def is_fine(text: str) -> bool:
        long_enough = least <= len(text) and (most is None or len(text) <= most)
        return long_enough and fake.accepts(parts, text)

    named = text_for(hint, owner, fake.pools)
    # A pattern is the better source, unless what the name says matches it now and then.
    if named is not None and not sources:
        trial = Dice(hint)
        if any(is_fine(fit(named(trial), least, most, trial)) for _ in range(4)):
            sources.append(named)

    def proposals(dice: Dice) -> Iterator[str]:
        for attempt in range(_TRIES):
            for source in sources:
                yield (
                    fit(source(dice), least, most, dice)
                    if source is named
                    else source(dice)
                )
            for pattern in patterns:
                more = (3, 8, 3, 16, max(least, 30))[attempt % 5]
                if pattern is None:
                    continue
                text = pattern.draw(dice, more)
                yield text
                if len(text) < least:
                    yield text + dice.text(
                        "abcdefghijklmnopqrstuvwxyz", least - len(text)
                    )

    def draw(dice: Dice) -> str:
        for text in proposals(dice):
            if is_fine(text):
                return text
        raise NoSample

    return draw


def _formatted(pools: Pools, name: str | None) -> DrawText | None:
    """What draws strings of a format; providers of Faker are formats, too (S27)."""
    if name is None or name == "binary":
        return None
    if name in FORMATS:
        return FORMATS[name]
    pool = pools.of(name)
    return (lambda dice: dice.choice(pool)) if pool else None


# -- numbers


def _number(parts: Sequence[Part], hint: str, whole: bool) -> Draw:
    """A multiple of the step that all parts allow, within their bounds."""
    usual = numbers_for(hint) or Range(1, 100, 0 if whole else 1)
    steps = [
        Fraction(str(part.schema["multipleOf"]))
        for part in parts
        if part.has("multipleOf")
    ]
    step = Fraction(1) if whole else Fraction(1, 10**usual.decimals)
    if steps:
        step = _common([*steps, Fraction(1)] if whole else steps)
    low, high = _limits(parts)
    for _ in range(1 if whole or steps else 12):
        first, last = _multiples(low, high, step, usual)
        if first <= last:
            break
        step /= 10
    else:
        return _impossible
    if first > last:
        return _impossible
    count = min(last - first + 1, 10**15)
    top, bottom = step.numerator, step.denominator
    if bottom == 1:
        return lambda dice: (first + dice.below(count)) * top
    floats = [float(item) for item in steps]

    def draw(dice: Dice) -> float:
        value = 0.0
        for _ in range(_TRIES):
            value = (first + dice.below(count)) * top / bottom
            # Many validators divide floats, and so refuse some multiples.
            if all((value / item).is_integer() for item in floats):
                break
        return int(value) if value.is_integer() and abs(value) < 2**53 else value

    return draw


def _common(steps: Sequence[Fraction]) -> Fraction:
    """The least common multiple."""
    bottom = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.lcm(*(int(step * bottom) for step in steps)), bottom)


_Limit = tuple[Fraction, bool] | None


def _limits(parts: Sequence[Part]) -> tuple[_Limit, _Limit]:
    """The lower and the upper bound, and whether each is itself excluded."""
    lows: list[tuple[Fraction, bool]] = []
    highs: list[tuple[Fraction, bool]] = []
    for part in parts:
        for keyword, found, excluded in (
            ("minimum", lows, False),
            ("exclusiveMinimum", lows, True),
            ("maximum", highs, False),
            ("exclusiveMaximum", highs, True),
        ):
            value = part.get(keyword, (int, float))
            if value is not None and not isinstance(value, bool):
                found.append((Fraction(str(value)), excluded))
    return max(lows, default=None), min(
        highs, key=lambda limit: (limit[0], not limit[1]), default=None
    )


def _multiples(
    low: _Limit, high: _Limit, step: Fraction, usual: Range
) -> tuple[int, int]:
    """The first and the last multiple of `step`: of the usual ones where the bounds allow."""
    least = None if low is None else math.ceil(low[0] / step)
    if low is not None and least is not None and low[1] and least * step == low[0]:
        least += 1
    most = None if high is None else math.floor(high[0] / step)
    if high is not None and most is not None and high[1] and most * step == high[0]:
        most -= 1
    first, last = math.ceil(usual.low / step), math.floor(usual.high / step)
    span = max(last - first, 9)
    if least is not None and most is not None and most - least <= max(span, 100) * 2:
        return least, most
    if first > last:
        first, last = 1, 9
    if least is not None and first < least:
        first, last = least, max(last, least + span)
    if most is not None and last > most:
        last = most
        first = min(first, most) if first <= most and most >= 0 else most - span
        if least is not None:
            first = max(first, least)
    return first, last
