"""What stands between a document and its events: messages in their places, and what they carry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Span
from asyncgen.document import Channel, Located, Message, Operation, Requirement, SchemaRef
from asyncgen.lower.job import Job
from asyncgen.pointers import meaning

Role: TypeAlias = Literal["Payload", "Ack"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the messages of a channel are events (S9).

    In model `event` they are all `event`; else that is None, and each has a
    name of its own.
    """

    channel: Channel
    namespace: str
    event: Located | None

    @property
    def address(self) -> tuple[str, Text | None]:
        """What two channels share that are one (S11)."""
        return self.namespace, self.event.text if self.event is not None else None


@dataclass(frozen=True, slots=True)
class Body:
    """A list of arguments, as the document has it: of a payload or of an ack (S18, S19).

    `schema` is None where there are none. `message` is whose payload it is, or
    whose `x-ack`; `args` is what `x-socketio.args` says of it.
    """

    role: Role
    message: Message
    schema: SchemaRef | None
    args: Literal["single", "tuple"] | None = None


def payload_of(message: Message, role: Role = "Payload") -> Body:
    """What a message carries, as the payload of an event or as a reply."""
    return Body(role, message, message.payload, message.args)


def different(job: Job, bodies: Iterable[Body]) -> tuple[Body, ...]:
    """The bodies without those that say the same as an earlier one, wherever they are written."""
    bundle = job.document.bundle
    found: dict[Hashable, Body] = {}
    for body in bodies:
        schema = meaning(bundle, body.schema.pointer) if body.schema is not None else None
        found.setdefault((schema, body.args), body)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Variant:
    """A message as an operation lists it."""

    place: Place
    operation: Operation
    message: Message

    @property
    def handler(self) -> Located | None:
        """The path of its handler: the operation's, else the message's (S38)."""
        return self.operation.handler or self.message.handler

    @property
    def python_name(self) -> Located | None:
        """The `x-python-name` of its event; in model `event` that of a message names types (S9)."""
        if self.place.event is not None:
            return self.place.channel.python_name
        return self.message.python_name

    @property
    def summaries(self) -> tuple[Text | None, ...]:
        """What sums up its event: the message, or an operation on it alone."""
        return self.message.summary, self.operation.summary if self._is_alone else None

    @property
    def descriptions(self) -> tuple[Text | None, ...]:
        """What describes its event: the message, an operation on it alone, or what it is."""
        return (
            self.message.description,
            self.operation.description if self._is_alone else None,
            self.place.channel.description if self.place.event is not None else None,
        )

    @property
    def _is_alone(self) -> bool:
        return len(self.operation.messages) == 1

    @property
    def span(self) -> Span:
        """Where its event is named."""
        return self.place.event.span if self.place.event is not None else self.message.span


@dataclass(frozen=True, slots=True)
class Use:
    """An event of a namespace in one direction, with the messages that it may be (S13).

    `payloads` and `acks` are the lists of arguments that it may have, each
    once; where `acks` is empty, no ack is declared. `security` is asked in
    addition to that of the namespace (S34).
    """

    namespace: str
    module: str
    incoming: bool
    event: Text
    name: str
    variants: tuple[Variant, ...]
    payloads: tuple[Body, ...]
    acks: tuple[Body, ...]
    handler: Located | None
    security: tuple[Requirement, ...]

    @property
    def key(self) -> str:
        """What identifies it among all uses."""
        return f"{self.namespace},{self.incoming},{self.event.raw}"

    @property
    def subject(self) -> str:
        """What it is called in messages."""
        return subject(self.namespace, self.incoming, self.event)

    @property
    def is_channel(self) -> bool:
        """Whether the event is a channel, and its messages name types (S9)."""
        return self.variants[0].place.event is not None

    @property
    def span(self) -> Span:
        """Where it is named first."""
        return self.variants[0].span


def subject(namespace: str, incoming: bool, event: Text) -> str:
    """What an event is called in messages."""
    side = "from clients" if incoming else "to clients"
    return f"event {quote(event)} {side} of {quote(namespace)}"
