"""YAML by the core schema of version 1.2 (S2) → nodes, from the events of PyYAML."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from asyncgen.code import quote
from asyncgen.diagnostics import Span
from asyncgen.source.composing import (
    Composer,
    Positions,
    check_surrogates,
    not_finite,
    split_lines,
    to_number,
    too_deep,
)
from asyncgen.source.nodes import Problem, Scalar

_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOADER = getattr(yaml, "CLoader", yaml.Loader)
_TAG = "tag:yaml.org,2002:"
_NULLS = ("null", "Null", "NULL", "~", "")
_BOOLEANS = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def compose_yaml(file: str, text: str, composer: Composer) -> None:
    """Read a text; raises Problem where it is not well-formed."""
    if control := _CONTROL.search(text):
        span = Positions(file, text).span(control.start(), control.end())
        message = f"the character U+{ord(control[0]):04X} is not allowed in a document"
        raise Problem("AG102", message, span, 'write it as an escape: `"\\u0000"`')
    try:
        _read_yaml(file, text, composer)
    except yaml.MarkedYAMLError as problem:
        raise _malformed_yaml(file, text, problem) from None
    except yaml.YAMLError as problem:
        message = f"the text is not well-formed YAML: {problem}"
        raise Problem("AG102", message, Span(file, 1, 1, 1, 1)) from None


def _read_yaml(file: str, text: str, composer: Composer) -> None:
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        match event:
            case yaml.ScalarEvent():
                _add_scalar(event, _span(file, event), composer)
            case yaml.AliasEvent():
                composer.alias(event.anchor or "", _span(file, event))
            case yaml.CollectionStartEvent():
                mapping = isinstance(event, yaml.MappingStartEvent)
                span = _span(file, event)
                _check_tag(event.tag, ("map" if mapping else "seq",), span)
                composer.open({} if mapping else [], span, event.anchor)
            case yaml.CollectionEndEvent():
                span = _span(file, event)
                closed_by_text = span.column < span.end_column
                composer.close(span if closed_by_text else None)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    message = "a second YAML document begins here; a file holds only one"
                    raise Problem("AG102", message, _span(file, event))


def _span(file: str, event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start and end, "a parser of a text marks every event"
    return Span(file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _add_scalar(event: yaml.ScalarEvent, span: Span, composer: Composer) -> None:
    is_plain = event.implicit[0]
    if composer.wants_key:
        if event.anchor is not None:
            raise Problem("AG102", "an anchor on a key is not supported", span)
        composer.key(event.value, span, merge=is_plain and event.value == "<<")
        return
    _check_tag(event.tag, ("str", "int", "float", "bool", "null"), span)
    is_text = event.tag in ("!", _TAG + "str") or not (is_plain or event.tag)
    value = event.value if is_text else _core(event.value, span)
    if is_text:
        check_surrogates(event.value, span)
    elif event.tag == _TAG + "float" and isinstance(value, int) and not isinstance(value, bool):
        value = to_number(event.value, span, floating=True)
    elif event.tag and not _is_tagged(value, event.tag):
        tag = "!!" + event.tag.removeprefix(_TAG)
        message = f"{quote(event.value)} is not what its tag `{tag}` says"
        raise Problem("AG102", message, span)
    composer.scalar(value, span, event.anchor)


def _is_tagged(value: Scalar, tag: str) -> bool:
    types = {"int": int, "float": float, "bool": bool, "null": type(None)}
    return type(value) is types[tag.removeprefix(_TAG)]


def _check_tag(tag: str | None, known: Sequence[str], span: Span) -> None:
    if tag is None or tag == "!" or tag in [_TAG + name for name in known]:
        return
    message = f"the tag {quote(tag.replace(_TAG, '!!'))} is not understood here"
    raise Problem("AG102", message, span, "remove it; plain YAML needs no tags")


def is_value(text: str) -> bool:
    """True for a text that, without quotes, is read as something else (S2)."""
    forms = (_INT, _FLOAT, _NOT_FINITE)
    return text in _NULLS or text in _BOOLEANS or any(form.fullmatch(text) for form in forms)


def _core(text: str, span: Span) -> Scalar:
    """A plain scalar by the core schema of YAML 1.2 (S2)."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INT.fullmatch(text):
        return to_number(text, span)
    if _FLOAT.fullmatch(text):
        return to_number(text, span, floating=True)
    if _NOT_FINITE.fullmatch(text):
        raise not_finite(text, span)
    return text


def _malformed_yaml(file: str, text: str, problem: yaml.MarkedYAMLError) -> Problem:
    mark = problem.problem_mark or problem.context_mark
    rows = split_lines(text)
    if mark and not "".join(rows[mark.line :])[mark.column :].strip():
        # Where something is not closed, its beginning says more than the end of the file.
        mark = problem.context_mark or mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    span = Span(file, line + 1, column + 1, line + 1, column + 2)
    if "nesting depth" in (problem.problem or ""):  # LibYAML has a limit of its own.
        return too_deep(span)
    context = problem.context
    if context and mark and problem.context_mark and problem.context_mark.line < mark.line:
        context += f" that begins in line {problem.context_mark.line + 1}"
    reasons = [reason for reason in (context, problem.problem) if reason]
    message = "the text is not well-formed YAML: " + ", ".join(reasons)
    at = rows[line][column : column + 1] if line < len(rows) else ""
    return Problem("AG102", message, span, _yaml_hint(problem.problem or "", at))


def _yaml_hint(problem: str, at: str) -> str | None:
    if "cannot start any token" in problem:
        if at == "\t":
            return "indent with spaces; YAML allows no tabs there"
        return f"put text that begins with {quote(at)} in quotes"
    if "mapping values are not allowed" in problem:
        return "put text that contains `: ` in quotes, and check the indentation"
    if "end of stream" in problem:
        return "close the quote that is opened here"
    if "expected ',' or" in problem:
        if at == ":":
            return "close the bracket that is open here, or put a text that holds `: ` in quotes"
        return "check that every bracket is closed, and that items are separated by commas"
    if "did not find expected key" in problem or "expected <block end>" in problem:
        return "check the indentation here and above, and that quotes are closed"
    return None
