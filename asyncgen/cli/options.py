"""The options of the command line that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from asyncgen.options import ChannelModel, Payloads, Perspective

Format = Literal["text", "json", "github", "sarif"]

Spec = Annotated[Path, typer.Argument(metavar="SPEC", help="The AsyncAPI document, YAML or JSON.")]
ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="NAME", help="The server of the document to use.")
]
ChannelsOption = Annotated[
    ChannelModel | None,
    typer.Option("--channels", help="What a channel is, if the document does not say."),
]
PerspectiveOption = Annotated[
    Perspective | None,
    typer.Option("--perspective", help="The side that the document is written from."),
]
PayloadsOption = Annotated[
    Payloads | None,
    typer.Option(
        "--payloads",
        help="What handlers get and return: models (default), or raw, which is plain data.",
    ),
]
RefRootOption = Annotated[
    Path | None,
    typer.Option(
        "--ref-root",
        metavar="DIR",
        help="A folder that references may lead to, in addition to the document's.",
        exists=True,
        file_okay=False,
    ),
]
RemoteOption = Annotated[
    bool,
    typer.Option("--allow-remote-refs", help="Follow references over http and https."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")]
FormatOption = Annotated[
    Format,
    typer.Option("--format", help="How problems are reported: text on stderr, the rest on stdout."),
]
Document = Annotated[
    Path | None,
    typer.Argument(
        metavar="[SPEC]", help="The AsyncAPI document; by default the one in [tool.asyncgen]."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="DIR",
        help="The project's folder; by default the one in [tool.asyncgen].",
    ),
]
PackageOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The project's package; by default named after the title."),
]
MockOption = Annotated[
    bool | None,
    typer.Option("--mock/--no-mock", help="Add `python -m <package>.mock`, or leave it out."),
]
DeployOption = Annotated[
    bool | None,
    typer.Option(
        "--deploy/--no-deploy",
        help="Add files to run it in containers behind nginx, or leave them out.",
    ),
]
RemoteChoice = Annotated[
    bool | None,
    typer.Option(
        "--allow-remote-refs/--no-remote-refs", help="Follow references over http and https."
    ),
]
StrictChoice = Annotated[
    bool | None, typer.Option("--strict/--no-strict", help="Fail on warnings, too.")
]
DiffOption = Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")]
