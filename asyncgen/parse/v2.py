"""AsyncAPI 2.x, in the shape of 3.x (S8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from asyncgen.code import Text
from asyncgen.document import Channel, Document, Located, Message, Operation, SchemaRef, Server
from asyncgen.json_pointer import split
from asyncgen.media_types import is_json_schema
from asyncgen.parse.reader import Reader
from asyncgen.parse.security import read_requirements, read_schemes
from asyncgen.parse.shared import (
    Body,
    read_channel,
    read_message,
    read_server,
    read_tags,
    url_path,
    whole_document,
)
from asyncgen.source import Place


def read_document(version: Text, reader: Reader) -> Document:
    """The document that `reader` has; what cannot be read is left out and reported."""
    root = reader.source.root
    channels = reader.under(root, "channels")
    default = reader.located(root, "defaultContentType")
    found = [
        (key, entry, channel, tuple(_operations(reader, key, channel, default)))
        for key, entry in (channels.entries() if channels else ())
        if (channel := reader.mapping(entry))
    ]
    return whole_document(
        version,
        reader,
        servers=_servers(reader, root),
        channels=(_channel(reader, *it) for it in found),
        operations=(operation for *_, operations in found for operation in operations),
        schemes=read_schemes(reader, root).values(),
    )


def _servers(reader: Reader, root: Place) -> Iterable[Server]:
    servers = reader.under(root, "servers")
    for name, entry in servers.entries() if servers else ():
        server = reader.mapping(entry)
        if server is not None:
            url = reader.located(server, "url")
            path = url_path(reader, server, url.text.raw, "url", url.span) if url else None
            security = read_requirements(reader, server, "security")
            yield read_server(reader, name, entry, server, path, security)


def _channel(
    reader: Reader, key: str, entry: Place, place: Place, operations: Iterable[Operation]
) -> Channel:
    """A channel item; its key is its address."""
    servers = tuple(reader.texts(place, "servers")) if place.get("servers") else None
    messages = {it.pointer: it for operation in operations for it in operation.messages}
    return read_channel(reader, key, entry, place, Text(key), servers, tuple(messages.values()))


def _operations(
    reader: Reader, channel: str, place: Place, content_type: Located | None
) -> Iterable[Operation]:
    """`publish` is what the application receives, `subscribe` what it sends."""
    actions: tuple[tuple[str, Literal["receive", "send"]], ...] = (
        ("publish", "receive"),
        ("subscribe", "send"),
    )
    for key, action in actions:
        operation = reader.under(place, key)
        if operation is None:
            continue
        yield Operation(
            key=reader.text(operation, "operationId"),
            action=action,
            channel=channel,
            messages=tuple(_messages(reader, operation.get("message"), content_type)),
            summary=reader.text(operation, "summary"),
            description=reader.text(operation, "description"),
            tags=read_tags(reader, operation),
            security=read_requirements(reader, operation, "security"),
            handler=None,
            ack=None,
            reply=None,
            span=operation.span,
        )


def _messages(
    reader: Reader, place: Place | None, content_type: Located | None
) -> Iterable[Message]:
    """A message, or each of the messages under its `oneOf`, once (S14)."""
    seen: set[str] = set()
    waiting = [place] if place else []
    while waiting:
        message = reader.mapping(waiting.pop())
        if message is None or message.pointer in seen:
            continue
        seen.add(message.pointer)
        if message.get("oneOf"):
            waiting += reversed(reader.items(message, "oneOf"))
        else:
            key = _component_key(message.pointer)
            yield read_message(reader, message, key, content_type, _body(reader, message))


def _body(reader: Reader, message: Place) -> Body:
    """What a message carries; of a payload that is not JSON Schema, only its place (S5)."""
    schema_format = reader.text(message, "schemaFormat")
    payload = message.get("payload")
    if payload is None or is_json_schema(schema_format.raw if schema_format else None):
        schema = reader.schema(payload)
    else:
        schema = SchemaRef(payload.pointer, payload.span)
    return Body(schema, reader.schema(message.get("headers")), schema_format)


def _component_key(pointer: str) -> str | None:
    """The key of a message in `components.messages`; None for one that is written elsewhere."""
    match split(pointer):
        case ["components", "messages", key]:
            return key
        case _:
            return None
