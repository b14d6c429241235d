"""Following a document as it changes: `scaffold --watch`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asyncgen.config import Settings
from asyncgen.scaffolding import Job, Outcome, watch
from asyncgen.watch import Watch
from tests.support import ROOT

CHAT = """\
asyncapi: 2.6.0
info: {title: Chat, version: 1.0.0}
channels:
  /:
    publish:
      message: {name: say, payload: {$ref: './types.yaml#/Text'}}
"""
GREET = CHAT.replace("name: say", "name: greet")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.yaml").write_text(CHAT)
    (tmp_path / "types.yaml").write_text("Text: {type: string}\n")
    return tmp_path


# -- whether files have changed


def test_a_change_is_seen_once(folder: Path) -> None:
    seen = Watch()
    seen.follow([folder / "chat.yaml"])
    assert not seen.changed()
    (folder / "chat.yaml").write_text(GREET)
    assert seen.changed()
    assert not seen.changed()


@pytest.mark.parametrize("how", ["remove", "replace", "touch"])
def test_whatever_happens_to_a_file_is_a_change(folder: Path, how: str) -> None:
    file = folder / "chat.yaml"
    seen = Watch()
    seen.follow([file])
    if how == "remove":
        file.unlink()
    elif how == "replace":  # as editors do, with the time and the size of the old one
        found = file.stat()
        (folder / "new").write_text(CHAT)
        os.utime(folder / "new", ns=(found.st_atime_ns, found.st_mtime_ns))
        (folder / "new").rename(file)
    else:
        os.utime(file, (1, 1))
    assert seen.changed()


def test_a_file_that_comes_is_a_change(folder: Path) -> None:
    seen = Watch()
    seen.follow([folder / "other.yaml", Path("https://example.org/x.yaml")])
    (folder / "other.yaml").touch()
    assert seen.changed()


def test_a_change_while_one_works_on_the_last_is_not_lost(folder: Path) -> None:
    seen = Watch()
    seen.follow([folder / "chat.yaml"])
    (folder / "chat.yaml").write_text(GREET)
    assert seen.changed()
    (folder / "chat.yaml").write_text(CHAT)
    seen.follow([folder / "chat.yaml", folder / "types.yaml"])
    assert seen.changed()


# -- running again


class Ended(Exception):
    """There is nothing more that happens in a test."""


class Author:
    """Edits whenever the watch sleeps, one step after the other, as the clock of the test."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps: Iterator[Callable[[], object]] = iter(steps)

    def __call__(self, seconds: float) -> None:
        step = next(self.steps, None)
        if step is None:
            raise Ended
        step()


def outcomes(folder: Path, *steps: Callable[[], object]) -> list[Outcome]:
    found = []
    job = Job(Path("chat.yaml"), Path("out"), Settings())
    with pytest.raises(Ended):
        for outcome in watch(job, Author(*steps)):
            found.append(outcome)
    return found


def nothing() -> None:
    """The author thinks."""


def test_it_runs_again_when_the_document_or_a_file_of_it_changes(folder: Path) -> None:
    first, second, third = outcomes(
        folder,
        nothing,
        lambda: (folder / "chat.yaml").write_text(GREET),
        nothing,
        lambda: (folder / "types.yaml").write_text("Text: {type: integer}\n"),
        nothing,
    )
    assert first.text.startswith("   create  out/")
    assert "   append  out/chat/handlers/root.py  (greet)" in second.text
    assert "  replace  out/chat/_generated/wiring.py" not in third.text
    assert "  replace  out/chat/_generated/asyncapi.json" in third.text


@pytest.mark.parametrize("file", ["chat.yaml", "types.yaml"])
def test_an_error_is_told_and_the_last_good_project_stays(folder: Path, file: str) -> None:
    sound = (folder / file).read_text()

    def is_kept() -> None:
        assert (folder / "out/chat/_generated/wiring.py").read_bytes() == made

    made = b""

    def spoil() -> None:
        nonlocal made
        made = (folder / "out/chat/_generated/wiring.py").read_bytes()
        (folder / file).write_text("a: [\n")

    first, second, third = outcomes(
        folder, spoil, is_kept, lambda: (folder / file).write_text(sound), nothing
    )
    assert [outcome.failed for outcome in (first, second, third)] == [False, True, False]
    assert [item.code for item in second.diagnostics] == ["AG102"]
    assert third.text.startswith("nothing changed")


def test_a_document_that_is_missing_at_first_may_come(folder: Path) -> None:
    (folder / "chat.yaml").rename(folder / "later.yaml")
    first, second = outcomes(
        folder, nothing, lambda: (folder / "later.yaml").rename(folder / "chat.yaml"), nothing
    )
    assert [item.code for item in first.diagnostics] == ["AG101"]
    assert not second.failed


def test_a_file_that_a_document_needs_may_come(folder: Path) -> None:
    (folder / "types.yaml").rename(folder / "later.yaml")
    first, second = outcomes(
        folder, nothing, lambda: (folder / "later.yaml").rename(folder / "types.yaml"), nothing
    )
    assert [item.code for item in first.diagnostics] == ["AG105"]
    assert not second.failed


def test_what_is_as_wrong_as_before_is_not_told_again(folder: Path) -> None:
    (folder / "chat.yaml").write_text("a: [\n")
    (first,) = outcomes(folder, lambda: (folder / "unrelated.txt").touch(), nothing)
    assert first.failed


def test_a_handler_that_is_put_right_lets_it_go_on(folder: Path) -> None:
    handlers = folder / "out/chat/handlers/root.py"

    def spoil() -> None:
        handlers.write_text("def (\n")
        (folder / "chat.yaml").write_text(GREET)

    _, second, third = outcomes(folder, spoil, lambda: handlers.write_text("x = 1\n"), nothing)
    assert [item.code for item in second.diagnostics] == ["AG310"]
    assert not third.failed
    assert "def greet" in handlers.read_text()


# -- the process


def test_ctrl_c_ends_it(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "asyncgen", "scaffold", "chat.yaml", "-o", "out", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None

        def until(part: str) -> None:
            for line in process.stdout or ():
                if part in line:
                    return
            pytest.fail(f"it ended without {part!r}")

        try:
            until("watching chat.yaml; Ctrl-C ends it")
            (folder / "chat.yaml").write_text(GREET)
            until("append  out/chat/handlers/root.py  (greet)")
            until("watching chat.yaml; Ctrl-C ends it")
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()
