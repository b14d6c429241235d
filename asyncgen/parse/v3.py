"""AsyncAPI 3.0 and 3.1."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Span
from asyncgen.document import (
    Channel,
    Document,
    Located,
    Message,
    Operation,
    Reply,
    SchemaRef,
    Server,
)
from asyncgen.json_pointer import join
from asyncgen.media_types import is_json_schema
from asyncgen.parse.reader import Reader
from asyncgen.parse.security import Security, read_security
from asyncgen.parse.shared import (
    Body,
    read_ack,
    read_channel,
    read_message,
    read_server,
    read_tags,
    url_path,
    whole_document,
)
from asyncgen.source import Place, local_reference, plain
from asyncgen.spelling import closest


def read_document(version: Text, reader: Reader) -> Document:
    """The document that `reader` has; what cannot be read is left out and reported.

    Adds AG208 where a reference is to something else than the specification
    asks for there, such as a message that its channel does not have.
    """
    root = reader.source.root
    servers = _entries(reader, root, "servers")
    operations = _entries(reader, root, "operations")
    users = [(entry.name, entry.place) for entry in (*servers, *operations)]
    security = read_security(reader, root, users)
    default = reader.located(root, "defaultContentType")
    channels = [_declared(reader, it, default) for it in _entries(reader, root, "channels")]
    server_group = _group(reader, "a server of this document", "/servers", servers)
    uses = _Uses(
        reader,
        _group(reader, "a channel of this document", "/channels", [it.entry for it in channels]),
        {channel.entry.name: channel for channel in channels},
    )
    drafts = [draft for entry in operations if (draft := uses.draft(entry))]
    return whole_document(
        version,
        reader,
        servers=(_server(reader, entry, security) for entry in servers),
        channels=(_channel(reader, channel, server_group) for channel in channels),
        operations=(
            _operation(reader, draft, security, messages, reply)
            for draft, messages, reply in uses.resolved(drafts)
        ),
        schemes=security.all_schemes,
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A named object: where its name stands, and its mapping with references followed."""

    name: str
    at: Place
    place: Place


def _entries(reader: Reader, place: Place, key: str) -> list[_Entry]:
    """The objects in the mapping under a key."""
    group = reader.under(place, key)
    return [
        _Entry(name, at, target)
        for name, at in (group.entries() if group else ())
        if (target := reader.mapping(at))
    ]


@dataclass(frozen=True)
class _Group:
    """Named objects that references are to; `kind` is what one is, `pointers` where they stand."""

    reader: Reader
    kind: str
    pointers: tuple[str, ...]
    entries: Sequence[_Entry]
    names: Mapping[str, str]

    def name(self, reference: Place) -> str | None:
        """The name of what a reference leads to; AG208 where that is not in the group.

        The specification asks for a reference to the group itself. One to
        what stands there by another reference is taken as well, and so is a
        copy of what stands there, as tools leave it that resolve references.
        """
        steps = self.reader.steps(reference)
        if len(steps) == 1 and (name := self._copied(reference)) is not None:
            return name
        found = next((it.pointer for it in steps[1:] if it.pointer in self.names), None)
        if found is not None:
            return self.names[found]
        if steps and not any(it.pointer.rpartition("/")[0] in self.pointers for it in steps[1:]):
            self._misled(reference)  # Else it is reported that it leads nowhere, or to no mapping.
        return None

    def _copied(self, copy: Place) -> str | None:
        names = self._names_by_content.get(_content(copy), ())
        return names[0] if len(names) == 1 else None

    @cached_property
    def _names_by_content(self) -> Mapping[str, Sequence[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            names[_content(entry.place)].append(entry.name)
        return names

    def _misled(self, reference: Place) -> None:
        value = reference.node.reference
        text = value.value if value and isinstance(value.value, str) else ""
        names = [entry.name for entry in self.entries]
        near = closest(text.rpartition("/")[2], names) or next(iter(names), None)
        wish = f'$ref: "{local_reference(join(self.pointers[0], near))}"' if near else ""
        self.reader.diagnostics.error(
            "AG208",
            f"{quote(text, 100) if text else 'this'} is not {self.kind}",
            reference.node.span,
            hint=f"write {quote(wish, 200)}" if wish else "there is none to refer to",
            pointer=reference.pointer,
        )


def _content(place: Place) -> str:
    return json.dumps(plain(place.node), sort_keys=True)


def _group(
    reader: Reader, kind: str, pointer: str, entries: Sequence[_Entry], place: Place | None = None
) -> _Group:
    """The objects that stand at a pointer, and at `place` where a reference leads there."""
    pointers = (pointer, *([place.pointer] if place else []))
    names = {join(parent, entry.name): entry.name for parent in pointers for entry in entries}
    for entry in entries:
        names.setdefault(entry.place.pointer, entry.name)
    return _Group(reader, kind, pointers, entries, names)


# -- servers and channels


def _server(reader: Reader, entry: _Entry, security: Security) -> Server:
    host = reader.located(entry.place, "host")
    pathname = reader.located(entry.place, "pathname")
    path = None
    if pathname is not None:
        path = url_path(
            reader, entry.place, f"/{pathname.text.raw.lstrip('/')}", "pathname", pathname.span
        )
    elif host is not None:
        path = url_path(reader, entry.place, host.text.raw, "host", host.span)
    requirements = security.requirements(entry.place)
    return read_server(reader, entry.name, entry.at, entry.place, path, requirements)


@dataclass(frozen=True, slots=True)
class _Channel:
    """A channel and the messages that it declares, by their keys."""

    entry: _Entry
    group: _Group
    messages: Mapping[str, Message]


def _declared(reader: Reader, entry: _Entry, content_type: Located | None) -> _Channel:
    entries = _entries(reader, entry.place, "messages")
    group = _group(
        reader,
        f"a message of the channel {quote(entry.name)}",
        join(join("/channels", entry.name), "messages"),
        entries,
        reader.under(entry.place, "messages"),
    )
    messages = {
        it.name: read_message(reader, it.place, it.name, content_type, _body(reader, it.place))
        for it in entries
    }
    return _Channel(entry, group, messages)


def _channel(reader: Reader, channel: _Channel, servers: _Group) -> Channel:
    entry = channel.entry
    return read_channel(
        reader,
        entry.name,
        entry.at,
        entry.place,
        reader.text(entry.place, "address"),
        _channel_servers(reader, entry.place, servers),
        tuple(channel.messages.values()),
    )


def _channel_servers(reader: Reader, channel: Place, servers: _Group) -> tuple[Located, ...] | None:
    """The names of the servers that a channel refers to; None where it is available on all."""
    found = [
        Located(Text(name), item.span)
        for item in reader.items(channel, "servers")
        if (name := servers.name(item)) is not None
    ]
    return tuple(found) or None


# -- messages


def _body(reader: Reader, message: Place) -> Body:
    """What a message carries; of a payload that is not JSON Schema, only its place (S5)."""
    payload, schema_format = _schema(reader, message.get("payload"))
    headers, _ = _schema(reader, message.get("headers"))
    return Body(payload, headers, schema_format)


def _schema(reader: Reader, place: Place | None) -> tuple[SchemaRef | None, Text | None]:
    """A schema and its format: that of a Multi Format Schema Object where it is one (S5)."""
    target = place and reader.follow(place)
    if target is None or target.get("schemaFormat") is None:
        return reader.schema(target), None
    schema_format = reader.text(target, "schemaFormat")
    schema = target.get("schema")
    if schema is None or is_json_schema(schema_format.raw if schema_format else None):
        return reader.schema(schema), schema_format
    return SchemaRef(schema.pointer, schema.span), schema_format


# -- operations


@dataclass(frozen=True, slots=True)
class _Draft:
    """An operation with its messages and its reply as they are written."""

    entry: _Entry
    action: Literal["receive", "send"]
    channel: str
    listed: tuple[Message, ...] | None
    reply: _ReplyDraft | None


@dataclass(frozen=True, slots=True)
class _ReplyDraft:
    channel: str
    listed: tuple[Message, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class _Uses:
    """Which messages of the channels the operations use (S14, S19)."""

    reader: Reader
    group: _Group
    channels: Mapping[str, _Channel]

    def draft(self, entry: _Entry) -> _Draft | None:
        """An operation as it is written; None without a channel or an action."""
        action = self.reader.text(entry.place, "action")
        channel = self._channel(entry.place)
        if action is None or channel is None:
            return None
        return _Draft(
            entry=entry,
            action="receive" if action.raw == "receive" else "send",
            channel=channel,
            listed=self._listed(entry.place, channel),
            reply=self._reply(entry.place, channel),
        )

    def resolved(
        self, drafts: Sequence[_Draft]
    ) -> Iterator[tuple[_Draft, tuple[Message, ...], Reply | None]]:
        """Each operation with its messages and its reply.

        One without `messages` has all of the channel's but those that are
        only replies; a reply without has all but those of the request.
        """
        requests = {
            (draft.channel, message.key) for draft in drafts for message in draft.listed or ()
        }
        replies = {
            (draft.reply.channel, message.key)
            for draft in drafts
            if draft.reply
            for message in self._replied(draft.reply, draft.listed)
        }
        for draft in drafts:
            messages = draft.listed
            if messages is None:
                messages = tuple(
                    message
                    for message in self._declared(draft.channel)
                    if (draft.channel, message.key) not in replies - requests
                )
            yield draft, messages, self._resolved_reply(draft.reply, messages)

    def _resolved_reply(
        self, reply: _ReplyDraft | None, request: tuple[Message, ...]
    ) -> Reply | None:
        if reply is None:
            return None
        return Reply(reply.channel, self._replied(reply, request), reply.span)

    def _replied(
        self, reply: _ReplyDraft, request: tuple[Message, ...] | None
    ) -> tuple[Message, ...]:
        """The messages of a reply; none as long as it depends on a request that is not known."""
        if reply.listed is not None:
            return reply.listed
        if request is None:
            return ()
        asked = {message.pointer for message in request}
        return tuple(it for it in self._declared(reply.channel) if it.pointer not in asked)

    def _declared(self, channel: str) -> tuple[Message, ...]:
        return tuple(self.channels[channel].messages.values())

    def _reply(self, operation: Place, channel: str) -> _ReplyDraft | None:
        at = operation.get("reply")
        place = self.reader.mapping(at)
        if at is None or place is None:
            return None
        other = channel if place.get("channel") is None else self._channel(place)
        if other is None:
            return None
        return _ReplyDraft(other, self._listed(place, other), at.span)

    def _channel(self, place: Place) -> str | None:
        """The key of the channel that an operation or a reply refers to."""
        reference = place.get("channel")
        return self.group.name(reference) if reference else None

    def _listed(self, place: Place, channel: str) -> tuple[Message, ...] | None:
        """The messages that an operation or a reply lists; None where it has no list."""
        if place.get("messages") is None:
            return None
        found = self.channels[channel]
        names = [found.group.name(item) for item in self.reader.items(place, "messages")]
        return tuple(found.messages[name] for name in dict.fromkeys(names) if name is not None)


def _operation(
    reader: Reader,
    draft: _Draft,
    security: Security,
    messages: tuple[Message, ...],
    reply: Reply | None,
) -> Operation:
    place = draft.entry.place
    return Operation(
        key=Text(draft.entry.name),
        action=draft.action,
        channel=draft.channel,
        messages=messages,
        summary=reader.text(place, "summary"),
        description=reader.text(place, "description"),
        tags=read_tags(reader, place),
        security=security.requirements(place),
        handler=reader.located(place, "x-handler"),
        ack=read_ack(reader, place),
        reply=reply,
        span=draft.entry.at.span,
    )
