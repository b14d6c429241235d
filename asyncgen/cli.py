"""The command line: the only module that prints, exits or looks at the environment.

Exit status: 0 fine, 1 problems or drift, 2 wrong usage. Each command imports
what it needs itself, so that `--help` and `validate` start fast.
"""

from __future__ import annotations

import functools
import gc
import os
import shlex
import sys
import time
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from asyncgen import report
from asyncgen.config import Settings
from asyncgen.diagnostics import Diagnostics
from asyncgen.options import (
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
    RemoteOption,
    ServerOption,
    Spec,
    StrictChoice,
    StrictOption,
)

if TYPE_CHECKING:
    from asyncgen.pipeline import Compared
    from asyncgen.scaffolding import Job

app = typer.Typer(
    name="asyncgen",
    help="Compile an AsyncAPI document into a standalone, validated Flask-SocketIO project.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; the entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a character must not end in a traceback.
            stream.reconfigure(errors="backslashreplace")
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"asyncgen {_own_version()}")
        raise typer.Exit()


def _own_version() -> str:
    from importlib.metadata import version

    return version("asyncgen")


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
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
            "and other options than the project was made with.",
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; fail where the project has drifted."),
    ] = False,
    diff: DiffOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and follow the document as it changes.")
    ] = False,
    format: FormatOption = "text",
) -> None:
    """Make a project from a document, or bring one up to date.

    Generated files are replaced. Yours are written once, and later only get
    the handlers appended that are missing. What is not said here is as
    [tool.asyncgen] in pyproject.toml says.
    """
    said = Settings(
        document, output, package, server, channels, perspective, payloads, ref_root,
        allow_remote_refs, mock, deploy, strict,
    )  # fmt: skip
    if watch and (check or diff or format != "text"):
        raise typer.BadParameter("it writes, and tells as text", param_hint="--watch")
    job = _job(said, format, force=force, check=check, diff=diff)
    if watch:
        _watch(job)
    else:
        _run(job, format)


@app.command()
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
    """Tell whether a project is what its document gives: `scaffold --check`."""
    said = Settings(
        document, output, package, server, channels, perspective, payloads, ref_root,
        allow_remote_refs, mock, deploy, strict,
    )  # fmt: skip
    _run(_job(said, format, check=True, diff=diff), format)


def _job(said: Settings, format: Format, **what: bool) -> Job:
    """What is asked for, by the command line and else by the configuration."""
    # A run is over soon and leaves few cycles: to look for them often takes a sixth of its time.
    gc.set_threshold(100_000)
    from asyncgen import config
    from asyncgen.scaffolding import Job

    diagnostics = Diagnostics()
    settings = said.over(config.find(_here_and_above(), diagnostics))
    if diagnostics.failed:
        _report(diagnostics, format)
        _exit(True)
    if settings.document is None or settings.output is None:
        message = "it is not given, and no pyproject.toml from here upwards has [tool.asyncgen]"
        missing = "SPEC" if settings.document is None else "--output"
        raise typer.BadParameter(message, param_hint=missing)
    if what["diff"] and format != "text":
        raise typer.BadParameter("it is shown as text", param_hint="--diff")
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    document, output = _short(settings.document), _short(settings.output)
    return Job(document, output, settings, colour=colour, **what)


def _run(job: Job, format: Format) -> None:
    from asyncgen import scaffolding

    outcome = scaffolding.run(job, time.sleep)
    _report(outcome.diagnostics, format)
    if format == "text":
        typer.echo(outcome.text, nl=False)
    _exit(outcome.failed)


def _watch(job: Job) -> None:
    """Run, and again whenever a file changes that the project depends on; until interrupted."""
    from asyncgen import scaffolding

    try:
        for outcome in scaffolding.watch(job, time.sleep):
            _report(outcome.diagnostics, "text")
            typer.echo(f"{outcome.text}watching {job.document}; Ctrl-C ends it")
    except KeyboardInterrupt:
        _exit(False)


@app.command()
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
    """Tell what is wrong with documents."""
    from asyncgen import pipeline
    from asyncgen.lower import Options
    from asyncgen.source import Access

    options = Options(server=server, lint=True, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)
    found = Diagnostics()
    for spec in map(_short, specs):
        diagnostics = Diagnostics()
        pipeline.compile_document(spec, options, diagnostics, access)
        found.items += diagnostics
    _report(found, format)
    failed = found.fails(strict)
    if format == "text" and not failed:
        typer.echo(f"{len(specs)} documents are valid" if specs[1:] else f"{specs[0]} is valid")
    _exit(failed)


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="The document before: a file, or git:REV:PATH.")
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The document after: a file, or git:REV:PATH.")
    ],
    format: Annotated[
        Literal["text", "json", "github", "markdown"],
        typer.Option("--format", help="How changes are told."),
    ] = "text",
    fail_on: Annotated[
        Literal["breaking", "any", "never"],
        typer.Option(
            "--fail-on",
            help="Which changes fail: those that break or may break clients, any, or none.",
        ),
    ] = "breaking",
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
) -> None:
    """Tell what a change of a document breaks, for clients that keep to it as it was.

    Exit status: 0 fine, 1 by --fail-on, 2 where a document cannot be compared.
    """
    from asyncgen import pipeline
    from asyncgen.compatibility.changes import VERDICTS, Verdict
    from asyncgen.lower import Options
    from asyncgen.source import Access

    diagnostics = Diagnostics()
    options = Options(server=server, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)
    compared = pipeline.compare_documents(old, new, options, diagnostics, access)
    if compared is None:
        _report(diagnostics, "github" if format == "github" else "text")
        raise typer.Exit(2)
    typer.echo(_compared(compared, old, format), nl=False)
    failing: dict[str, tuple[Verdict, ...]] = {
        "never": (),
        "any": VERDICTS,
        "breaking": ("breaking", "unknown"),
    }
    _exit(any(compared.comparison.count(verdict) for verdict in failing[fail_on]))


@app.command()
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
    """Write the documentation of a document as one HTML file that needs no network."""
    from asyncgen import pipeline, write
    from asyncgen.lower import Options
    from asyncgen.source import Access

    spec, out = _short(spec), _short(out)
    diagnostics = Diagnostics()
    options = Options(server=server, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)
    page = pipeline.document_page(spec, options, diagnostics, access)
    if page is not None and not diagnostics.fails(strict):
        write.replace(out, page.html.encode(), diagnostics)
    _report(diagnostics, format)
    if format == "text" and page is not None and not diagnostics.fails(strict):
        plain = ", without a console: no Socket.IO application comes of it" if page.plain else ""
        typer.echo(f"{out}: {len(page.html) // 1000} kB{plain}")
    _exit(page is None or diagnostics.fails(strict))


@app.command()
def mock(
    spec: Spec,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = (
        "127.0.0.1"
    ),
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 5000,
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Another number gives other data; the same, the same.")
    ] = 0,
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.001, help="The time between two events.")
    ] = 1.0,
    no_emit: Annotated[
        bool, typer.Option("--no-emit", help="Emit nothing but what is asked for.")
    ] = False,
    latency: Annotated[
        str, typer.Option(metavar="MS[..MS]", help="How long answers take, in milliseconds.")
    ] = "0",
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Ask for no credentials.")] = False,
    cors: Annotated[
        str | None,
        typer.Option(metavar="ORIGIN", help="Let pages of this origin in; `*` for any."),
    ] = None,
    control: Annotated[
        bool, typer.Option("--control", help="Open /_mock to other machines, too.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Serve the document as it changes.")] = (
        False
    ),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Tell nothing of events.")] = False,
) -> None:
    """Serve made-up data that keeps a document; nothing is written.

    Emits every event in turn to the clients that listen, and acknowledges what they send.
    """
    from asyncgen import contract, pipeline
    from asyncgen.lower import Options
    from asyncgen.runtime import runtime
    from asyncgen.source import Access

    spec = _short(spec)
    command, mocking = runtime("mock.command"), runtime("mock.server")
    try:
        latencies = command.latency(latency)
    except ValueError:
        message = f"{latency!r} is not MS or MS..MS, such as 200 or 100..300"
        raise typer.BadParameter(message, param_hint="--latency") from None
    reading = Options(server=server, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)

    def compiled(diagnostics: Diagnostics) -> pipeline.Compiled | None:
        found = pipeline.compile_document(spec, reading, diagnostics, access)
        _report(diagnostics, "text")
        return found

    mocked = contract.Mocked(spec, compiled)
    if not mocked.read():
        _exit(True)
    options = mocking.Options(
        seed=seed,
        interval=None if no_emit else interval,
        latency=latencies,
        auth=not no_auth,
        cors=cors,
        control=control,
    )
    try:
        command.serve(
            mocked.contract(),
            options,
            host=host,
            port=port,
            quiet=quiet,
            contracts=mocked.contracts() if watch else (),
            prepare=mocked.serve_docs,
        )
    except OSError as problem:
        typer.echo(command.cannot_serve(problem, host, port), err=True)
        _exit(True)


@app.command()
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
    from asyncgen.lower import Options
    from asyncgen.source import Access

    diagnostics = Diagnostics()
    options = Options(server=server, channels=channels, perspective=perspective, payloads=payloads)
    access = Access(ref_root, allow_remote_refs)
    compiled = pipeline.compile_document(_short(spec), options, diagnostics, access)
    _report(diagnostics, "text")
    if compiled is not None:
        typer.echo(report.app_json(compiled.app), nl=False)
    _exit(diagnostics.failed)


@app.command()
def bundle(
    spec: Spec,
    out: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write: JSON or YAML by its suffix."
        ),
    ] = Path("-"),
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
    strict: StrictOption = False,
) -> None:
    """Make one file of a document and of what it refers to, as YAML on stdout or in a file.

    It is what a project serves and validates by: traits are merged, and
    schemas are as draft-07 has them.
    """
    from asyncgen import pipeline, write
    from asyncgen.source import Access, dump_json, dump_yaml

    if str(out) != "-" and out.exists() and spec.exists() and out.samefile(spec):
        raise typer.BadParameter("this is the document itself", param_hint="--output")
    diagnostics = Diagnostics()
    access = Access(ref_root, allow_remote_refs)
    document = pipeline.read_document(_short(spec), diagnostics, access)
    if document is not None and not diagnostics.fails(strict):
        dump = dump_json if out.suffix.lower() == ".json" else dump_yaml
        if str(out) == "-":
            typer.echo(dump(document.bundle), nl=False)
        else:
            write.replace(out, dump(document.bundle).encode(), diagnostics)
    _report(diagnostics, "text")
    _exit(diagnostics.fails(strict))


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="What to write.")] = Path(
        "asyncapi.yaml"
    ),
) -> None:
    """Write a short document to start from."""
    from asyncgen import resources, write

    diagnostics = Diagnostics()
    write.create(file, (resources.templates_dir() / "init.yaml").read_bytes(), diagnostics)
    _report(diagnostics, "text")
    if not diagnostics.failed:
        typer.echo(f"   create  {file}")
        typer.echo(f"\nNext:\n  asyncgen scaffold {shlex.quote(str(file))} -o app")
    _exit(diagnostics.failed)


@app.command()
def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="Such as AG203; without one, all codes.")
    ] = None,
) -> None:
    """Tell what a code means, with an example of what is wrong and what is right."""
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
            colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
            return reports.text(comparison, colour=colour)


def _exit(failed: bool) -> NoReturn:
    raise typer.Exit(1 if failed else 0)


def _report(diagnostics: Diagnostics, format: Format) -> None:
    if format == "json":
        typer.echo(report.as_json(diagnostics), nl=False)
        return
    if format == "github":
        typer.echo(report.as_github(diagnostics), nl=False)
        return
    if format == "sarif":
        typer.echo(report.as_sarif(diagnostics, _own_version()), nl=False)
        return
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    lines = functools.cache(_lines)
    typer.echo(report.text(diagnostics, lines, colour=colour), nl=False, err=True)


def _lines(file: str) -> Sequence[str]:
    from asyncgen import source

    # What came through a pipe cannot be read a second time.
    return source.lines(file) if os.path.isfile(file) else ()


def _here_and_above() -> list[Path]:
    """The working directory and those above it, as a user would write them."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        return []
    return [*map(_short, (here, *here.parents))]


def _short(path: Path) -> Path:
    """The same path relative to the working directory, where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # no working directory any more; another drive
        return path
    return Path(relative) if len(relative) < len(str(path)) and ".." not in path.parts else path
