"""Numbers: multiples of what is asked for, within the bounds, of human size where they may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from .dice import Dice, Draw, impossible
from .hints import Range, numbers_for
from .parts import Part

_TRIES: Final = 12
_BEYOND_FLOATS: Final = 2**1023


def number(parts: Sequence[Part], hint: str, *, whole: bool) -> Draw:
    """What draws a multiple of the step that all parts allow, within their bounds."""
    usual = numbers_for(hint) or Range(1, 100, 0 if whole else 1)
    asked = [
        Fraction(str(part.schema["multipleOf"]))
        for part in parts
        if part.has("multipleOf")
    ]
    low, high = _limits(parts)
    for step in _steps(asked, usual, whole):
        first, last = _multiples(low, high, step, usual)
        if first <= last:
            return _drawing(step, first, min(last - first + 1, 10**15), asked)
    return impossible


def _steps(asked: Sequence[Fraction], usual: Range, whole: bool) -> list[Fraction]:
    """The step, or where it is free several, of which the first is the most human one."""
    if whole:
        return [_common([*asked, Fraction(1)])]
    if asked:
        return [_common(asked)]
    return [Fraction(1, 10**decimals) for decimals in range(usual.decimals, 13)]


def _drawing(step: Fraction, first: int, count: int, asked: Sequence[Fraction]) -> Draw:
    """What draws one of `count` multiples, from the one numbered `first` on."""
    top, bottom = step.numerator, step.denominator
    if bottom == 1:
        return lambda dice: (first + dice.below(count)) * top
    floats = [float(item) for item in asked]

    def draw(dice: Dice) -> float:
        value = 0.0
        for _ in range(_TRIES):
            numerator = (first + dice.below(count)) * top
            if abs(numerator) >= bottom * _BEYOND_FLOATS:
                return numerator // bottom
            value = numerator / bottom
            # Many validators divide floats, and so refuse some multiples.
            if all((value / item).is_integer() for item in floats):
                break
        return int(value) if value.is_integer() and abs(value) < 2**53 else value

    return draw


def _common(steps: Sequence[Fraction]) -> Fraction:
    """The least common multiple."""
    bottom = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.lcm(*(int(step * bottom) for step in steps)), bottom)


_Limit: TypeAlias = tuple[Fraction, bool] | None


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
