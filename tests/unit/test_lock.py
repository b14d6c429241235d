"""Two runs in one folder: the second waits, and gives up in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asyncgen.lock import Busy, lock
from tests.support import ROOT

HOLD = """
import sys, time
from pathlib import Path
from asyncgen.lock import lock
with lock(Path(sys.argv[1]), time.sleep):
    print("held", flush=True)
    sys.stdin.read()
"""


def never(seconds: float) -> None:
    raise AssertionError("there is nothing to wait for")


def holder(root: Path) -> subprocess.Popen[bytes]:
    """A process that has the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_run_waits_until_the_other_has_ended(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        waits = []

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                other.communicate()

        with lock(tmp_path, sleep):
            assert len(waits) == 3


def test_a_run_gives_up_in_the_end(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        waits: list[float] = []
        with pytest.raises(Busy), lock(tmp_path, waits.append, patience=1):
            pass
        assert sum(waits) == pytest.approx(1, abs=0.11)
        other.communicate()


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        with lock(tmp_path, never):
            pass


def test_a_lock_leaves_nothing_behind(tmp_path: Path) -> None:
    root = tmp_path / "a/b/app"
    with lock(root, never):
        assert root.is_dir()
    assert [*tmp_path.iterdir()] == []
    root.mkdir(parents=True)
    with lock(root, never):
        (root / "mine.txt").touch()
    assert [*root.iterdir()] == [root / "mine.txt"]


def test_a_folder_that_the_other_run_removed_is_made_again(tmp_path: Path) -> None:
    root = tmp_path / "app"
    with holder(root) as other:
        waited: list[Callable[..., object]] = [other.communicate]
        with lock(root, lambda seconds: waited.pop()()):
            assert root.is_dir()
            with pytest.raises(Busy), lock(root, lambda seconds: None, patience=0):
                pass


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_what_cannot_be_a_folder_is_not_locked(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with lock(tmp_path / name, never):
        assert (tmp_path / "file").is_file()


def test_no_file_is_left_open(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    for _ in range(3):
        with lock(tmp_path, never):
            pass
    assert len(os.listdir("/proc/self/fd") if before else []) == len(before)
