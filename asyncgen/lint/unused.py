"""Components that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document, Json
from asyncgen.json_pointer import join, split
from asyncgen.spelling import closest


def check_use(document: Document, diagnostics: Diagnostics) -> None:
    """Note each component that nothing refers to (AG258).

    One that only refers to itself is not used, and one that an unused one
    refers to is. A document without channels is a collection of components.
    """
    groups = document.bundle.get("components")
    if not isinstance(groups, dict) or not document.channels:
        return
    used = set(_referenced(document.bundle)) | set(_schemes(document))
    for group, entries in groups.items():
        for name in entries if isinstance(entries, dict) else ():
            pointer = join("/components", group, name)
            if (group, name) in used or group.startswith("x-"):
                continue
            diagnostics.note(
                "AG258",
                f"nothing uses {quote(name)} of `components.{quote(group)[1:-1]}`",
                document.keys.get(pointer, document.span),
                hint="refer to it where it is meant, or remove it",
                pointer=pointer,
            )


def _schemes(document: Document) -> Iterator[tuple[str, str]]:
    """Security schemes are named and not referred to, but in lists of 3.x."""
    known = {scheme.name.raw: scheme for scheme in document.schemes}
    for requirement in document.requirements:
        for use in requirement.schemes:
            # One that is misspelt is reported as that (AG235).
            name = use.scheme.raw if use.scheme.raw in known else closest(use.scheme.raw, known)
            if name is not None:
                yield "securitySchemes", name


def _referenced(bundle: dict[str, Json]) -> Iterator[tuple[str, str]]:
    """The components that references from outside of them lead to or into."""
    waiting: list[tuple[tuple[str, ...], Json]] = [((), bundle)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            target = _component(value.get("$ref"))
            if target and path[:3] != ("components", *target):
                yield target
            # Deeper than a component's name, only its first three tokens matter.
            waiting.extend(((*path, key)[:3], entry) for key, entry in value.items())
        elif isinstance(value, list):
            waiting.extend((path, entry) for entry in value)


def _component(reference: Json) -> tuple[str, str] | None:
    if not isinstance(reference, str) or not reference.startswith("#/components/"):
        return None
    parts = split(unquote(reference[1:]))
    return (parts[1], parts[2]) if len(parts) > 2 else None
