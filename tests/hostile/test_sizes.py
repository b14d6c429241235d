"""Whatever the size of a document: bounded time and memory, and a clear message (S2).

The commands run as processes under limits, which end one that takes too much.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.hostile import sizes
from tests.support import ROOT

MEMORY = 2 * 1024**3
SECONDS = 120
EVERYTHING = os.environ.get("ASYNCGEN_CORPUS") == "all"


DIFFERENT = {
    "parts": lambda: sizes.chained(lambda it: {"allOf": [it]}, 90),
    "alternatives": lambda: sizes.chained(lambda it: {"anyOf": [it, {"type": "null"}]}, 90),
    "items": lambda: sizes.chained(lambda it: {"type": "array", "items": it}, 800),
}


def some(names: Iterable[str]) -> list[str]:
    """A few of the documents; all in `nox -s hostile`."""
    return [*names] if EVERYTHING else [*names][::4]


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def codes(folder: Path, name: str, text: str, *command: str) -> tuple[int, set[str]]:
    """The exit status of a command on a document, and the codes of what it says."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "asyncgen", command[0], str(path), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    said = done.stdout + done.stderr
    assert done.returncode in (0, 1), said[-2_000:]
    assert "Traceback" not in said
    # A line of the document is shown as far as somebody can read it.
    assert max(map(len, said.splitlines())) < 5_000
    return done.returncode, set(re.findall(r"(?:error|warning|note)\[(AG\d+)\]", said))


@pytest.mark.parametrize("name", some([*sizes.READING, *sizes.CIRCLES]))
def test_S2_S3_what_cannot_be_read_is_refused_in_bounded_time(tmp_path: Path, name: str) -> None:
    text, code = {**sizes.READING, **sizes.CIRCLES}[name]
    status, found = codes(tmp_path, name, text(), "validate")
    assert status == 1
    assert code in found


@pytest.mark.parametrize("name", some(sizes.MANY))
def test_S2_what_is_too_much_is_told_in_bounded_time(tmp_path: Path, name: str) -> None:
    text, code = sizes.MANY[name]
    _, found = codes(tmp_path, name, text(), "validate")
    assert any(it.startswith(code) for it in found) or not code


@pytest.mark.parametrize("name", some(sizes.HEAVY))
def test_S2_what_is_heavy_becomes_a_project_in_bounded_time(tmp_path: Path, name: str) -> None:
    text, expected = sizes.HEAVY[name]
    status, found = codes(tmp_path, name, text(), "scaffold", "-o", str(tmp_path / "app"))
    assert (status, found) == (0, expected)


@pytest.mark.parametrize("name", some(DIFFERENT))
def test_chains_and_rings_are_compared_in_bounded_time(tmp_path: Path, name: str) -> None:
    text = DIFFERENT[name]()
    (tmp_path / "new.json").write_text(text.replace('"string"', '"integer"'))
    status, _ = codes(tmp_path, "old.json", text, "diff", str(tmp_path / "new.json"))
    assert status == 1


def test_S3_circles_through_files_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"b": {"properties": {"c": {"$ref": "c.json#/c"}}}}')
    (tmp_path / "c.json").write_text(
        '{"c": {"allOf": [{"$ref": "b.json#/b"}]}, "d": {"$ref": "c.json#/d"}}'
    )
    good = sizes.document(sizes.event({"$ref": "b.json#/b"}))
    assert codes(tmp_path, "asyncapi.json", good, "validate")[0] == 0
    bad = sizes.document(sizes.event({"$ref": "c.json#/d"}))
    assert codes(tmp_path, "asyncapi.json", bad, "validate") == (1, {"AG105"})


# In each, an alternative within an alternative leads to the same part of the value again.
TREES = {
    "oneOf": {"oneOf": [{"type": "number"}, *[{"properties": {"a": {"$ref": "#/T"}}}] * 2]},
    "anyOf": {
        "anyOf": [
            {"type": "number"},
            {"allOf": [{"type": "object", "properties": {"a": {"$ref": "#/T"}}}] * 2},
        ]
    },
    "allOf": {
        "type": ["object", "number"],
        "allOf": [{"properties": {"a": {"$ref": "#/T"}}}] * 2,
    },
    "contains": {
        "anyOf": [
            {"type": "number"},
            {"type": "array", "items": {"$ref": "#/T"}, "contains": {"$ref": "#/T"}},
        ]
    },
}


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("leaf", ["text", b"bytes"])
def test_S27_a_deep_message_is_refused_in_bounded_time(name: str, leaf: object) -> None:
    wrapped = "[value]" if name == "contains" else "{'a': value}"
    code = f"""
from asyncgen import contract
schemas = contract.runtime("schemas")
value = {leaf!r}
for _ in range(100):
    value = {wrapped}
try:
    schemas.Schemas({{"T": {TREES[name]!r}}}).at("/T").check(value)
except schemas.Mismatch as mismatch:
    print("refused:", mismatch.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, preexec_fn=limit
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("refused: must ")
