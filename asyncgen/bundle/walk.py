"""Everything that AsyncAPI and our extensions give a meaning: schemas and references."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from functools import partial

from asyncgen.bundle.edits import Edit, with_reference
from asyncgen.bundle.kinds import Kind, Kinds, element
from asyncgen.bundle.schemas import (
    SHIFT,
    as_draft_7,
    check_keywords,
    check_schema,
    check_siblings,
    dropped_keywords,
    is_shifted,
)
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.json_pointer import join, split
from asyncgen.media_types import is_json_schema
from asyncgen.source import Address, Place, Source, local_reference

_WITH_TRAITS = ("message", "operation")


@dataclass(frozen=True, slots=True)
class Reference:
    """A `$ref` that resolves, its kind, and the place that it names, maybe another `$ref`."""

    kind: Kind
    place: Place
    target: Place


@dataclass(slots=True)
class Walk:
    """Visits each place once for each kind that it is used as, through all files."""

    source: Source
    diagnostics: Diagnostics
    kinds: Kinds
    schemas: dict[Address, Place] = field(default_factory=dict)
    references: dict[Address, Reference] = field(default_factory=dict)
    traits: list[str] = field(default_factory=list)
    broken: set[Span] = field(default_factory=set)
    _todo: list[tuple[Kind, Place]] = field(default_factory=list)
    _seen: set[tuple[Kind, Address]] = field(default_factory=set)

    def run(self) -> None:
        """Visit everything, in the order of the document."""
        self._todo.append(("document", self.source.root))
        while self._todo:
            kind, place = self._todo.pop()
            if (kind, place.address) not in self._seen:
                self._seen.add((kind, place.address))
                self._todo.extend(reversed(list(self._visit(kind, place))))

    @property
    def leaves_document(self) -> bool:
        """True where a reference leads to another file."""
        return any(reference.target.file for reference in self.references.values())

    def _visit(self, kind: Kind, place: Place) -> Iterator[tuple[Kind, Place]]:
        """Look at a place; what is to be visited next."""
        if place.node.reference is not None:
            yield from self._visit_reference(kind, place)
        elif kind == "dependency":
            if not isinstance(place.node.value, list):
                yield "schema", place
        elif kind == "ack" and place.get("args") is None:
            yield "schema", place
        elif kind in ("payload", "schema") and self._is_multi_format(place):
            if kind == "schema":
                _check_format(place, self.diagnostics)
            yield "multi-format", place
        elif kind == "payload":
            yield "schema", place
        elif element(kind) != kind:
            yield from self._elements(kind, place)
        else:
            if kind == "schema":
                self.schemas[place.address] = place
                check_schema(place, self.diagnostics)
            elif kind in _WITH_TRAITS and place.get("traits"):
                self.traits.append(place.pointer)
            yield from self._children(kind, place)

    def _visit_reference(self, kind: Kind, place: Place) -> Iterator[tuple[Kind, Place]]:
        if kind in ("payload", "schema"):
            # What stands beside `$ref` is ignored, but has to be well-formed.
            check_keywords(place, self.diagnostics)
            check_siblings(place, self.diagnostics)
            yield from self._children("schema", place)
        end = self.source.follow(place, self.diagnostics)
        target = end and self.source.step(place, self.diagnostics)
        if target:
            self.references[place.address] = Reference(kind, place, target)
            yield kind, target
        elif place.node.reference:
            self.broken.add(place.node.reference.span)

    def _children(self, kind: Kind, place: Place) -> Iterator[tuple[Kind, Place]]:
        for key, child_kind in self.kinds.get(kind, {}).items():
            child = place.get(key)
            if child is None or (child_kind.startswith("?") and not _has_json_schema(place)):
                continue
            # In a schema, `$ref` beside the names of properties is a name itself (S26).
            if kind == "schema" and element(child_kind) != child_kind:
                yield from self._elements(child_kind, child)
            else:
                yield child_kind.lstrip("?"), child

    def _elements(self, kind: Kind, place: Place) -> Iterator[tuple[Kind, Place]]:
        """What is in a mapping or a list, or the value itself where it may be either."""
        if kind.startswith("{}"):
            for _, entry in place.entries():
                yield element(kind), entry
        elif kind.startswith("[]") or isinstance(place.node.value, list):
            for item in place.items():
                yield element(kind), item
        else:
            yield element(kind), place

    # -- what becomes of it

    def edits(self) -> Iterator[tuple[str, Edit]]:
        """What is to be rewritten in a document that is whole, by pointer (S26)."""
        shifted = {place.pointer for place in self.schemas.values() if is_shifted(place.node)}
        for place in self.schemas.values():
            if place.pointer in shifted or dropped_keywords(place.node):
                yield place.pointer, as_draft_7
        for reference in self.references.values():
            moved = self._moved(reference, shifted)
            written = reference.place.node.reference
            if written and written.value != moved:
                yield reference.place.pointer, partial(with_reference, moved)

    def _moved(self, reference: Reference, shifted: Set[str]) -> str:
        """A `$ref` as a valid URI, to where its target is after the rewriting."""
        pointer = moved = ""
        for token in split(reference.target.pointer):
            moved = join(moved, SHIFT.get(token, token) if pointer in shifted else token)
            pointer = join(pointer, token)
        is_schema = ("schema", reference.place.address) in self._seen
        if is_schema and self._is_multi_format(reference.target):
            moved = join(moved, "schema")  # Validators know nothing of formats.
        return local_reference(moved)

    def _is_multi_format(self, place: Place) -> bool:
        return "multi-format" in self.kinds and place.get("schemaFormat") is not None


def _check_format(place: Place, diagnostics: Diagnostics) -> None:
    if not _has_json_schema(place):
        diagnostics.error(
            "AG227",
            "a schema refers to this one, which is not JSON Schema",
            place.span,
            hint="write it as an AsyncAPI schema, or as JSON Schema draft-07",
            pointer=place.pointer,
        )


def _has_json_schema(place: Place) -> bool:
    schema_format = place.get("schemaFormat")
    text = schema_format.node.value if schema_format else None
    return is_json_schema(text if isinstance(text, str) else None)
