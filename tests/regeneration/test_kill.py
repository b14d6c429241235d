"""A run that is killed before any one of its operations on files, and the run after it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from asyncgen import write
from asyncgen.diagnostics import Diagnostics
from asyncgen.plan import Plan, make
from asyncgen.tree import Module, Stub, Tree
from tests.regeneration.runs import contents, killed_before
from tests.support import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")

MINE = "import sys\n\n\ndef say():\n    return 1  # mine"


def module(*names: str) -> Module:
    stubs = tuple(Stub(name, f"def {name}() -> None:\n    ...", name) for name in names)
    return Module("chat.handlers.root", '"""Mine."""\n', {}, stubs)


BEFORE = Tree(
    package="chat",
    generated={"chat/_generated/a.py": "A = 1\n", "chat/_generated/docs/b.html": "<p>"},
    created={"README.md": "# Chat\n"},
    modules=(module("say", "leave"),),
)
AFTER = Tree(
    package="chat",
    generated={"chat/_generated/a.py": "A = 2\n", "chat/_generated/c.py": "C = 2\n"},
    created={**BEFORE.created, "tests/test_contract.py": "pass\n"},
    modules=(module("say", "join"),),
)
# As after another change, before the run on the first one was repeated.
LATER = replace(AFTER, generated={"chat/_generated/a.py": "A = 3\n"}, modules=(module("say"),))


def plan(root: Path, tree: Tree, force: bool = False) -> tuple[Plan | None, Diagnostics]:
    diagnostics = Diagnostics()
    disk = write.snapshot(root, tree, root.parent / "chat.yaml")
    return make(tree, disk, {"spec": "../chat.yaml"}, force, diagnostics), diagnostics


def run(root: Path, tree: Tree) -> list[str]:
    """A run; the codes of its errors."""
    made, diagnostics = plan(root, tree)
    if made is not None and not diagnostics.failed:
        write.apply(made, root, diagnostics)
    return [item.code for item in diagnostics if item.severity.value == "error"]


def first(root: Path) -> None:
    """Nothing is there."""


def again(root: Path) -> None:
    """A project, with code of its user's."""
    assert run(root, BEFORE) == []
    (root / "chat/handlers/root.py").write_text(MINE)
    (root / "README.md").unlink()


@pytest.fixture(params=[first, again])
def prepare(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    found: Callable[[Path], None] = request.param
    return found


def every_moment(tmp_path: Path, prepare: Callable[[Path], None]) -> list[Path]:
    """A project for each operation of a run on AFTER that was killed before it."""
    found = []
    while True:
        root = tmp_path / str(len(found)) / "app"
        prepare(root)
        if not killed_before(len(found), lambda root=root: run(root, AFTER)):  # type: ignore[misc]
            return found
        found.append(root)


def test_after_a_kill_at_any_moment_the_next_run_completes_the_project(
    tmp_path: Path, prepare: Callable[[Path], None]
) -> None:
    whole = tmp_path / "whole" / "app"
    prepare(whole)
    assert run(whole, AFTER) == []
    roots = every_moment(tmp_path, prepare)
    assert len(roots) > 30
    for root in roots:
        assert run(root, AFTER) == [], root
        assert contents(root) == contents(whole), root
        made, _ = plan(root, AFTER)
        assert made is not None and {action.verb for action in made.actions} == {"same"}, root


def test_after_a_kill_at_any_moment_a_run_on_another_document_is_right(
    tmp_path: Path, prepare: Callable[[Path], None]
) -> None:
    """Nothing counts as edited by hand that the killed run has written, and nothing is left."""
    for root in every_moment(tmp_path, prepare):
        assert run(root, LATER) == [], root
        generated = {path for path in contents(root) if "_generated" in path or ".tmp" in path}
        assert generated == {"chat/_generated/a.py"}, root
        assert (root / "chat/_generated/a.py").read_text() == "A = 3\n"


def test_at_any_moment_what_the_user_wrote_is_there(tmp_path: Path) -> None:
    for root in every_moment(tmp_path, again):
        assert (root / "chat/handlers/root.py").read_text().startswith(MINE), root
        assert not (root / "README.md").exists(), root


def test_what_the_user_edits_after_a_kill_is_the_users(
    tmp_path: Path, prepare: Callable[[Path], None]
) -> None:
    """An edit of a generated file stops the next run, and one of a handler is kept."""
    for root in every_moment(tmp_path, prepare):
        for path in ("chat/_generated/a.py", "chat/handlers/root.py"):
            if (root / path).exists():
                with (root / path).open("a") as file:
                    file.write("\n\nedited = 1\n")
        before = contents(root)
        if (root / "chat/_generated/a.py").exists():
            assert run(root, AFTER) == ["AG313"], root
            assert contents(root) == before, root
        else:
            assert run(root, AFTER) == [], root


def test_real_runs_that_are_killed_at_random_moments() -> None:
    """20 of those that `nox -s kill` does 200 of."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.regeneration.kill", "20"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("20 runs killed"), done.stdout
