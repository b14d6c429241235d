"""What is read: values that know where they are written, and what stops the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Json

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value of a document, where it stands, and where the keys of a mapping stand.

    A YAML alias is the node that it names, so one node may stand in several places.
    """

    value: dict[str, Node] | list[Node] | Scalar
    span: Span
    keys: Mapping[str, Span] = field(default_factory=dict)

    @property
    def reference(self) -> Node | None:
        """The value of `$ref`, where this is a mapping that has one."""
        return self.value.get("$ref") if isinstance(self.value, dict) else None


class Problem(Exception):
    """A text that cannot be read, or a reference that cannot be followed.

    `span` is None where only the reference that led here has a place to show.
    """

    def __init__(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        hint: str | None = None,
        pointer: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.span = code, message, span
        self.hint, self.pointer = hint, pointer

    def report(self, diagnostics: Diagnostics) -> None:
        """Add it as an error."""
        diagnostics.error(self.code, self.message, self.span, hint=self.hint, pointer=self.pointer)


def plain(node: Node) -> Json:
    """The value of a node without positions."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


# -- words for messages


def describe(node: Node) -> str:
    """The kind of a value, in words for a message."""
    match node.value:
        case None:
            return "empty"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def shown(node: Node) -> str:
    """A text as it is written, else the kind of the value."""
    return quote(node.value) if isinstance(node.value, str) else describe(node)


def where(span: Span) -> str:
    """A place in words."""
    return f"line {span.line}, column {span.column}"
