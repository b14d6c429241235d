"""What changed between two documents, and what that means to clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from asyncgen.code import Text

Verdict = Literal["breaking", "unknown", "review", "safe"]
VERDICTS: tuple[Verdict, ...] = ("breaking", "unknown", "review", "safe")
"""Worst first. `unknown` may be breaking; `review` lets in more than before."""

Direction = Literal["incoming", "outgoing"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about: from the whole application down to a part of one event.

    `direction` is `incoming` for events that clients emit. `part` is `payload`,
    `arguments`, `ack`, `security`, `query`, `headers`, `auth` or `path`, None
    for the namespace or the event itself.
    """

    namespace: Text | None = None
    direction: Direction | None = None
    event: Text | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One keyword of a schema that says something else: `path` leads to it in the payload."""

    path: str
    keyword: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Missing:
    """In place of the old or the new value of a keyword that is not there."""


@dataclass(frozen=True, slots=True)
class Example:
    """A value that was allowed and is refused, or the other way round, and why it is refused."""

    value: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its verdict.

    `message` says what changed, `hint` what else to know. `schemas` are the old
    and the new schema, where the verdict is unknown. `pointer` is the place in
    the new document, None for the document as a whole.
    """

    verdict: Verdict
    subject: Subject
    message: str
    hint: str | None = None
    details: tuple[Detail, ...] = ()
    example: Example | None = None
    schemas: tuple[Any, Any] | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes with an effect on the wire, those that break first."""

    changes: tuple[Change, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; `safe` where nothing changed."""
        return next((it for it in VERDICTS if self.count(it)), "safe")

    def count(self, verdict: Verdict) -> int:
        """How many changes have this verdict."""
        return sum(change.verdict == verdict for change in self.changes)
