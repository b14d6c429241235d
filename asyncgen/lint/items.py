"""The objects of a bundled document, each once, with the kind that it is used as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asyncgen.bundle.kinds import KINDS_2, KINDS_3, Kind, element
from asyncgen.document import Document, Json
from asyncgen.json_pointer import join
from asyncgen.media_types import is_json_schema
from asyncgen.pointers import at, follow


@dataclass(frozen=True, slots=True)
class Item:
    """An object at a pointer, with references followed; `kind` is one of `bundle.kinds`."""

    kind: Kind
    pointer: str
    value: Mapping[str, Json]


def items(document: Document) -> Sequence[Item]:
    """Everything that AsyncAPI and our extensions give a meaning, `components` as well."""
    kinds = KINDS_3 if document.is_version_3 else KINDS_2
    found: dict[tuple[Kind, str], Item] = {}
    waiting: list[tuple[Kind, str, Json]] = [("document", "", document.bundle)]
    while waiting:
        kind, pointer, value = waiting.pop()
        if isinstance(value, dict) and "$ref" in value:
            pointer = follow(document.bundle, pointer)
            value = at(document.bundle, pointer)
        if not isinstance(value, dict):
            continue
        item = Item(_exact(kind, value), pointer, value)
        if (item.kind, pointer) not in found:
            found[item.kind, pointer] = item
            children = _children(item, kinds.get(item.kind, {}))
            waiting.extend(reversed(list(children)))
    return list(found.values())


def _exact(kind: Kind, value: Mapping[str, Json]) -> Kind:
    """The kind of an object where several may stand."""
    if kind in ("payload", "schema") and isinstance(value.get("schemaFormat"), str):
        return "multi-format"
    if kind in ("payload", "dependency") or (kind == "ack" and "args" not in value):
        return "schema"
    return kind


def _children(item: Item, kinds: Mapping[str, Kind]) -> Iterator[tuple[Kind, str, Json]]:
    for key, kind in kinds.items():
        value = item.value.get(key)
        if value is None or (kind.startswith("?") and not has_json_schema(item.value)):
            continue
        pointer, inner = join(item.pointer, key), element(kind)
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield inner, join(pointer, index), entry
        elif isinstance(value, dict) and kind.startswith("{}"):
            for name, entry in value.items():
                yield inner, join(pointer, name), entry
        else:
            yield inner, pointer, value


def has_json_schema(value: Mapping[str, Json]) -> bool:
    """True where the `schemaFormat` of an object is one of JSON Schema (S5)."""
    written = value.get("schemaFormat")
    return written is None or (isinstance(written, str) and is_json_schema(written))
