"""Arguments of events and acks: the document's examples, else drawn ones; all of them valid."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..guard import (
    AnyArguments,
    Contract,
    ContractError,
    Guard,
    Incoming,
    InvalidEmit,
    Outgoing,
    alternatives,
)
from ..schemas import Schemas
from . import fallback
from .dice import Dice, NoSample
from .fake import Fake

AnyIncoming: TypeAlias = Incoming[*tuple[Any, ...], Any]
AnyOutgoing: TypeAlias = Outgoing[*tuple[Any, ...], Any]

_TRIES: Final = 10


@dataclass(frozen=True)
class _Source:
    """Where the arguments of an event, or of an ack, come from.

    `examples` come first. `spare` are payloads by their pointers, where drawing finds none.
    """

    guard: Guard
    hint: str
    examples: list[tuple[Any, ...]]
    spare: dict[str, list[Any]]


class Payloads:
    """Arguments of the events and acks of a contract.

    The same seed gives the same ones, however many clients ask: what is given
    depends on how often it was asked for, and on what for, alone. `problems`
    tell in words what cannot be given.
    """

    def __init__(self, contract: Contract, seed: int) -> None:
        self.seed = seed
        self.problems: list[str] = []
        self._schemas = Schemas(contract.document)
        self._fake = Fake(self._schemas)
        self._trusting = Fake(self._schemas, self._fake.pools, trusting=True)
        self._given: dict[str, int] = {}
        self._lock = threading.Lock()
        self._sources: dict[str, _Source] = {}
        for namespace in contract.namespaces:
            for outgoing in namespace.outgoing:
                label = _label(outgoing)
                self._add(label, outgoing.event, outgoing.args, outgoing.examples)
                self._try(label, "needs an example: no valid payload was found")
            for incoming in namespace.incoming:
                if incoming.ack is not None:
                    self._add(f"ack of {_label(incoming)}", "", incoming.ack)
                    self._try(f"ack of {_label(incoming)}", "cannot be made up")
        self._given.clear()

    def _add(
        self,
        label: str,
        hint: str,
        args: AnyArguments,
        examples: Sequence[str] = (),
    ) -> None:
        guard = Guard(args, self._schemas, label, InvalidEmit)
        valid = [*self._valid(guard, examples)]
        self._sources[label] = _Source(guard, hint, valid, {})

    def _valid(
        self, guard: Guard, examples: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        for pointer in examples:
            try:
                yield _sendable(guard, self._schemas.value(pointer))
            except ContractError as problem:
                told = f"an example is left out, it is not valid: {problem}"
                self.problems.append(told)

    def _try(self, label: str, otherwise: str) -> None:
        """Look at the start whether anything can be given, once more by other means."""
        if self._works(label):
            return
        source = self._sources[label]
        for form in alternatives(source.guard.arguments):
            if form.pointer is not None:
                found = fallback.values(self._schemas.document, form.pointer)
                source.spare[form.pointer] = found
        if not self._works(label):
            self.problems.append(f"{label} {otherwise}")

    def _works(self, label: str) -> bool:
        try:
            for _ in range(3):
                self._next(label)
        except NoSample:
            return False
        return True

    def reseed(self, seed: int) -> None:
        """Start over, from another seed."""
        with self._lock:
            self.seed = seed
            self._given.clear()

    def event(self, event: AnyOutgoing, cause: str = "") -> tuple[Any, ...]:
        """The next arguments of an event; each `cause` has a count of its own.

        Raises NoSample.
        """
        return self._next(_label(event), cause)

    def ack(self, event: AnyIncoming) -> tuple[Any, ...]:
        """The next arguments of an event's ack. Raises NoSample."""
        return self._next(f"ack of {_label(event)}")

    def given(self, event: AnyOutgoing, payload: Any) -> tuple[Any, ...]:
        """A payload, as the document has it, as arguments. Raises InvalidEmit."""
        return _sendable(self._sources[_label(event)].guard, payload)

    def _next(self, label: str, cause: str = "") -> tuple[Any, ...]:
        source, count = self._sources[label], f"{label}:{cause}"
        with self._lock:
            number = self._given.get(count, 0)
            self._given[count] = number + 1
        if source.examples:
            return source.examples[number % len(source.examples)]
        seed = f"{self.seed}:{count}:{number}"
        # To check each part takes about as long as to draw them all, and few are refused.
        # So that is done only where the whole is refused; from the start, so that the
        # payload is the one that would have come of it at once.
        for fake, tries in ((self._trusting, 1), (self._fake, _TRIES)):
            dice = Dice(seed)
            for _ in range(tries):
                with suppress(ContractError, NoSample):
                    return _drawn(source, fake, dice)
        raise NoSample(label)


def _drawn(source: _Source, fake: Fake, dice: Dice) -> tuple[Any, ...]:
    """Valid arguments. Raises InvalidEmit, or NoSample."""
    form = dice.choice(alternatives(source.guard.arguments))
    if form.pointer is None:
        return ()
    spare = source.spare.get(form.pointer)
    value = dice.choice(spare) if spare else fake.draw(form.pointer, dice, source.hint)
    return source.guard.send(tuple(value) if form.form == "tuple" else (value,))


def _sendable(guard: Guard, payload: Any) -> tuple[Any, ...]:
    """The arguments that a payload of the document is: one, or a list of several."""
    tuples = [item.form == "tuple" for item in alternatives(guard.arguments)]
    if any(tuples) and isinstance(payload, list):
        try:
            return guard.send(tuple(payload))
        except ContractError:
            if all(tuples):
                raise
    return guard.send((payload,))


def as_payload(args: AnyArguments, values: tuple[Any, ...]) -> Any:
    """Arguments as the document has them: the one, or a list of several."""
    lists = alternatives(args)
    if len(values) == 1 and any(item.form == "single" for item in lists):
        return values[0]
    return list(values) if any(item.form == "tuple" for item in lists) else None


def _label(event: AnyIncoming | AnyOutgoing) -> str:
    side = "to" if isinstance(event, Outgoing) else "from"
    return f"{event.event!r} {side} clients of {event.namespace!r}"
