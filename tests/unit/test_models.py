"""The types of payloads: exact, pleasant, and safe whatever the document says (S26, S42)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import count
from keyword import iskeyword
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Literal, get_args
from urllib.parse import quote

import jsonschema_rs
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from asyncgen.code import Text
from asyncgen.diagnostics import Diagnostics
from asyncgen.ir import App, Model
from asyncgen.models import render_models
from tests.support import require, shared_dir

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
        servers=(),
    )


def render(bundle: dict[str, Any], models: dict[str, str]) -> str:
    return render_models(app(models), bundle, {}, Diagnostics())


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
    """A schema whose local references lead to its new place; without `$id`, as S26 has it."""
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
        refer = {"$ref": dice.choice(names)}
        ignored = {**refer, "type": "string", "allOf": [{"type": "null"}]}
        return dice.choice([{"type": dice.choice(kinds[:5])}, refer, ignored, True])
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
@pytest.mark.parametrize("seed", range(8))
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


# -- a chat

CHAT: dict[str, Any] = {
    "components": {
        "schemas": {
            "User": {
                "type": "object",
                "description": "Somebody in a room.",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 20, "description": "What others see."},
                    "numUsers": {"type": "integer", "minimum": 1},
                    "score": {"type": "number"},
                    "class": {"type": "string"},
                    "x-rank": {"type": ["string", "null"], "maxLength": 3},
                    "mood": {"$ref": "#/components/schemas/Mood"},
                    "friends": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
                    "address": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"street": {"type": "string"}},
                    },
                },
            },
            "Mood": {"type": "string", "enum": ["happy", "sad"], "description": "How one feels."},
        },
        "messages": {
            "NewMessage": {"payload": {"type": "string", "maxLength": 500}},
            "Joined": {"payload": {"$ref": "#/components/schemas/User"}},
        },
    }
}
CHAT_MODELS = {
    "User": "/components/schemas/User",
    "NewMessage": "/components/messages/NewMessage/payload",
}
CHAT_SOURCE = '''\
NewMessage: TypeAlias = Annotated[str, Field(max_length=500)]

Mood: TypeAlias = Literal["happy", "sad"]
"""How one feels."""


class UserAddress(Model):
    model_config = ConfigDict(extra="forbid")

    street: Maybe[str] = None


class User(Model):
    """Somebody in a room."""

    name: Annotated[str, Field(max_length=20)]
    """What others see."""
    numUsers: Annotated[Maybe[Integer], Field(ge=1)] = None
    score: Maybe[int | float] = None
    class_: Annotated[Maybe[str], Field(alias="class")] = None
    x_rank: Annotated[str | None, Field(alias="x-rank", max_length=3)] = None
    mood: Maybe[Mood] = None
    friends: Maybe[list[User]] = None
    address: Maybe[UserAddress] = None


User.model_rebuild()
'''


def test_S26_models_read_as_if_written_by_hand() -> None:
    source = render(CHAT, CHAT_MODELS)
    assert source.startswith('"""Payload types')
    assert source.endswith("\n\n\n" + CHAT_SOURCE)


def test_S26_the_same_document_gives_the_same_source_wherever_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = render(CHAT, CHAT_MODELS)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.black]\nline-length = 40\n[tool.datamodel-codegen]\nsnake-case-field = true\n"
    )
    monkeypatch.chdir(tmp_path)
    assert render(CHAT, CHAT_MODELS) == expected


def test_S26_without_models_the_module_is_a_docstring() -> None:
    assert [type(node) for node in ast.parse(render(CHAT, {})).body] == [ast.Expr]


USE = """\
from generated import Model, NewMessage, User, UserAddress

User(name="Ann", class_="a", x_rank=None, mood="happy", score=1, address=UserAddress(street="x"))
user = User.model_validate({"name": "Ann", "class": "a"})
rank: str | None = user.x_rank
text: NewMessage = "hello"
assert isinstance(user, Model)
User(nam="Ann")  # wrong
User()  # wrong
User(name="Ann", mood="angry")  # wrong
User(name=1)  # wrong
user.nmae  # wrong
UserAddress(city="x")  # wrong
"""


@pytest.mark.parametrize("checker", [["mypy", "--strict"], ["pyright"]], ids=["mypy", "pyright"])
def test_S26_type_checkers_accept_the_module_and_report_wrong_use(
    checker: list[str], tmp_path: Path
) -> None:
    require(find_spec(checker[0]) is not None, f"{checker[0]} is not installed")
    (tmp_path / "generated.py").write_text(render(CHAT, CHAT_MODELS), encoding="utf-8")
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    command = [sys.executable, "-m", *checker, "generated.py", "use.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = re.findall(r"(\w+\.py):(\d+).*?error", run.stdout)
    wrong = [n for n, line in enumerate(USE.splitlines(), 1) if line.endswith("# wrong")]
    assert {(file, int(line)) for file, line in found} == {("use.py", line) for line in wrong}


ODD: dict[str, Any] = {
    "Long": {"enum": [f"value number {number}" for number in range(20)]},
    "Wide": {"const": "a value that is much too long for one line " * 4},
    "Talk": {"type": "object", "properties": {"a": {"type": "string", "description": "b " * 99}}},
    "Tree": {"type": "array", "items": {"$ref": "#/components/schemas/Leaf"}},
    "Leaf": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "string"}]},
    "Map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Talk"}},
    "Either": {"oneOf": [{"$ref": f"#/components/schemas/{it}"} for it in ("Talk", "Map", "Null")]},
    "Null": {"const": None},
    "Other": {"$ref": "#/components/schemas/Either"},
    "Anything": {},
    "Mixed": {"enum": ["a", 1, None, {"b": []}]},
    "Huge": {"type": "number", "maximum": 1e308, "minimum": -(10**400), "multipleOf": 1e-9},
    "Vast": {"type": "string", "maxLength": 10**30, "minLength": 0},
    "Format": {"type": "string", "format": "first_name", "pattern": "[", "default": 5},
    "Empty": {"type": "object", "properties": {}},
    "Never": False,
    "Always": True,
    "Hollow": {"$ref": "#/components/schemas/Hollow"},
    "Ring": {"anyOf": [{"$ref": "#/components/schemas/Chain"}, {"type": "null"}]},
    "Chain": {"allOf": [{"$ref": "#/components/schemas/Ring"}]},
    "Lost": {"$ref": "#/components/schemas/Nowhere"},
    "Remote": {"$ref": "http://example.com/schema"},
    "Wrong": {
        "type": ["object", {}, "text"],
        "properties": [1],
        "required": "a",
        "items": 1,
        "anyOf": {},
        "allOf": [3, None],
        "description": {},
        "additionalProperties": "x",
    },
    "Broken": {"type": "object", "properties": {"a": None, "b": 3, "c": [], "d": {"enum": 3}}},
    "Unicode": {
        "type": "object",
        "properties": {key: {} for key in ("größe", "ﬁ", "fi", "名前", "\u202e", "a\u0301")},
    },
}


@pytest.mark.filterwarnings("error")
def test_S26_odd_schemas_give_a_module_that_linters_and_python_accept(tmp_path: Path) -> None:
    source = components(ODD)
    module = load(source)
    assert ODD.keys() <= vars(module).keys()
    (tmp_path / "generated.py").write_text(source, encoding="utf-8")
    ruff = ["ruff", "check", "--isolated", "--select", "E,F,I,UP", "--target-version", "py311"]
    for command in (ruff, ["mypy", "--strict"]):
        subprocess.run(
            [sys.executable, "-m", *command, "generated.py"], cwd=tmp_path, check=True, timeout=120
        )


# -- types


def test_S26_recursive_aliases_are_types() -> None:
    ref = {"$ref": "#/components/schemas/Json"}
    several = [{"type": ["string", "null"]}, {"type": "object", "additionalProperties": ref}]
    module = load(components({"Json": {"anyOf": [*several, {"type": "array", "items": ref}]}}))
    assert round_trip(module.Json, {"a": [None, {"b": "c"}]}) == {"a": [None, {"b": "c"}]}
    with pytest.raises(ValidationError):
        round_trip(module.Json, {"a": [1]})


def test_S26_mutually_recursive_classes_are_types() -> None:
    module = load(
        components(
            {
                "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}},
                "B": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}},
            }
        )
    )
    model = TypeAdapter(module.A).validate_python({"b": {"a": {"b": {}}}})
    assert isinstance(model.b.a, module.A)
    assert isinstance(model.b.a.b, module.B)


def test_S26_a_payload_may_refer_to_itself_and_to_its_definitions() -> None:
    message = "#/components/messages/Node/payload"
    payload = {
        "type": "object",
        "properties": {
            "next": {"$ref": message},
            "mark": {"$ref": message + "/definitions/mark"},
            "other": {"$ref": "#/channels/~1chat/publish/message/payload"},
        },
        "definitions": {"mark": {"type": "object", "properties": {"at": {"type": "integer"}}}},
    }
    inline = {"type": "object", "properties": {"text": {"type": "string"}}}
    bundle = {
        "channels": {"/chat": {"publish": {"message": {"payload": inline}}}},
        "components": {"messages": {"Node": {"payload": payload}}},
    }
    module = load(render(bundle, {"Node": "/components/messages/Node/payload"}))
    node = module.Node(next=module.Node(mark=module.Mark(at=1)))
    assert node.model_dump(exclude_unset=True) == {"next": {"mark": {"at": 1}}}
    assert module.ChatPayload(text="x").text == "x"


def test_S26_two_names_for_one_schema_are_one_type() -> None:
    place = "/components/schemas/User"
    module = load(render(CHAT, {"User": place, "Member": place}))
    assert module.Member is module.User


def test_S16_inline_types_leave_names_to_components() -> None:
    inner = {"type": "object", "properties": {"a": {}}}
    refer = {"$ref": "#/components/schemas/Model"}
    keys = {"user": inner, "x": inner, "X": inner, "model": refer}
    schemas = {
        "Chat": {"type": "object", "properties": keys},
        "ChatUser": {"type": "object", "properties": {"b": {}}},
        "Model": {"type": "object", "properties": {"c": {}}},
    }
    module = load(components(schemas, only=("Chat", "ChatUser")))
    fields = {name: field.annotation for name, field in module.Chat.model_fields.items()}
    assert fields == {
        "user": module.ChatUser_2 | None,
        "x": module.ChatX | None,
        "X": module.ChatX_2 | None,
        "model": module.Model_ | None,
    }


def test_S26_parts_of_an_all_of_are_one_class() -> None:
    schemas = {
        "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
        "Admin": {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"type": "object", "properties": {"level": {"type": "integer"}}},
            ]
        },
    }
    module = load(components(schemas, only=("Admin",)))
    assert list(module.Admin.model_fields) == ["id", "level"]
    assert module.Admin.model_fields["id"].is_required()


def heirs() -> dict[str, Any]:
    """Alternatives that inherit what tells them apart, and narrow it."""
    base = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    schemas: dict[str, Any] = {"Base": base}
    for kind, more in (("Truck", "axles"), ("Van", "volume")):
        own = {"kind": {"const": kind}, more: {"type": "integer"}}
        part = {"type": "object", "properties": own}
        schemas[kind] = {"allOf": [{"$ref": "#/components/schemas/Base"}, part]}
    schemas["Either"] = {
        "oneOf": [{"$ref": f"#/components/schemas/{it}"} for it in ("Truck", "Van")]
    }
    return schemas


def test_S26_what_inherits_a_property_may_narrow_it() -> None:
    module = load(components(heirs()))
    assert module.Truck.model_fields["kind"].annotation == Literal["Truck"]
    # That a van has axles is allowed, and makes no truck of it.
    value = {"kind": "Van", "axles": 3}
    assert isinstance(adapter_of(module.Either).validate_python(value), module.Van)
    assert round_trip(module.Either, value) == value


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ({"type": "string"}, {"enum": ["a"]}, Literal["a"]),
        ({"enum": ["a"]}, {"type": "string"}, Literal["a"]),
        ({}, {"type": "string"}, str),
        ({"type": ["string", "integer"]}, {"type": "string"}, str),
        ({"type": "number"}, {"type": "integer"}, int | float),
    ],
)
def test_S26_of_a_property_in_many_parts_the_narrowest_is_shown(
    first: dict[str, Any], second: dict[str, Any], shown: object
) -> None:
    parts = [{"properties": {"a": it}} for it in (first, second)]
    module = load(components({"A": {"type": "object", "required": ["a"], "allOf": parts}}))
    assert module.A.model_fields["a"].annotation == shown


def test_S26_a_union_of_a_thousand_is_anything() -> None:
    branches = [
        {"type": "object", "properties": {"kind": {"const": f"k{it}"}}} for it in range(1_000)
    ]
    source = components({"Any1000": {"anyOf": branches}})
    assert "Any1000: TypeAlias = Any" in source
    assert load(source).Any1000 is Any


def test_S26_branches_of_a_union_are_told_apart() -> None:
    branch = {"type": "object", "required": ["kind"]}
    module = load(
        components(
            {
                "A": {**branch, "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}},
                "B": {**branch, "properties": {"kind": {"const": "b"}, "x": {"type": "string"}}},
                "Either": {"oneOf": [{"$ref": f"#/components/schemas/{it}"} for it in "AB"]},
            }
        )
    )
    adapter = TypeAdapter(module.Either)
    assert isinstance(adapter.validate_python({"kind": "a", "x": 1.0}), module.A)
    assert isinstance(adapter.validate_python({"kind": "b", "x": "1"}), module.B)


@pytest.mark.parametrize("value", [2**53 + 1, 10**30, 1.0, 1e300, 0.1, -0.0])
def test_S26_numbers_keep_their_digits(value: int | float) -> None:
    module = load(components({"Number": {"type": "number"}}))
    assert repr(round_trip(module.Number, value)) == repr(value)


@pytest.mark.parametrize("value", [1, 1.0, 10**30, 1e19, 1e300])
def test_S26_a_float_without_a_fraction_is_an_integer(value: int | float) -> None:
    module = load(components({"Whole": {"type": "integer", "minimum": 1}}))
    given = round_trip(module.Whole, value)
    assert given == value
    assert type(given) is int


def test_S24_a_binary_string_is_bytes() -> None:
    binary = {"type": "string", "format": "binary"}
    module = load(components({"File": {"type": "object", "properties": {"data": binary}}}))
    assert round_trip(module.File, {"data": b"\x00\xff"}) == {"data": b"\x00\xff"}


def test_AG301_an_object_without_a_type_is_noted() -> None:
    schema = {"properties": {"a": {"type": "string"}}}
    diagnostics = Diagnostics()
    bundle: dict[str, Any] = {"components": {"schemas": {"Loose": schema}}}
    source = render_models(app({"Loose": "/components/schemas/Loose"}), bundle, {}, diagnostics)
    assert "Loose: TypeAlias = Any" in source
    assert [(it.code, it.pointer) for it in diagnostics] == [("AG301", "/components/schemas/Loose")]


# -- fields


def test_S26_keys_that_cannot_be_fields_are_aliases() -> None:
    keys = [
        *("numUsers", "class", "class_", "_id", "id", "user-name", "user_name", "1st", "", "$"),
        *("model_config", "model_name", "model_dump_x", "json", "copy", "self", "str", "Any"),
        *("ﬁx", "größe", "a b", "__init__", "Thing", "Model", "None", "x'\"\\", "\u2028"),
    ]
    schema = {"type": "object", "properties": {key: {"type": "integer"} for key in keys}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module = load(components({"Thing": schema}))
    aliases = {
        name: name if field.alias is None else field.alias
        for name, field in module.Thing.model_fields.items()
    }
    assert sorted(aliases.values()) == sorted(keys)
    assert all(name.isidentifier() and not iskeyword(name) for name in aliases)
    kept = {"numUsers", "class_", "id", "user_name", "model_name", "größe"}
    assert kept == {name for name, key in aliases.items() if name == key}
    values = dict.fromkeys(keys, 1)
    assert round_trip(module.Thing, values) == values
    named = module.Thing(**dict.fromkeys(aliases, 2))
    assert named.model_dump(by_alias=True) == dict.fromkeys(keys, 2)


def test_S26_no_field_can_hide_what_pydantic_gives_a_model() -> None:
    public = [name for name in dir(BaseModel) if not name.startswith("_")]
    schema = {"type": "object", "properties": {name: {} for name in public}}
    fields = load(components({"Thing": schema})).Thing.model_fields
    assert not fields.keys() & set(public)


def test_S26_undeclared_keys_survive() -> None:
    module = load(components({"Open": {"type": "object", "properties": {"a": {}}}}))
    value = {"a": 1, "model_config": {"x": [1]}, "copy": None, "__class__": "x", "": 2}
    assert round_trip(module.Open, value) == value


def test_S26_an_undeclared_key_is_not_taken_for_an_aliased_field() -> None:
    schema = {"type": "object", "required": ["class"], "properties": {"class": {"type": "string"}}}
    module = load(components({"Open": schema}))
    value = {"class": "a", "class_": 5}
    assert round_trip(module.Open, value) == value


# -- hostile text (S42)

HOSTILE = (
    '"""\nimport os\nos.system("x")\n"""',
    "'''; raise SystemExit #",
    "\\",
    '\\"""',
    'ends with a quote"',
    '"',
    "\x00\x1b[2J\r\n\u202e\u2028",
    "\\N{DASH} \\x41 {0} {{ x }} %s",
    "# -*- coding: utf-7 -*-",
    "T0",
    "Any",
)


def hostile(text: str) -> dict[str, Any]:
    """A schema with the text wherever a document may have text of its own."""
    noise: dict[str, Any] = {
        "description": text,
        "title": text,
        "default": text,
        "examples": [text],
    }
    noise |= {"x-python-import": {"module": text, "name": text}, "customTypePath": text}
    noise |= {"format": text, "pattern": text, "x-python-type": text, "customBasePath": text}
    return {
        "Thing": {
            "type": "object",
            "properties": {"a": {"type": "string", **noise}, text + "-": {"type": "integer"}},
            **noise,
        },
        "Choice": {"enum": [text + "-", "other"], **noise},
        "Loop": {
            "anyOf": [
                {"const": text + "-"},
                {"type": "array", "items": {"$ref": "#/components/schemas/Loop"}},
            ],
        },
    }


def skeleton(source: str, field: str) -> str:
    """The syntax tree without what strings say, and with one name for the hostile field."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(node, ast.Name) and node.id == field:
            node.id = "field"
    return ast.dump(tree)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", HOSTILE)
def test_S42_text_of_the_document_changes_nothing_but_strings(text: str) -> None:
    only = ("Thing", "Choice", "Loop")
    sources = [components(hostile(it), only=only) for it in ("harmless words", text)]
    modules = [load(source) for source in sources]
    fields = [list(module.Thing.model_fields)[1] for module in modules]
    harmless, dangerous = map(skeleton, sources, fields)
    assert dangerous == harmless
    assert get_args(modules[1].Choice) == (text + "-", "other")
    assert modules[1].Thing.model_fields[fields[1]].alias == text + "-"


def test_S42_what_no_message_can_have_is_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["\ud800", "b"]}, "\udfff": {}}}
    module = load(components({"Thing": schema}))
    assert list(module.Thing.model_fields) == ["a"]
    assert round_trip(module.Thing, {"a": "b"}) == {"a": "b"}


def test_S42_every_line_is_printable() -> None:
    for text in HOSTILE:
        source = components(hostile(text))
        assert all(char.isprintable() or char == "\n" for char in source)


def test_S42_names_of_components_become_identifiers() -> None:
    schemas = {text: {"type": "object", "properties": {"a": {}}} for text in HOSTILE}
    places = ["#/components/schemas/" + quote(text) for text in HOSTILE]
    schemas["All"] = {"type": "array", "items": {"anyOf": [{"$ref": place} for place in places]}}
    module = load(components(schemas, only=("All",)))
    assert round_trip(module.All, [{"a": 1}]) == [{"a": 1}]


def test_S26_none_leaves_a_property_out_where_it_is_never_null() -> None:
    properties = {"plain": {"type": "string"}, "nullable": {"type": ["string", "null"]}}
    module = load(components({"Note": {"type": "object", "properties": properties}}))
    note = module.Note(plain=None, nullable=None)
    assert TypeAdapter(module.Note).dump_python(note, exclude_unset=True) == {"nullable": None}
