"""The beginnings and ends of values, as a parser meets them → nodes.

Nothing here recurses, and what comes out is at most `MAX_DEPTH` deep, so that
later stages may recurse.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.source.nodes import Node, Problem, Scalar, describe, where
from asyncgen.spelling import closest

MAX_DEPTH = 200
_MAX_DIGITS = 1000
_LONG_PATH = 1000
"""Characters of the keys that lead to a value, after which it counts as one more."""

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")


def split_lines(text: str) -> list[str]:
    """The lines of a text as YAML counts them, without their ends."""
    return _BREAK.split(text)


class Positions:
    """Turns offsets in a text into spans."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        """The span from one offset up to another."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end) - 1
        return Span(
            self._file,
            first + 1,
            start - self._starts[first] + 1,
            last + 1,
            end - self._starts[last] + 1,
        )


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read.

    `before` is the count of nodes when it began, `length` how many characters lead to it.
    """

    value: dict[str, Node] | list[Node]
    span: Span
    anchor: str | None
    before: int
    length: int
    keys: dict[str, Span] = field(default_factory=dict)
    key: str | None = None
    key_span: Span | None = None
    merging: bool = False
    merged: list[Node] = field(default_factory=list)
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


class Composer:
    """Builds nodes from a stream of scalars, aliases, beginnings and ends of collections.

    `count` is how many nodes there are, those of other files before it included. Each
    place in a document knows its path, so where the keys are long, a node counts for several.
    """

    def __init__(self, diagnostics: Diagnostics, max_nodes: int, count: int = 0) -> None:
        self._diagnostics = diagnostics
        self._max_nodes = max_nodes
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self.count = count
        self.root: Node | None = None

    @property
    def wants_key(self) -> bool:
        """True where the next node is the key of a mapping."""
        return (
            bool(self._stack)
            and isinstance(self._stack[-1].value, dict)
            and (self._stack[-1].key is None)
        )

    @property
    def inside(self) -> str | None:
        """What is open: `{`, `[` or nothing."""
        if not self._stack:
            return None
        return "{" if isinstance(self._stack[-1].value, dict) else "["

    def key(self, text: str, span: Span, *, merge: bool = False) -> None:
        """The key of the next value; `merge` for the merge key of YAML."""
        top = self._stack[-1]
        if text in top.keys:
            self._diagnostics.error(
                "AG103",
                f"the key {quote(text)} appears twice; the first is at {where(top.keys[text])}",
                span,
                hint="write `<<: [*first, *second]`" if merge else "remove or rename one of them",
            )
        top.keys.setdefault(text, span)
        top.key, top.key_span, top.merging = text, span, merge

    def scalar(self, value: Scalar, span: Span, anchor: str | None = None) -> None:
        """A scalar; `anchor` is the name by which aliases refer to it."""
        self._counted(span)
        node = Node(value, span)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, 1, 0)
        self._add(node, 0)

    def open(self, value: dict[str, Node] | list[Node], span: Span, anchor: str | None) -> None:
        """The beginning of a collection, `value` empty. Raises Problem where it is too deep."""
        if self.wants_key:
            raise Problem("AG102", "a key must be text", span)
        if len(self._stack) >= MAX_DEPTH:
            raise too_deep(span)
        before = self.count
        self._counted(span)
        if anchor is not None:
            self._anchors[anchor] = None
        self._stack.append(_Open(value, span, anchor, before, self._path))

    def close(self, end: Span | None) -> None:
        """The end of a collection; `end` is given where the text shows one."""
        top = self._stack.pop()
        span = _through(top.span, end or self._last_span(top))
        if top.merged and isinstance(top.value, dict):
            own_keys = {key: at for key, at in top.keys.items() if key in top.value}
            value, keys = _merge(top.merged, top.value, own_keys)
            node = Node(value, span, keys)
        else:
            node = Node(top.value, span, top.keys)
        if top.anchor is not None:
            self._anchors[top.anchor] = _Anchored(node, self.count - top.before, top.height)
        self._add(node, top.height)

    def alias(self, name: str, span: Span) -> None:
        """An alias of a node before it. Raises Problem where there is none, or for too many."""
        if self.wants_key:
            raise Problem("AG102", "an alias as a key is not supported", span)
        if name not in self._anchors:
            message = f"the alias {quote('*' + name)} has no anchor {quote('&' + name)} before it"
            raise Problem("AG102", message, span, _did_you_mean(name, self._anchors))
        anchored = self._anchors[name]
        if anchored is None:
            message = f"the alias {quote('*' + name)} is within what it refers to"
            raise Problem("AG102", message, span, "write a recursive schema with `$ref`")
        self._counted(span, anchored.size)
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise too_deep(span)
        self._add(anchored.node, anchored.height)

    @property
    def _path(self) -> int:
        """How many characters lead to the next node."""
        top = self._stack[-1] if self._stack else None
        return top.length + len(top.key or "") if top else 0

    def _counted(self, span: Span, size: int = 1) -> None:
        """Count a node, or as many as an alias stands for; AG104 where that is too many."""
        self.count += size * (1 + self._path // _LONG_PATH)
        if self.count > self._max_nodes:
            message = f"the document has more than {self._max_nodes:,} values up to here"
            if size > 1:
                message += ", those that aliases stand for included"
            hint = "write it with `$ref` instead of aliases" if size > 1 else "split the document"
            raise Problem("AG104", message, span, hint)

    def _add(self, node: Node, height: int) -> None:
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        top.height = max(top.height, height + 1)
        if isinstance(top.value, list):
            top.value.append(node)
        elif top.merging:
            top.merged.extend(_merge_sources(node, top.key_span or node.span))
            top.key, top.merging = None, False
        elif top.key is not None:
            top.value.setdefault(top.key, node)
            top.key = None

    def _last_span(self, top: _Open) -> Span:
        children = top.value.values() if isinstance(top.value, dict) else top.value
        ends = [child.span for child in list(children)[-1:]]
        keys = list(top.keys.values())[-1:]
        return max([top.span, *keys, *ends], key=lambda span: (span.end_line, span.end_column))


def _through(start: Span, end: Span) -> Span:
    return Span(start.file, start.line, start.column, end.end_line, end.end_column)


def too_deep(span: Span) -> Problem:
    """What to raise where nesting goes beyond `MAX_DEPTH`."""
    message = f"mappings and lists are nested more than {MAX_DEPTH} deep"
    return Problem("AG102", message, span)


def _merge_sources(node: Node, span: Span) -> list[Node]:
    sources = node.value if isinstance(node.value, list) else [node]
    if not all(isinstance(source.value, dict) for source in sources):
        message = f"`<<` merges a mapping or a list of mappings, not {describe(node)}"
        raise Problem("AG102", message, span, "write `<<: *name`, or quote the key")
    return sources


def _merge(
    sources: list[Node], own: dict[str, Node], own_keys: dict[str, Span]
) -> tuple[dict[str, Node], dict[str, Span]]:
    """A mapping with what its merge keys add: an earlier one wins, and its own keys over all."""
    value: dict[str, Node] = {}
    keys: dict[str, Span] = {}
    for source in reversed(sources):
        if isinstance(source.value, dict):
            value.update(source.value)
            keys.update(source.keys)
    return value | own, keys | own_keys


def _did_you_mean(name: str, anchors: Iterable[str]) -> str | None:
    near = closest(name, anchors)
    return f"did you mean {quote('*' + near)}?" if near else None


def to_number(text: str, span: Span, *, floating: bool = False) -> int | float:
    """A number, which is one that JSON can write."""
    if len(text) > _MAX_DIGITS:
        message = f"a number of {len(text):,} digits is too long"
        raise Problem("AG102", message, span, "put it in quotes if it is text")
    if not floating:
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    value = float(text)
    if math.isinf(value):
        raise not_finite(text, span)
    return value


def not_finite(text: str, span: Span) -> Problem:
    """What to raise for an infinity, or for what is not a number."""
    message = f"{quote(text)} is a number that JSON cannot write"
    return Problem("AG102", message, span, "put it in quotes if it is text")


def check_surrogates(text: str, span: Span) -> None:
    """Raises Problem for half of a surrogate pair."""
    if re.search("[\ud800-\udfff]", text):
        message = "half of a surrogate pair is not a character"
        raise Problem("AG102", message, span, "write both halves, or the character itself")
