"""What every page says of a document, whatever its protocol: links, servers, security."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from asyncgen import document, ir, json_pointer, pointers
from asyncgen.code import Text
from asyncgen.docs.page import (
    Binding,
    Channel,
    Event,
    Link,
    Scheme,
    SchemeUse,
    Security,
    Server,
    Variable,
)
from asyncgen.docs.reading import at, mapping, text, texts
from asyncgen.docs.sample import written
from asyncgen.docs.schema import Fact
from asyncgen.document import Json

_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


def _link(label: str, target: Json) -> Link:
    found = text(target)
    return Link(Text(label), found if found and _LINK.match(found.raw) else None)


def links(bundle: Json) -> Iterator[Link]:
    """Contact, licence, terms and further documentation."""
    info = mapping(bundle, "info")
    contact, licence = mapping(info, "contact"), mapping(info, "license")
    if name := text(contact.get("name")) or text(contact.get("email")):
        email = contact.get("email")
        yield _link(name.raw, contact.get("url") or (f"mailto:{email}" if email else None))
    if name := text(licence.get("name")):
        yield _link(f"License: {name.raw}", licence.get("url"))
    if text(info.get("termsOfService")):
        yield _link("Terms of service", info["termsOfService"])
    more = mapping(info, "externalDocs") or mapping(bundle, "externalDocs")
    if url := text(more.get("url")):
        yield _link("More documentation", url.raw)


def tagged(channels: Sequence[Channel]) -> Iterator[tuple[Text, tuple[Event, ...]]]:
    """Each tag, with the events that have it."""
    found: dict[Text, list[Event]] = {}
    for channel in channels:
        for event in channel.events:
            for tag in event.tags:
                found.setdefault(tag, []).append(event)
    for tag, events in sorted(found.items()):
        yield tag, tuple(events)


def bindings(holder: Mapping[str, Json], bundle: Json) -> tuple[Binding, ...]:
    """What an object says of its protocols."""
    found = holder.get("bindings")
    if isinstance(found, dict) and isinstance(found.get("$ref"), str):
        found = at(bundle, str(found["$ref"])[1:])
    return tuple(
        Binding(Text(protocol), Text(written(value)))
        for protocol, value in mapping(found).items()
        if value
    )


def variables(bundle: Json, holder: str, key: str) -> Iterator[Variable]:
    """The variables of the server, or the parameters of the channel, at a pointer."""
    holder = pointers.follow(bundle, holder)
    for name in mapping(at(bundle, holder), key):
        found = at(bundle, json_pointer.join(holder, key, name))
        # In 2.x the values of a parameter are described by a schema.
        schema = at(bundle, json_pointer.join(holder, key, name, "schema")) or found
        yield Variable(
            Text(name),
            next(iter(texts([schema.get("default")])), None),
            texts(schema.get("enum")),
            text(found.get("description")) or text(schema.get("description")),
        )


# -- servers

_PROTOCOLS = {"ws", "wss", "http", "https"}


def servers(bundle: Json, path: str | None, asked: Mapping[Text, Security]) -> Iterator[Server]:
    """The servers, for clients of Socket.IO at a path or, without one, of what they speak.

    `asked` has their security by their names.
    """
    for name in mapping(bundle, "servers"):
        place = json_pointer.join("/servers", name)
        found = at(bundle, place)
        protocol = (text(found.get("protocol")) or Text("")).raw
        template = _address(found, protocol, path is not None)
        chosen = tuple(variables(bundle, place, "variables"))
        url = template
        for variable in chosen:
            value = variable.default or next(iter(variable.values), None)
            url = url.replace(f"{{{variable.name.raw}}}", value.raw if value else "")
        server = Server(
            name=Text(name),
            url=Text(url),
            path=None,
            template=Text(template),
            protocol=Text(protocol),
            description=text(found.get("description")),
            variables=chosen,
            security=asked.get(Text(name), ()),
            bindings=bindings(found, bundle),
        )
        yield _of_socketio(server, path) if path is not None else server


def _of_socketio(server: Server, path: str) -> Server:
    """The server with its path apart from its URL, as clients of Socket.IO need them."""
    scheme, _, rest = server.url.raw.partition("://")
    host, slash, tail = rest.partition("/")
    found = f"/{tail.strip('/')}" if slash and tail.strip("/") else "/socket.io"
    own = found if found.endswith("/socket.io") else path
    return replace(server, url=Text(f"{scheme}://{host}"), path=Text(own))


def _address(server: Mapping[str, Json], protocol: str, socketio: bool) -> str:
    """The URL of a server with its scheme: `url` of AsyncAPI 2, host and path of 3."""
    url = text(server.get("url"))
    if url is None:
        host, pathname = text(server.get("host")), text(server.get("pathname"))
        url = Text((host.raw if host else "") + (pathname.raw if pathname else ""))
    if "://" in url.raw or not (socketio or protocol):
        return url.raw
    scheme = "http" if socketio and protocol not in _PROTOCOLS else protocol
    return f"{scheme}://{url.raw.lstrip('/')}"


# -- security


def scopes(bundle: Json, scheme: Text) -> dict[str, Text | None]:
    """The scopes that the flows of a scheme declare, and what they mean."""
    flows = mapping(_written(bundle, scheme), "flows")
    return {
        name: text(said)
        for flow in flows.values()
        for key in ("scopes", "availableScopes")
        for name, said in mapping(flow, key).items()
    }


def description(bundle: Json, scheme: Text) -> Text | None:
    """What a scheme says of itself."""
    return text(_written(bundle, scheme).get("description"))


def facts(bundle: Json, scheme: Text) -> Iterator[Fact]:
    """What else a client has to know of a scheme: formats, and where tokens are given out."""
    found = _written(bundle, scheme)
    if value := text(found.get("bearerFormat")):
        yield Fact("format", value)
    if value := text(found.get("openIdConnectUrl")):
        yield Fact("configuration", value)
    for name, flow in mapping(found, "flows").items():
        for key, words in _URLS.items():
            if value := text(mapping(flow).get(key)):
                yield Fact(f"{words} ({_FLOWS.get(name, 'other flow')})", value)


_URLS: Mapping[str, str] = {
    "authorizationUrl": "authorization URL",
    "tokenUrl": "token URL",
    "refreshUrl": "refresh URL",
}
_FLOWS: Mapping[str, str] = {
    "implicit": "implicit flow",
    "password": "password flow",
    "clientCredentials": "client credentials flow",
    "authorizationCode": "authorization code flow",
}


def _written(bundle: Json, scheme: Text) -> dict[str, Json]:
    return at(bundle, json_pointer.join("/components/securitySchemes", scheme.raw))


def security(
    schemes: Mapping[Text, Scheme],
    requirements: Iterable[document.Requirement | ir.Requirement] | None,
) -> Security:
    """Alternatives of security, each as its schemes and the scopes that are asked of them.

    One with a scheme that the page does not have is left out, not made weaker.
    """
    return tuple(
        tuple(_use(schemes[use.scheme], use.scopes) for use in requirement.schemes)
        for requirement in requirements or ()
        if all(use.scheme in schemes for use in requirement.schemes)
    )


def _use(scheme: Scheme, scopes: Sequence[Text]) -> SchemeUse:
    return SchemeUse(scheme, tuple((scope, scheme.scopes.get(scope.raw)) for scope in scopes))
