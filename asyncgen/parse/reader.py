"""Reading values of a document in the type that is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Located, SchemaRef
from asyncgen.source import Place, Source, describe, split
from asyncgen.spelling import closest


@dataclass(frozen=True, slots=True)
class Reader:
    """Gives what stands in a place in the type that is asked for; else reports and gives None."""

    source: Source
    diagnostics: Diagnostics

    def mapping(self, place: Place | None) -> Place | None:
        """The mapping in a place, its references followed."""
        target = place and self.follow(place)
        if target is None or isinstance(target.node.value, dict):
            return target
        self.wrong(target, "a mapping")
        return None

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

    def under(self, place: Place, key: str, *, required: bool = False) -> Place | None:
        """The mapping under a key, its references followed."""
        child = place.get(key)
        if child is None and required:
            self.missing(place, key)
        return self.mapping(child)

    def text(self, place: Place | None, key: str, *, required: bool = False) -> Text | None:
        """The text under a key."""
        located = self.located(place, key, required=required)
        return located.text if located else None

    def located(self, place: Place | None, key: str, *, required: bool = False) -> Located | None:
        """The text under a key, and where it stands."""
        child = place.get(key) if place else None
        if child is None:
            if required and place:
                self.missing(place, key)
            return None
        if not isinstance(child.node.value, str):
            self.wrong(child, "text")
            return None
        return Located(Text(child.node.value), child.node.span)

    def choice(self, place: Place, key: str, allowed: Iterable[str], **more: bool) -> Text | None:
        """The text under a key, which is one of a few."""
        located = self.located(place, key, **more)
        if located is None or located.text.raw in allowed:
            return located.text if located else None
        near = closest(located.text.raw, allowed)
        hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(allowed)}"
        message = f"`{key}` may not be {quote(located.text)}"
        pointer = f"{place.pointer}/{key}"
        self.diagnostics.error("AG205", message, located.span, hint=hint, pointer=pointer)
        return None

    def flag(self, place: Place, key: str) -> bool:
        """The boolean under a key; false where there is none."""
        child = place.get(key)
        if child is None:
            return False
        if not isinstance(child.node.value, bool):
            self.wrong(child, "a boolean")
            return False
        return child.node.value

    def items(self, place: Place | None, key: str) -> list[Place]:
        """The items of the list under a key."""
        child = place.get(key) if place else None
        if child is None:
            return []
        if not isinstance(child.node.value, list):
            self.wrong(child, "a list")
        return list(child.items())

    def texts(self, place: Place, key: str) -> list[Located]:
        """The texts in the list under a key."""
        texts = []
        for item in self.items(place, key):
            if isinstance(item.node.value, str):
                texts.append(Located(Text(item.node.value), item.node.span))
            else:
                self.wrong(item, "text")
        return texts

    def schema(self, place: Place | None) -> SchemaRef | None:
        """The schema in a place, its references followed."""
        target = place and self.follow(place)
        if target is None or not isinstance(target.node.value, dict | bool):
            return None  # `bundle` has reported it.
        return SchemaRef(target.pointer, target.span)

    def wrong(self, place: Place, expected: str, hint: str | None = None) -> None:
        """Report a value of the wrong type."""
        actual = describe(place.node)
        if hint is None and expected == "text" and actual in ("a number", "a boolean"):
            hint = "put it in quotes"
        message = f"{_name(place)} must be {expected}, not {actual}"
        self.diagnostics.error("AG204", message, place.node.span, hint=hint, pointer=place.pointer)

    def missing(self, place: Place, key: str) -> None:
        """Report a required key that is missing, and a key that looks like it."""
        keys = [name for name, _ in place.entries()]
        near = closest(key, keys, 0.75)
        wrong = place.get(near[0]) if near else None
        subject = _name(place) if place.pointer else "the document"
        hint = f"did you mean `{key}` in place of {quote(near[0])}?" if near else f"add `{key}:`"
        self.diagnostics.error(
            "AG203",
            f"{subject} has no `{key}`",
            wrong.span if wrong else place.span,
            hint=hint,
            pointer=place.pointer,
        )


def _name(place: Place) -> str:
    """A place in a message: its key, and what an index is an item of."""
    tokens = split(place.pointer)
    if not tokens:
        return "the document"
    if place.key is None and len(tokens) > 1:
        return f"item {tokens[-1]} of {quote(tokens[-2])}"
    return quote(tokens[-1])
