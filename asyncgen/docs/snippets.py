"""How to connect to a namespace, and how to emit and to listen, as a client writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from asyncgen import code, ir
from asyncgen.code import Text
from asyncgen.docs.page import Security, Snippet
from asyncgen.docs.sample import Samples
from asyncgen.document import Json


@dataclass(frozen=True, slots=True)
class _Client:
    """A client of a namespace: what it has `sent`, by its place, and an event that it hears."""

    url: str
    path: str
    namespace: str
    sent: Mapping[str, Mapping[str, Json]]
    event: str | None


def shown(value: Json) -> str:
    """A value as text of a query or a header; of a list, which is a repeated key, the first."""
    if isinstance(value, list) and value:
        return shown(value[0])
    return value if isinstance(value, str) else json.dumps(value)


def snippets(
    samples: Samples, url: str, path: str, namespace: ir.Namespace, security: Security
) -> tuple[Snippet, ...]:
    """How to connect to a namespace of the server at a URL and Socket.IO path."""
    sent = _sent(samples, namespace, security)
    event = next((it.event.raw for it in namespace.outgoing), None)
    client = _Client(url, path, namespace.name.raw, sent, event)
    return (
        Snippet("JavaScript", Text(_javascript(client))),
        Snippet("Python", Text(_python(client))),
    )


def call(event: ir.Event, emitted: bool) -> Text:
    """The line of a client that emits the event, or listens for it."""
    names = [it.name for it in event.arguments.parameters]
    if event.arguments.rest:
        names.append(f"...{event.arguments.rest.name}")
    if event.ack is not None:
        names.append("callback")
    if emitted:
        return Text(f"socket.emit({', '.join([_js(event.event.raw), *names])})")
    return Text(f"socket.on({_js(event.event.raw)}, ({', '.join(names)}) => …)")


def _sent(
    samples: Samples, namespace: ir.Namespace, security: Security
) -> dict[str, dict[str, Json]]:
    """What a client of the first alternative gives, by its place."""
    sent: dict[str, dict[str, Json]] = {}
    for use in security[0] if security else ():
        for key in use.scheme.keys if use.scheme.place else ():
            sent.setdefault(use.scheme.place or "", {})[key.raw] = f"<{use.scheme.name.raw}>"
    asked = {"query": namespace.query, "header": namespace.headers, "auth": namespace.auth}
    for place, pointer in asked.items():
        for name, value in samples.required(pointer).items() if pointer else ():
            # Only an auth payload is JSON; the rest of a handshake is text (S28).
            text_or_json = value if place == "auth" else shown(value)
            sent.setdefault(place, {}).setdefault(name, text_or_json)
    return sent


def _javascript(client: _Client) -> str:
    options = [f"path: {_js(client.path)}"] if client.path != "/socket.io" else []
    for place, name in (("query", "query"), ("auth", "auth"), ("header", "extraHeaders")):
        if sent := client.sent.get(place):
            pairs = ", ".join(f"{_js_key(key)}: {_js(it)}" for key, it in sent.items())
            options.append(f"{name}: {{ {pairs} }}")
    body = "".join(f"  {option},\n" for option in options)
    lines = ['import { io } from "socket.io-client";', ""]
    if "cookie" in client.sent:
        lines.append("// The browser sends the cookie by itself.")
    given = f", {{\n{body}}}" if options else ""
    lines.append(f"const socket = io({_js(client.url + client.namespace.rstrip('/'))}{given});")
    if client.event is not None:
        lines += ["", f"socket.on({_js(client.event)}, console.log);"]
    return "\n".join(lines)


def _python(client: _Client) -> str:
    query = urlencode(client.sent.get("query", {}), quote_via=quote)
    headers = dict(client.sent.get("header", {}))
    if "cookie" in client.sent:
        headers["Cookie"] = "; ".join(f"{key}={it}" for key, it in client.sent["cookie"].items())
    arguments = [code.lit(client.url + (f"?{query}" if query else ""))]
    on = ""
    if client.namespace != "/":
        on = f", namespace={code.lit(client.namespace)}"
        arguments.append(f"namespaces=[{code.lit(client.namespace)}]")
    if client.path != "/socket.io":
        arguments.append(f"socketio_path={code.lit(client.path)}")
    for name, value in (("auth", client.sent.get("auth")), ("headers", headers)):
        if value:
            arguments.append(f"{name}={_py(dict(value))}")
    lines = ["import socketio", "", "client = socketio.Client()"]
    if client.event is not None:
        lines.append(f"client.on({code.lit(client.event)}, print{on})")
    one = f"client.connect({', '.join(arguments)})"
    many = "client.connect(\n" + "".join(f"    {it},\n" for it in arguments) + ")"
    return "\n".join([*lines, one if len(one) <= 72 else many])


def _py(value: Json) -> str:
    """A value as a literal of Python."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{code.lit(key)}: {_py(it)}' for key, it in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_py, value))}]"
    return code.lit(value)


def _js(value: Json) -> str:
    """A value as a literal of JavaScript."""
    return json.dumps(value, ensure_ascii=False)


def _js_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", key) else _js(key)
