"""What a plan knows about the project on disk: its files, and its manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.manifest import MANIFEST, Manifest, load
from asyncgen.paths import folders_above, is_path, shadowed_by, slashed
from asyncgen.tree import Tree


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a plan needs to know of the disk, at the paths of `paths()`.

    `occupied` says that the root is not empty. `files` are the contents of
    regular files, `folders` the paths that are folders; `blocked` says of a
    path why it can be neither, such as a symbolic link out of the project;
    `"."` in it is the root itself. What is in none of them does not exist.
    """

    root: PurePath
    occupied: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    blocked: Mapping[str, str] = field(default_factory=dict)

    def name(self, path: str) -> str:
        """The path as the user would write it."""
        return str(self.root / path)


def paths(tree: Tree, manifest: bytes | None) -> set[str]:
    """Every path that a plan asks about, given the bytes of the manifest on disk."""
    try:
        old = load(manifest) if manifest is not None else Manifest(tree.package)
    except ValueError:
        return {MANIFEST}
    moved = old.of_package(tree.package)
    found = {MANIFEST, *tree.generated, *tree.created, *old.ours, *moved.ours}
    for module in {*old.handlers, *moved.handlers, *(module.module for module in tree.modules)}:
        for path in (*folders_above(slashed(module)), slashed(module)):
            found |= {path, f"{path}.py", f"{path}/__init__.py"}
    found |= {shadowed for path in found if (shadowed := shadowed_by(path))}
    return {path for path in found if is_path(path)}


def manifest_on_disk(
    tree: Tree, snapshot: Snapshot, force: bool, diagnostics: Diagnostics
) -> Manifest | None:
    """The manifest of the last run, or that of a new project; None where there can be neither."""
    root, name = snapshot.root, snapshot.name(MANIFEST)
    raw = snapshot.files.get(MANIFEST)
    if reason := snapshot.blocked.get("."):
        diagnostics.error(
            "AG318",
            f"`{root}` cannot be the output folder: {reason}",
            hint="choose another folder with -o",
        )
    elif reason := unusable(snapshot, MANIFEST):
        diagnostics.error(
            "AG316",
            f"`{name}` cannot be used: {reason}",
            hint="put the file back from version control",
        )
    elif raw is None and snapshot.occupied and not force:
        _occupied(tree, snapshot, diagnostics)
    elif raw is None:
        return Manifest(tree.package)
    else:
        return _trusted(raw, tree, snapshot, diagnostics)
    return None


def _occupied(tree: Tree, snapshot: Snapshot, diagnostics: Diagnostics) -> None:
    if tree.generated.keys() & snapshot.files.keys():
        diagnostics.error(
            "AG315",
            f"the project in `{snapshot.root}` has lost its {MANIFEST}, which says what in it is "
            "generated",
            hint="put the file back from version control; or use --force, which replaces what is "
            "generated; files that are yours stay as they are",
        )
    else:
        diagnostics.error(
            "AG315",
            f"the output folder `{snapshot.root}` is not empty, and is not a project of asyncgen: "
            f"it has no {MANIFEST}",
            hint="choose another folder with -o; or use --force to generate into this one; "
            "files that are yours stay as they are",
        )


def _trusted(
    raw: bytes, tree: Tree, snapshot: Snapshot, diagnostics: Diagnostics
) -> Manifest | None:
    try:
        old = load(raw)
    except ValueError as error:
        reason = str(error)
        hint = (
            "put the file back from version control; or delete it and use --force and the "
            "options that the project was made with, such as --package; files that are yours "
            "stay as they are"
        )
        if in_conflict(raw):
            reason = "it has the markers of a merge conflict"
            hint = (
                f"take either side, such as by `git checkout --ours {MANIFEST}`; then the next "
                "run brings it up to date"
            )
        name = snapshot.name(MANIFEST)
        diagnostics.error("AG316", f"`{name}` cannot be used: {reason}", hint=hint)
        return None
    if old.package != tree.package and not _has_moved(old, tree, snapshot):
        diagnostics.error(
            "AG317",
            f"the project in `{snapshot.root}` has the package {quote(old.package)}, "
            f"and this run would make {quote(tree.package)} beside it",
            hint=f"use {quote('--package ' + old.package)}, or choose another folder with -o; to "
            f"give the package another name, rename its folder to {quote(tree.package)} first",
        )
        return None
    return old.of_package(tree.package)


def _has_moved(old: Manifest, tree: Tree, snapshot: Snapshot) -> bool:
    """True where the user has renamed the folder of the package to that of the tree."""
    moved = old.of_package(tree.package)
    return snapshot.files.keys().isdisjoint(old.ours) and any(
        path in snapshot.files for path in moved.ours
    )


def in_conflict(content: bytes) -> bool:
    """True where Git has left the marks of a merge conflict in a file."""
    marks = rb"^<<<<<<< ", rb"^=======\r?$", rb"^>>>>>>> "
    return all(re.search(mark, content, re.MULTILINE) for mark in marks)


def unusable(snapshot: Snapshot, path: str) -> str | None:
    """Why no file can be written to a path where none stands; None where one can."""
    return "it is a folder" if path in snapshot.folders else snapshot.blocked.get(path)
