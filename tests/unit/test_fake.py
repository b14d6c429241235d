"""Made-up values: valid for whatever a schema asks, believable, and the same for the same seed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from asyncgen import pipeline
from asyncgen.contract import contract
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.runtime import runtime
from tests.support import ROOT, shared_dir

Schemas: Any = runtime("schemas").Schemas
fake: Any = runtime("mock.fake")
dice: Any = runtime("mock.dice")
patterns: Any = runtime("mock.patterns")
POOLS: Any = runtime("mock.formats").Pools()


def drawn(schema: Any, count: int = 20, hint: str = "", **others: Any) -> list[Any]:
    """Values for a schema, each with a seed of its own; all of them are valid.

    Where parts are not checked, the same ones come out, or such as the whole refuses.
    """
    document = {"schema": schema, **others}
    schemas = Schemas(document)
    is_valid = schemas.at("/schema").is_valid

    def all_of(made: Any) -> list[Any]:
        return [made.draw("/schema", dice.Dice(str(seed)), hint) for seed in range(count)]

    values = all_of(fake.Fake(schemas, POOLS))
    for value, unchecked in zip(
        values, all_of(fake.Fake(schemas, POOLS, trusting=True)), strict=True
    ):
        assert is_valid(value), value
        assert repr(unchecked) == repr(value) or not is_valid(unchecked), unchecked
    return values


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 7, "exclusiveMaximum": 9},
        {"type": "integer", "minimum": -1_000_000, "maximum": -999_999},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
        {"type": "number", "minimum": 1e9, "multipleOf": 0.25},
        {"type": "integer", "multipleOf": 37, "minimum": 1},
        {"allOf": [{"multipleOf": 6}, {"multipleOf": 0.5}], "type": "number", "minimum": 1},
        {"type": "string", "minLength": 400, "maxLength": 400},
        {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
        {"type": "string", "pattern": "^(?=.*\\d)(?=.*[a-z]).{8,12}$"},
        {"type": "string", "pattern": "ab+", "minLength": 20},
        {"type": "string", "format": "email", "pattern": "@example"},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": [1, 2, 3]}},
        {"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}},
        {"items": [{"type": "string"}, {"type": "null"}], "additionalItems": False, "minItems": 2},
        {"type": "object", "minProperties": 4, "propertyNames": {"pattern": "^k[0-9]+$"}},
        {
            "type": "object",
            "patternProperties": {"^x-": {"type": "integer"}},
            "additionalProperties": False,
            "minProperties": 2,
        },
        {
            "type": "object",
            "required": ["a"],
            "dependencies": {"a": ["b"], "b": {"required": ["c"]}},
        },
        {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
        {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object"},
        {"not": {"type": ["string", "object", "array", "null", "boolean"]}},
        {"type": "string", "not": {"maxLength": 200}},
        {"type": "object", "not": {"properties": {"a": {"type": "string"}}}},
        {"type": "array", "not": {"items": {"type": "string"}}},
        {"not": {"anyOf": [{"type": "string"}, {"not": {"type": "object", "required": ["q"]}}]}},
        {
            "type": "object",
            "properties": {"kind": {"enum": ["a", "b"]}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "a"}}},
            "then": {"required": ["x"]},
            "else": {"required": ["y"]},
        },
        {
            "allOf": [
                {"properties": {"a": {"type": "integer"}}},
                {"properties": {"a": {"minimum": 5}}},
            ],
            "required": ["a"],
            "type": "object",
        },
        {"enum": ["a", 1, None, {"b": []}], "type": ["string", "object"]},
        True,
    ],
    ids=lambda schema: json.dumps(schema)[:60],
)
def test_values_are_valid_by_construction(schema: Any) -> None:
    drawn(schema)


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"not": {}},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"oneOf": [True, True]},
        {"type": "array", "items": {"const": 1}, "uniqueItems": True, "minItems": 2},
    ],
    ids=lambda schema: json.dumps(schema)[:60],
)
def test_what_nothing_satisfies_is_said_and_not_searched_for_ever(schema: Any) -> None:
    with one_second(), pytest.raises(dice.NoSample):
        drawn(schema)


def test_recursion_ends_and_payloads_stay_small() -> None:
    node = {
        "type": "object",
        "required": ["name", "children"],
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/node"}},
            "parent": {"$ref": "#/node"},
        },
    }
    for value in drawn({"$ref": "#/node"}, node=node):
        assert len(json.dumps(value)) < 20_000
    expression = {
        "anyOf": [
            {
                "type": "object",
                "required": ["left", "right"],
                "properties": {"left": {"$ref": "#/expr"}, "right": {"$ref": "#/expr"}},
            },
            {
                "type": "object",
                "required": ["value"],
                "properties": {"value": {"type": "number"}},
                "additionalProperties": False,
            },
        ]
    }
    for value in drawn({"$ref": "#/expr"}, expr=expression):
        assert len(json.dumps(value)) < 20_000


@pytest.mark.parametrize(
    "format",
    [
        *("date", "date-time", "time", "email", "idn-email", "hostname", "idn-hostname", "ipv4"),
        *("ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template"),
        *("json-pointer", "relative-json-pointer", "regex"),
    ],
)
def test_S27_formats_of_draft_07_hold(format: str) -> None:
    values = drawn({"type": "string", "format": format})
    assert len({*values}) > 1


def test_S27_names_of_faker_providers_are_formats() -> None:
    for provider in ("first_name", "sentence", "color_name", "job", "iso8601", "user_agent"):
        values = drawn({"type": "string", "format": provider})
        assert all(isinstance(value, str) and value for value in values)
    assert {*drawn({"type": "string", "format": "color_name"})} <= {*POOLS.of("color_name")}
    for other in ("seed_instance", "add_provider", "__class__", "binary", "pyint", "no such"):
        assert POOLS.of(other) == ()


def test_names_of_properties_tell_what_is_in_them() -> None:
    def of(name: str, kind: str) -> list[Any]:
        schema = {"type": "object", "required": [name], "properties": {name: {"type": kind}}}
        return [value[name] for value in drawn(schema)]

    assert all(re.fullmatch(r"\S+@\S+\.\w+", value) for value in of("email", "string"))
    assert all(re.match(r"\d{4}-\d\d-\d\dT", value) for value in of("createdAt", "string"))
    assert all(value.startswith("https://") for value in of("avatarUrl", "string"))
    assert {*of("first_name", "string")} <= {*POOLS.of("first_name")}
    assert {*of("city", "string")} <= {*POOLS.of("city")}
    assert all(0 < value < 1000 and round(value, 2) == value for value in of("price", "number"))
    assert all(0 < value < 10_000 for value in of("id", "integer"))
    assert all(0 < value <= 20 for value in of("count", "integer"))
    assert all(18 <= value <= 80 for value in of("age", "integer"))


def test_numbers_texts_and_arrays_are_of_human_size() -> None:
    schema = {
        "type": "object",
        "required": ["n", "x", "s", "a"],
        "properties": {
            "n": {"type": "integer"},
            "x": {"type": "number"},
            "s": {"type": "string"},
            "a": {"type": "array", "items": {"type": "integer"}},
        },
    }
    for value in drawn(schema):
        assert value.keys() == {"n", "x", "s", "a"}, "no keys that are not declared"
        assert 0 <= value["n"] <= 1000 and 0 <= value["x"] <= 1000
        assert 0 < len(value["s"]) < 100 and 0 < len(value["a"]) < 6


def test_examples_and_defaults_of_a_schema_come_first_if_they_are_valid() -> None:
    shown = {"type": "string", "maxLength": 5, "examples": ["far too long", "ok"], "default": "no"}
    assert {*drawn(shown)} == {"ok"}
    assert {*drawn({"type": "integer", "default": 42})} == {42}
    assert {*drawn({"type": "integer", "const": 3})} == {3}
    assert {*drawn({"enum": ["a", "b"], "default": "a"})} == {"a", "b"}


EQUAL = """\
asyncapi: 2.6.0
info: {title: Pairs, version: 1.0.0}
channels:
  /:
    subscribe:
      message:
        name: pair
        payload:
          type: array
          minItems: 2
          maxItems: 2
          uniqueItems: true
          items: {anyOf: [{const: 1}, {const: 1.0}, {const: 2}]}
"""


def test_a_payload_that_is_refused_as_a_whole_is_drawn_again_with_each_part_checked(
    tmp_path: Path,
) -> None:
    # Here 1 and 1.0 are not the same text, but to a validator they are the same number.
    document = tmp_path / "asyncapi.yaml"
    document.write_text(EQUAL, encoding="utf-8")
    compiled = pipeline.compile_document(document, Options(), Diagnostics())
    assert compiled is not None
    made = contract(compiled.app, compiled.bundle)
    schemas, [event] = Schemas(made.document), made.namespaces[0].outgoing
    is_valid = schemas.at(event.args.pointer).is_valid
    trusting = fake.Fake(schemas, POOLS, trusting=True)
    unchecked = [trusting.draw(event.args.pointer, dice.Dice(str(seed))) for seed in range(40)]
    assert not all(map(is_valid, unchecked))
    payloads = runtime("mock.payloads").Payloads(made, 0)
    pairs = [payloads.event(event)[0] for _ in range(40)]
    assert all(map(is_valid, pairs))
    payloads.reseed(0)
    assert repr([payloads.event(event)[0] for _ in range(40)]) == repr(pairs)


SAME = """
import json, sys
sys.path.insert(0, {root!r})
from asyncgen.runtime import runtime
fake, schemas, dice = (runtime(it) for it in ("mock.fake", "schemas", "mock.dice"))
names = ["name", "email", "created_at", "city", "price", "tags", "id", "text", "token", "dob"]
formats = ["iso8601", "time", "user_agent", "year", "uuid1", "passport_full", "credit_card_full"]
schema = {{"type": "object", "required": names + formats, "properties": {{
    **{{name: {{"type": ["string", "number"]}} for name in names}},
    **{{name: {{"type": "string", "format": name}} for name in formats}},
}}}}
made = fake.Fake(schemas.Schemas({{"s": schema}}))
print(json.dumps([made.draw("/s", dice.Dice(str(seed))) for seed in range(30)]))
"""


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    program = SAME.format(root=str(ROOT))
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("77", "America/Lima"))
    }
    assert len(outputs) == 1


@contextmanager
def one_second() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def below_s(schema: Any) -> Any:
    """The schema with its references as they are where it stands at `/s` of a document."""
    if isinstance(schema, dict):
        return {
            key: f"#/s{value[1:]}" if key == "$ref" and isinstance(value, str) else below_s(value)
            for key, value in schema.items()
        }
    return [below_s(item) for item in schema] if isinstance(schema, list) else schema


def is_local(schema: Any) -> bool:
    """Whether no reference leads to another document, or is resolved by an `$id` (S26)."""
    text = json.dumps(schema)
    named = "$id" in text and re.search(r'"\$ref": "#[^/"]', text)
    return not named and not re.search(r'"\$ref": "[^#]', text)


# The schemas of the suite that accept nothing.
UNSATISFIABLE = {
    "allOf with boolean schemas, some false",
    "allOf with boolean schemas, all false",
    "anyOf with boolean schemas, all false",
    "boolean schema 'false'",
    "forbid everything with empty schema",
    "forbid everything with boolean schema true",
    "oneOf with boolean schemas, all true",
    "oneOf with boolean schemas, more than one true",
    "oneOf with boolean schemas, all false",
    "$ref to boolean schema false",
}


def test_every_satisfiable_schema_of_the_suite_gets_valid_values() -> None:
    without: set[str] = set()
    count = 0
    for path in sorted((shared_dir() / "json-schema-test-suite" / "draft7").glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            if not is_local(case["schema"]):
                continue
            count += 1
            document = {"s": below_s(case["schema"])}
            schemas = Schemas(document)
            made, trusting = (fake.Fake(schemas, POOLS, trusting=it) for it in (False, True))
            independent = jsonschema.Draft7Validator({**document, "$ref": "#/s"})
            with one_second():
                try:
                    values = [made.draw("/s", dice.Dice(str(seed))) for seed in range(10)]
                    unchecked = [trusting.draw("/s", dice.Dice(str(seed))) for seed in range(10)]
                except dice.NoSample:
                    without.add(case["description"])
                    continue
            for value, other in zip(values, unchecked, strict=True):
                assert schemas.at("/s").is_valid(value), (case["description"], value)
                assert repr(other) == repr(value) or not schemas.at("/s").is_valid(other)
                assert independent.is_valid(value), (case["description"], value)
    assert count > 220
    assert without == UNSATISFIABLE


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "^$", "a|b|c", "^(ab|cd){2,3}$", "[^a-z]", "\\bfoo\\b", "^\\w+\\.\\w+$", "(a)\\1"),
        *("^\\S+$", "(?<y>\\d{4})-", "^\\u0041\\x42$", "[\\]\\-\\\\]", "^[\\d.-]+$"),
        *("a{2}b{1,}c{0,1}?", "^(?:x(?!y))z?$", "^\\p{Lu}\\p{Ll}+$", "[a-]", "^.{3}$", "x*?y+?"),
    ],
)
def test_strings_of_a_pattern_match_it(pattern: str) -> None:
    drawn({"type": "string", "pattern": pattern})


@pytest.mark.parametrize("pattern", ["(", "[a", "a)", "*", "\\", "(?<n", "[z-a]{", "a{1,2", "(?"])
def test_what_is_no_pattern_is_a_value_error_or_text(pattern: str) -> None:
    with suppress(ValueError):
        assert isinstance(patterns.Pattern(pattern).draw(dice.Dice("")), str)
