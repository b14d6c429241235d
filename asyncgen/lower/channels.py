"""Channels as namespaces, or as the events of namespaces (S8 to S11, S33, S38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from asyncgen import naming
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Span
from asyncgen.document import (
    Channel,
    Document,
    Located,
    NamespaceExtension,
    Requirement,
    Server,
)
from asyncgen.lower import events, replies, security, servers
from asyncgen.lower.job import Job, agreed, listed, near, text_of
from asyncgen.lower.uses import Place, Use
from asyncgen.naming import Wish
from asyncgen.options import CHANNEL_MODELS, ChannelModel, one_of

T = TypeVar("T")

# What declares a namespace: its channels, and in model `event` the root of the document.
Declaration: TypeAlias = Channel | NamespaceExtension


# -- what a channel is (S9)


def model_of(job: Job) -> ChannelModel | None:
    """What channels are; None, with a report, where that leaves nothing to go on with (S9)."""
    document = job.document
    if not document.channels:
        job.undecided(
            "AG215",
            "the document has no channel, so the server would accept no connection",
            "add a channel: its key is a Socket.IO namespace, such as `/`",
        )
        return None
    said = document.extension.channels
    chosen = job.options.channels or one_of(CHANNEL_MODELS, said.text.raw if said else None)
    if chosen is not None:
        return chosen
    names = [_address(channel) for channel in document.channels]
    if not any(name is not None and name.raw.startswith("/") for name in names):
        _report_two_readings(job, next((name.raw for name in names if name is not None), "chat"))
        return None
    if _look_like_events(document):
        job.diagnostics.note(
            "AG241",
            "every channel is read as a namespace, but each has at most one message in each"
            " direction",
            document.span,
            hint=f"if each channel is an event, add `{job.root_line('channels', 'event')}` to the"
            f" root of the document, else `{job.root_line('channels', 'namespace')}`",
        )
    return "namespace"


def _report_two_readings(job: Job, example: str) -> None:
    job.undecided(
        "AG210",
        "no channel begins with `/`, so a channel may be a namespace or an event",
        f"if {quote(example)} is the namespace {quote('/' + example)}, and its messages are"
        " events, use `--channels namespace`, or write at the root of the document\n"
        f"  {job.root_line('channels', 'namespace')}\n"
        f"if {quote(example)} is an event of the namespace `/`, and its message is the payload,"
        " use `--channels event`, or write\n"
        f"  {job.root_line('channels', 'event')}",
    )


def _look_like_events(document: Document) -> bool:
    """Whether three or more channels have a message, and none has two in one direction."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for operation in document.operations:
        counts[operation.channel, operation.action] += len(operation.messages)
    channels = {channel for (channel, _), count in counts.items() if count}
    return len(channels) >= 3 and all(count <= 1 for count in counts.values())


# -- where a channel's messages are events


def _address(channel: Channel) -> Text | None:
    return channel.namespace.text if channel.namespace is not None else channel.address


def _namespace_name(job: Job, channel: Channel, chosen: Sequence[Server]) -> str | None:
    """The namespace that a channel is, or that it is an event of (S9, S10, S11)."""
    span = channel.namespace.span if channel.namespace is not None else channel.span
    if job.model == "namespace":
        address = _address(channel)
    elif channel.namespace is not None:
        address = channel.namespace.text
    else:
        address = servers.default_namespace(job, chosen)
    if address is not None:
        return _checked(job, address, span)
    job.diagnostics.error(
        "AG213",
        f"channel {quote(channel.key)} has no address, so it names no namespace",
        span,
        hint="add an `address`, or `x-socketio: {namespace: /…}` to the channel",
    )
    return None


def _checked(job: Job, address: Text, span: Span) -> str | None:
    """The namespace at an address, with its `/`; None, with an error, where it cannot be one."""
    name = address.raw if address.raw.startswith("/") else "/" + address.raw
    if events.PARAMETER.search(name):
        problem = "has parameters"
        hint = "namespaces that match a pattern are not supported yet; use one namespace, and rooms"
        hint += " of Socket.IO within it"
    elif "," in name or "?" in name:
        problem, hint = "has a `,` or `?`", "Socket.IO cannot carry these in a namespace"
    else:
        return name
    job.diagnostics.error("AG212", f"the namespace {quote(name)} {problem}", span, hint=hint)
    return None


def _event_name(job: Job, channel: Channel) -> Located | None:
    """The event that a channel is, in model `event` (S9)."""
    if channel.event is not None:
        return channel.event
    if channel.address is not None:
        return Located(channel.address, channel.span)
    job.diagnostics.error(
        "AG213",
        f"channel {quote(channel.key)} has no address, so it names no event",
        channel.span,
        hint="add an `address`, or `x-socketio: {event: …}` to the channel",
    )
    return None


def _place(job: Job, channel: Channel, chosen: Sequence[Server]) -> Place | None:
    namespace = _namespace_name(job, channel, chosen)
    if job.model == "namespace":
        if channel.event is not None:
            job.diagnostics.warning(
                "AG211",
                f"`x-socketio.event` has no effect: channel {quote(channel.key)} is a namespace",
                channel.event.span,
                hint="set it on a message, or choose `channels: event`",
            )
        return Place(channel, namespace, None) if namespace is not None else None
    event = _event_name(job, channel)
    if namespace is None or event is None:
        return None
    return Place(channel, namespace, event)


def _is_served(job: Job, channel: Channel, chosen: Sequence[Server]) -> bool:
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
    if not known or any(server.name in known for server in chosen):
        return True
    job.diagnostics.note(
        "AG233",
        f"channel {quote(channel.key)} is left out: it is not available on server"
        f" {listed(server.name.raw for server in chosen)}",
        channel.span,
    )
    return False


# -- namespaces


@dataclass(frozen=True, slots=True)
class NamespaceDraft:
    """A namespace before the names of types are known, with all that declares it."""

    name: str
    module: str
    description: Text | None
    declarations: tuple[Declaration, ...]
    security: tuple[Requirement, ...]
    uses: tuple[Use, ...]

    @property
    def subject(self) -> str:
        """What it is called in messages."""
        return f"namespace {quote(self.name)}"

    @property
    def requirements(self) -> Iterator[Requirement]:
        """What is asked of its clients: at connect, and for single events (S33, S34)."""
        yield from self.security
        for use in self.uses:
            yield from use.security

    def agreed(
        self,
        job: Job,
        what: str,
        value: Callable[[Declaration], T | None],
        key: Callable[[T], Hashable],
    ) -> T | None:
        """What its declarations say, which must not contradict each other (S11); else AG214."""
        return _agreed(job, self.name, self.declarations, what, value, key)


def drafts(job: Job, chosen: Sequence[Server]) -> tuple[NamespaceDraft, ...]:
    """The namespaces with their events, in the document's order."""
    served = [channel for channel in job.document.channels if _is_served(job, channel, chosen)]
    if not served:
        job.undecided(
            "AG215",
            "no channel is available on the chosen server, so it would accept no connection",
            "choose another server, or add one to the `servers` of a channel",
        )
    found = [_place(job, channel, chosen) for channel in served]
    places = {place.channel.key: place for place in found if place is not None}
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in places.values():
        groups[place.namespace].append(place)
    _check_default_namespaces(job)
    said = _said_at_root(job, groups)
    declared: dict[str, list[Declaration]] = {
        name: [*(place.channel for place in group), *said.get(name, ())]
        for name, group in groups.items()
    }
    modules = _modules(job, declared)
    operations = replies.with_events(job, places)
    for channel in served:
        _check_messages_used(job, channel)
    return tuple(
        NamespaceDraft(
            name,
            modules[name],
            _description(job, group),
            tuple(declared[name]),
            _security(job, name, declared[name], chosen),
            events.uses(
                job,
                modules[name],
                [(place, it) for place in group for it in operations[place.channel.key]],
            ),
        )
        for name, group in groups.items()
        if name in modules
    )


def _check_default_namespaces(job: Job) -> None:
    """Only a channel that is an event is in a namespace that another place names (S9)."""
    if job.model == "event":
        return
    servers = (server.namespace for server in job.document.servers)
    for located in (job.document.extension.namespace, *servers):
        if located is not None:
            job.diagnostics.warning(
                "AG211",
                f"the namespace {quote(located.text)} has no effect: each channel is one itself",
                located.span,
                hint="remove it, or choose `channels: event`",
            )


def _check_messages_used(job: Job, channel: Channel) -> None:
    """Each message of a channel is one of an operation or of a reply (S14)."""
    used = {
        message.pointer
        for operation in job.document.operations
        for it in (operation, operation.reply)
        if it is not None and it.channel == channel.key
        for message in it.messages
    }
    for message in channel.messages:
        if message.pointer not in used:
            job.diagnostics.warning(
                "AG247",
                f"no operation of channel {quote(channel.key)} uses its message"
                f" {quote(message.label)}",
                channel.span,
                hint="list it in the `messages` of an operation, or remove it from the channel",
            )


def _description(job: Job, group: Sequence[Place]) -> Text | None:
    """What the channels that are a namespace say of it; in model `event` they speak of events."""
    if job.model == "event":
        return None
    texts = (place.channel.description for place in group)
    return next((text for text in texts if text), None)


def _said_at_root(
    job: Job, groups: Mapping[str, Sequence[Place]]
) -> dict[str, list[NamespaceExtension]]:
    """What the root says of namespaces, in model `event` (S38)."""
    said: dict[str, list[NamespaceExtension]] = defaultdict(list)
    for extension in job.document.extension.namespaces:
        name = _checked(job, extension.name, extension.span)
        if name is None:
            continue
        said[name].append(extension)
        if job.model == "namespace":
            problem, hint = "a namespace is a channel here", "write it on the channel"
        elif name not in groups:
            problem = "no channel is in it"
            hint = near(name, groups, f"the namespaces are {listed(groups)}")
        else:
            continue
        job.diagnostics.warning(
            "AG211",
            f"`x-socketio.namespaces` has no effect on {quote(name)}: {problem}",
            extension.span,
            hint=hint,
        )
    return said if job.model == "event" else {}


def _modules(job: Job, declared: Mapping[str, Sequence[Declaration]]) -> dict[str, str]:
    """The Python name of each namespace: `/` is `root` (S16)."""
    wishes = {}
    for name, declarations in declared.items():
        span = declarations[0].span
        subject = f"namespace {quote(name)}"
        # In model `event` the name of a channel is that of its event.
        named = [
            it
            for it in declarations
            if job.model == "namespace" or isinstance(it, NamespaceExtension)
        ]
        module = naming.python_name(
            Text("root" if name == "/" else name),
            _agreed(job, name, named, "x-python-name", lambda it: it.python_name, text_of),
            naming.MODULE_NAMES,
            subject,
            span,
            job.diagnostics,
        )
        if module is not None:
            wishes[name] = Wish(subject, (module,), span)
    return naming.resolve(wishes, job.diagnostics)


def _agreed(
    job: Job,
    namespace: str,
    declarations: Sequence[Declaration],
    what: str,
    value: Callable[[Declaration], T | None],
    key: Callable[[T], Hashable],
) -> T | None:
    given = [(it, said) for it in declarations if (said := value(it)) is not None]
    names = [it.key if isinstance(it, Channel) else "x-socketio" for it, _ in given]
    hint = f"write the same `{what}` on each, or on one of them only"
    relation = "are one namespace,"
    if job.model == "event":
        relation = "are events of one namespace,"
        hint = (
            f"write the same on each, or write it once, in `x-socketio` at the root: `namespaces:"
            f" {{{quote(namespace)[1:-1]}: …}}`"
        )
    return agreed(
        job,
        "AG214",
        f"the channels {listed(names)} {relation} {quote(namespace)}, and",
        what,
        [(said, key(said), it.span) for it, said in given],
        hint,
    )


def _security(
    job: Job, namespace: str, declarations: Sequence[Declaration], chosen: Sequence[Server]
) -> tuple[Requirement, ...]:
    """What a connection to the namespace requires: the channel's, else the servers' (S33)."""
    inherited = chosen[0].security if chosen else None
    for it in declarations:
        if isinstance(it, NamespaceExtension) and it.security is not None:
            # The root speaks for the channels that say nothing themselves.
            inherited = it.security

    def effective(it: Declaration) -> tuple[Requirement, ...] | None:
        if isinstance(it, Channel) and it.security is None:
            return inherited or ()
        return it.security

    return _agreed(job, namespace, declarations, "x-security", effective, security.plain) or ()
