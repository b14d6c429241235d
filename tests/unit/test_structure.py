"""The structure of documents: what the tables say is what is reported, once, where it stands."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity
from asyncgen.source import Source, join, load
from asyncgen.structure import check, read_table
from asyncgen.structure.table import Key, Kind, Table, Type, Version

VERSIONS: list[Version] = [(2, 6), (3, 1)]
HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: '1'}\n"
HEAD_3 = "asyncapi: 3.0.0\ninfo: {title: Chat, version: '1'}\n"

SAMPLES: dict[str, Any] = {
    "text": "text",
    "boolean": True,
    "mapping": {"a": 1},
    "any": 1,
    "schema": {"type": "string"},
    "objectSchema": {"type": "object"},
    "uri": "https://example.com/",
    "email": "team@example.com",
    "expression": "$message.payload#/id",
    "address": "/rooms",
}
WRONG: dict[str, Any] = {"boolean": "yes", "list": "text", "mapping": 3}


# -- documents made from the tables ------------------------------------------------------------


def sample(table: Table, kind: Type) -> Any:
    """A value of a type, with no more keys than it needs."""
    if kind.choices:
        return kind.choices[0]
    if kind.item:
        value = sample(table, kind.item)
        return [value] if kind.name == "list" else {"a": value}
    if kind.name in table.kinds:
        return whole(table, table.kinds[kind.name])
    return copy.deepcopy(SAMPLES[kind.name])


def whole(table: Table, kind: Kind) -> Any:
    value = {key.name: sample(table, key.type) for key in kind.keys.values() if key.required}
    if kind.when and kind.when[1]:
        value[kind.when[0]] = kind.when[1]
    if kind.name == "document":
        value["asyncapi"] = "2.6.0" if "publish" in table.kinds["channel"].keys else "3.1.0"
    return value if kind.keys else {}


Home: TypeAlias = tuple[Any, tuple[str | int, ...]]


def homes(table: Table) -> dict[str, Home]:
    """A document that holds an object of a kind, and the keys and indexes that lead there."""
    found: dict[str, Home] = {"document": (whole(table, table.kinds["document"]), ())}
    todo = ["document"]
    while todo:
        name = todo.pop(0)
        for kind in (table.kinds[name], *table.variants.get(name, ())):
            for key in kind.keys.values():
                within, kind_of = [key.name], key.type
                while kind_of.item:
                    within.append(0 if kind_of.name == "list" else "a")
                    kind_of = kind_of.item
                if kind_of.name in table.kinds and kind_of.name not in found:
                    document, way = home(table, kind, found[name])
                    reached(document, way)[key.name] = sample(table, key.type)
                    found[kind_of.name] = (document, (*way, *within))
                    todo.append(kind_of.name)
    return found


def home(table: Table, kind: Kind, place: Home) -> Home:
    """The same document with an object of just this kind in its place."""
    document, way = copy.deepcopy(place)
    if not way:
        return document, way
    reached(document, way[:-1])[way[-1]] = whole(table, kind)
    return document, way


def reached(value: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


@dataclass(frozen=True)
class Case:
    """A key of a kind, in a document that is right but for what a test does to it."""

    table: Table
    version: Version
    kind: Kind
    key: Key
    document: Any
    way: tuple[str | int, ...]

    @property
    def holder(self) -> Any:
        return reached(self.document, self.way)

    @property
    def pointer(self) -> str:
        pointer = ""
        for step in self.way:
            pointer = join(pointer, str(step))
        return pointer


def cases() -> Iterator[Any]:
    for version in VERSIONS:
        table = read_table(version)
        kinds = [*table.kinds.values(), *(it for them in table.variants.values() for it in them)]
        places = homes(table)
        for kind in kinds:
            if kind.name not in places:
                continue  # a base of others
            for key in kind.keys.values():
                name = f"{version[0]}-{kind.name}-{kind.when and kind.when[1]}-{key.name}"
                document, way = home(table, kind, places[kind.name])
                yield pytest.param(Case(table, version, kind, key, document, way), id=name)


def checked(path: Path, document: Any, version: Version) -> tuple[Source, list[Diagnostic]]:
    file = path / "chat.json"
    file.write_text(json.dumps(document, indent=1))
    diagnostics = Diagnostics()
    source = load(file, diagnostics)
    assert source
    check(source, f"{version[0]}.{version[1]}.0", diagnostics)
    return source, list(diagnostics)


@pytest.mark.parametrize("case", cases())
def test_S6_each_key_may_stand_where_the_table_has_it(tmp_path: Path, case: Case) -> None:
    case.holder.setdefault(case.key.name, sample(case.table, case.key.type))
    assert checked(tmp_path, case.document, case.version)[1] == []


@pytest.mark.parametrize("case", cases())
def test_S6_a_misspelt_key_is_reported_once_at_the_key(tmp_path: Path, case: Case) -> None:
    name = case.key.name
    if case.kind.when == (name, None) and not case.table.kinds[case.kind.name].keys:
        return  # without this one, it may be anything
    value = case.holder.pop(name, sample(case.table, case.key.type))
    wrong = name + "q"
    case.holder[wrong] = value
    source, found = checked(tmp_path, case.document, case.version)
    [item] = found
    place = source.at(join(case.pointer, wrong))
    assert place and (item.pointer, item.span) == (place.pointer, place.span)
    assert item.code == ("AG211" if name.startswith("x-") else "AG248")
    assert item.hint and item.hint.lower() == f"did you mean `{name}`?".lower()


@pytest.mark.parametrize("case", cases())
def test_S6_a_wrong_type_is_reported_once_at_the_value(tmp_path: Path, case: Case) -> None:
    if case.key.type.name in ("any", "schema", "objectSchema", "payload", "ack"):
        return  # may be anything here, or is a schema, which `bundle` checks
    case.holder[case.key.name] = WRONG.get(case.key.type.name, 3)
    source, found = checked(tmp_path, case.document, case.version)
    [item] = found
    place = source.at(join(case.pointer, case.key.name))
    assert place and (item.pointer, item.span) == (place.pointer, place.node.span)
    assert item.code == "AG204"


@pytest.mark.parametrize("case", cases())
def test_S6_a_missing_key_is_reported_once(tmp_path: Path, case: Case) -> None:
    name = case.key.name
    if not case.key.required or (case.kind.when == (name, None)):
        return  # without this one, it is another kind
    del case.holder[name]
    source, found = checked(tmp_path, case.document, case.version)
    [item] = found
    place = source.at(case.pointer)
    assert place and (item.code, item.pointer, item.span) == ("AG203", place.pointer, place.span)
    assert f"has no `{name}`" in item.message


@pytest.mark.parametrize("case", cases())
def test_S6_a_text_that_is_none_of_the_choices(tmp_path: Path, case: Case) -> None:
    if not case.key.type.choices and case.key.type.name not in ("uri", "email", "expression"):
        return
    case.holder[case.key.name] = "#"
    _, found = checked(tmp_path, case.document, case.version)
    assert [(it.code, it.pointer) for it in found] == [
        ("AG205", join(case.pointer, case.key.name))
    ]


@pytest.mark.parametrize(
    ("kind", "name", "since"),
    [
        (kind.name, key.name, key.since)
        for kind in read_table((2, 0)).kinds.values()
        for key in kind.later.values()
        if key.since < (3, 0) and key.name not in kind.keys
    ],
)
def test_S6_a_key_of_a_later_version(
    tmp_path: Path, kind: str, name: str, since: Version
) -> None:
    table = read_table(since)
    place = homes(table).get(kind)
    if place is None:
        return  # a base of others
    document, way = home(table, table.kinds[kind], place)
    case = Case(table, since, table.kinds[kind], table.kinds[kind].keys[name], document, way)
    case.holder[name] = sample(table, case.key.type)
    before = (since[0], since[1] - 1)
    pointer = join(case.pointer, name)
    found = [it for it in checked(tmp_path, document, before)[1] if it.pointer == pointer]
    assert [(it.code, it.severity) for it in found] == [("AG248", Severity.ERROR)]
    assert found[0].hint and found[0].hint.startswith(f"it came with AsyncAPI {since[0]}.{since[1]}")
