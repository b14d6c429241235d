"""The tables of dependencies in CONTRIBUTING.md are what is declared and installed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.support import ROOT

EMITTED = ROOT / "golden" / "deploy" / "expected"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def rows(first: str) -> dict[str, list[str]]:
    """The rows of the table with this first heading, by their first words."""
    table = TEXT.partition(f"| {first} |")[2].partition("\n\n")[0]
    cells = [[it.strip() for it in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {row[0].split()[0]: row for row in cells}


def declared(folder: Path) -> Iterator[tuple[str, str | None, Requirement]]:
    """The project and the name of the optional part of each requirement."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for part, items in {None: project["dependencies"], **project["optional-dependencies"]}.items():
        yield from ((project["name"], part, Requirement(it)) for it in items)


OWN, SERVED, CHECKS = rows("of asyncgen"), rows("of emitted projects"), rows("of the tests")


def test_every_dependency_is_in_a_table() -> None:
    for _, part, requirement in declared(ROOT):
        assert requirement.name in (CHECKS | OWN | SERVED if part == "dev" else OWN | SERVED)
    for _, part, requirement in declared(EMITTED):
        assert requirement.name in (CHECKS if part == "test" else SERVED)


def test_a_table_has_no_dependency_that_is_gone() -> None:
    own = {it.name for _, part, it in declared(ROOT) if part != "dev"}
    checks = {it.name for _, part, it in declared(ROOT) if part == "dev"}
    served = {it.name for _, _, it in declared(EMITTED)} | {"gunicorn", "Faker"}
    assert OWN.keys() <= own
    assert CHECKS.keys() <= checks
    assert SERVED.keys() <= served


def test_ranges_of_the_tables_are_those_declared() -> None:
    ranges = {it.name: it.specifier for _, part, it in declared(ROOT) if part != "dev"}
    assert {name: SpecifierSet(row[1]) for name, row in OWN.items()} == {
        name: ranges[name] for name in OWN
    }
    served = {it.name: it.specifier for _, _, it in declared(EMITTED)}
    docker = (EMITTED / "Dockerfile").read_text(encoding="utf-8")
    served["gunicorn"] = Requirement(re.findall(r'"(gunicorn[^"]*)"', docker)[0]).specifier
    served["Faker"] = ranges["Faker"]
    assert {name: SpecifierSet(row[1]) for name, row in SERVED.items()} == {
        name: served[name] for name in SERVED
    }
    checks = {it.name: it.specifier for _, part, it in declared(ROOT) if part == "dev"}
    assert {name: SpecifierSet(row[1]) for name, row in CHECKS.items()} == {
        name: checks[name] for name in CHECKS
    }


def licence(name: str) -> str:
    """What the newest release says of itself: an expression, or the first word of an older text."""
    found = metadata(name)
    if expression := found.get("License-Expression"):
        return expression
    said = [it for it in found.get_all("Classifier", []) if it.startswith("License ::")]
    text = said[0].split(" :: ")[-1] if said else str(found["License"])
    return {"Mozilla": "MPL-2.0"}.get(text.split()[0], text.split()[0])


def test_licences_of_the_tables_are_those_of_what_is_installed() -> None:
    table = {**OWN, **SERVED, **CHECKS}
    wrong = {
        name: licence(name)
        for name, row in table.items()
        if row[3] != licence(name) and not row[3].startswith(f"{licence(name)}-")
    }
    assert wrong == {}
