"""Reading the bundle, in which anything may be anywhere."""

from __future__ import annotations

import re
from itertools import chain, count

from asyncgen import pointers
from asyncgen.code import Text
from asyncgen.document import Json


def mapping(value: Json, *keys: str) -> dict[str, Json]:
    """The object under these keys; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Json) -> Text | None:
    """The text; None for anything else, and for one that says nothing."""
    return Text(value) if isinstance(value, str) and value.strip() else None


def texts(value: Json) -> tuple[Text, ...]:
    """The plain values of a list, as text."""
    items = value if isinstance(value, list) else []
    return tuple(Text(str(it)) for it in items if isinstance(it, str | int | float))


def at(bundle: Json, pointer: str) -> dict[str, Json]:
    """The object at the pointer, references followed; empty where there is none."""
    return mapping(pointers.at(bundle, pointers.follow(bundle, pointer)))


def anchor(prefix: str, name: Text, taken: set[str]) -> str:
    """An id for a thing of this name that no other has; it is added to those taken."""
    words = re.sub(r"[^a-z0-9]+", "-", name.raw[:80].lower()).strip("-")
    base = f"{prefix}{words or 'unnamed'}"
    numbered = (f"{base}-{number}" for number in count(2))
    found = next(it for it in chain([base], numbered) if it not in taken)
    taken.add(found)
    return found
