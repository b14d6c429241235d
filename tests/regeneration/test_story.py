"""The chat example lives through ten revisions of its document, and its user's code beside it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from asyncgen.cli import app
from tests.functional.project import example
from tests.regeneration.runs import contents
from tests.regeneration.story import REVISIONS, SPEC, Revision
from tests.support import ROOT

pytestmark = pytest.mark.slow


class Story:
    """The project, and the document before each revision, for what compares two of them."""

    def __init__(self, folder: Path) -> None:
        self.project = example(folder, "chat", "chat").root
        self.history = folder / "history"
        self.told = 0

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def asyncgen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "asyncgen", *arguments)

    def types(self) -> set[str]:
        """The modules in which mypy finds something wrong."""
        checked = self.run("-m", "mypy", "--cache-dir", str(self.history / "mypy"), ".")
        found = set(re.findall(r"^([^:\n]+):\d+: error:", checked.stdout, re.MULTILINE))
        assert checked.returncode == bool(found), checked.stdout + checked.stderr
        return found

    def tests(self, *options: str) -> str:
        """What the project's own tests say; they must pass."""
        tested = self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
        assert tested.returncode == 0, tested.stdout
        return tested.stdout

    def revise(self, revision: Revision) -> None:
        """Let the document's author do what he does; keep what was there, and what is now."""
        for name, step in (("before", None), ("after", revision.document)):
            for change in step or ():
                change(self.project)
            kept = self.history / f"{self.told}-{name}"
            kept.mkdir(parents=True)
            for file in self.project.glob("*.yaml"):
                shutil.copy(file, kept)
        self.told += 1


def line_of(file: Path, function: str) -> int:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    (line,) = (
        node.lineno
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    return line


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story"))


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda revision: revision.name)
def test_the_project_follows_the_document(story: Story, revision: Revision) -> None:
    """In the order of the story: each revision begins where the one before has ended."""
    assert story.told == REVISIONS.index(revision), "an earlier revision has failed"
    story.revise(revision)

    # What has drifted is told, and nothing is written.
    before = contents(story.project)
    checked = story.asyncgen("check")
    assert checked.returncode == 1
    kinds = re.search(r"is not what .* gives \((.*?)\); ", checked.stdout)
    assert kinds, checked.stdout + checked.stderr
    found = {kind.partition(" ")[2] for kind in kinds[1].split(", ")}
    assert found == revision.drift
    assert contents(story.project) == before

    # A run appends the stubs, reports the orphans, and changes no byte of the user's.
    made = story.asyncgen("scaffold")
    assert made.returncode == 0, made.stderr
    after = contents(story.project)
    users = {path for path in before if "_generated" not in path and path != ".asyncgen.json"}
    appended: dict[str, list[str]] = {}
    for path, name in revision.added:
        appended.setdefault(path, []).append(name)
    for path in users:
        if path in appended:
            assert after[path].startswith(before[path].rstrip(b"\n")), path
            added = ast.parse(after[path][len(before[path]) :])
            names = [it.name for it in added.body if isinstance(it, ast.FunctionDef)]
            assert names == appended[path]
        else:
            assert after[path] == before[path], path
    for path, name in revision.orphans:
        place = f"{path}:{line_of(story.project / path, name)}:1"
        assert f"{place}: warning[AG312]" in made.stderr
    assert made.stderr.count("AG312") == len(revision.orphans)

    # The type checker points at what no longer fits, and at nothing else.
    assert story.types() == revision.types
    if not revision.types:
        story.tests()

    # The user puts it right: nothing has drifted, everything fits, no stub is left.
    for change in revision.code:
        change(story.project)
    checked = story.asyncgen("check")
    assert checked.returncode == 0, checked.stderr
    assert story.types() == set()
    assert "passed" in story.tests("--no-stubs")
    again = story.asyncgen("scaffold")
    assert again.stdout.startswith("nothing changed")


@pytest.mark.skipif(
    "diff"
    not in {
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    },
    reason="there is no `asyncgen diff` yet",
)
@pytest.mark.parametrize("number", range(len(REVISIONS)), ids=lambda it: REVISIONS[it].name)
def test_diff_gives_the_verdict_of_the_revision(story: Story, number: int) -> None:
    """It fails on `breaking` where one is, and on `any` where anything is."""
    assert story.told == len(REVISIONS), "the story has failed"
    verdict = REVISIONS[number].verdict
    documents = [str(story.history / f"{number}-{name}" / SPEC) for name in ("before", "after")]
    for level, fails in (("breaking", {"breaking"}), ("any", {"breaking", "unknown", "safe"})):
        compared = story.asyncgen("diff", *documents, "--fail-on", level)
        assert compared.returncode == (verdict in fails), compared.stdout + compared.stderr
