"""The types of payloads: exact, pleasant, and safe whatever the document says (S26, S42)."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel, TypeAdapter

from asyncgen import models
from asyncgen.code import Text
from asyncgen.diagnostics import Diagnostics
from asyncgen.ir import App, Model
from asyncgen.models import render_models
from tests.support import shared_dir

_NUMBERS = count()


def app(models: dict[str, str]) -> App:
    """An app of these models: name → pointer."""
    return App(
        title=Text("Chat"),
        version=Text("1.0.0"),
        description=None,
        package="chat",
        path="/socket.io",
        base="",
        namespaces=(),
        models=tuple(Model(name, pointer) for name, pointer in models.items()),
        schemes=(),
    )


def render(bundle: dict[str, Any], models: dict[str, str]) -> str:
    return render_models(app(models), bundle, Diagnostics())


def components(schemas: dict[str, Any], *, only: tuple[str, ...] = ()) -> str:
    """The module for these schemas, all of them models unless said otherwise."""
    pointers = {name: f"/components/schemas/{name}" for name in only or schemas}
    return render({"components": {"schemas": schemas}}, pointers)


def load(source: str) -> ModuleType:
    """The module as Python sees it; registered, since pydantic looks names up there."""
    module = ModuleType(f"generated_models_{next(_NUMBERS)}")
    sys.modules[module.__name__] = module
    exec(compile(source, module.__name__, "exec"), vars(module))
    return module


def round_trip(kind: Any, value: object) -> object:
    adapter = adapter_of(kind)
    model = adapter.validate_python(value, by_alias=True, by_name=False)
    return adapter.dump_python(model, by_alias=True, exclude_unset=True)


@cache
def adapter_of(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def same(left: object, right: object) -> bool:
    """Equal as JSON has it: 1 and 1.0 are, 1 and true are not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


# -- the JSON Schema test suite

_MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependencies")
_DATA = ("enum", "const", "default", "examples")


def moved(schema: Any, base: str) -> Any:
    """A schema whose local references lead to its new place; without `$id`, as in a bundle (S26)."""
    if isinstance(schema, list):
        return [moved(item, base) for item in schema]
    if not isinstance(schema, dict):
        return schema
    new: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _DATA:
            new[key] = value
        elif key in _MAPS and isinstance(value, dict):
            new[key] = {name: moved(inner, base) for name, inner in value.items()}
        elif key == "$ref" and isinstance(value, str):
            new[key] = f"#{base}{value[1:]}"
        elif key not in ("$id", "$schema"):
            new[key] = moved(value, base)
    return new


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            elif key not in _DATA:
                yield from references(value)


def is_local(schema: Any) -> bool:
    return all(it == "#" or it.startswith("#/") for it in references(schema))


def groups() -> list[dict[str, Any]]:
    folder = shared_dir() / "json-schema-test-suite" / "draft7"
    found = [
        group
        for path in sorted(folder.rglob("*.json"))
        for group in json.loads(path.read_text(encoding="utf-8"))
    ]
    return [group for group in found if is_local(group["schema"])]


def validator(bundle: dict[str, Any], name: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", **bundle}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False)


_TYPE_OF = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "minItems", "maxItems", "contains", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def typed(schema: Any) -> Any:
    """The schema with the types that its keywords are about, so that it has a Python type."""
    if isinstance(schema, list):
        return [typed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    new: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _MAPS and isinstance(value, dict):
            new[key] = {name: typed(inner) for name, inner in value.items()}
        else:
            new[key] = value if key in _DATA else typed(value)
    kinds = [kind for kind, keys in _TYPE_OF.items() if any(key in schema for key in keys)]
    return {"type": kinds, **new} if kinds and "$ref" not in schema else new


def distinct(values: list[Any]) -> list[Any]:
    return list({json.dumps(value): value for value in values}.values())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("change", [lambda schema: schema, typed], ids=["as written", "typed"])
def test_S26_a_model_gives_back_every_valid_instance_of_the_test_suite(change: Any) -> None:
    suite = groups()
    instances = distinct([test["data"] for group in suite for test in group["tests"]])
    schemas = {
        f"G{index}": moved(change(group["schema"]), f"/components/schemas/G{index}")
        for index, group in enumerate(suite)
    }
    module = load(components(schemas))
    broken, checked = [], 0
    for name, schema in schemas.items():
        kind = getattr(module, name)
        judge = validator({"components": {"schemas": {name: schema}}}, name)
        for instance in filter(judge.is_valid, instances):
            checked += 1
            given = outcome(kind, instance)
            if not same(given, instance):
                broken.append((schema, instance, given))
    assert checked > 10_000
    assert broken == []


def outcome(kind: Any, value: object) -> object:
    try:
        return round_trip(kind, value)
    except Exception as error:
        return error


# -- random schemas

_KEYS = ("a", "b", "class", "x-y", "json", "_id", "id", "")
_SCALARS = (None, True, False, 0, 1, 1.0, -2, 1.5, 2**53 + 1, 10**30, 1e300, "", "a", "b", "1")


def random_schema(dice: Random, names: Sequence[str], depth: int = 3) -> Any:
    """A schema of the keywords that reach the models, in any mixture."""
    kinds = ["string", "integer", "number", "boolean", "null", "object", "array"]
    if depth == 0 or dice.random() < 0.1:
        return dice.choice([{"type": dice.choice(kinds[:5])}, {"$ref": dice.choice(names)}, True])
    schema: dict[str, Any] = {}
    if dice.random() < 0.8:
        several = dice.sample(kinds, dice.choice([1, 1, 1, 2, 3]))
        schema["type"] = several if len(several) > 1 else several[0]
    if dice.random() < 0.6:
        keys = dice.sample(_KEYS, dice.randrange(4))
        inner = {key: random_schema(dice, names, depth - 1) for key in keys}
        schema |= {"properties": inner, "required": dice.sample(_KEYS, dice.choice([0, 0, 1]))}
    for keyword, chance in (("items", 0.4), ("additionalProperties", 0.3)):
        if dice.random() < chance:
            schema[keyword] = random_schema(dice, names, depth - 1)
    if dice.random() < 0.1:
        schema["additionalProperties"] = False
    for keyword in ("anyOf", "oneOf", "allOf"):
        if dice.random() < 0.15:
            several = [random_schema(dice, names, depth - 1) for _ in range(dice.randrange(1, 4))]
            schema[keyword] = several
    if dice.random() < 0.1:
        schema["enum"] = dice.sample(_SCALARS, 3)
    for keyword, value in (("maximum", 1.5), ("minimum", 1), ("maxLength", 1), ("minItems", 1)):
        if dice.random() < 0.1:
            schema[keyword] = value
    return schema


def random_value(dice: Random, depth: int = 3) -> Any:
    kind = dice.random()
    if depth == 0 or kind < 0.4:
        return dice.choice(_SCALARS)
    if kind < 0.55:
        return [random_value(dice, depth - 1) for _ in range(dice.randrange(3))]
    return {key: random_value(dice, depth - 1) for key in dice.sample(_KEYS, dice.randrange(4))}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(40))
def test_S26_a_model_gives_back_every_valid_value_of_random_schemas(seed: int) -> None:
    dice = Random(seed)
    places = [f"#/components/schemas/S{index}" for index in range(60)]
    schemas = {place.split("/")[-1]: random_schema(dice, places) for place in places}
    values = [random_value(dice) for _ in range(400)]
    module = load(components(schemas))
    broken, checked = [], 0
    for name, schema in schemas.items():
        kind, judge = getattr(module, name), validator({"components": {"schemas": schemas}}, name)
        for value in filter(judge.is_valid, values):
            checked += 1
            given = outcome(kind, value)
            if not same(given, value):
                broken.append((schema, value, given))
    assert checked > 1_000
    assert broken == []
