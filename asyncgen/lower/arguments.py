"""Payloads and acks as lists of typed arguments, and the names of the types (S16, S18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asyncgen import ir, naming
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Span
from asyncgen.document import Json, Located, SchemaRef
from asyncgen.json_pointer import join, split
from asyncgen.lower.job import Job, listed
from asyncgen.lower.uses import Body, Use
from asyncgen.naming import Wish
from asyncgen.pointers import at, follow, is_component, reachable

_BUILTINS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
_PLAIN = {**_BUILTINS, "object": "dict[str, Any]", "array": "list[Any]"}
_ANNOTATIONS = frozenset(
    {"title", "description", "$comment", "default", "examples", "deprecated"}
    | {"type", "format", "readOnly", "writeOnly"}
)
# Tokens of a pointer that say nothing about what is there.
_STRUCTURE = frozenset(
    {"messages", "schemas", "publish", "subscribe", "payload", "schema", "x-ack", "args"}
    | {"items", "properties"}
)


@dataclass(frozen=True, slots=True)
class _Argument:
    """An argument whose type is a builtin, or the model that `wish` asks for at `pointer`.

    `plain` is its type where models are not wanted: what its JSON is in Python.
    """

    name: str
    pointer: str
    required: bool
    builtin: str | None
    plain: str
    wish: Wish | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A list of arguments before the names of types are known."""

    form: ir.Form
    pointer: str | None
    arguments: tuple[_Argument, ...] = ()
    rest: _Argument | None = None


@dataclass(frozen=True, slots=True)
class Shapes:
    """The lists of arguments that an event and its ack may have; no ack is declared without any."""

    payloads: tuple[Shape, ...]
    acks: tuple[Shape, ...]


def shapes_of(job: Job, use: Use) -> Shapes:
    """The arguments of an event and of its ack (S13, S18, S19)."""
    return Shapes(
        tuple(_shape(job, use, body) for body in use.payloads),
        tuple(_shape(job, use, body) for body in use.acks),
    )


def _shape(job: Job, use: Use, body: Body) -> Shape:
    return _List(job, use, body, body.schema).shape() if body.schema else Shape("none", None)


@dataclass(frozen=True, slots=True)
class _List:
    """The schema of a list of arguments, and what it is for."""

    job: Job
    use: Use
    body: Body
    schema: SchemaRef

    def shape(self) -> Shape:
        """Positional arguments in tuple form, else one; `x-socketio.args` overrides (S18)."""
        asked = self.body.args
        schema = at(self.job.document.bundle, self.schema.pointer)
        node = schema if isinstance(schema, dict) else {}
        items = node.get("items")
        if asked != "single" and isinstance(items, list):
            return self._tuple(node, len(items), "additionalItems")
        if asked != "single" and isinstance(node.get("prefixItems"), list):
            # No positional arguments; only an empty one is left in the bundle (S26).
            return self._tuple(node, 0, "items")
        if asked == "tuple" and items is not None:
            return self._tuple(node, 0, "items")
        if asked == "tuple":
            self.job.diagnostics.error(
                "AG225",
                f"the payload of {quote(self.use.event)} is not a list of arguments: its schema has"
                " no `items`",
                self.schema.span,
                hint="write `type: array` with `items`, or remove `x-socketio: {args: tuple}`",
            )
        return Shape("single", self.schema.pointer, (self._argument(self.schema.pointer),))

    def _tuple(self, node: Mapping[str, Json], count: int, more: str) -> Shape:
        """`count` positional arguments, and further ones where the keyword `more` allows them."""
        least = node.get("minItems")
        least = least if isinstance(least, int | float) else count
        places = [join(self.schema.pointer, "items", index) for index in range(count)]
        titles = [_item_title(self.job.document.bundle, place) for place in places]
        numbered = [f"arg{number}" for number in range(1, count + 1)]
        names = [
            naming.safe(naming.snake_case(title), naming.PARAMETER_NAMES) or number
            for title, number in zip(titles, numbered, strict=True)
        ]
        if not _are_distinct(names):
            names = numbered
        arguments = tuple(
            self._argument(
                place,
                name,
                naming.pascal_case(title) or f"Arg{index + 1}",
                required=index < least,
            )
            for index, (place, name, title) in enumerate(zip(places, names, titles, strict=True))
        )
        rest = None
        if not _accepts_nothing(node.get(more, False)):
            place = join(self.schema.pointer, more)
            rest = self._argument(place, "rest", "Rest", required=False)
        return Shape("tuple", self.schema.pointer, arguments, rest)

    def _argument(
        self, pointer: str, name: str = "payload", part: str = "", *, required: bool = True
    ) -> _Argument:
        """The argument at a pointer; `part` is what it is of the list, for the name of a type."""
        document = self.job.document
        place = follow(document.bundle, pointer)
        schema = at(document.bundle, place)
        builtin = None if is_component(place) else _builtin(schema)
        if builtin is not None:
            return _Argument(name, place, required, builtin, builtin, None)
        span = document.spans.get(place, self.schema.span)
        subject = f"the {self.body.role.lower()} of {self.use.subject}"
        explicit = _explicit_name(self.job, schema, span)
        candidates = (explicit,) if explicit else _usable(self._type_names(place, part))
        wish = Wish(subject, candidates, span)
        return _Argument(name, place, required, None, _plain(schema), wish)

    def _type_names(self, place: str, part: str) -> list[str]:
        """The names that the type of an argument may have, best first (S16)."""
        owner, message = self.schema.pointer, self.body.message
        if is_component(place):
            return [naming.pascal_case(split(place)[-1])]
        own = place == owner or place.startswith(owner + "/")
        if not own or not owner.startswith((message.pointer + "/", "/operations/")):
            # Elsewhere in the document, behind a reference.
            stem = naming.pascal_case(" ".join(_naming_tokens(owner if own else place)))
            return [stem + part] if own and part else [stem, stem + self.body.role]
        role = self.body.role
        if message.is_component and self.schema == message.payload:
            # A message that is a reply keeps its name.
            role = "Payload"
        stems = self._stems()
        if role == "Ack":
            return [f"{stem}Ack{part}" for stem in stems]
        return [name for stem in stems for name in ([stem + part] if part else [stem, stem + role])]

    def _stems(self) -> list[str]:
        """What types are named after, best first (S16).

        A message in `components` names its types, and in model `event` any
        that has a name (S9); else they are named after the event.
        """
        use, message = self.use, self.body.message
        key = naming.pascal_case(message.key.raw) if message.key is not None else ""
        if message.is_component:
            # A channel may have another key for it.
            key = naming.pascal_case(split(message.pointer)[-1])
        said = naming.pascal_case(message.name.raw) if message.name and use.is_channel else ""
        if use.is_channel and message.python_name is not None:
            explicit = naming.explicit_name(
                message.python_name, naming.MODEL_NAMES, self.job.diagnostics
            )
            return [explicit] if explicit else []
        if message.is_component:
            return [said, key] if said else [key]
        stem = said or naming.pascal_case(use.event.raw) or naming.pascal_case(use.name)
        namespace = naming.pascal_case(use.module)
        side = "In" if use.incoming else "Out"
        own = [stem + key] if key else []
        return [stem, namespace + stem, namespace + stem + side, *own]


def _are_distinct(names: Sequence[str]) -> bool:
    """Whether each may be a parameter beside the others, and beside `rest`."""
    return len({*names, "rest"}) == len(names) + 1


def _accepts_nothing(schema: Json) -> bool:
    """Whether a schema, plainly, refuses every value."""
    if isinstance(schema, dict) and "not" in schema:
        return schema["not"] is True or schema["not"] == {}
    return schema is False


def _item_title(bundle: Json, pointer: str) -> str:
    """What an item of a tuple is called: its title, else its component; empty where neither."""
    place = follow(bundle, pointer)
    schema = at(bundle, place)
    title = schema.get("title") if isinstance(schema, dict) else None
    if isinstance(title, str) and title:
        return title
    return split(place)[-1] if is_component(place) else ""


def _builtin(schema: Json) -> str | None:
    """The builtin type of an inline schema that says no more than a JSON type."""
    if not isinstance(schema, dict):
        return None
    if not all(key in _ANNOTATIONS or key.startswith("x-") for key in schema):
        return None
    if schema.get("format") == "binary":
        return "bytes" if schema.get("type") == "string" else None
    return _named(schema.get("type"), _BUILTINS)


def _plain(schema: Json) -> str:
    """The Python type of what a schema accepts, as plain data; `Any` where it does not say."""
    if not isinstance(schema, dict) or schema.get("format") == "binary":
        return "Any"
    return _named(schema.get("type"), _PLAIN) or "Any"


def _named(types: Json, names: Mapping[str, str]) -> str | None:
    """What a `type` is called in Python; None where one of its types has no name there."""
    kinds = types if isinstance(types, list) else [types]
    found = [names[it] for it in kinds if isinstance(it, str) and it in names]
    return _union(found) if found and len(found) == len(kinds) else None


def _union(names: Iterable[str]) -> str:
    """The type that is any of these, each once, None last."""
    return " | ".join(sorted(dict.fromkeys(names), key="None".__eq__))


def _usable(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(naming.safe(name, naming.MODEL_NAMES) for name in names if name))


def _explicit_name(job: Job, schema: Json, span: Span) -> str | None:
    """The `x-python-name` of a schema."""
    name = schema.get("x-python-name") if isinstance(schema, dict) else None
    if not isinstance(name, str):
        return None
    return naming.explicit_name(Located(Text(name), span), naming.MODEL_NAMES, job.diagnostics)


def _naming_tokens(pointer: str) -> list[str]:
    """The tokens of a pointer that name something."""
    parts = split(pointer)
    kept = parts[2:] if parts[:1] == ["components"] else parts[1:]
    return [token for token in kept if token not in _STRUCTURE]


# -- the names of types


@dataclass(frozen=True, slots=True)
class Models:
    """The names of models, by the pointer of their schema; `entries` are those of arguments."""

    names: Mapping[str, str]
    entries: Sequence[ir.Model]


def models_of(job: Job, uses: Sequence[Use], shapes: Mapping[str, Shapes]) -> Models:
    """A name for each type that an argument has or that a component within it will get."""
    wishes: dict[str, Wish] = {}
    seen: set[str] = set()
    components: dict[str, Wish] = {}
    for use in uses:
        for argument in _arguments_of(shapes[use.key]):
            if argument.wish is not None:
                known = wishes.get(argument.pointer, argument.wish)
                wishes[argument.pointer] = _merged(known, argument.wish)
        for body in (*use.payloads, *use.acks):
            if body.schema is not None:
                components |= _check_schemas(job, use, body.schema, seen)
    wishes = {pointer: it for pointer, it in wishes.items() if _has_candidates(job, it)}
    names = naming.resolve({**components, **wishes}, job.diagnostics)
    entries = sorted((ir.Model(names[it], it) for it in wishes), key=lambda model: model.name)
    return Models(names, entries)


def _arguments_of(shapes: Shapes) -> Iterator[_Argument]:
    for shape in (*shapes.payloads, *shapes.acks):
        yield from shape.arguments
        if shape.rest is not None:
            yield shape.rest


def _merged(first: Wish, second: Wish) -> Wish:
    """One wish for a schema that has several uses: the names that suit all of them."""
    common = tuple(name for name in first.candidates if name in second.candidates)
    return replace(first, candidates=common or min(first.candidates, second.candidates))


def _has_candidates(job: Job, wish: Wish) -> bool:
    if not wish.candidates:
        job.diagnostics.error(
            "AG223",
            f"{wish.subject} cannot be given a Python name: its own has nothing that one may"
            " contain",
            wish.span,
            hint="add an `x-python-name` to the schema",
        )
    return bool(wish.candidates)


def _check_schemas(job: Job, use: Use, root: SchemaRef, seen: set[str]) -> dict[str, Wish]:
    """The components that a payload or ack consists of, with their names."""
    components = {}
    for place, schema in reachable(job.document.bundle, root.pointer, seen):
        span = job.document.spans.get(place, root.span)
        if schema.get("format") == "binary":
            _check_binary(job, use, schema, span)
        if is_component(place):
            key = split(place)[-1]
            explicit = _explicit_name(job, schema, span)
            candidates = (explicit,) if explicit else _usable([naming.pascal_case(key)])
            if candidates:
                components[place] = Wish(f"schema {quote(key)}", candidates, span)
    return components


def _check_binary(job: Job, use: Use, schema: Mapping[str, Json], span: Span) -> None:
    """Report what bytes cannot satisfy (S24)."""
    wrong = [key for key in ("pattern", "enum", "const") if key in schema]
    if wrong:
        job.diagnostics.error(
            "AG226",
            f"no bytes satisfy {listed(wrong)} beside `format: binary`; the {use.subject} has it",
            span,
            hint="remove it, or send a base64 string and remove `format: binary`",
        )


# -- arguments with their types


def lowered(shapes: Sequence[Shape], models: Models, *, raw: bool = False) -> ir.Arguments:
    """The arguments with their types, now that these have names; `raw`: as plain data."""
    signatures = tuple(_signature(shape, models, raw) for shape in shapes)
    if len(signatures) == 1:
        return ir.Arguments(signatures, signatures[0].parameters, signatures[0].rest)
    width = max(len(signature.parameters) for signature in signatures)
    covering = [_covering(signatures, index) for index in range(width)]
    if not _are_distinct([it.name for it in covering]):
        covering = [replace(it, name=f"arg{number}") for number, it in enumerate(covering, 1)]
    rests = [signature.rest for signature in signatures if signature.rest is not None]
    rest = ir.Parameter("rest", _either(rests), False) if rests else None
    return ir.Arguments(signatures, tuple(covering), rest)


def _signature(shape: Shape, models: Models, raw: bool) -> ir.Signature:
    parameters = tuple(_parameter(argument, models, raw) for argument in shape.arguments)
    rest = _parameter(shape.rest, models, raw) if shape.rest is not None else None
    return ir.Signature(shape.form, shape.pointer, parameters, rest)


def _parameter(argument: _Argument, models: Models, raw: bool) -> ir.Parameter:
    model = f"models.{models.names.get(argument.pointer, '')}"
    annotation = argument.plain if raw else argument.builtin or model
    return ir.Parameter(argument.name, annotation, argument.required)


def _covering(signatures: Sequence[ir.Signature], index: int) -> ir.Parameter:
    """The parameter at a position that takes what any of the alternatives has there (S13)."""
    there = [it.parameters[index] for it in signatures if index < len(it.parameters)]
    rests = [it.rest for it in signatures if index >= len(it.parameters) and it.rest is not None]
    required = len(there) == len(signatures) and all(parameter.required for parameter in there)
    return ir.Parameter(there[0].name, _either([*there, *rests]), required)


def _either(parameters: Sequence[ir.Parameter]) -> str:
    """The type that is any of those of the parameters, each once."""
    return _union(name for it in parameters for name in it.annotation.split(" | "))
