"""Following `$ref` within a document and to other files (S3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.json_pointer import escape, split
from asyncgen.source.files import Files
from asyncgen.source.nodes import Node, Problem, describe, shown, where
from asyncgen.source.places import Place, local_reference
from asyncgen.spelling import closest

_MAX_CHAIN = 100


@dataclass(frozen=True, slots=True)
class Source:
    """A document and the files that its references lead to; `file` is its name for people.

    `files` is None for a document that is whole: nothing in it leads to
    another file. What is wrong with the references at `broken` has been reported.
    """

    file: str
    node: Node
    files: Files | None = None
    broken: frozenset[Span] = frozenset()

    @property
    def root(self) -> Place:
        """The whole document."""
        return Place("", self.node)

    def at(self, pointer: str) -> Place | None:
        """The place that a JSON pointer names in the document; None where nothing stands there."""
        place: Place | None = self.root
        for token in split(pointer):
            place = place and place.child(token)
        return place

    def follow(self, place: Place, diagnostics: Diagnostics) -> Place | None:
        """The place that a reference leads to in the end; a place without one is its own end (S3).

        Where there is no such place, an error is added and None returned: AG204 for a
        `$ref` that is not text, AG105 for one that leads nowhere or only to
        itself, AG106 for one to a file that is out of bounds, AG107 for a
        remote one; and what is wrong with the text of another file.
        """
        start = place
        chain = {place.address: place.node.reference or place.node}
        while place.node.reference is not None:
            target = self.step(place, diagnostics)
            if target is None:
                return None
            if target.address in chain:
                circle = list(chain.values())[list(chain).index(target.address) :]
                # However it is reached, the circle is one problem, in one place.
                first = min(circle, key=lambda reference: reference.span)
                diagnostics.error(
                    "AG105",
                    f"the reference {shown(first)} leads only to itself",
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
            chain[place.address] = place.node.reference or place.node
        return place

    def step(self, place: Place, diagnostics: Diagnostics) -> Place | None:
        """The place that the `$ref` in `place` names, maybe another `$ref`; errors as `follow`."""
        reference = place.node.reference
        if reference is None:
            return place
        if reference.span in self.broken:
            return None
        try:
            return self._target(place, reference, diagnostics, iter(range(_MAX_CHAIN)))
        except Problem as problem:
            problem.report(diagnostics)
            return None

    def _target(
        self, place: Place, reference: Node, diagnostics: Diagnostics, hops: Iterator[int]
    ) -> Place:
        if not isinstance(reference.value, str):
            message = f"`$ref` must be text, not {describe(reference)}"
            hint = 'write `$ref: "#/components/…"`'
            raise Problem("AG204", message, reference.span, hint, place.pointer)
        file, _, fragment = reference.value.strip().partition("#")
        base = place.file
        try:
            root = self._root(file, base, diagnostics)
        except Problem as problem:
            if problem.span:
                raise
            raise self._explained(problem, place, reference) from None
        pointer = unquote(fragment)
        target = self._at(root, pointer, diagnostics, hops)
        if target is None:
            nowhere = Problem("AG105", "leads nowhere", hint=_near(root, pointer, file))
            raise self._explained(nowhere, place, reference)
        return target

    def _root(self, file: str, base: str, diagnostics: Diagnostics) -> Place:
        """The root of the file that a reference names, in the file `base`."""
        if file == "" and base == "":
            return self.root
        if self.files is None:
            hint = "copy what it refers to into this document"
            raise Problem("AG105", "cannot be followed from here to another file", hint=hint)
        name, node = self.files.find(file, base, diagnostics)
        return Place("", node or self.node, None, name)

    def _at(
        self, root: Place, pointer: str, diagnostics: Diagnostics, hops: Iterator[int]
    ) -> Place | None:
        """What a pointer names, through references on its way, as many as there are `hops`."""
        if pointer and not pointer.startswith("/"):
            return None
        place = root
        for token in split(pointer):
            child = place.child(token)
            while child is None and (reference := place.node.reference) is not None:
                if next(hops, None) is None:
                    return None
                place = self._target(place, reference, diagnostics, hops)
                child = place.child(token)
            if child is None:
                return None
            place = child
        return place

    # -- what is wrong

    def _explained(self, problem: Problem, place: Place, reference: Node) -> Problem:
        """A problem that shows where the reference is, and how it may be meant."""
        code, text, hint = problem.code, str(reference.value), problem.hint
        subject = f"the reference {quote(text, 200)}"
        message = f"{subject} {problem}"
        inner = "#/" + text.lstrip("/")
        if identified := self._identified(text):
            code = "AG105"
            message = (
                f"{subject} could only be found by the `$id` at "
                f"{_where(identified.span, reference.span)}, {shown(identified)}; "
                "`$id` is not used to find schemas"
            )
            hint = "write the reference as the place of the schema: `#/components/schemas/…`"
        elif "#" not in text and place.file == "" and self.at(unquote(inner[1:])):
            code = "AG105"
            message = f"{subject} names a file, and not a place in this document"
            hint = f"did you mean {quote(inner)}?"
        elif place.file == "" and (component := self._component(text)):
            code = "AG105"
            message = f"the reference {quote(text, 200)} is the name of a component, and no place"
            hint = f"did you mean {quote(component)}?"
        return Problem(code, message, reference.span, hint, place.pointer)

    def _component(self, name: str) -> str | None:
        """A reference to the component of this name."""
        components = self.root.get("components")
        for _, group in components.entries() if components else ():
            if found := group.get(name):
                return local_reference(found.pointer)
        return None

    def _identified(self, reference: str) -> Node | None:
        """An `$id` somewhere in what was read that a reference could mean."""
        wanted = {reference.rstrip("#"), reference.partition("#")[0]} - {""}
        nodes, seen = [*(self.files.known() if self.files else ()), self.node], set[int]()
        while nodes:
            node = nodes.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node.value, dict):
                identifier = node.value.get("$id")
                if identifier and isinstance(identifier.value, str):
                    whole = identifier.value.rstrip("#")
                    if whole and wanted & {whole, whole.rpartition("/")[2]}:
                        return identifier
                nodes.extend(node.value.values())
            elif isinstance(node.value, list):
                nodes.extend(node.value)
        return None


class Spans(Mapping[str, Span]):
    """The span of the value at each JSON pointer of a document, or of the key that leads to it."""

    def __init__(self, source: Source, *, of_keys: bool = False) -> None:
        self._source, self._of_keys = source, of_keys

    def __getitem__(self, pointer: str) -> Span:
        place = self._source.at(pointer)
        if place is None:
            raise KeyError(pointer)
        return place.span if self._of_keys else place.node.span

    def __iter__(self) -> Iterator[str]:
        places = [self._source.root]
        while places:
            place = places.pop()
            yield place.pointer
            places.extend(child for _, child in place.entries())
            places.extend(place.items())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _near(root: Place, pointer: str, file: str) -> str:
    """What a reference that leads nowhere was probably meant to be."""
    if not pointer.startswith("/"):
        return "a reference within a document begins with `#/`"
    whole, parent = split(pointer), root
    tokens = whole
    while tokens and (child := parent.child(tokens[0])):
        parent, tokens = child, tokens[1:]
    if not tokens:  # it leads through a reference
        return f"there is no {quote('#' + pointer)}"
    rest = "".join("/" + escape(token) for token in tokens[1:])
    siblings = (place.pointer + rest for _, place in parent.entries())
    is_component = parent.pointer.count("/") <= 2
    groups = root.get("components") if is_component else None
    components = (
        place.pointer
        for _, group in (groups.entries() if groups else ())
        for _, place in group.entries()
    )
    for candidates in (siblings, components):
        if near := closest(pointer, candidates, 0.8):
            return f"did you mean {quote(file + local_reference(near))}?"
    if len(whole) > 1 and whole[-2] == "messages" and (meant := _message(root, whole[-1])):
        return f"did you mean {quote(file + local_reference(meant))}?"
    return f"there is no {quote(tokens[0])} in {quote(file + '#' + parent.pointer)}"


def _message(root: Place, name: str) -> str | None:
    """The pointer of the message of this name in a channel of AsyncAPI 3."""
    channels = root.get("channels")
    for _, channel in channels.entries() if channels else ():
        messages = channel.get("messages")
        if messages and (found := messages.get(name)):
            return found.pointer
    return None


def _where(span: Span, seen_from: Span) -> str:
    place = where(span)
    return place if span.file == seen_from.file else f"{place} of {quote(span.file, 300)}"
