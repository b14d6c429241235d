"""Reading a schema, in which anything may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from asyncgen.document import Json
from asyncgen.json_pointer import join

Schema: TypeAlias = Mapping[str, Json]


TYPES = ("string", "integer", "number", "boolean", "null", "array", "object")

# Beside an `allOf` these say more than it.
_SHAPING = ("type", "properties", "items", "enum", "const", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the schemas that an instance must satisfy together."""

    pointer: str
    schema: Schema


def reference_of(schema: Json) -> str | None:
    """The `$ref` of a schema that is only a reference, or only describes one."""
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"])
    several = schema.get("allOf")
    if isinstance(several, list) and len(several) == 1 and not any(it in schema for it in _SHAPING):
        return reference_of(several[0])
    return None


def kinds_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """The JSON types of the instances, as the first part that says so has them."""
    for part in parts:
        written = part.schema.get("type")
        kinds = tuple(
            dict.fromkeys(strings_in(written if isinstance(written, list) else [written]))
        )
        if kinds := tuple(kind for kind in kinds if kind in TYPES):
            return kinds
    return ()


def members_of(parts: Sequence[Part]) -> dict[str, list[str]]:
    """The properties of an object, with the pointers of their schemas: one in each part at most."""
    members: dict[str, list[str]] = {}
    for part in parts:
        for key in filter(is_unicode, entries(part.schema, "properties")):
            members.setdefault(key, []).append(join(part.pointer, "properties", key))
    return members


def is_class(parts: Sequence[Part], kinds: tuple[str, ...]) -> bool:
    """Whether instances are objects alone, with properties that have names."""
    return kinds == ("object",) and bool(members_of(parts))


def describes_objects(parts: Sequence[Part]) -> bool:
    """Whether the parts say what is in an object."""
    maps = (isinstance(part.schema.get("additionalProperties"), dict) for part in parts)
    return bool(members_of(parts)) or any(maps)


def is_closed(schema: Schema) -> bool:
    """Whether an object may have no other properties than those that are named."""
    allowed = schema.get("additionalProperties")
    return allowed is False and not entries(schema, "patternProperties")


def entries(schema: Schema, keyword: str) -> Schema:
    """The mapping under a keyword; empty for anything else."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def strings_in(value: Json) -> Iterator[str]:
    """The strings of a list; none for anything else."""
    return (it for it in value if isinstance(it, str)) if isinstance(value, list) else iter(())


def is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which no message can have."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def text_of(schemas: Iterable[Schema]) -> str:
    """What the first of the schemas that says anything says about itself."""
    for schema in schemas:
        for keyword in ("description", "title"):
            text = schema.get(keyword)
            if isinstance(text, str) and text.strip():
                return text
    return ""
