"""The walk through a document, along the table of its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.json_pointer import join, split
from asyncgen.source import Address, Place, Source, describe
from asyncgen.spelling import nearest
from asyncgen.structure import words
from asyncgen.structure.forms import FORMS
from asyncgen.structure.table import Kind, Table, Type

_ANYTHING = ("any", "schema")
_NUMBER: Final = (int, float)
_SCALARS: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "text": ((str,), "text"),
    "boolean": ((bool,), "a boolean"),
    "number": (_NUMBER, "a number"),
    "mapping": ((dict,), "a mapping"),
}

_Todo: TypeAlias = tuple[Type, Place]


@dataclass(slots=True)
class Check:
    """Visits each object once for each kind that it is used as, through all files.

    A key that is missing in one place and stands in another, where it does
    not belong, is one problem: so what is missing is reported at the end, but
    for what was found elsewhere.
    """

    source: Source
    diagnostics: Diagnostics
    table: Table
    version: str
    _todo: list[_Todo] = field(default_factory=list)
    _seen: set[tuple[str, Address]] = field(default_factory=set)
    _missing: dict[Address, tuple[Place, str, str | None]] = field(default_factory=dict)
    _misplaced: set[Address] = field(default_factory=set)

    def run(self) -> None:
        """Visit everything."""
        self._todo.append((Type("document"), self.source.root))
        while self._todo:
            self._visit(*self._todo.pop())
        for address, (place, key, value) in self._missing.items():
            if address not in self._misplaced:
                message, hint = words.missing(place, key, value)
                self._error("AG203", message, place, hint, on_key=True)

    def _visit(self, kind: Type, place: Place) -> None:
        is_reference = place.node.reference is not None
        if is_reference and (kind.name == "schema" or self._is_open(kind)):
            self._follow_schema(kind, place)
        elif kind.name in _ANYTHING or (place.node.value is None and kind.nullable):
            return
        elif is_reference and self._may_refer(kind, place):
            self._follow(kind, place)
        elif kind.name == "objectSchema":
            self._object_schema(place)
        elif kind.name == "list":
            self._list(kind, place)
        elif kind.name == "mapping" and kind.item:
            self._mapping(kind, kind.item, place)
        elif kind.name in self.table.kinds:
            self._object(kind, place)
        else:
            self._scalar(kind, place)

    # -- references

    def _may_refer(self, kind: Type, place: Place) -> bool:
        """Whether a `$ref` is a reference here; one that must not be is, and is reported."""
        if not kind.reference and (kind.item or kind.name in self.table.kinds):
            self._error(
                "AG249",
                f"a `$ref` cannot stand for {self._called(kind)}",
                place.get("$ref") or place,
                words.instead_of_reference(kind),
                on_key=True,
            )
            return True
        return kind.reference

    def _is_open(self, kind: Type) -> bool:
        """True for an object that may be anything."""
        found = self.table.kinds.get(kind.name)
        return found is not None and not found.keys

    def _follow(self, kind: Type, place: Place) -> None:
        target = self.source.follow(place, self.diagnostics) if kind.reference else None
        if target is None:
            return
        beside = [entry for key, entry in place.entries() if key != "$ref"]
        if beside:
            shown = ", ".join(quote(split(entry.pointer)[-1]) for entry in beside)
            self.diagnostics.warning(
                "AG206",
                f"{shown} beside `$ref` has no effect",
                beside[0].span,
                hint="put it where the reference leads, or copy that here",
                pointer=place.pointer,
            )
        found = self._kind_of(target)
        if found and found.name != kind.name:
            self._misled(kind, found, place)
        else:
            self._todo.append((Type(kind.name), target))

    def _follow_schema(self, kind: Type, place: Place) -> None:
        """Warn where a schema refers to something else; the rest is left to `bundle`."""
        reference = place.node.reference
        text = reference.value if reference else None
        if not isinstance(text, str) or place.file or not text.startswith("#"):
            return
        target = self.source.follow(place, Diagnostics())
        found = self._kind_of(target) if target else None
        if found and found.name in self.table.kinds and not self._is_open(found):
            payload = target.get("payload") if target else None
            self._misled(kind, found, place, payload.pointer if payload else None)

    def _kind_of(self, place: Place) -> Type | None:
        """What stands at a place of the document, by the way that leads there."""
        if place.file:
            return None
        found: Type | None = Type("document")
        for token in split(place.pointer):
            if found and found.item:
                found = found.item
            else:
                kind = self.table.kinds.get(found.name) if found else None
                key = kind.keys.get(token) if kind else None
                found = key.type if key else None
        return found

    def _misled(self, kind: Type, found: Type, place: Place, meant: str | None = None) -> None:
        reference = place.node.reference
        text = reference.value if reference and isinstance(reference.value, str) else ""
        wanted, actual = self._called(kind), self._called(found)
        component = self._near_component(kind, text.rpartition("/")[2], strict=True)
        near = f"#{meant}" if meant else component or self._around(kind, text)
        # Any object is a valid schema, though it does not say what was meant.
        is_schema = kind.name == "schema" or self._is_open(kind)
        report = self.diagnostics.warning if is_schema else self.diagnostics.error
        hint = f"did you mean {quote(near, 100)}?" if near else self._holder(kind, found)
        report(
            "AG208",
            f"{quote(text, 100)} is {actual}, and {wanted} belongs here",
            (reference or place.node).span,
            hint=hint or f"refer to {wanted}",
            pointer=place.pointer,
        )

    def _holder(self, kind: Type, found: Type) -> str | None:
        """Where what was found belongs in an object of a kind that may be written in its place."""
        groups = self.table.kinds["document"].keys.values()
        stands_above = any(key.type.item and key.type.item.name == kind.name for key in groups)
        return None if stands_above else words.holder(self.table.kinds.get(kind.name), found)

    def _around(self, kind: Type, reference: str) -> str | None:
        """The part of a reference that leads to an object of a kind, on the way to one in it."""
        tokens = split(reference[1:]) if reference.startswith("#/") else []
        for length in range(len(tokens) - 1, 0, -1):
            place = self.source.at(join("", *tokens[:length]))
            found = self._kind_of(place) if place else None
            if place and found and found.name == kind.name:
                return "#" + place.pointer
        return None

    def _near_component(self, kind: Type, name: str, *, strict: bool = False) -> str | None:
        """A reference to the object of a kind whose name is nearest to this one."""
        groups = [
            join(way, group)
            for way, holder in (("", "document"), ("/components", "components"))
            for group, key in self.table.kinds[holder].keys.items()
            if key.type.item and key.type.item.name == kind.name
        ]
        for group in groups:
            known = self.source.at(group)
            if near := nearest(name, [key for key, _ in known.entries()] if known else []):
                return f"#{group}/{near}"
        return f"#{groups[0]}/…" if groups and not strict else None

    # -- lists and mappings

    def _list(self, kind: Type, place: Place) -> None:
        if not isinstance(place.node.value, list):
            self._wrong(kind, place, "a list")
            return
        seen: dict[str, Place] = {}
        for item in place.items():
            if kind.item:
                self._todo.append((kind.item, item))
            name = item.get(kind.by) if kind.by else None
            if name is None or not isinstance(name.node.value, str):
                continue
            if name.node.value in seen:
                message = f"{quote(name.node.value)} appears twice in {words.name(place)}"
                self._error("AG250", message, name, "remove or rename one of them")
            seen[name.node.value] = name

    def _mapping(self, kind: Type, item: Type, place: Place) -> None:
        if not isinstance(place.node.value, dict):
            self._wrong(kind, place, "a mapping")
            return
        for key, entry in place.entries():
            self._todo.append((item, entry))
            if kind.by and not FORMS[kind.by].pattern.fullmatch(key):
                self._malformed(kind.by, key, entry)

    # -- objects

    def _object(self, type_: Type, place: Place) -> None:
        if (type_.name, place.address) in self._seen:
            return
        self._seen.add((type_.name, place.address))
        kind = self._variant(self.table.kinds[type_.name], place)
        value = place.node.value
        if not kind.keys:
            return
        if not isinstance(value, dict):
            self._wrong(type_, place, "a mapping")
            return
        if (hint := words.requirement(type_, place)) is not None:
            message = f"{words.name(place)} must be a security scheme in AsyncAPI 3, not a mapping"
            self._error("AG204", message, place, hint)
            return
        lacking = [name for name, key in kind.keys.items() if key.required and name not in value]
        # In a trait, null takes away what an earlier one has given (S4).
        is_trait = type_.name.endswith("Trait")
        for name, entry in place.entries():
            if key := kind.keys.get(name):
                found = replace(key.type, nullable=True) if is_trait else key.type
                self._todo.append((found, entry))
            elif name.startswith("x-"):
                self._extension(kind, name, entry)
            elif (meant := self._unknown(kind, name, place, entry)) in lacking:
                lacking.remove(meant)
        for name in lacking:
            looks_like = kind.when[1] if kind.when and kind.when[0] == name else None
            self._missing[place.file, join(place.pointer, name)] = (place, name, looks_like)

    def _variant(self, kind: Kind, place: Place) -> Kind:
        """The kind that an object is, by a key that it has or by the value of one.

        Where that is missing or wrong, it is the kind that the object looks most like.
        """
        variants = self.table.variants.get(kind.name, ())
        for variant in variants:
            key, value = variant.when or ("", None)
            child = place.get(key)
            if child and (value is None or child.node.value == value):
                return variant
        deciding = {variant.when[0] for variant in variants if variant.when and variant.when[1]}
        if any(self._is_choice(kind, place, key) for key in deciding):
            return kind
        alike = [kind, *(variant for variant in variants if variant.when and variant.when[1])]
        present = [key for key, _ in place.entries()]
        return max(alike, key=lambda it: sum(key in it.keys for key in present))

    def _is_choice(self, kind: Kind, place: Place, key: str) -> bool:
        """Whether a key has one of its values, though one that makes no variant."""
        child = place.get(key)
        return child is not None and child.node.value in kind.keys[key].type.choices

    def _unknown(self, kind: Kind, name: str, place: Place, entry: Place) -> str:
        """Report a key that does not exist; the key that was meant, or nothing."""
        near, hint = words.instead(kind, name) or self._meant(kind, name, place)
        if later := kind.later.get(name):
            near, hint = "", words.newer(later)
        self._error("AG248", f"{kind.label} has no key {quote(name)}", entry, hint, on_key=True)
        return near

    def _meant(self, kind: Kind, name: str, place: Place) -> tuple[str, str]:
        """The key that is nearest to one that does not exist, or nothing; and a hint."""
        forms = [it.when[0] for it in self.table.variants.get(kind.name, ()) if it.when]
        absent = [key for key in (*kind.keys, *forms) if place.get(key) is None]
        if near := nearest(name, absent):
            return near, f"did you mean {quote(near)}?"
        elsewhere = self._elsewhere(kind, name, place)
        other = elsewhere or words.of_other_version(kind, name, self.version)
        return "", other or words.possible(kind)

    def _elsewhere(self, kind: Kind, name: str, place: Place) -> str | None:
        """Where a key belongs that stands one level too high, or at the wrong end of a document."""
        for variant in self.table.variants.get(kind.name, ()):
            if name in variant.keys and variant.when and variant.when[1]:
                return f"it goes with {quote(': '.join((variant.when[0], variant.when[1])))}"
        for key in kind.keys.values():
            child = self.table.kinds.get(key.type.name)
            if child and name in child.keys and not key.name.startswith("x-"):
                self._misplaced.add((place.file, join(join(place.pointer, key.name), name)))
                return f"put it under {quote(key.name)}"
        if place.pointer and name in self.table.kinds["document"].keys and place.file == "":
            if self.source.root.get(name) is None:
                self._misplaced.add(("", join("", name)))
            return "it belongs at the top of the document: indent it less"
        return None

    def _extension(self, kind: Kind, name: str, entry: Place) -> None:
        """Warn of an extension that is nearly one of ours, or is one in later versions only."""
        message = f"{quote(name)} means nothing to asyncgen"
        ours = [key for key in kind.keys if key.startswith("x-")]
        if later := kind.later.get(name):
            message += f" in {kind.label} of AsyncAPI {self.version}"
            hint = words.instead_of_extension(kind, later)
        elif near := nearest(name, ours, cutoff=0.85):
            hint = f"did you mean {quote(near)}?"
        else:
            return
        self.diagnostics.warning("AG211", message, entry.span, hint=hint, pointer=entry.pointer)

    # -- scalars

    def _scalar(self, kind: Type, place: Place) -> None:
        value = place.node.value
        expected, shown = _SCALARS.get(kind.name, _SCALARS["text"])
        # To Python, a boolean is a number.
        if not isinstance(value, expected) or (expected is _NUMBER and isinstance(value, bool)):
            self._wrong(kind, place, shown)
        elif not isinstance(value, str):
            return
        elif kind.choices and value not in kind.choices:
            message = f"{words.name(place)} may not be {quote(value)}"
            self._error("AG205", message, place, words.choice(value, kind.choices))
        elif kind.name in FORMS and not FORMS[kind.name].pattern.fullmatch(value):
            self._malformed(kind.name, value, place)

    def _object_schema(self, place: Place) -> None:
        if "payload" in self.table.kinds:
            self._todo.append((Type("payload", reference=True), place))
        target = self.source.follow(place, self.diagnostics)
        written = target.get("type") if target and target.get("schemaFormat") is None else None
        value = written.node.value if written else None
        if written and isinstance(value, str) and value != "object":
            message = f"the type of {words.name(place)} is `object`, not {quote(value)}"
            hint = "write `type: object`, and what it has under `properties`"
            self._error("AG205", message, written, hint)

    # -- reports

    def _called(self, kind: Type) -> str:
        if kind.item:
            whole = "list" if kind.name == "list" else "mapping"
            item = self.table.kinds.get(kind.item.name)
            return f"a whole {whole}" + (f"; it may for {item.label}" if item else "")
        found = self.table.kinds.get(kind.name)
        return found.label if found else f"a {kind.name}"

    def _malformed(self, form: str, value: str, place: Place) -> None:
        message = f"{quote(value)} is not {FORMS[form].name}"
        hint = f"write it as {quote(FORMS[form].example)}"
        if FORMS[form].is_link:
            # Only people follow it: nothing that is generated depends on it.
            self.diagnostics.warning("AG251", message, place.span, hint=hint, pointer=place.pointer)
        else:
            self._error("AG205", message, place, hint)

    def _wrong(self, kind: Type, place: Place, expected: str) -> None:
        if place.node.value is None and self._stands_beside(place):
            return  # What belongs into it is reported there.
        component = self._near_component(kind, words.last_part(place)) if kind.reference else None
        hint = words.wrong(kind, place, expected, component)
        message = f"{words.name(place)} must be {expected}, not {describe(place.node)}"
        self._error("AG204", message, place, hint)

    def _stands_beside(self, place: Place) -> bool:
        """Whether what belongs into an empty place was found beside it, as if it were above."""
        return any(
            file == place.file and pointer.startswith(place.pointer + "/")
            for file, pointer in self._misplaced
        )

    def _error(
        self, code: str, message: str, place: Place, hint: str | None, *, on_key: bool = False
    ) -> None:
        span = place.span if on_key else place.node.span
        self.diagnostics.error(code, message, span, hint=hint, pointer=place.pointer)
