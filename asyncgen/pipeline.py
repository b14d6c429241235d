"""The stages in their order; a run stops after a stage that reported errors.

    load → parse → lower → render_models, render_page, render → plan

What only `scaffold` needs is imported where it is used, so that `validate`
starts fast.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity, Span
from asyncgen.document import Document, Json
from asyncgen.ir import App
from asyncgen.lint import lint
from asyncgen.lower import Options, channel_model, lower, payloads, perspective
from asyncgen.parse import parse
from asyncgen.source import Access, dump_json, dump_yaml, load
from asyncgen.tree import Tree

if TYPE_CHECKING:
    from asyncgen.manifest import Manifest
    from asyncgen.plan import Plan

# Errors of `lower` that say what Socket.IO or Python cannot have: the document may still be a
# valid AsyncAPI document.
_LIMITS = frozenset(
    {"AG212", "AG213", "AG215", "AG216", "AG218", "AG219", "AG222", "AG223", "AG226", "AG227"}
    | {"AG230", "AG236", "AG237"}
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a document means, its bundled data (S26), and where each part of that is written."""

    app: App
    bundle: dict[str, Json]
    spans: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Project:
    """What is to stand in a folder, and what has to be done for it."""

    app: App
    tree: Tree
    plan: Plan


def compile_document(
    spec: Path, options: Options, diagnostics: Diagnostics, access: Access | None = None
) -> Compiled | None:
    """Load, parse and lower a document; None where one of them reported an error."""
    found = Diagnostics()
    document = read_document(spec, found, access)
    app = lower(document, options, found) if document is not None else None
    diagnostics.items += map(_as_lint, found) if options.lint else found
    if document is None or app is None or diagnostics.failed:
        return None
    return Compiled(app, document.bundle, document.spans)


def _as_lint(item: Diagnostic) -> Diagnostic:
    """As `validate` tells it: by the specification, whatever can be generated."""
    severity = item.severity
    if severity is Severity.ERROR and item.code in _LIMITS:
        severity = Severity.WARNING
    elif item.code == "AG251":
        severity = Severity.ERROR
    return replace(item, severity=severity)


def read_document(
    spec: Path, diagnostics: Diagnostics, access: Access | None = None
) -> Document | None:
    """Load and parse a document; None where one of them reported an error.

    `access` is what its references may lead to beside its own folder (S3).
    """
    source = load(spec, diagnostics, access=access)
    if source is None or diagnostics.failed:
        return None
    document = parse(source, diagnostics)
    if document is not None:
        document = lint(document, diagnostics)
    return None if diagnostics.failed else document


def build(
    compiled: Compiled, diagnostics: Diagnostics, *, mock: bool = False, raw: bool = False
) -> Tree | None:
    """The whole project in memory, with a `mock` or not; None where models cannot be made.

    `raw` is whether its handlers get plain data, which its README tells.
    """
    from asyncgen.docs import render_page
    from asyncgen.models import render_models
    from asyncgen.render import Contents, render

    models = render_models(compiled.app, compiled.bundle, compiled.spans, diagnostics)
    if diagnostics.failed:
        return None
    page = render_page(compiled.app, compiled.bundle)
    contents = Contents(models, page, dump_json(compiled.bundle), dump_yaml(compiled.bundle))
    return render(compiled.app, contents, mock=mock, raw=raw)


def document_page(
    spec: Path, options: Options, diagnostics: Diagnostics, access: Access | None = None
) -> str | None:
    """The documentation page of a document, the same as that of its project."""
    from asyncgen.docs import render_page

    compiled = compile_document(spec, options, diagnostics, access)
    return render_page(compiled.app, compiled.bundle) if compiled is not None else None


def plan_project(
    spec: Path,
    root: Path,
    options: Options,
    force: bool,
    diagnostics: Diagnostics,
    access: Access | None = None,
    *,
    mock: bool | None = None,
) -> Project | None:
    """Compile a document and compare its project with what stands in the folder `root`.

    Where `options` or `mock` leave something open, a project that is there
    already keeps what it was made with. None where there is nothing to compare; where errors
    were reported, the plan must not be applied.
    """
    from asyncgen import plan, write

    old = _manifest(root)
    options = _remembered(options, old)
    access = _remembered_access(access or Access(), root, old)
    if mock is None:
        mock = old is not None and old.options.get("mock") is True
    compiled = compile_document(spec, options, diagnostics, access)
    if compiled is None:
        return None
    tree = build(compiled, diagnostics, mock=mock, raw=options.payloads == "raw")
    if tree is None:
        return None
    disk = write.snapshot(root, tree, spec)
    remembered = _to_remember(spec, root, options, access) | ({"mock": True} if mock else {})
    made = plan.make(tree, disk, remembered, force, diagnostics)
    return Project(compiled.app, tree, made) if made is not None else None


def _manifest(root: Path) -> Manifest | None:
    """The manifest of a project that is there; what is wrong with one is said by `plan`."""
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
        channels=options.channels or channel_model(said.get("channels")),
        perspective=options.perspective or perspective(said.get("perspective")),
        payloads=options.payloads or payloads(said.get("payloads")),
    )


def _remembered_access(access: Access, root: Path, old: Manifest | None) -> Access:
    folder = old.options.get("ref_root") if old else None
    remote = old is not None and old.options.get("allow_remote_refs") is True
    return Access(
        root=access.root or (root / folder if isinstance(folder, str) else None),
        remote=access.remote or remote,
    )


def _to_remember(
    spec: Path, root: Path, options: Options, access: Access
) -> dict[str, str | bool | None]:
    """The options as the manifest keeps them; paths are relative to the project."""
    return {
        "spec": _relative(spec, root),
        "server": options.server,
        "channels": options.channels,
        "perspective": options.perspective,
        "payloads": options.payloads,
        "ref_root": _relative(access.root, root) if access.root else None,
        "allow_remote_refs": access.remote,
    }


def _relative(path: Path, root: Path) -> str:
    try:
        relative = os.path.relpath(path, root)
    except ValueError:  # on another drive
        relative = str(path)
    return PurePath(relative).as_posix()
