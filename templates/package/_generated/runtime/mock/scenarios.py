"""What is emitted in answer to an event, with parts of what the client has sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..guard import Scenario
from .payloads import AnyIncoming, AnyOutgoing, as_payload


def echoed(
    scenario: Scenario,
    on: AnyIncoming,
    received: tuple[Any, ...],
    emit: AnyOutgoing,
    drawn: tuple[Any, ...],
) -> Any:
    """The payload of what is emitted: `drawn`, filled with what it echoes of `received`."""
    source, target = as_payload(on.args, received), as_payload(emit.args, drawn)
    for place, origin in scenario.echo.items():
        found, value = _found(source, _steps(origin))
        if found:
            target = _filled(target, _steps(place), value)
    return target


def _steps(pointer: str) -> list[str]:
    parts = pointer.split("/")[1:]
    return [part.replace("~1", "/").replace("~0", "~") for part in parts]


def _found(value: Any, steps: Sequence[str]) -> tuple[bool, Any]:
    for step in steps:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return False, None
    return True, value


def _filled(target: Any, steps: Sequence[str], value: Any) -> Any:
    """A copy of `target` with `value` at a place in it."""
    if not steps:
        return value
    first, *rest = steps
    if isinstance(target, Mapping):
        return {**target, first: _filled(target.get(first, {}), rest, value)}
    if isinstance(target, list) and first.isdecimal() and int(first) < len(target):
        at = int(first)
        return [*target[:at], _filled(target[at], rest, value), *target[at + 1 :]]
    return target
