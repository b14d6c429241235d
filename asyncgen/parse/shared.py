"""What the versions of AsyncAPI have in common, and our extensions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Span
from asyncgen.document import (
    Channel,
    Document,
    Example,
    Info,
    Located,
    Message,
    NamespaceExtension,
    Operation,
    Requirement,
    RootExtension,
    SchemaRef,
    SecurityScheme,
    Server,
    WebSocketBinding,
)
from asyncgen.parse.reader import Reader
from asyncgen.parse.security import read_requirements
from asyncgen.source import Place, Spans, plain

_VARIABLE = re.compile(r"\{([^{}]*)\}")


# -- the root


def whole_document(
    version: Text,
    reader: Reader,
    servers: Iterable[Server],
    channels: Iterable[Channel],
    operations: Iterable[Operation],
    schemes: Iterable[SecurityScheme],
) -> Document:
    """The document of these parts, with what its root has in every version."""
    source = reader.source
    data = plain(source.root.node)
    return Document(
        file=source.file,
        version=version,
        info=_info(reader, source.root),
        servers=tuple(servers),
        channels=tuple(channels),
        operations=tuple(operations),
        schemes=tuple(schemes),
        extension=_extension(reader, source.root),
        bundle=data if isinstance(data, dict) else {},
        spans=Spans(source),
        keys=Spans(source, of_keys=True),
        span=source.root.span,
    )


def _info(reader: Reader, root: Place) -> Info:
    place = reader.under(root, "info") or root
    return Info(
        title=reader.text(place, "title") or Text(""),
        version=reader.text(place, "version") or Text(""),
        description=reader.text(place, "description"),
    )


def _extension(reader: Reader, root: Place) -> RootExtension:
    """The `x-socketio` of the root (S8, S9, S38, S40)."""
    place = reader.under(root, "x-socketio")
    if place is None:
        return RootExtension()
    namespaces = reader.under(place, "namespaces")
    return RootExtension(
        channels=reader.located(place, "channels"),
        perspective=reader.located(place, "perspective"),
        path=reader.located(place, "path"),
        namespace=reader.located(place, "namespace"),
        namespaces=tuple(
            _namespace(reader, name, entry, namespace)
            for name, entry in (namespaces.entries() if namespaces else ())
            if (namespace := reader.mapping(entry))
        ),
    )


def _namespace(reader: Reader, name: str, entry: Place, place: Place) -> NamespaceExtension:
    """A namespace in model `event`, in the keys of a channel; `auth` as in its `x-socketio`."""
    handlers = reader.under(place, "x-handlers")
    return NamespaceExtension(
        name=Text(name),
        binding=_binding(reader, place),
        security=read_requirements(reader, place, "x-security"),
        connect=reader.located(handlers, "connect"),
        disconnect=reader.located(handlers, "disconnect"),
        error=reader.located(handlers, "error"),
        auth=reader.schema(place.get("auth")),
        python_name=reader.located(place, "x-python-name"),
        span=entry.span,
    )


# -- servers and channels


def read_server(
    reader: Reader,
    name: str,
    entry: Place,
    place: Place,
    path: Text | None,
    security: tuple[Requirement, ...] | None,
) -> Server:
    """A server; `entry` is where its name stands."""
    return Server(
        name=Text(name),
        path=path,
        namespace=reader.located(reader.under(place, "x-socketio"), "namespace"),
        security=security,
        span=entry.span,
    )


def url_path(reader: Reader, server: Place, url: str, key: str, span: Span) -> Text | None:
    """The path of a URL with or without a scheme, its variables by their defaults (S40).

    Adds AG203 where a variable has none; `key` is the key of the server that holds the path.
    """
    values = _defaults(reader, server)
    filled = _VARIABLE.sub(lambda match: values.get(match[1], match[0]), url)
    path = re.sub(r"^([^/?#]*?://)?[^/?#]*|[?#].*", "", filled, flags=re.DOTALL)
    if variable := _VARIABLE.search(path):
        message = f"the variable {quote(variable[1])} in the path of `{key}` has no default"
        hint = "give it a `default` in `variables` of the server"
        pointer = f"{server.pointer}/{key}"
        reader.diagnostics.error("AG203", message, span, hint=hint, pointer=pointer)
        return None
    return Text(path) if path else None


def _defaults(reader: Reader, server: Place) -> Mapping[str, str]:
    """The values of a server's variables, of those that have a default."""
    variables = reader.under(server, "variables")
    found = {
        name: reader.text(reader.mapping(entry), "default")
        for name, entry in (variables.entries() if variables else ())
    }
    return {name: default.raw for name, default in found.items() if default is not None}


def read_channel(
    reader: Reader,
    key: str,
    entry: Place,
    place: Place,
    address: Text | None,
    servers: tuple[Located, ...] | None,
    messages: tuple[Message, ...],
) -> Channel:
    """A channel; `entry` is where its key stands."""
    handlers = reader.under(place, "x-handlers")
    extension = reader.under(place, "x-socketio")
    return Channel(
        key=key,
        address=address,
        description=reader.text(place, "description"),
        messages=messages,
        servers=servers,
        binding=_binding(reader, place),
        security=read_requirements(reader, place, "x-security"),
        connect=reader.located(handlers, "connect"),
        disconnect=reader.located(handlers, "disconnect"),
        error=reader.located(handlers, "error"),
        namespace=reader.located(extension, "namespace"),
        event=reader.located(extension, "event"),
        auth=reader.schema(extension.get("auth")) if extension else None,
        python_name=reader.located(place, "x-python-name"),
        span=entry.span,
    )


def _binding(reader: Reader, channel: Place) -> WebSocketBinding | None:
    ws = reader.under(reader.under(channel, "bindings"), "ws")
    if ws is None:
        return None
    return WebSocketBinding(
        method=reader.located(ws, "method"),
        query=reader.schema(ws.get("query")),
        headers=reader.schema(ws.get("headers")),
    )


# -- messages


@dataclass(frozen=True, slots=True)
class Body:
    """What a message carries, and the format of its payload (S5)."""

    payload: SchemaRef | None
    headers: SchemaRef | None
    schema_format: Text | None


def read_message(
    reader: Reader,
    place: Place,
    key: str | None,
    content_type: Located | None,
    body: Body,
) -> Message:
    """A message in its canonical place; `content_type` is the document's default."""
    extension = reader.under(place, "x-socketio")
    form = reader.text(extension, "args")
    args: Literal["single", "tuple"] | None = None
    if form is not None:
        args = "single" if form.raw == "single" else "tuple"
    return Message(
        pointer=place.pointer,
        key=Text(key) if key is not None else None,
        name=reader.text(place, "name"),
        message_id=reader.text(place, "messageId"),
        title=reader.text(place, "title"),
        summary=reader.text(place, "summary"),
        description=reader.text(place, "description"),
        payload=body.payload,
        headers=body.headers,
        content_type=reader.located(place, "contentType") or content_type,
        schema_format=body.schema_format,
        deprecated=reader.flag(place, "deprecated"),
        tags=read_tags(reader, place),
        examples=tuple(_examples(reader, place)),
        ack=read_ack(reader, place),
        handler=reader.located(place, "x-handler"),
        event=reader.located(extension, "event"),
        args=args,
        python_name=reader.located(place, "x-python-name"),
        span=place.span,
    )


def is_example_object(keys: Collection[str]) -> bool:
    """Whether a mapping with these keys is a Message Example Object, and not a payload itself."""
    return not keys or not {"payload", "headers", "name", "summary"}.isdisjoint(keys)


def _examples(reader: Reader, message: Place) -> Iterable[Example]:
    """The examples of a message: objects with a `payload`, or clearly payloads themselves."""
    for item in reader.items(message, "examples"):
        value = item.node.value
        if isinstance(value, dict) and is_example_object(value):
            payload = item.get("payload")
            yield Example(reader.text(item, "name"), payload.pointer if payload else None)
        else:
            yield Example(None, item.pointer)


def read_tags(reader: Reader, place: Place) -> tuple[Text, ...]:
    """The names of tags."""
    tags = (reader.mapping(item) for item in reader.items(place, "tags"))
    names = (reader.text(tag, "name") for tag in tags)
    return tuple(name for name in names if name)


def read_ack(reader: Reader, place: Place) -> SchemaRef | None:
    """The schema of `x-ack`: bare, under `args`, or where a `$ref` leads to either (S19)."""
    ack = place.get("x-ack")
    target = ack and reader.follow(ack)
    return reader.schema(target and (target.get("args") or target))
