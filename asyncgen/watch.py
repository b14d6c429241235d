"""Files that change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event


def changes(paths: Callable[[], Iterable[Path]], pause: float = 0.2) -> Iterator[None]:
    """Yields whenever files have changed, appeared or gone, and none is still being written.

    In between it blocks, and looks every `pause` seconds. `paths` says which
    files to look at, or folders for what is put into them; it is asked again
    after each change.
    """
    idle = Event()
    seen = {path: _stamp(path) for path in paths()}
    while True:
        idle.wait(pause)
        now = {path: _stamp(path) for path in seen}
        if now == seen:
            continue
        while now != seen:
            idle.wait(pause)
            seen, now = now, {path: _stamp(path) for path in seen}
        yield
        # Those that are watched already may have changed meanwhile.
        seen = {path: seen[path] if path in seen else _stamp(path) for path in paths()}


def _stamp(path: Path) -> object:
    """What is another when a file is; None where there is none, as while it is replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
