"""Compares the project that is to be with what is on disk, and decides what happens to each file.

Pure: `write.snapshot` reads the disk, `write.apply` carries the plan out.
A run and `--check` share one plan, so they cannot disagree.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Literal

from asyncgen import handlers
from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.manifest import MANIFEST, Manifest, is_module, is_path, load
from asyncgen.tree import Module, Stub, Tree

Verb = Literal["create", "replace", "append", "delete", "same"]
Kind = Literal["changed", "missing", "stale", "hand-edited", "missing handler", "orphan"]


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


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to one file: its bytes before (None: no file) and after, and why."""

    verb: Verb
    path: str
    old: bytes | None
    new: bytes | None
    reason: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference of document and project, for `--check`; `name` is that of a handler."""

    kind: Kind
    path: str
    name: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions by path, the manifest last, and what has drifted.

    Where `make` reported errors, the files they are about have no action: such
    a plan tells of drift, but must not be applied.
    """

    actions: tuple[Action, ...]
    drift: tuple[Drift, ...]


def paths(tree: Tree, manifest: bytes | None) -> set[str]:
    """Every path that a plan asks about, given the bytes of the manifest on disk."""
    try:
        old = load(manifest) if manifest is not None else Manifest(tree.package)
    except ValueError:
        return {MANIFEST}
    found = {MANIFEST, *tree.generated, *tree.created, *old.generated}
    for module in {*old.handlers, *(module.module for module in tree.modules)}:
        for path in (*_folders_above(_slashed(module)), _slashed(module)):
            found |= {path, f"{path}.py", f"{path}/__init__.py"}
    found |= {shadowed for path in found if (shadowed := _shadowed_by(path))}
    return {path for path in found if is_path(path)}


def make(
    tree: Tree,
    snapshot: Snapshot,
    options: Mapping[str, str | bool | None],
    force: bool,
    diagnostics: Diagnostics,
) -> Plan | None:
    """Plan what makes the project on disk that of the tree, losing nothing of the user's.

    Generated files are replaced, but not where they were edited by hand,
    unless `force`; created files are written once and never again; missing
    handlers are appended. `options` are those to remember in the manifest.
    None where the output folder or the tree itself is unusable.
    """
    problems = list(_problems(tree))
    for problem in problems:
        _internal_error(diagnostics, problem)
    old = None if problems else _manifest_on_disk(tree, snapshot, force, diagnostics)
    if old is None:
        return None
    folders = snapshot.folders | snapshot.blocked.keys() | _folders_of(tree)
    return _Planner(tree, snapshot, old, force, diagnostics, folders).plan(options)


def _problems(tree: Tree) -> Iterator[str]:
    """What is wrong with a tree; its paths come from names in a document, hence the checks."""
    for name, count in Counter(module.module for module in tree.modules).items():
        if count > 1:
            yield f"the module {quote(name)} stands in it {count} times"
    for module in tree.modules:
        path = _slashed(module.module)
        if not is_module(module.module):
            yield f"{quote(module.module)} is not the name of a module"
        if tree.generated.keys() & {f"{path}.py", f"{path}/__init__.py"}:
            yield f"the module `{module.module}` is generated, and the user's too"
        for name, count in Counter(stub.name for stub in module.stubs).items():
            if count > 1:
                yield f"`{name}` stands in the module `{module.module}` {count} times"
    for path, text in (*tree.generated.items(), *tree.created.items()):
        if not is_path(path) or path == MANIFEST:
            yield f"{quote(path)} is not a path for a file of a project"
        if not _is_unicode(text):
            yield f"{quote(path)} has characters that UTF-8 cannot hold"
    for path in tree.generated.keys() & tree.created.keys():
        yield f"{quote(path)} is generated, and the user's too"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _manifest_on_disk(
    tree: Tree, snapshot: Snapshot, force: bool, diagnostics: Diagnostics
) -> Manifest | None:
    """The manifest of the last run, or that of a new project; None where neither can be."""
    root, name = snapshot.root, snapshot.name(MANIFEST)
    raw = snapshot.files.get(MANIFEST)
    if reason := snapshot.blocked.get("."):
        diagnostics.error(
            "AG318",
            f"`{root}` cannot be the output folder: {reason}",
            hint="choose another folder with -o",
        )
    elif reason := _unusable(snapshot, MANIFEST):
        diagnostics.error(
            "AG316",
            f"`{name}` cannot be used: {reason}",
            hint="put the file back from version control",
        )
    elif raw is None and snapshot.occupied and not force:
        diagnostics.error(
            "AG315",
            f"the output folder `{root}` is not empty, and is not a project of asyncgen: "
            f"it has no {MANIFEST}",
            hint="choose another folder with -o; or use --force to generate into this one, "
            "where files that are yours stay as they are",
        )
    elif raw is None:
        return Manifest(tree.package)
    else:
        return _trusted(raw, tree, snapshot, diagnostics)
    return None


def _trusted(
    raw: bytes, tree: Tree, snapshot: Snapshot, diagnostics: Diagnostics
) -> Manifest | None:
    try:
        old = load(raw)
    except ValueError as error:
        diagnostics.error(
            "AG316",
            f"`{snapshot.name(MANIFEST)}` cannot be used: {error}",
            hint="put the file back from version control; or delete it and use --force, "
            "where files that are yours stay as they are",
        )
        return None
    if old.package != tree.package:
        diagnostics.error(
            "AG317",
            f"the project in `{snapshot.root}` has the package {quote(old.package)}, "
            f"and this run would make {quote(tree.package)} beside it",
            hint=f"use {quote('--package ' + old.package)}, or choose another folder with -o",
        )
        return None
    return old


@dataclass(slots=True)
class _Planner:
    """Goes through the project, kind by kind of file, and gathers actions and drift.

    `folders` are the paths that are folders now or will be.
    """

    tree: Tree
    snapshot: Snapshot
    old: Manifest
    force: bool
    diagnostics: Diagnostics
    folders: frozenset[str]
    actions: list[Action] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)

    def plan(self, options: Mapping[str, str | bool | None]) -> Plan:
        modules = {self.location(module.module): module for module in self.tree.modules}
        inits = {f"{folder}/__init__.py" for path in modules for folder in _folders_above(path)}
        created = {**dict.fromkeys(inits - self.tree.generated.keys(), ""), **self.tree.created}
        generated = {path: text.encode() for path, text in self.tree.generated.items()}
        for path, new in generated.items():
            self.generated(path, new)
        for path in self.old.generated.keys() - generated.keys() - created.keys() - modules.keys():
            self.stale(path)
        for path in created.keys() - modules.keys():
            self.created(path, created[path].encode(), again=path in inits)
        for path, module in modules.items():
            self.module(path, module)
        self.manifest(
            Manifest(
                self.tree.package,
                options,
                {path: _sha256(new) for path, new in generated.items()},
                tuple(sorted({*self.old.created, *created} - modules.keys())),
                self.remembered(),
            )
        )
        return Plan(
            tuple(sorted(self.actions, key=lambda action: (action.path == MANIFEST, action.path))),
            tuple(sorted(self.drift, key=lambda item: (item.path, item.kind, item.name or ""))),
        )

    def generated(self, path: str, new: bytes) -> None:
        """Ours: replaced, unless somebody else wrote it."""
        disk, recorded = self.snapshot.files.get(path), self.old.generated.get(path)
        if disk is None:
            self.create(path, new)
        elif disk == new:
            self.act("same", path, new, "up to date")
        elif _sha256(disk) == recorded:
            self.act("replace", path, new, "out of date", "changed")
        elif self.force:
            self.act("replace", path, new, "--force discards what stands there", "hand-edited")
        elif recorded is None:
            self.diagnostics.error(
                "AG314",
                f"`{self.snapshot.name(path)}` stands where asyncgen generates a file, "
                "but was not written by it",
                hint="move the file elsewhere, or use --force to replace it",
            )
        else:
            self.edited(path, "is replaced on every run")

    def stale(self, path: str) -> None:
        """Ours once, and no longer made."""
        disk = self.snapshot.files.get(path)
        if disk is None:
            return
        if self.force or _sha256(disk) == self.old.generated[path]:
            self.act("delete", path, None, "no longer generated", "stale")
        else:
            self.edited(path, "is no longer generated, and is to be deleted")

    def edited(self, path: str, fate: str) -> None:
        self.drift.append(Drift("hand-edited", path))
        self.diagnostics.error(
            "AG313",
            f"`{self.snapshot.name(path)}` was edited by hand, but {fate}",
            hint="put the edit where it stays: events and types belong in the document, behaviour "
            "in the handlers; then restore the file, or use --force to discard the edit",
        )

    def created(self, path: str, new: bytes, *, again: bool) -> None:
        """The user's once it is written: made `again` only where its folder is gone."""
        if path in self.snapshot.files:
            self.act("same", path, self.snapshot.files[path], "yours")
        elif path not in self.old.created or (again and _parent(path) not in self.snapshot.folders):
            self.create(path, new)

    def module(self, path: str, module: Module) -> None:
        """The user's: created when it is missing, since the wiring needs it, else appended to."""
        raw = self.snapshot.files.get(path)
        if raw is None:
            self.new_module(path, module)
            return
        try:
            source, encoding = handlers.decode(raw)
            appended = handlers.append_stubs(source, module)
        except SyntaxError as error:
            self.unreadable(path, error)
            return
        try:
            new = raw + appended.text[len(source) :].encode(encoding)
        except UnicodeEncodeError:
            appended, new = handlers.Appended(source, left_out=appended.added), raw
        if appended.left_out:
            self.left_out(path, appended)
        if appended.added:
            names = ", ".join(stub.name for stub in appended.added)
            self.actions.append(Action("append", path, raw, new, f"without {names}"))
            self.missing(path, appended.added)
        else:
            self.act("same", path, raw, "yours")

    def new_module(self, path: str, module: Module) -> None:
        header = self.tree.created.get(path, module.header)
        try:
            appended = handlers.append_stubs(header, module)
        except SyntaxError:
            appended = None
        if appended is None or appended.left_out:
            _internal_error(self.diagnostics, f"the module `{module.module}` would not parse")
        else:
            self.create(path, appended.text.encode())

    def unreadable(self, path: str, error: SyntaxError) -> None:
        self.diagnostics.error(
            "AG310",
            f"this module of yours is not valid Python: {error.msg or error}",
            self.at(path, error.lineno or 1, error.offset or 1),
            hint="correct it and run again; the file was left as it is, since it cannot be seen "
            "which handlers it has",
        )

    def left_out(self, path: str, appended: handlers.Appended) -> None:
        names = ", ".join(f"`{stub.name}` ({stub.subject})" for stub in appended.left_out)
        sources = "\n\n\n".join(stub.source.rstrip() for stub in appended.left_out)
        if appended.star is not None:
            self.diagnostics.warning(
                "AG311",
                f"it cannot be seen whether this `import *` brings {names}",
                self.at(path, appended.star),
                hint=f"import it by name, or add to the module:\n\n{sources}",
            )
            return
        self.missing(path, appended.left_out)
        self.diagnostics.error(
            "AG311",
            f"{names} is missing from `{self.snapshot.name(path)}`, and appending it would break "
            "the file",
            hint=f"add to the module by hand:\n\n{sources}",
        )

    def missing(self, path: str, stubs: tuple[Stub, ...]) -> None:
        self.drift += (Drift("missing handler", path, stub.name) for stub in stubs)

    def remembered(self) -> dict[str, tuple[str, ...]]:
        """The functions to remember: those wanted now, and earlier ones that still stand."""
        names = {
            module.module: {stub.name for stub in module.stubs} for module in self.tree.modules
        }
        for module, before in self.old.handlers.items():
            wanted = names.setdefault(module, set())
            wanted |= self.orphans(module, set(before) - wanted)
        return {module: tuple(sorted(wanted)) for module, wanted in names.items() if wanted}

    def orphans(self, module: str, unwanted: set[str]) -> set[str]:
        path = self.location(module)
        try:
            functions = handlers.find_functions(
                handlers.decode(self.snapshot.files.get(path, b""))[0]
            )
        except SyntaxError:
            return unwanted  # they may stand there or not: look again next time
        orphans = unwanted & functions.keys()
        for name in sorted(orphans):
            self.drift.append(Drift("orphan", path, name, functions[name]))
            self.diagnostics.warning(
                "AG312",
                f"nothing in the document calls the handler `{name}` any more",
                self.at(path, functions[name]),
                hint="delete the function, or rename it to keep it for another use",
            )
        return orphans

    def manifest(self, new: Manifest) -> None:
        disk = self.snapshot.files.get(MANIFEST)
        if disk is None:
            self.create(MANIFEST, new.dump())
        elif self.is_known(new):
            self.act("same", MANIFEST, disk, "up to date")
        else:
            self.act("replace", MANIFEST, new.dump(), "out of date", "changed")

    def is_known(self, new: Manifest) -> bool:
        """True where the manifest on disk says all that the new one does.

        A user who deletes an orphan, or formats the file, has not made the project drift.
        """
        return replace(new, handlers=self.old.handlers) == self.old and all(
            set(names) <= set(self.old.handlers.get(module, ()))
            for module, names in new.handlers.items()
        )

    def location(self, module: str) -> str:
        """The file of a module (S38): what Python would import, else a new file.

        `a.b` is `a/b/__init__.py` where `a/b/` is a folder, now or when the tree is written.
        """
        path = _slashed(module)
        package, plain = f"{path}/__init__.py", f"{path}.py"
        if package not in self.snapshot.files and plain in self.snapshot.files:
            return plain
        return package if path in self.folders else plain

    def create(self, path: str, new: bytes) -> None:
        """A new file, where nothing stands in its way."""
        shadowed = _shadowed_by(path)
        if reason := _unusable(self.snapshot, path):
            self.diagnostics.error(
                "AG318",
                f"`{self.snapshot.name(path)}` cannot be written: {reason}",
                hint="asyncgen needs a plain file there, in a plain folder of the project",
            )
        elif shadowed and shadowed in self.snapshot.files:
            self.diagnostics.error(
                "AG319",
                f"`{self.snapshot.name(path)}` is needed, but Python would then no longer import "
                f"`{self.snapshot.name(shadowed)}`, which has the same name",
                hint=f"move `{self.snapshot.name(shadowed)}` there, or give it another name",
            )
        else:
            self.act("create", path, new, "new", "missing")

    def act(
        self, verb: Verb, path: str, new: bytes | None, reason: str, kind: Kind | None = None
    ) -> None:
        self.actions.append(Action(verb, path, self.snapshot.files.get(path), new, reason))
        if kind:
            self.drift.append(Drift(kind, path))

    def at(self, path: str, line: int, column: int = 1) -> Span:
        return Span(self.snapshot.name(path), line, column, line, column + 1)


def _internal_error(diagnostics: Diagnostics, problem: str) -> None:
    diagnostics.error(
        "AG320",
        f"asyncgen made a project that cannot be written: {problem}",
        hint="this is a mistake in asyncgen, not in your document; please report it",
    )


def _unusable(snapshot: Snapshot, path: str) -> str | None:
    return "it is a folder" if path in snapshot.folders else snapshot.blocked.get(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _slashed(module: str) -> str:
    return module.replace(".", "/")


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _folders_of(tree: Tree) -> frozenset[str]:
    paths = (*tree.generated, *tree.created, *(_slashed(module.module) for module in tree.modules))
    return frozenset(folder for path in paths for folder in _folders_above(path))


def _folders_above(path: str) -> Iterator[str]:
    """`a`, `a/b` for `a/b/c.py`."""
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def _shadowed_by(path: str) -> str | None:
    """The module that Python does not import where this file is: `a.py` for `a/__init__.py`."""
    folder = path.removesuffix("/__init__.py")
    return f"{folder}.py" if folder != path else None
