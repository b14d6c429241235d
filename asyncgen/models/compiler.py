"""Schemas → carriers."""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from asyncgen import naming
from asyncgen.document import Json
from asyncgen.ir import Model
from asyncgen.json_pointer import join, unescape
from asyncgen.models.carrier import (
    ANY,
    DEFINITIONS,
    Carrier,
    bare,
    constraints_of,
    either,
    literal_of,
)
from asyncgen.models.fields import unlike
from asyncgen.models.schema import (
    TYPES,
    Part,
    describes_objects,
    entries,
    is_class,
    is_closed,
    kinds_of,
    members_of,
    reference_of,
    strings_in,
    text_of,
)
from asyncgen.models.types import Property, Type, reachable, settle
from asyncgen.naming import words
from asyncgen.pointers import at

_LONGEST_NAME = 60

# Arrays, maps and alternatives within one type; what is deeper is `Any`.
_DEEPEST = 30

# Words of a pointer that name nothing.
_STRUCTURE = words(
    "components schemas messages channels definitions $defs properties items payload"
    " allOf anyOf oneOf publish subscribe message"
)


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


class Compiler:
    """Makes carriers for models and for all that they refer to.

    `lenient` collects schemas that have properties and still accept anything.
    """

    def __init__(self, bundle: dict[str, Json], models: Sequence[Model]) -> None:
        self._bundle = bundle
        self._taken = {*naming.MODEL_NAMES, *(model.name for model in models)}
        self._names = {model.pointer: model.name for model in reversed(models)}
        self._types: dict[str, Type] = {}
        self._tokens: dict[_Place, str] = {}
        self._todo: deque[_Place] = deque()
        self.lenient: list[str] = []
        self._name_components()
        for model in models:
            link = self._link(_Place(model.pointer), model.name)
            if self._names[model.pointer] != model.name:
                # A second name for one schema.
                self._types[f"T{len(self._types)}"] = Type(model.name, link)
        self._roots = list(self._types)

    def run(self) -> Mapping[str, Type]:
        """Every type that the models need, by its token."""
        while self._todo:
            place = self._todo.popleft()
            compiled = self._types[self._tokens[place]]
            parts = self._parts(place.pointer)
            context = _Context(compiled.name)
            compiled.text = text_of(part.schema for part in parts)
            if self._target(place.pointer) != place.pointer:
                compiled.carrier = self._carrier(place.pointer, context)
            elif place.only_object or is_class(parts, kinds_of(parts)):
                self._fill_class(compiled, parts)
            else:
                compiled.carrier = self._shape(parts, context)
        settle(self._types)
        needed = reachable(self._types, self._roots)
        return {token: it for token, it in self._types.items() if token in needed}

    # -- places

    def _target(self, pointer: str) -> str | None:
        """The schema that another only refers to; None where that leads nowhere."""
        seen: set[str] = set()
        while pointer not in seen:
            seen.add(pointer)
            reference = reference_of(at(self._bundle, pointer))
            if reference is None:
                return pointer
            if not reference.startswith("#"):
                return None
            pointer = unquote(reference[1:])
        return None

    def _parts(self, pointer: str) -> Sequence[Part]:
        """A schema and those of its `allOf`, and of theirs."""
        parts: dict[str, Part] = {}
        todo = deque([pointer])
        while todo:
            target = self._target(todo.popleft())
            schema = None if target is None else at(self._bundle, target)
            if target is None or target in parts or not isinstance(schema, dict):
                continue
            parts[target] = Part(target, schema)
            several = schema.get("allOf")
            if isinstance(several, list):
                todo.extend(f"{target}/allOf/{index}" for index in range(len(several)))
        return list(parts.values())

    # -- names

    def _name_components(self) -> None:
        """Components are named before inline types, so that these do not change their names."""
        schemas = at(self._bundle, "/components/schemas")
        for key, schema in schemas.items() if isinstance(schemas, dict) else ():
            pointer = join("/components/schemas", key)
            explicit = schema.get("x-python-name") if isinstance(schema, dict) else None
            if pointer in self._names:
                continue
            if isinstance(explicit, str) and explicit.isidentifier():
                self._names[pointer] = self._free(unicodedata.normalize("NFKC", explicit))
            else:
                self._names[pointer] = self._free(naming.pascal_case(key))

    def _referred_name(self, pointer: str) -> str:
        """A name for a schema that is not a component: its last naming word, or all of them."""
        words = pointer.split("/")
        naming_words = [unescape(word) for word in words if word not in _STRUCTURE]
        if words[-1] in _STRUCTURE:
            return naming.pascal_case(" ".join([*naming_words, words[-1]]))
        last = naming.pascal_case(naming_words[-1])
        taken = last in self._taken or last.startswith("_")
        return naming.pascal_case(" ".join(naming_words)) if taken else last

    def _free(self, wanted: str) -> str:
        name = unlike(naming.safe(wanted or "Payload", naming.MODEL_NAMES), self._taken)
        self._taken.add(name)
        return name

    def _link(self, place: _Place, name: str) -> Carrier:
        """A reference to the type of a place, which is made if there is none yet."""
        if place not in self._tokens:
            settled = None if place.only_object else self._names.get(place.pointer)
            token = self._tokens[place] = f"T{len(self._types)}"
            self._types[token] = Type(settled or self._free(name))
            self._todo.append(place)
        return {"$ref": DEFINITIONS + self._tokens[place]}

    # -- carriers

    def _carrier(self, pointer: str, context: _Context) -> Carrier:
        """The carrier of a schema within another: of a reference or an object a link."""
        target = self._target(pointer)
        if target is None or context.depth > _DEEPEST:
            return ANY
        if target != pointer:
            name = self._names.get(target) or self._referred_name(target)
            return self._link(_Place(target), name)
        if pointer in self._names:
            return self._link(_Place(pointer), context.name)
        return self._shape(self._parts(pointer), context)

    def _shape(self, parts: Sequence[Part], context: _Context) -> Carrier:
        literal = next(filter(None, (literal_of(part.schema) for part in parts)), None)
        if literal is not None:
            return literal
        own = kinds_of(parts)
        kinds = own or context.kinds
        if not kinds or (kinds == ("object",) and not describes_objects(parts)):
            union = self._union(parts, replace(context, kinds=kinds))
            if union is not None:
                return union
        if not kinds:
            self.lenient += [it.pointer for it in parts if entries(it.schema, "properties")]
            return ANY
        if is_class(parts, kinds) and context.depth:
            return self._link(_Place(parts[0].pointer, only_object=not own), context.name)
        return either([self._of_kind(kind, kinds, parts, context) for kind in kinds])

    def _union(self, parts: Sequence[Part], context: _Context) -> Carrier | None:
        """The alternatives of a schema; None where there are none, or they say nothing."""
        for part in parts:
            for keyword in ("oneOf", "anyOf"):
                branches = part.schema.get(keyword)
                if isinstance(branches, list) and branches:
                    union = either(
                        self._carrier(
                            f"{part.pointer}/{keyword}/{index}",
                            context.within(f"Option{index + 1}", context.kinds),
                        )
                        for index in range(len(branches))
                    )
                    if union != ANY:
                        return union
        return None

    def _of_kind(
        self, kind: str, kinds: tuple[str, ...], parts: Sequence[Part], context: _Context
    ) -> Carrier:
        """The carrier of the instances of one JSON type."""
        if kind == "object":
            return self._object(parts, context)
        carrier: Carrier = {"type": kind, **constraints_of(kind, parts)}
        if kind == "array":
            carrier["items"] = self._items(parts, context)
        if kind == "string" and any(part.schema.get("format") == "binary" for part in parts):
            # Only a schema of strings alone is bytes (S24).
            binary = {**carrier, "format": "binary"}
            return binary if kinds == ("string",) else either([bare(carrier), bare(binary)])
        return carrier

    def _items(self, parts: Sequence[Part], context: _Context) -> Carrier:
        for part in parts:
            items = part.schema.get("items")
            if isinstance(items, list):
                # One schema for each position: no type of Python's is exact.
                return ANY
            if isinstance(items, dict):
                return bare(self._carrier(f"{part.pointer}/items", context.within("Item")))
        return ANY

    def _object(self, parts: Sequence[Part], context: _Context) -> Carrier:
        if members_of(parts):
            name = context.name if context.depth else context.name + "Object"
            return self._link(_Place(parts[0].pointer, only_object=True), name)
        values = ANY
        for part in parts:
            if isinstance(part.schema.get("additionalProperties"), dict):
                if not entries(part.schema, "patternProperties"):
                    pointer = f"{part.pointer}/additionalProperties"
                    values = bare(self._carrier(pointer, context.within("Value")))
                break
        return {"type": "object", "additionalProperties": values}

    def _breadth(self, pointer: str) -> int:
        """How much a schema lets through: one of a few texts, so many types, or anything.

        Of a property that several parts of an `allOf` have, the narrowest is shown: where a base
        says `kind: {type: string}` and what inherits from it `kind: {const: truck}`, the latter.
        """
        parts = self._parts(pointer)
        if any(literal_of(part.schema) for part in parts):
            return 0
        return len(kinds_of(parts)) or len(TYPES) + 1

    def _fill_class(self, compiled: Type, parts: Sequence[Part]) -> None:
        compiled.closed = any(is_closed(part.schema) for part in parts)
        carriers: dict[str, Carrier] = {}
        for index, (key, pointers) in enumerate(members_of(parts).items()):
            token, pointer = f"p{index}", min(pointers, key=self._breadth)
            name = naming.pascal_case(key) or "Field"
            carrier = carriers[token] = self._carrier(pointer, _Context(compiled.name).within(name))
            schema = at(self._bundle, pointer)
            # An inline class has its text as its docstring.
            own = self._tokens.get(_Place(pointer)) or self._tokens.get(_Place(pointer, True))
            has_docstring = "$ref" in carrier and own is not None
            text = text_of([schema]) if isinstance(schema, dict) and not has_docstring else ""
            compiled.properties[token] = Property(key, text)
        required = {key for part in parts for key in strings_in(part.schema.get("required"))}
        compiled.carrier = {
            "type": "object",
            "properties": carriers,
            "required": [t for t, it in compiled.properties.items() if it.key in required],
        }
