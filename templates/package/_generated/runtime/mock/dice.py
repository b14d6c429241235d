"""Chance that comes from a seed alone: no clock, no hash, no state of the machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

T = TypeVar("T")

# How often a schema may be within itself before the shallowest way out is taken,
# and before there is none.
RECURSION: Final = 2
DEEPEST: Final = 24


class NoSample(Exception):
    """No value was found that a schema accepts."""


class Dice:
    """Chance for one payload: the same seed gives the same throws, on any machine.

    Without a seed there is no chance: every throw is the lowest, which is the
    first of the options, and whatever may be there. It also keeps account of
    the payload: how many steps it has taken, and which schemas it is within,
    how deep.
    """

    STEPS: Final = 20_000

    def __init__(self, seed: str | None, steps: int = STEPS) -> None:
        # Of Python's generators, only random() is promised to stay as it is.
        self._random = _lowest if seed is None else random.Random(seed).random
        self._left = steps
        self._within: dict[str, int] = {}

    def below(self, count: int) -> int:
        """A whole number from 0 on, less than `count`."""
        return int(self._random() * count)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in that share of throws."""
        return self._random() < share

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self._random() * len(options))]

    def text(self, alphabet: str, length: int) -> str:
        """So many characters of an alphabet."""
        # As `choice` throws, without a call for each character.
        throw, count = self._random, len(alphabet)
        return "".join([alphabet[int(throw() * count)] for _ in range(length)])

    def spend(self) -> None:
        """Count a step. Raises NoSample after more than any reasonable payload takes."""
        self._left -= 1
        if self._left < 0:
            raise NoSample

    def within(self, place: str) -> _Within:
        """While a value of the schema at a place is drawn; raises NoSample where too deep."""
        return _Within(self._within, place)


class _Within:
    """Counts how deep a schema is within itself; a class, since a generator is slower."""

    __slots__ = ("_depths", "_place")

    def __init__(self, depths: dict[str, int], place: str) -> None:
        self._depths = depths
        self._place = place

    def __enter__(self) -> int:
        depth = self._depths.get(self._place, 0) + 1
        if depth > DEEPEST:
            raise NoSample
        self._depths[self._place] = depth
        return depth

    def __exit__(self, *_: object) -> None:
        self._depths[self._place] -= 1


def _lowest() -> float:
    return 0.0


Draw: TypeAlias = Callable[[Dice], Any]
DrawText: TypeAlias = Callable[[Dice], str]


def impossible(dice: Dice) -> Any:
    """Draws nothing. Raises NoSample."""
    raise NoSample
