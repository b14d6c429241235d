"""The application that is to be generated, in Socket.IO's and Python's words.

`lower` makes it, the templates read it: it is complete, so that a template
decides nothing. A `str` here is ours (an identifier, a dotted path, a JSON
pointer into the bundled document); what the author of the document wrote is
`Text` (S42). Equal documents give equal apps: no spans, no file names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asyncgen.code import Text

Form = Literal["none", "single", "tuple"]
SchemeKind = Literal[
    "basic", "bearer", "http", "oauth2", "openIdConnect", "httpApiKey", "userPassword", "apiKey"
]


@dataclass(frozen=True, slots=True)
class Model:
    """A named type of models.py, for the schema at `pointer`."""

    name: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One positional argument of an event or ack.

    `annotation` is a Python type as it stands in the generated code: `str`, or
    `models.NewMessage`. An argument that is not required may be left out; it
    is then `UNSET` (S18).
    """

    name: str
    annotation: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """One list of arguments (S18).

    `pointer` is the schema of the whole payload: of the one argument in form
    `single`, of the array of all arguments in form `tuple`; None in form
    `none`. `rest` takes what comes after the parameters.
    """

    form: Form
    pointer: str | None
    parameters: tuple[Parameter, ...] = ()
    rest: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of an event or ack: those of any of the alternatives (S13, S19).

    `parameters` and `rest` are what the generated function takes: of the one
    alternative, or what covers all of them.
    """

    alternatives: tuple[Signature, ...]
    parameters: tuple[Parameter, ...] = ()
    rest: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the user's project: `name` in `module`, dotted from its root (S38)."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a message that satisfies its schema (S7); `pointer` is its payload."""

    name: Text | None
    pointer: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a namespace in one direction (S13).

    `name` is its Python name, `constant` its name in contract.py. `handler`
    is set for an incoming event only. `ack` is None where none is declared.
    `pointer` is the message in the bundled document. `security` is asked of an
    incoming event in addition to that of its namespace (S34).
    """

    event: Text
    name: str
    constant: str
    pointer: str
    title: Text | None
    summary: Text | None
    description: Text | None
    deprecated: bool
    tags: tuple[Text, ...]
    arguments: Arguments
    ack: Arguments | None
    handler: Function | None
    examples: tuple[Example, ...]
    security: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme in use (S35).

    `kind` decides how its credential is found and which signature its hook
    has. `location` and `parameter`: `query`, `header` or `cookie` and its
    name; for kinds `bearer`, `oauth2` and `apiKey` with `location` `auth` the
    key in the auth payload; for kind `http` the parameter is the scheme of
    HTTP, in lower case. `hook` and `scope_hook` are functions of the user.
    """

    name: Text
    kind: SchemeKind
    location: Text | None
    parameter: Text | None
    bearer_format: Text | None
    hook: Function
    scope_hook: Function | None


@dataclass(frozen=True, slots=True)
class SchemeUse:
    """A scheme within a requirement, and the scopes asked of it."""

    scheme: Text
    scopes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One alternative: all of these; empty means anonymous (S32)."""

    schemes: tuple[SchemeUse, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that the app is generated for, and what it asks of connections (S33).

    That holds in the namespaces which ask for nothing else.
    """

    name: Text
    security: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the mock emits by itself, `delay` seconds after `on` (`x-mock`).

    `on` is an incoming event or `connect`, `emit` an outgoing one. `echo` has
    pairs of JSON pointers: into the payload of `emit`, and into that of `on`
    from which it is filled.
    """

    on: Text
    emit: Text
    delay: float
    echo: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A Socket.IO namespace.

    `module` is its Python name: the module in handlers/, the group in
    events.py. `connect`, `disconnect` and `error` are set where the document
    names them (S38). `query`, `headers` and `auth` are pointers to schemas
    (S28); `security` is empty where none is asked (S32). `scenarios` are for
    the mock.
    """

    name: Text
    module: str
    description: Text | None
    incoming: tuple[Event, ...]
    outgoing: tuple[Event, ...]
    connect: Function | None
    disconnect: Function | None
    error: Function | None
    query: str | None
    headers: str | None
    auth: str | None
    security: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class App:
    """Everything that the templates need, but for the bundled document itself.

    `path` is the Socket.IO path with a leading slash (`/socket.io`), `base`
    its parent without a trailing one (S40): the docs stand at `{base}/docs`.
    """

    title: Text
    version: Text
    description: Text | None
    package: str
    path: str
    base: str
    namespaces: tuple[Namespace, ...]
    models: tuple[Model, ...]
    schemes: tuple[Scheme, ...]
    servers: tuple[Server, ...]
