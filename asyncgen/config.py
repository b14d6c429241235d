"""`[tool.asyncgen]` in pyproject.toml: options of `scaffold` and `check` that need not be repeated.

The fields of `Settings` are the keys of the table, with `-` for `_`; there is
no other list of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.options import ChannelModel, Payloads, Perspective
from asyncgen.spelling import closest

FILE = "pyproject.toml"
_HEADER = re.compile(r"\s*\[\s*tool\s*\.\s*asyncgen\s*\]")


@dataclass(frozen=True, slots=True)
class Settings:
    """A project and how it is made; what is None is left to the project, or to the default."""

    document: Path | None = None
    output: Path | None = None
    package: str | None = None
    server: str | None = None
    channels: ChannelModel | None = None
    perspective: Perspective | None = None
    payloads: Payloads | None = None
    ref_root: Path | None = None
    allow_remote_refs: bool | None = None
    mock: bool | None = None
    deploy: bool | None = None
    strict: bool | None = None

    def over(self, configured: Settings) -> Settings:
        """These settings, and where they say nothing the configured ones.

        The configuration is about one project: it says nothing of another one.
        """
        if self.output and configured.output and not _same(self.output, configured.output):
            return self
        said = {it.name: getattr(self, it.name) for it in fields(self)}
        return replace(configured, **{key: it for key, it in said.items() if it is not None})


def find(folders: Iterable[Path], diagnostics: Diagnostics) -> Settings:
    """The settings of the first pyproject.toml that has the table.

    `folders` are the working directory and those above it.

    Paths in it are relative to where it stands, and `output` is that folder if
    it does not say. Adds AG332 where a file on the way cannot be read, AG333
    for an unknown key and AG334 for a value that the key cannot have.
    """
    for place in folders:
        text = _text(place / FILE, diagnostics)
        table = _table(place / FILE, text, diagnostics) if text else None
        if text and table is not None:
            return _settings(table, place, text, diagnostics)
        if diagnostics.failed:
            break
    return Settings()


def _text(file: Path, diagnostics: Diagnostics) -> str | None:
    if not os.path.isfile(file):
        return None
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    _unreadable(reason, Span(str(file), 1, 1, 1, 1), diagnostics)
    return None


def _table(file: Path, text: str, diagnostics: Diagnostics) -> dict[str, Any] | None:
    """The table in a file; None where it has none."""
    import tomllib

    try:
        tool = tomllib.loads(text).get("tool", {})
    except (ValueError, RecursionError) as error:
        at = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(at[1]), int(at[2])) if at else (1, 1)
        span = Span(str(file), line, column, line, column + 1 if at else column)
        _unreadable(str(error)[: at.start() if at else None], span, diagnostics)
        return None
    if not isinstance(tool, dict) or "asyncgen" not in tool:
        return None
    table = tool["asyncgen"]
    if isinstance(table, dict):
        return table
    _unreadable("`tool.asyncgen` is not a table", Span(str(file), 1, 1, 1, 1), diagnostics)
    return None


def _unreadable(reason: str, span: Span, diagnostics: Diagnostics) -> None:
    message = f"the configuration cannot be read: {reason[:1].lower()}{reason[1:]}"
    diagnostics.error("AG332", message, span, hint="`[tool.asyncgen]` is read from this file")


def _settings(table: dict[str, Any], folder: Path, text: str, diagnostics: Diagnostics) -> Settings:
    types = {name.replace("_", "-"): it for name, it in get_type_hints(Settings).items()}
    found: dict[str, Any] = {"output": folder}
    for key, value in table.items():
        span = _place(str(folder / FILE), text, key)
        if key not in types:
            near = closest(key, types)
            diagnostics.error(
                "AG333",
                f"`[tool.asyncgen]` has no key {quote(key)}",
                span,
                hint=f"did you mean `{near}`?" if near else f"its keys are {', '.join(types)}",
            )
        elif wanted := _unlike(value, types[key]):
            diagnostics.error(
                "AG334",
                f"`{key}` in `[tool.asyncgen]` cannot be {quote(repr(value))}",
                span,
                hint=f"it must be {wanted}",
            )
        else:
            is_path = Path in get_args(types[key])
            found[key.replace("-", "_")] = folder / value if is_path else value
    return Settings(**found)


def _unlike(value: Any, annotation: Any) -> str | None:
    """What a value would have to be for a field of this type; None where it is that."""
    (kind,) = set(get_args(annotation)) - {NoneType}
    if choices := get_args(kind):
        return None if value in choices else " or ".join(f'`"{choice}"`' for choice in choices)
    if kind is bool:
        return None if isinstance(value, bool) else "`true` or `false`"
    words = "a path, in quotes" if kind is Path else "text, in quotes"
    return None if isinstance(value, str) and value and "\0" not in value else words


def _place(file: str, text: str, key: str) -> Span:
    """Where a key of the table stands; the start of the file where that is not easily seen."""
    for number, line in _lines_of_table(text):
        if found := re.match(rf"\s*[\"']?({re.escape(key)})[\"']?\s*=", line):
            return Span(file, number, found.start(1) + 1, number, found.end(1) + 1)
    return Span(file, 1, 1, 1, 1)


def _lines_of_table(text: str) -> Iterator[tuple[int, str]]:
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("["):
            inside = _HEADER.match(line) is not None
        elif inside:
            yield number, line


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
