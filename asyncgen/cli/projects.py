"""`scaffold` and `check`: a project and the document that it is made from."""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from asyncgen.cli import terminal
from asyncgen.cli.options import (
    ChannelsOption,
    DeployOption,
    DiffOption,
    Document,
    Format,
    FormatOption,
    MockOption,
    Output,
    PackageOption,
    PayloadsOption,
    PerspectiveOption,
    RefRootOption,
    RemoteChoice,
    ServerOption,
    StrictChoice,
)
from asyncgen.config import Settings
from asyncgen.diagnostics import Diagnostics

if TYPE_CHECKING:
    from asyncgen.scaffolding import Job


def scaffold(
    document: Document = None,
    output: Output = None,
    package: PackageOption = None,
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    payloads: PayloadsOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteChoice = None,
    mock: MockOption = None,
    deploy: DeployOption = None,
    strict: StrictChoice = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Discard edits in generated files; accept a folder that is not empty, "
            "and options other than those the project was created with.",
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; fail if the project has drifted."),
    ] = False,
    diff: DiffOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running, and follow the document as it changes.")
    ] = False,
    format: FormatOption = "text",
) -> None:
    """Create a project from a document, or bring one up to date.

    Generated files are replaced. Yours are written once, and later only get
    the handlers appended that are missing. Options that are not given here come
    from [tool.asyncgen] in pyproject.toml.
    """
    said = Settings(
        document, output, package, server, channels, perspective, payloads, ref_root,
        allow_remote_refs, mock, deploy, strict,
    )  # fmt: skip
    if watch and (check or diff or format != "text"):
        raise typer.BadParameter("it writes, and reports as text", param_hint="--watch")
    job = _job(said, format, force=force, check=check, diff=diff)
    if watch:
        _watch(job)
    else:
        _run(job, format)


def check(
    document: Document = None,
    output: Output = None,
    package: PackageOption = None,
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    payloads: PayloadsOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteChoice = None,
    mock: MockOption = None,
    deploy: DeployOption = None,
    strict: StrictChoice = None,
    diff: DiffOption = False,
    format: FormatOption = "text",
) -> None:
    """Fail if a project does not match its document; write nothing."""
    said = Settings(
        document, output, package, server, channels, perspective, payloads, ref_root,
        allow_remote_refs, mock, deploy, strict,
    )  # fmt: skip
    _run(_job(said, format, check=True, diff=diff), format)


def _job(said: Settings, format: Format, *, check: bool, diff: bool, force: bool = False) -> Job:
    """What is asked for, by the command line and else by the configuration."""
    # A run is over soon and leaves few cycles: to look for them often takes a sixth of its time.
    gc.set_threshold(100_000)
    from asyncgen import config
    from asyncgen.scaffolding import Job

    diagnostics = Diagnostics()
    settings = said.over(config.find(terminal.here_and_above(), diagnostics))
    if diagnostics.failed:
        terminal.show(diagnostics, format)
        terminal.end(True)
    if settings.document is None or settings.output is None:
        message = "it is not given, and no pyproject.toml from here upwards has [tool.asyncgen]"
        missing = "SPEC" if settings.document is None else "--output"
        raise typer.BadParameter(message, param_hint=missing)
    if diff and format != "text":
        raise typer.BadParameter("it is shown as text", param_hint="--diff")
    colour = terminal.has_colours(sys.stdout)
    document, output = terminal.short(settings.document), terminal.short(settings.output)
    return Job(document, output, settings, force, check, diff, colour)


def _run(job: Job, format: Format) -> None:
    from asyncgen import scaffolding

    outcome = scaffolding.run(job, time.sleep)
    terminal.show(outcome.diagnostics, format)
    if format == "text":
        typer.echo(outcome.text, nl=False)
    terminal.end(outcome.failed)


def _watch(job: Job) -> None:
    """Run, and again whenever a file changes that the project depends on; until interrupted."""
    from asyncgen import scaffolding

    try:
        for outcome in scaffolding.watch(job, time.sleep):
            terminal.show(outcome.diagnostics, "text")
            typer.echo(f"{outcome.text}watching {job.document}; Ctrl-C ends it")
    except KeyboardInterrupt:
        terminal.end(False)
