"""App and bundle → Page: a Socket.IO application as the author of a client sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from asyncgen import ir, json_pointer, pointers
from asyncgen.code import Text
from asyncgen.docs import common
from asyncgen.docs.page import (
    Channel,
    Event,
    Example,
    Handshake,
    Page,
    Payload,
    Scheme,
)
from asyncgen.docs.reading import at, text
from asyncgen.docs.sample import Samples, written
from asyncgen.docs.schema import Fact, Trees, tree_size
from asyncgen.docs.snippets import call, shown, snippets
from asyncgen.document import Json

_LOCAL = "http://localhost:5000"


def page_of_app(app: ir.App, bundle: dict[str, Json]) -> Page:
    """What the page of an app says."""
    count = sum(2 * len(it.incoming) + len(it.outgoing) for it in app.namespaces)
    trees = Trees(bundle, tree_size(count))
    schemes = {it.name: _scheme(bundle, it, n) for n, it in enumerate(app.schemes, 1)}
    asked = {it.name: common.security(schemes, it.security) for it in app.servers}
    servers = tuple(common.servers(bundle, app.path, asked))
    url = next((it.url for it in servers if it.path == Text(app.path)), Text(_LOCAL))
    maker = _Maker(app, bundle, trees, Samples(bundle), schemes, url.raw)
    channels = tuple(maker.channel(namespace) for namespace in app.namespaces)
    return Page(
        title=app.title,
        version=app.version,
        description=app.description,
        links=tuple(common.links(bundle)),
        servers=servers,
        path=app.path,
        socket=app.path.removeprefix(app.base),
        channels=channels,
        tags=tuple(common.tagged(channels)),
        schemes=tuple(schemes.values()),
        sections=trees.sections(),
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


def _scheme(bundle: Json, scheme: ir.Scheme, number: int) -> Scheme:
    place = next((it for it in _PLACES if scheme.location == Text(it)), None)
    keys: tuple[Text, ...] = (scheme.parameter or Text("token"),)
    if scheme.kind == "userPassword":
        keys = (Text("username"), Text("password"))
    elif scheme.kind in ("basic", "http"):
        keys = (Text("token"),)
    return Scheme(
        anchor=f"security-{number}",
        name=scheme.name,
        words=_WORDS[scheme.kind],
        place=place or "auth",
        where=_where(scheme, place),
        keys=keys,
        encoded=scheme.kind == "basic",
        description=common.description(bundle, scheme.name),
        facts=tuple(common.facts(bundle, scheme.name)),
        scopes=common.scopes(bundle, scheme.name),
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
    samples: Samples
    schemes: Mapping[Text, Scheme]
    url: str

    def channel(self, namespace: ir.Namespace) -> Channel:
        """A namespace with its events, those that the client emits first."""
        security = common.security(self.schemes, namespace.security)
        events = [(event, True) for event in namespace.incoming]
        events += [(event, False) for event in namespace.outgoing]
        return Channel(
            anchor=f"namespace-{namespace.module}",
            kind="Namespace",
            name=namespace.name,
            description=namespace.description,
            security=security,
            handshake=tuple(self._handshake(namespace)),
            parameters=(),
            bindings=(),
            snippets=snippets(self.samples, self.url, self.app.path, namespace, security),
            events=tuple(self._event(event, emitted) for event, emitted in events),
        )

    def _handshake(self, namespace: ir.Namespace) -> Iterator[Handshake]:
        for title, key, pointer in (
            ("Query parameters", "query", namespace.query),
            ("Headers", "headers", namespace.headers),
            ("Auth payload", "auth", namespace.auth),
        ):
            if pointer is not None:
                typed = Text(self._typed(key, pointer))
                yield Handshake(title, key, pointer, self.trees.tree(pointer), typed)

    def _typed(self, key: str, pointer: str) -> str:
        """What to begin with where a query, headers or an auth payload are typed in."""
        if key == "query":
            values = {name: shown(it) for name, it in self.samples.required(pointer).items()}
            return urlencode(values, quote_via=quote)
        sample = self.samples.of(pointer)
        return json.dumps(sample.value, ensure_ascii=False) if sample is not None else ""

    def _event(self, event: ir.Event, emitted: bool) -> Event:
        message = at(self.bundle, event.pointer)
        headers = json_pointer.join(event.pointer, "headers") if message.get("headers") else None
        content_type = text(message.get("contentType"))
        ack = event.ack
        return Event(
            anchor=event.constant.lower().replace("_", "-"),
            name=event.event,
            verb="emit" if emitted else "receive",
            lead=event.summary or event.title,
            texts=(event.description,) if event.description else (),
            tags=event.tags,
            deprecated=event.deprecated,
            call=call(event, emitted),
            security=common.security(self.schemes, event.security),
            payloads=tuple(self._payload(it) for it in event.arguments.alternatives),
            ack=tuple(self._payload(it) for it in ack.alternatives) if ack else None,
            headers=self.trees.tree(headers) if headers else None,
            facts=(Fact("content type", content_type),) if content_type else (),
            bindings=(),
            examples=tuple(self._examples(event)),
            answer=self._sampled(ack, "") if ack else None,
        )

    def _payload(self, signature: ir.Signature) -> Payload:
        if signature.pointer is None:
            return Payload(signature.form, None, ())
        if signature.form != "tuple":
            tree = self.trees.tree(signature.pointer)
            return Payload(signature.form, signature.pointer, (tree,))
        place = pointers.follow(self.bundle, signature.pointer)
        items = pointers.at(self.bundle, json_pointer.join(place, "items"))
        nodes = []
        for index, parameter in enumerate(signature.parameters):
            item = json_pointer.join(place, "items", index)
            title = text(at(self.bundle, item).get("title"))
            nodes.append(self.trees.tree(item, title, str(index + 1), parameter.required))
        if signature.rest:
            keyword = "additionalItems" if isinstance(items, list) else "items"
            item = json_pointer.join(place, keyword)
            nodes.append(self.trees.tree(item, None, "… any number of", False))
        return Payload(signature.form, signature.pointer, tuple(nodes))

    def _examples(self, event: ir.Event) -> Iterator[Example]:
        form = event.arguments.alternatives[0].form
        for example in event.examples:
            value = pointers.at(self.bundle, example.pointer)
            yield Example(example.name, Text(written(value)), form, False)
        if not event.examples and (sampled := self._sampled(event.arguments, event.event.raw)):
            yield sampled

    def _sampled(self, arguments: ir.Arguments, hint: str) -> Example | None:
        """A sample of the first alternative; None where it has no payload, or no sample."""
        first = arguments.alternatives[0]
        sample = self.samples.of(first.pointer, hint) if first.pointer is not None else None
        return Example(None, Text(written(sample.value)), first.form, True) if sample else None
