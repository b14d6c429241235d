"""An AsyncAPI document in AsyncAPI's own words, in the shape of version 3.

`parse` makes it from a source, 2.x and 3.x alike; `lower` reads it. Nothing
here knows Python or Socket.IO. Every node has the span where it is written,
and all text in it is opaque (S42). Schemas stay where they are: a `SchemaRef`
is a place in the bundled document with all references followed, so that one
schema has one pointer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from asyncgen.code import Text
from asyncgen.diagnostics import Span

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class SchemaRef:
    """A schema, by its place in `Document.bundle`; no `$ref` stands at its `pointer`."""

    pointer: str
    span: Span


@dataclass(frozen=True, slots=True)
class Located:
    """A text that needs a place of its own in diagnostics, such as the path of a handler."""

    text: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Info:
    """The Info Object."""

    title: Text
    version: Text
    description: Text | None


@dataclass(frozen=True, slots=True)
class SchemeUse:
    """The use of one security scheme in a requirement, with the scopes it asks for."""

    scheme: Text
    scopes: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Requirement:
    """One alternative of a security list: all its schemes; none means anonymous (S32)."""

    schemes: tuple[SchemeUse, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """The Server Object; `path` is that of its `url` (2.x) or its `pathname` (S40)."""

    name: Text
    path: Text | None
    namespace: Located | None
    security: tuple[Requirement, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """The Security Scheme Object with asynction's hook fields (S35).

    `location` is its `in`, `parameter` its `name`; `scopes` are those that its
    flows have, `required_scopes` those that it asks for by itself, in 3.x, where
    a requirement names none. `hooks` maps a hook field
    as written (`x-tokenInfoFunc`, …) to its dotted path; `auth_key` is the key
    of the Socket.IO auth payload that `x-socketio: {in: auth, name: …}` names.
    """

    name: Text
    type: Text
    scheme: Text | None
    bearer_format: Text | None
    location: Text | None
    parameter: Text | None
    scopes: tuple[Text, ...]
    required_scopes: tuple[Text, ...]
    hooks: Mapping[str, Located]
    auth_key: Text | None
    description: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    """A Message Example: where its payload stands in the bundle, if it has one."""

    name: Text | None
    payload: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """The Message Object with our extensions.

    `key` is the component key, or the key in the channel's messages in 3.x;
    None for a 2.x message written inline. `pointer` is canonical. `event` and
    `args` are `x-socketio.event` and `.args`; `handler` is `x-handler`; `ack`
    the schema of `x-ack` (S19), `python_name` is `x-python-name`.
    """

    pointer: str
    key: Text | None
    name: Text | None
    message_id: Text | None
    title: Text | None
    summary: Text | None
    description: Text | None
    payload: SchemaRef | None
    headers: SchemaRef | None
    content_type: Located | None
    schema_format: Text | None
    deprecated: bool
    tags: tuple[Text, ...]
    examples: tuple[Example, ...]
    ack: SchemaRef | None
    handler: Located | None
    event: Located | None
    args: Literal["single", "tuple"] | None
    python_name: Located | None
    span: Span

    @property
    def is_component(self) -> bool:
        """Whether it stands in `components`, where its key is a name for people."""
        return self.pointer.startswith("/components/messages/")

    @property
    def label(self) -> Text:
        """What it is called in a diagnostic: its name or its key, empty where it has neither."""
        return self.name or self.key or Text("")


@dataclass(frozen=True, slots=True)
class Reply:
    """The Operation Reply Object of 3.x (S19).

    `channel` is the key of its channel, that of the operation where none is
    given. `messages` are resolved: where the reply names none, all of the
    channel's but those of the request.
    """

    channel: str
    messages: tuple[Message, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """The Operation Object; a 2.x `publish` is a `receive`, a `subscribe` is a `send` (S8).

    `action` is in the words of the document's author: `lower` applies the
    perspective. `messages` are resolved already (S14).
    """

    key: Text | None
    action: Literal["receive", "send"]
    channel: str
    messages: tuple[Message, ...]
    summary: Text | None
    description: Text | None
    tags: tuple[Text, ...]
    security: tuple[Requirement, ...] | None
    handler: Located | None
    ack: SchemaRef | None
    reply: Reply | None
    span: Span


@dataclass(frozen=True, slots=True)
class WebSocketBinding:
    """The `ws` channel binding: what is checked of the handshake (S28)."""

    method: Located | None
    query: SchemaRef | None
    headers: SchemaRef | None


@dataclass(frozen=True, slots=True)
class Channel:
    """The Channel Object with our extensions.

    `key` identifies it for operations; `address` is its 3.x `address`, in 2.x
    the key. `messages` are those it declares in 3.x, in 2.x those of its
    operations. `servers` are names of servers, None where it is available on all.
    `security` is `x-security`, `auth` is `x-socketio.auth`.
    """

    key: str
    address: Text | None
    description: Text | None
    messages: tuple[Message, ...]
    servers: tuple[Located, ...] | None
    binding: WebSocketBinding | None
    security: tuple[Requirement, ...] | None
    connect: Located | None
    disconnect: Located | None
    error: Located | None
    namespace: Located | None
    event: Located | None
    auth: SchemaRef | None
    python_name: Located | None
    span: Span


@dataclass(frozen=True, slots=True)
class NamespaceExtension:
    """An entry of the root's `x-socketio.namespaces`, for model `event` (S38)."""

    name: Text
    binding: WebSocketBinding | None
    security: tuple[Requirement, ...] | None
    connect: Located | None
    disconnect: Located | None
    error: Located | None
    auth: SchemaRef | None
    python_name: Located | None
    span: Span


@dataclass(frozen=True, slots=True)
class RootExtension:
    """The root's `x-socketio`; `namespace` is the default one in model `event` (S9)."""

    channels: Located | None = None
    perspective: Located | None = None
    path: Located | None = None
    namespace: Located | None = None
    namespaces: tuple[NamespaceExtension, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    `bundle` is its plain data as one document: every `$ref` in it is local,
    and schemas in it are what the validators compile (S26). `spans` maps the
    JSON pointer of every node of the bundle to its place in a file, `keys` to
    that of the key that leads to it, where one does. `invalid_examples` are
    pointers of examples that their schema refuses, or that would take too long
    to check, once `lint` has looked (S7): they are not served.
    """

    file: str
    version: Text
    info: Info
    servers: tuple[Server, ...]
    channels: tuple[Channel, ...]
    operations: tuple[Operation, ...]
    schemes: tuple[SecurityScheme, ...]
    extension: RootExtension
    bundle: dict[str, Json]
    spans: Mapping[str, Span]
    keys: Mapping[str, Span]
    span: Span
    invalid_examples: frozenset[str] = frozenset()

    @property
    def is_version_3(self) -> bool:
        """Whether it is written in AsyncAPI 3, where pointers lead to other places than in 2."""
        return self.version.raw.startswith("3.")

    @property
    def requirements(self) -> Iterator[Requirement]:
        """All that is asked of clients, wherever the document asks it (S32 to S34)."""
        for asking in (self.servers, self.channels, self.extension.namespaces, self.operations):
            for it in asking:
                yield from it.security or ()
