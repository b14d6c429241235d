"""Replacing nodes at many places in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from asyncgen.json_pointer import split
from asyncgen.source import Node

Edit: TypeAlias = Callable[[Node], Node]


@dataclass(slots=True)
class Branch:
    """The edits of a node and of what is below it."""

    edit: Edit | None = None
    children: dict[str, Branch] = field(default_factory=dict)

    def at(self, pointer: str) -> Branch:
        """The branch of the node at a pointer below this one, made where it is missing."""
        found = self
        for token in split(pointer):
            found = found.children.setdefault(token, Branch())
        return found


def branch(edits: Iterable[tuple[str, Edit]]) -> Branch:
    """Edits by pointer, as a tree."""
    root = Branch()
    for pointer, edit in edits:
        root.at(pointer).edit = edit
    return root


def rebuilt(node: Node, branch: Branch) -> Node:
    """A node after its edits; what is below it is edited first."""
    if isinstance(node.value, dict):
        mapping = dict(node.value)
        for key in branch.children.keys() & mapping.keys():
            mapping[key] = rebuilt(mapping[key], branch.children[key])
        node = Node(mapping, node.span, node.keys)
    elif isinstance(node.value, list):
        items = list(node.value)
        for token, child in branch.children.items():
            items[int(token)] = rebuilt(items[int(token)], child)
        node = Node(items, node.span)
    return branch.edit(node) if branch.edit else node


def with_reference(reference: str, node: Node) -> Node:
    """A mapping with another `$ref`."""
    if not isinstance(node.value, dict):
        return node
    written = node.value["$ref"]
    return Node({**node.value, "$ref": Node(reference, written.span)}, node.span, node.keys)
