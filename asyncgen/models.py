"""Schemas → models.py: the typed view of payloads that are already valid (S26).

Whether a payload is valid is decided elsewhere, by its JSON Schema; a model
has to accept every valid payload and to give it back unchanged. So each schema
is first reduced to a *carrier*: a schema that accepts at least as much and
says only what a Python type says exactly. datamodel-code-generator turns all
carriers into Python types in one call. It sees no text of the document but
the values of string enums: types are `T0`, `T1`, … and properties `p0`, `p1`,
… to it, and get their names and docstrings when the module is written (S42).
"""

from __future__ import annotations

import ast
import re
import textwrap
import unicodedata
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from typing import Any, TypeAlias
from urllib.parse import unquote

from asyncgen import naming
from asyncgen.code import doc, lit, quote, visible
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Json
from asyncgen.ir import App, Model

Carrier: TypeAlias = dict[str, Any]
Schema: TypeAlias = Mapping[str, Json]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WIDTH = 88
_LONGEST_NAME = 60
# Arrays, maps and alternatives within one type; what is deeper is `Any`.
_DEEPEST = 30

_DEFINITIONS = "#/definitions/"
_ANY: Carrier = {}
_NULL: Carrier = {"type": "null"}
# These and null are written as a pair of types.
_NULLABLE = ("string", "integer", "number", "boolean")
_TYPES = ("string", "integer", "number", "boolean", "null", "array", "object")

# Beyond these pydantic-core or a float would not be exact any more.
_LARGEST_SIZE = 2**31
_LARGEST_BOUND = 2**53
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_SIZES = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}
_CONSTRAINTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", *_BOUNDS})

# Beside an `allOf` these say more than it.
_SHAPING = ("type", "properties", "items", "enum", "const", "anyOf", "oneOf")

# Words of a pointer that name nothing.
_STRUCTURE = _words(
    "components schemas messages channels definitions $defs properties items payload"
    " allOf anyOf oneOf publish subscribe message"
)

# A field of one of these names would hide a method of pydantic's, or a type that annotations use.
_FIELD_NAMES = naming.MODEL_NAMES | _words(
    "bool bytes construct copy dict float from_orm int json list parse_file parse_obj parse_raw"
    " model_computed_fields model_config model_construct model_copy model_dump model_dump_json"
    " model_extra model_fields model_fields_set model_json_schema model_parametrized_name"
    " model_post_init model_rebuild model_validate model_validate_json model_validate_strings"
    " schema schema_json self str update_forward_refs validate"
)
# pydantic warns of fields with these prefixes.
_FIELD_PREFIXES = ("_", "model_dump", "model_validate")

_TITLE = '"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""\n'

_MODEL = '''
class Model(BaseModel):
    """The base of all payload types: the typed view of a payload that is already valid.

    What is valid is decided by the JSON Schema in asyncapi.json. So keys that a schema
    does not name are kept (`extra="allow"`), and no value is converted (`strict=True`).
    Where a key is no Python name, the field has another and the key is its alias.
    """

    model_config = ConfigDict(extra="allow", strict=True, validate_by_name=True)
'''

_INTEGER = '''
def _whole(value: object) -> object:
    """To JSON Schema, 1.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer: TypeAlias = Annotated[int, BeforeValidator(_whole)]
'''

_MAYBE = """
def _is_none(value: object) -> bool:
    return value is None


T = TypeVar("T")

# A property that may be left out, but is never null: None leaves it out.
Maybe: TypeAlias = Annotated[T | None, Field(exclude_if=_is_none)]
"""

_FUTURE = ["from __future__ import annotations"]
_STANDARD = {"typing": ("Annotated", "Any", "Literal", "TypeAlias", "TypeVar")}
_THIRD_PARTY = {
    "pydantic": ("BaseModel", "BeforeValidator", "ConfigDict", "Field"),
    "typing_extensions": ("TypeAliasType",),
}


def render_models(
    app: App, bundle: dict[str, Json], spans: Mapping[str, Span], diagnostics: Diagnostics
) -> str:
    """The source of models.py: every model of the app, and what these refer to.

    An object with properties is a class, everything else a type alias. The
    module accepts every instance that is valid by the schemas of the bundle,
    and dumps it as it was (`by_alias=True, exclude_unset=True`). To validate,
    a `TypeAdapter` takes `by_name=False`: else an undeclared key could be taken
    for the field of an aliased one. AG301 notes where a schema only seems to
    describe an object.
    """
    compiler = _Compiler(bundle, app.models)
    types = compiler.run()
    for pointer in compiler.lenient:
        diagnostics.note(
            "AG301",
            f"the schema at {quote(pointer)} has `properties` but no `type`: it accepts any value"
            " that is not an object, too, so its Python type is `Any`",
            spans.get(pointer),
            hint="add `type: object`",
            pointer=pointer,
        )
    return _Writer(types).module(_generated(types)) if types else _TITLE


# -- schemas → carriers


@dataclass(frozen=True, slots=True)
class _Property:
    """A property of a class: its key on the wire, and what the document says of it."""

    key: str
    text: str


@dataclass(slots=True)
class _Type:
    """A type of models.py; `properties` of a class are by their token in the carrier."""

    name: str
    carrier: Carrier = field(default_factory=dict)
    text: str = ""
    properties: dict[str, _Property] = field(default_factory=dict)
    closed: bool = False

    @property
    def is_class(self) -> bool:
        return bool(self.properties)


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the schemas that an instance satisfies all."""

    pointer: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a type comes from: a schema, or, where that has other types too, the object in it."""

    pointer: str
    only_object: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """What is around a schema.

    `name` is what an inline type is called, `kinds` the JSON types that are settled already.
    """

    name: str
    depth: int = 0
    kinds: tuple[str, ...] = ()

    def within(self, suffix: str, kinds: tuple[str, ...] = ()) -> _Context:
        name = self.name + suffix
        return _Context(name if len(name) <= _LONGEST_NAME else suffix, self.depth + 1, kinds)


class _Compiler:
    """Makes carriers for models and for all that they refer to.

    `lenient` collects schemas that have properties and still accept anything.
    """

    def __init__(self, bundle: dict[str, Json], models: Sequence[Model]) -> None:
        self._bundle = bundle
        self._taken = {*naming.MODEL_NAMES, *(model.name for model in models)}
        self._names = {model.pointer: model.name for model in reversed(models)}
        self._types: dict[str, _Type] = {}
        self._tokens: dict[_Place, str] = {}
        self._todo: deque[_Place] = deque()
        self.lenient: list[str] = []
        self._name_components()
        for model in models:
            link = self._link(_Place(model.pointer), model.name)
            if self._names[model.pointer] != model.name:
                # A second name for one schema.
                self._types[f"T{len(self._types)}"] = _Type(model.name, link)
        self._roots = list(self._types)

    def run(self) -> Mapping[str, _Type]:
        """Every type that the models need, by its token."""
        while self._todo:
            place = self._todo.popleft()
            compiled = self._types[self._tokens[place]]
            parts = self._parts(place.pointer)
            context = _Context(compiled.name)
            compiled.text = _text(part.schema for part in parts)
            if self._target(place.pointer) != place.pointer:
                compiled.carrier = self._carrier(place.pointer, context)
            elif place.only_object or _is_class(parts, _kinds(parts)):
                self._fill_class(compiled, parts)
            else:
                compiled.carrier = self._shape(parts, context)
        _settle(self._types)
        needed = _reachable(self._types, self._roots)
        return {token: it for token, it in self._types.items() if token in needed}

    # places

    def _at(self, pointer: str) -> Json:
        node: Json = self._bundle
        for word in map(_unescaped, pointer.split("/")[1:]):
            if isinstance(node, dict):
                node = node.get(word)
            elif isinstance(node, list) and word.isdecimal() and int(word) < len(node):
                node = node[int(word)]
            else:
                return None
        return node

    def _target(self, pointer: str) -> str | None:
        """The schema that another only refers to; None where that leads nowhere."""
        seen: set[str] = set()
        while pointer not in seen:
            seen.add(pointer)
            reference = _reference(self._at(pointer))
            if reference is None:
                return pointer
            if not reference.startswith("#"):
                return None
            pointer = unquote(reference[1:])
        return None

    def _parts(self, pointer: str) -> Sequence[_Part]:
        """A schema and those of its `allOf`, and of theirs."""
        parts: dict[str, _Part] = {}
        todo = deque([pointer])
        while todo:
            target = self._target(todo.popleft())
            schema = None if target is None else self._at(target)
            if target is None or target in parts or not isinstance(schema, dict):
                continue
            parts[target] = _Part(target, schema)
            several = schema.get("allOf")
            if isinstance(several, list):
                todo.extend(f"{target}/allOf/{index}" for index in range(len(several)))
        return list(parts.values())

    # names

    def _name_components(self) -> None:
        """Components are named before inline types, so that these do not change their names."""
        schemas = self._at("/components/schemas")
        for key, schema in schemas.items() if isinstance(schemas, dict) else ():
            pointer = f"/components/schemas/{_escaped(key)}"
            explicit = schema.get("x-python-name") if isinstance(schema, dict) else None
            if pointer in self._names:
                continue
            if isinstance(explicit, str) and explicit.isidentifier():
                self._names[pointer] = self._free(unicodedata.normalize("NFKC", explicit))
            else:
                self._names[pointer] = self._free(naming.pascal_case(key))

    def _referred_name(self, pointer: str) -> str:
        """A name for a schema that is no component: of the last word that tells, or of all."""
        words = pointer.split("/")
        telling = [_unescaped(word) for word in words if word not in _STRUCTURE]
        if words[-1] in _STRUCTURE:
            return naming.pascal_case(" ".join([*telling, words[-1]]))
        last = naming.pascal_case(telling[-1])
        taken = last in self._taken or last.startswith("_")
        return naming.pascal_case(" ".join(telling)) if taken else last

    def _free(self, wanted: str) -> str:
        name = _unlike(naming.safe(wanted or "Payload", naming.MODEL_NAMES), self._taken)
        self._taken.add(name)
        return name

    def _link(self, place: _Place, name: str) -> Carrier:
        """A reference to the type of a place, which is made if there is none yet."""
        if place not in self._tokens:
            settled = None if place.only_object else self._names.get(place.pointer)
            token = self._tokens[place] = f"T{len(self._types)}"
            self._types[token] = _Type(settled or self._free(name))
            self._todo.append(place)
        return {"$ref": _DEFINITIONS + self._tokens[place]}

    # carriers

    def _carrier(self, pointer: str, context: _Context) -> Carrier:
        """The carrier of a schema within another: of a reference or an object a link."""
        target = self._target(pointer)
        if target is None or context.depth > _DEEPEST:
            return _ANY
        if target != pointer:
            name = self._names.get(target) or self._referred_name(target)
            return self._link(_Place(target), name)
        if pointer in self._names:
            return self._link(_Place(pointer), context.name)
        return self._shape(self._parts(pointer), context)

    def _shape(self, parts: Sequence[_Part], context: _Context) -> Carrier:
        literal = next(filter(None, (_literal(part.schema) for part in parts)), None)
        if literal is not None:
            return literal
        own = _kinds(parts)
        kinds = own or context.kinds
        if not kinds or (kinds == ("object",) and not _describes_objects(parts)):
            union = self._union(parts, replace(context, kinds=kinds))
            if union is not None:
                return union
        if not kinds:
            self.lenient += [it.pointer for it in parts if _entries(it.schema, "properties")]
            return _ANY
        if _is_class(parts, kinds) and context.depth:
            return self._link(_Place(parts[0].pointer, only_object=not own), context.name)
        return _either([self._of_kind(kind, kinds, parts, context) for kind in kinds])

    def _union(self, parts: Sequence[_Part], context: _Context) -> Carrier | None:
        """The alternatives of a schema; None where there are none, or they say nothing."""
        for part in parts:
            for keyword in ("oneOf", "anyOf"):
                branches = part.schema.get(keyword)
                if isinstance(branches, list) and branches:
                    union = _either(
                        self._carrier(
                            f"{part.pointer}/{keyword}/{index}",
                            context.within(f"Option{index + 1}", context.kinds),
                        )
                        for index in range(len(branches))
                    )
                    if union != _ANY:
                        return union
        return None

    def _of_kind(
        self, kind: str, kinds: tuple[str, ...], parts: Sequence[_Part], context: _Context
    ) -> Carrier:
        """The carrier of the instances of one JSON type."""
        if kind == "object":
            return self._object(kinds, parts, context)
        carrier: Carrier = {"type": kind, **_constraints(kind, parts)}
        if kind == "array":
            carrier["items"] = self._items(parts, context)
        if kind == "string" and any(part.schema.get("format") == "binary" for part in parts):
            # Only a schema of strings alone is bytes (S24).
            binary = {**carrier, "format": "binary"}
            return binary if kinds == ("string",) else _either([_bare(carrier), _bare(binary)])
        return carrier

    def _items(self, parts: Sequence[_Part], context: _Context) -> Carrier:
        for part in parts:
            items = part.schema.get("items")
            if isinstance(items, list):
                # One schema for each position: no type of Python's is exact.
                return _ANY
            if isinstance(items, dict):
                return _bare(self._carrier(f"{part.pointer}/items", context.within("Item")))
        return _ANY

    def _object(self, kinds: tuple[str, ...], parts: Sequence[_Part], context: _Context) -> Carrier:
        if _members(parts):
            name = context.name if context.depth else context.name + "Object"
            return self._link(_Place(parts[0].pointer, only_object=True), name)
        values = _ANY
        for part in parts:
            if isinstance(part.schema.get("additionalProperties"), dict):
                if not _entries(part.schema, "patternProperties"):
                    pointer = f"{part.pointer}/additionalProperties"
                    values = _bare(self._carrier(pointer, context.within("Value")))
                break
        return {"type": "object", "additionalProperties": values}

    def _fill_class(self, compiled: _Type, parts: Sequence[_Part]) -> None:
        compiled.closed = any(_is_closed(part.schema) for part in parts)
        carriers: dict[str, Carrier] = {}
        for index, (key, pointer) in enumerate(_members(parts).items()):
            token = f"p{index}"
            name = naming.pascal_case(key) or "Field"
            carrier = carriers[token] = self._carrier(pointer, _Context(compiled.name).within(name))
            schema = self._at(pointer)
            # An inline class has its text as its docstring.
            own = self._tokens.get(_Place(pointer)) or self._tokens.get(_Place(pointer, True))
            told = "$ref" in carrier and own is not None
            text = _text([schema]) if isinstance(schema, dict) and not told else ""
            compiled.properties[token] = _Property(key, text)
        required = {key for part in parts for key in _strings(part.schema.get("required"))}
        compiled.carrier = {
            "type": "object",
            "properties": carriers,
            "required": [t for t, it in compiled.properties.items() if it.key in required],
        }


def _reference(schema: Json) -> str | None:
    """The `$ref` of a schema that is only a reference, or only describes one."""
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"])
    several = schema.get("allOf")
    if isinstance(several, list) and len(several) == 1 and not any(it in schema for it in _SHAPING):
        return _reference(several[0])
    return None


def _kinds(parts: Sequence[_Part]) -> tuple[str, ...]:
    """The JSON types of the instances, as the first part that says so has them."""
    for part in parts:
        written = part.schema.get("type")
        kinds = tuple(dict.fromkeys(_strings(written if isinstance(written, list) else [written])))
        if kinds := tuple(kind for kind in kinds if kind in _TYPES):
            return kinds
    return ()


def _members(parts: Sequence[_Part]) -> dict[str, str]:
    """The properties of an object, with the pointers of their schemas."""
    members: dict[str, str] = {}
    for part in parts:
        for key in filter(_is_unicode, _entries(part.schema, "properties")):
            members.setdefault(key, f"{part.pointer}/properties/{_escaped(key)}")
    return members


def _is_class(parts: Sequence[_Part], kinds: tuple[str, ...]) -> bool:
    return kinds == ("object",) and bool(_members(parts))


def _describes_objects(parts: Sequence[_Part]) -> bool:
    maps = (isinstance(part.schema.get("additionalProperties"), dict) for part in parts)
    return bool(_members(parts)) or any(maps)


def _is_closed(schema: Schema) -> bool:
    allowed = schema.get("additionalProperties")
    return allowed is False and not _entries(schema, "patternProperties")


def _literal(schema: Schema) -> Carrier | None:
    """The carrier of an `enum` or `const` of strings and null; that of others is their type."""
    values = schema["enum"] if "enum" in schema else [schema.get("const", 0)]
    if not isinstance(values, list) or not values:
        return None
    if not all(value is None or isinstance(value, str) for value in values):
        return None
    strings = list(dict.fromkeys(filter(_is_unicode, _strings(values))))
    literal = {"type": "string", "enum": strings}
    options = [*([literal] if strings else []), *([_NULL] if None in values else [])]
    return _either(options) if options else None


def _constraints(kind: str, parts: Sequence[_Part]) -> Carrier:
    """The constraints of a scalar or an array that pydantic checks as JSON Schema does."""
    constraints: Carrier = {}
    for part in parts:
        for keyword in _SIZES.get(kind, ()):
            size = _exact(part.schema.get(keyword), whole=True)
            if size is not None and 0 < size < _LARGEST_SIZE:
                constraints.setdefault(keyword, size)
        for keyword in _BOUNDS if kind in ("integer", "number") else ():
            bound = _exact(part.schema.get(keyword), whole=kind == "integer")
            if bound is not None:
                constraints.setdefault(keyword, bound)
    return constraints


def _exact(value: Json, *, whole: bool) -> int | float | None:
    """The number, if it means the same to every validator."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not abs(value) <= _LARGEST_BOUND:
        return None
    if value == int(value):
        return int(value)
    return None if whole else value


def _either(carriers: Iterable[Carrier]) -> Carrier:
    """The carrier of what any of these accepts."""
    options: list[Carrier] = []
    for carrier in carriers:
        options += _options(carrier)
    if _ANY in options:
        return _ANY
    nullable = _NULL in options
    options = [it for it in options if it != _NULL]
    if len(options) > 1:
        options = [_bare(it) for it in options]
    if {"type": "number"} in options:
        options = [it for it in options if it != {"type": "integer"}]
    unique = [it for index, it in enumerate(options) if it not in options[:index]]
    if not nullable:
        return unique[0] if len(unique) == 1 else {"anyOf": unique}
    if len(unique) == 1 and unique[0].get("type") in _NULLABLE and "enum" not in unique[0]:
        return {**unique[0], "type": [unique[0]["type"], "null"]}
    return {"anyOf": [*map(_bare, unique), _NULL]} if unique else _NULL


def _options(carrier: Carrier) -> list[Carrier]:
    if "anyOf" in carrier:
        return list(carrier["anyOf"])
    if isinstance(carrier.get("type"), list):
        return [{**carrier, "type": carrier["type"][0]}, _NULL]
    return [carrier]


def _bare(carrier: Carrier) -> Carrier:
    """The carrier without its constraints: within another type they would need a name."""
    return {key: value for key, value in carrier.items() if key not in _CONSTRAINTS}


def _settle(types: Mapping[str, _Type]) -> None:
    """Take out links to what says nothing: to null, to `Any`, and to aliases of only themselves.

    An alias says something once all that it is an alternative name of does.
    """
    waiting = {
        token: {it for it in _names_of(compiled.carrier) if not types[it].is_class}
        for token, compiled in types.items()
        if not compiled.is_class and compiled.carrier != _ANY
    }
    users: dict[str, list[str]] = defaultdict(list)
    for token, names in waiting.items():
        for name in names:
            users[name].append(token)
    ready = deque(token for token, names in waiting.items() if not names)
    plain = {token: _ANY for token, compiled in types.items() if not compiled.is_class}
    while ready:
        token = ready.popleft()
        del plain[token]
        if _replaced(types[token].carrier, plain) == _NULL:
            plain[token] = _NULL
        for user in users[token]:
            waiting[user].discard(token)
            if not waiting[user]:
                ready.append(user)
    for token, compiled in types.items():
        compiled.carrier = plain.get(token, _replaced(compiled.carrier, plain))


def _names_of(carrier: Carrier) -> list[str]:
    """The types that a carrier is another name of, or a union of."""
    return [_token(it) for it in _options(carrier) if "$ref" in it]


def _token(link: Carrier) -> str:
    return str(link["$ref"]).removeprefix(_DEFINITIONS)


def _replaced(carrier: Carrier, plain: Mapping[str, Carrier]) -> Carrier:
    """The carrier with other carriers in place of some links."""
    if "$ref" in carrier:
        return plain.get(_token(carrier), carrier)
    if "anyOf" in carrier:
        return _either(_replaced(it, plain) for it in carrier["anyOf"])
    new = dict(carrier)
    for keyword in ("items", "additionalProperties"):
        if keyword in carrier:
            new[keyword] = _replaced(carrier[keyword], plain)
    if "properties" in carrier:
        new["properties"] = {key: _replaced(it, plain) for key, it in carrier["properties"].items()}
    return new


def _reachable(types: Mapping[str, _Type], roots: Iterable[str]) -> set[str]:
    found: set[str] = set()
    todo = list(roots)
    while todo:
        token = todo.pop()
        if token not in found:
            found.add(token)
            todo += _links(types[token].carrier)
    return found


def _links(carrier: Carrier) -> Iterator[str]:
    """All types that a carrier refers to."""
    if "$ref" in carrier:
        yield _token(carrier)
    single = (carrier[it] for it in ("items", "additionalProperties") if it in carrier)
    for inner in (*single, *carrier.get("anyOf", ()), *carrier.get("properties", {}).values()):
        yield from _links(inner)


# -- small readings of a schema, in which anything may stand


def _entries(schema: Schema, keyword: str) -> Schema:
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def _strings(value: Json) -> Iterator[str]:
    return (it for it in value if isinstance(it, str)) if isinstance(value, list) else iter(())


def _is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which no message can have."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _text(schemas: Iterable[Schema]) -> str:
    """What the first of the schemas that says anything says about itself."""
    for schema in schemas:
        for keyword in ("description", "title"):
            text = schema.get(keyword)
            if isinstance(text, str) and text.strip():
                return text
    return ""


def _escaped(word: str) -> str:
    return word.replace("~", "~0").replace("/", "~1")


def _unescaped(word: str) -> str:
    return word.replace("~1", "/").replace("~0", "~")


def _unlike(wanted: str, taken: Collection[str]) -> str:
    """The name, with a number where it is taken."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


# -- carriers → Python types


def _generated(types: Mapping[str, _Type]) -> ast.Module:
    """What datamodel-code-generator makes of the carriers."""
    import datamodel_code_generator as dcg
    from datamodel_code_generator.enums import DataModelType

    source = dcg.generate(
        {"definitions": {token: compiled.carrier for token, compiled in types.items()}},
        input_file_type=dcg.InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=dcg.PythonVersion.PY_311,
        enum_field_as_literal=dcg.LiteralType.All,
        use_annotated=True,
        use_type_alias=True,
        skip_root_model=True,
        disable_timestamp=True,
        formatters=[],
    )
    return ast.parse(str(source))


# -- Python types → the module


def _field_names(keys: Collection[str], reserved: Collection[str]) -> dict[str, str]:
    """A field name for each key: the key itself where it can be one."""
    names = {key: key for key in keys if _can_be_field(key, reserved)}
    for key in keys:
        if key not in names:
            names[key] = _unlike(_field_name(key, reserved), names.values())
    return names


def _field_name(key: str, reserved: Collection[str]) -> str:
    """A field name for a key that cannot be one: never what another key is likely to be.

    `class` → `class_`, `_id` → `id_`, `user-name` → `user_name`, `1st` → `field_1st`.
    """
    name = _identifier(key) or "field"
    if not name.isidentifier() or name.startswith(_FIELD_PREFIXES):
        return "field_" + name
    return name if _can_be_field(name, reserved) and name not in key else name + "_"


def _identifier(key: str) -> str:
    normal = unicodedata.normalize("NFKC", key)
    characters = (it if ("a" + it).isidentifier() else "_" for it in normal)
    return re.sub("__+", "_", "".join(characters)).strip("_")


def _can_be_field(name: str, reserved: Collection[str]) -> bool:
    return (
        name.isidentifier()
        and name == unicodedata.normalize("NFKC", name)
        and not iskeyword(name)
        and not name.startswith(_FIELD_PREFIXES)
        and name not in reserved
    )


@dataclass(slots=True)
class _Annotation:
    """A type as it stands in the code; the arguments of its `Field` apart."""

    base: str
    arguments: list[str]

    def __str__(self) -> str:
        if not self.arguments:
            return self.base
        return f"Annotated[{self.base}, Field({', '.join(self.arguments)})]"


class _Writer:
    """Writes the module; `_used` is what it has to import or define."""

    def __init__(self, types: Mapping[str, _Type]) -> None:
        self._types = types
        self._names = {token: compiled.name for token, compiled in types.items()}
        self._reserved = _FIELD_NAMES.union(self._names.values())
        self._used: set[str] = set()

    def module(self, generated: ast.Module) -> str:
        blocks = list(self._blocks(generated))
        if "Integer" in self._used:
            blocks.insert(0, _INTEGER.strip("\n"))
            self._used |= {"Annotated", "BeforeValidator", "TypeAlias"}
        if "Maybe" in self._used:
            blocks.insert(0, _MAYBE.strip("\n"))
            self._used |= {"Annotated", "Field", "TypeAlias", "TypeVar"}
        if "Model" in self._used:
            blocks.insert(0, _MODEL.strip("\n"))
            self._used |= {"BaseModel", "ConfigDict"}
        imports = (_FUTURE, self._imports(_STANDARD), self._imports(_THIRD_PARTY))
        head = "\n\n".join([_TITLE.rstrip(), *("\n".join(lines) for lines in imports if lines)])
        return "\n\n\n".join([head, *blocks]) + "\n"

    def _imports(self, modules: Mapping[str, Sequence[str]]) -> list[str]:
        return [
            f"from {module} import {', '.join(used)}"
            for module, names in modules.items()
            if (used := [name for name in names if name in self._used])
        ]

    def _blocks(self, generated: ast.Module) -> Iterator[str]:
        """The statements; aliases that follow each other are one block."""
        aliases: list[str] = []
        rebuilds: list[str] = []
        for node in generated.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=token)], value=ast.Call(args=[_, value])):
                    aliases.append(self._alias(self._types[token], value))
                case ast.ClassDef():
                    if aliases:
                        yield "\n\n".join(aliases)
                        aliases = []
                    yield self._class(self._types[node.name], node)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=token)))):
                    rebuilds.append(f"{self._names[token]}.model_rebuild()")
        if aliases:
            yield "\n\n".join(aliases)
        if rebuilds:
            yield "\n".join(rebuilds)

    def _alias(self, compiled: _Type, value: ast.expr) -> str:
        text = str(self._annotation(value))
        if any(_is_forward(it) for it in _types_in(value)):
            self._used.add("TypeAliasType")
            statement = f"{compiled.name} = TypeAliasType({lit(compiled.name)}, {lit(text)})"
        else:
            self._used.add("TypeAlias")
            statement = f"{compiled.name}: TypeAlias = {text}"
        return "\n".join([*_statement(statement, 0), *_docstring(compiled.text, 0)])

    def _class(self, compiled: _Type, node: ast.ClassDef) -> str:
        self._used.add("Model")
        keys = [it.key for it in compiled.properties.values()]
        names = _field_names(keys, self._reserved)
        sections = [_docstring(compiled.text, 4)]
        if compiled.closed:
            self._used.add("ConfigDict")
            sections.append(['    model_config = ConfigDict(extra="forbid")'])
        fields: list[str] = []
        for field_node in node.body:
            if isinstance(field_node, ast.AnnAssign) and isinstance(field_node.target, ast.Name):
                token = field_node.target.id
                it, carrier = compiled.properties[token], compiled.carrier["properties"][token]
                fields += self._field(names[it.key], it, field_node, carrier)
        body = "\n\n".join("\n".join(lines) for lines in [*sections, fields] if lines)
        return f"class {compiled.name}(Model):\n{body}"

    def _field(self, name: str, it: _Property, node: ast.AnnAssign, carrier: Carrier) -> list[str]:
        annotation = self._annotation(node.annotation)
        if annotation.base == "Any | None":
            annotation.base = "Any"
        elif node.value is not None and not self._takes_null(carrier, frozenset()):
            annotation.base = f"Maybe[{annotation.base.removesuffix(' | None')}]"
            self._used.add("Maybe")
        if name != it.key:
            annotation.arguments.insert(0, f"alias={lit(it.key)}")
            self._used |= {"Annotated", "Field"}
        default = "" if node.value is None else " = None"
        return [*_statement(f"{name}: {annotation}{default}", 4), *_docstring(it.text, 4)]

    def _takes_null(self, carrier: Carrier, seen: frozenset[str]) -> bool:
        """Whether null may be an instance of a carrier."""
        if "$ref" in carrier:
            token = _token(carrier)
            return token not in seen and self._takes_null(
                self._types[token].carrier, seen | {token}
            )
        if "anyOf" in carrier:
            return any(self._takes_null(it, seen) for it in carrier["anyOf"])
        kinds = carrier.get("type", "null")
        return "null" in ([kinds] if isinstance(kinds, str) else kinds)

    def _annotation(self, node: ast.expr) -> _Annotation:
        match node:
            case ast.Subscript(
                value=ast.Name(id="Annotated"),
                slice=ast.Tuple(elts=[base, ast.Call(keywords=keywords)]),
            ):
                arguments = [f"{it.arg}={_number(it.value)}" for it in keywords]
                if arguments:
                    self._used |= {"Annotated", "Field"}
                return _Annotation(self._type(base), arguments)
        return _Annotation(self._type(node), [])

    def _type(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id="int"):
                self._used.add("Integer")
                return "Integer"
            case ast.Name(id="float"):
                # An int keeps its digits: as a float, 2**53 + 1 would be another number.
                return "int | float"
            case ast.Name(id="list"):
                self._used.add("Any")
                return "list[Any]"
            case ast.Name(id=name):
                self._used.add(name)
                return self._names.get(name, name)
            case ast.Constant(value=str(text)):
                return self._type(ast.parse(text, mode="eval").body)
            case ast.Constant():
                return "None"
            case ast.BinOp(left=left, right=right):
                return f"{self._type(left)} | {self._type(right)}"
            case ast.Subscript(value=ast.Name(id="Literal"), slice=values):
                self._used.add("Literal")
                return f"Literal[{', '.join(lit(str(it)) for it in _constants(values))}]"
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                return f"{self._type(inner)} | None"
            case ast.Subscript(value=ast.Name(id="Union"), slice=inner):
                return " | ".join(map(self._type, _elements(inner)))
            case ast.Subscript(value=ast.Name(id=name), slice=inner):
                return f"{name}[{', '.join(map(self._type, _elements(inner)))}]"
        raise AssertionError(f"a type of a form that carriers cannot have: {ast.dump(node)}")


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _constants(node: ast.expr) -> Iterator[object]:
    return (it.value for it in _elements(node) if isinstance(it, ast.Constant))


def _is_forward(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _types_in(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an annotation but for the values of its Literals."""
    yield node
    match node:
        case ast.Subscript(value=ast.Name(id="Literal")):
            return
    for child in ast.iter_child_nodes(node):
        yield from _types_in(child)


def _number(node: ast.expr) -> str:
    """A bound: without a fraction as an int."""
    value = ast.literal_eval(node)
    return lit(int(value) if value == int(value) else value)


def _statement(source: str, indent: int) -> list[str]:
    """The lines of a statement; black breaks the few long ones (all would take it long)."""
    lines = [source]
    if indent + len(source) > _WIDTH:
        import black

        lines = black.format_str(source, mode=black.Mode(line_length=_WIDTH - indent)).splitlines()
    return [_within_width(" " * indent + line) for line in lines]


def _within_width(line: str) -> str:
    """The line; where it has a string that is too long, linters are told."""
    return line if len(line) <= _WIDTH else line + "  # noqa: E501"


def _docstring(text: str, indent: int) -> list[str]:
    """The lines of a docstring, none for no text; long lines of the text are broken."""
    if not text:
        return []
    margin = " " * indent
    wrapped = "\n".join(
        part
        for line in visible(text).strip().split("\n")
        for part in _wrapped(line, _WIDTH - indent - 6) or [""]
    )
    return f'{margin}"""{doc(wrapped, indent)}"""'.split("\n")


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=line[: len(line) - len(line.lstrip())],
        break_long_words=False,
        break_on_hyphens=False,
    )
