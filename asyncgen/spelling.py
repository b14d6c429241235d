"""What a misspelt word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

# Comparing two words takes their lengths multiplied, and longer ones are no spelling mistake.
_LONGEST = 200
_MOST = 1_000


def closest(word: str, words: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """The one of the words that is most like another, as a list of one; empty where none is.

    Only the first thousand are looked at, so that a document of nothing but
    mistakes takes no longer than its length.
    """
    if len(word) > _LONGEST:
        return []
    candidates = islice((it for it in words if len(it) <= _LONGEST), _MOST)
    return get_close_matches(word, list(candidates), 1, cutoff)
