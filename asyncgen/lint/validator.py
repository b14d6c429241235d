"""What a schema says of a value, in words; the only module that loads the validator (S26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

import jsonschema_rs

from asyncgen.code import quote
from asyncgen.document import Json
from asyncgen.json_pointer import join
from asyncgen.pointers import at, follow
from asyncgen.spelling import closest

_BACKTRACK_LIMIT = 100_000
_NAMES = {
    "array": "a list",
    "boolean": "a boolean",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
# Messages for keywords that are limits.
_BOUNDS = {
    "additionalItems": "may not have more than {} items",
    "exclusiveMaximum": "must be less than {}",
    "exclusiveMinimum": "must be more than {}",
    "maxItems": "must have at most {} items",
    "maxLength": "must be at most {} characters long",
    "maximum": "must be at most {}",
    "minItems": "must have at least {} items",
    "minLength": "must be at least {} characters long",
    "minimum": "must be at least {}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is refused: `path` leads to what is wrong in it, `rule` is a pointer."""

    message: str
    path: tuple[str | int, ...]
    rule: str
    hint: str | None = None


class Validator:
    """Judges values by the schemas of a bundled document, as the generated runtime does (S27)."""

    def __init__(self, bundle: dict[str, Json]) -> None:
        self._bundle = bundle
        self._compiled: dict[str, jsonschema_rs.Draft7Validator | None] = {}
        self._registry: jsonschema_rs.Registry | None = None
        try:
            self._registry = jsonschema_rs.Registry(
                [("urn:asyncapi", bundle)], draft=jsonschema_rs.Draft7
            )
        except ValueError:  # such as a number that is too long for it
            return

    def problem(self, pointer: str, value: Json) -> Problem | None:
        """What the schema at `pointer` refuses in a value; None where it accepts it.

        None also where the schema cannot be compiled, such as for its pattern.
        """
        if pointer not in self._compiled:
            self._compiled[pointer] = self._compile(pointer)
        validator = self._compiled[pointer]
        try:
            if validator is None or validator.is_valid(value):
                return None
            error = _clearest(next(iter(validator.iter_errors(value))))
        except ValueError:  # a pattern that takes too long, or a number out of range
            return None
        path, rule = tuple(error.instance_path), join("", *error.schema_path)
        return Problem(_message(error, at(value, join("", *path))), path, rule, self._hint(error))

    def _compile(self, pointer: str) -> jsonschema_rs.Draft7Validator | None:
        if self._registry is None:
            return None
        try:
            return jsonschema_rs.Draft7Validator(
                {"$ref": f"urn:asyncapi#{percent_encode(pointer)}"},
                registry=self._registry,
                validate_formats=True,
                pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACK_LIMIT),
                offline=True,
            )
        except ValueError:
            return None

    def _hint(self, error: jsonschema_rs.ValidationError) -> str | None:
        """For a property that is not declared, the one that was probably meant."""
        match error.kind:
            case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=names):
                schema = join("", *error.schema_path[:-1], "properties")
                declared = at(self._bundle, follow(self._bundle, schema))
                known = list(declared) if isinstance(declared, dict) else []
                near = closest(str(names[0]), known)
                return f"did you mean {quote(near)}?" if near else None
            case _:
                return None


def _clearest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """The error to show: that of the one alternative that is meant, where there are several."""
    while (inner := _meant(error)) is not None:
        error = inner
    return error


def _meant(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError | None:
    kinds = jsonschema_rs.ValidationErrorKind
    match error.kind:
        case kinds.AnyOf(context=branches) | kinds.OneOfNotValid(context=branches):
            depth = len(error.instance_path)
            meant = [it for it in branches if not any(_is_other(inner, depth) for inner in it)]
            return meant[0][0] if len(meant) == 1 and meant[0] else None
    return None


def _is_other(error: jsonschema_rs.ValidationError, depth: int) -> bool:
    """Whether an alternative is for values of another type, or with another constant in them."""
    kinds = jsonschema_rs.ValidationErrorKind
    below = len(error.instance_path) - depth
    is_constant = isinstance(error.kind, kinds.Constant | kinds.Enum)
    return below <= 1 if is_constant else below == 0 and isinstance(error.kind, kinds.Type)


def _message(error: jsonschema_rs.ValidationError, value: Json) -> str:
    kinds = jsonschema_rs.ValidationErrorKind
    match error.kind:
        case kinds.Type(types=names):
            wanted = " or ".join(_NAMES.get(name, name) for name in names)
            return f"must be {wanted}, not {_described(value, names)}"
        case kinds.Required(property=name):
            return f"has no {quote(str(name))}"
        case kinds.AdditionalProperties(unexpected=names):
            return f"may not have the property {quote(str(names[0]))}"
        case kinds.Enum() | kinds.Constant():
            return "must be one of the values that are listed"
        case kinds.Format(format=name):
            return f"must be in the format {quote(str(name))}"
        case kinds.Pattern(pattern=pattern):
            return f"must match the pattern {quote(str(pattern))}"
        case kinds.AnyOf() | kinds.OneOfNotValid():
            return "matches none of the alternatives"
        case kinds.OneOfMultipleValid():
            return "matches more than one of the alternatives"
        case kinds.FalseSchema():
            return "must not be there"
        case other if other.name in _BOUNDS:
            return _BOUNDS[other.name].format(getattr(other, "limit", ""))
        case other:
            return f"does not satisfy {quote(other.name)}"


def _described(value: Json, wanted: Sequence[str]) -> str:
    """The kind of a value, in words that differ from what is wanted."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return str(value)[:40] if "integer" in wanted else "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
