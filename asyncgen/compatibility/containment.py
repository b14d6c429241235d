"""Whether one schema accepts all that another does: proven, refuted, or unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from asyncgen.compatibility.keywords import KINDS, Pair
from asyncgen.compatibility.proof import Prover
from asyncgen.compatibility.shape import kind_of
from asyncgen.compatibility.witness import Sampler, Validators


@dataclass(frozen=True, slots=True)
class Safe:
    """There is a proof: the wide schema accepts whatever the narrow one does."""


@dataclass(frozen=True, slots=True)
class Breaking:
    """A value that the narrow schema accepts and the wide one refuses, and why it does."""

    example: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither a proof nor a counter-example was found."""


Containment: TypeAlias = Safe | Breaking | Unknown


class Comparer:
    """Containment among the schemas of two documents."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.validators = Validators(pair.document)
        self._prover = Prover(pair, self.validators)
        self._sampler: Sampler | None = None

    def contains(
        self,
        wide: str,
        narrow: str,
        kinds: Collection[str] | None = KINDS,
        is_possible: Callable[[Any], bool] = lambda value: True,
    ) -> Containment:
        """Whether the schema at `wide` accepts every value that the one at `narrow` does.

        Sampling decides only where nothing is proven, and only that it does
        not. Only values of `kinds` are looked at, and only those for which
        `is_possible` holds can be counter-examples. Without `kinds`, nothing
        can be proven.
        """

        def shows(value: Any) -> bool:
            return (kinds is None or kind_of(value) in kinds) and is_possible(value)

        try:
            one, other = self.pair.part(wide), self.pair.part(narrow)
            if kinds is not None and self._prover.contains(one, other, kinds):
                return Safe()
            if self._sampler is None:
                self._sampler = Sampler(self.pair, self.validators)
            found = self._sampler.search(other, one, shows)
        except (ValueError, TypeError):
            # There is what no validator takes, such as a number that is too long.
            return Unknown()
        if not found:
            return Unknown()
        reason = self.validators.refusal(one.pointer, found[0]) or "it is refused"
        return Breaking(found[0], reason)


def contains(wide: Any, narrow: Any) -> Containment:
    """Whether a schema accepts every value that another does; its references lead from `#/S`.

    >>> contains({"type": "number"}, {"type": "integer"})
    Safe()
    """
    pair = Pair({"S": wide}, {"S": narrow}, {"old": ["/S"], "new": ["/S"]})
    return Comparer(pair).contains("/old/S", "/new/S")
