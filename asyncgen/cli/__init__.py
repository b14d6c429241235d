"""The command line: the only package that prints, exits or looks at the environment.

Exit status: 0 fine, 1 problems or drift, 2 wrong usage. Each command imports
what it needs itself, so that `--help` and `validate` start fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from asyncgen.cli import documents, mocking, projects, terminal

# In the order in which `--help` lists them.
_COMMANDS: tuple[Callable[..., None], ...] = (
    projects.scaffold,
    projects.check,
    documents.validate,
    documents.diff,
    documents.docs,
    mocking.mock,
    documents.ir,
    documents.bundle,
    documents.init,
    documents.explain,
)

app = typer.Typer(
    name="asyncgen",
    help="Compile an AsyncAPI document into a standalone, validated Flask-SocketIO project.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in _COMMANDS:
    app.command()(_command)


def main() -> None:
    """Run the command line; the entry point."""
    terminal.escape_what_cannot_be_shown()
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"asyncgen {terminal.own_version()}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass
