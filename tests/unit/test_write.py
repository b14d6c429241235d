"""The disk: what is read of it, and that files change as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from asyncgen import write
from asyncgen.diagnostics import Diagnostics
from asyncgen.manifest import MANIFEST
from asyncgen.plan import Action, Plan, make
from asyncgen.tree import Module, Stub, Tree
from asyncgen.write import apply, snapshot

MODELS = "chat/_generated/models.py"
ROOT = "chat/handlers/root.py"
SAY = Stub("say", "def say() -> None:\n    ...", "event `say` of `/`")
TREE = Tree(
    package="chat",
    generated={MODELS: "A = 1\n", "chat/_generated/docs/index.html": "<p>"},
    created={"README.md": "# Chat\n"},
    modules=(Module("chat.handlers.root", '"""Mine."""\n', {}, (SAY,)),),
)


def run(root: Path, tree: Tree = TREE, force: bool = False) -> Diagnostics:
    """One run as the pipeline does it."""
    diagnostics = Diagnostics()
    disk = snapshot(root, tree, root.parent / "a.yml")
    plan = make(tree, disk, {"spec": "a.yml"}, force, diagnostics)
    if plan is not None and not diagnostics.failed:
        apply(plan, root, diagnostics)
    return diagnostics


def codes(diagnostics: Diagnostics) -> list[str]:
    return [item.code for item in diagnostics]


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def replacing(path: str, old: bytes | None, new: bytes | None) -> Plan:
    return Plan((Action("replace", path, old, new),), ())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project as the first run leaves it."""
    root = tmp_path / "app"
    assert codes(run(root)) == []
    return root


def test_a_project_is_written_with_its_folders(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "app"
    assert codes(run(root)) == []
    assert contents(root).keys() == {
        *TREE.generated,
        "README.md",
        "chat/__init__.py",
        "chat/handlers/__init__.py",
        ROOT,
        MANIFEST,
    }


def test_a_second_run_writes_nothing(root: Path) -> None:
    def written() -> dict[Path, tuple[int, int]]:
        """Which file stands where, and when it was written; reading it is no change."""
        stats = {path: path.stat() for path in root.rglob("*")}
        return {path: (it.st_ino, it.st_mtime_ns) for path, it in stats.items()}

    before = written()
    assert codes(run(root)) == []
    assert written() == before


def test_an_empty_folder_is_a_new_project(tmp_path: Path) -> None:
    assert codes(run(tmp_path)) == []


def test_a_folder_that_is_not_ours_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("mine")
    assert codes(run(tmp_path)) == ["AG315"]
    assert contents(tmp_path).keys() == {".hidden"}


def test_a_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("mine")
    assert codes(run(tmp_path / "app")) == ["AG318"]
    assert codes(run(tmp_path / "app" / "deeper")) == ["AG318"]


def test_a_root_may_be_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "app").symlink_to("real")
    assert codes(run(tmp_path / "app")) == []
    assert (tmp_path / "real" / MANIFEST).is_file()


def test_a_stale_file_is_deleted_with_the_folders_it_leaves_empty(root: Path) -> None:
    assert codes(run(root, replace(TREE, generated={MODELS: "A = 1\n"}))) == []
    assert not (root / "chat/_generated/docs").exists()
    assert (root / MODELS).exists()


def test_a_folder_with_something_of_the_users_stays(root: Path) -> None:
    (root / "chat/_generated/docs/mine.txt").write_text("mine")
    assert codes(run(root, replace(TREE, generated={MODELS: "A = 1\n"}))) == []
    assert (root / "chat/_generated/docs/mine.txt").read_text() == "mine"
    assert not (root / "chat/_generated/docs/index.html").exists()


def test_the_mode_of_a_file_is_kept(root: Path) -> None:
    (root / ROOT).write_text("x = 1\n")
    (root / ROOT).chmod(0o751)
    run(root)
    assert "def say" in (root / ROOT).read_text()
    assert (root / ROOT).stat().st_mode & 0o777 == 0o751


def test_a_new_file_has_the_usual_mode(root: Path) -> None:
    (root / "usual").write_text("")
    assert (root / MODELS).stat().st_mode == (root / "usual").stat().st_mode


# -- symbolic links


def test_a_link_out_of_the_root_is_never_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("x = 1\n")
    (root / ROOT).unlink()
    (root / ROOT).symlink_to(outside)
    assert codes(run(root)) == ["AG318"]
    assert outside.read_text() == "x = 1\n"


def test_a_folder_that_leads_out_of_the_root_is_never_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (root / "chat/handlers").rename(outside)
    (root / "chat/handlers").symlink_to(outside)
    (outside / "root.py").write_text("x = 1\n")
    assert set(codes(run(root))) == {"AG318"}
    assert (outside / "root.py").read_text() == "x = 1\n"


def test_apply_follows_no_link_that_was_made_after_the_snapshot(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_bytes(b"x = 1\n")
    (root / "link.py").symlink_to(outside)
    diagnostics = Diagnostics()
    apply(replacing("link.py", b"x = 1\n", b"y"), root, diagnostics)
    apply(replacing("link.py", b"x = 1\n", None), root, diagnostics)
    assert codes(diagnostics) == ["AG321"]
    assert outside.read_bytes() == b"x = 1\n"


def test_a_link_within_the_root_stays_a_link(root: Path) -> None:
    (root / "real.py").write_text("x = 1\n")
    (root / ROOT).unlink()
    (root / ROOT).symlink_to("../../real.py")
    assert codes(run(root)) == []
    assert (root / ROOT).is_symlink()
    assert (root / "real.py").read_text().startswith("x = 1\n\n\ndef say")


@pytest.mark.parametrize("target", ["root.py", "missing/root.py"])
def test_a_link_to_nowhere_is_no_traceback(root: Path, target: str) -> None:
    (root / ROOT).unlink()
    (root / ROOT).symlink_to(target)
    run(root)
    assert list(root.rglob("*.tmp")) == []


# -- what goes wrong


def test_what_is_no_plain_file_is_refused(root: Path) -> None:
    (root / MODELS).unlink()
    os.mkfifo(root / MODELS)
    assert codes(run(root)) == ["AG318"]
    (root / MODELS).unlink()
    (root / MODELS).mkdir()
    assert codes(run(root)) == ["AG318"]


def test_a_file_where_a_folder_belongs_is_refused(tmp_path: Path) -> None:
    run(tmp_path, replace(TREE, modules=()))
    (tmp_path / "chat" / "handlers").write_text("mine")
    assert set(codes(run(tmp_path))) == {"AG318"}


def test_a_manifest_that_is_a_folder_is_refused(root: Path) -> None:
    (root / MANIFEST).unlink()
    (root / MANIFEST).mkdir()
    assert codes(run(root)) == ["AG316"]


def test_a_file_that_changed_after_the_snapshot_is_left_alone(root: Path) -> None:
    diagnostics = Diagnostics()
    apply(replacing(ROOT, b"old", b"new"), root, diagnostics)
    assert codes(diagnostics) == ["AG321"]
    assert "changed" in next(iter(diagnostics)).message
    assert (root / ROOT).read_bytes() != b"new"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_error_leaves_the_old_file_the_old_manifest_and_no_temporary_file(
    root: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    before = contents(root)

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        tree = replace(TREE, generated={**TREE.generated, MODELS: "A = 2\n"})
        if isinstance(error, OSError):
            (diagnostic,) = run(root, tree)
            assert diagnostic.code == "AG321"
            assert "no space left" in diagnostic.message
        else:
            with pytest.raises(KeyboardInterrupt):
                run(root, tree)
    assert contents(root) == before


@contextmanager
def only_one_file_is_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    original, calls = os.replace, iter(range(10))

    def second_fails(source: str, target: str) -> None:
        if next(calls):
            raise PermissionError(13, "Permission denied")
        original(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", second_fails)
        yield


def test_a_run_that_failed_midway_is_completed_by_the_next(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = replace(TREE, generated={path: text + "\n" for path, text in TREE.generated.items()})
    with only_one_file_is_written(monkeypatch):
        assert codes(run(root, tree)) == ["AG321"]
    assert codes(run(root, tree)) == []
    assert codes(run(root, tree)) == []
    assert (root / MODELS).read_text() == "A = 1\n\n"


def test_a_first_run_that_failed_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_one_file_is_written(monkeypatch):
        assert codes(run(tmp_path)) == ["AG321"]
    assert codes(run(tmp_path)) == []
    assert codes(run(tmp_path)) == []
    assert contents(tmp_path).keys() > {MANIFEST, *TREE.generated}


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(30, "Read-only")]
)
def test_a_project_that_is_read_only_is_one_error_and_is_left_as_it_is(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    before = contents(root)

    def refuse(*_: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(write, "_replace", refuse)
    tree = replace(TREE, generated={path: "new" for path in TREE.generated})
    (diagnostic,) = run(root, tree)
    assert diagnostic.code == "AG321"
    assert MANIFEST in diagnostic.message
    assert contents(root) == before


@pytest.mark.parametrize("gone", ["chat/_generated", "chat", "chat/handlers", "."])
def test_a_folder_that_was_deleted_comes_back(root: Path, gone: str) -> None:
    """But what the user has once and for all deleted does not."""
    before = contents(root)
    manifest = root / MANIFEST
    kept = manifest.read_bytes()
    shutil.rmtree(root / gone)
    root.mkdir(exist_ok=True)
    manifest.write_bytes(kept)
    assert codes(run(root)) == []
    assert contents(root).keys() == before.keys() - ({"README.md"} if gone == "." else set())


def test_a_file_that_is_saved_while_its_successor_is_written_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ROOT).write_text("x = 1\n")
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        (root / ROOT).write_text("x = 2\n")
        fsync(handle)

    diagnostics = Diagnostics()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", meanwhile)
        apply(replacing(ROOT, b"x = 1\n", b"y"), root, diagnostics)
    assert codes(diagnostics) == ["AG321"]
    assert (root / ROOT).read_text() == "x = 2\n"
    assert list(root.rglob("*.tmp")) == []


# -- what runs that were killed have left


def test_what_a_killed_run_has_left_is_removed_and_nothing_else(root: Path) -> None:
    left = [root / ".asyncgen-0123456789abcdef.tmp", root / "chat/.asyncgen-0123456789abcdef.tmp"]
    mine = [root / ".asyncgen-mine.tmp", root / "chat/x.tmp"]
    for path in (*left, *mine):
        path.touch()
    assert codes(run(root)) == []
    assert [path for path in (*left, *mine) if path.exists()] == mine


def test_nothing_is_removed_through_a_link(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".asyncgen-0123456789abcdef.tmp").touch()
    (root / "tests").symlink_to(outside)
    apply(Plan((Action("same", "tests/x", b"", b""),), ()), root, Diagnostics())
    assert [*outside.iterdir()] == [outside / ".asyncgen-0123456789abcdef.tmp"]


def test_a_folder_with_nothing_but_what_a_killed_run_has_left_is_empty(tmp_path: Path) -> None:
    (tmp_path / ".asyncgen-0123456789abcdef.tmp").touch()
    assert codes(run(tmp_path)) == []
    assert not (tmp_path / ".asyncgen-0123456789abcdef.tmp").exists()
