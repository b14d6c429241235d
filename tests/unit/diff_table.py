"""Single changes of a schema, and what the rule says of each.

The rule: a change is safe where every value of the side that sends is one that
the other side takes. So whether the new schema accepts less (`NARROWER`), more
(`WIDER`), the same (`SAME`), or some more and some less (`OTHER`) decides both
directions: what clients send may only get wider, what the server sends only
narrower. In `UNDECIDED` cases nobody can say without understanding a regular
expression, and nothing may be called safe that is not.
"""

from typing import Any

NARROWER, WIDER, SAME, OTHER, UNDECIDED = "narrower", "wider", "same", "other", "undecided"

VERDICTS = {
    NARROWER: ("breaking", "safe"),
    WIDER: ("safe", "breaking"),
    SAME: ("safe", "safe"),
    OTHER: ("breaking", "breaking"),
    UNDECIDED: ("unknown", "unknown"),
}
"""The verdicts of what clients send, and of what the server sends."""


def _object(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*required], **more}


_TEXT, _WHOLE, _NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
_CLOSED = {"additionalProperties": False}
_CAT = _object({"kind": {"const": "cat"}, "lives": _WHOLE}, "kind")
_DOG = _object({"kind": {"const": "dog"}, "name": _TEXT}, "kind")
_COW = _object({"kind": {"const": "cow"}}, "kind")
_TREE = {
    "type": "object",
    "properties": {"value": _WHOLE, "next": {"$ref": "#/S"}},
    "required": ["value"],
}

CHANGES: list[tuple[str, Any, Any, str]] = [
    # types
    ("integer to number", _WHOLE, _NUMBER, WIDER),
    ("number to integer", _NUMBER, _WHOLE, NARROWER),
    ("string to number", _TEXT, _NUMBER, OTHER),
    ("a type may be null, too", _TEXT, {"type": ["string", "null"]}, WIDER),
    ("a type may not be null any more", {"type": ["string", "null"]}, _TEXT, NARROWER),
    ("types in another order", {"type": ["string", "null"]}, {"type": ["null", "string"]}, SAME),
    ("a type in a list of one", _TEXT, {"type": ["string"]}, SAME),
    ("number beside integer", _NUMBER, {"type": ["integer", "number"]}, SAME),
    ("a type where there was none", {}, _TEXT, NARROWER),
    ("no type any more", _TEXT, {}, WIDER),
    ("integer by multipleOf", _WHOLE, {"type": "number", "multipleOf": 1}, SAME),
    # annotations
    ("title", _TEXT, {**_TEXT, "title": "A"}, SAME),
    ("description", {**_TEXT, "description": "A"}, {**_TEXT, "description": "B"}, SAME),
    ("examples", _TEXT, {**_TEXT, "examples": ["a"]}, SAME),
    ("default", _TEXT, {**_TEXT, "default": "a"}, SAME),
    ("readOnly", _TEXT, {**_TEXT, "readOnly": True}, SAME),
    ("an extension", _TEXT, {**_TEXT, "x-other": 1}, SAME),
    ("deprecated", _TEXT, {**_TEXT, "deprecated": True}, SAME),
    # strings
    ("maxLength less", {**_TEXT, "maxLength": 500}, {**_TEXT, "maxLength": 200}, NARROWER),
    ("maxLength more", {**_TEXT, "maxLength": 200}, {**_TEXT, "maxLength": 500}, WIDER),
    ("maxLength added", _TEXT, {**_TEXT, "maxLength": 200}, NARROWER),
    ("maxLength removed", {**_TEXT, "maxLength": 200}, _TEXT, WIDER),
    ("minLength more", {**_TEXT, "minLength": 1}, {**_TEXT, "minLength": 2}, NARROWER),
    ("minLength of zero", _TEXT, {**_TEXT, "minLength": 0}, SAME),
    ("pattern added", _TEXT, {**_TEXT, "pattern": "^[a-z]+$"}, NARROWER),
    ("pattern removed", {**_TEXT, "pattern": "^[a-z]+$"}, _TEXT, WIDER),
    ("pattern replaced", {**_TEXT, "pattern": "^a+$"}, {**_TEXT, "pattern": "^b+$"}, OTHER),
    (
        "pattern in other words",
        {**_TEXT, "pattern": "^[0-9]+$"},
        {**_TEXT, "pattern": "^[0-9][0-9]*$"},
        UNDECIDED,
    ),
    ("format asserted", _TEXT, {**_TEXT, "format": "date-time"}, NARROWER),
    ("format dropped", {**_TEXT, "format": "email"}, _TEXT, WIDER),
    ("format replaced", {**_TEXT, "format": "ipv4"}, {**_TEXT, "format": "ipv6"}, OTHER),
    ("format that is an annotation", _TEXT, {**_TEXT, "format": "first_name"}, SAME),
    ("format of numbers", _WHOLE, {**_WHOLE, "format": "int64"}, SAME),
    ("text to bytes", _TEXT, {**_TEXT, "format": "binary"}, OTHER),
    ("a keyword of numbers beside text", _TEXT, {**_TEXT, "minimum": 5}, SAME),
    # numbers
    ("minimum more", {**_WHOLE, "minimum": 0}, {**_WHOLE, "minimum": 1}, NARROWER),
    ("minimum less", {**_WHOLE, "minimum": 1}, {**_WHOLE, "minimum": 0}, WIDER),
    ("maximum less", {**_NUMBER, "maximum": 1}, {**_NUMBER, "maximum": 0.5}, NARROWER),
    (
        "a bound of numbers becomes exclusive",
        {**_NUMBER, "minimum": 0},
        {**_NUMBER, "exclusiveMinimum": 0},
        NARROWER,
    ),
    (
        "a bound of whole numbers in other words",
        {**_WHOLE, "minimum": 1},
        {**_WHOLE, "exclusiveMinimum": 0},
        SAME,
    ),
    ("a fraction as bound of whole numbers", {**_WHOLE, "maximum": 3.5}, {**_WHOLE, "maximum": 3},
     SAME),
    ("a float as bound", {**_WHOLE, "maximum": 3}, {**_WHOLE, "maximum": 3.0}, SAME),
    ("multipleOf coarser", {**_NUMBER, "multipleOf": 0.1}, {**_NUMBER, "multipleOf": 0.5},
     NARROWER),
    ("multipleOf finer", {**_NUMBER, "multipleOf": 0.1}, {**_NUMBER, "multipleOf": 0.01}, WIDER),
    ("multipleOf without common ground", {**_WHOLE, "multipleOf": 2}, {**_WHOLE, "multipleOf": 3},
     OTHER),
    # enum and const
    ("a value more", {"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}, WIDER),
    ("a value less", {"enum": ["a", "b"]}, {"enum": ["a"]}, NARROWER),
    ("a value replaced", {"enum": ["a", "b"]}, {"enum": ["a", "c"]}, OTHER),
    ("values in another order", {"enum": ["a", "b"]}, {"enum": ["b", "a"]}, SAME),
    ("1 and true are two values", {"enum": [1]}, {"enum": [True]}, OTHER),
    ("0 and false are two values", {"const": 0}, {"const": False}, OTHER),
    ("1 and 1.0 are one value", {"const": 1}, {"const": 1.0}, SAME),
    ("const as an enum of one", {"const": "a"}, {"enum": ["a"]}, SAME),
    ("const of null is not nothing", {}, {"const": None}, NARROWER),
    ("null in other words", {"type": "null"}, {"const": None}, SAME),
    ("enum instead of text", _TEXT, {**_TEXT, "enum": ["a"]}, NARROWER),
    ("enum and its type", {"enum": ["a", "b"]}, {**_TEXT, "enum": ["a", "b"]}, SAME),
    ("booleans as values", {"type": "boolean"}, {"enum": [True, False]}, SAME),
    ("whole numbers as values", {**_WHOLE, "minimum": 1, "maximum": 3}, {"enum": [1, 2, 3]}, SAME),
    ("a value that the type leaves out", {**_TEXT, "enum": ["a"]}, {**_TEXT, "enum": ["a", 1]},
     SAME),
    # objects
    ("a required property", _object({"a": _TEXT}), _object({"a": _TEXT}, "a"), NARROWER),
    ("an optional property", _object({"a": _TEXT}, "a"), _object({"a": _TEXT}), WIDER),
    ("required in another order", _object({}, "a", "b"), _object({}, "b", "a"), SAME),
    (
        "an optional property more, where others may be",
        _object({"a": _TEXT}),
        _object({"a": _TEXT, "b": _TEXT}),
        NARROWER,
    ),
    (
        "an optional property more, where no others may be",
        _object({"a": _TEXT}, **_CLOSED),
        _object({"a": _TEXT, "b": _TEXT}, **_CLOSED),
        WIDER,
    ),
    (
        "an optional property more, of which nothing is said",
        _object({"a": _TEXT}),
        _object({"a": _TEXT, "b": {}}),
        SAME,
    ),
    (
        "a required property more, where no others may be",
        _object({"a": _TEXT}, **_CLOSED),
        _object({"a": _TEXT, "b": _TEXT}, "b", **_CLOSED),
        OTHER,
    ),
    (
        "a property less, where others may be",
        _object({"a": _TEXT, "b": _TEXT}),
        _object({"a": _TEXT}),
        WIDER,
    ),
    (
        "a property less, where no others may be",
        _object({"a": _TEXT, "b": _TEXT}, **_CLOSED),
        _object({"a": _TEXT}, **_CLOSED),
        NARROWER,
    ),
    (
        "a property under another name",
        _object({"a": _TEXT}, "a", **_CLOSED),
        _object({"b": _TEXT}, "b", **_CLOSED),
        OTHER,
    ),
    ("no others any more", _object({"a": _TEXT}), _object({"a": _TEXT}, **_CLOSED), NARROWER),
    ("others of a type", _object({}), _object({}, additionalProperties=_TEXT), NARROWER),
    ("others said to be allowed", _object({}), _object({}, additionalProperties=True), SAME),
    ("a property of another type", _object({"a": _TEXT}), _object({"a": _WHOLE}), OTHER),
    ("a property that may be null", _object({"a": _TEXT}),
     _object({"a": {"type": ["string", "null"]}}), WIDER),
    ("a property that may not be", _object({}), _object({"a": False}), NARROWER),
    ("a property that may not be, in other words", _object({"a": False}),
     {"type": "object", "not": {"required": ["a"]}}, SAME),
    ("maxProperties", _object({}), _object({}, maxProperties=2), NARROWER),
    ("maxProperties that closed objects have", _object({"a": _TEXT, "b": _TEXT}, **_CLOSED),
     _object({"a": _TEXT, "b": _TEXT}, maxProperties=2, **_CLOSED), SAME),
    ("minProperties that is required anyway", _object({}, "a"), _object({}, "a", minProperties=1),
     SAME),
    ("propertyNames", _object({}), _object({}, propertyNames={"maxLength": 3}), NARROWER),
    ("propertyNames that closed objects have", _object({"a": _TEXT}, **_CLOSED),
     _object({"a": _TEXT}, propertyNames={"maxLength": 3}, **_CLOSED), SAME),
    ("patternProperties", _object({}), _object({}, patternProperties={"^x": _TEXT}), NARROWER),
    ("patternProperties beside no others", _object({}, **_CLOSED),
     _object({}, patternProperties={"^x": _TEXT}, **_CLOSED), WIDER),
    ("a dependency", _object({}), _object({}, dependencies={"a": ["b"]}), NARROWER),
    ("a dependency that is required anyway", _object({}, "b"),
     _object({}, "b", dependencies={"a": ["b"]}), SAME),
    ("a dependency of a schema", _object({}),
     _object({}, dependencies={"a": {"required": ["b"]}}), NARROWER),
    # arrays
    ("items of a type", {"type": "array"}, {"type": "array", "items": _TEXT}, NARROWER),
    ("items of a wider type", {"type": "array", "items": _WHOLE},
     {"type": "array", "items": _NUMBER}, WIDER),
    ("maxItems", {"type": "array"}, {"type": "array", "maxItems": 2}, NARROWER),
    ("minItems less", {"type": "array", "minItems": 2}, {"type": "array", "minItems": 1}, WIDER),
    ("uniqueItems", {"type": "array"}, {"type": "array", "uniqueItems": True}, NARROWER),
    ("uniqueItems of one", {"type": "array", "maxItems": 1},
     {"type": "array", "maxItems": 1, "uniqueItems": True}, SAME),
    ("contains", {"type": "array"}, {"type": "array", "contains": _TEXT}, NARROWER),
    ("contains what all are", {"type": "array", "items": _TEXT, "minItems": 1},
     {"type": "array", "items": _TEXT, "minItems": 1, "contains": _TEXT}, SAME),
    ("contains anything", {"type": "array", "minItems": 1}, {"type": "array", "contains": True},
     SAME),
    # combinations
    ("a branch of anyOf more", {"anyOf": [_TEXT]}, {"anyOf": [_TEXT, _WHOLE]}, WIDER),
    ("a branch of oneOf more, apart by type", {"oneOf": [_TEXT]}, {"oneOf": [_TEXT, _WHOLE]},
     WIDER),
    ("a branch of oneOf more, apart by a constant", {"oneOf": [_CAT, _DOG]},
     {"oneOf": [_CAT, _DOG, _COW]}, WIDER),
    ("a branch of oneOf less", {"oneOf": [_CAT, _DOG, _COW]}, {"oneOf": [_CAT, _DOG]}, NARROWER),
    ("a branch of oneOf that meets another", {"oneOf": [_WHOLE]}, {"oneOf": [_WHOLE, _NUMBER]},
     OTHER),
    ("branches in another order", {"oneOf": [_CAT, _DOG]}, {"oneOf": [_DOG, _CAT]}, SAME),
    ("oneOf as anyOf, apart", {"oneOf": [_TEXT, _WHOLE]}, {"anyOf": [_TEXT, _WHOLE]}, SAME),
    ("anyOf as types", {"anyOf": [_TEXT, {"type": "null"}]}, {"type": ["string", "null"]}, SAME),
    ("allOf in one", {"allOf": [{"minimum": 1}, _WHOLE]}, {**_WHOLE, "minimum": 1}, SAME),
    ("allOf of more", {"allOf": [_WHOLE]}, {"allOf": [_WHOLE, {"minimum": 1}]}, NARROWER),
    ("not", {}, {"not": _TEXT}, NARROWER),
    ("not of less", {"not": {"type": ["string", "null"]}}, {"not": _TEXT}, WIDER),
    ("not of not", {"not": {"not": _TEXT}}, {"not": {"not": _WHOLE}}, OTHER),
    (
        "then asks for more",
        {"type": "object", "if": {"required": ["a"]}, "then": {}},
        {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}},
        NARROWER,
    ),
    ("if without then and else", _TEXT, {**_TEXT, "if": {"maxLength": 3}}, SAME),
    ("nothing at all any more", _TEXT, False, NARROWER),
    ("anything", False, True, WIDER),
    ("no schema and true", {}, True, SAME),
    # references and recursion
    ("inline instead of a reference", {"$ref": "#/S/definitions/a", "definitions": {"a": _TEXT}},
     _TEXT, SAME),
    ("a recursive schema", _TREE, {**_TREE, "title": "Tree"}, SAME),
    ("a recursive schema, wider", _TREE,
     {**_TREE, "properties": {**_TREE["properties"], "value": _NUMBER}}, WIDER),  # type: ignore[dict-item]
    ("a recursive schema, narrower", _TREE, {**_TREE, "required": ["value", "next"]}, NARROWER),
    ("a part that nothing refers to", {**_TEXT, "definitions": {"a": _TEXT}},
     {**_TEXT, "definitions": {"a": _WHOLE}}, SAME),
    # tuples, as they are in one argument
    ("an item more after a tuple", {"type": "array", "items": [_TEXT], "additionalItems": False},
     {"type": "array", "items": [_TEXT, _TEXT], "additionalItems": False}, WIDER),
    ("an item of a tuple wider", {"type": "array", "items": [_WHOLE]},
     {"type": "array", "items": [_NUMBER]}, WIDER),
    ("items after a tuple of a type", {"type": "array", "items": [_TEXT]},
     {"type": "array", "items": [_TEXT], "additionalItems": _TEXT}, NARROWER),
]  # fmt: skip
