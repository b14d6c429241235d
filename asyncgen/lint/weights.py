"""How much work it is to check a value against a schema: with some, no server would ever finish.

Each schema that refers twice to another one, for the same part of a value,
doubles the work. A validator also recurses into schemas that apply to the
same part, each within the next, and recursion has its limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document, Json
from asyncgen.json_pointer import join
from asyncgen.pointers import LISTS_IN_PLACE, ONE_IN_PLACE, at, follow

_MOST_STEPS = 50_000
_DEEPEST = 100
_MOST_LEVELS = 1_000

_PARTS = ("items", "contains", "additionalItems", "additionalProperties", "propertyNames")
_MAPS = {"properties": "", "patternProperties": "", "dependencies": None}


@dataclass(frozen=True, slots=True)
class _Weight:
    """How many schemas are applied along one way into a value, and how deep for its top.

    `levels` is how many schemas stand within each other, parts of the value included.
    """

    steps: int
    depth: int
    levels: int


def check_weights(document: Document, schemas: Iterable[str], diagnostics: Diagnostics) -> None:
    """Report the first of the schemas at these pointers that takes too much work (AG265)."""
    known: dict[str, _Weight] = {}
    opened: set[str] = set()
    waiting = [follow(document.bundle, it) for it in schemas]
    while waiting:
        place = waiting[-1]
        applied = [*_applied(document.bundle, place)] if place not in known else []
        ahead = [it for _, it in applied if it not in known and it not in opened]
        if ahead:
            opened.add(place)
            waiting += ahead
            continue
        waiting.pop()
        opened.discard(place)
        if place in known:
            continue
        weight = known[place] = _weighed(applied, known)
        if problem := _problem(weight):
            message, hint = problem
            span = document.spans.get(place, document.span)
            diagnostics.error("AG265", message, span, hint=hint, pointer=place)
            return


def _weighed(applied: Iterable[tuple[str | None, str]], known: dict[str, _Weight]) -> _Weight:
    """The weight of a schema that applies these; one that leads back to it counts once."""
    steps, depth, levels = 1, 1, 1
    below: dict[str, int] = {}
    for step, place in applied:
        if place not in known:
            continue
        levels = max(levels, 1 + known[place].levels)
        if step is None:
            steps += known[place].steps
            depth = max(depth, 1 + known[place].depth)
        else:
            below[step] = below.get(step, 0) + known[place].steps
    any_name = below.pop("", 0)
    return _Weight(steps + any_name + max(below.values(), default=0), depth, levels)


def _applied(bundle: Json, place: str) -> Iterator[tuple[str | None, str]]:
    """The schemas that one applies: None and a place for the same value, else the step to a part.

    The step is a name or an index, or empty for any.
    """
    schema = at(bundle, place)
    for key, part in schema.items() if isinstance(schema, dict) else ():
        keys: list[tuple[str | None, tuple[str | int, ...]]] = []
        if key in ONE_IN_PLACE or key in _PARTS:
            keys = [(None if key in ONE_IN_PLACE else "", (key,))]
        if isinstance(part, list) and key in (*LISTS_IN_PLACE, "items"):
            steps = range(len(part))
            keys = [(str(it) if key == "items" else None, (key, it)) for it in steps]
        elif isinstance(part, dict) and key in _MAPS:
            keys = [(name if key == "properties" else _MAPS[key], (key, name)) for name in part]
        yield from ((step, follow(bundle, join(place, *it))) for step, it in keys)


def _problem(weight: _Weight) -> tuple[str, str] | None:
    """What is wrong with a schema of this weight, and what to do; None where it is none."""
    if weight.steps > _MOST_STEPS:
        message = f"checking a value against this schema takes more than {_MOST_STEPS:,} steps"
        return message, "refer to a schema once instead of twice where alternatives are nested"
    if weight.depth > _DEEPEST:
        message = f"more than {_DEEPEST} schemas for one value are nested here"
        return message, "write the innermost one here"
    if weight.levels > _MOST_LEVELS:
        message = f"more than {_MOST_LEVELS:,} schemas are nested here"
        return message, "let a schema refer to itself instead of to so many that are alike"
    return None
