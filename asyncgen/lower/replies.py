"""Acknowledgements: `x-ack`, the replies of version 3, and the replies that are events (S19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from asyncgen.code import Text, quote
from asyncgen.document import Message, Operation, Reply
from asyncgen.lower.formats import is_carried
from asyncgen.lower.job import Job, listed
from asyncgen.lower.uses import Body, Place, different, payload_of

_OPPOSITE: Mapping[str, Literal["receive", "send"]] = {"receive": "send", "send": "receive"}

# A message as an operation of some action lists it: the address of the channel comes first.
_Listed: TypeAlias = "tuple[tuple[str, Text | None], str, str]"


def with_events(job: Job, places: Mapping[str, Place]) -> Mapping[str, list[Operation]]:
    """The operations of each channel, the replies that are events among them (S19).

    What an operation keeps as its reply are acknowledgements.
    """
    operations = [it for it in job.document.operations if it.channel in places]
    known = {
        (places[it.channel].address, it.action, message.pointer)
        for it in operations
        for message in it.messages
    }
    found: dict[str, list[Operation]] = defaultdict(list)
    events = []
    for operation in operations:
        reply, event = _split(job, operation, places, known)
        found[operation.channel].append(replace(operation, reply=reply))
        events += [event] if event is not None else []
    for event in events:
        found[event.channel].append(event)
    return found


def _split(
    job: Job, operation: Operation, places: Mapping[str, Place], known: Collection[_Listed]
) -> tuple[Reply | None, Operation | None]:
    """What of an operation's reply acknowledges it, and what is an event of its own."""
    reply = operation.reply
    if reply is None:
        return None, None
    action = _OPPOSITE[operation.action]
    home, away = places[operation.channel], places.get(reply.channel)
    if away is None or away.address != home.address:
        _warn(job, reply, reply.messages, "on another channel", "leave `channel` out")
        address = away.address if away is not None else home.address
        new = tuple(it for it in reply.messages if (address, action, it.pointer) not in known)
        return None, _operation(reply, action, new) if new and away is not None else None
    events = [it for it in reply.messages if (home.address, action, it.pointer) in known]
    acks = tuple(it for it in reply.messages if (home.address, action, it.pointer) not in known)
    if events:
        reason = f"of a `{action}` operation, too"
        _warn(job, reply, events, reason, "remove it from that operation")
    return (replace(reply, messages=acks) if acks else None), None


def _warn(job: Job, reply: Reply, messages: Sequence[Message], reason: str, remedy: str) -> None:
    subject = f"the reply {listed(it.label.raw for it in messages)}".rstrip()
    job.diagnostics.warning(
        "AG244",
        f"{subject} is a message {reason}, so it is an event and not an acknowledgement",
        reply.span,
        hint=f"if it is what the sender of the request gets as its acknowledgement, {remedy}",
    )


def _operation(
    reply: Reply, action: Literal["receive", "send"], messages: tuple[Message, ...]
) -> Operation:
    """The operation that a reply on another channel stands for."""
    return Operation(
        key=None,
        action=action,
        channel=reply.channel,
        messages=messages,
        summary=None,
        description=None,
        tags=(),
        security=None,
        handler=None,
        ack=None,
        reply=None,
        span=reply.span,
    )


def acks_of(job: Job, operation: Operation, message: Message) -> tuple[Body, ...]:
    """The acks of a message: its `x-ack`, the operation's before its own, or the replies (S19)."""
    declared = operation.ack or message.ack
    replies = operation.reply.messages if operation.reply else ()
    replied = [payload_of(it, "Ack") for it in replies if is_carried(job, it.label, it)]
    if declared is None:
        return tuple(replied)
    ack = Body("Ack", message, declared)
    if replied and len(different(job, [ack, *replied])) > 1:
        job.diagnostics.error(
            "AG245",
            f"the `x-ack` and the `reply` of {quote(message.label)} say different things",
            declared.span,
            hint="remove one of them",
        )
    return (ack,)
