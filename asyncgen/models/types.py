"""The types of models.py before they are written, and which of them say something."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from asyncgen.models.carrier import ANY, NULL, Carrier, links, names_of, replaced


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a class: its key on the wire, and what the document says of it."""

    key: str
    text: str


@dataclass(slots=True)
class Type:
    """A type of models.py; `properties` of a class are by their token in the carrier."""

    name: str
    carrier: Carrier = field(default_factory=dict)
    text: str = ""
    properties: dict[str, Property] = field(default_factory=dict)
    closed: bool = False

    @property
    def is_class(self) -> bool:
        """Whether it is written as a class, and not as an alias."""
        return bool(self.properties)


def settle(types: Mapping[str, Type]) -> None:
    """Take out links to what says nothing: to null, to `Any`, and to aliases of only themselves.

    An alias says something once all that it is an alternative name of does.
    """
    waiting = {
        token: {it for it in names_of(compiled.carrier) if not types[it].is_class}
        for token, compiled in types.items()
        if not compiled.is_class and compiled.carrier != ANY
    }
    users: dict[str, list[str]] = defaultdict(list)
    for token, names in waiting.items():
        for name in names:
            users[name].append(token)
    ready = deque(token for token, names in waiting.items() if not names)
    plain = {token: ANY for token, compiled in types.items() if not compiled.is_class}
    while ready:
        token = ready.popleft()
        del plain[token]
        if replaced(types[token].carrier, plain) == NULL:
            plain[token] = NULL
        for user in users[token]:
            waiting[user].discard(token)
            if not waiting[user]:
                ready.append(user)
    for token, compiled in types.items():
        compiled.carrier = plain.get(token, replaced(compiled.carrier, plain))


def reachable(types: Mapping[str, Type], roots: Iterable[str]) -> set[str]:
    """The tokens of these types and of all that they refer to."""
    found: set[str] = set()
    todo = list(roots)
    while todo:
        token = todo.pop()
        if token not in found:
            found.add(token)
            todo += links(types[token].carrier)
    return found
