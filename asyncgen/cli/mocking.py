"""`mock`: a server of made-up data, straight from a document."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from asyncgen.cli import terminal
from asyncgen.cli.options import (
    ChannelsOption,
    PerspectiveOption,
    RefRootOption,
    RemoteOption,
    ServerOption,
    Spec,
)
from asyncgen.diagnostics import Diagnostics
from asyncgen.options import Options

if TYPE_CHECKING:
    from asyncgen import pipeline


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
        int, typer.Option(metavar="N", help="The same number gives the same data.")
    ] = 0,
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.001, help="Time between two events.")
    ] = 1.0,
    no_emit: Annotated[
        bool, typer.Option("--no-emit", help="Emit only what is asked for.")
    ] = False,
    latency: Annotated[
        str, typer.Option(metavar="MS[..MS]", help="Delay of answers, in milliseconds.")
    ] = "0",
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Ask for no credentials.")] = False,
    cors: Annotated[
        str | None,
        typer.Option(metavar="ORIGIN", help="Let in pages of this origin; `*` for any."),
    ] = None,
    control: Annotated[
        bool, typer.Option("--control", help="Open /_mock to other machines, too.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the document as it changes.")] = (
        False
    ),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not report events.")] = False,
) -> None:
    """Serve made-up data that conforms to a document; write no files.

    Emits every event in turn to the clients that listen, and acknowledges what they send.
    """
    from asyncgen import pipeline
    from asyncgen.mocked import Mocked
    from asyncgen.runtime import runtime
    from asyncgen.source import Access

    spec = terminal.short(spec)
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
        terminal.show(diagnostics, "text")
        return found

    mocked = Mocked(spec, compiled)
    if not mocked.read():
        terminal.end(True)
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
            contracts=mocked.contracts(time.sleep) if watch else (),
            prepare=mocked.serve_docs,
        )
    except OSError as problem:
        typer.echo(command.cannot_serve(problem, host, port), err=True)
        terminal.end(True)
