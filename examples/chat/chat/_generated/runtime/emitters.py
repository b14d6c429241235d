"""The events that the server emits, with the guards that hold them to the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .guard import Contract, Guard, InvalidEmit, ack_guard, subject_of
from .schemas import Schemas


@dataclass(frozen=True)
class Emitter:
    """An outgoing event with its guards."""

    payload: Guard
    ack: Guard | None


class Emitters:
    """The outgoing events of a contract."""

    def __init__(self, contract: Contract, schemas: Schemas) -> None:
        self._emitters = {
            (event.namespace, event.event): Emitter(
                Guard(event.args, schemas, subject_of(event), InvalidEmit),
                ack_guard(event, schemas),
            )
            for namespace in contract.namespaces
            for event in namespace.outgoing
        }

    def find(self, namespace: str, event: str) -> Emitter:
        """The event of that name; raises InvalidEmit where the server emits no such one."""
        emitter = self._emitters.get((namespace, event))
        if emitter is None:
            raise InvalidEmit(
                "the document does not declare it as an event that the server emits",
                subject=f"{event!r} in {namespace!r}",
            )
        return emitter


def arguments(args: tuple[Any, ...], guard: Guard) -> tuple[Any, ...]:
    """Flask-SocketIO's arguments as a tuple: none, one, or a tuple of several."""
    if len(args) > 1:
        raise TypeError("several arguments of an event are given as one tuple")
    if not args or (args[0] is None and guard.takes_none):
        return ()
    return args[0] if isinstance(args[0], tuple) else (args[0],)
