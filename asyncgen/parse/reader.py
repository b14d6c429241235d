"""Reading values of a document in the type that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from asyncgen.code import Text
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Located, SchemaRef
from asyncgen.source import Place, Source


@dataclass(frozen=True, slots=True)
class Reader:
    """Gives what stands in a place in the type that is asked for, and None for anything else.

    It reports nothing itself: a value of another type, or a key that is
    missing, is an error of `structure.check` already.
    """

    source: Source
    diagnostics: Diagnostics

    def mapping(self, place: Place | None) -> Place | None:
        """The mapping in a place, its references followed."""
        target = place and self.follow(place)
        return target if target and isinstance(target.node.value, dict) else None

    def follow(self, place: Place) -> Place | None:
        """Where a reference leads; where it is broken, that is reported once."""
        return self.source.follow(place, self.diagnostics)

    def steps(self, place: Place) -> list[Place]:
        """The place and all that its references lead through, to the end; none where broken."""
        steps = [place] if self.follow(place) else []
        while steps and steps[-1].node.reference is not None:
            target = self.source.step(steps[-1], self.diagnostics)
            steps = [*steps, target] if target else []
        return steps

    def under(self, place: Place | None, key: str) -> Place | None:
        """The mapping under a key, its references followed."""
        return self.mapping(place.get(key)) if place else None

    def text(self, place: Place | None, key: str) -> Text | None:
        """The text under a key."""
        located = self.located(place, key)
        return located.text if located else None

    def located(self, place: Place | None, key: str) -> Located | None:
        """The text under a key, and where it stands."""
        child = place.get(key) if place else None
        return _located(child) if child else None

    def flag(self, place: Place, key: str) -> bool:
        """The boolean under a key; false where there is none."""
        child = place.get(key)
        return child is not None and child.node.value is True

    def items(self, place: Place | None, key: str) -> list[Place]:
        """The items of the list under a key."""
        child = place.get(key) if place else None
        return list(child.items()) if child else []

    def texts(self, place: Place, key: str) -> list[Located]:
        """The texts in the list under a key."""
        found = (_located(item) for item in self.items(place, key))
        return [located for located in found if located]

    def schema(self, place: Place | None) -> SchemaRef | None:
        """The schema in a place, its references followed; `bundle` has reported anything else."""
        target = place and self.follow(place)
        if target is None or not isinstance(target.node.value, dict | bool):
            return None
        return SchemaRef(target.pointer, target.span)


def _located(place: Place) -> Located | None:
    value = place.node.value
    return Located(Text(value), place.node.span) if isinstance(value, str) else None
