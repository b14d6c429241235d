"""The contract as a table, and the guards that hold messages to it.

What a schema accepts is decided by a JSON Schema draft-07 validator over the
bundled document; a pydantic model is only the typed view of a value that has
passed. Messages of errors are made from the rule that failed, never from the
value, so that they can be sent to a client and logged.
"""

from __future__ import annotations

import json
import logging
import math
import re
import secrets
import threading
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import (
    Any,
    Final,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    TypeVarTuple,
)
from urllib.parse import quote, unquote

import jsonschema_rs
import pydantic
import pydantic_core

from .packets import is_plain

log = logging.getLogger(__name__)

Args = TypeVarTuple("Args")
Ack = TypeVar("Ack")

# How often the regular expression engine may step back before it gives up on a string;
# with each step it may read the whole string, so for a long one it is less often.
# It steps back only in patterns with look-around or back-references.
BACKTRACK_LIMIT: Final = 100_000
_CHARACTERS_READ: Final = 2**26  # in less than 0.1 s
_STEPS_BACK: Final = re.compile(r"\(\?<?[=!]|\\\\[1-9]")


class Unset(Enum):
    """The type of `UNSET`, which stands for an optional argument that was left out."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset.UNSET


class ContractError(Exception):
    """A message, or a connection, that breaks the contract.

    `message` says which rule, `path` is a JSON pointer into the arguments, and
    `code` is what a client is told in the error acknowledgement.
    """

    code = "internal_error"

    def __init__(self, message: str, *, path: str = "", subject: str = "") -> None:
        super().__init__(f"{subject}: {message}" if subject else message)
        self.message = message
        self.path = path
        self.subject = subject


class InvalidPayload(ContractError):
    """What a client sent does not conform to the event's payload."""

    code = "invalid_payload"


class UnknownEvent(ContractError):
    """A client sent an event that the document does not declare."""

    code = "unknown_event"


class InvalidEmit(ContractError):
    """The application emits what the document does not declare; nothing was sent."""


class InvalidAck(ContractError):
    """An acknowledgement does not conform: a handler's result, or a client's answer."""


class InvalidHandshake(ContractError):
    """The query, the headers or the auth payload of a connection do not conform."""


class Unauthorized(ContractError):
    """No alternative of the security of a namespace, or of an operation, is satisfied."""

    code = "forbidden"


class _Mismatch(Exception):
    """A value that a schema refuses; the caller knows what it is a part of."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class _WrongNumber(_Mismatch):
    """Too few or too many arguments."""


@dataclass(frozen=True)
class Arguments:
    """The arguments of an event or an acknowledgement.

    `pointer` is the schema in the document: of the one argument, or, in form
    `tuple`, of the array of all. `types` are the Python types of the
    positional arguments, of which the first `required` must be there; `rest`
    is the type of those after them, None where there may be none. Where `types`
    is None, values are passed on as plain data.
    """

    pointer: str | None = None
    types: tuple[Any, ...] | None = None
    form: Literal["none", "single", "tuple"] = "single"
    required: int = 1
    rest: Any = None

    @property
    def is_one(self) -> bool:
        """Whether there is exactly one, always: in Python, a value and not a tuple."""
        count = len(self.types or ())
        one_of_a_tuple = count == self.required == 1 and self.rest is None
        return self.form == "single" or one_of_a_tuple


NO_ARGUMENTS: Final = Arguments(form="none", required=0)

# One list of arguments, or several, of which a message has any.
AnyArguments: TypeAlias = Arguments | tuple[Arguments, ...]


def alternatives(args: AnyArguments) -> tuple[Arguments, ...]:
    """The lists of arguments that a message may have."""
    return args if isinstance(args, tuple) else (args,)


@dataclass(frozen=True)
class Incoming(Generic[*Args, Ack]):
    """An event that clients emit, with the types of its arguments and its ack.

    `examples` are pointers to payloads that the document gives as examples,
    `scenarios` to what `x-mock` of its messages says. `security` is asked in
    addition to the namespace's, and as that one.
    """

    namespace: str
    event: str
    args: AnyArguments = NO_ARGUMENTS
    ack: AnyArguments | None = None
    examples: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Outgoing(Generic[*Args, Ack]):
    """An event that the server emits; otherwise as `Incoming`."""

    namespace: str
    event: str
    args: AnyArguments = NO_ARGUMENTS
    ack: AnyArguments | None = None
    examples: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A security scheme: how a credential reaches the server.

    `location` and `parameter` say where: `query`, `header`, `cookie` or `auth`
    (the Socket.IO auth payload) and the name there. Without `location`, `parameter`
    is the name of an `http` scheme in the Authorization header.
    """

    name: str
    kind: Literal[
        "basic",
        "bearer",
        "http",
        "oauth2",
        "openIdConnect",
        "httpApiKey",
        "userPassword",
        "apiKey",
    ]
    location: str | None = None
    parameter: str | None = None
    bearer_format: str | None = None


@dataclass(frozen=True)
class Namespace:
    """A Socket.IO namespace.

    `query`, `headers` and `auth` are pointers to the schemas of the handshake.
    `security` lists alternatives, each a mapping from scheme to scopes; an
    empty alternative lets anonymous clients in, an empty list asks nothing.
    """

    name: str
    incoming: tuple[Incoming[*tuple[Any, ...], Any], ...] = ()
    outgoing: tuple[Outgoing[*tuple[Any, ...], Any], ...] = ()
    query: str | None = None
    headers: str | None = None
    auth: str | None = None
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Contract:
    """Everything the server holds itself and its clients to.

    `document` is the bundled AsyncAPI document, `path` the Socket.IO path, and
    `docs` the URL path below which the documentation is served. Handlers and
    hooks may only come from `modules`, the top-level names of the project.
    """

    document: dict[str, Any]
    namespaces: tuple[Namespace, ...]
    schemes: tuple[Scheme, ...] = ()
    modules: tuple[str, ...] = ()
    path: str = "/socket.io"
    docs: str = "/docs"
    title: str = ""


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
                lambda: self._validator(_judging(self, pointer, self._marker)),
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

    The validator of jsonschema-rs does not know bytes. Where it does not accept
    a value that has some, markers take their place (see `_judging`).
    """

    def __init__(
        self,
        of_json: jsonschema_rs.Draft7Validator,
        compile_for_markers: Callable[[], jsonschema_rs.Draft7Validator],
        marker: str,
        overrun: _Overrun,
    ) -> None:
        self._of_json = of_json
        self._compile_for_markers = compile_for_markers
        self._of_markers: jsonschema_rs.Draft7Validator | None = None
        self._marker = marker
        self._overrun = overrun

    def is_valid(self, value: Any) -> bool:
        """Whether the schema accepts `value`."""
        try:
            self.check(value)
        except _Mismatch:
            return False
        return True

    def check(self, value: Any) -> None:
        """Raise _Mismatch where the schema does not accept `value`."""
        self._overrun.pattern = None
        try:
            if self._of_json.is_valid(value) and self._overrun.pattern is None:
                return
        except ValueError:
            pass  # It is not JSON: the reason is found below.
        self._check_time()
        try:
            found: dict[bytes, int] = {}
            marked = _marked(value, self._marker, found)
        except RecursionError:
            raise _Mismatch("must not be nested so deeply") from None
        validator = self._for(found)
        try:
            problem = next(iter(validator.iter_errors(marked)), None)
        except ValueError:
            raise _Mismatch("must be a JSON value") from None
        self._check_time()
        if problem is not None:
            raise self._mismatch(problem)

    def _check_time(self) -> None:
        if self._overrun.pattern is not None:
            raise _too_long(self._overrun.pattern)

    def _for(self, found: dict[bytes, int]) -> jsonschema_rs.Draft7Validator:
        if not found:
            return self._of_json
        if self._of_markers is None:
            self._of_markers = self._compile_for_markers()
        return self._of_markers

    def _mismatch(self, problem: jsonschema_rs.ValidationError) -> _Mismatch:
        path = problem.instance_path
        if self._marker in path:  # the only number there: how many bytes there are
            rule = _rule(problem).replace("must be", "must have") + " bytes"
            return _Mismatch(rule, _pointer(path[: path.index(self._marker)]))
        if isinstance(problem.instance, dict) and self._marker in problem.instance:
            return _Mismatch("must not be binary data", _pointer(path))
        if isinstance(
            problem.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded
        ):
            return _too_long("of `patternProperties`")
        return _Mismatch(_rule(problem), _pointer(path))


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


def _too_long(pattern: str) -> _Mismatch:
    log.warning(
        "gave up on a string: it took too long to match the pattern %s", pattern
    )
    return _Mismatch("took too long to match against a pattern")


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


def _judging(schemas: Schemas, pointer: str, marker: str) -> dict[str, Any]:
    """The schema at `pointer` as it judges values in which markers stand for bytes (S24).

    Each schema is split: `if` the value is a marker, `then` what the schema
    says of bytes, `else` what it says of JSON. What it applies to the value as
    a whole, such as `anyOf`, is asked of both.
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
        return {"allOf": [choice, of_both]}

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


@dataclass
class Guard:
    """Checks the arguments of one event or acknowledgement, in both directions.

    `receive` takes what came from a client and gives what a handler gets;
    `send` takes what the application says and gives plain data for the wire.
    Of several lists of arguments, the first that fits decides. Both raise
    `error`, a kind of ContractError, that names `subject`.
    """

    arguments: AnyArguments
    schemas: Schemas
    subject: str
    error: type[ContractError]

    def __post_init__(self) -> None:
        several = alternatives(self.arguments)
        self._lists = tuple(_List(it, self.schemas) for it in several)
        self._width = max(len(it.types or ()) for it in several)
        self.takes_none = any(it.form == "none" for it in several)

    def receive(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as a handler takes them; raises `error` where they are invalid.

        A single argument that was left out counts as null where null conforms.
        """
        _, values = self._received(args)
        return values + (UNSET,) * (self._width - len(values))

    def answer(self, args: tuple[Any, ...]) -> Any:
        """As `receive`, but one argument is a value, and only several are a tuple."""
        fitting, values = self._received(args)
        return values[0] if fitting.is_one else values

    def send(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as plain data; models are dumped by the document's names.

        Raises `error` where they do not conform, or cannot be sent as JSON and bytes.
        """
        while args and args[-1] is UNSET:
            args = args[:-1]
        if not is_plain(args):
            args = self._plain(args)
        if problems := self._problems(args):
            raise self._failure(problems)
        return args

    def _plain(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as plain data; raises `error` where they have other things in them."""
        if any(value is UNSET for value in args):
            reason = "an argument is left out only together with all after it"
            raise self._failure([_Mismatch(reason)])
        try:
            dumped = tuple(_dumped(list(args)))
            return dumped if is_plain(dumped) else tuple(_sendable(dumped, ""))
        except _Mismatch as mismatch:
            path = mismatch.path
            if all(item.arguments.form != "tuple" for item in self._lists):
                path = "".join(path.partition("/")[2].partition("/")[1:])
            raise self._failure([_Mismatch(mismatch.message, path)]) from None
        except RecursionError:
            problem = _Mismatch("must not be nested so deeply")
            raise self._failure([problem]) from None

    def _received(self, args: tuple[Any, ...]) -> tuple[Arguments, tuple[Any, ...]]:
        """The list of arguments that fits, and its view of them."""
        problems = []
        for item in self._lists:
            try:
                return item.arguments, item.receive(args)
            except _Mismatch as problem:
                problems.append(problem)
        raise self._failure(problems)

    def _problems(self, args: tuple[Any, ...]) -> list[_Mismatch]:
        """What each list of arguments has against these; empty where one has nothing."""
        problems = []
        for item in self._lists:
            try:
                item.check(args)
            except _Mismatch as problem:
                problems.append(problem)
            else:
                return []
        return problems

    def _failure(self, problems: list[_Mismatch]) -> ContractError:
        """The error to tell: of the one list with as many arguments, if there is one."""
        near = [it for it in problems if not isinstance(it, _WrongNumber)]
        [problem, *others] = problems if len(problems) == 1 else near or problems
        if others:
            problem = _Mismatch("must match one of the alternatives declared")
        return self.error(problem.message, path=problem.path, subject=self.subject)


class _List:
    """One list of arguments, with what is needed to check and view it."""

    def __init__(self, arguments: Arguments, schemas: Schemas) -> None:
        self.arguments = arguments
        pointer, rest = arguments.pointer, arguments.rest
        self._validator = schemas.at(pointer) if pointer is not None else None
        self._views = tuple(_view(kind) for kind in arguments.types or ())
        self._rest = _view(rest) if rest is not None else _as_it_is
        self._typed = {*self._views, self._rest} != {_as_it_is}
        self._least, self._most = arguments.required, float(arguments.required)
        if arguments.form == "tuple":
            open_ended = rest is not None or arguments.types is None
            self._most = math.inf if open_ended else len(self._views)

    def receive(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as a handler takes them; raises _Mismatch."""
        if not args and self.arguments.form == "single":
            args = (None,)
            if self._validator is not None and not self._validator.is_valid(None):
                raise _WrongNumber("takes 1 argument, got 0")
        self.check(args)
        if self._typed or len(args) < len(self._views):
            return self._viewed(args)
        return args

    def check(self, args: tuple[Any, ...]) -> None:
        """Raise _Mismatch where the arguments do not conform."""
        if not self._least <= len(args) <= self._most:
            raise self._wrong_number(len(args))
        if self._validator is not None:
            is_tuple = self.arguments.form == "tuple"
            self._validator.check(list(args) if is_tuple else args[0])

    def _wrong_number(self, count: int) -> _WrongNumber:
        least, most = self._least, max(self._least, len(self._views))
        takes = f"{least} to {most}" if least < most == self._most else str(least)
        several = "" if takes == "1" else "s"
        return _WrongNumber(f"takes {takes} argument{several}, got {count}")

    def _viewed(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        views, missing = self._views, len(self._views) - len(args)
        if missing < 0:
            views += (self._rest,) * -missing
        values = [view(value) for view, value in zip(views, args, strict=False)]
        if missing > 0:
            values.extend([UNSET] * missing)
        return tuple(values)


def check_value(
    validator: Validator,
    value: Any,
    subject: str,
    error: type[ContractError],
) -> None:
    """Raise `error` where `value` does not conform."""
    try:
        validator.check(value)
    except _Mismatch as mismatch:
        raise error(mismatch.message, path=mismatch.path, subject=subject) from None


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
        case kinds.AnyOf() | kinds.OneOfNotValid():
            return "must match one of the alternatives declared"
        case kinds.OneOfMultipleValid():
            return "must match only one of the alternatives declared"
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


def _pointer(path: list[str | int]) -> str:
    return "".join(
        f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path
    )


def _as_it_is(value: Any) -> Any:
    return value


def _integral(value: Any) -> Any:
    """To JSON Schema, 1.0 is an integer."""
    return int(value) if isinstance(value, float) else value


_PLAIN: Final = frozenset(
    {str, bytes, int, float, bool, type(None), None, Any, dict[str, Any], list[Any]}
)


def _view(kind: Any) -> Callable[[Any], Any]:
    """What gives a value, as plain data, in the type `kind`."""
    members = kind.__args__ if isinstance(kind, types.UnionType) else (kind,)
    if not _PLAIN.issuperset(members):
        return partial(
            pydantic.TypeAdapter(kind).validator.validate_python, by_name=False
        )
    return _integral if int in members and float not in members else _as_it_is


def _sendable(value: Any, path: str) -> Any:
    """A value as JSON and bytes; raises _Mismatch where it has another thing in it."""
    if isinstance(value, str):
        return str.__str__(value)  # of an enum, too
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, list | tuple):
        return [_sendable(item, f"{path}/{index}") for index, item in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {
            str.__str__(key): _sendable(item, path + _pointer([key]))
            for key, item in value.items()
        }
    if isinstance(value, float):
        raise _Mismatch(
            "must be a number of JSON, which NaN and infinity are not", path
        )
    if isinstance(value, Mapping):
        raise _Mismatch("must be a JSON object, whose keys are all strings", path)
    raise _Mismatch(
        f"must be a JSON value, which a {type(value).__name__} is not", path
    )


_ANYTHING: Final = pydantic_core.SchemaSerializer(
    pydantic_core.core_schema.any_schema()
)


def _dumped(value: Any) -> Any:
    """The value with models dumped by the document's names, without unset fields."""
    return _ANYTHING.to_python(value, by_alias=True, exclude_unset=True, warnings=False)
