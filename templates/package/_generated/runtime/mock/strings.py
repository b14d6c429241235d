"""Strings: by format, by what the property is called, by pattern; whatever fits first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from .dice import Dice, Draw, DrawText, NoSample, impossible
from .formats import FORMATS, Pools, fit, word
from .hints import text_for
from .parts import Part, least, most
from .patterns import Pattern, pattern_of

if TYPE_CHECKING:
    from .fake import Fake

_TRIES: Final = 12
_BYTES: Final = 16
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def string(fake: Fake, parts: Sequence[Part], hint: str, owner: str) -> Draw:
    """What draws strings for parts that stand together; bytes where the format is binary."""
    low, high = least(parts, "minLength"), most(parts, "maxLength")
    if high is not None and low > high:
        return impossible
    if any(part.get("format") == "binary" for part in parts):
        size = max(low, _BYTES if high is None else min(high, _BYTES))
        return lambda dice: bytes(dice.below(256) for _ in range(size))
    sources = [*_formatted(parts, fake.pools)]
    named = text_for(hint, owner, fake.pools)
    if not sources and not any(part.has("pattern") for part in parts):
        plain = named or word
        return lambda dice: fit(plain(dice), low, high, dice)

    def is_fine(text: str) -> bool:
        is_long_enough = low <= len(text) and (high is None or len(text) <= high)
        return is_long_enough and fake.accepts(parts, text)

    # A pattern is the better source, unless what the name says matches it now and then.
    if named is not None and not sources:
        fitting = _fitting(named, low, high)
        trial = Dice(hint)
        if any(is_fine(fitting(trial)) for _ in range(4)):
            sources.append(fitting)
    sources += _matching(parts, low)

    def draw(dice: Dice) -> str:
        for _ in range(_TRIES):
            for source in sources:
                text = source(dice)
                if is_fine(text):
                    return text
        raise NoSample

    return draw


def _fitting(source: DrawText, low: int, high: int | None) -> DrawText:
    return lambda dice: fit(source(dice), low, high, dice)


def _formatted(parts: Sequence[Part], pools: Pools) -> Iterator[DrawText]:
    """What draws strings of the formats; providers of Faker are formats, too (S27)."""
    for part in parts:
        name = part.get("format", str)
        if name in FORMATS:
            yield FORMATS[name]
        elif name is not None and (pool := pools.of(name)):
            yield partial(Dice.choice, options=pool)


def _matching(parts: Sequence[Part], low: int) -> Iterator[DrawText]:
    """What draws strings of the patterns; each of them now shorter, now longer."""
    for part in parts:
        pattern = pattern_of(part.schema["pattern"]) if part.has("pattern") else None
        if pattern is not None:
            for more in (3, 8, 16, max(low, 30)):
                yield partial(pattern.draw, more=more)
            if low:
                yield partial(_padded, pattern, low)


def _padded(pattern: Pattern, length: int, dice: Dice) -> str:
    text = pattern.draw(dice)
    return text + dice.text(_LETTERS, max(length - len(text), 0))
