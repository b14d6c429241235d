"""Files that change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

INTERVAL = 0.2
"""Seconds after which files are looked at again."""


@dataclass(slots=True)
class Watch:
    """Files that are looked at again and again.

    A change is one of the time or size of a file, or that it comes or goes; of
    a folder, that something in it does.
    """

    _stamps: dict[Path, object] = field(default_factory=dict)

    def follow(self, files: Iterable[Path]) -> None:
        """Look at these files from now on; what is known about a file is kept."""
        known = self._stamps
        self._stamps = {file: known[file] if file in known else _stamp(file) for file in files}

    def changed(self) -> bool:
        """True where a file has changed since the last time."""
        known, self._stamps = self._stamps, {file: _stamp(file) for file in self._stamps}
        return self._stamps != known


def changes(paths: Callable[[], Iterable[Path]], sleep: Callable[[float], None]) -> Iterator[None]:
    """Yields whenever files have changed, appeared or disappeared, once none is being written.

    In between it blocks, by `sleep`. `paths` says which files to look at; it
    is asked again after each change.
    """
    watch = Watch()
    watch.follow(paths())
    while True:
        sleep(INTERVAL)
        if not watch.changed():
            continue
        sleep(INTERVAL)
        while watch.changed():
            sleep(INTERVAL)
        yield
        watch.follow(paths())


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except (OSError, ValueError):  # an editor may be replacing it just now
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
