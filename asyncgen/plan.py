"""Compares the project that is to be with what is on disk, and decides what happens to each file.

Pure: `write.snapshot` reads the disk, `write.apply` carries the plan out.
A run and `--check` share one plan, so they cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from asyncgen import handlers
from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.disk import Snapshot, in_conflict, manifest_on_disk, unusable
from asyncgen.manifest import MANIFEST, Manifest, sha256, with_line_feeds
from asyncgen.paths import folders_above, is_module, is_path, parent, shadowed_by, slashed
from asyncgen.tree import Module, Stub, Tree

Verb = Literal["create", "replace", "append", "delete", "same"]
Kind = Literal["changed", "missing", "stale", "hand-edited", "missing handler", "orphan"]


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to one file: its bytes before and after; None stands for no file."""

    verb: Verb
    path: str
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference of document and project, for `--check`; `name` is that of a handler."""

    kind: Kind
    path: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions by path, the manifest last, and what has drifted.

    Where `make` reported errors, the files they are about have no action: such
    a plan shows drift, but must not be applied. `journal` is the manifest
    that stands there while the actions are carried out: what may be written is
    known before it is, so that the next run completes one that was killed.
    None where nothing but the manifest changes.
    """

    actions: tuple[Action, ...]
    drift: tuple[Drift, ...]
    journal: bytes | None = None


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
    None where the output folder or the tree itself is unusable, or where other
    options or another document would put a second project into the first.
    """
    problems = list(_problems(tree))
    for problem in problems:
        _internal_error(diagnostics, problem)
    old = None if problems else manifest_on_disk(tree, snapshot, force, diagnostics)
    if old is None:
        return None
    folders = snapshot.folders | snapshot.blocked.keys() | _folders_of(tree)
    planner = _Planner(tree, snapshot, old, force, diagnostics, folders)
    if not force and (planner.has_other_options(options) or planner.is_of_another(options)):
        return None
    return planner.plan(options)


def _problems(tree: Tree) -> Iterator[str]:
    """What is wrong with a tree; its paths come from names in a document, hence the checks."""
    for name, count in Counter(module.module for module in tree.modules).items():
        if count > 1:
            yield f"the module {quote(name)} is in it {count} times"
    for module in tree.modules:
        path = slashed(module.module)
        if not is_module(module.module):
            yield f"{quote(module.module)} is not the name of a module"
        if tree.generated.keys() & {f"{path}.py", f"{path}/__init__.py"}:
            yield f"the module `{module.module}` is generated, and the user's too"
        for name, count in Counter(stub.name for stub in module.stubs).items():
            if count > 1:
                yield f"`{name}` is in the module `{module.module}` {count} times"
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
        inits = {f"{folder}/__init__.py" for path in modules for folder in folders_above(path)}
        created = {**dict.fromkeys(inits - self.tree.generated.keys(), ""), **self.tree.created}
        generated = {path: text.encode() for path, text in self.tree.generated.items()}
        for path, new in generated.items():
            self.generated(path, new)
        for path in self.old.ours - generated.keys() - created.keys() - modules.keys():
            self.stale(path)
        for path in created.keys() - modules.keys():
            self.created(path, created[path].encode(), again=path in inits)
        for path, module in modules.items():
            self.module(path, module)
        manifest = Manifest(
            self.tree.package,
            options,
            {path: sha256(new) for path, new in generated.items()},
            tuple(sorted({*self.old.created, *created} - modules.keys())),
            self.remembered(),
        )
        journal = self.journal(manifest)
        self.manifest(manifest)
        return Plan(
            tuple(sorted(self.actions, key=lambda action: (action.path == MANIFEST, action.path))),
            tuple(sorted(self.drift, key=lambda item: (item.path, item.kind, item.name or ""))),
            journal,
        )

    def has_other_options(self, options: Mapping[str, str | bool | None]) -> bool:
        """Report an option that differs, where handlers of the project would be left behind."""
        changed = [name for name in _SHAPING if options.get(name) != self.old.options.get(name)]
        if not self.old.options or not changed:
            return False
        left = [name for module in self.old.handlers for name in self.left_behind(module) or ()]
        if not left:
            return False
        was, now = (
            " and ".join(_said(name, said.get(name)) for name in changed)
            for said in (self.old.options, options)
        )
        self.diagnostics.error(
            "AG330",
            f"the project in `{self.snapshot.root}` was made {was}; {now} nothing would call "
            f"{', '.join(map(quote, sorted(left)))} any more",
            hint="leave this as it was, or choose another folder with -o; or use --force to "
            "change it; the handlers stay, and are reported",
        )
        return True

    def is_of_another(self, options: Mapping[str, str | bool | None]) -> bool:
        """Report a document of another path, where no handler of the project is in it."""
        spec, before = options.get("spec"), self.old.options.get("spec")
        wanted = {(it.module, stub.name) for it in self.tree.modules for stub in it.stubs}
        had = {(module, name) for module, names in self.old.handlers.items() for name in names}
        if before is None or spec == before or not had or wanted & had:
            return False
        self.diagnostics.error(
            "AG331",
            f"the project in `{self.snapshot.root}` was made from {quote(str(before))}, and "
            f"{quote(str(spec))} has none of its events",
            hint="choose another folder with -o; or use --force if the document has moved and all "
            "of its events have changed",
        )
        return True

    def generated(self, path: str, new: bytes) -> None:
        """Ours: replaced, unless somebody else wrote it."""
        disk = self.snapshot.files.get(path)
        if disk is None:
            self.create(path, new)
        elif with_line_feeds(disk) == with_line_feeds(new):
            self.act("same", path, disk)
        elif self.old.is_ours(path, disk):
            self.act("replace", path, new, "changed")
        elif self.force:
            self.act("replace", path, new, "hand-edited")
        elif path not in self.old.ours:
            self.diagnostics.error(
                "AG314",
                f"`{self.snapshot.name(path)}` is in the place of a generated file, "
                "but was not written by asyncgen",
                hint="move the file elsewhere, or use --force to replace it",
            )
        else:
            self.edited(path, "is replaced on every run")

    def stale(self, path: str) -> None:
        """Ours once, and no longer made."""
        disk = self.snapshot.files.get(path)
        if disk is None:
            return
        is_ours = self.old.is_ours(path, disk)
        if path not in self.old.generated and not is_ours:
            return  # a run was interrupted before it came to this file
        if self.force or is_ours:
            self.act("delete", path, None, "stale")
        else:
            self.edited(path, "is no longer generated, and is to be deleted")

    def edited(self, path: str, fate: str) -> None:
        self.drift.append(Drift("hand-edited", path))
        if in_conflict(self.snapshot.files[path]):
            self.diagnostics.error(
                "AG313",
                f"`{self.snapshot.name(path)}` has the markers of a merge conflict, but {fate}",
                hint="resolve the conflicts in the document and in files that are yours, then use "
                "--force",
            )
            return
        self.diagnostics.error(
            "AG313",
            f"`{self.snapshot.name(path)}` was edited by hand, but {fate}",
            hint="put the edit where it stays: events and types belong in the document, behaviour "
            "in the handlers; then restore the file, or use --force to discard the edit",
        )

    def created(self, path: str, new: bytes, *, again: bool) -> None:
        """The user's once it is written: made `again` only where its folder is gone."""
        if path in self.snapshot.files:
            self.act("same", path, self.snapshot.files[path])
        elif path not in self.old.created or (again and parent(path) not in self.snapshot.folders):
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
            self.unreadable(path, error, raw)
            return
        try:
            new = raw + appended.text[len(source) :].encode(encoding)
        except UnicodeEncodeError:
            appended, new = handlers.Appended(source, left_out=appended.added), raw
        if appended.left_out:
            self.left_out(path, appended)
        if appended.added:
            self.act("append", path, new)
            self.missing(path, appended.added)
        else:
            self.act("same", path, raw)

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

    def unreadable(self, path: str, error: SyntaxError, raw: bytes) -> None:
        reason = error.msg or error
        if in_conflict(raw):
            reason = "it has the markers of a merge conflict"
        self.diagnostics.error(
            "AG310",
            f"this module of yours is not valid Python: {reason}",
            self.at(path, error.lineno or 1, error.offset or 1),
            hint="correct it and run again; the file was left as it is, since it is not clear "
            "which handlers it has",
        )

    def left_out(self, path: str, appended: handlers.Appended) -> None:
        names = ", ".join(f"`{stub.name}` ({stub.subject})" for stub in appended.left_out)
        sources = "\n\n\n".join(stub.source.rstrip() for stub in appended.left_out)
        if appended.star is not None:
            self.diagnostics.warning(
                "AG311",
                f"it is not clear whether this `import *` provides {names}",
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
        for module in self.old.handlers:
            wanted = names.setdefault(module, set())
            wanted |= self.orphans(module)
        return {module: tuple(sorted(wanted)) for module, wanted in names.items() if wanted}

    def left_behind(self, module: str) -> dict[str, int] | None:
        """The functions that still stand in a module and are wanted no more, with their lines.

        None where the module is not Python.
        """
        wanted = {stub.name for it in self.tree.modules if it.module == module for stub in it.stubs}
        try:
            source, _ = handlers.decode(self.snapshot.files.get(self.location(module), b""))
            functions = handlers.find_functions(source)
        except SyntaxError:
            return None
        return {
            name: functions[name]
            for name in sorted(self.old.handlers[module])
            if name in functions and name not in wanted
        }

    def orphans(self, module: str) -> set[str]:
        """Report the functions of a module that are wanted no more; those to look for again."""
        path, orphans = self.location(module), self.left_behind(module)
        if orphans is None:
            return {*self.old.handlers[module]}  # they may stand there or not
        for name, line in orphans.items():
            self.drift.append(Drift("orphan", path, name))
            self.diagnostics.warning(
                "AG312",
                f"nothing in the document calls the handler `{name}` any more",
                self.at(path, line),
                hint="delete the function, or rename it to keep it for another use",
            )
        return {*orphans}

    def journal(self, new: Manifest) -> bytes | None:
        """The manifest for the time in which the actions so far are carried out."""
        if all(action.verb == "same" for action in self.actions):
            return None
        before, after = self.old.handlers, new.handlers
        either = {
            module: tuple(sorted({*before.get(module, ()), *after.get(module, ())}))
            for module in {*before, *after}
        }
        pending = {path: {*hashes} for path, hashes in self.old.pending.items()}
        for path, digest in new.generated.items():
            if digest != self.old.generated.get(path):
                pending.setdefault(path, set()).add(digest)
        return replace(
            self.old,
            options=new.options,
            handlers=either,
            pending={path: tuple(sorted(hashes)) for path, hashes in pending.items()},
        ).dump()

    def manifest(self, new: Manifest) -> None:
        disk = self.snapshot.files.get(MANIFEST)
        if disk is None:
            self.create(MANIFEST, new.dump())
        elif self.is_known(new):
            self.act("same", MANIFEST, disk)
        else:
            self.act("replace", MANIFEST, new.dump(), "changed")

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
        path = slashed(module)
        package, plain = f"{path}/__init__.py", f"{path}.py"
        if package not in self.snapshot.files and plain in self.snapshot.files:
            return plain
        return package if path in self.folders else plain

    def create(self, path: str, new: bytes) -> None:
        """A new file, where nothing stands in its way."""
        shadowed = shadowed_by(path)
        if reason := unusable(self.snapshot, path):
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
            self.act("create", path, new, "missing")

    def act(self, verb: Verb, path: str, new: bytes | None, kind: Kind | None = None) -> None:
        self.actions.append(Action(verb, path, self.snapshot.files.get(path), new))
        if kind:
            self.drift.append(Drift(kind, path))

    def at(self, path: str, line: int, column: int = 1) -> Span:
        return Span(self.snapshot.name(path), line, column, line, column + 1)


# Options that decide which handlers there are.
_SHAPING = ("channels", "perspective", "server")


def _said(option: str, value: str | bool | None) -> str:
    return f"without `--{option}`" if value is None else f"with {quote(f'--{option} {value}')}"


def _internal_error(diagnostics: Diagnostics, problem: str) -> None:
    diagnostics.error(
        "AG320",
        f"asyncgen made a project that cannot be written: {problem}",
        hint="this is a bug in asyncgen, not in your document; please report it",
    )


def _folders_of(tree: Tree) -> frozenset[str]:
    paths = (*tree.generated, *tree.created, *(slashed(module.module) for module in tree.modules))
    return frozenset(folder for path in paths for folder in folders_above(path))
