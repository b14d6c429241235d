"""Messages as the events of a namespace: names and directions (S8 to S10, S12 to S15)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from asyncgen import naming
from asyncgen.code import Text, quote
from asyncgen.document import Located, Message, Operation, Requirement
from asyncgen.lower import security
from asyncgen.lower.formats import is_carried
from asyncgen.lower.job import Job, agreed
from asyncgen.lower.replies import acks_of
from asyncgen.lower.uses import Place, Use, Variant, different, payload_of, subject
from asyncgen.pointers import meaning

PARAMETER = re.compile(r"\{[^{}]*\}")
# Keys that converters leave behind where a message had no name.
_CONVERTER_KEY = re.compile(r"(.*[./])?(publish|subscribe)[./]message([./]\d+)?")
_RESERVED_EVENTS = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting"}
    | {"newListener", "removeListener", "*"}
)


def uses(job: Job, module: str, operations: Sequence[tuple[Place, Operation]]) -> tuple[Use, ...]:
    """The events of a namespace, each once in each direction (S8, S13, S14)."""
    found: dict[tuple[bool, Text], dict[Hashable, Variant]] = {}
    for place, operation in operations:
        incoming = (operation.action == "receive") is not job.client
        if operation.security and not incoming:
            _cannot_be_checked(job, place, operation)
        if not operation.messages:
            job.diagnostics.warning(
                "AG221",
                f"an operation of {quote(place.channel.key)} has no message, so it is not an event",
                operation.span,
                hint="give it a message, or remove the operation",
            )
        for message in operation.messages:
            event = _event_name(job, place, message)
            if event is None or not _may_be_event(job, event, incoming):
                continue
            if is_carried(job, event.text, message):
                variant = Variant(place, operation, message)
                same = found.setdefault((incoming, event.text), {})
                same.setdefault(_identity(job, variant), variant)
    made = (
        _use(job, module, incoming, event, tuple(variants.values()))
        for (incoming, event), variants in found.items()
    )
    return tuple(use for use in made if use is not None)


def _cannot_be_checked(job: Job, place: Place, operation: Operation) -> None:
    job.diagnostics.error(
        "AG237",
        f"an operation by which the server emits in {quote(place.namespace)} has `security`: there"
        " is no client whose credentials it could check",
        operation.span,
        hint="ask for it on the channel, with `x-security`: who may connect gets what is emitted",
    )


def _identity(job: Job, variant: Variant) -> Hashable:
    """What makes a message the same event as another of its name (S13)."""
    operation = variant.operation
    replies = [it.pointer for it in operation.reply.messages] if operation.reply else []
    return (
        meaning(job.document.bundle, variant.message.pointer),
        operation.ack and operation.ack.pointer,
        operation.handler and operation.handler.text,
        tuple(replies),
        security.plain(operation.security),
    )


def _use(
    job: Job, module: str, incoming: bool, event: Text, variants: tuple[Variant, ...]
) -> Use | None:
    """The event that messages of one name are: with any of their lists of arguments (S13)."""
    namespace = variants[0].place.namespace
    called = subject(namespace, incoming, event)
    payloads = different(job, [payload_of(it.message) for it in variants])
    if len(payloads) > 1:
        _warn_of_several(job, called, variants)

    name = naming.python_name(
        event,
        _said(job, called, "x-python-name", [it.python_name for it in variants]),
        naming.HANDLER_NAMES if incoming else naming.EMITTER_NAMES,
        f"event {quote(event)}",
        variants[0].span,
        job.diagnostics,
    )
    if name is None:
        return None
    acks = [ack for it in variants for ack in acks_of(job, it.operation, it.message)]
    return Use(
        namespace=namespace,
        module=module,
        incoming=incoming,
        event=event,
        name=name,
        variants=variants,
        payloads=payloads,
        acks=different(job, acks),
        handler=_said(job, called, "x-handler", [it.handler for it in variants]),
        security=_security(job, called, variants),
    )


def _said(job: Job, called: str, what: str, values: Sequence[Located | None]) -> Located | None:
    """What messages of one event say of it, which must not contradict each other; else AG243."""
    return agreed(
        job,
        "AG243",
        f"the messages of the {called}",
        what,
        [(it, it.text, it.span) for it in values if it is not None],
        f"write the same `{what}` on each, or on one of them only",
    )


def _security(job: Job, called: str, variants: Sequence[Variant]) -> tuple[Requirement, ...]:
    """What an event asks in addition (S34).

    It is asked before it is known which message comes, so all the operations
    of the event have to ask the same; else AG243.
    """
    asked = agreed(
        job,
        "AG243",
        f"the operations of the {called}",
        "security",
        [
            (it.operation.security, security.plain(it.operation.security), it.operation.span)
            for it in variants
        ],
        "write the same `security` on each",
    )
    return asked or ()


def _warn_of_several(job: Job, called: str, variants: Sequence[Variant]) -> None:
    """Warn of several messages of one event, which may be a slip (AG220).

    Not in model `event`, of those of one channel: there they are meant.
    """
    first, other = variants[0], variants[-1]
    if first.place.event is not None and first.place.channel is other.place.channel:
        return
    place = f"{first.message.span.file}:{first.message.span.line}"
    job.diagnostics.warning(
        "AG220",
        f"different messages share the {called}, the first at {place}; its arguments may be those"
        " of any of them",
        other.message.span,
        hint="if they are two events, give one of them another name",
    )


def _event_name(job: Job, place: Place, message: Message) -> Located | None:
    """The event that a message is, with AG217 where it is named after something else (S9, S12).

    By `x-socketio.event`, else that of its channel in model `event`, else its
    own name. None, with AG216, where it has none.
    """
    if message.event is not None and message.event.text:
        return message.event
    if place.event is not None:
        return place.event
    if message.name:
        return Located(message.name, message.span)
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
    return Located(name, message.span)


def _may_be_event(job: Job, event: Located, incoming: bool) -> bool:
    """Whether a message can be the event that it names (S10, S15)."""
    if PARAMETER.search(event.text.raw):
        job.diagnostics.error(
            "AG218",
            f"the event {quote(event.text)} has parameters",
            event.span,
            hint="the name of an event is fixed; send what varies in the payload",
        )
        return False
    if event.text.raw not in _RESERVED_EVENTS:
        return True
    if incoming and event.text.raw == "disconnect":
        job.diagnostics.warning(
            "AG219",
            "a client does not send `disconnect` as a message; it is only documented",
            event.span,
            hint="a handler is named in the channel's `x-handlers: {disconnect: …}`",
        )
    else:
        job.diagnostics.error(
            "AG219",
            f"Socket.IO itself uses the event {quote(event.text)}; it cannot be a message",
            event.span,
            hint="handlers of connections are named in the channel's `x-handlers`; a message needs"
            " another `name`",
        )
    return False
