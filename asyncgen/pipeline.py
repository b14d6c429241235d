"""The stages in their order; a run stops after a stage that reported errors.

    load → parse → lint → lower → render_models, render_page, render → plan

What only `scaffold` needs is imported where it is used, so that `validate`
starts fast.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity, Span, TooMany
from asyncgen.document import Document, Json
from asyncgen.ir import App
from asyncgen.lint import lint
from asyncgen.lower import lower
from asyncgen.options import CHANNEL_MODELS, PAYLOADS, PERSPECTIVES, Options, one_of
from asyncgen.parse import parse
from asyncgen.source import Access, dump_json, dump_yaml, load
from asyncgen.tree import Features, Tree

if TYPE_CHECKING:
    from asyncgen.compatibility import Comparison
    from asyncgen.manifest import Manifest
    from asyncgen.plan import Plan

# Errors of `lower` that say what Socket.IO or Python cannot have: the document may still be a
# valid AsyncAPI document, so `validate` warns of them.
_LIMITS = frozenset(
    {"AG212", "AG213", "AG215", "AG216", "AG218", "AG219", "AG222", "AG223", "AG226", "AG227"}
    | {"AG230", "AG236", "AG237", "AG108"}
)
# Errors that say that an option does not fit the document.
_OF_OPTIONS = frozenset({"AG231"})
# Warnings, since nothing that is generated depends on these: by the specification they are errors,
# and so `validate` reports them as such.
_AGAINST_THE_SPECIFICATION = frozenset({"AG251"})


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a document means, its bundled data (S26), and where each part of that is written."""

    app: App
    bundle: dict[str, Json]
    spans: Mapping[str, Span]

    def files(self, spec: Path) -> frozenset[Path]:
        """The document itself, and every file that it refers to."""
        return frozenset({spec, *map(Path, {span.file for span in self.spans.values()})})


@dataclass(frozen=True, slots=True)
class Project:
    """What is to stand in a folder, what has to be done for it, and the files it comes from."""

    app: App
    tree: Tree
    plan: Plan
    files: frozenset[Path]


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed between two documents, and where each part of the new one is written."""

    comparison: Comparison
    new: str
    spans: Mapping[str, Span]

    def span(self, pointer: str | None) -> Span:
        """The place of a pointer; the start of the document where there is none."""
        whole = Span(self.new, 1, 1, 1, 1)
        return self.spans.get(pointer, whole) if pointer is not None else whole


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """The documentation page of a document; `plain` where that is not a Socket.IO application."""

    html: str
    plain: bool


def compile_document(
    spec: Path, options: Options, diagnostics: Diagnostics, access: Access | None = None
) -> Compiled | None:
    """Load, parse and lower a document; None where one of them reported an error."""
    found = Diagnostics()
    document = read_document(spec, found, access)
    app = _lowered(document, options, found) if document is not None else None
    diagnostics.items += map(_as_lint, found) if options.lint else found
    if document is None or app is None or diagnostics.failed:
        return None
    return Compiled(app, document.bundle, document.spans)


def _lowered(document: Document, options: Options, diagnostics: Diagnostics) -> App | None:
    with suppress(TooMany):
        return lower(document, options, diagnostics)
    return None


def _as_lint(item: Diagnostic) -> Diagnostic:
    """As `validate` reports it: by the specification, whatever can be generated."""
    severity = item.severity
    if severity is Severity.ERROR and item.code in _LIMITS:
        severity = Severity.WARNING
    elif item.code in _AGAINST_THE_SPECIFICATION:
        severity = Severity.ERROR
    return replace(item, severity=severity)


def read_document(
    spec: Path, diagnostics: Diagnostics, access: Access | None = None
) -> Document | None:
    """Load and parse a document; None where one of them reported an error.

    `access` is what its references may lead to in addition to its own folder (S3).
    """
    document = None
    with suppress(TooMany):
        source = load(spec, diagnostics, access=access)
        if source is not None and not diagnostics.failed:
            document = parse(source, diagnostics)
        if document is not None:
            document = lint(document, diagnostics)
    return None if diagnostics.failed else document


def build(
    compiled: Compiled, diagnostics: Diagnostics, features: Features | None = None
) -> Tree:
    """The whole project in memory, with these features."""
    from asyncgen.docs import render_page
    from asyncgen.models import render_models
    from asyncgen.render import Contents, render

    models = render_models(compiled.app, compiled.bundle, compiled.spans, diagnostics)
    page = render_page(compiled.app, compiled.bundle)
    contents = Contents(models, page, dump_json(compiled.bundle), dump_yaml(compiled.bundle))
    return render(compiled.app, contents, features or Features())


def document_page(
    spec: Path, options: Options, diagnostics: Diagnostics, access: Access | None = None
) -> DocumentPage | None:
    """The documentation page of a document, the same as that of its project.

    Where it gives no app, for reasons that notes then say, the page is in
    AsyncAPI's words and has no console. None where the document itself is wrong,
    or `options` name what it does not have.
    """
    from asyncgen.docs import render_page, render_plain_page

    document = read_document(spec, diagnostics, access)
    if document is None:
        return None
    found = Diagnostics()
    app = _lowered(document, options, found)
    if app is not None or any(item.code in _OF_OPTIONS for item in found):
        diagnostics.items += found
        return DocumentPage(render_page(app, document.bundle), False) if app is not None else None
    diagnostics.items += (replace(item, severity=Severity.NOTE) for item in _errors(found))
    return DocumentPage(render_plain_page(document), True)


def compare_documents(
    old: str,
    new: str,
    options: Options,
    diagnostics: Diagnostics,
    access: Access | None = None,
) -> Compared | None:
    """Compare two documents by what clients of the old one meet; warnings are left out.

    Each is a file or `git:REV:PATH`. None where one of them has errors.
    """
    from asyncgen.compatibility import Side, compare

    compiled = [_compile_revision(it, options, diagnostics, access) for it in (old, new)]
    before, after = compiled
    if before is None or after is None:
        return None
    sides = (Side(before.app, before.bundle), Side(after.app, after.bundle))
    return Compared(compare(*sides), new, after.spans)


def _compile_revision(
    name: str, options: Options, diagnostics: Diagnostics, access: Access | None
) -> Compiled | None:
    from asyncgen.source import revisions

    found = Diagnostics()
    if not name.startswith(revisions.PREFIX):
        compiled = compile_document(Path(name), options, found, access)
        diagnostics.items += _errors(found)
        return compiled
    with revisions.checked_out(name, access or Access(), found) as revision:
        if revision is None:
            diagnostics.items += _errors(found)
            return None
        compiled = compile_document(revision.document, options, found, revision.access)
        diagnostics.items += map(revision.named, _errors(found))
    return compiled


def _errors(diagnostics: Diagnostics) -> list[Diagnostic]:
    return [item for item in diagnostics if item.severity is Severity.ERROR]


def plan_project(
    spec: Path,
    root: Path,
    options: Options,
    force: bool,
    diagnostics: Diagnostics,
    access: Access | None = None,
    *,
    mock: bool | None = None,
    deploy: bool | None = None,
    remote: bool | None = None,
) -> Project | None:
    """Compile a document and compare its project with what stands in the folder `root`.

    Where `options`, `mock`, `deploy` or `remote` (whether references over the
    network are followed) leave something open, a project that is there already
    keeps what it was made with. None where there is nothing to compare; where errors
    were reported, the plan must not be applied.
    """
    from asyncgen import plan, write

    old = _manifest(root)
    options = _remembered(options, old)
    access = _remembered_access(access or Access(), remote, root, old)
    compiled = compile_document(spec, options, diagnostics, access)
    if compiled is None:
        return None
    features = Features(
        spec=_relative(spec, root),
        raw=options.payloads == "raw",
        mock=_had(old, "mock") if mock is None else mock,
        deploy=_had(old, "deploy") if deploy is None else deploy,
    )
    tree = build(compiled, diagnostics, features)
    disk = write.snapshot(root, tree, spec)
    made = plan.make(tree, disk, _to_remember(features, options, access, root), force, diagnostics)
    return Project(compiled.app, tree, made, compiled.files(spec)) if made is not None else None


def _manifest(root: Path) -> Manifest | None:
    """The manifest of a project that is there; `plan` reports what is wrong with one."""
    from asyncgen import manifest

    path = root / manifest.MANIFEST
    try:
        return manifest.load(path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError):
        return None


def _remembered(options: Options, old: Manifest | None) -> Options:
    if old is None:
        return options
    said = {key: value for key, value in old.options.items() if isinstance(value, str)}
    return replace(
        options,
        package=options.package or old.package,
        server=options.server or said.get("server"),
        channels=options.channels or one_of(CHANNEL_MODELS, said.get("channels")),
        perspective=options.perspective or one_of(PERSPECTIVES, said.get("perspective")),
        payloads=options.payloads or one_of(PAYLOADS, said.get("payloads")),
    )


def _had(old: Manifest | None, option: str) -> bool:
    return old is not None and old.options.get(option) is True


def _remembered_access(
    access: Access, remote: bool | None, root: Path, old: Manifest | None
) -> Access:
    folder = old.options.get("ref_root") if old else None
    known = access.remote or _had(old, "allow_remote_refs")
    return Access(
        root=access.root or (root / folder if isinstance(folder, str) else None),
        remote=known if remote is None else remote,
    )


def _to_remember(
    features: Features, options: Options, access: Access, root: Path
) -> dict[str, str | bool | None]:
    """The options as the manifest keeps them; paths are relative to the project."""
    remembered: dict[str, str | bool | None] = {
        "spec": features.spec,
        "server": options.server,
        "channels": options.channels,
        "perspective": options.perspective,
        "payloads": options.payloads,
        "ref_root": _relative(access.root, root) if access.root else None,
        "allow_remote_refs": access.remote,
    }
    extras = {"mock": features.mock, "deploy": features.deploy}
    return remembered | {name: True for name, wanted in extras.items() if wanted}


def _relative(path: Path, root: Path) -> str:
    try:
        relative = os.path.relpath(path, root)
    except ValueError:  # on another drive
        relative = str(path)
    return PurePath(relative).as_posix()
