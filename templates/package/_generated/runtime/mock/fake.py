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

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from ..schemas import Schemas
from .alternatives import groups_of
from .arrays import Array
from .dice import DEEPEST, RECURSION, Dice, Draw, NoSample, impossible
from .formats import Pools
from .hints import numbers_for
from .numbers import number
from .objects import Object
from .parts import KINDS, Part, canonical, is_untyped, least, place
from .strings import string

# What a schema without `type` is most likely about.
_ABOUT: Final = {
    kind: frozenset(keywords.split())
    for kind, keywords in (
        (
            "object",
            "properties required patternProperties additionalProperties dependencies"
            " minProperties maxProperties propertyNames",
        ),
        ("array", "items contains minItems maxItems uniqueItems additionalItems"),
        ("string", "pattern format minLength maxLength"),
        (
            "number",
            "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
        ),
    )
}
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
        "dependencies",
        "uniqueItems",
        "multipleOf",
        "minProperties",
        "additionalProperties",
    }
)
_EXCLUDING: Final = frozenset({"not", "oneOf", "if"})
_TRIES: Final = 12
_MOST_COMBINATIONS: Final = 48


@dataclass
class Fake:
    """Draws values for the schemas of a document; each schema is prepared once.

    One that is `trusting` does not hold to the validators what is built to
    fit: for a caller who checks the whole and, where it is refused, has it
    drawn by one that is not. Where nothing is refused, both draw the same.
    """

    schemas: Schemas
    pools: Pools = field(default_factory=Pools)
    trusting: bool = False
    _nodes: dict[tuple[str, ...], _Node] = field(default_factory=dict)

    def draw(self, pointer: str, dice: Dice, hint: str = "") -> Any:
        """A value that the schema at `pointer` accepts; `hint` is what it is called.

        Raises NoSample.
        """
        try:
            return self.node((Part(self.schemas.value(pointer), pointer),), hint)(dice)
        except RecursionError:
            raise NoSample from None

    def node(
        self,
        parts: Sequence[Part],
        hint: str = "",
        owner: str = "",
        strict: bool = False,
    ) -> Draw:
        """What draws a value for all of these parts together.

        `hint` is the name of the property that holds it, `owner` that of the
        object around it; `strict` says to draw nothing that `not` excludes.
        """
        flat, name = self.flat(parts)
        if flat is None:
            return impossible
        hint = hint or name
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
            if not part.settled:
                count = len(part.get("allOf", list) or ())
                ahead.extend(part.child("allOf", at) for at in reversed(range(count)))
        return tuple(found.values()), name

    def trusts(self, parts: Iterable[Part]) -> bool:
        """Whether what is drawn for these parts is built to fit, and that is enough."""
        return self.trusting and not any(
            part.settled or not _EXCLUDING.isdisjoint(part.schema) for part in parts
        )

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
        self._make: Draw | None = None

    def draw(self, dice: Dice) -> Any:
        """A value; raises NoSample where none is found."""
        dice.spend()
        if self._make is None:
            self._make = self._prepared()
        return self._make(dice)

    def _prepared(self) -> Draw:
        given = self._shown() or self._listed()
        if given is not None:
            return (lambda dice: dice.choice(given)) if given else impossible
        groups = list(groups_of(self._parts, self._strict))
        make = self._chosen(groups) if groups else self._plain()
        is_hard = any(
            not part.settled and not _HARD.isdisjoint(part.schema)
            for part in self._parts
        )
        if groups or (is_hard and not self._fake.trusts(self._parts)):
            return self._checked(make)
        return make

    def _checked(self, make: Draw) -> Draw:
        """`make`, held to the validators; then once more with all that is excluded."""
        excludes = any(part.has(word) for part in self._parts for word in _EXCLUDING)
        again = excludes and not self._strict

        def checked(dice: Dice) -> Any:
            try:
                return self._accepted(make, dice, _TRIES)
            except NoSample:
                if not again:
                    raise
            return self._fake.node(self._parts, self._hint, self._owner, True)(dice)

        return checked

    def _accepted(self, make: Draw, dice: Dice, tries: int) -> Any:
        """A value of `make` that the parts accept; raises NoSample where tries do not give one."""
        for _ in range(tries):
            value = make(dice)
            if self._fake.accepts(self._parts, value):
                return value
        raise NoSample

    # -- what the document itself gives

    def _shown(self) -> list[Any] | None:
        """Examples of the schemas, else a default that says something; valid ones only."""
        if any(part.pointer is None for part in self._parts):
            return None
        for values in (self._examples(), self._defaults()):
            valid = [it for it in values if self._fake.accepts(self._parts, it)]
            if valid:
                return valid
        return None

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
            values = _values(part)
            if values is not None:
                return [
                    value
                    for value in values
                    if self._fake.accepts(self._parts, value)
                    and all(_lists(other, value) for other in self._parts)
                ]
        return None

    # -- alternatives

    def _chosen(self, groups: list[list[tuple[Part, ...]]]) -> Draw:
        """What draws with one alternative of each group."""
        settled = tuple(Part(part.schema, part.pointer, True) for part in self._parts)
        total = math.prod(len(group) for group in groups)
        here = f"any {place(self._parts)}"
        shallow: list[int] = []

        def combination(index: int) -> tuple[Part, ...]:
            chosen: list[Part] = []
            for group in groups:
                index, at = divmod(index, len(group))
                chosen.extend(group[at])
            return (*settled, *chosen)

        def height(index: int) -> float:
            return self._height(combination(index))

        def order(dice: Dice, depth: int) -> Iterable[int]:
            if depth > RECURSION:
                if not shallow:
                    few = range(min(total, _MOST_COMBINATIONS))
                    shallow.extend(sorted(few, key=height))
                return shallow
            if total <= _MOST_COMBINATIONS:
                start = dice.below(total)
                return [*range(start, total), *range(start)]
            return (dice.below(total) for _ in range(_MOST_COMBINATIONS))

        def draw(dice: Dice) -> Any:
            with dice.within(here) as depth:
                for index in order(dice, depth):
                    parts = combination(index)
                    make = self._fake.node(parts, self._hint, self._owner, self._strict)
                    with suppress(NoSample):
                        return self._accepted(make, dice, 3)
            raise NoSample

        return draw

    def _height(
        self, parts: Sequence[Part], trail: frozenset[str] = frozenset()
    ) -> float:
        """How deep the shallowest value is; infinite where it leads back to itself."""
        flat, _ = self._fake.flat(parts)
        if flat is None or len(trail) > DEEPEST:
            return math.inf
        key = " ".join(part.key for part in flat)
        if key in trail:
            return math.inf
        trail |= {key}
        heights = [
            min(self._height(alternative, trail) for alternative in group)
            for group in groups_of(flat, False)
        ]
        kinds = _kinds(flat)
        if kinds[:1] == ["object"] and (kinds[1:] == [] or not is_untyped(flat)):
            shape = Object(self._fake, flat, "")
            inner = [shape.parts(name) for name in shape.required]
            heights += [1 + self._height(it, trail) for it in inner]
        if kinds[:1] == ["array"] and least(flat, "minItems") > 0:
            item = Array(self._fake, flat, "").parts(0)
            heights.append(1 + self._height(item, trail))
        return max(heights, default=0)

    # -- one conjunction without alternatives

    def _plain(self) -> Draw:
        kinds = _kinds(self._parts)
        if not kinds:
            return impossible
        makers = {kind: self._maker(kind) for kind in kinds}
        if len(kinds) == 1:
            return makers[kinds[0]]
        likely = _likely(self._parts, kinds, self._hint)

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
                return Object(self._fake, self._parts, self._hint).draw
            case "array":
                return Array(self._fake, self._parts, self._hint, self._owner).draw
            case "string":
                return string(self._fake, self._parts, self._hint, self._owner)
            case "integer" | "number":
                return number(self._parts, self._hint, whole=kind == "integer")
            case "boolean":
                return lambda dice: dice.chance(0.5)
        return lambda dice: None


def _values(part: Part) -> list[Any] | None:
    """The values that a part lists; None where it lists none."""
    if part.has("const"):
        return [part.schema["const"]]
    values: list[Any] | None = part.get("enum", list)
    return values


def _lists(part: Part, value: Any) -> bool:
    """Whether a part of our own making, which has no validator, lists the value, too."""
    values = _values(part)
    if part.pointer is not None or values is None:
        return True
    return canonical(value) in map(canonical, values)


def _kinds(parts: Sequence[Part]) -> list[str]:
    """The types that all parts allow, the likeliest first."""
    kinds = {*KINDS}
    for part in parts:
        declared = part.schema.get("type")
        if declared is not None:
            names = {declared} if isinstance(declared, str) else {*declared}
            kinds &= names | ({"integer"} if "number" in names else set())
    if "number" in kinds:
        kinds.discard("integer")
    about = [kind for kind in _about(parts) if kind in kinds]
    return [*about, *(kind for kind in KINDS if kind in kinds and kind not in about)]


def _about(parts: Sequence[Part]) -> list[str]:
    """The types that the parts have keywords for."""
    return [
        kind
        for kind, keywords in _ABOUT.items()
        if any(not keywords.isdisjoint(part.schema) for part in parts)
    ]


def _likely(
    parts: Sequence[Part], kinds: list[str], hint: str
) -> Callable[[Dice], str]:
    """Which of several types: all of those that are written, but null rarely."""
    if is_untyped(parts):
        known = "number" if numbers_for(hint) is not None else "string"
        first = known if not _about(parts) and known in kinds else kinds[0]
        return lambda dice: first
    rest = [kind for kind in kinds if kind != "null"]
    if "null" not in kinds:
        return lambda dice: dice.choice(rest)
    return lambda dice: dice.choice(rest) if rest and dice.chance(0.85) else "null"
