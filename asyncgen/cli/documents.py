"""The commands that read documents, and write what they find or one file."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from asyncgen import report
from asyncgen.cli import terminal
from asyncgen.cli.options import (
    ChannelsOption,
    FormatOption,
    PayloadsOption,
    PerspectiveOption,
    RefRootOption,
    RemoteOption,
    ServerOption,
    Spec,
    StrictOption,
)
from asyncgen.diagnostics import Diagnostics
from asyncgen.options import Options

if TYPE_CHECKING:
    from asyncgen.pipeline import Compared


def validate(
    specs: Annotated[
        list[Path], typer.Argument(metavar="SPEC...", help="AsyncAPI documents, YAML or JSON.")
    ],
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
    strict: StrictOption = False,
    format: FormatOption = "text",
) -> None:
    """Report what is wrong with documents."""
    from asyncgen import pipeline
    from asyncgen.source import Access

    options = Options(server=server, lint=True, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)
    found = Diagnostics()
    for spec in map(terminal.short, specs):
        diagnostics = Diagnostics()
        pipeline.compile_document(spec, options, diagnostics, access)
        found.items += diagnostics
    terminal.show(found, format)
    failed = found.fails(strict)
    if format == "text" and not failed:
        typer.echo(f"{len(specs)} documents are valid" if specs[1:] else f"{specs[0]} is valid")
    terminal.end(failed)


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="The document before: a file, or git:REV:PATH.")
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The document after: a file, or git:REV:PATH.")
    ],
    format: Annotated[
        Literal["text", "json", "github", "markdown"],
        typer.Option("--format", help="How changes are reported."),
    ] = "text",
    fail_on: Annotated[
        Literal["breaking", "any", "never"],
        typer.Option(
            "--fail-on",
            help="What fails: changes that break or may break clients, any change, or none.",
        ),
    ] = "breaking",
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
) -> None:
    """Show which changes of a document break its clients.

    Exit status: 0 all well, 1 by --fail-on, 2 where a document cannot be compared.
    """
    from asyncgen import pipeline
    from asyncgen.compatibility.changes import VERDICTS, Verdict
    from asyncgen.source import Access

    diagnostics = Diagnostics()
    options = Options(server=server, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)
    compared = pipeline.compare_documents(old, new, options, diagnostics, access)
    if compared is None:
        terminal.show(diagnostics, "github" if format == "github" else "text")
        raise typer.Exit(2)
    typer.echo(_compared(compared, old, format), nl=False)
    failing: dict[str, tuple[Verdict, ...]] = {
        "never": (),
        "any": VERDICTS,
        "breaking": ("breaking", "unknown"),
    }
    terminal.end(any(compared.comparison.count(verdict) for verdict in failing[fail_on]))


def docs(
    spec: Spec,
    out: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")],
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
    strict: StrictOption = False,
    format: FormatOption = "text",
) -> None:
    """Write the documentation page: one HTML file, no network needed."""
    from asyncgen import pipeline, write
    from asyncgen.source import Access

    spec, out = terminal.short(spec), terminal.short(out)
    diagnostics = Diagnostics()
    options = Options(server=server, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)
    page = pipeline.document_page(spec, options, diagnostics, access)
    if page is not None and not diagnostics.fails(strict):
        write.replace(out, page.html.encode(), diagnostics)
    terminal.show(diagnostics, format)
    if format == "text" and page is not None and not diagnostics.fails(strict):
        plain = ", without a console: this cannot be a Socket.IO application"
        typer.echo(f"{out}: {len(page.html) // 1000} kB{plain if page.plain else ''}")
    terminal.end(page is None or diagnostics.fails(strict))


def ir(
    spec: Spec,
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    payloads: PayloadsOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
) -> None:
    """Print what the compiler understands of a document, as JSON."""
    from asyncgen import pipeline
    from asyncgen.source import Access

    diagnostics = Diagnostics()
    options = Options(server=server, channels=channels, perspective=perspective, payloads=payloads)
    access = Access(ref_root, allow_remote_refs)
    compiled = pipeline.compile_document(terminal.short(spec), options, diagnostics, access)
    terminal.show(diagnostics, "text")
    if compiled is not None:
        typer.echo(report.app_json(compiled.app), nl=False)
    terminal.end(diagnostics.failed)


def bundle(
    spec: Spec,
    out: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file to write, JSON or YAML by its suffix."
        ),
    ] = Path("-"),
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
    strict: StrictOption = False,
) -> None:
    """Join a document of several files into one, YAML or JSON.

    This is what a project serves and validates by: traits are merged, and
    schemas are those of draft-07.
    """
    from asyncgen import pipeline, write
    from asyncgen.source import Access, dump_json, dump_yaml

    if str(out) != "-" and out.exists() and spec.exists() and out.samefile(spec):
        raise typer.BadParameter("this is the document itself", param_hint="--output")
    diagnostics = Diagnostics()
    access = Access(ref_root, allow_remote_refs)
    document = pipeline.read_document(terminal.short(spec), diagnostics, access)
    if document is not None and not diagnostics.fails(strict):
        dump = dump_json if out.suffix.lower() == ".json" else dump_yaml
        if str(out) == "-":
            typer.echo(dump(document.bundle), nl=False)
        else:
            write.replace(out, dump(document.bundle).encode(), diagnostics)
    terminal.show(diagnostics, "text")
    terminal.end(diagnostics.fails(strict))


def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="The file to write.")] = Path(
        "asyncapi.yaml"
    ),
) -> None:
    """Write a short commented document to start from."""
    from asyncgen import resources, write

    diagnostics = Diagnostics()
    write.create(file, (resources.templates_dir() / "init.yaml").read_bytes(), diagnostics)
    terminal.show(diagnostics, "text")
    if not diagnostics.failed:
        typer.echo(f"   create  {file}")
        typer.echo(f"\nNext:\n  asyncgen scaffold {shlex.quote(str(file))} -o app")
    terminal.end(diagnostics.failed)


def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="Such as AG203; by default, all codes.")
    ] = None,
) -> None:
    """Explain the code of a message, with a wrong and a right example."""
    from difflib import get_close_matches

    from asyncgen import explanations

    if code is None:
        typer.echo(report.all_codes(), nl=False)
        return
    known = explanations.read()
    found = known.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), known, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`asyncgen explain` lists all"
        raise typer.BadParameter(f"there is no code {code!r}; {hint}", param_hint="CODE")
    typer.echo(report.explained(found), nl=False)


def _compared(compared: Compared, old: str, format: str) -> str:
    from asyncgen.compatibility import reports

    comparison = compared.comparison
    match format:
        case "json":
            return reports.as_json(comparison)
        case "github":
            return reports.as_github(comparison, compared.span)
        case "markdown":
            return reports.as_markdown(comparison, old=old, new=compared.new)
        case _:
            colour = terminal.has_colours(sys.stdout)
            return reports.text(comparison, colour=colour)
