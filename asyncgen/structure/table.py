"""The tables of `schemas/`: which objects there are, and what each may hold (see its README)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

Version: TypeAlias = tuple[int, int]

_FOLDER = Path(__file__).resolve().parent.parent / "schemas"
_KIND = re.compile(
    r"(?P<name>\w+)(?: : (?P<base>\w+))?"
    r"(?: when (?P<key>[\w-]+)(?: is (?P<value>\w+))?)?(?: = (?P<label>.+))?"
)


@dataclass(frozen=True, slots=True)
class Type:
    """What a value may be: `list` or `mapping` of `item`, a scalar, or an object of a kind.

    `reference` is True where a reference may stand for it, `choices` has the
    texts of `one of`, `nullable` is True where null may stand for it. `by` is
    for a list the key in which no two items may agree, for a mapping the form
    of its keys.
    """

    name: str
    item: Type | None = None
    reference: bool = False
    choices: tuple[str, ...] = ()
    nullable: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an object; `since` is the version that it came with, `note` what it is for."""

    name: str
    type: Type
    required: bool
    since: Version
    note: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object; `later` has the keys that only later versions know.

    `when` is the key that distinguishes it from another kind of the same name,
    and the value of that key; None stands for any value.
    """

    name: str
    label: str
    keys: dict[str, Key] = field(default_factory=dict)
    later: dict[str, Key] = field(default_factory=dict)
    when: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The kinds of one version; `variants` has those with a condition, by their name."""

    kinds: Mapping[str, Kind]
    variants: Mapping[str, tuple[Kind, ...]]


def read_table(version: Version) -> Table:
    """What the specification has in a version, and our extensions."""
    files = ("common.txt", f"asyncapi-{version[0]}.txt", "extensions.txt")
    lines = [line for file in files for line in _lines(_FOLDER / file)]
    return _table(lines, version)


def read_extensions() -> Mapping[str, Kind]:
    """What asyncgen itself reads in addition to AsyncAPI, in any version."""
    return _table(_lines(_FOLDER / "extensions.txt"), (99, 0)).kinds


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _table(lines: Iterable[str], version: Version) -> Table:
    kinds: dict[tuple[str, tuple[str, str | None] | None], Kind] = {}
    bases: dict[str, str] = {}
    kind = Kind("", "")
    for line in lines:
        if line.startswith(" "):
            key = _key(line)
            (kind.keys if key.since <= version else kind.later)[key.name] = key
            continue
        match = _KIND.fullmatch(line.strip())
        if match is None:
            raise ValueError(line)
        name, when = match["name"], (match["key"], match["value"]) if match["key"] else None
        kind = kinds.setdefault((name, when), Kind(name, match["label"] or _label(name), when=when))
        if match["base"]:
            bases[name] = match["base"]
    plain = {name: kind for (name, when), kind in kinds.items() if when is None}
    whole = {name: _with_base(kind, plain, bases) for name, kind in plain.items()}
    variants: dict[str, tuple[Kind, ...]] = {}
    for (name, when), kind in kinds.items():
        if when is not None:
            found = _joined(whole[name], kind) if when[1] is not None else kind
            variants[name] = (*variants.get(name, ()), found)
    return Table(whole, variants)


def _with_base(kind: Kind, kinds: Mapping[str, Kind], bases: Mapping[str, str]) -> Kind:
    base = bases.get(kind.name)
    return _joined(_with_base(kinds[base], kinds, bases), kind) if base else kind


def _joined(base: Kind, kind: Kind) -> Kind:
    """A kind with the keys of another one before its own."""
    return replace(kind, keys={**base.keys, **kind.keys}, later={**base.later, **kind.later})


def _label(name: str) -> str:
    """A kind in words: `securityScheme` is `a security scheme`."""
    words = re.sub("[A-Z]", lambda match: " " + match[0].lower(), name)
    return ("an " if words[0] in "aeio" else "a ") + words


def _key(line: str) -> Key:
    line, _, note = line.partition(" -- ")
    name, words, *since = re.split(r"\s{2,}", line.strip())
    major, _, minor = (since or ["0.0"])[0].partition(".")
    return Key(
        name=name.removesuffix("!"),
        type=_type(words),
        required=name.endswith("!"),
        since=(int(major), int(minor)),
        note=note.strip(),
    )


def _type(words: str) -> Type:
    if words.endswith(" or null"):
        return replace(_type(words.removesuffix(" or null")), nullable=True)
    if words.startswith("one of "):
        return Type("text", choices=tuple(words.split()[2:]))
    if words.startswith("&"):
        return replace(_type(words[1:]), reference=True)
    words, _, by = words.partition(" by ")
    for name, (start, end) in (("list", "[]"), ("mapping", "{}")):
        if words.startswith(start) and words.endswith(end):
            return Type(name, _type(words[1:-1]), by=by or None)
    return Type(words)
