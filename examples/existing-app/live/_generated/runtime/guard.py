"""The contract as a table, and the guards that hold messages to it.

What is valid is decided by the schemas of the document (see schemas.py); a
pydantic model is only the typed view of a value that has passed.
"""

from __future__ import annotations

import math
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

import pydantic

from .schemas import Mismatch, Schemas, Validator
from .values import dumped, is_plain, sendable

Args = TypeVarTuple("Args")
Ack = TypeVar("Ack")


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


class _WrongNumber(Mismatch):
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

    `examples` are pointers to payloads that the document gives as examples.
    `security` is asked in addition to the namespace's, and as that one.
    """

    namespace: str
    event: str
    args: AnyArguments = NO_ARGUMENTS
    ack: AnyArguments | None = None
    examples: tuple[str, ...] = ()
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Outgoing(Generic[*Args, Ack]):
    """An event that the server emits; otherwise as `Incoming`."""

    namespace: str
    event: str
    args: AnyArguments = NO_ARGUMENTS
    ack: AnyArguments | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """What the mock emits by itself: `x-mock` of a message.

    `delay` seconds after `on`, which is an event from clients or `connect`,
    `emit` follows. `echo` says which places of its payload are filled from
    which places of the one that was received; both are JSON pointers.
    """

    on: str
    emit: str
    delay: float = 0
    echo: Mapping[str, str] = field(default_factory=dict)


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
    scenarios: tuple[Scenario, ...] = ()


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
            raise self._failure([Mismatch(reason)])
        try:
            values = tuple(dumped(list(args)))
            return values if is_plain(values) else tuple(sendable(values, ""))
        except Mismatch as mismatch:
            path = mismatch.path
            if all(item.arguments.form != "tuple" for item in self._lists):
                path = "".join(path.partition("/")[2].partition("/")[1:])
            raise self._failure([Mismatch(mismatch.message, path)]) from None
        except RecursionError:
            problem = Mismatch("must not be nested so deeply")
            raise self._failure([problem]) from None

    def _received(self, args: tuple[Any, ...]) -> tuple[Arguments, tuple[Any, ...]]:
        """The list of arguments that fits, and its view of them."""
        problems = []
        for item in self._lists:
            try:
                return item.arguments, item.receive(args)
            except Mismatch as problem:
                problems.append(problem)
        raise self._failure(problems)

    def _problems(self, args: tuple[Any, ...]) -> list[Mismatch]:
        """What each list of arguments has against these; empty where one has nothing."""
        problems = []
        for item in self._lists:
            try:
                item.check(args)
            except Mismatch as problem:
                problems.append(problem)
            else:
                return []
        return problems

    def _failure(self, problems: list[Mismatch]) -> ContractError:
        """The error to tell: of the one list with as many arguments, if there is one."""
        near = [it for it in problems if not isinstance(it, _WrongNumber)]
        [problem, *others] = problems if len(problems) == 1 else near or problems
        if others:
            problem = Mismatch("must match one of the alternatives declared")
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
        """The arguments as a handler takes them; raises Mismatch."""
        if not args and self.arguments.form == "single":
            args = (None,)
            if self._validator is not None and not self._validator.is_valid(None):
                raise _WrongNumber("takes 1 argument, got 0")
        self.check(args)
        if self._typed or len(args) < len(self._views):
            return self._viewed(args)
        return args

    def check(self, args: tuple[Any, ...]) -> None:
        """Raise Mismatch where the arguments do not conform."""
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


def subject_of(event: Incoming[*Args, Ack] | Outgoing[*Args, Ack]) -> str:
    """How an event is called in messages."""
    return f"{event.event!r} in {event.namespace!r}"


def ack_guard(
    event: Incoming[*Args, Ack] | Outgoing[*Args, Ack], schemas: Schemas
) -> Guard | None:
    """The guard of what answers an event; None where nothing does."""
    if event.ack is None:
        return None
    return Guard(event.ack, schemas, f"ack of {subject_of(event)}", InvalidAck)


def check_value(
    validator: Validator,
    value: Any,
    subject: str,
    error: type[ContractError],
) -> None:
    """Raise `error` where `value` does not conform."""
    try:
        validator.check(value)
    except Mismatch as mismatch:
        raise error(mismatch.message, path=mismatch.path, subject=subject) from None


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
