"""Schemas as draft-07 has them (S26): what is rewritten, and what validators would refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.patterns import check_pattern
from asyncgen.source import Node, Place, describe
from asyncgen.spelling import nearest

_ANNOTATIONS = frozenset(
    {"title", "description", "$comment", "default", "examples", "deprecated", "externalDocs"}
    | {"readOnly", "writeOnly", "definitions", "$defs", "$id", "$schema"}
)
"""Keywords beside a `$ref` that nobody expects to constrain anything."""

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")

_OTHER_TYPES: Mapping[str, str] = {
    "any": "leave `type` out: any value is allowed then",
    "date": "write `type: string` and `format: date`",
    "datetime": "write `type: string` and `format: date-time`",
    "file": "write `type: string` and `format: binary`",
    "binary": "write `type: string` and `format: binary`",
    "float": "did you mean `number`?",
    "double": "did you mean `number`?",
    "enum": "write `type: string` and the texts under `enum`",
}
"""What is written for types that other languages have."""

_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?")

SHIFT = {"prefixItems": "items", "items": "additionalItems"}
"""Keywords that change their names where `prefixItems` is read as draft-07 has it."""


def is_shifted(schema: Node) -> bool:
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


def as_draft_7(schema: Node) -> Node:
    """A schema without `$id` and boolean `required`, and with `prefixItems` as `items` (S26)."""
    if not isinstance(schema.value, dict):
        return schema
    shift = SHIFT if is_shifted(schema) else {}
    dropped = dropped_keywords(schema)
    kept = [key for key in schema.value if key not in dropped]
    return Node(
        {shift.get(key, key): schema.value[key] for key in kept},
        schema.span,
        {shift.get(key, key): schema.keys[key] for key in kept if key in schema.keys},
    )


def dropped_keywords(schema: Node) -> set[str]:
    """The keywords that a schema is to lose."""
    if not isinstance(schema.value, dict):
        return set()
    dropped = {"$id"} & schema.value.keys()
    if _is_boolean(schema.value.get("required")):
        dropped.add("required")
    if is_shifted(schema) and {"items", "additionalItems"} <= schema.value.keys():
        dropped.add("additionalItems")
    return dropped


# -- what is wrong


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


_KEYWORDS = frozenset(
    {*_SHAPES, "type", "required", "items", "additionalItems", "contains", "additionalProperties"}
    | {"propertyNames", "if", "then", "else", "not", "const", "$ref", "nullable", "discriminator"}
)
_CONSTRAINTS = sorted(_KEYWORDS - _ANNOTATIONS)
# Who misspells a word gets its first letter right; to compare with all takes its time.
_BY_LETTER = {it[0]: [word for word in _CONSTRAINTS if word[0] == it[0]] for it in _CONSTRAINTS}
# What OpenAPI has beside these, and constrains nothing.
_OTHER_ANNOTATIONS = frozenset({"example", "xml", "id"})

_OF_OTHER_DRAFTS: Mapping[str, str] = {
    "unevaluatedProperties": "write `additionalProperties` beside all `properties`",
    "unevaluatedItems": "write `additionalItems` beside a list of `items`",
    "dependentRequired": "write `dependencies`",
    "dependentSchemas": "write `dependencies`",
    "minContains": "`contains` asks for one item",
    "maxContains": "`contains` asks for one item",
    "$dynamicRef": "write `$ref`",
    "$recursiveRef": "write `$ref`",
    "divisibleBy": "write `multipleOf`",
    "extends": "write `allOf`",
    "disallow": "write `not`",
    "min": "write `minimum`, or `minLength` for text, or `minItems` for an array",
    "max": "write `maximum`, or `maxLength` for text, or `maxItems` for an array",
    "optional": "a property is optional that `required` of the object around it does not name",
}
"""Keywords of other drafts and of habit that draft-07 ignores, and what it has for them."""


def check_schema(place: Place, diagnostics: Diagnostics) -> None:
    """Report what the draft-07 validators would refuse, and what they would ignore (S26)."""
    if isinstance(place.node.value, dict):
        check_keywords(place, diagnostics)
    elif not _is_boolean(place.node):
        message = f"a schema must be a mapping or a boolean, not {describe(place.node)}"
        diagnostics.error(
            "AG204", message, place.node.span, hint=_schema_hint(place), pointer=place.pointer
        )


def _schema_hint(place: Place) -> str | None:
    value = place.node.value
    if value is None:
        return "write `{}` where anything goes"
    if isinstance(value, str):
        if value in _TYPES:
            return f"write {quote('type: ' + value)} within it"
        if value.startswith("#/"):
            return f'write `$ref: "{quote(value, 200)[1:-1]}"` within it'
    if place.pointer.endswith("/$ref"):
        return "a `$ref` cannot stand for a whole mapping of schemas"
    return None


def check_keywords(place: Place, diagnostics: Diagnostics) -> None:
    """Report the keywords of a schema that are wrong or do nothing."""
    for key, child in place.entries():
        if key in _SHAPES:
            is_right, words = _SHAPES[key]
            if not is_right(child.node):
                _wrong(key, child, words, diagnostics)
        elif hint := _ignored_hint(key, child.node):
            _no_effect(key, child, hint, diagnostics)
    _check_patterns(place, diagnostics)
    if kind := place.get("type"):
        _check_type(kind, diagnostics)
        _check_choices(place, kind, diagnostics)
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


def _ignored_hint(key: str, value: Node) -> str | None:
    """What to write in place of a key that is no keyword; None where it may stand as it is."""
    if key in _KEYWORDS | _ANNOTATIONS | _OTHER_ANNOTATIONS or key.startswith("x-"):
        return None
    if key in _OF_OTHER_DRAFTS:
        return _OF_OTHER_DRAFTS[key]
    if near := nearest(key, _BY_LETTER.get(key[:1].lower(), ()), 0.8):
        return f"did you mean `{near}`?"
    if isinstance(value.value, dict) and "type" in value.value:
        return "put it under `properties`"
    return None


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
    elif prefix and is_shifted(place.node):
        diagnostics.warning(
            "AG207",
            "`prefixItems` is not a keyword of draft-07; it is read as `items` with a list",
            prefix.span,
            hint="write `items: [...]`, and `additionalItems` for what may follow"
            if items
            else "write `items: [...]`",
            pointer=prefix.pointer,
        )


def _check_patterns(place: Place, diagnostics: Diagnostics) -> None:
    pattern, named = place.get("pattern"), place.get("patternProperties")
    if pattern and isinstance(pattern.node.value, str):
        check_pattern(pattern.node.value, pattern.node.span, pattern.pointer, diagnostics)
    for key, child in named.entries() if named else ():
        check_pattern(key, child.span, child.pointer, diagnostics)


def _check_type(place: Place, diagnostics: Diagnostics) -> None:
    names = list(place.items()) if isinstance(place.node.value, list) else [place]
    for name in names:
        value = name.node.value
        if not isinstance(value, str):
            hint = 'write `"null"` in quotes' if value is None else None
            message = f"`type` must be text, not {describe(name.node)}"
            diagnostics.error("AG204", message, name.node.span, hint=hint, pointer=name.pointer)
        elif value not in _TYPES:
            near = nearest(value, _TYPES, 0.6)
            hint = f"did you mean `{near}`?" if near else f"one of: {', '.join(_TYPES)}"
            hint = _OTHER_TYPES.get(value.lower(), hint)
            message = f"there is no type {quote(value)}"
            diagnostics.error("AG205", message, name.node.span, hint=hint, pointer=name.pointer)
    if not isinstance(place.node.value, list) or not all(_is_text(name.node) for name in names):
        return
    if not names or not _is_names(place.node):
        _wrong("type", place, "the name of a type or a list of different ones", diagnostics)


def _check_choices(place: Place, kind: Place, diagnostics: Diagnostics) -> None:
    """Warn of the first value of an `enum`, or of a `const`, that `type` refuses (AG266)."""
    nodes = [it.node.value for it in (kind.items() if _is_list(kind.node) else [kind])]
    kinds = [it for it in nodes if isinstance(it, str) and it in _TYPES]
    if kinds != nodes:
        return
    enum, const = place.get("enum"), place.get("const")
    for value in (*(enum.items() if enum else ()), *([const] if const else ())):
        if any(_is_of(value.node, it) for it in kinds):
            continue
        shown = quote(json.dumps(value.node.value) if _is_scalar(value.node) else "…")
        wanted = " or ".join(kinds)
        diagnostics.warning(
            "AG266",
            f"{shown} is {describe(value.node)}, and `type` allows {wanted} alone",
            value.node.span,
            hint=_choice_hint(value.node, kinds),
            pointer=value.pointer,
        )
        return


def _is_scalar(node: Node) -> bool:
    return node.value is None or isinstance(node.value, str | int | float)


def _is_of(node: Node, kind: str) -> bool:
    """Whether a value is of a JSON type."""
    value = node.value
    match kind:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return _is_number(node) and not (isinstance(value, float) and value % 1)
        case "number":
            return _is_number(node)
    return isinstance(value, {"string": str, "array": list, "object": dict}[kind])


def _choice_hint(node: Node, kinds: list[str]) -> str:
    """How to write a value that is of none of these types."""
    value = node.value
    if value is None:
        return f'write `type: [{", ".join(kinds)}, "null"]`'
    if isinstance(value, str) and _NUMBER.fullmatch(value) and {"integer", "number"} & {*kinds}:
        return "write it without quotes"
    if _is_scalar(node) and "string" in kinds:
        return "put it in quotes"
    return "change it, or `type`"


def check_siblings(place: Place, diagnostics: Diagnostics) -> None:
    """Warn of what stands beside a `$ref` and has no effect."""
    reported = {"$ref", "nullable", "discriminator"} | dropped_keywords(place.node)
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
    shown = quote(key) + (" with a boolean" if key == "required" else "")
    message = f"{shown} has no effect in a schema"
    diagnostics.warning("AG206", message, place.span, hint=hint, pointer=place.pointer)


def _wrong(key: str, place: Place, words: str, diagnostics: Diagnostics) -> None:
    value, hint = place.node.value, None
    if value is None:
        hint = "fill it in, or leave the key out"
    elif "number" in words and isinstance(value, str) and _NUMBER.fullmatch(value):
        hint = "write it without quotes"
    elif words.startswith("a list") and not isinstance(value, list):
        hint = "begin each item with `- `"
    elif key in ("exclusiveMinimum", "exclusiveMaximum") and _is_boolean(place.node):
        hint = f"give the bound itself to `{key}`, in place of `{key[9].lower()}{key[10:]}`"
    message = f"`{key}` must be {words}, not {_actual(place.node, words)}"
    diagnostics.error("AG204", message, place.node.span, hint=hint, pointer=place.pointer)


def _actual(node: Node, words: str) -> str:
    """What a value is, in words that differ from what is wanted."""
    if isinstance(node.value, list) and not node.value:
        return "an empty list"
    if isinstance(node.value, int | float) and "number" in words and not _is_boolean(node):
        return str(node.value)
    return "this list" if isinstance(node.value, list) and "list" in words else describe(node)
