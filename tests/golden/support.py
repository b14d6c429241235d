"""Compares files with those in golden/, or rewrites these."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support import ROOT

GOLDEN = ROOT / "golden"
UPDATE = "--update-golden"
_COMMAND = "nox -s golden -- --update"


def texts(root: Path) -> dict[str, str]:
    """The files below a folder by their relative paths; every byte can be told from the text."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode(errors="surrogateescape")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def compare(folder: Path, actual: Mapping[str, str], update: bool) -> None:
    """Fail with a unified diff where the files of `folder` are not exactly `actual`."""
    expected = texts(folder)
    if update:
        _rewrite(folder, expected, actual)
        return
    difference = "".join(_differences(expected, actual))
    assert not difference, (
        f"{folder.relative_to(ROOT)} is not what asyncgen makes now:\n\n{difference}\n"
        f"If that is meant: {_COMMAND}"
    )


def _differences(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    for path in sorted({*expected, *actual}):
        old, new = expected.get(path), actual.get(path)
        if old != new:
            yield from difflib.unified_diff(
                (old or "").splitlines(keepends=True),
                (new or "").splitlines(keepends=True),
                f"expected/{path}" if old is not None else "/dev/null",
                f"actual/{path}" if new is not None else "/dev/null",
            )
            if not old and not new:
                yield f"{path}: {'an empty file more' if old is None else 'an empty file less'}\n"


def _rewrite(folder: Path, expected: Mapping[str, str], actual: Mapping[str, str]) -> None:
    for path in expected.keys() - actual.keys():
        (folder / path).unlink()
    for path, text in actual.items():
        if expected.get(path) != text:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode(errors="surrogateescape"))
