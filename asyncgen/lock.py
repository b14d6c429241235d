"""One run at a time in a project's folder: an advisory lock that dies with its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = ".asyncgen.lock"
"""The file that is locked where a folder cannot be: on Windows, while a run lasts."""

PATIENCE = 60.0
"""Seconds after which a run no longer waits for another one."""

_INTERVAL = 0.1


class Busy(Exception):
    """Another run holds the lock, and did not give it up in time."""


@contextmanager
def lock(
    root: Path, sleep: Callable[[float], None], patience: float | None = None
) -> Iterator[None]:
    """Hold the lock of a folder, which is made if need be, and removed if it stays empty.

    Waits for another run up to `patience` seconds (default: PATIENCE), by
    `sleep`; then raises Busy. A folder that cannot be made or
    locked is not locked: the run itself reports why it cannot write, and leaves
    alone what another one changes.
    """
    missing = [folder for folder in (root, *root.parents) if not folder.exists()]
    held = _held(root, sleep, PATIENCE if patience is None else patience)
    try:
        yield
    finally:
        if held is not None:
            _release(held, root)
        for folder in missing:
            with suppress(OSError):  # there is something in it now
                folder.rmdir()


def _held(root: Path, sleep: Callable[[float], None], patience: float) -> int | None:
    waited = 0.0
    while True:
        try:
            root.mkdir(parents=True, exist_ok=True)
            handle = _open(root)
        except OSError:
            return None
        try:
            _acquire(handle)
        except BlockingIOError:
            os.close(handle)
        except OSError:  # a file system without locks
            os.close(handle)
            return None
        else:
            if _is_still(handle, root):
                return handle
            os.close(handle)  # the other run has removed the folder that it made
            continue
        if waited >= patience:
            raise Busy
        sleep(_INTERVAL)
        waited += _INTERVAL


if sys.platform == "win32":
    import msvcrt

    def _open(root: Path) -> int:
        return os.open(root / LOCK, os.O_RDWR | os.O_CREAT)

    def _acquire(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error

    def _is_still(handle: int, root: Path) -> bool:
        return True  # an open file cannot be removed

    def _release(handle: int, root: Path) -> None:
        os.close(handle)
        with suppress(OSError):  # another run has it open
            (root / LOCK).unlink()

else:
    import fcntl

    def _open(root: Path) -> int:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY)

    def _acquire(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _is_still(handle: int, root: Path) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.stat(root))
        except OSError:
            return False

    def _release(handle: int, root: Path) -> None:
        os.close(handle)
