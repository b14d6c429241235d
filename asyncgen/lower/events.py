"""Messages as the events of a namespace: names and directions (S8, S10, S12 to S15)."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from asyncgen import naming
from asyncgen.code import Text, quote
from asyncgen.document import Located, Message, Operation, SchemaRef
from asyncgen.lower import security
from asyncgen.lower.job import Job
from asyncgen.pointers import at

PARAMETER = re.compile(r"\{[^{}]*\}")
# Keys that converters leave behind where a message had no name.
_CONVERTER_KEY = re.compile(r"(.*[./])?(publish|subscribe)[./]message([./]\d+)?")
_RESERVED_EVENTS = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting"}
    | {"newListener", "removeListener", "*"}
)
_JSON_TYPE = re.compile(r"\s*[\w.+-]+/([\w.+-]+\+)?json\s*(;.*)?", re.IGNORECASE)
_SCHEMA_FORMAT = re.compile(
    r"\s*application/(vnd\.aai\.asyncapi(\+json|\+yaml)?(;\s*version=[\w.-]+)?"
    r"|schema(\+json|\+yaml)(;\s*version=draft-07)?)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Use:
    """A message as an event of a namespace, in one direction (S13)."""

    namespace: str
    module: str
    incoming: bool
    event: Text
    name: str
    message: Message
    operation: Operation

    @property
    def key(self) -> str:
        """What tells it from every other use."""
        return f"{self.namespace},{self.incoming},{self.event.raw}"

    @property
    def subject(self) -> str:
        side = "from clients" if self.incoming else "to clients"
        return f"event {quote(self.event)} {side} of {quote(self.namespace)}"

    @property
    def ack(self) -> SchemaRef | None:
        """The schema of its ack: the operation's, else the message's (S19)."""
        return self.operation.ack or self.message.ack

    @property
    def handler(self) -> Located | None:
        """The path of its handler: the operation's, else the message's (S38)."""
        return self.operation.handler or self.message.handler


def uses(job: Job, namespace: str, module: str, operations: Sequence[Operation]) -> tuple[Use, ...]:
    """The events of a namespace, each once in each direction (S8, S13, S14)."""
    perspective = job.document.extension.perspective
    client = perspective is not None and perspective.text.raw == "client"
    found: dict[tuple[bool, Text], Use] = {}
    for operation in operations:
        incoming = (operation.action == "receive") is not client
        if operation.security and not incoming:
            _cannot_be_checked(job, namespace, operation)
        if not operation.messages:
            job.diagnostics.warning(
                "AG221",
                f"an operation of {quote(namespace)} has no message, so it is no event",
                operation.span,
                hint="add a `message`, or take the operation out",
            )
        for message in operation.messages:
            use = _use(job, namespace, module, incoming, message, operation)
            if use is None:
                continue
            first = found.setdefault((incoming, use.event), use)
            if first is not use and _identity(job, first) != _identity(job, use):
                job.diagnostics.error(
                    "AG220",
                    f"two different messages are the {use.subject}; the other is at"
                    f" {first.message.span.file}:{first.message.span.line}. Events with several"
                    " argument lists are not built yet",
                    message.span,
                    hint="give one of them another `name`",
                )
    return tuple(found.values())


def _cannot_be_checked(job: Job, namespace: str, operation: Operation) -> None:
    job.diagnostics.error(
        "AG237",
        f"an operation by which the server emits in {quote(namespace)} has `security`: there is"
        " nobody whose credentials it could check",
        operation.span,
        hint="ask for it on the channel, with `x-security`: who may connect gets what is emitted",
    )


def _identity(job: Job, use: Use) -> Hashable:
    """What makes a message the same event as another of its name (S13)."""
    message = json.dumps(at(job.document.bundle, use.message.pointer), sort_keys=True)
    ack, handler = use.operation.ack, use.operation.handler
    asked = security.plain(use.operation.security)
    return message, ack and ack.pointer, handler and handler.text, asked


def _use(
    job: Job,
    namespace: str,
    module: str,
    incoming: bool,
    message: Message,
    operation: Operation,
) -> Use | None:
    event = _event_name(job, message)
    if event is None or not _may_be_event(job, event, incoming, message):
        return None
    if not _is_carried(job, event, message):
        return None
    name = naming.python_name(
        event,
        message.python_name,
        naming.HANDLER_NAMES if incoming else naming.EMITTER_NAMES,
        f"event {quote(event)}",
        message.span,
        job.diagnostics,
    )
    if name is None:
        return None
    return Use(namespace, module, incoming, event, name, message, operation)


def _event_name(job: Job, message: Message) -> Text | None:
    """The event that a message is (S12)."""
    if message.event is not None and message.event.text:
        return message.event.text
    if message.name:
        return message.name
    title = message.title if message.title and not re.search(r"\s", message.title.raw) else None
    others = {"messageId": message.message_id, "title": title, "key": message.key}
    source, name = next(((source, it) for source, it in others.items() if it), (None, None))
    hint = "add a `name` to the message: it is the name of the Socket.IO event"
    if name is None or (source == "key" and _CONVERTER_KEY.fullmatch(name.raw)):
        reason = f": its key {quote(name)} was left by a converter" if name is not None else ""
        job.diagnostics.error(
            "AG216", f"the message has no name for its event{reason}", message.span, hint=hint
        )
        return None
    job.diagnostics.warning(
        "AG217",
        f"the message has no `name`; its event is called {quote(name)}, after its {source}",
        message.span,
        hint=hint,
    )
    return name


def _may_be_event(job: Job, event: Text, incoming: bool, message: Message) -> bool:
    """Whether a message can be the event that it names (S10, S15)."""
    span = message.event.span if message.event is not None else message.span
    if PARAMETER.search(event.raw):
        job.diagnostics.error(
            "AG218",
            f"the event {quote(event)} has parameters",
            span,
            hint="the name of an event is fixed; send what varies in the payload",
        )
        return False
    if event.raw not in _RESERVED_EVENTS:
        return True
    if incoming and event.raw == "disconnect":
        job.diagnostics.warning(
            "AG219",
            "a client does not send `disconnect` as a message; it is only documented",
            span,
            hint="a handler is named in the channel's `x-handlers: {disconnect: …}`",
        )
    else:
        job.diagnostics.error(
            "AG219",
            f"Socket.IO itself uses the event {quote(event)}; it cannot be a message",
            span,
            hint="handlers of connections are named in the channel's `x-handlers`; a message needs"
            " another `name`",
        )
    return False


def _is_carried(job: Job, event: Text, message: Message) -> bool:
    """Whether the payload is in a format that is understood; warns of what is not carried (S5)."""
    if message.headers is not None:
        job.diagnostics.warning(
            "AG228",
            f"Socket.IO does not carry the `headers` of {quote(event)}",
            message.headers.span,
            hint="put them into the payload",
        )
    if message.content_type is not None and not _JSON_TYPE.fullmatch(message.content_type.raw):
        job.diagnostics.warning(
            "AG228",
            f"Socket.IO carries {quote(event)} as JSON, not as {quote(message.content_type)}",
            message.span,
        )
    schema_format = message.schema_format
    if schema_format is None or _SCHEMA_FORMAT.fullmatch(schema_format.raw):
        return True
    job.diagnostics.error(
        "AG227",
        f"the payload of {quote(event)} is in a format that is not understood,"
        f" {quote(schema_format)}",
        message.span,
        hint="write it as an AsyncAPI schema, or as JSON Schema draft-07",
    )
    return False
