"""Chance that comes from a seed alone: no clock, no hash, no state of the machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
        return "".join([self.choice(alphabet) for _ in range(length)])

    def spend(self) -> None:
        """Count a step. Raises NoSample after more than any reasonable payload takes."""
        self._left -= 1
        if self._left < 0:
            raise NoSample

    @contextmanager
    def within(self, place: str) -> Iterator[int]:
        """While a value of the schema at a place is drawn; raises NoSample where too deep."""
        depth = self._within[place] = self._within.get(place, 0) + 1
        try:
            if depth > DEEPEST:
                raise NoSample
            yield depth
        finally:
            self._within[place] = depth - 1


def _lowest() -> float:
    return 0.0


Draw: TypeAlias = Callable[[Dice], Any]
DrawText: TypeAlias = Callable[[Dice], str]


def impossible(dice: Dice) -> Any:
    """Draws nothing. Raises NoSample."""
    raise NoSample
