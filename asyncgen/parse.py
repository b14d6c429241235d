"""Source → Document: the words of AsyncAPI, with every reference followed.

Any JSON value may stand anywhere in a document, so nothing here trusts its
input: `_Reader` gives what stands under a key in the type that is asked for,
or reports AG203 or AG204 and gives nothing. What differs between the major
versions is in functions of their own, named `_…_2`, which give the 3.x shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from asyncgen.bundle import bundle, is_json_schema
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import (
    Channel,
    Document,
    Example,
    Info,
    Located,
    Message,
    Operation,
    Requirement,
    RootExtension,
    SchemaRef,
    Scope,
    SecurityScheme,
    Server,
    WebSocketBinding,
)
from asyncgen.source import Place, Source, Spans, describe, plain, split

_VERSIONS = "2.0 to 2.6"
_SCHEME_TYPES = (
    "userPassword",
    "apiKey",
    "X509",
    "symmetricEncryption",
    "asymmetricEncryption",
    "httpApiKey",
    "http",
    "oauth2",
    "openIdConnect",
    "plain",
    "scramSha256",
    "scramSha512",
    "gssapi",
)
_HOOKS = (
    "x-basicInfoFunc",
    "x-bearerInfoFunc",
    "x-basicBearerInfoFunc",
    "x-tokenInfoFunc",
    "x-apiKeyInfoFunc",
    "x-apikeyInfoFunc",
    "x-scopeValidateFunc",
)
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def parse(source: Source, diagnostics: Diagnostics) -> Document | None:
    """What the document says (S1); None where it is no AsyncAPI document of a known version.

    Adds AG201 or AG202 for such a document, AG203 for required keys that are
    missing, AG204 for values of the wrong type, AG205 for values that are not
    among those allowed, and what `bundle` adds. After an error the result
    holds what could be read.
    """
    version = _version(source.root, diagnostics)
    if version is None:
        return None
    source = bundle(source, diagnostics)
    return _document_2(version, _Reader(source, diagnostics))


def _version(root: Place, diagnostics: Diagnostics) -> Text | None:
    if not isinstance(root.node.value, dict):
        diagnostics.error(
            "AG201",
            f"an AsyncAPI document is a mapping, and this is {describe(root.node)}",
            root.node.span,
            hint="it begins with `asyncapi: 2.6.0`",
            pointer="",
        )
        return None
    place = root.get("asyncapi")
    if place is None:
        _no_version(root, diagnostics)
        return None
    value, span = place.node.value, place.node.span
    if not isinstance(value, str):
        message = f"`asyncapi` must be text, not {describe(place.node)}"
        hint = "write the version in full, such as `asyncapi: 2.6.0`"
        diagnostics.error("AG204", message, span, hint=hint, pointer=place.pointer)
        return None
    if re.fullmatch(r"2\.[0-6]\.[0-9]+", value):
        return Text(value)
    if re.fullmatch(r"3\.[01]\.[0-9]+", value):
        message = f"AsyncAPI {quote(value)}: version 3 is not built yet"
        hint = f"the versions understood are {_VERSIONS}"
    else:
        message = f"there is no support for AsyncAPI {quote(value)}"
        hint = f"the versions understood are {_VERSIONS}, written as `asyncapi: 2.6.0`"
    diagnostics.error("AG202", message, span, hint=hint, pointer=place.pointer)
    return None


def _no_version(root: Place, diagnostics: Diagnostics) -> None:
    keys = dict(root.entries())
    near = get_close_matches("asyncapi", [key.lower() for key in keys], 1)
    wrong = next((place for key, place in keys.items() if key.lower() in near), None)
    if "openapi" in keys or "swagger" in keys:
        message, hint = "this is an OpenAPI document", "asyncgen compiles AsyncAPI documents"
    elif wrong:
        message = "the document has no `asyncapi` key"
        hint = f"did you mean `asyncapi` in place of {quote(split(wrong.pointer)[-1])}?"
    else:
        message, hint = "the document has no `asyncapi` key", "begin it with `asyncapi: 2.6.0`"
    span = wrong.span if wrong else root.node.span
    diagnostics.error("AG201", message, span, hint=hint, pointer="")


# -- reading values ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reader:
    """Gives what stands in a place in the type that is asked for; else reports and gives None."""

    source: Source
    diagnostics: Diagnostics

    def mapping(self, place: Place | None) -> Place | None:
        """The mapping in a place, its references followed."""
        target = place and self.follow(place)
        if target is None or isinstance(target.node.value, dict):
            return target
        self.wrong(target, "a mapping")
        return None

    def follow(self, place: Place) -> Place | None:
        """Where a reference leads; where it is broken, that is reported once."""
        return self.source.follow(place, self.diagnostics)

    def under(self, place: Place, key: str, *, required: bool = False) -> Place | None:
        """The mapping under a key, its references followed."""
        child = place.get(key)
        if child is None and required:
            self.missing(place, key)
        return self.mapping(child)

    def text(self, place: Place | None, key: str, *, required: bool = False) -> Text | None:
        """The text under a key."""
        located = self.located(place, key, required=required)
        return located.text if located else None

    def located(self, place: Place | None, key: str, *, required: bool = False) -> Located | None:
        """The text under a key, and where it stands."""
        child = place.get(key) if place else None
        if child is None:
            if required and place:
                self.missing(place, key)
            return None
        if not isinstance(child.node.value, str):
            self.wrong(child, "text")
            return None
        return Located(Text(child.node.value), child.node.span)

    def choice(self, place: Place, key: str, allowed: Iterable[str], **more: bool) -> Text | None:
        """The text under a key, which is one of a few."""
        located = self.located(place, key, **more)
        if located is None or located.text.raw in allowed:
            return located.text if located else None
        near = get_close_matches(located.text.raw, allowed, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(allowed)}"
        message = f"`{key}` may not be {quote(located.text)}"
        pointer = f"{place.pointer}/{key}"
        self.diagnostics.error("AG205", message, located.span, hint=hint, pointer=pointer)
        return None

    def flag(self, place: Place, key: str) -> bool:
        """The boolean under a key; false where there is none."""
        child = place.get(key)
        if child is None:
            return False
        if not isinstance(child.node.value, bool):
            self.wrong(child, "a boolean")
            return False
        return child.node.value

    def items(self, place: Place | None, key: str) -> list[Place]:
        """The items of the list under a key."""
        child = place.get(key) if place else None
        if child is None:
            return []
        if not isinstance(child.node.value, list):
            self.wrong(child, "a list")
        return list(child.items())

    def texts(self, place: Place, key: str) -> list[Located]:
        """The texts in the list under a key."""
        texts = []
        for item in self.items(place, key):
            if isinstance(item.node.value, str):
                texts.append(Located(Text(item.node.value), item.node.span))
            else:
                self.wrong(item, "text")
        return texts

    def schema(self, place: Place | None) -> SchemaRef | None:
        """The schema in a place, its references followed."""
        target = place and self.follow(place)
        if target is None or not isinstance(target.node.value, dict | bool):
            return None  # `bundle` has reported it.
        return SchemaRef(target.pointer, target.span)

    def wrong(self, place: Place, expected: str, hint: str | None = None) -> None:
        """Report a value of the wrong type."""
        actual = describe(place.node)
        if hint is None and expected == "text" and actual in ("a number", "a boolean"):
            hint = "put it in quotes"
        message = f"{_name(place)} must be {expected}, not {actual}"
        self.diagnostics.error("AG204", message, place.node.span, hint=hint, pointer=place.pointer)

    def missing(self, place: Place, key: str) -> None:
        """Report a required key that is missing, and a key that looks like it."""
        keys = [name for name, _ in place.entries()]
        near = get_close_matches(key, keys, 1, 0.75)
        wrong = place.get(near[0]) if near else None
        subject = _name(place) if place.pointer else "the document"
        hint = f"did you mean `{key}` in place of {quote(near[0])}?" if near else f"add `{key}:`"
        self.diagnostics.error(
            "AG203",
            f"{subject} has no `{key}`",
            wrong.span if wrong else place.span,
            hint=hint,
            pointer=place.pointer,
        )


def _name(place: Place) -> str:
    """A place in a message: its key, and what an index is an item of."""
    tokens = split(place.pointer)
    if not tokens:
        return "the document"
    if place.key is None and len(tokens) > 1:
        return f"item {tokens[-1]} of {quote(tokens[-2])}"
    return quote(tokens[-1])


def _raw(text: Text | None) -> str | None:
    return text.raw if text else None


# -- both versions -----------------------------------------------------------------------------


def _info(reader: _Reader, root: Place) -> Info:
    place = reader.under(root, "info", required=True)
    if place is None:
        return Info(Text(""), Text(""), None, root.span)
    return Info(
        title=reader.text(place, "title", required=True) or Text(""),
        version=reader.text(place, "version", required=True) or Text(""),
        description=reader.text(place, "description"),
        span=place.span,
    )


def _extension(reader: _Reader, root: Place) -> RootExtension:
    place = reader.under(root, "x-socketio")
    if place is None:
        return RootExtension()
    return RootExtension(
        channels=_one_of(reader, place, "channels", ("namespace", "event")),
        perspective=_one_of(reader, place, "perspective", ("server", "client")),
        path=reader.located(place, "path"),
    )


def _one_of(reader: _Reader, place: Place, key: str, allowed: tuple[str, ...]) -> Located | None:
    return reader.located(place, key) if reader.choice(place, key, allowed) else None


def _tags(reader: _Reader, place: Place) -> tuple[Text, ...]:
    tags = (reader.mapping(item) for item in reader.items(place, "tags"))
    names = (reader.text(tag, "name", required=True) for tag in tags if tag)
    return tuple(name for name in names if name)


def _ack(reader: _Reader, place: Place) -> SchemaRef | None:
    """The schema of `x-ack`: bare, under `args`, or where a `$ref` leads to either (S19)."""
    ack = place.get("x-ack")
    target = ack and reader.follow(ack)
    return reader.schema(target and (target.get("args") or target))


def _scheme(reader: _Reader, name: str, place: Place | None) -> SecurityScheme | None:
    """A security scheme, with its hooks and its key of the auth payload (S35)."""
    scheme = reader.mapping(place)
    kind = reader.choice(scheme, "type", _SCHEME_TYPES, required=True) if scheme else None
    if scheme is None or kind is None:
        return None
    places = {"httpApiKey": ("query", "header", "cookie"), "apiKey": ("user", "password")}
    location = (
        reader.choice(scheme, "in", places[kind.raw], required=True)
        if kind.raw in places
        else reader.text(scheme, "in")
    )
    hooks = {hook: reader.located(scheme, hook) for hook in _HOOKS}
    return SecurityScheme(
        name=Text(name),
        type=kind,
        scheme=reader.text(scheme, "scheme", required=kind.raw == "http"),
        bearer_format=reader.text(scheme, "bearerFormat"),
        location=location,
        parameter=reader.text(scheme, "name", required=kind.raw == "httpApiKey"),
        scopes=_flow_scopes(reader, scheme),
        hooks={hook: located for hook, located in hooks.items() if located},
        auth_key=_auth_key(reader, scheme),
        description=reader.text(scheme, "description"),
        span=scheme.span,
    )


def _flow_scopes(reader: _Reader, scheme: Place) -> tuple[Text, ...]:
    """The scopes that the flows of an OAuth2 scheme declare, each once."""
    scopes: dict[str, Text] = {}
    flows = reader.under(scheme, "flows")
    for _, entry in flows.entries() if flows else ():
        flow = reader.mapping(entry)
        declared = reader.under(flow, "scopes") if flow else None
        scopes |= {name: Text(name) for name, _ in declared.entries()} if declared else {}
    return tuple(scopes.values())


def _auth_key(reader: _Reader, scheme: Place) -> Text | None:
    extension = reader.under(scheme, "x-socketio")
    if extension is None or not reader.choice(extension, "in", ("auth",), required=True):
        return None
    return reader.text(extension, "name", required=True)


def _requirements(reader: _Reader, place: Place, key: str) -> tuple[Requirement, ...] | None:
    """A list of alternatives, each a mapping of schemes and scopes; None where absent (S32)."""
    if place.get(key) is None:
        return None
    requirements = []
    for item in reader.items(place, key):
        if not isinstance(item.node.value, dict):
            reader.wrong(item, "a mapping of security schemes", _requirement_hint(item))
            continue
        schemes = [_scope(reader, item, name, entry) for name, entry in item.entries()]
        requirements.append(Requirement(tuple(schemes), item.span))
    return tuple(requirements)


def _requirement_hint(item: Place) -> str | None:
    value = item.node.value
    return f"write {quote(f'- {value}: []')}" if isinstance(value, str) else None


def _scope(reader: _Reader, item: Place, name: str, entry: Place) -> Scope:
    scopes = tuple(located.text for located in reader.texts(item, name))
    return Scope(Text(name), scopes, entry.span)


def _websocket(reader: _Reader, channel: Place) -> WebSocketBinding | None:
    bindings = reader.under(channel, "bindings")
    ws = reader.under(bindings, "ws") if bindings else None
    if ws is None:
        return None
    return WebSocketBinding(
        method=reader.located(ws, "method"),
        query=reader.schema(ws.get("query")),
        headers=reader.schema(ws.get("headers")),
        span=ws.span,
    )


def _message(reader: _Reader, place: Place, key: str | None, content_type: Text | None) -> Message:
    """A message in its canonical place; `content_type` is the document's default."""
    extension = reader.under(place, "x-socketio")
    schema_format = reader.text(place, "schemaFormat")
    payload = place.get("payload")
    args: Literal["single", "tuple"] | None = None
    if extension and (form := reader.choice(extension, "args", ("single", "tuple"))):
        args = "single" if form.raw == "single" else "tuple"
    return Message(
        pointer=place.pointer,
        key=Text(key) if key is not None else None,
        name=reader.text(place, "name"),
        message_id=reader.text(place, "messageId"),
        title=reader.text(place, "title"),
        summary=reader.text(place, "summary"),
        description=reader.text(place, "description"),
        payload=_payload(reader, payload, schema_format),
        headers=reader.schema(place.get("headers")),
        content_type=reader.text(place, "contentType") or content_type,
        schema_format=schema_format,
        deprecated=reader.flag(place, "deprecated"),
        tags=_tags(reader, place),
        examples=tuple(_examples(reader, place)),
        ack=_ack(reader, place),
        handler=reader.located(place, "x-handler"),
        event=reader.located(extension, "event"),
        args=args,
        python_name=reader.located(place, "x-python-name"),
        span=place.span,
    )


def _payload(
    reader: _Reader, payload: Place | None, schema_format: Text | None
) -> SchemaRef | None:
    """The schema of a payload; in a format that is not JSON Schema only its place (S5)."""
    if payload and not is_json_schema(_raw(schema_format)):
        return SchemaRef(payload.pointer, payload.span)
    return reader.schema(payload)


def _examples(reader: _Reader, message: Place) -> Iterable[Example]:
    """The examples of a message: objects with a `payload`, or clearly payloads themselves."""
    for item in reader.items(message, "examples"):
        value = item.node.value
        fields = {"payload", "headers", "name", "summary"}
        if isinstance(value, dict) and (not value or value.keys() & fields):
            payload = item.get("payload")
            yield Example(
                name=reader.text(item, "name"),
                summary=reader.text(item, "summary"),
                payload=payload.pointer if payload else None,
                span=item.span,
            )
        else:
            yield Example(None, None, item.pointer, item.span)


# -- version 2 ---------------------------------------------------------------------------------


def _document_2(version: Text, reader: _Reader) -> Document:
    root = reader.source.root
    channels = reader.under(root, "channels", required=True)
    components = reader.under(root, "components")
    schemes = reader.under(components, "securitySchemes") if components else None
    parsed = [
        _scheme(reader, name, place) for name, place in (schemes.entries() if schemes else ())
    ]
    default = reader.text(root, "defaultContentType")
    pairs = [
        (key, address, channel)
        for key, address in (channels.entries() if channels else ())
        if (channel := reader.mapping(address))
    ]
    data = plain(root.node)
    return Document(
        file=reader.source.file,
        version=version,
        info=_info(reader, root),
        servers=tuple(_servers_2(reader, root)),
        channels=tuple(_channel_2(reader, key, at, place) for key, at, place in pairs),
        operations=tuple(
            operation
            for key, _, place in pairs
            for operation in _operations_2(reader, key, place, default)
        ),
        schemes=tuple(scheme for scheme in parsed if scheme),
        extension=_extension(reader, root),
        bundle=data if isinstance(data, dict) else {},
        spans=Spans(reader.source),
        span=root.span,
    )


def _servers_2(reader: _Reader, root: Place) -> Iterable[Server]:
    servers = reader.under(root, "servers")
    for name, entry in servers.entries() if servers else ():
        server = reader.mapping(entry)
        if server is None:
            continue
        yield Server(
            name=Text(name),
            path=_path_2(reader, server),
            protocol=reader.text(server, "protocol", required=True) or Text(""),
            description=reader.text(server, "description"),
            security=_requirements(reader, server, "security"),
            span=entry.span,
        )


def _path_2(reader: _Reader, server: Place) -> Text | None:
    """The path of a `url` with or without a scheme, its variables by their defaults (S40)."""
    url = reader.located(server, "url", required=True)
    values = _defaults(reader, server)
    if url is None or values is None:
        return None
    filled = _VARIABLE.sub(lambda match: values.get(match[1], match[0]), url.text.raw)
    path = re.sub(r"^([^/?#]*?://)?[^/?#]*|[?#].*", "", filled, flags=re.DOTALL)
    if variable := _VARIABLE.search(path):
        message = f"the variable {quote(variable[1])} in the path of `url` has no default"
        hint = "give it a `default` in `variables` of the server"
        pointer = f"{server.pointer}/url"
        reader.diagnostics.error("AG203", message, url.span, hint=hint, pointer=pointer)
        return None
    return Text(path) if path else None


def _defaults(reader: _Reader, server: Place) -> Mapping[str, str] | None:
    """The values of a server's variables, of those that have a default; None where unreadable."""
    values = {}
    variables = reader.under(server, "variables")
    if variables is None:
        return None if server.get("variables") else {}
    for name, entry in variables.entries():
        variable = reader.mapping(entry)
        if variable is None:
            return None
        if default := reader.text(variable, "default"):
            values[name] = default.raw
        elif variable.get("default"):
            return None
    return values


def _channel_2(reader: _Reader, key: str, entry: Place, place: Place) -> Channel:
    """A channel item; its key is its address. `entry` is where the key stands."""
    handlers = reader.under(place, "x-handlers")
    extension = reader.under(place, "x-socketio")
    parameters = reader.under(place, "parameters")
    return Channel(
        key=key,
        address=Text(key),
        description=reader.text(place, "description"),
        servers=tuple(reader.texts(place, "servers")) if place.get("servers") else None,
        parameters=tuple(Text(name) for name, _ in parameters.entries()) if parameters else (),
        binding=_websocket(reader, place),
        security=_requirements(reader, place, "x-security"),
        connect=reader.located(handlers, "connect"),
        disconnect=reader.located(handlers, "disconnect"),
        error=reader.located(handlers, "error"),
        namespace=reader.located(extension, "namespace"),
        event=reader.located(extension, "event"),
        auth=reader.schema(extension.get("auth")) if extension else None,
        python_name=reader.located(place, "x-python-name"),
        span=entry.span,
    )


def _operations_2(
    reader: _Reader, channel: str, place: Place, content_type: Text | None
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
            messages=tuple(_messages_2(reader, operation.get("message"), content_type, set())),
            summary=reader.text(operation, "summary"),
            description=reader.text(operation, "description"),
            tags=_tags(reader, operation),
            security=_requirements(reader, operation, "security"),
            handler=None,
            ack=None,
            span=operation.span,
        )


def _messages_2(
    reader: _Reader, place: Place | None, content_type: Text | None, seen: set[str]
) -> Iterable[Message]:
    """A message, or each of the messages under its `oneOf`, once (S14)."""
    if place is None:
        return
    message = reader.follow(place)
    if message is None or message.pointer in seen:
        return
    seen.add(message.pointer)
    if not isinstance(message.node.value, dict):
        reader.wrong(message, "a message or a `$ref` to one", _message_hint(reader, message))
    elif message.get("oneOf"):
        for item in reader.items(message, "oneOf"):
            yield from _messages_2(reader, item, content_type, seen)
    else:
        yield _message(reader, message, _component_key(message.pointer), content_type)


def _message_hint(reader: _Reader, place: Place) -> str | None:
    value = place.node.value
    if isinstance(value, str):
        name = value.rpartition("/")[2]
        known = reader.source.at("/components/messages")
        names = [key for key, _ in known.entries()] if known else []
        near = get_close_matches(name, names, 1) or [name if name.isalnum() else "…"]
        return f'write `$ref: "#/components/messages/{quote(near[0])[1:-1]}"`'
    if isinstance(value, list):
        return "put the list under `oneOf`"
    return None


def _component_key(pointer: str) -> str | None:
    """The key of a message in `components.messages`; None for one that is written elsewhere."""
    match split(pointer):
        case ["components", "messages", key]:
            return key
        case _:
            return None
