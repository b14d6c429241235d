"""Many places → one document that validators can compile (S3, S4, S26).

A walk over everything that AsyncAPI and our extensions give a meaning finds
the schemas and follows every reference; what it finds is then rewritten in
one pass. The walk is driven by `_KINDS`: what stands under which key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import TypeAlias

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.patterns import check_pattern
from asyncgen.source import Node, Place, Source, describe, join, local_reference, split

Kind: TypeAlias = str

# `x` is a value of that kind, `{}x` a mapping and `[]x` a list of them, `|x` one or a list.
_COMMON: Mapping[Kind, Mapping[str, str]] = {
    "bindings": {"ws": "ws"},
    "ws": {"query": "schema", "headers": "schema"},
    "ack": {"args": "schema"},
    "extension": {"auth": "schema"},
    "schema": {
        "items": "|schema",
        "prefixItems": "[]schema",
        "additionalItems": "schema",
        "contains": "schema",
        "properties": "{}schema",
        "patternProperties": "{}schema",
        "additionalProperties": "schema",
        "propertyNames": "schema",
        "dependencies": "{}dependency",
        "definitions": "{}schema",
        "$defs": "{}schema",
        "if": "schema",
        "then": "schema",
        "else": "schema",
        "allOf": "[]schema",
        "anyOf": "[]schema",
        "oneOf": "[]schema",
        "not": "schema",
    },
    "object": {},
}

_KINDS_2: Mapping[Kind, Mapping[str, str]] = {
    **_COMMON,
    "document": {"servers": "{}server", "channels": "{}channel", "components": "components"},
    "components": {
        "schemas": "{}schema",
        "servers": "{}server",
        "serverVariables": "{}object",
        "channels": "{}channel",
        "messages": "{}message",
        "messageTraits": "{}message",
        "operationTraits": "{}operation",
        "parameters": "{}parameter",
        "securitySchemes": "{}object",
        "correlationIds": "{}object",
        "serverBindings": "{}object",
        "channelBindings": "{}bindings",
        "operationBindings": "{}object",
        "messageBindings": "{}object",
        "x-messageAcks": "{}ack",
    },
    "server": {"variables": "{}object", "bindings": "object"},
    "channel": {
        "publish": "operation",
        "subscribe": "operation",
        "parameters": "{}parameter",
        "bindings": "bindings",
        "x-socketio": "extension",
    },
    "operation": {"message": "message", "traits": "[]operation", "bindings": "object"},
    "message": {
        "oneOf": "[]message",
        "traits": "[]message",
        "payload": "schema",
        "headers": "schema",
        "correlationId": "object",
        "bindings": "object",
        "x-ack": "ack",
    },
    "parameter": {"schema": "schema"},
}

_ANNOTATIONS = frozenset(
    {"title", "description", "$comment", "default", "examples", "deprecated", "externalDocs"}
    | {"readOnly", "writeOnly", "definitions", "$defs", "$id", "$schema"}
)
"""Keywords beside a `$ref` that nobody expects to constrain anything."""

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def bundle(source: Source, diagnostics: Diagnostics) -> Source:
    """The 2.x document as one file with every schema as draft-07 has it (S26) and traits applied.

    Every reference that has a meaning is followed, so that one that leads
    nowhere is reported here, once (AG105, AG107). Schemas lose `$id`,
    `prefixItems` becomes `items`, and references are made valid URIs (AG206
    warns of what changes and of keywords that do nothing). Schemas that are
    not draft-07 are errors (AG204, AG205). Messages and operations have their
    traits merged into them: JSON merge patch, the trait wins (S4).
    """
    walk = _Walk(source, diagnostics, _KINDS_2)
    walk.run()
    if not diagnostics.failed:  # else nothing is made of it, and `$id` still explains a reference
        source = _edited(source, walk.edits())
    return _edited(
        source,
        {pointer: partial(_with_traits, source, diagnostics) for pointer in walk.traits},
    )


def is_json_schema(schema_format: str | None) -> bool:
    """True for the formats of a payload that are JSON Schema (S5)."""
    return schema_format is None or schema_format.startswith(
        ("application/vnd.aai.asyncapi", "application/schema+json", "application/schema+yaml")
    )


# -- the walk ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Walk:
    """Visits each place once for each kind that it is used as."""

    source: Source
    diagnostics: Diagnostics
    kinds: Mapping[Kind, Mapping[str, str]]
    todo: list[tuple[Kind, Place]] = field(default_factory=list)
    seen: set[tuple[Kind, str]] = field(default_factory=set)
    schemas: dict[str, Place] = field(default_factory=dict)
    references: dict[str, Place] = field(default_factory=dict)
    traits: list[str] = field(default_factory=list)

    def run(self) -> None:
        self.todo.append(("document", self.source.root))
        while self.todo:
            kind, place = self.todo.pop()
            if (kind, place.pointer) not in self.seen:
                self.seen.add((kind, place.pointer))
                self._visit(kind, place)

    def _visit(self, kind: Kind, place: Place) -> None:
        if kind == "dependency":
            if not isinstance(place.node.value, list):
                self.todo.append(("schema", place))
            return
        if place.node.reference is not None:
            self._visit_reference(kind, place)
            return
        if kind == "ack" and place.get("args") is None:
            self.todo.append(("schema", place))
            return
        if kind == "schema":
            self.schemas[place.pointer] = place
            _check_schema(place, self.diagnostics)
        elif place.get("traits"):
            self.traits.append(place.pointer)
        self.todo.extend(self._children(kind, place))

    def _visit_reference(self, kind: Kind, place: Place) -> None:
        if kind == "schema":  # What stands beside `$ref` is ignored, but has to be well-formed.
            _check_keywords(place, self.diagnostics)
            _check_siblings(place, self.diagnostics)
            self.todo.extend(self._children(kind, place))
        if self.source.follow(place, self.diagnostics):
            self.references[place.pointer] = place
            if target := self.source.step(place, self.diagnostics):
                self.todo.append((kind, target))

    def _children(self, kind: Kind, place: Place) -> Iterator[tuple[Kind, Place]]:
        for key, spec in self.kinds[kind].items():
            child = place.get(key)
            if child is None or (key == "payload" and not _has_json_schema(place)):
                continue
            name = spec.lstrip("{}[]|")
            if spec.startswith("{}"):
                for _, entry in child.entries():
                    yield name, entry
            elif spec.startswith("[]") or (
                spec.startswith("|") and isinstance(child.node.value, list)
            ):
                for item in child.items():
                    yield name, item
            else:
                yield name, child

    def edits(self) -> dict[str, Edit]:
        """What is to be rewritten, by pointer."""
        shifted = {pointer for pointer, place in self.schemas.items() if _is_shifted(place.node)}
        edits: dict[str, Edit] = {
            pointer: _as_draft_7
            for pointer, place in self.schemas.items()
            if pointer in shifted or _dropped(place.node)
        }
        for pointer, place in self.references.items():
            reference = self._reference(place, shifted)
            if place.node.reference and place.node.reference.value != reference:
                edits[pointer] = partial(_with_reference, reference)
        return edits

    def _reference(self, place: Place, shifted: Set[str]) -> str:
        """The `$ref` of a place as a valid URI, to where its target is after the rewriting."""
        target = self.source.step(place, self.diagnostics)
        assert target, "only references that resolve are rewritten"
        pointer = moved = ""
        for token in split(target.pointer):
            moved = join(moved, _SHIFT.get(token, token) if pointer in shifted else token)
            pointer = join(pointer, token)
        return local_reference(moved)


def _has_json_schema(message: Place) -> bool:
    schema_format = message.get("schemaFormat")
    text = schema_format.node.value if schema_format else None
    return is_json_schema(text if isinstance(text, str) else None)


# -- rewriting ---------------------------------------------------------------------------------

Edit: TypeAlias = Callable[[Node], Node]

_SHIFT = {"prefixItems": "items", "items": "additionalItems"}


@dataclass(slots=True)
class _Branch:
    """The edits of a node and of what is below it."""

    edit: Edit | None = None
    children: dict[str, _Branch] = field(default_factory=dict)


def _edited(source: Source, edits: Mapping[str, Edit]) -> Source:
    """The source with each node at a pointer replaced; what is below it is edited first."""
    root = _Branch()
    for pointer, edit in edits.items():
        branch = root
        for token in split(pointer):
            branch = branch.children.setdefault(token, _Branch())
        branch.edit = edit
    node = _rebuilt(source.root.node, root)
    return Source(source.file, {**source.files, source.file: node})


def _rebuilt(node: Node, branch: _Branch) -> Node:
    if isinstance(node.value, dict):
        mapping = dict(node.value)
        for key in branch.children.keys() & mapping.keys():
            mapping[key] = _rebuilt(mapping[key], branch.children[key])
        node = Node(mapping, node.span, node.keys)
    elif isinstance(node.value, list):
        items = list(node.value)
        for token, child in branch.children.items():
            items[int(token)] = _rebuilt(items[int(token)], child)
        node = Node(items, node.span)
    return branch.edit(node) if branch.edit else node


def _is_shifted(schema: Node) -> bool:
    """True where `prefixItems` is to become `items`; an empty one says the same in draft-07."""
    if not isinstance(schema.value, dict) or schema.reference is not None:
        return False
    prefix, rest = schema.value.get("prefixItems"), schema.value.get("items")
    return bool(
        prefix
        and isinstance(prefix.value, list)
        and prefix.value
        and not (rest and isinstance(rest.value, list))
    )


def _as_draft_7(schema: Node) -> Node:
    """A schema without `$id` and boolean `required`, and with `prefixItems` as `items` (S26)."""
    if not isinstance(schema.value, dict):
        return schema
    shift = _SHIFT if _is_shifted(schema) else {}
    dropped = _dropped(schema)
    kept = [key for key in schema.value if key not in dropped]
    return Node(
        {shift.get(key, key): schema.value[key] for key in kept},
        schema.span,
        {shift.get(key, key): schema.keys[key] for key in kept if key in schema.keys},
    )


def _dropped(schema: Node) -> set[str]:
    """The keywords that a schema is to lose."""
    if not isinstance(schema.value, dict):
        return set()
    dropped = {"$id"} & schema.value.keys()
    if _is_boolean(schema.value.get("required")):
        dropped.add("required")
    if _is_shifted(schema) and {"items", "additionalItems"} <= schema.value.keys():
        dropped.add("additionalItems")
    return dropped


def _with_reference(reference: str, node: Node) -> Node:
    if not isinstance(node.value, dict):
        return node
    written = node.value["$ref"]
    return Node({**node.value, "$ref": Node(reference, written.span)}, node.span, node.keys)


def _with_traits(source: Source, diagnostics: Diagnostics, node: Node) -> Node:
    """A message or operation of 2.x with its traits merged into it, a later one over an earlier."""
    traits = Place("", node).get("traits")
    for trait in traits.items() if traits else ():
        target = source.follow(trait, diagnostics)
        if target and isinstance(target.node.value, dict):
            node = _patched(node, target.node)
    return node


def _patched(target: Node | None, patch: Node) -> Node:
    """JSON merge patch (RFC 7396); a mapping with `$ref` is replaced whole."""
    if not isinstance(patch.value, dict) or patch.reference is not None:
        return patch
    value: dict[str, Node] = {}
    keys: dict[str, Span] = {}
    if target and isinstance(target.value, dict) and target.reference is None:
        value, keys = dict(target.value), dict(target.keys)
    for key, child in patch.value.items():
        if child.value is None:
            value.pop(key, None)
            continue
        value[key] = _patched(value.get(key), child)
        keys.setdefault(key, patch.keys.get(key, child.span))
    return Node(value, target.span if target else patch.span, keys)


# -- schemas -----------------------------------------------------------------------------------


def _is_boolean(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, bool)


def _is_text(node: Node) -> bool:
    return isinstance(node.value, str)


def _is_number(node: Node) -> bool:
    return isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _is_positive(node: Node) -> bool:
    value = node.value
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_count(node: Node) -> bool:
    value = node.value
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return whole and not isinstance(value, bool) and isinstance(value, int | float) and value >= 0


def _is_list(node: Node) -> bool:
    return isinstance(node.value, list)


def _is_mapping(node: Node) -> bool:
    return isinstance(node.value, dict)


def _is_filled_list(node: Node) -> bool:
    return isinstance(node.value, list) and bool(node.value)


def _is_names(node: Node) -> bool:
    if not isinstance(node.value, list) or not all(map(_is_text, node.value)):
        return False
    return len({item.value for item in node.value if _is_text(item)}) == len(node.value)


Shape: TypeAlias = tuple[Callable[[Node], bool], str]


def _shapes(shape: Callable[[Node], bool], words: str, keywords: str) -> dict[str, Shape]:
    return dict.fromkeys(keywords.split(), (shape, words))


_SHAPES: Mapping[str, Shape] = {
    **_shapes(_is_text, "text", "title description $comment $schema format pattern"),
    **_shapes(_is_text, "text", "contentMediaType contentEncoding"),
    **_shapes(_is_number, "a number", "minimum maximum exclusiveMinimum exclusiveMaximum"),
    **_shapes(_is_positive, "a number above 0", "multipleOf"),
    **_shapes(_is_count, "a whole number", "minLength maxLength minItems maxItems"),
    **_shapes(_is_count, "a whole number", "minProperties maxProperties"),
    **_shapes(_is_boolean, "a boolean", "uniqueItems readOnly"),
    **_shapes(_is_list, "a list", "enum examples prefixItems"),
    **_shapes(_is_filled_list, "a list of at least one schema", "allOf anyOf oneOf"),
    **_shapes(_is_mapping, "a mapping", "properties patternProperties definitions dependencies"),
}


def _check_schema(place: Place, diagnostics: Diagnostics) -> None:
    """Report what the draft-07 validators would refuse, and what they would ignore (S26)."""
    if isinstance(place.node.value, dict):
        _check_keywords(place, diagnostics)
    elif not _is_boolean(place.node):
        message = f"a schema must be a mapping or a boolean, not {describe(place.node)}"
        diagnostics.error(
            "AG204", message, place.node.span, hint=_schema_hint(place), pointer=place.pointer
        )


def _schema_hint(place: Place) -> str | None:
    value = place.node.value
    if isinstance(value, str):
        if value in _TYPES:
            return f"write {quote('type: ' + value)} within it"
        if value.startswith("#/"):
            return f'write `$ref: "{quote(value, 200)[1:-1]}"` within it'
    if place.pointer.endswith("/$ref"):
        return "a `$ref` cannot stand for a whole mapping of schemas"
    return None


def _check_keywords(place: Place, diagnostics: Diagnostics) -> None:
    for key, child in place.entries():
        if key in _SHAPES:
            is_right, words = _SHAPES[key]
            if not is_right(child.node):
                _wrong(key, child, words, diagnostics)
    _check_patterns(place, diagnostics)
    if kind := place.get("type"):
        _check_type(kind, diagnostics)
    if required := place.get("required"):
        if _is_boolean(required.node):
            _no_effect("required", required, _REQUIRED_HINT, diagnostics)
        elif not _is_names(required.node):
            _wrong("required", required, "a list of different names", diagnostics)
    if (nullable := place.get("nullable")) and nullable.node.value is not False:
        _no_effect("nullable", nullable, _nullable_hint(place), diagnostics)
    if discriminator := place.get("discriminator"):
        hint = "give the property a `const` in each alternative of a `oneOf`"
        _no_effect("discriminator", discriminator, hint, diagnostics)
    _check_items(place, diagnostics)


def _check_patterns(place: Place, diagnostics: Diagnostics) -> None:
    pattern, named = place.get("pattern"), place.get("patternProperties")
    if pattern and isinstance(pattern.node.value, str):
        check_pattern(pattern.node.value, pattern.node.span, pattern.pointer, diagnostics)
    for key, child in named.entries() if named else ():
        check_pattern(key, child.span, child.pointer, diagnostics)


_REQUIRED_HINT = "list the names of required properties in `required` of the object around it"


def _nullable_hint(place: Place) -> str:
    kind = place.get("type")
    if kind and isinstance(kind.node.value, str) and kind.node.value in _TYPES:
        return f'write `type: [{kind.node.value}, "null"]`'
    return 'write `anyOf` with the schema and `type: "null"`'


def _check_items(place: Place, diagnostics: Diagnostics) -> None:
    prefix, items = place.get("prefixItems"), place.get("items")
    if items and items.node.value == []:
        _wrong("items", items, "a schema or a list of at least one schema", diagnostics)
    if prefix and items and isinstance(items.node.value, list):
        _wrong("items", items, "one schema beside `prefixItems`", diagnostics)
    elif prefix and _is_shifted(place.node):
        diagnostics.warning(
            "AG207",
            "`prefixItems` is not a keyword of draft-07; it is read as `items` with a list",
            prefix.span,
            hint="write `items: [...]`, and `additionalItems` for what may follow"
            if items
            else "write `items: [...]`",
            pointer=prefix.pointer,
        )


def _check_type(place: Place, diagnostics: Diagnostics) -> None:
    names = list(place.items()) if isinstance(place.node.value, list) else [place]
    for name in names:
        value = name.node.value
        if not isinstance(value, str):
            hint = 'write `"null"` in quotes' if value is None else None
            message = f"`type` must be text, not {describe(name.node)}"
            diagnostics.error("AG204", message, name.node.span, hint=hint, pointer=name.pointer)
        elif value not in _TYPES:
            near = get_close_matches(value.lower(), _TYPES, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(_TYPES)}"
            message = f"there is no type {quote(value)}"
            diagnostics.error("AG205", message, name.node.span, hint=hint, pointer=name.pointer)
    if not isinstance(place.node.value, list) or not all(_is_text(name.node) for name in names):
        return
    if not names or not _is_names(place.node):
        _wrong("type", place, "the name of a type or a list of different ones", diagnostics)


def _check_siblings(place: Place, diagnostics: Diagnostics) -> None:
    reported = {"$ref", "nullable", "discriminator"} | _dropped(place.node)
    ignored = [
        key
        for key, _ in place.entries()
        if key not in _ANNOTATIONS | reported and not key.startswith("x-")
    ]
    if ignored and (first := place.get(ignored[0])):
        shown = ", ".join(quote(key) for key in ignored)
        message = f"{shown} beside `$ref` has no effect"
        hint = "put the `$ref` and the rest under `allOf`, as two items"
        diagnostics.warning("AG206", message, first.span, hint=hint, pointer=place.pointer)


def _no_effect(key: str, place: Place, hint: str, diagnostics: Diagnostics) -> None:
    message = f"`{key}` {'with a boolean ' if key == 'required' else ''}has no effect in a schema"
    diagnostics.warning("AG206", message, place.span, hint=hint, pointer=place.pointer)


def _wrong(key: str, place: Place, words: str, diagnostics: Diagnostics) -> None:
    hint = None
    if key in ("exclusiveMinimum", "exclusiveMaximum") and _is_boolean(place.node):
        hint = f"give the bound itself to `{key}`, in place of `{key[9].lower()}{key[10:]}`"
    message = f"`{key}` must be {words}, not {_actual(place.node, words)}"
    diagnostics.error("AG204", message, place.node.span, hint=hint, pointer=place.pointer)


def _actual(node: Node, words: str) -> str:
    """What a value is, told so that it differs from what is wanted."""
    if isinstance(node.value, list) and not node.value:
        return "an empty list"
    if isinstance(node.value, int | float) and "number" in words and not _is_boolean(node):
        return str(node.value)
    return "this list" if isinstance(node.value, list) and "list" in words else describe(node)
