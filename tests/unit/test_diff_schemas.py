"""Which schemas accept all that others do: the rule, each single change, and no wrong safe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncgen.compatibility.containment import (
    Breaking,
    Comparer,
    Containment,
    Safe,
    Unknown,
    contains,
)
from asyncgen.compatibility.keywords import Pair
from tests.conformance.support import moved
from tests.fuzz.sampling import Sampler
from tests.support import shared_dir
from tests.unit.diff_table import CHANGES, VERDICTS

NAMES = {Safe: "safe", Breaking: "breaking", Unknown: "unknown"}


def verdict(found: Containment) -> str:
    return NAMES[type(found)]


def test_the_table_is_of_single_changes_in_every_way() -> None:
    assert len(CHANGES) >= 80
    assert len({name for name, *_ in CHANGES}) == len(CHANGES)
    assert {relation for *_, relation in CHANGES} == VERDICTS.keys()


@pytest.mark.parametrize(("old", "new", "relation"), [it[1:] for it in CHANGES],
                         ids=[it[0] for it in CHANGES])  # fmt: skip
def test_the_verdict_of_a_single_change_follows_from_the_rule(
    old: Any, new: Any, relation: str
) -> None:
    """What clients send must be accepted after, what the server sends have been allowed before."""
    from_client, from_server = contains(new, old), contains(old, new)
    assert (verdict(from_client), verdict(from_server)) == VERDICTS[relation]


@pytest.mark.parametrize(("old", "new", "relation"), [it[1:] for it in CHANGES],
                         ids=[it[0] for it in CHANGES])  # fmt: skip
def test_a_single_change_says_the_same_within_a_payload(old: Any, new: Any, relation: str) -> None:
    """As a required property, and as an item: containment goes down, and so do counter-examples."""

    def within(schema: Any) -> Any:
        inner = json.loads(json.dumps(schema).replace('"#/S', '"#/S/properties/a'))
        return {"type": "object", "properties": {"a": inner}, "required": ["a"]}

    found = contains(within(new), within(old)), contains(within(old), within(new))
    assert tuple(map(verdict, found)) == VERDICTS[relation]


def test_a_counter_example_is_of_the_one_side_and_not_of_the_other() -> None:
    found = contains({"type": "string", "maxLength": 3}, {"type": "string", "minLength": 2})
    assert isinstance(found, Breaking)
    assert isinstance(found.example, str) and len(found.example) > 3
    assert found.reason == "it must be at most 3 characters long"


def test_verdicts_are_the_same_each_time() -> None:
    sides = {"type": "string", "pattern": "^a"}, {"type": ["string", "array"]}
    assert contains(*sides) == contains(*sides)


def test_an_item_without_keywords_accepts_bytes_but_a_list_of_all_types_does_not() -> None:
    """S24: only what says no `type`, or `format: binary`, takes bytes."""
    every = {"type": ["null", "boolean", "number", "string", "array", "object"]}
    found = contains(every, {})
    assert isinstance(found, Breaking)
    assert isinstance(found.example, bytes)
    assert contains({}, every) == Safe()


def test_limits_of_text_are_no_limits_of_bytes() -> None:
    binary = {"type": "string", "format": "binary", "maxLength": 3}
    assert contains({"format": "binary", "maxLength": 3}, binary) == Safe()
    assert isinstance(contains(binary, {**binary, "maxLength": 4}), Breaking)
    assert not isinstance(contains(binary, {"maxLength": 3}), Safe)


@pytest.mark.parametrize(
    "loop",
    [{"$ref": "#/S"}, {"allOf": [{"$ref": "#/S"}]}, {"anyOf": [{"$ref": "#/S"}, {"const": 1}]}],
)
def test_a_schema_that_leads_to_itself_in_place_proves_nothing(loop: Any) -> None:
    assert not isinstance(contains({"type": "string"}, loop), Safe)


def test_a_recursive_schema_is_not_assumed_to_be_what_it_is_not() -> None:
    """The assumption holds for what is within a value only."""
    tree = {"type": "object", "properties": {"next": {"$ref": "#/S"}, "value": {"type": "number"}}}
    whole = {**tree, "properties": {**tree["properties"], "value": {"type": "integer"}}}  # type: ignore[dict-item]
    assert contains(tree, whole) == Safe()
    found = contains(whole, tree)
    assert isinstance(found, Breaking)
    assert found.reason == "/value must be an integer"


def test_too_many_alternatives_are_unknown_and_never_safe() -> None:
    def choice(index: int) -> Any:
        return {"anyOf": [{"required": [f"{side}{index}"]} for side in "ab"]}

    narrow = {"type": "object", "allOf": [choice(index) for index in range(20)]}
    wide = {"type": "object", "anyOf": [{"required": [f"a{it}"]} for it in range(20)]}
    assert not isinstance(contains(wide, narrow), Safe)


# -- no wrong safe


def suites() -> Iterator[Path]:
    folder = Path(__file__).parents[3] / "shared" / "json-schema-test-suite" / "draft7"
    yield from sorted(folder.glob("*.json"))


def one_document(schema: Any) -> bool:
    text = json.dumps(schema)
    return '"$id"' not in text and "json-schema.org" not in text and "localhost" not in text


def compared(schemas: list[Any]) -> tuple[Comparer, list[str], list[str]]:
    """A comparer of schemas with themselves, and the pointers of both sides."""
    places = [f"/components/schemas/S{index}" for index in range(len(schemas))]
    named = {
        f"S{index}": moved(schema, f"#/components/schemas/S{index}")
        for index, schema in enumerate(schemas)
    }
    bundle = {"components": {"schemas": named}}
    comparer = Comparer(Pair(bundle, bundle, {"old": places, "new": places}))
    return comparer, [f"/old{it}" for it in places], [f"/new{it}" for it in places]


def wrong_safes(comparer: Comparer, wide: str, narrow: str, instances: list[Any]) -> list[Any]:
    """Values that contradict a verdict of safe."""
    if not isinstance(comparer.contains(wide, narrow), Safe):
        return []
    accepts = comparer.validators.accepts
    return [it for it in instances if accepts(narrow, it) and not accepts(wide, it)]


def test_no_wrong_safe_among_the_schemas_of_the_test_suite() -> None:
    """Each two schemas of one file, and all values of that file."""
    shared_dir()
    count = 0
    for file in suites():
        groups = [it for it in json.loads(file.read_text()) if one_document(it["schema"])]
        instances = [test["data"] for group in groups for test in group["tests"]]
        comparer, olds, news = compared([group["schema"] for group in groups])
        for index, wide in enumerate(olds):
            for narrow in news:
                assert not wrong_safes(comparer, wide, narrow, instances), (wide, narrow, file)
                count += 1
            assert comparer.contains(wide, news[index]) == Safe(), (file, groups[index])
    assert count > 1_500


def edited(schema: dict[str, Any], random: Random) -> dict[str, Any]:
    """A copy in which a keyword or two are gone."""
    copy: dict[str, Any] = json.loads(json.dumps(schema))
    for _ in range(random.randint(1, 2)):
        nodes = [copy]
        for node in nodes:
            nodes += [it for it in node.values() if isinstance(it, dict) and it]
        node = random.choice(nodes)
        keys = [it for it in node if it not in ("$ref", "definitions") and not it.startswith("d")]
        if keys:
            del node[random.choice(keys)]
    return copy


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_no_wrong_safe_between_a_schema_and_one_with_fewer_keywords(seed: int) -> None:
    sampler = Sampler(Random(seed), binary=seed % 3 == 0)
    schema = sampler.schema()
    other = edited(schema, Random(seed)) if seed % 4 else Sampler(Random(seed + 1)).schema()
    instances = [sampler.instance(it) for it in (schema, other) for _ in range(10)]
    comparer, olds, news = compared([schema, other])
    assert not wrong_safes(comparer, olds[0], news[1], instances)
    assert not wrong_safes(comparer, olds[1], news[0], instances)
