"""What a misspelt word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

# Comparing two words takes time by the product of their lengths; longer ones are not misspelt.
_LONGEST = 200
_MOST = 1_000


def closest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of the words that is most like another; None where none is like it.

    `cutoff` is how like it has to be, from 0 to 1, as `difflib` counts. Only
    the first thousand words are looked at, so that a document of nothing but
    mistakes takes no longer than its length.
    """
    if len(word) > _LONGEST:
        return None
    candidates = islice((it for it in words if len(it) <= _LONGEST), _MOST)
    return next(iter(get_close_matches(word, list(candidates), 1, cutoff)), None)


def nearest(word: str, words: Iterable[str], cutoff: float = 0.7) -> str | None:
    """The one of the words that is most like another, upper and lower case being the same."""
    folded: dict[str, str] = {}
    for it in words:
        folded.setdefault(it.lower(), it)
    near = closest(word.lower(), folded, cutoff)
    return folded[near] if near is not None else None
