"""What stands in other files → `components` of the document (S3).

A reference to another file becomes one to the place that its target is moved
to: `components/<kind>/<Name>`. What has no home there, such as a list of tags
or the whole of `servers`, is put in the place of the reference itself; so is
what an entry of `components` refers to, which is then at home there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from asyncgen.bundle.edits import Branch, Edit, rebuilt, with_reference
from asyncgen.bundle.kinds import homes
from asyncgen.bundle.walk import Reference, Walk
from asyncgen.diagnostics import Span
from asyncgen.json_pointer import join, split
from asyncgen.source import (
    MAX_DEPTH,
    MAX_NODES,
    Address,
    Node,
    Place,
    Source,
    describe,
    local_reference,
)

_MAX_NESTED = 20
"""How many files may be put into each other where nothing can be referred to."""


def joined(walk: Walk) -> Source:
    """The document of a walk as one that is whole.

    Its own nodes stay where they are. What would be too deep or too large is
    reported (AG102, AG104), and nothing is moved then.
    """
    joining = _Joining(walk)
    node = joining.run()
    broken = frozenset(walk.broken | joining.homeless)
    source = replace(walk.source, files=None, broken=broken)
    size, height = _extent(node)
    problem = None
    if height > MAX_DEPTH:
        problem = "AG102", f"mappings and lists are nested more than {MAX_DEPTH} deep"
    elif size > MAX_NODES:
        problem = "AG104", f"more than {MAX_NODES:,} nodes"
    if problem is None:
        return replace(source, node=node)
    code, message = problem
    walk.diagnostics.error(code, f"with its other files, this has {message}", node.span, pointer="")
    references = (it.place.node.reference for it in walk.references.values())
    return replace(source, broken=broken | {it.span for it in references if it})


class _Joining:
    """Where everything goes, and the edits that take it there."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._groups = homes(walk.kinds)
        self._edits: dict[str, Branch] = {}
        self._built: dict[Address, Node] = {}
        self._open: list[Address] = []
        self._homes: dict[Address, str] = {}
        self._moved: list[tuple[str, str, Place]] = []
        self.homeless: set[Span] = set()

    def run(self) -> Node:
        """The root of the whole document."""
        ends = [(it, self._end(it)) for it in self._walk.references.values()]
        self._settle([(it, end) for it, end in ends if end.file])
        for reference, end in ends:
            place = reference.place
            if edit := self._edit(reference, end):
                self._edits.setdefault(place.file, Branch()).at(place.pointer).edit = edit
        root = rebuilt(self._walk.source.node, self._edits.get("", Branch()))
        for group, name, place in self._moved:
            root = _with_component(root, group, name, self._rebuilt(place), place.span)
        return root

    def _end(self, reference: Reference) -> Place:
        """Where a reference leads in the end, or where it enters the document."""
        target = reference.target
        while target.file and (further := self._walk.references.get(target.address)):
            target = further.target
        return target

    # -- where things go

    def _settle(self, leaving: list[tuple[Reference, Place]]) -> None:
        """Find a home for each thing that is referred to; what is within another goes with it."""
        for reference, end in leaving:
            if reference.place.file == "" and self._is_replaced(reference):
                self._homes.setdefault(end.address, reference.place.pointer)
        wanted: dict[Address, tuple[str, Place]] = {}
        for reference, end in leaving:
            if end.address not in self._homes and (group := self._groups.get(reference.kind)):
                wanted.setdefault(end.address, (group, end))
        settled = self._homes.keys() | wanted.keys()
        moved = [it for it in wanted.values() if not settled & set(_around(it[1].address))]
        names = {group: self._names(group) for group, _ in moved}
        # A key is a better name than that of a file, and so has the first choice.
        for group, end in sorted(moved, key=lambda it: _key(it[1]) == ""):
            taken = names[group]
            if taken is not None:
                name = next(it for it in _candidates(end, group) if _folded(it) not in taken)
                taken.add(_folded(name))
                self._homes[end.address] = join(join("/components", group), name)
        for group, end in moved:
            if home := self._homes.get(end.address):
                self._moved.append((group, split(home)[-1], end))

    def _is_replaced(self, reference: Reference) -> bool:
        """True for what cannot be in `components`, and for an entry there itself."""
        group = self._groups.get(reference.kind)
        parent = split(reference.place.pointer)[:-1]
        return group is None or parent == ["components", group]

    def _names(self, group: str) -> set[str] | None:
        """The names, folded, that the document has in a group; None where that is not a mapping."""
        place = self._walk.source.root
        for key in ("components", group):
            child = place.get(key)
            if child is None:
                return set()
            reference = self._walk.references.get(child.address)
            place = self._end(reference) if reference else child
            if not isinstance(place.node.value, dict):
                message = f"`{key}` must be a mapping, not {describe(place.node)}"
                pointer = place.pointer
                self._walk.diagnostics.error("AG204", message, place.node.span, pointer=pointer)
                return None
        return {_folded(name) for name, _ in place.entries()}

    def _home(self, address: Address) -> str | None:
        """Where a place of another file is in the document."""
        _, pointer = address
        for around in [*_around(address), address]:
            if home := self._homes.get(around):
                return home + pointer.removeprefix(around[1])
        return None

    # -- the edits

    def _edit(self, reference: Reference, end: Place) -> Edit | None:
        place = reference.place
        if not end.file:
            return partial(with_reference, local_reference(end.pointer))
        home = self._home(end.address)
        if self._groups.get(reference.kind) is None or (not place.file and home == place.pointer):
            return partial(self._placed, reference, end)
        if home is None:  # `components` is not a mapping.
            if place.node.reference:
                self.homeless.add(place.node.reference.span)
            return None
        return partial(with_reference, local_reference(home))

    def _placed(self, reference: Reference, end: Place, node: Node) -> Node:
        """What a reference leads to, in its place; the reference itself where that has no end."""
        if end.address not in self._open and len(self._open) < _MAX_NESTED:
            return self._rebuilt(end)
        if written := reference.place.node.reference:
            message = "this reference leads to what it is a part of, and cannot be put there"
            pointer = reference.place.pointer
            self._walk.diagnostics.error("AG105", message, written.span, pointer=pointer)
            self.homeless.add(written.span)
        return node

    def _rebuilt(self, place: Place) -> Node:
        """A place of another file with all that belongs there."""
        if place.address not in self._built:
            edits = self._edits.get(place.file, Branch())
            for token in split(place.pointer):
                edits = edits.children.get(token, Branch())
            self._open.append(place.address)
            self._built[place.address] = rebuilt(place.node, edits)
            self._open.pop()
        return self._built[place.address]


def _around(address: Address) -> Iterator[Address]:
    """The places that a place is in, from the outermost."""
    file, pointer = address
    tokens = split(pointer)
    around = ""
    for token in tokens:
        yield file, around
        around = join(around, token)


def _with_component(root: Node, group: str, name: str, node: Node, key: Span) -> Node:
    components = _member(root, "components") or Node({}, node.span)
    members = _member(components, group) or Node({}, node.span)
    members = _with_member(members, name, node, key)
    return _with_member(root, "components", _with_member(components, group, members))


def _member(node: Node, key: str) -> Node | None:
    return node.value.get(key) if isinstance(node.value, dict) else None


def _with_member(node: Node, key: str, child: Node, span: Span | None = None) -> Node:
    if not isinstance(node.value, dict):
        return node
    span = node.keys.get(key) or span or child.span
    return Node({**node.value, key: child}, node.span, {**node.keys, key: span})


# -- names


def _candidates(place: Place, group: str) -> Iterator[str]:
    """Names for what stands in another file: its key or the name of the file, then longer ones."""
    path = urlsplit(place.file).path if "://" in place.file else place.file
    *folders, file = [part for part in path.split("/") if part not in ("", "..")]
    stem = posixpath.splitext(file)[0]
    if key := _key(place):
        name, around = key, [*folders, stem]
    else:
        name, around = _safe(stem) or group.removeprefix("x-").removesuffix("s"), folders
    yield name
    longer = name
    for part in reversed(around):
        longer = f"{longer}_{_safe(part)}"
        if _safe(part):
            yield longer
    for number in range(2, MAX_NODES):
        yield f"{name}_{number}"


def _key(place: Place) -> str:
    """The key of a place as a name; none for a whole file or an item of a list."""
    key = split(place.pointer)[-1] if place.pointer else ""
    return "" if key.isdecimal() else _safe(key)


def _safe(name: str) -> str:
    """A name in the characters that the key of a component may have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_")


def _folded(name: str) -> str:
    """Names that are equal so far become one name in Python."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


# -- bounds


def _extent(root: Node) -> tuple[int, int]:
    """How many nodes there are and how deep, where one node may stand in many places."""
    known: dict[int, tuple[int, int]] = {}
    todo = [root]
    while todo:
        node = todo[-1]
        children = _children(node)
        if missing := [child for child in children if id(child) not in known]:
            todo += missing
            continue
        todo.pop()
        extents = [known[id(child)] for child in children]
        size = 1 + sum(size for size, _ in extents)
        height = max((height for _, height in extents), default=-1) + 1
        known[id(node)] = size, height
    return known[id(root)]


def _children(node: Node) -> list[Node]:
    if isinstance(node.value, dict):
        return list(node.value.values())
    return node.value if isinstance(node.value, list) else []
