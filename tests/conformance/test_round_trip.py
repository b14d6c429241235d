"""Payloads that a Python view could lose or refuse reach their handlers unchanged (S26)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.support import Verdicts, serving

_KEYWORDS = ["class", "def", "None", "True", "import", "async", "match", "self", "_", "__class__"]
_PYDANTIC = [
    *("model_config", "model_fields", "model_dump", "model_x", "json", "copy", "dict", "schema"),
    *("validate", "construct", "parse_obj", "fields", "_private", "Model"),
]
_TYPES = ["str", "int", "float", "bool", "list", "bytes", "Any", "Field", "Annotated", "Integer"]
_STRANGE = [
    *("", " ", "a b", "a-b", "a_b", "1st", "$ref", "ключ", "鍵", "é", "e\u0301", "ß", "ﬁ", "😀"),
    *("a.b", "a/b", "a~b", "%41", '"', "'", "\\", "\n", "\t", "{{x}}", "a\u200bb"),
]


def _object(names: list[str], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "integer"} for name in names}, **more}


def _filled(names: list[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(names)}


_TREE = {
    "type": "object",
    "properties": {
        "value": {"type": "number"},
        "children": {"type": "array", "items": {"$ref": "#"}},
        "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    },
    "required": ["value"],
}
_LEAF = {"value": 1}
_DEFAULTS = {
    "type": "object",
    "properties": {
        "a": {"type": "integer", "default": 1, "readOnly": True},
        "b": {"type": ["string", "null"], "default": None},
        "c": {"type": "array", "items": {"type": "string"}, "default": ["x"]},
        "d": {"$ref": "#/definitions/d"},
        "e": {"type": "string", "default": 7, "writeOnly": True},
        "f": {"type": "string", "enum": ["y", "z"], "default": "y"},
    },
    "definitions": {"d": {"type": "object", "default": {"x": 1}}},
}
_NUMBERS = [0, -0.0, 1.0, 1.5, 1e300, -1e-300, 5e-324, 10**30, -(10**30), 2**53 + 1, 2**64, 1e16]

# Schemas, with instances that are valid and with others that are not.
CASES: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "keywords": (_object(_KEYWORDS), [_filled(_KEYWORDS), {}], [{"class": "x"}]),
    "keywords, required and closed": (
        _object(_KEYWORDS, required=_KEYWORDS, additionalProperties=False),
        [_filled(_KEYWORDS)],
        [{}, {**_filled(_KEYWORDS), "class_": 1}],
    ),
    "names of pydantic": (
        _object(_PYDANTIC),
        [_filled(_PYDANTIC), {"model_config": 1}, {"json_": "an undeclared key", "model": None}],
        [{"model_config": {}}],
    ),
    "names of pydantic, closed": (
        _object(_PYDANTIC, additionalProperties=False), [_filled(_PYDANTIC)], [{"json_": 1}]
    ),
    "undeclared names of pydantic": (
        _object(["a"]), [dict.fromkeys(_PYDANTIC, "x"), {"model_extra": 1}], [{"a": "x"}]
    ),
    "names of types": (_object(_TYPES), [_filled(_TYPES)], [{"str": "x"}]),
    "strange names": (
        _object(_STRANGE, additionalProperties=False), [_filled(_STRANGE)], [{"\u200b": 1}]
    ),
    "names that become one": (
        _object(["a_b", "a-b", "a.b", "a b", "aB", "A_B"]),
        [_filled(["a_b", "a-b", "a.b", "a b", "aB", "A_B"]), {"a-b": 1}],
        [{"a-b": "x"}],
    ),
    "recursion": (
        _TREE,
        [
            _LEAF,
            {"value": 1.0, "children": []},
            {"value": 1, "children": [_LEAF, {"value": 2, "children": [_LEAF], "parent": _LEAF}]},
            {"value": 1, "parent": None},
        ],
        [{"value": 1, "children": [{"value": "x"}]}, {"value": 1, "parent": {}}],
    ),
    "a list of itself": (
        {"type": "array", "items": {"$ref": "#"}}, [[], [[], [[[]]]]], [[1], [[[None]]]]
    ),
    "readOnly and default": (_DEFAULTS, [{}, {"a": 2}, {"b": None}, {"d": {}}], [{"a": None}]),
    "true": (True, [None, True, 0, "", [], {}, {"a": [None]}], []),
    "false": (False, [], [None, {}]),
    "false property": (
        {"type": "object", "properties": {"a": False}}, [{}, {"b": 1}], [{"a": 1}, {"a": None}]
    ),
    "true property": ({"type": "object", "properties": {"a": True}}, [{}, {"a": None}], [1]),
    "numbers": ({"type": "number"}, _NUMBERS, ["1", True, None]),
    "integers": (
        {"type": "integer"}, [0, -0.0, 1.0, 10**30, -(10**30), 2**64, 1e90], [1.5, True, "1"]
    ),
    "bounded integers": (
        {"type": "integer", "minimum": 2**53, "maximum": 10**30},
        [2**53, 2**53 + 1, 10**30],
        [2**53 - 1, 10**30 + 1],
    ),
    "a map": (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        [{}, _filled(_STRANGE), _filled(_PYDANTIC)],
        [{"a": "x"}],
    ),
    "enum of everything": (
        {"enum": [1, "1", True, None, {"a": [1]}, [{}], 1.5]},
        [1, 1.0, "1", True, None, {"a": [1]}, [{}]],
        [False, 0, {"a": [True]}, []],
    ),
    "enum of strange strings": ({"enum": _STRANGE}, _STRANGE, ["b"]),
    "either": (
        {"oneOf": [_object(["a"], required=["a"]), _object(["b"], required=["b"])]},
        [{"a": 1}, {"b": 1, "c": "x"}],
        [{"a": 1, "b": 1}, {}],
    ),
    "both": (
        {"allOf": [_object(["a"], required=["a"]), _object(["b"], required=["b"])]},
        [{"a": 1, "b": 2}, {"a": 1, "b": 2, "c": None}],
        [{"a": 1}, {"b": 1}],
    ),
    "either of objects and lists": (
        {"type": ["object", "array", "null"], "properties": {"a": {"type": "string"}},
         "items": {"type": "integer"}},
        [None, {"a": "x"}, [1, 2.0], {"b": 1}],
        [{"a": 1}, ["x"], "x"],
    ),
    "text of other planes": (
        {"type": "string", "minLength": 2, "maxLength": 2}, ["😀😀", "ab", "e\u0301"], ["😀", "é"]
    ),
    "formats": (
        {"type": "object", "properties": {
            "when": {"type": "string", "format": "date-time"},
            "link": {"type": "string", "format": "uri"},
            "name": {"type": "string", "format": "first_name"},
            "secret": {"type": "string", "format": "password"},
            "id": {"type": "string", "format": "uuid"},
            "number": {"type": "integer", "format": "int32"}}},
        [{"when": "2024-02-29T12:30:00.10+01:00", "link": "HTTP://EXAMPLE.com", "name": "1"},
         {"secret": "x", "id": "not checked by draft-07", "number": 2**40}],
        [{"when": "yesterday"}, {"link": "no uri"}],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts]:
    schemas = [schema for schema, _, _ in CASES.values()]
    with serving(tmp_path_factory.mktemp("schemas"), schemas) as found:
        yield found


@pytest.mark.parametrize("name", CASES)
def test_S26_model_takes_every_valid_payload_and_gives_it_back(
    verdicts: Verdicts, name: str
) -> None:
    index = list(CASES).index(name)
    _, valid, invalid = CASES[name]
    for instance in valid:
        assert verdicts.problem(index, instance) is None, json.dumps(instance)
    for instance in invalid:
        assert verdicts.problem(index, instance) is not None, json.dumps(instance)
