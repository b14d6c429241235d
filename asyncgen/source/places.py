"""Places in documents, and the JSON pointers (RFC 6901) that name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote as percent_encode

from asyncgen.diagnostics import Span
from asyncgen.json_pointer import join
from asyncgen.source.nodes import Node

Address: TypeAlias = tuple[str, str]
"""The file of a place and its pointer there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node, its JSON pointer in its file, and the key that leads to it.

    `file` is the file as the document would name it in a reference: empty for
    the document itself.
    """

    pointer: str
    node: Node
    key: Span | None = None
    file: str = ""

    @property
    def span(self) -> Span:
        """Where a reader looks for it: its key, else its value."""
        return self.key or self.node.span

    @property
    def address(self) -> Address:
        """What identifies it among the places of all files."""
        return self.file, self.pointer

    def get(self, key: str) -> Place | None:
        """What is under a key; None where this is not a mapping or has no such key."""
        value = self.node.value
        if not isinstance(value, dict) or key not in value:
            return None
        return Place(join(self.pointer, key), value[key], self.node.keys.get(key), self.file)

    def child(self, token: str) -> Place | None:
        """What a token of a pointer names: a key of a mapping or an index of a list."""
        items = self.node.value
        if not isinstance(items, list) or not re.fullmatch("0|[1-9][0-9]{0,8}", token):
            return self.get(token)
        index = int(token)
        if index >= len(items):
            return None
        return Place(f"{self.pointer}/{token}", items[index], None, self.file)

    def entries(self) -> Iterator[tuple[str, Place]]:
        """The keys of a mapping and what is under them; nothing for any other value."""
        value = self.node.value
        if isinstance(value, dict):
            for key, node in value.items():
                place = Place(join(self.pointer, key), node, self.node.keys.get(key), self.file)
                yield key, place

    def items(self) -> Iterator[Place]:
        """The items of a list; nothing for any other value."""
        value = self.node.value
        if isinstance(value, list):
            for index, node in enumerate(value):
                yield Place(f"{self.pointer}/{index}", node, None, self.file)


def local_reference(pointer: str) -> str:
    """A pointer as the value of a `$ref`, as a valid URI reference."""
    return "#" + percent_encode(pointer, safe="/~!$&'()*+,;=:@?-._")
