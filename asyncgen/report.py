"""What the commands print: diagnostics in four formats, explanations, and an App as JSON.

Pure: values in, a string out. What is printed may quote a stranger's
document, so every character that does not print is written as an escape (S42).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from textwrap import indent
from typing import Any
from urllib.parse import quote as percent_encode

from asyncgen.code import Text, visible
from asyncgen.diagnostics import CODES, Diagnostic, Severity, Span
from asyncgen.explanations import Explanation
from asyncgen.ir import App

_WINDOW = 110
"""Characters shown of a line that is longer."""

_BEFORE = 40
"""Characters shown before the caret in such a line."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def text(
    diagnostics: Iterable[Diagnostic],
    lines: Callable[[str], Sequence[str]],
    *,
    colour: bool = False,
) -> str:
    """All diagnostics, each with its source line, a caret and its hint, and a closing count.

    `lines` gives the lines of a file, without their ends; none where it cannot
    be read. An empty span at the very start means the file as a whole, of
    which no line is shown. The result is empty where there is nothing to say.
    """
    items = list(diagnostics)
    if not items:
        return ""
    blocks = [_block(item, lines, colour) for item in items]
    return "\n".join([*blocks, summary(items)]) + "\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many of each severity, worst first: `2 errors, 1 warning`."""
    severities = [item.severity for item in diagnostics]
    counts = ((severity.value, severities.count(severity)) for severity in Severity)
    return ", ".join(f"{n} {name}{'s' if n > 1 else ''}" for name, n in counts if n)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """An array of objects with the keys `file`, `line`, `column`, `end_line`, `end_column`,
    `severity`, `code`, `message`, `pointer` and `hint`; null stands for what is not known."""
    return json.dumps([_object(item) for item in diagnostics], indent=2) + "\n"


_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command of GitHub for each, which shows it beside the line of a pull request."""
    return "".join(map(_github, diagnostics))


def _github(item: Diagnostic) -> str:
    span = item.span
    properties = {"title": item.code}
    if span:
        properties |= {"file": span.file, "line": str(span.line), "endLine": str(span.end_line)}
    if span and span.line == span.end_line:
        # GitHub has columns within one line only; the last one is included.
        last = max(span.column, span.end_column - 1)
        properties |= {"col": str(span.column), "endColumn": str(last)}
    pairs = ",".join(
        f"{key}={_percent(value).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
    )
    return f"::{_GITHUB[item.severity]} {pairs}::{_percent(_with_hint(item))}\n"


def _with_hint(item: Diagnostic) -> str:
    return item.message + (f"\nhint: {item.hint}" if item.hint else "")


def _percent(text: str) -> str:
    """Text in a workflow command: it can neither end the command nor begin another."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def as_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """A log in the Static Analysis Results Interchange Format, 2.1.0; `version` is asyncgen's."""
    items = list(diagnostics)
    codes = sorted({item.code for item in items})
    driver = {
        "name": "asyncgen",
        "version": version,
        "rules": [{"id": code, "shortDescription": {"text": CODES[code]}} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(item, codes.index(item.code)) for item in items],
    }
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def _sarif_result(item: Diagnostic, rule: int) -> dict[str, Any]:
    return {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": item.severity.value,
        # `[…](…)` would be a link, even in what is quoted from the document.
        "message": {"text": _with_hint(item).replace("](", "\\](")},
        "locations": [_sarif_location(item.span, item.pointer)] if item.span else [],
    }


def _sarif_location(span: Span, pointer: str | None) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
    if pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": pointer}]
    return location


def _uri(file: str) -> str:
    """A file as a URI: relative where it is, and a URL as it is."""
    if re.match("(?i)https?://", file):
        return file
    path = percent_encode(file.replace("\\", "/"), safe="/~!$&'()*+,;=@-._", errors="replace")
    return f"file://{path}" if path.startswith("/") else path


def explained(explanation: Explanation) -> str:
    """What a code means, and an example of it."""
    options = f"  (with {explanation.options})" if explanation.options else ""
    return (
        f"{explanation.code}: {CODES[explanation.code]}\n\n{explanation.text}\n\n"
        f"wrong:{options}\n\n{indent(explanation.wrong, '    ')}\n"
        f"right:\n\n{indent(explanation.right, '    ')}"
    )


def all_codes() -> str:
    """Every code and what it says."""
    return "".join(f"{code}  {title}\n" for code, title in CODES.items())


def app_json(app: App) -> str:
    """An App as JSON: an object for each dataclass, text of the document as it is."""
    return json.dumps(app, default=_plain, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return value.raw
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _object(item: Diagnostic) -> dict[str, str | int | None]:
    span = item.span
    return {
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "severity": item.severity.value,
        "code": item.code,
        "message": item.message,
        "pointer": item.pointer,
        "hint": item.hint,
    }


def _block(item: Diagnostic, lines: Callable[[str], Sequence[str]], colour: bool) -> str:
    span = item.span
    place = f"{one_line(span.file)}:{span.line}:{span.column}" if span else "asyncgen"
    severity = painted(f"{item.severity.value}[{item.code}]", _COLOURS[item.severity], colour)
    parts = [f"{painted(place, '1', colour)}: {severity}: {_indented(item.message, 2)}"]
    if span and (source := _line(span, lines)) is not None:
        row, before, marks = excerpt(source, span)
        gutter = " " * len(str(span.line))
        parts.append(f"  {span.line} | {row}")
        parts.append(f"  {gutter} | {before}{painted(marks, _COLOURS[item.severity], colour)}")
    if item.hint:
        parts.append(f"  {painted('hint:', '1', colour)} {_indented(item.hint, 8)}")
    return "\n".join(parts)


def _line(span: Span, lines: Callable[[str], Sequence[str]]) -> str | None:
    if (span.line, span.column, span.end_line, span.end_column) == (1, 1, 1, 1):
        return None
    rows = lines(span.file)
    return rows[span.line - 1] if span.line <= len(rows) else None


def excerpt(source: str, span: Span) -> tuple[str, str, str]:
    """A source line as it is shown, and for the line below it spaces, and carets under the span.

    A long line is clipped around the start of the span. Carets fill as many
    columns as the text takes on a terminal: two under a wide character, none
    under a combining one.
    """
    source = source.rstrip()
    start = min(span.column - 1, len(source))
    end = span.end_column - 1 if span.end_line == span.line else len(source)
    left = max(0, start - _BEFORE) if len(source) > _WINDOW else 0
    right = left + _WINDOW
    head = ("…" if left else "") + _visible(source[left:start])
    marked = _visible(source[start : min(max(end, start), right)])
    tail = _visible(source[max(end, start) : right]) + ("…" if right < len(source) else "")
    return head + marked + tail, " " * _width(head), "^" * max(1, _width(marked))


def _visible(part: str) -> str:
    return "".join(map(visible, part))


def _width(shown: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in shown
    )


def one_line(text: str) -> str:
    """Text that may be a stranger's, on one line of a terminal (S42)."""
    return visible(text).replace("\n", "\\n")


def _indented(message: str, by: int) -> str:
    return re.sub(r"\n(?!\n)", "\n" + " " * by, visible(message))


def painted(words: str, style: str, colour: bool) -> str:
    """The words in an ANSI style, such as `31` for red, where colour is wanted."""
    return f"\033[{style}m{words}\033[0m" if colour else words
