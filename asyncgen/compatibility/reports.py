"""A comparison as text for a terminal, as JSON, as annotations, and as Markdown.

Pure: values in, a string out. What is shown may be a stranger's: it is quoted
or escaped for where it goes (S42).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asyncgen import report
from asyncgen.code import Text, markdown, quote
from asyncgen.compatibility.changes import (
    VERDICTS,
    Change,
    Comparison,
    Detail,
    Missing,
    Subject,
    Verdict,
)
from asyncgen.diagnostics import Diagnostic, Severity, Span

_COLOURS: Mapping[Verdict, str] = {
    "breaking": "31",
    "unknown": "35",
    "review": "33",
    "safe": "32",
}
_MOST_DETAILS = 8
_LONGEST = 60
_NOTHING = "no effect on the wire"


def text(comparison: Comparison, *, colour: bool = False) -> str:
    """Each change with what differs and a counter-example, and a closing count."""
    blocks = [_block(change, colour) for change in comparison.changes]
    return "\n".join([*blocks, summary(comparison)]) + "\n"


def summary(comparison: Comparison) -> str:
    """How many changes of each verdict, worst first."""
    counts = [(comparison.count(verdict), verdict) for verdict in VERDICTS]
    return ", ".join(f"{count} {verdict}" for count, verdict in counts if count) or _NOTHING


def _block(change: Change, colour: bool) -> str:
    verdict = report.painted(f"{change.verdict:<8}", _COLOURS[change.verdict], colour)
    lines = [f"{verdict}  {_subject(change.subject)}", *(f"    {it}" for it in _lines(change))]
    return "\n".join(lines) + "\n"


def _lines(change: Change) -> Iterator[str]:
    """What there is to say about a change, without markup."""
    yield change.message
    yield from _details(change)
    if change.example is not None:
        yield f"such as {shown(change.example.value)}"
        yield f"  {report.one_line(change.example.reason)}"
    if change.schemas is not None:
        yield f"before  {_json(change.schemas[0])}"
        yield f"after   {_json(change.schemas[1])}"
    if change.hint:
        yield f"hint: {change.hint}"


def _details(change: Change) -> Iterator[str]:
    for detail in change.details[:_MOST_DETAILS]:
        yield f"- {_detail(detail)}"
    if more := len(change.details) - _MOST_DETAILS:
        yield from [f"- and {more} more"] if more > 0 else []


def _detail(detail: Detail) -> str:
    place = f"{report.one_line(detail.path)}: " if detail.path else ""
    if detail.keyword in ("properties", "patternProperties"):
        new = isinstance(detail.old, Missing)
        return f"{place}{'new' if new else 'gone'}, {shown(detail.new if new else detail.old)}"
    said = ["not said" if isinstance(it, Missing) else shown(it) for it in (detail.old, detail.new)]
    return f"{place}{detail.keyword or 'the schema'} {said[0]} → {said[1]}"


_DIRECTIONS = {"incoming": "clients emit", "outgoing": "the server emits"}


def _subject(subject: Subject, name: Callable[[Text], str] = quote) -> str:
    """`/` clients emit `join`: payload."""
    words = [name(subject.namespace)] if subject.namespace else ["Socket.IO"]
    if subject.direction and subject.event is not None:
        words.append(f"{_DIRECTIONS[subject.direction]} {name(subject.event)}")
    return " ".join(words) + (f": {subject.part}" if subject.part else "")


def shown(value: Any) -> str:
    """A value as JSON on one line; long text in it is cut, of bytes there is their number."""
    return _cut(_json(_shortened(value)), 400)


def _shortened(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[: _LONGEST // 3]}… ({len(value)} characters)"
    if isinstance(value, list):
        return [_shortened(it) for it in value]
    if isinstance(value, Mapping):
        return {_shortened(key): _shortened(it) for key, it in value.items()}
    return value


def _json(value: Any) -> str:
    return report.one_line(json.dumps(value, ensure_ascii=False, default=_shortened))


def _cut(line: str, limit: int) -> str:
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


# -- for machines


def as_json(comparison: Comparison) -> str:
    """An object with `version` 1, the worst `verdict`, `counts` of each, and `changes`.

    A change has the keys `verdict`, `namespace`, `direction`, `event`, `part`,
    `message`, `hint`, `details` (of `path`, `keyword`, and `old` and `new`
    where they are there), `example` (of `value` and `reason`), `schemas` (of
    `old` and `new`) and `pointer`; null stands for what there is not.
    """
    data = {
        "version": 1,
        "verdict": comparison.verdict,
        "counts": {verdict: comparison.count(verdict) for verdict in VERDICTS},
        "changes": [_object(change) for change in comparison.changes],
    }
    return json.dumps(data, indent=2, default=_shortened) + "\n"


def _object(change: Change) -> dict[str, Any]:
    subject, example, schemas = change.subject, change.example, change.schemas
    return {
        "verdict": change.verdict,
        "namespace": _raw(subject.namespace),
        "direction": subject.direction,
        "event": _raw(subject.event),
        "part": subject.part,
        "message": change.message,
        "hint": change.hint,
        "details": [_detail_object(it) for it in change.details],
        "example": {"value": example.value, "reason": example.reason} if example else None,
        "schemas": {"old": schemas[0], "new": schemas[1]} if schemas else None,
        "pointer": change.pointer,
    }


def _detail_object(detail: Detail) -> dict[str, Any]:
    sides = {"old": detail.old, "new": detail.new}
    said = {side: value for side, value in sides.items() if not isinstance(value, Missing)}
    return {"path": detail.path, "keyword": detail.keyword, **said}


def _raw(found: Text | None) -> str | None:
    return None if found is None else found.raw


_SEVERITIES: Mapping[Verdict, Severity] = {
    "breaking": Severity.ERROR,
    "unknown": Severity.ERROR,
    "review": Severity.WARNING,
}


def as_github(comparison: Comparison, span: Callable[[str | None], Span]) -> str:
    """A workflow command of GitHub for each change that is not safe.

    `span` gives the place in the new document of a pointer.
    """
    return report.as_github(
        Diagnostic(
            change.verdict,
            _SEVERITIES[change.verdict],
            "\n".join([_subject(change.subject), *_lines(change)]),
            span(change.pointer),
        )
        for change in comparison.changes
        if change.verdict != "safe"
    )


def as_markdown(comparison: Comparison, *, old: str, new: str) -> str:
    """A part of a pull request's summary: a table, and below it what there is to each change."""
    heading = f"### What {markdown(new)} changes for clients of {markdown(old)}\n"
    if not comparison.changes:
        return f"{heading}\nNothing: {_NOTHING}.\n"
    rows = [
        f"| {_MARKS[change.verdict]} | {_subject(change.subject, _code)} "
        f"| {markdown(change.message)} |"
        for change in comparison.changes
    ]
    table = "\n".join(["| | | |", "| --- | --- | --- |", *rows])
    detailed = [it for it in comparison.changes if it.verdict != "safe" or it.details]
    more = "\n".join(map(_section, detailed))
    return f"{heading}\n**{summary(comparison)}**\n\n{table}\n\n{more}"


_MARKS: Mapping[Verdict, str] = {
    "breaking": "❌ breaking",
    "unknown": "❓ unknown",
    "review": "⚠️ review",
    "safe": "✅ safe",
}


def _section(change: Change) -> str:
    lines = "\n".join(f"    {line}" for line in _lines(change))
    return f"{_MARKS[change.verdict]}: {_subject(change.subject, _code)}\n\n{lines}\n"


def _code(name: Text) -> str:
    return f"<code>{markdown(name)}</code>"
