"""The command line: the only module that prints, exits or looks at the environment.

Exit status: 0 fine, 1 problems or drift, 2 wrong usage. Each command imports
what it needs itself, so that `--help` and `validate` start fast.
"""

from __future__ import annotations

import functools
import os
import shlex
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from asyncgen import report
from asyncgen.diagnostics import Diagnostics, Severity, Span

if TYPE_CHECKING:
    from asyncgen.pipeline import Project
    from asyncgen.plan import Drift, Plan

app = typer.Typer(
    name="asyncgen",
    help="Compile an AsyncAPI document into a standalone, validated Flask-SocketIO project.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Format = Literal["text", "json", "github", "sarif"]

Spec = Annotated[Path, typer.Argument(metavar="SPEC", help="The AsyncAPI document, YAML or JSON.")]
ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="NAME", help="The server of the document to use.")
]
ChannelsOption = Annotated[
    Literal["namespace", "event"] | None,
    typer.Option("--channels", help="What a channel is, if the document does not say."),
]
PerspectiveOption = Annotated[
    Literal["server", "client"] | None,
    typer.Option("--perspective", help="Whose side the document is written from."),
]
RefRootOption = Annotated[
    Path | None,
    typer.Option(
        "--ref-root",
        metavar="DIR",
        help="A folder that references may lead to, beside that of the document.",
        exists=True,
        file_okay=False,
    ),
]
RemoteOption = Annotated[
    bool,
    typer.Option("--allow-remote-refs", help="Follow references over http and https."),
]
PayloadsOption = Annotated[
    Literal["models", "raw"] | None,
    typer.Option(
        "--payloads",
        help="What handlers get and return: models (default), or raw, which is plain data.",
    ),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")]
FormatOption = Annotated[
    Format,
    typer.Option("--format", help="How problems are told: text on stderr, the rest on stdout."),
]


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
    spec: Spec,
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="The folder of the project.")
    ],
    package: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The project's package; by default after the title."),
    ] = None,
    server: ServerOption = None,
    channels: ChannelsOption = None,
    perspective: PerspectiveOption = None,
    payloads: PayloadsOption = None,
    ref_root: RefRootOption = None,
    allow_remote_refs: RemoteOption = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Discard edits in generated files; accept a folder that is not empty."
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; fail where the project has drifted."),
    ] = False,
    mock: Annotated[
        bool | None,
        typer.Option("--mock/--no-mock", help="Add `python -m <package>.mock`, or leave it out."),
    ] = None,
    deploy: Annotated[
        bool | None,
        typer.Option(
            "--deploy/--no-deploy",
            help="Add files that run it in containers, behind nginx, or leave them out.",
        ),
    ] = None,
    strict: StrictOption = False,
    format: FormatOption = "text",
) -> None:
    """Make a project from a document, or bring one up to date.

    Generated files are replaced. Yours are written once, and later only get
    the handlers appended that are missing.
    """
    from asyncgen import pipeline, write
    from asyncgen.lower import Options
    from asyncgen.source import Access

    spec, out = _short(spec), _short(out)
    diagnostics = Diagnostics()
    options = Options(
        package, server, channels=channels, perspective=perspective, payloads=payloads
    )
    access = Access(ref_root, allow_remote_refs)
    project = pipeline.plan_project(
        spec, out, options, force and not check, diagnostics, access, mock=mock, deploy=deploy
    )
    drift = project.plan.drift if project is not None and check else ()
    if check:
        _add_drift(drift, out, diagnostics)
    elif project is not None and not _failed(diagnostics, strict):
        write.apply(project.plan, out, diagnostics)
    _report(diagnostics, format)
    if format == "text" and drift:
        again = f"asyncgen scaffold {_quoted(spec)} -o {_quoted(out)}"
        typer.echo(f"{out} is not what {spec} gives; to bring it up to date: {again}")
    elif format == "text" and project is not None and not _failed(diagnostics, strict):
        _tell(project, out)
    _exit(_failed(diagnostics, strict) or bool(drift))


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
    failed = _failed(found, strict)
    if format == "text" and not failed:
        typer.echo(f"{len(specs)} documents are valid" if specs[1:] else f"{specs[0]} is valid")
    _exit(failed)


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
    if page is not None and not _failed(diagnostics, strict):
        write.replace(out, page.encode(), diagnostics)
    _report(diagnostics, format)
    if format == "text" and page is not None and not _failed(diagnostics, strict):
        typer.echo(f"{out}: {len(page) // 1000} kB")
    _exit(page is None or _failed(diagnostics, strict))


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
    from asyncgen.source import Access

    spec = _short(spec)
    serving = contract.runtime("mock")
    try:
        latencies = serving.latency(latency)
    except ValueError:
        message = f"{latency!r} is not MS or MS..MS, such as 200 or 100..300"
        raise typer.BadParameter(message, param_hint="--latency") from None

    meant = Options(server=server, channels=channels, perspective=perspective)
    access = Access(ref_root, allow_remote_refs)

    def compiled() -> pipeline.Compiled | None:
        diagnostics = Diagnostics()
        found = pipeline.compile_document(spec, meant, diagnostics, access)
        _report(diagnostics, "text")
        return found

    first = compiled()
    if first is None:
        _exit(True)
    mocked = contract.Mocked(spec, first)
    options = serving.Options(
        seed=seed,
        interval=None if no_emit else interval,
        latency=latencies,
        auth=not no_auth,
        cors=cors,
        control=control,
    )
    try:
        serving.serve(
            mocked.contract(),
            options,
            host=host,
            port=port,
            quiet=quiet,
            reload=(lambda: mocked.reload(compiled)) if watch else None,
            prepare=mocked.serve_docs,
        )
    except OSError as problem:
        typer.echo(serving.cannot_serve(problem, host, port), err=True)
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
    if document is not None and not _failed(diagnostics, strict):
        dump = dump_json if out.suffix.lower() == ".json" else dump_yaml
        if str(out) == "-":
            typer.echo(dump(document.bundle), nl=False)
        else:
            write.replace(out, dump(document.bundle).encode(), diagnostics)
    _report(diagnostics, "text")
    _exit(_failed(diagnostics, strict))


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
        typer.echo(f"\nNext:\n  asyncgen scaffold {_quoted(file)} -o app")
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


def _failed(diagnostics: Diagnostics, strict: bool) -> bool:
    fatal = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(item.severity in fatal for item in diagnostics)


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


def _add_drift(drift: Sequence[Drift], root: Path, diagnostics: Diagnostics) -> None:
    """Report each difference as an error, but those that the plan has reported already."""
    for difference in drift:
        if message := _drifted(difference):
            diagnostics.error("AG340", message, Span(str(root / difference.path), 1, 1, 1, 1))


def _drifted(difference: Drift) -> str | None:
    match difference.kind:
        case "changed":
            return "this generated file is out of date"
        case "missing":
            return "this file is missing"
        case "stale":
            return "this file is no longer generated"
        case "missing handler":
            return f"this module lacks the handler `{difference.name}`"
        case "hand-edited" | "orphan":
            return None


def _tell(project: Project, root: Path) -> None:
    """Print what was done with each file, and after the first time what to do next."""
    actions = project.plan.actions
    changes = [action for action in actions if action.verb != "same"]
    for action in changes:
        added = ", ".join(_added(project.plan, action.path)) if action.verb == "append" else ""
        typer.echo(f"{action.verb:>9}  {root / action.path}" + (f"  ({added})" if added else ""))
    same = len(actions) - len(changes)
    if not changes:
        typer.echo(f"nothing changed: {root} is up to date ({same} files)")
    elif same:
        typer.echo(f"{'identical':>9}  {same} files")
    if actions[-1].verb == "create":
        typer.echo("\n" + "\n".join(_next_steps(project, root)))


def _added(plan: Plan, path: str) -> list[str]:
    missing = [drift for drift in plan.drift if drift.kind == "missing handler"]
    return [drift.name for drift in missing if drift.path == path and drift.name]


def _next_steps(project: Project, root: Path) -> list[str]:
    tree = project.tree
    paths = {action.path for action in project.plan.actions}
    places = [module.module.replace(".", "/") for module in tree.modules if module.stubs]
    modules = [it + ("/__init__.py" if f"{it}/__init__.py" in paths else ".py") for it in places]
    docs = f"http://127.0.0.1:5000{project.app.base}/docs"
    return [
        "Next:",
        f"  cd {_quoted(root)}",
        "  python3 -m venv .venv",
        '  .venv/bin/pip install -e ".[test]"',
        *([f"  # say what your events do, in {', '.join(modules)}"] if modules else []),
        f"  .venv/bin/python -m {tree.package}  # its documentation: {docs}",
        "  .venv/bin/pytest",
    ]


def _short(path: Path) -> Path:
    """The same path relative to the working directory, where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # no working directory any more; another drive
        return path
    return Path(relative) if len(relative) < len(str(path)) and ".." not in path.parts else path


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
