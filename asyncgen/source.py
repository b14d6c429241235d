"""Text of YAML or JSON → nodes that know where they are written; files; following `$ref`.

The only module that reads documents. YAML is read with the core schema of
version 1.2, JSON exactly as JSON (S2). Both are read without recursion, and
what comes out is at most `MAX_DEPTH` deep, so that later stages may recurse.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote as percent_encode
from urllib.parse import unquote

import yaml

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Json

MAX_DEPTH = 200
MAX_NODES = 1_000_000
_MAX_DIGITS = 1000
_MAX_CHAIN = 100

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


@dataclass(frozen=True, slots=True)
class Place:
    """A node, its JSON pointer in its file, and the key that leads to it."""

    pointer: str
    node: Node
    key: Span | None = None

    @property
    def span(self) -> Span:
        """Where a reader looks for it: its key, else its value."""
        return self.key or self.node.span

    def get(self, key: str) -> Place | None:
        """What stands under a key; None where this is no mapping or has no such key."""
        value = self.node.value
        if not isinstance(value, dict) or key not in value:
            return None
        return Place(join(self.pointer, key), value[key], self.node.keys.get(key))

    def entries(self) -> Iterator[tuple[str, Place]]:
        """The keys of a mapping and what stands under them; nothing where this is none."""
        value = self.node.value
        if isinstance(value, dict):
            for key, node in value.items():
                yield key, Place(join(self.pointer, key), node, self.node.keys.get(key))

    def items(self) -> Iterator[Place]:
        """The items of a list; nothing where this is none."""
        value = self.node.value
        if isinstance(value, list):
            for index, node in enumerate(value):
                yield Place(f"{self.pointer}/{index}", node)


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one document by name; `file` is the one that was asked for."""

    file: str
    files: Mapping[str, Node]

    @property
    def root(self) -> Place:
        """The whole document."""
        return Place("", self.files[self.file])

    def at(self, pointer: str) -> Place | None:
        """The place that a JSON pointer names; None where nothing stands there."""
        place: Place | None = self.root
        for token in split(pointer):
            if place is None:
                return None
            place = place.get(token) or _item(place, token)
        return place

    def follow(self, place: Place, diagnostics: Diagnostics) -> Place | None:
        """The place that a reference leads to in the end; the place itself where it is none (S3).

        An error is added and None is returned where there is none: AG204 for a
        `$ref` that is not text, AG105 for one that leads nowhere or only to
        itself, AG107 for a remote one.
        """
        start = place
        chain = {place.pointer: place.node.reference or place.node}
        while place.node.reference is not None:
            target = self.step(place, diagnostics)
            if target is None:
                return None
            if target.pointer in chain:
                circle = list(chain.values())[list(chain).index(target.pointer) :]
                # Wherever one comes from, the circle is one problem, in one place.
                first = min(circle, key=lambda reference: reference.span)
                diagnostics.error(
                    "AG105",
                    f"the reference {_shown(first)} leads only to itself",
                    first.span,
                    hint="put the definition itself here"
                    + (", or where one of the references on its way stands" if circle[1:] else ""),
                    pointer=place.pointer,
                )
                return None
            if len(chain) > _MAX_CHAIN:
                message = f"more than {_MAX_CHAIN} references follow each other from here"
                diagnostics.error("AG105", message, start.span, pointer=start.pointer)
                return None
            place = target
            chain[place.pointer] = place.node.reference or place.node
        return place

    def step(self, place: Place, diagnostics: Diagnostics) -> Place | None:
        """The place that the `$ref` in `place` names, be it one again; errors as `follow`."""
        reference = place.node.reference
        if reference is None:
            return place
        if not isinstance(reference.value, str):
            diagnostics.error(
                "AG204",
                f"`$ref` must be text, not {describe(reference)}",
                reference.span,
                hint='write `$ref: "#/components/…"`',
                pointer=place.pointer,
            )
            return None
        target = self._local(reference.value)
        if target is None:
            self._unresolved(reference.value, reference.span, place.pointer, diagnostics)
        return target

    def _local(self, reference: str) -> Place | None:
        pointer = unquote(reference[1:])
        if not reference.startswith("#") or (pointer and not pointer.startswith("/")):
            return None
        return self.at(pointer)

    def _unresolved(
        self, reference: str, span: Span, pointer: str, diagnostics: Diagnostics
    ) -> None:
        shown = quote(reference)
        if identified := self._identified(reference):
            message = (
                f"the reference {shown} could only be found by the `$id` in "
                f"{where(identified.span)}, {_shown(identified)}; `$id` is not used to find schemas"
            )
            hint = "write the reference as the place of the schema: `#/components/schemas/…`"
            diagnostics.error("AG105", message, span, hint=hint, pointer=pointer)
        elif re.match(r"(?i)https?:|//", reference):
            message = f"the remote reference {shown} cannot be followed: this is not built yet"
            hint = "copy what it refers to into this document"
            diagnostics.error("AG107", message, span, hint=hint, pointer=pointer)
        elif reference.startswith("#"):
            message = f"the reference {shown} leads nowhere"
            diagnostics.error("AG105", message, span, hint=self._near(reference), pointer=pointer)
        elif self._local("#/" + reference.lstrip("/")):
            message = f"the reference {shown} names a file, and not a place in this document"
            hint = f"did you mean {quote('#/' + reference.lstrip('/'))}?"
            diagnostics.error("AG105", message, span, hint=hint, pointer=pointer)
        else:
            message = f"the reference {shown} to another file: this is not built yet"
            hint = "copy what it refers to into this document"
            diagnostics.error("AG105", message, span, hint=hint, pointer=pointer)

    def _near(self, reference: str) -> str:
        """What a reference that leads nowhere was meant to be, if that can be told."""
        if not reference.startswith("#/"):
            return "a reference within a document begins with `#/`"
        tokens = split(unquote(reference[1:]))
        parent = self.root
        while tokens and (child := parent.get(tokens[0]) or _item(parent, tokens[0])):
            parent, tokens = child, tokens[1:]
        rest = "".join("/" + escape(token) for token in tokens[1:])
        siblings = [place.pointer + rest for _, place in parent.entries()]
        is_component = parent.pointer.count("/") <= 2
        groups = self.root.get("components") if is_component else None
        components = [
            place.pointer
            for _, group in (groups.entries() if groups else ())
            for _, place in group.entries()
        ]
        for candidates in (siblings, components):
            if near := get_close_matches(unquote(reference[1:]), candidates, 1, 0.8):
                return f"did you mean {quote(local_reference(near[0]))}?"
        return f"there is no {quote(tokens[0])} in {quote('#' + parent.pointer)}"

    def _identified(self, reference: str) -> Node | None:
        """An `$id` somewhere in the document that a reference could mean."""
        nodes, seen = [self.root.node], set[int]()
        while nodes:
            node = nodes.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node.value, dict):
                identifier = node.value.get("$id")
                if identifier and isinstance(identifier.value, str) and reference.rstrip("#"):
                    last = identifier.value.rstrip("#").rpartition("/")[2]
                    if reference.rstrip("#") in (identifier.value.rstrip("#"), last):
                        return identifier
                nodes.extend(node.value.values())
            elif isinstance(node.value, list):
                nodes.extend(node.value)
        return None


class Spans(Mapping[str, Span]):
    """The span of the value at each JSON pointer of a document."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __getitem__(self, pointer: str) -> Span:
        place = self._source.at(pointer)
        if place is None:
            raise KeyError(pointer)
        return place.node.span

    def __iter__(self) -> Iterator[str]:
        places = [self._source.root]
        while places:
            place = places.pop()
            yield place.pointer
            places.extend(child for _, child in place.entries())
            places.extend(place.items())

    def __len__(self) -> int:
        return sum(1 for _ in self)


# -- JSON pointers (RFC 6901) ------------------------------------------------------------------


def escape(token: str) -> str:
    """One token as it stands in a JSON pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def join(pointer: str, token: str) -> str:
    """The pointer of what stands under `token`."""
    return f"{pointer}/{escape(token)}"


def split(pointer: str) -> list[str]:
    """The tokens of a JSON pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def local_reference(pointer: str) -> str:
    """A pointer as the value of a `$ref`, as a valid URI reference."""
    return "#" + percent_encode(pointer, safe="/~!$&'()*+,;=:@?-._")


def _item(place: Place, token: str) -> Place | None:
    items = place.node.value
    if not isinstance(items, list) or not re.fullmatch("0|[1-9][0-9]{0,8}", token):
        return None
    index = int(token)
    return Place(f"{place.pointer}/{token}", items[index]) if index < len(items) else None


# -- words for messages ------------------------------------------------------------------------


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


def where(span: Span) -> str:
    """A place in words."""
    return f"line {span.line}, column {span.column}"


def _shown(node: Node) -> str:
    return quote(node.value) if isinstance(node.value, str) else describe(node)


# -- nodes to plain data -----------------------------------------------------------------------


def plain(node: Node) -> Json:
    """The value of a node without positions."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


# -- reading -----------------------------------------------------------------------------------


def load(path: Path, diagnostics: Diagnostics, *, max_nodes: int = MAX_NODES) -> Source | None:
    """Read a document (S2); None where it cannot be read as YAML or JSON.

    `max_nodes` bounds what aliases may expand to. Adds AG101 where the file
    cannot be read, AG102 where its text is not well-formed, AG103 for
    duplicate keys, AG104 for aliases past the bound and AG201 for no content.
    """
    name = str(path)
    try:
        text = _text(path, name)
        root = _compose(name, text, diagnostics, max_nodes)
    except _Unreadable as problem:
        diagnostics.error(problem.code, problem.message, problem.span, hint=problem.hint)
        return None
    return Source(name, {name: root})


def lines(file: str) -> Sequence[str]:
    """The lines of a file to show beside a span; none where it cannot be read."""
    try:
        data = Path(file).read_bytes()
    except (OSError, ValueError):
        return ()
    return _split_lines(data.decode("utf-8", "replace").removeprefix("\ufeff"))


class _Unreadable(Exception):
    """The reading of a file ends here."""

    def __init__(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.span, self.hint = code, message, span, hint


def _text(path: Path, name: str) -> str:
    start = Span(name, 1, 1, 1, 1)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise _Unreadable("AG101", f"{quote(name)} is a folder, not a document", start)
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise _Unreadable("AG101", f"{quote(name)} is not a file", start)
        data = path.read_bytes()
    except FileNotFoundError:
        raise _Unreadable("AG101", f"the file {quote(name)} does not exist", start) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        message = f"the file {quote(name)} cannot be read: {reason}"
        raise _Unreadable("AG101", message, start) from None
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode("utf-8")
        span = _Positions(name, before).span(len(before), len(before))
        message = f"the file {quote(name)} is not UTF-8 text"
        raise _Unreadable("AG101", message, span, "save it as UTF-8") from None


_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _split_lines(text: str) -> list[str]:
    return _BREAK.split(text)


class _Positions:
    """Turns offsets in a text into spans."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end) - 1
        return Span(
            self._file,
            first + 1,
            start - self._starts[first] + 1,
            last + 1,
            end - self._starts[last] + 1,
        )


def _compose(file: str, text: str, diagnostics: Diagnostics, max_nodes: int) -> Node:
    if file.lower().endswith(".json"):
        return _compose_json(file, text, _Composer(diagnostics, max_nodes))
    if text.lstrip()[:1] in ("{", "["):
        # It may be YAML in flow style: JSON is tried first, and YAML then says what is wrong.
        attempt = Diagnostics()
        try:
            root = _compose_json(file, text, _Composer(attempt, max_nodes))
        except _Unreadable:
            return _compose_yaml(file, text, _Composer(diagnostics, max_nodes))
        diagnostics.items.extend(attempt.items)
        return root
    return _compose_yaml(file, text, _Composer(diagnostics, max_nodes))


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read; `before` is the count of nodes when it began."""

    value: dict[str, Node] | list[Node]
    span: Span
    anchor: str | None
    before: int
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


class _Composer:
    """Builds nodes from a stream of scalars, aliases, beginnings and ends of collections."""

    def __init__(self, diagnostics: Diagnostics, max_nodes: int) -> None:
        self._diagnostics = diagnostics
        self._max_nodes = max_nodes
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._count = 0
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
                f"the key {quote(text)} stands twice; the first is in {where(top.keys[text])}",
                span,
                hint="write `<<: [*first, *second]`" if merge else "remove or rename one of them",
            )
        top.keys.setdefault(text, span)
        top.key, top.key_span, top.merging = text, span, merge

    def scalar(self, value: Scalar, span: Span, anchor: str | None = None) -> None:
        self._count += 1
        node = Node(value, span)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, 1, 0)
        self._add(node, 0)

    def open(self, value: dict[str, Node] | list[Node], span: Span, anchor: str | None) -> None:
        if self.wants_key:
            raise _Unreadable("AG102", "a key must be text", span)
        if len(self._stack) >= MAX_DEPTH:
            raise _too_deep(span)
        self._count += 1
        if anchor is not None:
            self._anchors[anchor] = None
        self._stack.append(_Open(value, span, anchor, self._count - 1))

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
            self._anchors[top.anchor] = _Anchored(node, self._count - top.before, top.height)
        self._add(node, top.height)

    def alias(self, name: str, span: Span) -> None:
        if self.wants_key:
            raise _Unreadable("AG102", "an alias as a key is not supported", span)
        if name not in self._anchors:
            message = f"the alias {quote('*' + name)} has no anchor {quote('&' + name)} before it"
            raise _Unreadable("AG102", message, span, _did_you_mean(name, self._anchors, "*"))
        anchored = self._anchors[name]
        if anchored is None:
            message = f"the alias {quote('*' + name)} stands within what it names"
            raise _Unreadable("AG102", message, span, "write a recursive schema with `$ref`")
        self._count += anchored.size
        if self._count > self._max_nodes:
            message = f"the aliases expand to more than {self._max_nodes:,} nodes"
            raise _Unreadable("AG104", message, span, "write it with `$ref` instead of aliases")
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise _too_deep(span)
        self._add(anchored.node, anchored.height)

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


def _too_deep(span: Span) -> _Unreadable:
    message = f"mappings and lists are nested more than {MAX_DEPTH} deep"
    return _Unreadable("AG102", message, span)


def _merge_sources(node: Node, span: Span) -> list[Node]:
    sources = node.value if isinstance(node.value, list) else [node]
    if not all(isinstance(source.value, dict) for source in sources):
        message = f"`<<` merges a mapping or a list of mappings, not {describe(node)}"
        raise _Unreadable("AG102", message, span, "write `<<: *name`, or quote the key")
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


def _did_you_mean(name: str, names: Mapping[str, object], prefix: str = "") -> str | None:
    near = get_close_matches(name, names, 1)
    return f"did you mean {quote(prefix + near[0])}?" if near else None


# -- YAML --------------------------------------------------------------------------------------

_LOADER = getattr(yaml, "CLoader", yaml.Loader)
_TAG = "tag:yaml.org,2002:"
_NULLS = ("null", "Null", "NULL", "~", "")
_BOOLEANS = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def _compose_yaml(file: str, text: str, composer: _Composer) -> Node:
    if control := _CONTROL.search(text):
        span = _Positions(file, text).span(control.start(), control.end())
        message = f"the character U+{ord(control[0]):04X} may not stand in a document"
        raise _Unreadable("AG102", message, span, 'write it as an escape: `"\\u0000"`')
    try:
        _read_yaml(file, text, composer)
    except yaml.MarkedYAMLError as problem:
        raise _malformed_yaml(file, text, problem) from None
    except yaml.YAMLError as problem:
        message = f"the text is not well-formed YAML: {problem}"
        raise _Unreadable("AG102", message, Span(file, 1, 1, 1, 1)) from None
    if composer.root is None:
        raise _empty(file)
    return composer.root


def _read_yaml(file: str, text: str, composer: _Composer) -> None:
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        match event:
            case yaml.ScalarEvent():
                _add_scalar(event, _span(file, event), composer)
            case yaml.AliasEvent():
                composer.alias(event.anchor or "", _span(file, event))
            case yaml.CollectionStartEvent():
                mapping = isinstance(event, yaml.MappingStartEvent)
                span = _span(file, event)
                _check_tag(event.tag, ("map" if mapping else "seq",), span)
                composer.open({} if mapping else [], span, event.anchor)
            case yaml.CollectionEndEvent():
                span = _span(file, event)
                closed_by_text = span.column < span.end_column
                composer.close(span if closed_by_text else None)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    message = "a second YAML document begins here; one file holds one document"
                    raise _Unreadable("AG102", message, _span(file, event))


def _span(file: str, event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start and end, "a parser of a text marks every event"
    return Span(file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _add_scalar(event: yaml.ScalarEvent, span: Span, composer: _Composer) -> None:
    is_plain = event.implicit[0]
    if composer.wants_key:
        if event.anchor is not None:
            raise _Unreadable("AG102", "an anchor on a key is not supported", span)
        composer.key(event.value, span, merge=is_plain and event.value == "<<")
        return
    _check_tag(event.tag, ("str", "int", "float", "bool", "null"), span)
    is_text = event.tag in ("!", _TAG + "str") or not (is_plain or event.tag)
    value = event.value if is_text else _core(event.value, span)
    if is_text:
        _check_surrogates(event.value, span)
    elif event.tag == _TAG + "float" and isinstance(value, int) and not isinstance(value, bool):
        value = _number(event.value, span, floating=True)
    elif event.tag and not _is_tagged(value, event.tag):
        tag = "!!" + event.tag.removeprefix(_TAG)
        message = f"{quote(event.value)} is not what its tag `{tag}` says"
        raise _Unreadable("AG102", message, span)
    composer.scalar(value, span, event.anchor)


def _is_tagged(value: Scalar, tag: str) -> bool:
    types = {"int": int, "float": float, "bool": bool, "null": type(None)}
    return type(value) is types[tag.removeprefix(_TAG)]


def _check_tag(tag: str | None, known: Sequence[str], span: Span) -> None:
    if tag is None or tag == "!" or tag in [_TAG + name for name in known]:
        return
    message = f"the tag {quote(tag.replace(_TAG, '!!'))} is not understood here"
    raise _Unreadable("AG102", message, span, "remove it; plain YAML needs no tags")


def _core(text: str, span: Span) -> Scalar:
    """A plain scalar by the core schema of YAML 1.2 (S2)."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INT.fullmatch(text):
        return _number(text, span)
    if _FLOAT.fullmatch(text):
        return _number(text, span, floating=True)
    if _NO_NUMBER.fullmatch(text):
        raise _no_number(text, span)
    return text


def _number(text: str, span: Span, *, floating: bool = False) -> int | float:
    if len(text) > _MAX_DIGITS:
        message = f"a number of {len(text):,} digits is too long"
        raise _Unreadable("AG102", message, span, "put it in quotes if it is text")
    if not floating:
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    value = float(text)
    if math.isinf(value):
        raise _no_number(text, span)
    return value


def _no_number(text: str, span: Span) -> _Unreadable:
    message = f"{quote(text)} is a number that JSON cannot write"
    return _Unreadable("AG102", message, span, "put it in quotes if it is text")


def _check_surrogates(text: str, span: Span) -> None:
    if re.search("[\ud800-\udfff]", text):
        message = "half of a surrogate pair is not a character"
        raise _Unreadable("AG102", message, span, "write both halves, or the character itself")


def _malformed_yaml(file: str, text: str, problem: yaml.MarkedYAMLError) -> _Unreadable:
    mark = problem.problem_mark or problem.context_mark
    rows = _split_lines(text)
    if mark and not "".join(rows[mark.line :])[mark.column :].strip():
        # Of what is not closed, the beginning tells more than the end of the file.
        mark = problem.context_mark or mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    reasons = [reason for reason in (problem.context, problem.problem) if reason]
    message = "the text is not well-formed YAML: " + ", ".join(reasons)
    span = Span(file, line + 1, column + 1, line + 1, column + 2)
    at = rows[line][column : column + 1] if line < len(rows) else ""
    return _Unreadable("AG102", message, span, _yaml_hint(problem.problem or "", at))


def _yaml_hint(problem: str, at: str) -> str | None:
    if "cannot start any token" in problem:
        if at == "\t":
            return "indent with spaces; YAML allows no tabs there"
        return f"put a text that begins with {quote(at)} in quotes"
    if "mapping values are not allowed" in problem:
        return "put a text that holds `: ` in quotes, and check the indentation"
    if "end of stream" in problem:
        return "close the quote that is opened here"
    if "expected ',' or" in problem:
        return "check that every bracket is closed, and that commas stand between"
    if "did not find expected key" in problem or "expected <block end>" in problem:
        return "check the indentation here and above, and that quotes are closed"
    return None


def _empty(file: str) -> _Unreadable:
    message = "the file holds no document"
    hint = "an AsyncAPI document begins with `asyncapi: 2.6.0`"
    return _Unreadable("AG201", message, Span(file, 1, 1, 1, 1), hint)


# -- JSON --------------------------------------------------------------------------------------

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z0-9_.+-]+")
_WORDS: Mapping[str, Scalar] = {"true": True, "false": False, "null": None}


def _compose_json(file: str, text: str, composer: _Composer) -> Node:
    if not text.strip(" \t\r\n"):
        raise _empty(file)
    _JsonReader(file, text, composer).read()
    if composer.root is None:
        raise _empty(file)
    return composer.root


class _JsonReader:
    """Reads JSON as RFC 8259 has it, keeping positions."""

    def __init__(self, file: str, text: str, composer: _Composer) -> None:
        self._text = text
        self._positions = _Positions(file, text)
        self._composer = composer
        self._at = 0

    def read(self) -> None:
        opened = self._value()
        while inside := self._composer.inside:
            closing = "}" if inside == "{" else "]"
            char = self._peek()
            if char == closing:
                self._close()
                opened = False
                continue
            if not opened:
                if char != ",":
                    raise self._wrong(f"expected `,` or `{closing}`")
                self._at += 1
                if self._peek() == closing:
                    raise self._wrong(f"`{closing}` right after a comma", "remove the comma")
            if inside == "{":
                self._key()
            opened = self._value()
        if self._peek():
            raise self._wrong("text after the end of the document")

    def _key(self) -> None:
        if self._peek() != '"':
            raise self._wrong("expected a key in double quotes")
        start = self._at
        self._composer.key(self._string(), self._positions.span(start, self._at))
        if self._peek() != ":":
            raise self._wrong("expected `:` after a key")
        self._at += 1

    def _value(self) -> bool:
        """A scalar, or the beginning of a collection; true for the latter."""
        char = self._peek()
        if char not in ("{", "["):
            self._scalar(char)
            return False
        span = self._positions.span(self._at, self._at + 1)
        self._composer.open({} if char == "{" else [], span, None)
        self._at += 1
        return True

    def _scalar(self, char: str) -> None:
        start = self._at
        value: Scalar
        if char == '"':
            value = self._string()
        elif number := _NUMBER.match(self._text, start):
            self._at = number.end()
            span = self._positions.span(start, self._at)
            value = _number(number[0], span, floating=bool(number[1] or number[2]))
            if _WORD.match(self._text, self._at):
                self._at = start
                raise self._wrong("this is not a number")
        else:
            word = _WORD.match(self._text, start)
            if word is None or word[0] not in _WORDS:
                raise self._wrong("expected a value" if char else "the text ends too early")
            value, self._at = _WORDS[word[0]], word.end()
        self._composer.scalar(value, self._positions.span(start, self._at))

    def _string(self) -> str:
        start = self._at
        try:
            text, self._at = scanstring(self._text, start + 1, True)
        except JSONDecodeError as problem:
            self._at = min(problem.pos, len(self._text))
            reason = problem.msg.removesuffix(" at").removesuffix(" starting")
            raise self._wrong(reason[:1].lower() + reason[1:]) from None
        _check_surrogates(text, self._positions.span(start, self._at))
        return str(text)

    def _close(self) -> None:
        self._composer.close(self._positions.span(self._at, self._at + 1))
        self._at += 1

    def _peek(self) -> str:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _wrong(self, problem: str, hint: str | None = None) -> _Unreadable:
        message = f"the text is not well-formed JSON: {problem}"
        if self._text[self._at : self._at + 1] in ("'", "/", "#") and hint is None:
            hint = "JSON has double quotes only, and no comments"
        span = self._positions.span(self._at, self._at + 1)
        return _Unreadable("AG102", message, span, hint)


# -- writing


def dump_json(data: Json) -> str:
    """A document as JSON, its keys in their order."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def dump_yaml(data: Json) -> str:
    """A document as YAML, its keys in their order and without aliases."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
