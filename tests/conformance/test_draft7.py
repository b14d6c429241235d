"""JSON-Schema-Test-Suite, draft-07: each test is an event sent to an emitted server (S26, S27).

A group's schema is the payload of an event; whether an instance is valid is
what the server answers: `invalid_payload`, or the payload as its handler got it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.pipeline import compile_document
from tests.conformance.support import Verdicts, document, serving
from tests.support import ROOT, shared_dir

_SUITE = ROOT.parent / "shared/json-schema-test-suite/draft7"
_REQUIRED = 927

# Groups that no document can have, since references are resolved by S3 alone (S26).
REMOTE = {
    "definitions: validate definition against metaschema",
    "ref: remote ref, containing refs itself",
    "refRemote: remote ref",
    "refRemote: fragment within remote ref",
    "refRemote: ref within remote ref",
    "refRemote: Location-independent identifier in remote ref",
    "refRemote: $ref to $ref finds location-independent $id",
}
NEED_ID = {
    "ref: $ref prevents a sibling $id from changing the base uri",
    "ref: Recursive references between schemas",
    "ref: Location-independent identifier",
    "ref: Reference an anchor with a non-relative URI",
    "ref: Location-independent identifier with base URI change in subschema",
    "ref: refs with relative uris and defs",
    "ref: relative refs with absolute uris and defs",
    "ref: $id must be resolved against nearest parent, not just immediate parent",
    "ref: simple URN base URI with $ref via the URN",
    "ref: URN base URI with URN and JSON pointer ref",
    "ref: URN base URI with URN and anchor ref",
    "ref: ref to if",
    "ref: ref to then",
    "ref: ref to else",
    "ref: ref with absolute-path-reference",
    "refRemote: base URI change",
    "refRemote: base URI change - change folder",
    "refRemote: base URI change - change folder in subschema",
    "refRemote: root ref in remote ref",
    "refRemote: remote ref with ref to definitions",
    "refRemote: retrieved nested refs resolve relative to their URI not $id",
}


@dataclass(frozen=True)
class Group:
    """A schema of the suite with its tests."""

    name: str
    schema: Any
    tests: tuple[Any, ...]


def _groups() -> list[Group]:
    return [
        Group(f"{file.stem}: {group['description']}", group["schema"], tuple(group["tests"]))
        for file in sorted(_SUITE.glob("*.json"))
        for group in json.loads(file.read_text(encoding="utf-8"))
    ]


GROUPS = _groups()
SERVED = [group for group in GROUPS if group.name not in REMOTE | NEED_ID]


def test_S26_every_required_test_is_here_and_those_left_out_are_59() -> None:
    shared_dir()
    assert sum(len(group.tests) for group in GROUPS) == _REQUIRED
    assert {group.name for group in GROUPS} >= REMOTE | NEED_ID
    assert _REQUIRED - sum(len(group.tests) for group in SERVED) == 59


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts]:
    schemas = [group.schema for group in SERVED]
    with serving(tmp_path_factory.mktemp("draft7"), schemas) as found:
        yield found


@pytest.mark.parametrize("index", range(len(SERVED)), ids=[group.name for group in SERVED])
def test_S26_S27_server_says_what_the_suite_says(verdicts: Verdicts, index: int) -> None:
    for test in SERVED[index].tests:
        problem = verdicts.problem(index, test["data"])
        assert (problem is None) == test["valid"], (test["description"], problem)


@pytest.mark.parametrize("name", sorted(REMOTE | NEED_ID))
def test_S26_schema_that_needs_a_remote_document_or_an_id_is_an_error(
    tmp_path: Path, name: str
) -> None:
    shared_dir()
    (group,) = [group for group in GROUPS if group.name == name]
    spec = tmp_path / "asyncapi.json"
    spec.write_text(document([group.schema]), encoding="utf-8")
    diagnostics = Diagnostics()
    assert compile_document(spec, Options(), diagnostics) is None
    assert {item.code for item in diagnostics if item.severity.value == "error"} <= {
        "AG105",
        "AG106",
        "AG107",
    }
