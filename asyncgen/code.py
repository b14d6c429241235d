"""Text from a document, and the only ways to open it (S42).

A document is untrusted input. Every string that its author wrote is carried as
`Text`, which cannot be formatted, concatenated or printed by accident: a named
function opens it for one target language and escapes it for exactly that.
"""

from __future__ import annotations

import html as _html
import json
import re
from dataclasses import dataclass
from typing import NoReturn

_UNOPENED = (
    "text from a document must be opened by a filter: lit, doc, markdown, toml, html or quote"
)


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A string written by the author of a document; opaque until a filter opens it (S42)."""

    raw: str

    def __str__(self) -> NoReturn:
        raise TypeError(_UNOPENED)

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError(_UNOPENED)

    def __html__(self) -> NoReturn:
        raise TypeError(_UNOPENED)

    def __bool__(self) -> bool:
        return bool(self.raw)


def lit(text: Text | str | int | float | bool | None) -> str:
    """A Python literal in printable ASCII-safe form; `black` settles the quotes later."""
    value = text.raw if isinstance(text, Text) else text
    if not isinstance(value, str):
        return repr(value)
    escaped = "".join(_escape(char) for char in value)
    return f'"{escaped}"'


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char == "\n":
        return "\\n"
    code = ord(char)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def visible(text: Text | str) -> str:
    """The text with what does not print (controls, bidi marks) written as escapes."""
    raw = text.raw if isinstance(text, Text) else text
    return "".join(
        char if char == "\n" or char.isprintable() else _escape(char)
        for char in raw.replace("\r\n", "\n").replace("\t", "    ")
    )


def doc(text: Text | str, indent: int = 4) -> str:
    """The inside of a triple-quoted docstring: never ends it, never starts an escape.

    Further lines are indented; the closing quotes of more than one line stand on their own.
    """
    safe = visible(text).strip().replace("\\", "\\\\")
    if '"""' in safe or safe.endswith('"'):
        safe = safe.replace('"', '\\"')
    margin = " " * indent
    first, *more = (line.rstrip() for line in safe.split("\n"))
    if not more:
        return first
    return "\n".join([first, *(f"{margin}{line}" if line else "" for line in more), margin])


# Within a line; the last two begin addresses of which GitHub makes links by itself.
_MARKUP = re.compile(r"[\\`*_\[\]#|<>~&$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def markdown(text: Text | str) -> str:
    """Markdown within a line, but not at its beginning, in which nothing is markup."""
    flat = " ".join(visible(text).split())
    return _MARKUP.sub(r"\\\g<0>", flat)


def toml(text: Text | str) -> str:
    """A TOML basic string, quotes included."""
    raw = text.raw if isinstance(text, Text) else text
    return json.dumps(raw, ensure_ascii=False).replace("\x7f", "\\u007f")


def html(text: Text | str) -> str:
    """Text for HTML, as element content or as a quoted attribute."""
    return _html.escape(visible(text), quote=True)


def quote(text: Text | str, limit: int = 60) -> str:
    """The text in back quotes on one line, shortened, for a message to a person's terminal."""
    raw = text.raw if isinstance(text, Text) else text
    flat = "".join(char if char.isprintable() else _escape(char) for char in raw[: limit + 1])
    if len(flat) > limit:
        flat = flat[: limit - 1] + "…"
    return f"`{flat}`"
