"""What is wrong with a document or a project, and where: spans, codes, the collector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum


class Severity(Enum):
    """How bad a diagnostic is; only `ERROR` stops a run."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range in a file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: a stable code, what is wrong, where, and what to do about it.

    `span` is None only for problems that are not at a place in a file.
    `pointer` is the JSON pointer of the place within its document, where known.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    hint: str | None = None
    pointer: str | None = None

    @property
    def sort_key(self) -> tuple[bool, str, int, int, str, str]:
        """By place, then by code, so that output is stable; what there are too many of, last."""
        is_last = self.code == "AG108"
        if self.span is None:
            return (is_last, "", 0, 0, self.code, self.message)
        place = (self.span.file, self.span.line, self.span.column)
        return (is_last, *place, self.code, self.message)


MAX_OF_A_KIND = 200
"""How many errors, warnings and notes there may be, of each."""


class TooMany(Exception):
    """There are as many errors as anyone will read; the last one says so."""


@dataclass(slots=True)
class Diagnostics:
    """Collects the diagnostics of one run; stages add, the pipeline and the CLI read.

    Raises KeyError where a code is not in `CODES`, so that no code goes
    undocumented. Of each severity, `MAX_OF_A_KIND` are kept, and an AG108 says
    that there are more: of errors by raising TooMany, of others at the end.
    """

    items: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, str, Span | None]] = field(default_factory=set, repr=False)
    _found: Counter[Severity] = field(default_factory=Counter, repr=False)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        *,
        hint: str | None = None,
        pointer: str | None = None,
    ) -> None:
        """Add an error: the run stops at the end of the stage."""
        self._add(Severity.ERROR, code, message, span, hint, pointer)
        if self._found[Severity.ERROR] == MAX_OF_A_KIND:
            message = f"there are {MAX_OF_A_KIND} errors already; what follows is not checked"
            more = Diagnostic("AG108", Severity.ERROR, message, span, "fix these first")
            self.items.append(more)
            raise TooMany

    def warning(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        *,
        hint: str | None = None,
        pointer: str | None = None,
    ) -> None:
        """Add a warning: the run goes on, but fails at the end under `--strict`."""
        self._add(Severity.WARNING, code, message, span, hint, pointer)

    def note(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        *,
        hint: str | None = None,
        pointer: str | None = None,
    ) -> None:
        """Add a note: never fails a run."""
        self._add(Severity.NOTE, code, message, span, hint, pointer)

    def _add(
        self,
        severity: Severity,
        code: str,
        message: str,
        span: Span | None,
        hint: str | None,
        pointer: str | None,
    ) -> None:
        CODES[code]
        problem = (code, message, span)  # Aliases and traits show one place under many pointers.
        if problem in self._seen:
            return
        self._seen.add(problem)
        self._found[severity] += 1
        if self._found[severity] <= MAX_OF_A_KIND:
            self.items.append(Diagnostic(code, severity, message, span, hint, pointer))

    @property
    def failed(self) -> bool:
        """True when an error was added."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def fails(self, strict: bool) -> bool:
        """True when an error was added, or, where the caller is strict, a warning."""
        return self.failed or (
            strict and any(item.severity is Severity.WARNING for item in self.items)
        )

    def __iter__(self) -> Iterator[Diagnostic]:
        """What was found, sorted, and at the end how much more there is."""
        return iter(sorted([*self.items, *self._more()], key=lambda item: item.sort_key))

    def _more(self) -> Iterator[Diagnostic]:
        for severity in (Severity.WARNING, Severity.NOTE):
            if (more := self._found[severity] - MAX_OF_A_KIND) > 0:
                kind = severity.value + ("s" if more > 1 else "")
                message = f"{more:,} more {kind}, in addition to the {MAX_OF_A_KIND} shown"
                yield Diagnostic("AG108", severity, message, None, "fix these first")


# Stable: a code keeps its meaning for ever. AG1xx reading, AG2xx documents, AG3xx projects.
CODES: dict[str, str] = {
    # -- reading: source; AG108: here
    "AG101": "the file cannot be read",
    "AG102": "the text is not well-formed YAML or JSON",
    "AG103": "a key appears twice in one mapping",
    "AG104": "the document is too large",
    "AG105": "a reference does not resolve",
    "AG106": "a reference leads outside the folder of the document",
    "AG107": "a reference to a remote document is not allowed",
    "AG108": "there are too many errors, warnings or notes",
    # -- the document: structure, bundle and parse
    "AG201": "the document is not an AsyncAPI document",
    "AG202": "the AsyncAPI version is not supported",
    "AG203": "a required key is missing",
    "AG204": "a value has the wrong type",
    "AG205": "a value is not one of those allowed",
    "AG206": "a key has no effect",
    "AG207": "a schema is read as draft-07 has it",
    "AG208": "a reference leads to something that does not belong there",
    "AG209": "security is written in two ways",
    # -- the meaning: lower and naming; AG248 to AG251: structure
    "AG210": "a channel may be a namespace or an event",
    "AG211": "an extension has no effect",
    "AG212": "a namespace has characters that are not allowed",
    "AG213": "a channel has no address",
    "AG214": "channels that are one namespace contradict each other",
    "AG215": "there is no namespace",
    "AG216": "a message has no name for its event",
    "AG217": "an event is named after something other than the message's name",
    "AG218": "an event has parameters",
    "AG219": "an event is one that Socket.IO uses itself",
    "AG220": "two different messages share one event",
    "AG221": "an operation has no message",
    "AG222": "two things would have one Python name",
    "AG223": "a name has nothing that a Python name may contain",
    "AG224": "an `x-python-name` cannot be used",
    "AG225": "a payload is not a list of arguments",
    "AG226": "a keyword is not allowed beside `format: binary`",
    "AG227": "the schema format of a payload is not understood",
    "AG228": "Socket.IO does not carry a part of a message",
    "AG229": "a handler is not a function of the project",
    "AG230": "a connection cannot be opened with this method",
    "AG231": "there is no such server",
    "AG232": "servers differ, and none is chosen",
    "AG233": "a channel is not available on the chosen server",
    "AG234": "a path cannot be the server's",
    "AG235": "there is no such security scheme",
    "AG236": "a security scheme cannot be checked",
    "AG237": "security is required for what the server emits",
    "AG238": "a credential is in the query string",
    "AG239": "a hook does not belong to its security scheme",
    "AG240": "the package cannot have this name",
    "AG241": "channels may be events and not namespaces",
    "AG242": "a security scheme has no such scope",
    "AG243": "messages that are one event contradict each other",
    "AG244": "a reply is an event and not an acknowledgement",
    "AG245": "an `x-ack` and a reply contradict each other",
    "AG246": "a document may be written from the other side",
    "AG247": "no operation uses a message of a channel",
    "AG248": "an object has no such key",
    "AG249": "a reference is not allowed here",
    "AG250": "a name appears twice",
    "AG251": "a link or a mail address is malformed",
    # -- one part of the document against another: lint; AG260, AG261: patterns
    "AG252": "a security scheme has no scopes",
    "AG253": "a part of an address is not described",
    "AG254": "a variable or parameter is not in the address",
    "AG255": "a variable has no default",
    "AG256": "a default is not what its schema allows",
    "AG257": "an example is not what its schema allows",
    "AG258": "nothing uses a component",
    "AG260": "a pattern cannot be compiled",
    "AG261": "a pattern has a back-reference",
    "AG264": "examples take too long to check",
    "AG265": "a schema takes too much work to check",
    "AG266": "a value of an `enum` or `const` is not of the type of its schema",
    # -- for the mock: lower
    "AG262": "an `x-mock` names an event that is not there",
    "AG263": "an `x-mock` echoes a field that is not there",
    # -- generation and drift: models, plan, disk and write
    "AG301": "a schema describes an object but accepts anything",
    "AG310": "a user's module is not valid Python",
    "AG311": "a missing handler could not be appended",
    "AG312": "a handler is no longer in the document",
    "AG313": "a generated file was edited by hand",
    "AG314": "a file that asyncgen did not write is in the place of a generated one",
    "AG315": "the output folder is not empty and not a project of asyncgen",
    "AG316": "the manifest cannot be used",
    "AG317": "the project has another package",
    "AG318": "a path of the project cannot be used",
    "AG319": "a package would hide a module of the same name",
    "AG320": "asyncgen made an impossible project: a bug in asyncgen",
    "AG321": "a file cannot be written",
    # -- the project and who runs it: plan, config and scaffolding
    "AG330": "a changed option would leave handlers behind",
    "AG331": "the project was made from another document",
    "AG332": "the configuration cannot be read",
    "AG333": "the configuration has no such key",
    "AG334": "a key of the configuration cannot have this value",
    "AG335": "another run is in progress in the folder",
    # -- changes and source.revisions
    "AG340": "the project is not what the document gives",
    "AG350": "a document cannot be read from git",
}
