"""Reads what a plan needs of the disk and carries plans out: the only module that writes files."""

from __future__ import annotations

import dataclasses
import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from asyncgen.diagnostics import Diagnostics
from asyncgen.disk import Snapshot, paths
from asyncgen.lock import LOCK
from asyncgen.manifest import MANIFEST
from asyncgen.plan import Action, Plan
from asyncgen.tree import Tree

# What a killed run leaves behind.
_TEMPORARY = re.compile(r"\.asyncgen-[0-9a-f]{16}\.tmp")


def snapshot(root: Path, tree: Tree, document: Path) -> Snapshot:
    """Read what a plan for `tree` asks about; a folder that does not exist is an empty project.

    A folder that holds nothing but the document, a new repository, or what a
    run that was killed at once has left, counts as empty.
    """
    try:
        with os.scandir(root) as entries:
            own = {".git", LOCK, *([document.name] if _same(document.parent, root) else [])}
            occupied = any(
                entry.name not in own and not _TEMPORARY.fullmatch(entry.name) for entry in entries
            )
    except FileNotFoundError:
        return Snapshot(root)
    except OSError as error:
        return Snapshot(root, blocked={".": _reason(error)})
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    blocked: dict[str, str] = {}

    def look(path: str) -> None:
        try:
            place = _inside(root, path)
            if place.is_dir():
                folders.add(path)
            elif (content := _read(place)) is not None:
                files[path] = content
        except OSError as error:
            blocked[path] = _reason(error)

    look(MANIFEST)
    for path in paths(tree, files.get(MANIFEST)) - {MANIFEST}:
        look(path)
    return Snapshot(root, occupied, files, frozenset(folders), blocked)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def apply(plan: Plan, root: Path, diagnostics: Diagnostics) -> None:
    """Carry out a plan in order, each file as a whole or not at all, up to the first that fails.

    A file that is no longer what the plan was made for is left alone, and a
    symbolic link is never followed out of the root. The plan's journal is
    written first and the manifest last, so that after a run that failed or was
    killed at any moment the next one completes the project. What such a run
    has left behind is removed. Call it under the lock of the root.
    """
    for folder in {Path(action.path).parent for action in plan.actions}:
        _sweep(root / folder, root)
    for action in _steps(plan):
        try:
            _carry_out(action, root)
        except OSError as error:
            diagnostics.error(
                "AG321",
                f"`{root / action.path}` cannot be written: {_reason(error)}",
                hint="fix this, then run again to complete the project",
            )
            return


def _steps(plan: Plan) -> list[Action]:
    """What is to be written and deleted, the journal included."""
    if plan.journal is None:
        return [action for action in plan.actions if action.verb != "same"]
    *files, manifest = plan.actions
    return [
        dataclasses.replace(manifest, new=plan.journal),
        *(action for action in files if action.verb != "same"),
        dataclasses.replace(manifest, old=plan.journal),
    ]


def _sweep(folder: Path, root: Path) -> None:
    """Remove what runs that were killed have left in a folder of the project."""
    with suppress(OSError):
        if _is_inside(folder, root):
            for entry in os.scandir(folder):
                if _TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    os.unlink(entry.path)


def create(path: Path, content: bytes, diagnostics: Diagnostics) -> None:
    """Write a file that does not exist yet; AG321 where it does, or cannot be written."""
    if os.path.lexists(path):
        message = f"`{path}` already exists, and is left as it is"
        diagnostics.error("AG321", message, hint="choose another name")
    else:
        replace(path, content, diagnostics)


def replace(path: Path, content: bytes, diagnostics: Diagnostics) -> None:
    """Write a file, whatever it held before; AG321 where it cannot be written."""
    place = Path(os.path.realpath(path))
    try:
        _replace(place, content, _read(place))
    except OSError as error:
        diagnostics.error("AG321", f"`{path}` cannot be written: {_reason(error)}")


def _carry_out(action: Action, root: Path) -> None:
    place = _inside(root, action.path)
    if action.new is not None:
        _replace(place, action.new, action.old)
    elif _read(place) == action.old:
        _delete(root, action.path)
    else:
        raise _changed()


def _replace(place: Path, content: bytes, old: bytes | None) -> None:
    """Write a file so that at any moment either the old or the new one stands there.

    Raises OSError where what stands there is not `old`.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".asyncgen-{os.urandom(8).hex()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if _read(place) != old:  # as late as can be: an editor may save the file meanwhile
            raise _changed()
        if old is not None:
            temporary.chmod(stat.S_IMODE(place.stat().st_mode))
        os.replace(temporary, place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _changed() -> OSError:
    return OSError(errno.EBUSY, "it was changed while asyncgen was running")


def _delete(root: Path, path: str) -> None:
    """Delete a file (a link itself, not what it leads to), and the folders that this empties."""
    (root / path).unlink()
    for folder in Path(path).parents[:-1]:
        try:
            (root / folder).rmdir()
        except OSError:
            return


def _inside(root: Path, path: str) -> Path:
    """The place of a path, symbolic links followed; OSError where it is not below the root."""
    if not _is_inside(root / path, root):
        raise OSError(errno.ELOOP, "a symbolic link in its path leads out of the project")
    return Path(os.path.realpath(root / path))


def _is_inside(place: Path, root: Path) -> bool:
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(root))


def _read(place: Path) -> bytes | None:
    """The content of a regular file; None where there is none."""
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a plain file")
    return place.read_bytes()


def _reason(error: OSError) -> str:
    if isinstance(error, NotADirectoryError):
        return "a file is where a folder is needed"
    return (error.strerror or str(error)).lower()
