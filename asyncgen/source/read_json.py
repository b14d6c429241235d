"""JSON as RFC 8259 has it → nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from asyncgen.source.composing import Composer, Positions, check_surrogates, to_number
from asyncgen.source.nodes import Problem, Scalar

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z0-9_.+-]+")
_WORDS: Mapping[str, Scalar] = {"true": True, "false": False, "null": None}


def compose_json(file: str, text: str, composer: Composer) -> None:
    """Read a text; raises Problem where it is not well-formed."""
    if text.strip(" \t\r\n"):
        _Reader(file, text, composer).read()


class _Reader:
    """Goes through a text, keeping positions."""

    def __init__(self, file: str, text: str, composer: Composer) -> None:
        self._text = text
        self._positions = Positions(file, text)
        self._composer = composer
        self._at = 0

    def read(self) -> None:
        opened = self._value()
        while inside := self._composer.inside:
            closing = "}" if inside == "{" else "]"
            char = self._peek()
            if char == closing:
                self._close()
                opened = False
                continue
            if not opened:
                if char != ",":
                    raise self._wrong(f"expected `,` or `{closing}`")
                self._at += 1
                if self._peek() == closing:
                    raise self._wrong(f"`{closing}` right after a comma", "remove the comma")
            if inside == "{":
                self._key()
            opened = self._value()
        if self._peek():
            raise self._wrong("text after the end of the document")

    def _key(self) -> None:
        if self._peek() != '"':
            raise self._wrong("expected a key in double quotes")
        start = self._at
        self._composer.key(self._string(), self._positions.span(start, self._at))
        if self._peek() != ":":
            raise self._wrong("expected `:` after a key")
        self._at += 1

    def _value(self) -> bool:
        """A scalar, or the beginning of a collection; true for the latter."""
        char = self._peek()
        if char not in ("{", "["):
            self._scalar(char)
            return False
        span = self._positions.span(self._at, self._at + 1)
        self._composer.open({} if char == "{" else [], span, None)
        self._at += 1
        return True

    def _scalar(self, char: str) -> None:
        start = self._at
        value: Scalar
        if char == '"':
            value = self._string()
        elif number := _NUMBER.match(self._text, start):
            self._at = number.end()
            span = self._positions.span(start, self._at)
            value = to_number(number[0], span, floating=bool(number[1] or number[2]))
            if _WORD.match(self._text, self._at):
                self._at = start
                raise self._wrong("this is not a number")
        else:
            word = _WORD.match(self._text, start)
            if word is None or word[0] not in _WORDS:
                raise self._wrong("expected a value" if char else "the text ends too early")
            value, self._at = _WORDS[word[0]], word.end()
        self._composer.scalar(value, self._positions.span(start, self._at))

    def _string(self) -> str:
        start = self._at
        try:
            text, self._at = scanstring(self._text, start + 1, True)
        except JSONDecodeError as problem:
            self._at = min(problem.pos, len(self._text))
            reason = problem.msg.removesuffix(" at").removesuffix(" starting")
            raise self._wrong(reason[:1].lower() + reason[1:]) from None
        check_surrogates(text, self._positions.span(start, self._at))
        return str(text)

    def _close(self) -> None:
        self._composer.close(self._positions.span(self._at, self._at + 1))
        self._at += 1

    def _peek(self) -> str:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _wrong(self, problem: str, hint: str | None = None) -> Problem:
        message = f"the text is not well-formed JSON: {problem}"
        if self._text[self._at : self._at + 1] in ("'", "/", "#") and hint is None:
            hint = "JSON has double quotes only, and no comments"
        span = self._positions.span(self._at, self._at + 1)
        return Problem("AG102", message, span, hint)
