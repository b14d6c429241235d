"""App and bundle → Page: everything that the page says, from its reader's side.

The reader writes a client: what the server handles is what "you emit". A `str`
of the page is ours, what the author of the document wrote is `Text` (S42).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from asyncgen import code, ir, pointers
from asyncgen.code import Text
from asyncgen.docs.sample import BYTES, sample, written
from asyncgen.docs.schema import Node, Section, Trees
from asyncgen.document import Json

# How many schemas all trees together may show, and the fewest for one of them.
_ALL_SCHEMAS = 20_000
_TREE = (12, 150)


@dataclass(frozen=True, slots=True)
class Link:
    """Something to call by a label, and where it leads, if that is a safe place."""

    label: Text
    target: Text | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of a server's URL that may be chosen."""

    name: Text
    default: Text | None
    values: tuple[Text, ...]
    description: Text | None


@dataclass(frozen=True, slots=True)
class Server:
    """A server: `url` and `path` are what a client connects with, variables by their defaults."""

    name: Text
    url: Text
    path: Text
    template: Text
    protocol: Text
    description: Text | None
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """One list of positional arguments; `pointer` is the schema of all of them."""

    form: ir.Form
    pointer: str | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A payload as JSON: the document's, or one that was `sampled`; `binary` where bytes are."""

    name: Text | None
    json: Text
    form: ir.Form
    sampled: bool

    @property
    def binary(self) -> bool:
        return next(iter(BYTES)) in self.json.raw


@dataclass(frozen=True, slots=True)
class Event:
    """An event; `emitted` is true where the client emits it."""

    anchor: str
    name: Text
    emitted: bool
    title: Text | None
    summary: Text | None
    description: Text | None
    tags: tuple[Text, ...]
    deprecated: bool
    call: Text
    payloads: tuple[Payload, ...]
    ack: tuple[Payload, ...] | None
    headers: Node | None
    content_type: Text | None
    examples: tuple[Example, ...]
    answer: Example | None


@dataclass(frozen=True, slots=True)
class Snippet:
    """How to connect, in a language."""

    language: str
    source: Text


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme, and what a client sends for it.

    `place` is where, `where` the same in words, `keys` the names that the
    credential has there; user name and password are `encoded` into one (base64).
    """

    name: Text
    words: str
    place: Literal["auth", "query", "header", "cookie"]
    where: str
    keys: tuple[Text, ...]
    encoded: bool
    description: Text | None
    scopes: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Use:
    """A scheme within an alternative, and the scopes asked for, with what they mean."""

    scheme: Scheme
    scopes: tuple[tuple[Text, Text | None], ...]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What is checked of a connection: a title, and its schema."""

    title: str
    key: str
    pointer: str
    node: Node
    example: Text


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace; `security` are its alternatives."""

    anchor: str
    name: Text
    description: Text | None
    security: tuple[tuple[Use, ...], ...]
    handshake: tuple[Handshake, ...]
    snippets: tuple[Snippet, ...]
    events: tuple[Event, ...]

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme of the alternatives, once."""
        found = {use.scheme.name: use.scheme for uses in self.security for use in uses}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page; `socket` is the path of the server, seen from beside the page (S40)."""

    title: Text
    version: Text
    description: Text | None
    links: tuple[Link, ...]
    servers: tuple[Server, ...]
    path: str
    socket: str
    namespaces: tuple[Namespace, ...]
    tags: tuple[tuple[Text, tuple[Event, ...]], ...]
    sections: tuple[Section, ...]


def build(app: ir.App, bundle: dict[str, Json]) -> Page:
    """What the page of an app says."""
    trees = Trees(bundle, _tree_size(app))
    servers = tuple(_servers(bundle, app.path))
    schemes = {scheme.name: _scheme(bundle, scheme) for scheme in app.schemes}
    url = next((it.url for it in servers if it.path.raw == app.path), Text(_LOCAL))
    maker = _Maker(app, bundle, trees, schemes, url.raw)
    namespaces = tuple(maker.namespace(namespace) for namespace in app.namespaces)
    return Page(
        title=app.title,
        version=app.version,
        description=app.description,
        links=tuple(_links(bundle)),
        servers=servers,
        path=app.path,
        socket=app.path.removeprefix(app.base),
        namespaces=namespaces,
        tags=tuple(_tags(namespaces)),
        sections=trees.sections(),
    )


def _tree_size(app: ir.App) -> int:
    trees = sum(2 * len(it.incoming) + len(it.outgoing) for it in app.namespaces)
    least, most = _TREE
    return max(least, min(most, _ALL_SCHEMAS // max(1, trees)))


def _tags(namespaces: Sequence[Namespace]) -> Iterator[tuple[Text, tuple[Event, ...]]]:
    found: dict[Text, list[Event]] = {}
    for namespace in namespaces:
        for event in namespace.events:
            for tag in event.tags:
                found.setdefault(tag, []).append(event)
    for tag, events in sorted(found.items()):
        yield tag, tuple(events)


# -- reading the bundle, in which anything may stand anywhere


def _mapping(value: Json, *keys: str) -> dict[str, Json]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> Text | None:
    return Text(value) if isinstance(value, str) and value.strip() else None


def _at(bundle: Json, pointer: str) -> dict[str, Json]:
    return _mapping(pointers.at(bundle, pointers.follow(bundle, pointer)))


_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


def _link(label: str, target: Json) -> Link:
    found = _text(target)
    return Link(Text(label), found if found and _LINK.match(found.raw) else None)


def _links(bundle: Json) -> Iterator[Link]:
    """Contact, licence, terms and further documentation."""
    info = _mapping(bundle, "info")
    contact, licence = _mapping(info, "contact"), _mapping(info, "license")
    if name := _text(contact.get("name")) or _text(contact.get("email")):
        email = contact.get("email")
        yield _link(name.raw, contact.get("url") or (f"mailto:{email}" if email else None))
    if name := _text(licence.get("name")):
        yield _link(f"License: {name.raw}", licence.get("url"))
    if _text(info.get("termsOfService")):
        yield _link("Terms of service", info["termsOfService"])
    more = _mapping(info, "externalDocs") or _mapping(bundle, "externalDocs")
    if url := _text(more.get("url")):
        yield _link("More documentation", url.raw)


# -- servers

_LOCAL = "http://localhost:5000"
_PROTOCOLS = {"ws", "wss", "http", "https"}


def _servers(bundle: Json, path: str) -> Iterator[Server]:
    for name in _mapping(bundle, "servers"):
        place = pointers.child("/servers", name)
        server = _at(bundle, place)
        protocol = (_text(server.get("protocol")) or Text("")).raw
        template = _address(server, protocol)
        variables = tuple(_variables(bundle, place))
        url = template
        for variable in variables:
            chosen = variable.default or next(iter(variable.values), None)
            url = url.replace(f"{{{variable.name.raw}}}", chosen.raw if chosen else "")
        scheme, _, rest = url.partition("://")
        host, slash, tail = rest.partition("/")
        found = f"/{tail.strip('/')}" if slash and tail.strip("/") else "/socket.io"
        yield Server(
            name=Text(name),
            url=Text(f"{scheme}://{host}"),
            path=Text(found if found.endswith("/socket.io") else path),
            template=Text(template),
            protocol=Text(protocol),
            description=_text(server.get("description")),
            variables=variables,
        )


def _address(server: Mapping[str, Json], protocol: str) -> str:
    """The URL of a server with its scheme: `url` of AsyncAPI 2, host and path of 3."""
    url = _text(server.get("url"))
    if url is None:
        host, pathname = _text(server.get("host")), _text(server.get("pathname"))
        url = Text((host.raw if host else "") + (pathname.raw if pathname else ""))
    scheme = protocol if protocol in _PROTOCOLS else "http"
    return url.raw if "://" in url.raw else f"{scheme}://{url.raw.lstrip('/')}"


def _variables(bundle: Json, server: str) -> Iterator[Variable]:
    names = _mapping(_at(bundle, server), "variables")
    for name in names:
        found = _at(bundle, pointers.child(server, "variables", name))
        values = found.get("enum")
        yield Variable(
            Text(name),
            _text(found.get("default")),
            tuple(Text(str(it)) for it in values) if isinstance(values, list) else (),
            _text(found.get("description")),
        )


# -- security

_WORDS: Mapping[ir.SchemeKind, str] = {
    "basic": "user name and password (HTTP Basic)",
    "bearer": "bearer token",
    "http": "HTTP authentication",
    "oauth2": "OAuth 2 token",
    "openIdConnect": "OpenID Connect token",
    "httpApiKey": "API key",
    "userPassword": "user name and password",
    "apiKey": "API key",
}
_PLACES: tuple[Literal["query", "header", "cookie"], ...] = ("query", "header", "cookie")


def _scheme(bundle: Json, scheme: ir.Scheme) -> Scheme:
    written = _at(bundle, pointers.child("/components/securitySchemes", scheme.name.raw))
    place = next((it for it in _PLACES if scheme.location == Text(it)), None)
    keys: tuple[Text, ...] = (scheme.parameter or Text("token"),)
    if scheme.kind == "userPassword":
        keys = (Text("username"), Text("password"))
    elif scheme.kind in ("basic", "http"):
        keys = (Text("token"),)
    scopes = {
        name: words
        for flow in _mapping(written, "flows").values()
        for key in ("scopes", "availableScopes")
        for name, said in _mapping(flow, key).items()
        if (words := _text(said))
    }
    return Scheme(
        scheme.name,
        _WORDS[scheme.kind],
        place or "auth",
        _where(scheme, place),
        keys,
        scheme.kind == "basic",
        _text(written.get("description")),
        scopes,
    )


def _where(scheme: ir.Scheme, place: str | None) -> str:
    """Where the server looks for a credential (S35)."""
    if place is not None:
        return {"query": "the query", "header": "a header", "cookie": "a cookie"}[place]
    if scheme.kind in ("userPassword", "apiKey"):
        return "the auth payload"
    return "the Authorization header or the auth payload"


# -- namespaces and events


@dataclass(frozen=True, slots=True)
class _Maker:
    app: ir.App
    bundle: dict[str, Json]
    trees: Trees
    schemes: Mapping[Text, Scheme]
    url: str

    def namespace(self, namespace: ir.Namespace) -> Namespace:
        """A namespace with its events, those that the client emits first."""
        security = tuple(
            tuple(self._use(use) for use in requirement.schemes)
            for requirement in namespace.security
        )
        events = [(event, True) for event in namespace.incoming]
        events += [(event, False) for event in namespace.outgoing]
        handshake = tuple(self._handshake(namespace))
        return Namespace(
            anchor=f"namespace-{namespace.module}",
            name=namespace.name,
            description=namespace.description,
            security=security,
            handshake=handshake,
            snippets=self._snippets(namespace, security),
            events=tuple(self._event(event, emitted) for event, emitted in events),
        )

    def _use(self, use: ir.SchemeUse) -> Use:
        scheme = self.schemes[use.scheme]
        return Use(scheme, tuple((it, scheme.scopes.get(it.raw)) for it in use.scopes))

    def _handshake(self, namespace: ir.Namespace) -> Iterator[Handshake]:
        for title, key, pointer in (
            ("Query parameters", "query", namespace.query),
            ("Headers", "headers", namespace.headers),
            ("Auth payload", "auth", namespace.auth),
        ):
            if pointer is not None:
                example = Text(json.dumps(sample(self.bundle, pointer), ensure_ascii=False))
                yield Handshake(title, key, pointer, self.trees.tree(pointer), example)

    def _event(self, event: ir.Event, emitted: bool) -> Event:
        payloads = tuple(self._payload(it) for it in event.arguments.alternatives)
        ack = event.ack
        message = _at(self.bundle, event.pointer)
        headers = pointers.child(event.pointer, "headers") if message.get("headers") else None
        return Event(
            anchor=event.constant.lower().replace("_", "-"),
            name=event.event,
            emitted=emitted,
            title=event.title,
            summary=event.summary,
            description=event.description,
            tags=event.tags,
            deprecated=event.deprecated,
            call=_call(event, emitted),
            payloads=payloads,
            ack=tuple(self._payload(it) for it in ack.alternatives) if ack else None,
            headers=self.trees.tree(headers) if headers else None,
            content_type=_text(message.get("contentType")),
            examples=tuple(self._examples(event)),
            answer=self._sampled(ack.alternatives[0]) if ack and ack.alternatives else None,
        )

    def _payload(self, signature: ir.Signature) -> Payload:
        if signature.pointer is None:
            return Payload(signature.form, None, ())
        if signature.form != "tuple":
            tree = self.trees.tree(signature.pointer)
            return Payload(signature.form, signature.pointer, (tree,))
        place = pointers.follow(self.bundle, signature.pointer)
        items = pointers.at(self.bundle, pointers.child(place, "items"))
        nodes = []
        for index, parameter in enumerate(signature.parameters):
            at = pointers.child(place, "items", index)
            target = _at(self.bundle, at)
            nodes.append(
                self.trees.tree(at, _text(target.get("title")), str(index + 1), parameter.required)
            )
        if signature.rest:
            at = pointers.child(place, "additionalItems" if isinstance(items, list) else "items")
            nodes.append(self.trees.tree(at, None, "… any number of", False))
        return Payload(signature.form, signature.pointer, tuple(nodes))

    def _examples(self, event: ir.Event) -> Iterator[Example]:
        alternatives = event.arguments.alternatives
        form = alternatives[0].form if alternatives else "none"
        for example in event.examples:
            value = pointers.at(self.bundle, example.pointer)
            yield Example(example.name, Text(written(value)), form, False)
        if not event.examples and alternatives:
            sampled = self._sampled(alternatives[0])
            if sampled is not None:
                yield sampled

    def _sampled(self, signature: ir.Signature) -> Example | None:
        if signature.pointer is None:
            return None
        value = sample(self.bundle, signature.pointer)
        return Example(None, Text(written(value)), signature.form, True)

    # -- how to connect

    def _snippets(
        self, namespace: ir.Namespace, security: tuple[tuple[Use, ...], ...]
    ) -> tuple[Snippet, ...]:
        sent = self._sent(namespace, security)
        first = next(iter(namespace.outgoing), None)
        return (
            Snippet("JavaScript", Text(self._javascript(namespace.name.raw, sent, first))),
            Snippet("Python", Text(self._python(namespace.name.raw, sent, first))),
        )

    def _sent(
        self, namespace: ir.Namespace, security: tuple[tuple[Use, ...], ...]
    ) -> dict[str, dict[str, str]]:
        """What a client of the first alternative gives, by its place."""
        sent: dict[str, dict[str, str]] = {}
        for use in security[0] if security else ():
            for key in use.scheme.keys:
                sent.setdefault(use.scheme.place, {})[key.raw] = f"<{use.scheme.name.raw}>"
        for place, pointer in (("query", namespace.query), ("auth", namespace.auth)):
            required = _at(self.bundle, pointer).get("required") if pointer else None
            value = sample(self.bundle, pointer) if pointer and required else None
            if isinstance(value, dict) and isinstance(required, list):
                for name in (it for it in required if isinstance(it, str) and it in value):
                    given = value[name]
                    shown = given if isinstance(given, str) else json.dumps(given)
                    sent.setdefault(place, {}).setdefault(name, shown)
        return sent

    def _javascript(
        self, namespace: str, sent: Mapping[str, Mapping[str, str]], first: ir.Event | None
    ) -> str:
        options = [f"path: {_js(self.app.path)}"] if self.app.path != "/socket.io" else []
        names = {"query": "query", "auth": "auth", "header": "extraHeaders"}
        for place, name in names.items():
            if place in sent:
                pairs = ", ".join(f"{_js_key(key)}: {_js(it)}" for key, it in sent[place].items())
                options.append(f"{name}: {{ {pairs} }}")
        url = _js(self.url + ("" if namespace == "/" else namespace))
        body = "".join(f"  {option},\n" for option in options)
        lines = ['import { io } from "socket.io-client";', ""]
        if "cookie" in sent:
            lines.append("// The browser sends the cookie by itself.")
        given = f", {{\n{body}}}" if options else ""
        lines.append(f"const socket = io({url}{given});")
        if first is not None:
            event = _js(first.event.raw)
            lines += ["", f"socket.on({event}, console.log);"]
        return "\n".join(lines)

    def _python(
        self, namespace: str, sent: Mapping[str, Mapping[str, str]], first: ir.Event | None
    ) -> str:
        query = urlencode(sent.get("query", {}), quote_via=quote)
        headers = dict(sent.get("header", {}))
        if "cookie" in sent:
            headers["Cookie"] = "; ".join(f"{key}={it}" for key, it in sent["cookie"].items())
        arguments = [code.lit(self.url + (f"?{query}" if query else ""))]
        if namespace != "/":
            arguments.append(f"namespaces=[{code.lit(namespace)}]")
        if self.app.path != "/socket.io":
            arguments.append(f"socketio_path={code.lit(self.app.path)}")
        for name, value in (("auth", sent.get("auth")), ("headers", headers)):
            if value:
                pairs = ", ".join(f"{code.lit(key)}: {code.lit(it)}" for key, it in value.items())
                arguments.append(f"{name}={{{pairs}}}")
        lines = ["import socketio", "", "client = socketio.Client()"]
        if first is not None:
            where = "" if namespace == "/" else f", namespace={code.lit(namespace)}"
            lines.append(f"client.on({code.lit(first.event.raw)}, print{where})")
        one = f"client.connect({', '.join(arguments)})"
        many = "client.connect(\n" + "".join(f"    {it},\n" for it in arguments) + ")"
        return "\n".join([*lines, one if len(one) <= 72 else many])


def _js(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _js_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", key) else _js(key)


def _call(event: ir.Event, emitted: bool) -> Text:
    """The line of a client that emits the event, or listens for it."""
    names = [it.name for it in event.arguments.parameters]
    if event.arguments.rest:
        names.append(f"...{event.arguments.rest.name}")
    if event.ack is not None:
        names.append("callback")
    if emitted:
        return Text(f"socket.emit({', '.join([_js(event.event.raw), *names])})")
    return Text(f"socket.on({_js(event.event.raw)}, ({', '.join(names)}) => …)")
