"""What the steps of lowering share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document


@dataclass(frozen=True, slots=True)
class Job:
    """What every step needs; with `raw`, what comes from clients is plain data to handlers."""

    document: Document
    package: str
    lint: bool
    diagnostics: Diagnostics
    raw: bool = False

    def undecided(self, code: str, message: str, hint: str) -> None:
        """Report something that a caller who generates has to decide first (S9, S30)."""
        report = self.diagnostics.warning if self.lint else self.diagnostics.error
        report(code, message, self.document.span, hint=hint)


def near(name: str, names: Iterable[str], otherwise: str) -> str:
    """A hint: the name that was probably meant, else `otherwise`."""
    close = difflib.get_close_matches(name, list(names), 1)
    return f"did you mean {quote(close[0])}?" if close else otherwise


def listed(names: Iterable[str]) -> str:
    """Names in a message."""
    return ", ".join(quote(name) for name in names)
