"""What is said about the structure of a document: names, and hints at what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asyncgen.code import quote
from asyncgen.json_pointer import split
from asyncgen.source import Place, describe
from asyncgen.spelling import nearest
from asyncgen.structure.table import Key, Kind, Type, read_table


def name(place: Place) -> str:
    """A place in a message: its key, and what an index is an item of."""
    tokens = split(place.pointer)
    if not tokens:
        return "the document" if place.file == "" else f"the file {quote(place.file)}"
    if place.key is None and len(tokens) > 1:
        return f"item {tokens[-1]} of {quote(tokens[-2])}"
    return quote(tokens[-1])


def missing(place: Place, key: str, looks_like: str | None) -> tuple[str, str]:
    """That a required key is missing, and what to do; `looks_like` is the value that would fit."""
    hint = f"it looks like `{key}: {looks_like}`" if looks_like else f"add `{key}:`"
    return f"{name(place)} has no {quote(key)}", hint


_INSTEAD: Mapping[tuple[str, str], tuple[str, str]] = {
    ("server", "url"): (
        "host",
        "AsyncAPI 3 has `host: example.com` and `pathname: /socket.io` in place of it",
    ),
    ("server", "host"): ("url", "AsyncAPI 2 has `url: wss://example.com/socket.io` in place of it"),
    ("channel", "publish"): (
        "",
        "AsyncAPI 3 has `operations` with `action: receive` in place of it, and the `messages` of"
        " the channel",
    ),
    ("channel", "subscribe"): (
        "",
        "AsyncAPI 3 has `operations` with `action: send` in place of it, and the `messages` of the"
        " channel",
    ),
    ("message", "content"): ("payload", "put what `schema` holds in OpenAPI under `payload`"),
}


def instead(kind: Kind, key: str) -> tuple[str, str] | None:
    """What has another name or place than in the other version, or in OpenAPI, and how to write it.

    The key is empty where it is not one of the same object.
    """
    return _INSTEAD.get((kind.name, key))


def possible(kind: Kind) -> str:
    """The keys that an object may have."""
    keys = [key for key in kind.keys if not key.startswith("x-")]
    return f"{kind.label} may have {_listed(keys)}, and extensions that begin with `x-`"


def choice(value: str, choices: Iterable[str]) -> str:
    """What a text may be."""
    near = nearest(value, choices)
    return f"did you mean {quote(near)}?" if near else f"one of: {', '.join(choices)}"


def newer(key: Key) -> str:
    """Since which version a key exists."""
    version = ".".join(map(str, key.since))
    return f"it was added in AsyncAPI {version}: write `asyncapi: {version}.0`, or leave it out"


def instead_of_extension(kind: Kind, extension: Key) -> str:
    """What to write in place of an extension of ours that only later versions have here."""
    standard = extension.name.removeprefix("x-")
    if standard in kind.keys:
        return f"write {quote(standard)}, which is of the same form in this version"
    version = ".".join(map(str, extension.since))
    return f"it is read here from AsyncAPI {version} on"


def of_other_version(kind: Kind, key: str, version: str) -> str | None:
    """That a key belongs to another major version."""
    other = (2, 6) if version.startswith("3.") else (3, 1)
    there = read_table(other).kinds.get(kind.name)
    if there is None or key not in there.keys:
        return None
    return f"it is a key of AsyncAPI {other[0]}, and this document is written in {version}"


def instead_of_reference(kind: Type) -> str:
    """What to do about a reference where none may stand."""
    if kind.item and kind.item.reference:
        return "write a reference for each entry"
    return "write out here what it refers to"


def holder(kind: Kind | None, found: Type) -> str | None:
    """Where in an object of a kind belongs what was found in place of it."""
    for key in kind.keys.values() if kind else ():
        if found.name == key.type.name:
            return f"put the reference under {quote(key.name)} of it"
        if key.type.item and found.name == key.type.item.name:
            return f"put the reference under {quote(key.name)} of it, as one of several"
    return None


def requirement(kind: Type, place: Place) -> str | None:
    """How to write a security scheme that has the form of 2.x; None for any other."""
    if kind.name != "securityScheme" or place.get("type"):
        return None
    schemes = [key for key, entry in place.entries() if isinstance(entry.node.value, list)]
    if len(schemes) != len(list(place.entries())) or not schemes:
        return None
    reference = quote(f"$ref: #/components/securitySchemes/{schemes[0]}")
    return f"write {reference}, its value in quotes, or use `x-security`"


def last_part(place: Place) -> str:
    """What follows the last slash of a text."""
    value = place.node.value
    return value.rpartition("/")[2] if isinstance(value, str) else ""


def wrong(kind: Type, place: Place, expected: str, component: str | None) -> str | None:
    """What to write in place of a value of the wrong type."""
    value, actual = place.node.value, describe(place.node)
    if expected == "text" and actual in ("a number", "a boolean"):
        return "put it in quotes"
    if isinstance(value, str) and component:
        if value.startswith("#/") or value.partition("#")[0].endswith((".yaml", ".yml", ".json")):
            component = value
        return f'write `$ref: "{quote(component, 200)[1:-1]}"`'
    if isinstance(value, str) and kind.name == "mapping" and kind.item and kind.item.item:
        return f"write {quote(f'- {value}: []')}"
    if isinstance(value, list) and kind.name == "message":
        return "put the list under `oneOf`"
    if expected == "a list" and isinstance(value, dict | str):
        return "begin each item with `- `"
    if value is None:
        return "fill it in, or leave the key out"
    return None


def _listed(keys: list[str]) -> str:
    shown = ", ".join(quote(key) for key in keys)
    return shown or "no keys"
