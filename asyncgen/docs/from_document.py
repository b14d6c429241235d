"""Document → Page: channels and messages as AsyncAPI has them, whatever the protocol.

For what is not, and cannot become, a Socket.IO application: a page to read,
without a console. Its reader is on the other side of the application that is
described: "you send" what the application receives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from asyncgen import json_pointer, pointers
from asyncgen.code import Text
from asyncgen.docs import common
from asyncgen.docs.page import (
    Binding,
    Channel,
    Event,
    Example,
    Page,
    Payload,
    Scheme,
)
from asyncgen.docs.reading import anchor, at, mapping, text
from asyncgen.docs.sample import Samples, written
from asyncgen.docs.schema import Fact, Trees, tree_size
from asyncgen.document import Channel as ChannelObject
from asyncgen.document import Document, Json, Message, Operation, SecurityScheme


def page_of_document(document: Document) -> Page:
    """What the page says of a document that is not a Socket.IO application."""
    bundle = document.bundle
    messages = [*document.operations, *(it for one in document.channels for it in one.messages)]
    trees = Trees(bundle, tree_size(2 * len(messages)))
    taken: set[str] = set()
    schemes = {it.name: _scheme(bundle, it, taken) for it in document.schemes}
    asked = {it.name: common.security(schemes, it.security) for it in document.servers}
    maker = _Maker(document, trees, Samples(bundle), schemes, taken)
    channels = tuple(maker.channel(channel) for channel in document.channels)
    if not channels:  # What is left to show is a collection of schemas.
        for name, schema in mapping(bundle, "components", "schemas").items():
            if "schemaFormat" not in mapping(schema):
                trees.anchor(json_pointer.join("/components/schemas", name))
    return Page(
        title=document.info.title,
        version=document.info.version,
        description=document.info.description,
        links=tuple(common.links(bundle)),
        servers=tuple(common.servers(bundle, None, asked)),
        path=None,
        socket=None,
        channels=channels,
        tags=tuple(common.tagged(channels)),
        schemes=tuple(schemes.values()),
        sections=trees.sections(),
    )


# -- security

_WORDS: Mapping[str, str] = {
    "userPassword": "user name and password",
    "apiKey": "API key",
    "X509": "X.509 certificate",
    "symmetricEncryption": "symmetric encryption",
    "asymmetricEncryption": "asymmetric encryption",
    "httpApiKey": "API key",
    "oauth2": "OAuth 2",
    "openIdConnect": "OpenID Connect",
    "plain": "SASL/PLAIN",
    "scramSha256": "SASL/SCRAM-SHA-256",
    "scramSha512": "SASL/SCRAM-SHA-512",
    "gssapi": "SASL/GSSAPI",
}
_WHERE: Mapping[str, str] = {
    "user": "the user name",
    "password": "the password",
    "query": "the query",
    "header": "a header",
    "cookie": "a cookie",
}


def _scheme(bundle: Json, scheme: SecurityScheme, taken: set[str]) -> Scheme:
    http = f"HTTP {scheme.scheme.raw}" if scheme.scheme else "HTTP authentication"
    known = {"HTTP basic": "HTTP Basic", "HTTP bearer": "bearer token"}
    return Scheme(
        anchor=anchor("security-", scheme.name, taken),
        name=scheme.name,
        words=_WORDS.get(scheme.type.raw) or known.get(http, "HTTP authentication"),
        place=None,
        where=_WHERE.get(scheme.location.raw, "") if scheme.location else "",
        keys=(scheme.parameter,) if scheme.parameter else (),
        encoded=False,
        description=scheme.description,
        facts=tuple(common.facts(bundle, scheme.name)),
        scopes=common.scopes(bundle, scheme.name),
    )


# -- channels and messages

# Formats of schemas that read as JSON Schema does.
_READABLE = re.compile(
    r"application/(vnd\.(aai\.asyncapi|oai\.openapi)|schema\+(json|yaml))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Maker:
    document: Document
    trees: Trees
    samples: Samples
    schemes: Mapping[Text, Scheme]
    taken: set[str]

    @property
    def bundle(self) -> dict[str, Json]:
        return self.document.bundle

    def channel(self, channel: ChannelObject) -> Channel:
        """A channel, with a message of each operation; those that none uses come last."""
        place = json_pointer.join("/channels", channel.key)
        address = channel.address or Text(channel.key)
        operations = [it for it in self.document.operations if it.channel == channel.key]
        used = {message.pointer for operation in operations for message in _messages_of(operation)}
        home = anchor("channel-", address, self.taken)
        return Channel(
            anchor=home,
            kind="Channel",
            name=address,
            description=channel.description or text(at(self.bundle, place).get("summary")),
            security=common.security(self.schemes, channel.security),
            handshake=(),
            parameters=tuple(common.variables(self.bundle, place, "parameters")),
            bindings=common.bindings(at(self.bundle, place), self.bundle),
            snippets=(),
            events=(
                *(event for operation in operations for event in self._operation(operation)),
                *(self._message(it, None) for it in channel.messages if it.pointer not in used),
            ),
        )

    def _operation(self, operation: Operation) -> Iterator[Event]:
        if operation.messages:
            for message in operation.messages:
                yield self._message(message, operation)
            return
        verb = _verb(operation)
        name = operation.key or Text("message")
        yield Event(
            anchor=anchor("operation-", name, self.taken),
            name=name,
            verb=verb,
            lead=operation.summary,
            texts=(operation.description,) if operation.description else (),
            tags=operation.tags,
            deprecated=False,
            call=None,
            security=common.security(self.schemes, operation.security),
            payloads=(),
            ack=self._replies(operation),
            headers=None,
            facts=(),
            bindings=self._bindings(operation),
            examples=(),
            answer=None,
        )

    def _message(self, message: Message, operation: Operation | None) -> Event:
        name = message.name or message.key or message.title or (operation and operation.key)
        said = [message.summary, message.description]
        if operation is not None:
            said += [operation.summary, operation.description]
        texts = [*dict.fromkeys(it for it in said if it)]
        lead = next(iter(texts), None) or (message.title if message.title != name else None)
        tags = (*message.tags, *(operation.tags if operation else ()))
        examples = tuple(self._examples(message))
        return Event(
            anchor=anchor("message-", name or Text(""), self.taken),
            name=name or Text("message"),
            verb=_verb(operation) if operation else None,
            lead=lead,
            texts=tuple(texts[1:]),
            tags=tuple(dict.fromkeys(tags)),
            deprecated=message.deprecated,
            call=None,
            security=common.security(self.schemes, operation.security) if operation else (),
            payloads=(self._payload(message),),
            ack=self._replies(operation) if operation else None,
            headers=self.trees.tree(message.headers.pointer) if message.headers else None,
            facts=tuple(self._facts(message, operation)),
            bindings=(
                *common.bindings(at(self.bundle, message.pointer), self.bundle),
                *(self._bindings(operation) if operation else ()),
            ),
            examples=examples,
            answer=None,
        )

    def _bindings(self, operation: Operation) -> tuple[Binding, ...]:
        return common.bindings(self._written(operation), self.bundle)

    def _written(self, operation: Operation) -> dict[str, Json]:
        """The operation in the bundle, where 2.x has it below its channel."""
        if self.document.is_version_3 and operation.key:
            return at(self.bundle, json_pointer.join("/operations", operation.key.raw))
        action = "publish" if operation.action == "receive" else "subscribe"
        channel = pointers.follow(self.bundle, json_pointer.join("/channels", operation.channel))
        return at(self.bundle, json_pointer.join(channel, action))

    def _facts(self, message: Message, operation: Operation | None) -> Iterator[Fact]:
        found = at(self.bundle, message.pointer)
        correlation = at(self.bundle, json_pointer.join(message.pointer, "correlationId"))
        for words, value in (
            ("content type", message.content_type and message.content_type.text),
            ("schema format", message.schema_format),
            ("correlation ID", text(correlation.get("location"))),
            ("message ID", text(found.get("messageId"))),
            ("operation", operation.key if operation else None),
        ):
            if value:
                yield Fact(words, value)

    def _payload(self, message: Message, named: bool = False) -> Payload:
        name = (message.name or message.key or message.title) if named else None
        if message.payload is None:
            return Payload("none", None, (), name)
        pointer = message.payload.pointer
        if not _is_readable(message):
            schema = pointers.at(self.bundle, pointer)
            source = schema if isinstance(schema, str) else written(schema)
            return Payload("single", pointer, (), name, Text(source))
        return Payload("single", pointer, (self.trees.tree(pointer),), name)

    def _replies(self, operation: Operation) -> tuple[Payload, ...] | None:
        if operation.reply is None:
            return None
        return tuple(self._payload(message, True) for message in operation.reply.messages)

    def _examples(self, message: Message) -> Iterator[Example]:
        given = [
            (example.name, example.payload)
            for example in message.examples
            if example.payload is not None
            and example.payload not in self.document.invalid_examples
        ]
        for named, pointer in given:
            value = pointers.at(self.bundle, pointer)
            yield Example(named, Text(written(value)), "single", False)
        if not given and message.payload is not None and _is_readable(message):
            name = message.name or message.key
            sample = self.samples.of(message.payload.pointer, name.raw if name else "")
            if sample is not None:
                yield Example(None, Text(written(sample.value)), "single", True)


def _verb(operation: Operation) -> Literal["send", "receive"]:
    """What the reader does, on the other side of what the application does."""
    return "send" if operation.action == "receive" else "receive"


def _messages_of(operation: Operation) -> tuple[Message, ...]:
    """The messages of an operation and of its reply."""
    return (*operation.messages, *(operation.reply.messages if operation.reply else ()))


def _is_readable(message: Message) -> bool:
    """Whether its schema can be shown as a tree."""
    return message.schema_format is None or bool(_READABLE.match(message.schema_format.raw))
