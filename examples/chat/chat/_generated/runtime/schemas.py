"""What the schemas of the document accept, compiled once, and what they say against the rest.

A JSON Schema draft-07 validator decides, over the bundled document. Messages are
made from the rule that failed, never from the value, so that they can be sent to
a client and logged.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote

import jsonschema_rs

log = logging.getLogger(__name__)

# How often the regular expression engine may step back before it gives up on a string;
# with each step it may read the whole string, so for a long one it is less often.
# It steps back only in patterns with look-around or back-references.
BACKTRACK_LIMIT: Final = 100_000
_CHARACTERS_READ: Final = 2**26  # in less than 0.1 s
_STEPS_BACK: Final = re.compile(r"\(\?<?[=!]|\\\\[1-9]")


class Mismatch(Exception):
    """A value that a schema refuses; the caller knows what it is a part of."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass
class Schemas:
    """Compiles the schemas of a document, each one once, by their JSON pointers."""

    document: dict[str, Any]
    _compiled: dict[str, Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._registry = jsonschema_rs.Registry(
            [("urn:asyncapi", self.document)], draft=jsonschema_rs.Draft7
        )
        self._overrun = _Overrun()
        steps_back = _STEPS_BACK.search(json.dumps(self.document))
        self._keywords: dict[str, Any] = (
            {"pattern": self._pattern} if steps_back else {}
        )
        # Random, so that no client can say that bytes are what it sends as JSON.
        self._marker = f"bytes {secrets.token_hex(8)}"

    def at(self, pointer: str) -> Validator:
        """The validator of the schema at `pointer`; draft-07's formats are asserted."""
        if pointer not in self._compiled:
            self._compiled[pointer] = Validator(
                self._validator({"$ref": f"urn:asyncapi#{quote(pointer)}"}),
                lambda: self._validator(_telling(self, pointer, self._marker)),
                self._marker,
                self._overrun,
            )
        return self._compiled[pointer]

    def _validator(self, schema: dict[str, Any]) -> jsonschema_rs.Draft7Validator:
        return jsonschema_rs.Draft7Validator(
            schema,
            registry=self._registry,
            validate_formats=True,
            # What is binary is bytes, and no text is (S24).
            formats={"binary": lambda text: False},
            pattern_options=jsonschema_rs.FancyRegexOptions(
                backtrack_limit=BACKTRACK_LIMIT
            ),
            keywords=self._keywords,
            mask="value",
            offline=True,
        )

    def _pattern(self, parent: Any, pattern: str, path: Any) -> _Pattern:
        return _Pattern(pattern, self._overrun)

    def value(self, pointer: str) -> Any:
        """What stands at `pointer` in the document."""
        node: Any = self.document
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            node = node[int(key)] if isinstance(node, list) else node[key]
        return node

    def resolve(self, pointer: str) -> Mapping[str, Any]:
        """The schema at `pointer`, references followed; empty where it is a boolean."""
        node = self.value(pointer)
        if isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            return self.target(node["$ref"])
        return node if isinstance(node, Mapping) else {}

    def target(self, reference: str) -> Mapping[str, Any]:
        """The schema that a `$ref` leads to, as `resolve` gives it."""
        return self.resolve(unquote(reference[1:]))


class Validator:
    """Says what a schema accepts: JSON as draft-07 has it, and bytes.

    The validator of jsonschema-rs does not know bytes, and what it would have to
    tell of alternatives within alternatives doubles with each level of a value.
    Where it does not accept a value, another one finds the reason, in which
    markers take the place of bytes (see `_telling`).
    """

    def __init__(
        self,
        of_json: jsonschema_rs.Draft7Validator,
        compile_to_tell: Callable[[], jsonschema_rs.Draft7Validator],
        marker: str,
        overrun: _Overrun,
    ) -> None:
        self._of_json = of_json
        self._compile_to_tell = compile_to_tell
        self._to_tell: jsonschema_rs.Draft7Validator | None = None
        self._marker = marker
        self._overrun = overrun

    def is_valid(self, value: Any) -> bool:
        """Whether the schema accepts `value`."""
        try:
            self.check(value)
        except Mismatch:
            return False
        return True

    def check(self, value: Any) -> None:
        """Raise Mismatch where the schema does not accept `value`."""
        self._overrun.pattern = None
        try:
            if self._of_json.is_valid(value) and self._overrun.pattern is None:
                return
        except ValueError:
            pass  # It is not JSON: the reason is found below.
        self._check_time()
        try:
            marked = _marked(value, self._marker, {})
        except RecursionError:
            raise Mismatch("must not be nested so deeply") from None
        if self._to_tell is None:
            self._to_tell = self._compile_to_tell()
        mismatch = None
        try:
            self._to_tell.validate(marked)
        except jsonschema_rs.ValidationError as problem:
            mismatch = self._mismatch(problem)
        except ValueError:
            raise Mismatch("must be a JSON value") from None
        self._check_time()
        if mismatch is not None:
            raise mismatch

    def _check_time(self) -> None:
        if self._overrun.pattern is not None:
            raise _too_long(self._overrun.pattern)

    def _mismatch(self, problem: jsonschema_rs.ValidationError) -> Mismatch:
        path = problem.instance_path
        if self._marker in path:  # the only number there: how many bytes there are
            rule = _rule(problem).replace("must be", "must have") + " bytes"
            return Mismatch(rule, pointer_to(path[: path.index(self._marker)]))
        if isinstance(problem.instance, dict) and self._marker in problem.instance:
            return Mismatch("must not be binary data", pointer_to(path))
        if isinstance(
            problem.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded
        ):
            return _too_long("of `patternProperties`")
        return Mismatch(_rule(problem), pointer_to(path))


class _Overrun(threading.local):
    """The pattern, if any, that the validation in this thread gave up on."""

    pattern: str | None = None


class _Pattern:
    """The keyword `pattern`, with a limit that depends on the length of the string."""

    def __init__(self, pattern: str, overrun: _Overrun) -> None:
        self._pattern = pattern
        self._overrun = overrun
        self._regexes: dict[int, jsonschema_rs.Draft7Validator] = {}

    def validate(self, text: Any) -> None:
        """Raise ValueError where `text` does not match, or that takes too long to see."""
        if not isinstance(text, str):
            return
        if self._overrun.pattern is not None:
            raise ValueError("is not looked at any more")
        regex = self._regex(len(text).bit_length())
        problem = next(iter(regex.iter_errors(text)), None)
        if problem is None:
            return
        if not isinstance(problem.kind, jsonschema_rs.ValidationErrorKind.Pattern):
            # Noted, since below a `not` the error alone would make the value valid.
            self._overrun.pattern = _shown(self._pattern)
        raise ValueError(_rule(problem))

    def _regex(self, size: int) -> jsonschema_rs.Draft7Validator:
        if size not in self._regexes:
            limit = min(BACKTRACK_LIMIT, _CHARACTERS_READ >> size)
            self._regexes[size] = jsonschema_rs.Draft7Validator(
                {"pattern": self._pattern},
                pattern_options=jsonschema_rs.FancyRegexOptions(
                    backtrack_limit=max(limit, 1)
                ),
                mask="value",
            )
        return self._regexes[size]


def _too_long(pattern: str) -> Mismatch:
    log.warning(
        "gave up on a string: it took too long to match the pattern %s", pattern
    )
    return Mismatch("took too long to match against a pattern")


def _marked(value: Any, marker: str, found: dict[bytes, int]) -> Any:
    """`value` with objects in place of bytes: with their length, and equal where they are."""
    if isinstance(value, bytes | bytearray):
        number = found.setdefault(bytes(value), len(found))
        return {marker: len(value), "number": number}
    if isinstance(value, dict):
        return {key: _marked(item, marker, found) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item, marker, found) for item in value]
    return value


_ALTERNATIVES: Final = ("anyOf", "oneOf")
_APPLIED_TO_PARTS: Final = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "dependencies",
        "items",
        "patternProperties",
        "properties",
        "propertyNames",
    }
)


def _telling(schemas: Schemas, pointer: str, marker: str) -> dict[str, Any]:
    """The schema at `pointer` as it judges values in which markers stand for bytes (S24).

    Each schema is split: `if` the value is a marker, `then` what the schema
    says of bytes, `else` what it says of JSON. What it applies to the value as
    a whole, such as `anyOf`, is asked of both. Alternatives stand below a
    double `not`, which says only that none fits, and not what each has against
    the value.
    """
    places = [pointer]
    definitions: dict[str, Any] = {}

    def split(schema: Any) -> Any:
        if not isinstance(schema, Mapping):
            return schema
        if isinstance(schema.get("$ref"), str):
            place = unquote(schema["$ref"][1:])
            if place not in places:
                places.append(place)
            return {"$ref": f"#/definitions/{places.index(place)}"}
        of_json: dict[str, Any] = {}
        of_both: dict[str, Any] = {}
        for key, part in schema.items():
            if key in ("allOf", "anyOf", "oneOf"):
                of_both[key] = [split(item) for item in part]
            elif key in ("not", "if", "then", "else"):
                of_both[key] = split(part)
            elif key in ("dependencies", "patternProperties", "properties"):
                of_json[key] = {name: split(item) for name, item in part.items()}
            elif key in _APPLIED_TO_PARTS:
                several = isinstance(part, list)
                of_json[key] = (
                    [split(item) for item in part] if several else split(part)
                )
            elif key != "definitions":
                of_json[key] = part
        is_marker = {"type": "object", "required": [marker]}
        choice = {"if": is_marker, "then": _of_bytes(schema, marker), "else": of_json}
        loud = {key: of_both.pop(key) for key in _ALTERNATIVES if key in of_both}
        quiet = [{"not": {"not": {key: part}}} for key, part in loud.items()]
        return {"allOf": [choice, of_both, *quiet]}

    for place in places:  # It grows meanwhile.
        definitions[str(len(definitions))] = split(schemas.value(place))
    return {"$ref": "#/definitions/0", "definitions": definitions}


def _of_bytes(schema: Mapping[str, Any], marker: str) -> Any:
    """What a schema by itself says of the marker that stands for bytes."""
    kinds = schema.get("type")
    is_binary = schema.get("format") == "binary"
    if "enum" in schema or "const" in schema:
        return False
    if kinds is not None and not (is_binary and "string" in kinds):
        return False
    limits = {"minLength": "minimum", "maxLength": "maximum"} if is_binary else {}
    bounds = {bound: schema[key] for key, bound in limits.items() if key in schema}
    return {"properties": {marker: bounds}}


def _rule(problem: jsonschema_rs.ValidationError) -> str:
    """What the schema asks for, in words, without the value."""
    kinds = jsonschema_rs.ValidationErrorKind
    match problem.kind:
        case kinds.Type(types=names):
            return f"must be {' or '.join(_article(name) for name in names)}"
        case kinds.Required(property=name):
            return f"must have the property {_shown(name)}"
        case kinds.AdditionalProperties():
            return "must not have other properties than those declared"
        case kinds.AdditionalItems(limit=limit):
            return f"must not have more than {limit} items"
        case kinds.Enum() | kinds.Constant():
            return "must be one of the values declared"
        case kinds.Format(format="binary"):
            return "must be binary data"
        case kinds.Format(format=name):
            return f"must be in the format {_shown(name)}"
        case kinds.Pattern(pattern=pattern):
            return f"must match the pattern {_shown(pattern)}"
        case kinds.MinLength(limit=limit):
            return f"must be at least {limit} characters long"
        case kinds.MaxLength(limit=limit):
            return f"must be at most {limit} characters long"
        case kinds.Minimum(limit=limit):
            return f"must be at least {limit}"
        case kinds.Maximum(limit=limit):
            return f"must be at most {limit}"
        case kinds.ExclusiveMinimum(limit=limit):
            return f"must be more than {limit}"
        case kinds.ExclusiveMaximum(limit=limit):
            return f"must be less than {limit}"
        case kinds.MultipleOf(multiple_of=step):
            return f"must be a multiple of {step}"
        case kinds.MinItems(limit=limit):
            return f"must have at least {limit} items"
        case kinds.MaxItems(limit=limit):
            return f"must have at most {limit} items"
        case kinds.UniqueItems():
            return "must not have the same item twice"
        case kinds.Contains():
            return "must have an item as declared"
        case kinds.MinProperties(limit=limit):
            return f"must have at least {limit} properties"
        case kinds.MaxProperties(limit=limit):
            return f"must have at most {limit} properties"
        case kinds.PropertyNames():
            return "must not have a property of such a name"
        case kinds.Not(schema={"not": {"anyOf": _}}):
            return "must match one of the alternatives declared"
        case kinds.Not(schema={"not": {"oneOf": _}}):
            return "must match exactly one of the alternatives declared"
        case kinds.Not():
            return "must not be what the document excludes"
        case kinds.FalseSchema():
            return "must not be there"
        case kinds.BacktrackLimitExceeded() | kinds.RegexEngineFailure():
            return "took too long to match against a pattern"
        case kinds.Custom(message=message):  # of a `_Pattern`
            return str(message)
        case other:
            return f"does not satisfy {_shown(other.name)}"


def _article(name: str) -> str:
    if name == "null":
        return "null"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _shown(text: str) -> str:
    return f"`{text}`"


def pointer_to(path: list[str | int]) -> str:
    """The JSON pointer of a path of names and indexes."""
    return "".join(
        f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path
    )
