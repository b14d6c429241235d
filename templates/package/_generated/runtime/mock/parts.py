"""A schema as a conjunction: the parts that one value must satisfy together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

KINDS: Final = ("string", "integer", "number", "object", "array", "boolean", "null")


@dataclass(frozen=True)
class Part:
    """A schema that a value must satisfy; `pointer` is where the document has it.

    One without a pointer is of our own making, and no validator knows it. One
    that is `settled` has had its alternatives chosen.
    """

    schema: Any
    pointer: str | None = None
    settled: bool = False

    @property
    def place(self) -> str:
        """What tells its schema from others."""
        return self.pointer if self.pointer is not None else canonical(self.schema)

    @property
    def key(self) -> str:
        """What tells it from other parts."""
        return f"{'+' if self.settled else '-'}{self.place}"

    def child(self, *steps: str | int) -> Part:
        """The schema below this one."""
        schema, pointer = self.schema, self.pointer
        for step in steps:
            schema = schema[step]
            if pointer is not None:
                pointer = f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
        return Part(schema, pointer)

    def get(self, keyword: str, kind: type | tuple[type, ...] = object) -> Any:
        """What a keyword says, None where it is not there or not of this kind."""
        value = self.schema.get(keyword)
        return value if isinstance(value, kind) else None

    def has(self, keyword: str) -> bool:
        """Whether the keyword is there."""
        return keyword in self.schema


def place(parts: Iterable[Part]) -> str:
    """What tells these parts from others."""
    return " ".join(part.place for part in parts)


def canonical(value: Any) -> str:
    """The same text for equal values."""
    return json.dumps(value, sort_keys=True, default=repr)


def children(parts: Iterable[Part], keyword: str) -> list[Part]:
    """The schemas that the parts have under a keyword."""
    return [part.child(keyword) for part in parts if part.has(keyword)]


def least(parts: Iterable[Part], keyword: str) -> int:
    """The lower bound that all parts together set, such as `minItems`."""
    return int(max((part.get(keyword) or 0 for part in parts), default=0))


def most(parts: Iterable[Part], keyword: str) -> int | None:
    """The upper bound that all parts together set, such as `maxItems`; None for none."""
    bounds = [part.schema[keyword] for part in parts if part.has(keyword)]
    return int(min(bounds)) if bounds else None


def is_untyped(parts: Sequence[Part]) -> bool:
    """Whether no part has a `type`."""
    return not any(part.has("type") for part in parts)
