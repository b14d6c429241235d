"""Two compiled documents: what clients of the old one meet when the server keeps to the new one.

What clients send may only become more, what the server sends only less: a
payload that clients may send must still be accepted, and one that the server
may send must have been allowed before. Acknowledgements go the other way than
their event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from asyncgen.code import Text, quote
from asyncgen.compatibility import wire
from asyncgen.compatibility.changes import (
    VERDICTS,
    Change,
    Comparison,
    Detail,
    Direction,
    Example,
    Missing,
    Subject,
    Verdict,
)
from asyncgen.compatibility.containment import Breaking, Comparer, Containment, Safe
from asyncgen.compatibility.details import differences
from asyncgen.compatibility.keywords import KINDS, Pair
from asyncgen.compatibility.security import Security
from asyncgen.compatibility.witness import Validators
from asyncgen.document import Json
from asyncgen.ir import App, Arguments, Event, Namespace, Requirement

_JSON = tuple(kind for kind in KINDS if kind != "bytes")
_SIMILAR = 0.5  # where the arguments are the same
_VERY_SIMILAR = 0.8


@dataclass(frozen=True, slots=True)
class Side:
    """One of the documents: what it means, and its bundled data."""

    app: App
    bundle: dict[str, Json]


@dataclass(frozen=True, slots=True)
class _Question:
    """Two schemas that are not the same, by pointers; `from_client` says who sends the values."""

    subject: Subject
    old: str
    new: str
    from_client: bool
    pointer: str | None
    kinds: tuple[str, ...] = KINDS
    handshake: wire.Handshake | None = None
    shown: tuple[str, str] | None = None


def compare(old: Side, new: Side) -> Comparison:
    """Every change between two documents that has an effect on the wire."""
    roots = {"old": _roots(old.app), "new": _roots(new.app)}
    pair = Pair(old.bundle, new.bundle, roots)
    comparing = _Apps(pair, old.app, new.app)
    found = [*comparing.changes()]
    answers: dict[Subject, Change] = {}
    if comparing.questions:
        comparer = Comparer(pair)
        answers = {it.subject: _answer(comparer, it) for it in comparing.questions}
    changes = [answers[it.subject] if isinstance(it, _Question) else it for it in found]
    return Comparison(tuple(sorted(changes, key=lambda it: VERDICTS.index(it.verdict))))


def _roots(app: App) -> Iterator[str]:
    """The pointers of all schemas that an application speaks of."""
    for namespace in app.namespaces:
        yield from (it for it in (namespace.query, namespace.headers, namespace.auth) if it)
        for event in (*namespace.incoming, *namespace.outgoing):
            for arguments in (event.arguments, event.ack):
                for signature in arguments.alternatives if arguments else ():
                    if signature.pointer is not None:
                        yield signature.pointer


class _Apps:
    """The walk along both applications: changes that are clear, and questions about schemas."""

    def __init__(self, pair: Pair, old: App, new: App) -> None:
        self._pair = pair
        self._old = old
        self._new = new
        self._wire: list[Any] = []
        self._nulls: Validators | None = None
        self.questions: list[_Question] = []
        pair.document["wire"] = self._wire

    def changes(self) -> Iterator[Change | _Question]:
        if self._old.path != self._new.path:
            message = f"the path was {quote(self._old.path)} and is {quote(self._new.path)}"
            hint = "clients connect to the old path and find nothing there"
            yield Change("breaking", Subject(part="path"), message, hint)
        before = {it.name: it for it in self._old.namespaces}
        after = {it.name: it for it in self._new.namespaces}
        for name, namespace in before.items():
            if name in after:
                yield from self._namespace(namespace, after[name])
            else:
                hint = "clients that connect to it are refused"
                yield Change("breaking", Subject(name), "the namespace is gone", hint)
        for name in after:
            if name not in before:
                yield Change("safe", Subject(name), "the namespace is new")

    # -- one namespace

    def _namespace(self, old: Namespace, new: Namespace) -> Iterator[Change | _Question]:
        yield from self._security(Subject(old.name), old.security, new.security, None)
        for part in ("query", "headers"):
            yield from self._handshake(part, old, new)
        yield from self._auth(old, new)
        yield from self._events("incoming", old, new)
        yield from self._events("outgoing", old, new)

    def _security(
        self,
        subject: Subject,
        old: Sequence[Requirement],
        new: Sequence[Requirement],
        pointer: str | None,
    ) -> Iterator[Change]:
        before, after = Security(self._old, old), Security(self._new, new)
        subject = replace(subject, part="security")
        message = f"security was {before.shown} and is {after.shown}"
        if not after.lets_in(before):
            hint = "clients that were let in are refused"
            yield Change("breaking", subject, message, hint, pointer=pointer)
        elif not before.lets_in(after):
            hint = "clients that were refused are let in: check that this is intended"
            yield Change("review", subject, message, hint, pointer=pointer)

    def _handshake(self, part: str, old: Namespace, new: Namespace) -> Iterator[_Question | Change]:
        places = [
            f"/{side}{pointer}" if (pointer := getattr(it, part)) is not None else None
            for side, it in (("old", old), ("new", new))
        ]
        first, second = places
        subject = Subject(old.name, part=part)
        if first == second or (first and second and self._same(first, second)):
            return
        if second is None:
            yield Change("safe", subject, f"the {part} may be anything now")
            return
        handshake = wire.Handshake(self._pair.document, part, first, second)
        before, after = self._place(handshake.before()), self._place(handshake.after())
        shown = (first or before, second)
        yield self._ask(
            _Question(subject, before, after, True, None, ("object",), handshake, shown)
        )

    def _auth(self, old: Namespace, new: Namespace) -> Iterator[_Question]:
        if old.auth is None and new.auth is None:
            return
        before = f"/old{old.auth}" if old.auth is not None else self._place(True)
        after = f"/new{new.auth}" if new.auth is not None else self._place(True)
        if not self._same(before, after):
            subject = Subject(old.name, part="auth")
            yield self._ask(_Question(subject, before, after, True, None, _JSON))

    # -- events

    def _events(
        self, direction: Direction, old: Namespace, new: Namespace
    ) -> Iterator[Change | _Question]:
        before = {it.event: it for it in getattr(old, direction)}
        after = {it.event: it for it in getattr(new, direction)}
        gone = [it for name, it in before.items() if name not in after]
        added = [it for name, it in after.items() if name not in before]
        for name, event in before.items():
            subject = Subject(old.name, direction, name)
            if name in after:
                yield from self._event(subject, event, after[name])
            else:
                hint = self._renamed(event, added) or _GONE[direction]
                yield Change("breaking", subject, "the event is gone", hint)
        for event in added:
            back = next((it for it in gone if self._is_renamed(it, event)), None)
            other = f"it may be {quote(back.event)} under another name" if back else None
            subject = Subject(old.name, direction, event.event)
            yield Change("safe", subject, "the event is new", other, pointer=event.pointer)

    def _renamed(self, event: Event, added: Iterable[Event]) -> str | None:
        found = [it for it in added if self._is_renamed(event, it)]
        if not found:
            return None
        near = max(found, key=lambda it: _similarity(event.event, it.event))
        return f"was it renamed to {quote(near.event)}? Then keep the old name, too, for a while"

    def _is_renamed(self, old: Event, new: Event) -> bool:
        similar = _similarity(old.event, new.event)
        return similar >= _VERY_SIMILAR or (
            similar >= _SIMILAR
            and self._same_arguments(old.arguments, new.arguments)
            and self._same_arguments(old.ack, new.ack)
        )

    def _event(self, subject: Subject, old: Event, new: Event) -> Iterator[Change | _Question]:
        is_incoming = subject.direction == "incoming"
        yield from self._security(subject, old.security, new.security, new.pointer)
        yield from self._arguments(subject, old.arguments, new.arguments, is_incoming, new.pointer)
        part = replace(subject, part="ack")
        if old.ack is not None and new.ack is not None:
            yield from self._arguments(part, old.ack, new.ack, not is_incoming, new.pointer)
        elif old.ack is not None:
            hint = "clients that wait for the acknowledgement get nothing" if is_incoming else None
            verdict: Verdict = "breaking" if is_incoming else "safe"
            message = "it is no longer acknowledged"
            yield Change(verdict, part, message, hint, pointer=new.pointer)
        elif new.ack is not None:
            waits = "clients that do not acknowledge it keep the server waiting"
            hint = None if is_incoming else waits
            verdict = "safe" if is_incoming else "breaking"
            yield Change(verdict, part, "it is acknowledged now", hint, pointer=new.pointer)

    def _arguments(
        self, subject: Subject, old: Arguments, new: Arguments, from_client: bool, pointer: str
    ) -> Iterator[_Question]:
        if self._same_arguments(old, new):
            return
        before, after = wire.single(old), wire.single(new)
        if before is not None and after is not None:
            subject = replace(subject, part=subject.part or "payload")
            yield self._ask(
                _Question(subject, f"/old{before}", f"/new{after}", from_client, pointer)
            )
            return
        places = [
            self._place(wire.arguments(it, side, from_client, self._accepts_null))
            for side, it in (("old", old), ("new", new))
        ]
        subject = replace(subject, part=subject.part or "arguments")
        yield self._ask(_Question(subject, places[0], places[1], from_client, pointer))

    def _same_arguments(self, old: Arguments | None, new: Arguments | None) -> bool:
        if old is None or new is None:
            return old is new
        return len(old.alternatives) == len(new.alternatives) and all(
            one.form == other.form
            and len(one.parameters) == len(other.parameters)
            and (
                one.pointer == other.pointer
                if one.pointer is None or other.pointer is None
                else self._same(f"/old{one.pointer}", f"/new{other.pointer}")
            )
            for one, other in zip(old.alternatives, new.alternatives, strict=True)
        )

    # -- schemas

    def _same(self, old: str, new: str) -> bool:
        return self._pair.same(self._pair.part(old), self._pair.part(new))

    def _place(self, schema: Any) -> str:
        self._wire.append(schema)
        return f"/wire/{len(self._wire) - 1}"

    def _accepts_null(self, pointer: str) -> bool:
        if self._nulls is None:
            self._nulls = Validators(self._pair.document)
        return self._nulls.accepts(pointer, None)

    def _ask(self, question: _Question) -> _Question:
        self.questions.append(question)
        return question


_GONE = {
    "incoming": "clients that emit it are answered `unknown_event`",
    "outgoing": "clients that wait for it hear nothing",
}


def _similarity(one: Text, other: Text) -> float:
    return SequenceMatcher(None, one.raw.lower(), other.raw.lower()).ratio()


# -- answers


def _answer(comparer: Comparer, question: _Question) -> Change:
    found = _containment(comparer, question)
    pair = comparer.pair
    old, new = question.shown or (question.old, question.new)
    change = Change(
        "safe",
        question.subject,
        _message(question, found),
        details=differences(pair, pair.part(old), pair.part(new)),
        pointer=question.pointer,
    )
    if isinstance(found, Safe):
        return change
    if isinstance(found, Breaking):
        return replace(
            change,
            verdict="breaking",
            example=Example(found.example, found.reason),
            hint=_about_others(change.details, question.from_client),
        )
    schemas = (pair.part(old).schema, pair.part(new).schema)
    return replace(change, verdict="unknown", schemas=schemas)


def _about_others(details: Sequence[Detail], from_client: bool) -> str | None:
    """What to say where only properties come or go that objects allow undeclared."""
    if not details or not all(
        it.keyword == "properties" and isinstance(it.old if from_client else it.new, Missing)
        for it in details
    ):
        return None
    return (
        "any other property was allowed here before, of whatever type"
        if from_client
        else "any other property may be sent now, of whatever type"
    ) + "; `additionalProperties: false` allows none"


def _containment(comparer: Comparer, question: _Question) -> Containment:
    handshake = question.handshake
    if handshake is None:
        sent, taken = question.old, question.new
        if not question.from_client:
            sent, taken = taken, sent
        return comparer.contains(taken, sent, question.kinds)
    return comparer.contains(
        question.new,
        question.old,
        question.kinds if handshake.is_read_alike() else None,
        lambda value: handshake.is_possible(comparer.validators.schemas, value),
    )


def _message(question: _Question, found: Containment) -> str:
    if isinstance(found, Safe):
        return _SAFE[question.from_client]
    if isinstance(found, Breaking):
        return _BREAKING[question.from_client]
    return _UNKNOWN[question.from_client]


_SAFE = {
    True: "whatever clients could send is still accepted",
    False: "whatever is sent was allowed before",
}
_BREAKING = {
    True: "clients may send what is refused now",
    False: "clients may get what was not allowed before",
}
_UNKNOWN = {
    True: "whether all that clients may send is still accepted could not be decided",
    False: "whether all that is sent now was allowed before could not be decided",
}
