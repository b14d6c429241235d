"""Regular expressions of a document, by the engine that will match them."""

from __future__ import annotations

import re

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span

# `\<` or `\>`, the backslash not escaped itself: to ECMA-262 the character, to the engine the
# bound of a word.
_ANGLE_BRACKET = re.compile(r"(?<!\\)(?:\\\\)*\\[<>]")
# The same of `\1` and `\k<name>`.
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)")


def check_pattern(pattern: str, span: Span, pointer: str, diagnostics: Diagnostics) -> None:
    """Report a pattern that cannot be compiled (AG260), or has a back-reference (AG261)."""
    # Loaded only for documents that have a pattern, so that `validate` starts fast.
    import jsonschema_rs

    try:
        jsonschema_rs.Draft7Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.FancyRegexOptions()
        )
    except ValueError:
        diagnostics.error(
            "AG260",
            f"the pattern {quote(pattern)} cannot be compiled",
            span,
            hint="write a regular expression as ECMA-262 has it with the flag `u`, without named "
            "back-references; a `-` in brackets, `[`, `]`, `{` and `}` that stand for themselves "
            "need a backslash",
            pointer=pointer,
        )
        return
    if _ANGLE_BRACKET.search(pattern):
        diagnostics.error(
            "AG260",
            f"the pattern {quote(pattern)} has a backslash before `<` or `>`, which not all "
            "engines take for the character itself",
            span,
            hint="leave out the backslash",
            pointer=pointer,
        )
        return
    if _BACK_REFERENCE.search(pattern):
        diagnostics.warning(
            "AG261",
            f"the pattern {quote(pattern)} has a back-reference: matching it may take so long"
            " that the server gives up, and refuses the message",
            span,
            hint="spell the alternatives out, or check this in the handler",
            pointer=pointer,
        )
