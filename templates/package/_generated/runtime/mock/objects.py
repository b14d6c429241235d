"""Objects: every property that is declared, more only where they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .dice import RECURSION, Dice, Draw, NoSample, impossible
from .formats import word
from .parts import Part, children, least, most, place
from .patterns import pattern_of

if TYPE_CHECKING:
    from .fake import Fake


class Object:
    """Draws objects for parts that stand together; `hint` is what the object is called."""

    def __init__(self, fake: Fake, parts: Sequence[Part], hint: str) -> None:
        self._fake = fake
        self._parts = [*parts]
        self._place = f"object {place(parts)}"
        self._hint = hint
        declared = [part.get("properties", Mapping) or {} for part in parts]
        wanted = [part.get("required", list) or () for part in parts]
        self.required = {name: None for names in wanted for name in names}
        self._names = dict.fromkeys(
            [name for names in (*declared, *wanted) for name in names]
        )
        self._least = least(parts, "minProperties")
        limit = most(parts, "maxProperties")
        self._most = 10**9 if limit is None else limit
        self._is_mapping = not self._names and any(
            isinstance(part.schema.get("additionalProperties"), Mapping)
            or part.get("patternProperties", Mapping)
            for part in parts
        )
        self._members: list[tuple[str, Draw]] | None = None

    def draw(self, dice: Dice) -> dict[str, Any]:
        """An object; properties stand in the order of the document."""
        if self._members is None:
            self._members = [*self._prepared()]
        with dice.within(self._place) as depth:
            is_short = depth > RECURSION
            # Where nothing is required, nobody has thought about what may be missing.
            share = 0.9 if self.required else 1.0
            room = self._most - len(self.required)
            value: dict[str, Any] = {}
            left: list[tuple[str, Draw]] = []
            for name, make in self._members:
                if name in self.required:
                    value[name] = make(dice)
                elif room <= 0 or is_short or not dice.chance(share):
                    left.append((name, make))
                elif _try(value, name, make, dice):
                    room -= 1
            for name, make in left:
                if len(value) < self._least:
                    _try(value, name, make, dice)
            more = dice.between(1, 3) if self._is_mapping and not is_short else 0
            self._extend(value, dice, max(self._least, min(more, self._most)))
            if not self._least <= len(value) <= self._most:
                raise NoSample
            return value

    def _prepared(self) -> Iterator[tuple[str, Draw]]:
        for name in self._names:
            if self._may_be_called(name):
                yield name, self._fake.node(self.parts(name), name, self._hint)
            elif name in self.required:
                yield name, impossible

    def _may_be_called(self, name: str) -> bool:
        names = children(self._parts, "propertyNames")
        return self._fake.accepts(names, name)

    def _extend(self, value: dict[str, Any], dice: Dice, count: int) -> None:
        """Add properties that are not declared until there are so many."""
        for _ in range(4 * count + 8):
            if len(value) >= count:
                return
            try:
                name = self._new_name(dice)
            except NoSample:
                return
            if name in value:
                name = f"{name}{len(value)}"
            if name not in value and self._may_be_called(name):
                make = self._fake.node(self.parts(name), name, self._hint)
                _try(value, name, make, dice)

    def _new_name(self, dice: Dice) -> str:
        names = children(self._parts, "propertyNames")
        if names:
            named: str = self._fake.node([*names, Part({"type": "string"})], "slug")(
                dice
            )
            return named
        patterns = [
            pattern
            for part in self._parts
            for pattern, schema in (
                part.get("patternProperties", Mapping) or {}
            ).items()
            if schema is not False
        ]
        if not patterns:
            return word(dice)
        pattern = pattern_of(dice.choice(patterns))
        if pattern is None:
            raise NoSample
        return pattern.draw(dice)

    def parts(self, name: str) -> list[Part]:
        """What the value of a property must satisfy."""
        return [it for part in self._parts for it in _parts_of(part, name)]


def _parts_of(part: Part, name: str) -> Iterator[Part]:
    is_declared = name in (part.get("properties", Mapping) or ())
    patterns = [
        pattern
        for pattern in part.get("patternProperties", Mapping) or ()
        if _matches(pattern, name)
    ]
    if is_declared:
        yield part.child("properties", name)
    for pattern in patterns:
        yield part.child("patternProperties", pattern)
    if not is_declared and not patterns and part.has("additionalProperties"):
        yield part.child("additionalProperties")


def _try(value: dict[str, Any], name: str, make: Draw, dice: Dice) -> bool:
    try:
        value[name] = make(dice)
    except NoSample:
        return False
    return True


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # Python's are not quite those of ECMA; the validator will say.
        return False
