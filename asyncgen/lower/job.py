"""What the steps of lowering share."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Document, Located, RootExtension
from asyncgen.options import ChannelModel, Options
from asyncgen.spelling import closest

T = TypeVar("T")

_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Job:
    """What every step needs; `model` is what channels are, once that is decided."""

    document: Document
    options: Options
    package: str
    diagnostics: Diagnostics
    model: ChannelModel = "namespace"

    @property
    def raw(self) -> bool:
        """Whether what comes from clients is plain data to handlers."""
        return self.options.payloads == "raw"

    @property
    def client(self) -> bool:
        """Whether the document is written from the client's side (S8)."""
        said = self.document.extension.perspective
        chosen = self.options.perspective or (said.text.raw if said is not None else "server")
        return chosen == "client"

    def undecided(self, code: str, message: str, hint: str) -> None:
        """Report something that a caller who generates has to decide first (S9, S30)."""
        report = self.diagnostics.warning if self.options.lint else self.diagnostics.error
        report(code, message, self.document.span, hint=hint)

    def root_line(self, key: str, value: str) -> str:
        """The line that sets a key of the root's `x-socketio`, to paste into the document."""
        if self.document.file.endswith(".json"):
            said, whole = f'"{key}": "{value}",', f'"x-socketio": {{"{key}": "{value}"}},'
        else:
            said, whole = f"{key}: {value}", f"x-socketio: {{{key}: {value}}}"
        begun = self.document.extension != RootExtension()
        return f"{said} (under `x-socketio`)" if begun else whole


def agreed(
    job: Job,
    code: str,
    subject: str,
    what: str,
    given: Sequence[tuple[T, Hashable, Span]],
    hint: str,
) -> T | None:
    """What several places say of one thing, each with what makes it the same; None for none.

    An error where they contradict each other.
    """
    if len({key for _, key, _ in given}) > 1:
        job.diagnostics.error(code, f"{subject} differ in `{what}`", given[-1][2], hint=hint)
    return given[0][0] if given else None


def text_of(located: Located) -> Text:
    """What makes two located texts the same."""
    return located.text


def near(name: str, names: Iterable[str], otherwise: str) -> str:
    """A hint: the name that was probably meant, else `otherwise`."""
    close = closest(name, names)
    return f"did you mean {quote(close)}?" if close else otherwise


def listed(names: Iterable[str]) -> str:
    """Names in a message, as many as a person reads."""
    whole = [*names]
    more = len(whole) - _MOST_NAMES
    shown = [quote(name) for name in whole[:_MOST_NAMES]]
    return ", ".join([*shown, f"{more:,} more"] if more > 0 else shown)
