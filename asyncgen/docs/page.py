"""What the documentation page says, from its reader's side.

The reader writes a client: what the server handles is what "you emit". The
templates print it; `from_app` makes it of a Socket.IO application,
`from_document` of any other document. A `str` here is ours, what the author of
the document wrote is `Text` (S42).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from asyncgen import ir
from asyncgen.code import Text
from asyncgen.docs.sample import BYTES
from asyncgen.docs.schema import Fact, Node, Section


@dataclass(frozen=True, slots=True)
class Link:
    """A label, and where it leads, if that is a safe place."""

    label: Text
    target: Text | None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme, and what a client sends for it.

    `where` says where in words, `keys` are the names that the credential has
    there; user name and password are `encoded` into one (base64). `place` is
    where the console puts it, None where it has none.
    """

    anchor: str
    name: Text
    words: str
    place: Literal["auth", "query", "header", "cookie"] | None
    where: str
    keys: tuple[Text, ...]
    encoded: bool
    description: Text | None
    facts: tuple[Fact, ...]
    scopes: Mapping[str, Text | None]


@dataclass(frozen=True, slots=True)
class SchemeUse:
    """A scheme within an alternative, and the scopes asked for, with what they mean."""

    scheme: Scheme
    scopes: tuple[tuple[Text, Text | None], ...]


# Alternatives, each of schemes that are all asked for; one of none asks for nothing (S32).
Security: TypeAlias = tuple[tuple[SchemeUse, ...], ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of a server's URL or of a channel's address that may be chosen."""

    name: Text
    default: Text | None
    values: tuple[Text, ...]
    description: Text | None


@dataclass(frozen=True, slots=True)
class Binding:
    """What a protocol adds, as JSON."""

    protocol: Text
    json: Text


@dataclass(frozen=True, slots=True)
class Server:
    """A server: `url` is what a client connects with, variables by their defaults.

    `path` is the Socket.IO path, None on a page of another protocol.
    """

    name: Text
    url: Text
    path: Text | None
    template: Text
    protocol: Text
    description: Text | None
    variables: tuple[Variable, ...]
    security: Security
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """One list of positional arguments; `pointer` is the schema of all of them.

    `name` is that of the message, where it is shown; a payload whose schema is
    not JSON Schema has it as its `source`.
    """

    form: ir.Form
    pointer: str | None
    arguments: tuple[Node, ...]
    name: Text | None = None
    source: Text | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A payload as JSON: the document's, or one that was `sampled`; `binary` where bytes are."""

    name: Text | None
    json: Text
    form: ir.Form
    sampled: bool

    @property
    def binary(self) -> bool:
        """Whether there are bytes in it."""
        return BYTES in self.json.raw


@dataclass(frozen=True, slots=True)
class Event:
    """An event, or a message of another protocol.

    `verb` is what the reader does with it, None where no operation says so;
    `lead` is its summary, `texts` what else is said of it. `ack` is None where
    there is none; `security` is asked in addition to that of its namespace (S34).
    """

    anchor: str
    name: Text
    verb: Literal["emit", "receive", "send"] | None
    lead: Text | None
    texts: tuple[Text, ...]
    tags: tuple[Text, ...]
    deprecated: bool
    call: Text | None
    security: Security
    payloads: tuple[Payload, ...]
    ack: tuple[Payload, ...] | None
    headers: Node | None
    facts: tuple[Fact, ...]
    bindings: tuple[Binding, ...]
    examples: tuple[Example, ...]
    answer: Example | None

    @property
    def sent(self) -> bool:
        """Whether it goes from the reader to the server."""
        return self.verb in ("emit", "send")


@dataclass(frozen=True, slots=True)
class Snippet:
    """How to connect, in a language."""

    language: str
    source: Text


@dataclass(frozen=True, slots=True)
class Handshake:
    """What is checked of a connection: a title, its schema, and the text to start typing from."""

    title: str
    key: str
    pointer: str
    node: Node
    typed: Text


@dataclass(frozen=True, slots=True)
class Channel:
    """A namespace of Socket.IO, or a channel of another protocol: `kind` says which."""

    anchor: str
    kind: str
    name: Text
    description: Text | None
    security: Security
    handshake: tuple[Handshake, ...]
    parameters: tuple[Variable, ...]
    bindings: tuple[Binding, ...]
    snippets: tuple[Snippet, ...]
    events: tuple[Event, ...]

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme of the channel and its events, once."""
        asked = (self.security, *(event.security for event in self.events))
        found = {use.scheme.name: use.scheme for all_ in asked for uses in all_ for use in uses}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page.

    `path` is that of the Socket.IO server, `socket` the same as seen from
    beside the page (S40); both are None where the page is not of a
    Socket.IO application, and has no console.
    """

    title: Text
    version: Text
    description: Text | None
    links: tuple[Link, ...]
    servers: tuple[Server, ...]
    path: str | None
    socket: str | None
    channels: tuple[Channel, ...]
    tags: tuple[tuple[Text, tuple[Event, ...]], ...]
    schemes: tuple[Scheme, ...]
    sections: tuple[Section, ...]
