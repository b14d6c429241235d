"""The reference of our extensions, from the same table that documents are checked with."""

from __future__ import annotations

from asyncgen.structure.table import Key, Kind, Type, read_extensions

_TITLE = """# What asyncgen reads in addition to AsyncAPI

Everything here is optional. This page is generated from `extensions.txt`, the table
that documents are checked against.
"""


def extensions() -> str:
    """What asyncgen reads in addition to AsyncAPI, as Markdown: a table for each kind of object."""
    sections = [_section(kind) for kind in read_extensions().values() if kind.keys]
    return "\n".join([_TITLE, *sections])


def _section(kind: Kind) -> str:
    rows = [_row(key) for key in kind.keys.values()]
    heading = f"### In {kind.label}\n"
    return "\n".join([heading, "| key | value | meaning |", "| --- | --- | --- |", *rows, ""])


def _row(key: Key) -> str:
    required = ", required" if key.required else ""
    since = f" (AsyncAPI {key.since[0]} only)" if key.since[0] else ""
    return f"| `{key.name}` | {_words(key.type)}{required} | {key.note}{since} |"


def _words(kind: Type) -> str:
    if kind.choices:
        return " or ".join(f"`{choice}`" for choice in kind.choices)
    if kind.item is not None:
        return {"list": "list of ", "mapping": "mapping to "}[kind.name] + _words(kind.item)
    reference = ", or a reference to one" if kind.reference else ""
    return {"any": "anything", "schema": "a schema"}.get(kind.name, _label(kind.name)) + reference


def _label(name: str) -> str:
    known = read_extensions().get(name)
    return known.label if known is not None else name
