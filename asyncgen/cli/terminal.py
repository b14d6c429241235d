"""The world that commands run in: what is printed, how they exit, where they run."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TextIO

import typer

from asyncgen import report
from asyncgen.cli.options import Format
from asyncgen.diagnostics import Diagnostics


def end(failed: bool) -> NoReturn:
    """Exit with status 0, or 1 where there are problems or drift."""
    raise typer.Exit(1 if failed else 0)


def show(diagnostics: Diagnostics, format: Format) -> None:
    """Print what was found: as text for people on stderr, in any other format on stdout."""
    match format:
        case "json":
            typer.echo(report.as_json(diagnostics), nl=False)
        case "github":
            typer.echo(report.as_github(diagnostics), nl=False)
        case "sarif":
            typer.echo(report.as_sarif(diagnostics, own_version()), nl=False)
        case "text":
            lines = functools.cache(_lines)
            text = report.text(diagnostics, lines, colour=has_colours(sys.stderr))
            typer.echo(text, nl=False, err=True)


def _lines(file: str) -> Sequence[str]:
    from asyncgen import source

    # What came through a pipe cannot be read a second time.
    return source.lines(file) if os.path.isfile(file) else ()


def has_colours(stream: TextIO) -> bool:
    """True for a terminal whose user has not asked for plain text (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def escape_what_cannot_be_shown() -> None:
    """Escape characters that the terminal's encoding lacks, where printing them would raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def own_version() -> str:
    """The version of asyncgen that is installed."""
    from importlib.metadata import version

    return version("asyncgen")


def here_and_above() -> list[Path]:
    """The working directory and those above it, as a user would write them."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        return []
    return [*map(short, (here, *here.parents))]


def short(path: Path) -> Path:
    """The same path relative to the working directory, where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # no working directory any more; another drive
        return path
    return Path(relative) if len(relative) < len(str(path)) and ".." not in path.parts else path
