"""Arrays: short, unless more items are asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from .dice import RECURSION, Dice, Draw, NoSample
from .parts import Part, canonical, children, least, most, place

if TYPE_CHECKING:
    from .fake import Fake

_TRIES: Final = 12


class Array:
    """Draws arrays for parts that stand together; `hint` is what the array is called."""

    def __init__(
        self, fake: Fake, parts: Sequence[Part], hint: str, owner: str = ""
    ) -> None:
        self._fake = fake
        self._parts = [*parts]
        self._place = f"array {place(parts)}"
        # Each of the `users` is a `user`.
        self._hint = re.sub(r"(?<=[a-z]{2})(?<!s)s$", "", hint)
        self._owner = owner
        # What must be contained stands first, or after what has its own place.
        self._contains = children(parts, "contains")
        listed = [part.get("items", list) or () for part in parts]
        self._fixed = max(map(len, listed), default=0)
        self._is_unique = any(part.get("uniqueItems") is True for part in parts)
        self._least = max(least(parts, "minItems"), len(self._contains))
        limit = most(parts, "maxItems")
        self._most = 10**9 if limit is None else limit
        self._makers: dict[tuple[int, int], Draw] = {}

    def draw(self, dice: Dice) -> list[Any]:
        """An array."""
        with dice.within(self._place) as depth:
            value: list[Any] = []
            seen: set[str] = set()
            for index in range(self._count(dice, depth)):
                try:
                    value.append(self._item(index, dice, value, seen))
                except NoSample:
                    break
            if not self._least <= len(value) <= self._most:
                raise NoSample
            return value

    def _count(self, dice: Dice, depth: int) -> int:
        if self._least > Dice.STEPS:
            raise NoSample
        if self._fixed:
            return min(max(self._fixed, self._least), self._most)
        if depth > RECURSION:
            return self._least
        low, high = max(self._least, 1), max(self._least, 3)
        return min(dice.between(low, high), self._most)

    def _item(self, index: int, dice: Dice, others: list[Any], seen: set[str]) -> Any:
        make = self._maker(index)
        if not self._is_unique:
            item = make(dice)
            # Where the same word may stand twice, it seldom does.
            return make(dice) if isinstance(item, str) and item in others else item
        for _ in range(_TRIES + 4 * len(seen)):
            item = make(dice)
            key = canonical(item)
            if key not in seen:
                seen.add(key)
                return item
        raise NoSample

    def _maker(self, index: int) -> Draw:
        asked = index if index < len(self._contains) else -1
        key = min(index, self._fixed), asked
        if key not in self._makers:
            parts = self.parts(index)
            if asked >= 0:
                parts.append(self._contains[asked])
            self._makers[key] = self._fake.node(parts, self._hint, self._owner)
        return self._makers[key]

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
