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

from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Json
from asyncgen.ir import App
from asyncgen.lower import Options, lower
from asyncgen.parse import parse
from asyncgen.source import dump_json, dump_yaml, load
from asyncgen.tree import Tree

if TYPE_CHECKING:
    from asyncgen.manifest import Manifest
    from asyncgen.plan import Plan


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


def compile_document(spec: Path, options: Options, diagnostics: Diagnostics) -> Compiled | None:
    """Load, parse and lower a document; None where one of them reported an error."""
    source = load(spec, diagnostics)
    if source is None or diagnostics.failed:
        return None
    document = parse(source, diagnostics)
    if document is None or diagnostics.failed:
        return None
    app = lower(document, options, diagnostics)
    if app is None or diagnostics.failed:
        return None
    return Compiled(app, document.bundle, document.spans)


def build(compiled: Compiled, diagnostics: Diagnostics) -> Tree | None:
    """The whole project in memory; None where its models cannot be made."""
    from asyncgen.docs import render_page
    from asyncgen.models import render_models
    from asyncgen.render import Contents, render

    models = render_models(
        compiled.app, compiled.bundle, compiled.spans, diagnostics
    )
    if diagnostics.failed:
        return None
    page = render_page(compiled.app, compiled.bundle)
    contents = Contents(models, page, dump_json(compiled.bundle), dump_yaml(compiled.bundle))
    return render(compiled.app, contents)


def document_page(spec: Path, options: Options, diagnostics: Diagnostics) -> str | None:
    """The documentation page of a document, the same as that of its project."""
    from asyncgen.docs import render_page

    compiled = compile_document(spec, options, diagnostics)
    return render_page(compiled.app, compiled.bundle) if compiled is not None else None


def plan_project(
    spec: Path, root: Path, options: Options, force: bool, diagnostics: Diagnostics
) -> Project | None:
    """Compile a document and compare its project with what stands in the folder `root`.

    Where `options` leave something open, a project that is there already keeps
    what it was made with. None where there is nothing to compare; where errors
    were reported, the plan must not be applied.
    """
    from asyncgen import plan, write

    options = _remembered(options, _manifest(root))
    compiled = compile_document(spec, options, diagnostics)
    if compiled is None:
        return None
    tree = build(compiled, diagnostics)
    if tree is None:
        return None
    disk = write.snapshot(root, tree, spec)
    made = plan.make(tree, disk, _to_remember(spec, root, options), force, diagnostics)
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
    server = old.options.get("server")
    return replace(
        options,
        package=options.package or old.package,
        server=options.server or (server if isinstance(server, str) else None),
    )


def _to_remember(spec: Path, root: Path, options: Options) -> Mapping[str, str | bool | None]:
    """The options as the manifest keeps them; the document is relative to the project."""
    try:
        relative = os.path.relpath(spec, root)
    except ValueError:  # on another drive
        relative = str(spec)
    return {"spec": PurePath(relative).as_posix(), "server": options.server}
