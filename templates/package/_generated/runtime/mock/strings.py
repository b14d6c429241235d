"""Strings: by format, by what the property is called, by pattern; whatever fits first."""

from __future__ import annotations

import re
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
# Of a pattern, what a string that is drawn from it may not satisfy.
_LOOKS_AROUND: Final = re.compile(r"\(\?<?[=!]|\\[bB]")
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

    def fits(text: str) -> bool:
        return low <= len(text) and (high is None or len(text) <= high)

    def is_fine(text: str) -> bool:
        return fits(text) and fake.accepts(parts, text)

    # A pattern is the better source, unless what the name says matches it now and then.
    guessed: list[DrawText] = []
    if named is not None and not sources:
        fitting = _fitting(named, low, high)
        trial = Dice(hint)
        guessed = [fitting] if any(is_fine(fitting(trial)) for _ in range(4)) else []
    sources += [*guessed, *_matching(parts, low)]
    is_sure = not guessed and _asks_one_thing(parts) and fake.trusts(parts)
    is_good = fits if is_sure else is_fine

    def draw(dice: Dice) -> str:
        for _ in range(_TRIES):
            for source in sources:
                text = source(dice)
                if is_good(text):
                    return text
        raise NoSample

    return draw


def _asks_one_thing(parts: Sequence[Part]) -> bool:
    """Whether there is one format, or one pattern that does not look around."""
    formats = [part for part in parts if part.has("format")]
    patterns = [part.schema["pattern"] for part in parts if part.has("pattern")]
    return len(formats) + len(patterns) == 1 and not any(
        _LOOKS_AROUND.search(pattern) for pattern in patterns
    )


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
