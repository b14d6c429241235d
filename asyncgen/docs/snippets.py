"""How to connect to a namespace, and how to emit and to listen, as a client writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from asyncgen import code, ir
from asyncgen.code import Text
from asyncgen.docs.page import Security, Snippet
from asyncgen.docs.reading import at
from asyncgen.docs.sample import sample
from asyncgen.document import Json


def required(bundle: Json, pointer: str) -> dict[str, Json]:
    """What an object must have, sampled."""
    names = at(bundle, pointer).get("required")
    value = sample(bundle, pointer) if isinstance(names, list) and names else None
    if not isinstance(value, dict) or not isinstance(names, list):
        return {}
    return {name: value[name] for name in names if isinstance(name, str) and name in value}


def shown(value: Json) -> str:
    """A value as it stands in a query."""
    return value if isinstance(value, str) else json.dumps(value)


def snippets(
    bundle: Json, url: str, path: str, namespace: ir.Namespace, security: Security
) -> tuple[Snippet, ...]:
    """How to connect to a namespace of the server at a URL and Socket.IO path."""
    sent = _sent(bundle, namespace, security)
    first = next(iter(namespace.outgoing), None)
    name = namespace.name.raw
    return (
        Snippet("JavaScript", Text(_javascript(url, path, name, sent, first))),
        Snippet("Python", Text(_python(url, path, name, sent, first))),
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


def _sent(bundle: Json, namespace: ir.Namespace, security: Security) -> dict[str, dict[str, str]]:
    """What a client of the first alternative gives, by its place."""
    sent: dict[str, dict[str, str]] = {}
    for use in security[0] if security else ():
        for key in use.scheme.keys if use.scheme.place else ():
            sent.setdefault(use.scheme.place or "", {})[key.raw] = f"<{use.scheme.name.raw}>"
    for place, pointer in (("query", namespace.query), ("auth", namespace.auth)):
        for name, value in required(bundle, pointer).items() if pointer else ():
            sent.setdefault(place, {}).setdefault(name, shown(value))
    return sent


def _javascript(
    url: str,
    path: str,
    namespace: str,
    sent: Mapping[str, Mapping[str, str]],
    first: ir.Event | None,
) -> str:
    options = [f"path: {_js(path)}"] if path != "/socket.io" else []
    for place, name in (("query", "query"), ("auth", "auth"), ("header", "extraHeaders")):
        if place in sent:
            pairs = ", ".join(f"{_js_key(key)}: {_js(it)}" for key, it in sent[place].items())
            options.append(f"{name}: {{ {pairs} }}")
    body = "".join(f"  {option},\n" for option in options)
    lines = ['import { io } from "socket.io-client";', ""]
    if "cookie" in sent:
        lines.append("// The browser sends the cookie by itself.")
    given = f", {{\n{body}}}" if options else ""
    lines.append(f"const socket = io({_js(url + namespace.rstrip('/'))}{given});")
    if first is not None:
        lines += ["", f"socket.on({_js(first.event.raw)}, console.log);"]
    return "\n".join(lines)


def _python(
    url: str,
    path: str,
    namespace: str,
    sent: Mapping[str, Mapping[str, str]],
    first: ir.Event | None,
) -> str:
    query = urlencode(sent.get("query", {}), quote_via=quote)
    headers = dict(sent.get("header", {}))
    if "cookie" in sent:
        headers["Cookie"] = "; ".join(f"{key}={it}" for key, it in sent["cookie"].items())
    arguments = [code.lit(url + (f"?{query}" if query else ""))]
    if namespace != "/":
        arguments.append(f"namespaces=[{code.lit(namespace)}]")
    if path != "/socket.io":
        arguments.append(f"socketio_path={code.lit(path)}")
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
