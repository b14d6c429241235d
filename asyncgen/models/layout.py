"""Statements and docstrings in lines of at most 88 columns."""

from __future__ import annotations

import textwrap

from asyncgen.code import doc, visible

_WIDTH = 88


def statement_lines(source: str, indent: int) -> list[str]:
    """The lines of a statement; black breaks the few long ones (all would take it long)."""
    lines = [source]
    if indent + len(source) > _WIDTH:
        import black

        lines = black.format_str(source, mode=black.Mode(line_length=_WIDTH - indent)).splitlines()
    return [_within_width(" " * indent + line) for line in lines]


def _within_width(line: str) -> str:
    """The line; where it has a string that is too long, linters are asked to let it pass."""
    return line if len(line) <= _WIDTH else line + "  # noqa: E501"


def docstring_lines(text: str, indent: int) -> list[str]:
    """The lines of a docstring, none for no text; long lines of the text are broken."""
    if not text:
        return []
    margin = " " * indent
    wrapped = "\n".join(
        part
        for line in visible(text).strip().split("\n")
        for part in _wrapped(line, _WIDTH - indent - 6) or [""]
    )
    return f'{margin}"""{doc(wrapped, indent)}"""'.split("\n")


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=line[: len(line) - len(line.lstrip())],
        break_long_words=False,
        break_on_hyphens=False,
    )
