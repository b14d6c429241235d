"""Document → App: every decision about what a document means (semantics.md).

It goes in three steps: what events there are and of which shape their
arguments are, then all names at once, then the App that both give.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from asyncgen import ir, naming
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import (
    Channel,
    Document,
    Located,
    Operation,
    Requirement,
    SchemaRef,
    SecurityScheme,
    Server,
)
from asyncgen.lower import arguments, events, security
from asyncgen.lower.events import Use
from asyncgen.lower.functions import function, package_name
from asyncgen.lower.job import Job, listed, near
from asyncgen.naming import Wish
from asyncgen.pointers import at, child

T = TypeVar("T")

_DEFAULT_PATH = "/socket.io"
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")
_QUERY_CREDENTIALS = frozenset(
    {"accesstoken", "apikey", "authorization", "jwt", "password", "secret", "token"}
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller decides.

    `package` names the project's package (default: after the title), `server`
    the server to generate for (S33). `payloads` says what comes from clients
    as: `models` (default), or `raw`, which is plain data. With `lint` a
    document is only looked at: what the caller would have to decide is a
    warning or a note.
    """

    package: str | None = None
    server: str | None = None
    payloads: Literal["models", "raw"] | None = None
    lint: bool = False


def lower(document: Document, options: Options, diagnostics: Diagnostics) -> ir.App | None:
    """The application that a document describes.

    None where an error was reported, or where nothing can be said without a
    decision that `lint` does not ask for (S9, S30).
    """
    package = package_name(document, options.package, diagnostics)
    job = Job(document, package, options.lint, diagnostics, raw=options.payloads == "raw")
    servers = _servers(job, options.server)
    path = _path(job, servers)
    security.check_requirements(job)
    drafts = _drafts(job, servers) if _channels_are_namespaces(job) else ()
    if not drafts:
        return None
    uses = [use for draft in drafts for use in draft.uses]
    shapes = {use.key: arguments.shapes_of(job, use) for use in uses}
    schemes = security.schemes(job, [it for draft in drafts for it in draft.requirements])
    constants = _constants(job, uses)
    models = arguments.models_of(job, uses, shapes)
    namespaces = tuple(_namespace(job, draft, constants, shapes, models) for draft in drafts)
    if diagnostics.failed:
        return None
    _check_functions(job, drafts, schemes)
    if diagnostics.failed:
        return None
    return ir.App(
        title=document.info.title,
        version=document.info.version,
        description=document.info.description,
        package=job.package,
        path=path,
        base=path.rpartition("/")[0],
        namespaces=namespaces,
        models=tuple(models.entries),
        schemes=tuple(lowered for _, lowered in schemes),
    )


# -- servers and the path of the server (S33, S40)


def _servers(job: Job, name: str | None) -> tuple[Server, ...]:
    """The chosen server alone, else all of them; they must not differ then (S33)."""
    servers = job.document.servers
    names = [server.name.raw for server in servers]
    if name is None:
        _check_same(job, servers)
        return servers
    if name not in names:
        known = f"the servers are {listed(names)}" if names else "the document has no servers"
        job.diagnostics.error(
            "AG231",
            f"the document has no server {quote(name)}",
            job.document.span,
            hint=near(name, names, known),
        )
        return servers
    return tuple(server for server in servers if server.name.raw == name)


def _check_same(job: Job, servers: Sequence[Server]) -> None:
    paths = {_server_path(server) for server in servers}
    differences = []
    if job.document.extension.path is None and len(paths) > 1:
        differences.append("path")
    if len({security.plain(server.security) for server in servers}) > 1:
        differences.append("security")
    if differences:
        report = job.diagnostics.note if job.lint else job.diagnostics.error
        report(
            "AG232",
            f"the servers {listed(server.name.raw for server in servers)} differ in"
            f" {' and '.join(differences)}, and none is chosen",
            servers[1].span,
            hint=f"choose one with {quote('--server ' + servers[0].name.raw)}",
        )


def _server_path(server: Server) -> str | None:
    """The Socket.IO path of a server, None where its URL has another path (S40)."""
    path = "/" + (server.path.raw.strip("/") if server.path else "")
    if path == "/":
        return _DEFAULT_PATH
    return path if _PATH.fullmatch(path) and path.endswith("/socket.io") else None


def _path(job: Job, servers: Sequence[Server]) -> str:
    """The path of the Socket.IO server (S40)."""
    explicit = job.document.extension.path
    if explicit is not None:
        path = "/" + explicit.text.raw.strip("/")
        if _PATH.fullmatch(path):
            return path
        job.diagnostics.error(
            "AG234",
            f"`x-socketio.path` {quote(explicit.text)} cannot be the path of a server",
            explicit.span,
            hint="write a path such as `/socket.io` or `/api/socket.io`",
        )
        return _DEFAULT_PATH
    for server in servers:
        if _server_path(server) is None and server.path is not None:
            job.diagnostics.warning(
                "AG234",
                f"the path {quote(server.path)} of server {quote(server.name)} is a namespace"
                f" to Socket.IO clients; the server's path is `{_DEFAULT_PATH}`",
                server.span,
                hint="end it with `/socket.io`, or set `x-socketio: {path: …}` at the root",
            )
    return (_server_path(servers[0]) if servers else None) or _DEFAULT_PATH


# -- channels (S9, S10, S11)


def _channels_are_namespaces(job: Job) -> bool:
    """Whether each channel is a namespace (S9); reports why where that cannot be gone on with."""
    channels = job.document.channels
    if not channels:
        job.undecided(
            "AG215",
            "the document has no channel, so the server would accept no connection",
            "add a channel: its key is a Socket.IO namespace, such as `/`",
        )
        return False
    if (chosen := job.document.extension.channels) is not None:
        return _is_namespace_model(job, chosen)
    names = [_address(channel) for channel in channels]
    if not any(name is not None and name.raw.startswith("/") for name in names):
        example = next((name.raw for name in names if name is not None), "chat")
        job.undecided(
            "AG210",
            "no channel begins with `/`, so a channel may be a namespace or an event",
            "add one of these lines to the root of the document:\n"
            f"  x-socketio: {{channels: namespace}}  # {quote(example)} is the namespace"
            f" {quote('/' + example)}\n"
            f"  x-socketio: {{channels: event}}      # {quote(example)} is an event of the"
            " namespace `/`",
        )
        return False
    if _look_like_events(job.document):
        job.diagnostics.note(
            "AG241",
            "every channel is read as a namespace, but each has one message at most in each"
            " direction",
            job.document.span,
            hint="if each channel is an event, add `x-socketio: {channels: event}` at the root,"
            " else `x-socketio: {channels: namespace}`",
        )
    return True


def _is_namespace_model(job: Job, chosen: Located) -> bool:
    if chosen.text.raw == "namespace":
        return True
    job.diagnostics.error(
        "AG211",
        "channels as events are not built yet",
        chosen.span,
        hint="write `channels: namespace` and make each event a message of a channel",
    )
    return False


def _look_like_events(document: Document) -> bool:
    """Whether three or more channels have a message, and none has two in one direction."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for operation in document.operations:
        counts[operation.channel, operation.action] += len(operation.messages)
    channels = {channel for (channel, _), count in counts.items() if count}
    return len(channels) >= 3 and all(count <= 1 for count in counts.values())


def _address(channel: Channel) -> Text | None:
    return channel.namespace.text if channel.namespace is not None else channel.address


def _namespace_name(job: Job, channel: Channel) -> str | None:
    """The namespace that a channel is (S9, S10, S11)."""
    span = channel.namespace.span if channel.namespace is not None else channel.span
    address = _address(channel)
    if address is None:
        job.diagnostics.error(
            "AG213",
            f"channel {quote(channel.key)} has no address, so it names no namespace",
            span,
            hint="add an `address`, or `x-socketio: {namespace: /…}` to the channel",
        )
        return None
    name = address.raw if address.raw.startswith("/") else "/" + address.raw
    if events.PARAMETER.search(name):
        problem, hint = "has parameters", (
            "namespaces that match a pattern are not built yet;"
            " use one namespace, and rooms of Socket.IO within it"
        )
    elif "," in name or "?" in name:
        problem, hint = "has a `,` or `?`", "Socket.IO cannot carry these in a namespace"
    else:
        return name
    job.diagnostics.error("AG212", f"the namespace {quote(name)} {problem}", span, hint=hint)
    return None


def _is_served(job: Job, channel: Channel, servers: Sequence[Server]) -> bool:
    """Whether a channel is available on the servers that are generated for (S33)."""
    all_names = [server.name.raw for server in job.document.servers]
    known = []
    for located in channel.servers or ():
        if located.text.raw in all_names:
            known.append(located.text)
            continue
        job.diagnostics.error(
            "AG231",
            f"channel {quote(channel.key)} names the server {quote(located.text)}, which the"
            " document does not have",
            located.span,
            hint=near(located.text.raw, all_names, f"the servers are {listed(all_names)}"),
        )
    if not known or any(server.name in known for server in servers):
        return True
    job.diagnostics.note(
        "AG233",
        f"channel {quote(channel.key)} is left out: it is not available on server"
        f" {listed(server.name.raw for server in servers)}",
        channel.span,
    )
    return False


@dataclass(frozen=True, slots=True)
class _Draft:
    """A namespace before the names of types are known."""

    name: str
    module: str
    channels: tuple[Channel, ...]
    security: tuple[Requirement, ...]
    uses: tuple[Use, ...]

    @property
    def subject(self) -> str:
        return f"namespace {quote(self.name)}"

    @property
    def requirements(self) -> Iterator[Requirement]:
        """What is asked of its clients: at connect, and for single events (S33, S34)."""
        yield from self.security
        for use in self.uses:
            yield from use.operation.security or ()


def _drafts(job: Job, servers: Sequence[Server]) -> tuple[_Draft, ...]:
    """The namespaces with their events, in the document's order."""
    groups: dict[str, list[Channel]] = {}
    served = [channel for channel in job.document.channels if _is_served(job, channel, servers)]
    for channel in served:
        if (name := _namespace_name(job, channel)) is not None:
            groups.setdefault(name, []).append(channel)
    if not served:
        job.undecided(
            "AG215",
            "no channel is available on the chosen server, so it would accept no connection",
            "choose another server, or add one to the `servers` of a channel",
        )
    modules = _modules(job, groups)
    operations: dict[str, list[Operation]] = defaultdict(list)
    for operation in job.document.operations:
        operations[operation.channel].append(operation)
    return tuple(
        _Draft(
            name,
            modules[name],
            tuple(channels),
            _security(job, name, channels, servers),
            events.uses(
                job,
                name,
                modules[name],
                [operation for channel in channels for operation in operations[channel.key]],
            ),
        )
        for name, channels in groups.items()
        if name in modules
    )


def _modules(job: Job, groups: Mapping[str, Sequence[Channel]]) -> dict[str, str]:
    """The Python name of each namespace: `/` is `root` (S16)."""
    wishes = {}
    for name, channels in groups.items():
        span = channels[0].span
        subject = f"namespace {quote(name)}"
        module = naming.python_name(
            Text("root" if name == "/" else name),
            _agreed(job, name, channels, "x-python-name", lambda it: it.python_name, _text),
            naming.MODULE_NAMES,
            subject,
            span,
            job.diagnostics,
        )
        if module is not None:
            wishes[name] = Wish(subject, (module,), span)
    return naming.resolve(wishes, job.diagnostics)


def _text(located: Located) -> Text:
    return located.text


def _place(schema: SchemaRef) -> str:
    return schema.pointer


def _agreed(
    job: Job,
    namespace: str,
    channels: Sequence[Channel],
    what: str,
    value: Callable[[Channel], T | None],
    key: Callable[[T], Hashable],
) -> T | None:
    """What the channels of one namespace say; they must not contradict each other (S11)."""
    given = [(channel, it) for channel in channels if (it := value(channel)) is not None]
    if len({key(it) for _, it in given}) > 1:
        job.diagnostics.error(
            "AG214",
            f"the channels {listed(channel.key for channel, _ in given)} are one namespace,"
            f" {quote(namespace)}, and differ in `{what}`",
            given[-1][0].span,
            hint=f"write the same `{what}` on each, or on one of them only",
        )
    return given[0][1] if given else None


def _security(
    job: Job, namespace: str, channels: Sequence[Channel], servers: Sequence[Server]
) -> tuple[Requirement, ...]:
    """What a connection to the namespace requires: the channel's, else the servers' (S33)."""
    inherited = servers[0].security if servers else None

    def effective(channel: Channel) -> tuple[Requirement, ...]:
        own = channel.security
        return (own if own is not None else inherited) or ()

    return _agreed(job, namespace, channels, "x-security", effective, security.plain) or ()


# -- names (S16)


def _constants(job: Job, uses: Sequence[Use]) -> dict[str, str]:
    """The name of each event in contract.py, by its key."""
    wishes = {}
    for use in uses:
        name = f"{use.module}_{use.name}".upper().rstrip("_") + ("" if use.incoming else "_OUT")
        wishes[use.key] = Wish(use.subject, (name,), use.message.span)
    return naming.resolve(wishes, job.diagnostics)


def _check_functions(
    job: Job, drafts: Sequence[_Draft], schemes: Sequence[tuple[SecurityScheme, ir.Scheme]]
) -> None:
    """No function that we name is one that the document names, or another of ours (S16)."""
    wishes: dict[str, Wish] = {}

    def add(function: ir.Function | None, subject: str, place: Located | None, span: Span) -> None:
        if function is not None:
            path = f"{function.module}.{function.name}"
            # The document may name one function for several things.
            key = path if place is not None else f"{subject} {len(wishes)}"
            wishes.setdefault(key, Wish(subject, (path,), place.span if place else span))

    for draft in drafts:
        for use in draft.uses:
            add(_event_handler(job, use), use.subject, use.handler, use.message.span)
        for channel in draft.channels:
            for located in (channel.connect, channel.disconnect, channel.error):
                add(_connection_handler(job, draft, located), draft.subject, located, channel.span)
    for scheme, lowered in schemes:
        hook = security.declared_hook(scheme, lowered.kind)
        add(lowered.hook, f"security scheme {quote(scheme.name)}", hook, scheme.span)
    naming.resolve(wishes, job.diagnostics)


# -- the App


def _namespace(
    job: Job,
    draft: _Draft,
    constants: Mapping[str, str],
    shapes: Mapping[str, arguments.Shapes],
    models: arguments.Models,
) -> ir.Namespace:
    def agreed(what: str, value: Callable[[Channel], Located | None]) -> Located | None:
        return _agreed(job, draft.name, draft.channels, what, value, _text)

    def schema(what: str, value: Callable[[Channel], SchemaRef | None]) -> str | None:
        found = _agreed(job, draft.name, draft.channels, what, value, _place)
        return found.pointer if found is not None else None

    for channel in draft.channels:
        _check_binding(job, channel)
    events = [
        (use.incoming, _event(job, use, constants[use.key], shapes[use.key], models))
        for use in draft.uses
    ]
    return ir.Namespace(
        name=Text(draft.name),
        module=draft.module,
        description=next((it.description for it in draft.channels if it.description), None),
        incoming=tuple(event for incoming, event in events if incoming),
        outgoing=tuple(event for incoming, event in events if not incoming),
        connect=_connection_handler(
            job, draft, agreed("x-handlers.connect", lambda it: it.connect)
        ),
        disconnect=_connection_handler(
            job, draft, agreed("x-handlers.disconnect", lambda it: it.disconnect)
        ),
        error=_connection_handler(job, draft, agreed("x-handlers.error", lambda it: it.error)),
        query=schema("bindings.ws.query", lambda it: it.binding.query if it.binding else None),
        headers=schema(
            "bindings.ws.headers", lambda it: it.binding.headers if it.binding else None
        ),
        auth=schema("x-socketio.auth", lambda it: it.auth),
        security=tuple(security.lowered(job, requirement) for requirement in draft.security),
    )


def _check_binding(job: Job, channel: Channel) -> None:
    """A WebSocket is opened by a GET, and its URL is no place for a credential (S28, S37)."""
    binding = channel.binding
    if binding is None:
        return
    if binding.method is not None and binding.method.text.raw != "GET":
        job.diagnostics.error(
            "AG230",
            f"a connection cannot be opened by {quote(binding.method.text)}",
            binding.method.span,
            hint="take `method` out: Socket.IO connects by GET",
        )
    if binding.query is None:
        return
    schema = at(job.document.bundle, binding.query.pointer)
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name in properties if isinstance(properties, dict) else ():
        if re.sub(r"[-_]", "", name).lower() in _QUERY_CREDENTIALS:
            place = child(binding.query.pointer, "properties", name)
            job.diagnostics.warning(
                "AG238",
                f"the credential {quote(name)} is in the query string, which servers and proxies"
                " write to their logs",
                job.document.spans.get(place, binding.query.span),
                hint="send it in the auth payload: `x-socketio: {auth: …}` on the channel, or a"
                " security scheme",
            )


def _connection_handler(job: Job, draft: _Draft, located: Located | None) -> ir.Function | None:
    return function(job, located, _home(job, draft.module)) if located is not None else None


def _event_handler(job: Job, use: Use) -> ir.Function | None:
    """The handler of an incoming event: the document's, else one with the event's name (S38)."""
    if not use.incoming:
        return None
    home = _home(job, use.module)
    return function(job, use.handler, home) if use.handler else ir.Function(home, use.name)


def _home(job: Job, module: str) -> str:
    """The module of a namespace's handlers."""
    return f"{job.package}.handlers.{module}"


def _event(
    job: Job, use: Use, constant: str, shapes: arguments.Shapes, models: arguments.Models
) -> ir.Event:
    message = use.message
    payload, ack = shapes
    return ir.Event(
        event=use.event,
        name=use.name,
        constant=constant,
        pointer=message.pointer,
        title=message.title,
        summary=message.summary,
        description=message.description,
        deprecated=message.deprecated,
        tags=message.tags,
        # What emitters take stays typed: plain data is accepted there as it is.
        arguments=arguments.lowered(payload, models, raw=job.raw and use.incoming),
        ack=arguments.lowered(ack, models, raw=job.raw) if ack is not None else None,
        handler=_event_handler(job, use),
        examples=tuple(
            ir.Example(example.name, example.payload)
            for example in message.examples
            if example.payload is not None
        ),
        security=tuple(security.lowered(job, it) for it in use.operation.security or ()),
    )
