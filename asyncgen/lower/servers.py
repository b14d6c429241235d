"""The servers that are generated for, and what their URLs say (S33, S40)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asyncgen import ir
from asyncgen.code import Text, quote
from asyncgen.document import Server
from asyncgen.lower import security
from asyncgen.lower.job import Job, listed, near

_DEFAULT_PATH = "/socket.io"
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")


def chosen_servers(job: Job) -> tuple[Server, ...]:
    """The chosen server alone, else all of them; they must not differ then (S33)."""
    servers, name = job.document.servers, job.options.server
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
    differences = []
    paths = {_socketio_path(server) for server in servers}
    if job.document.extension.path is None and len(paths) > 1:
        differences.append("path")
    elif len({_namespace(job, server) for server in servers}) > 1:
        differences.append("namespace")
    if len({security.plain(server.security) for server in servers}) > 1:
        differences.append("security")
    if differences:
        report = job.diagnostics.note if job.options.lint else job.diagnostics.error
        report(
            "AG232",
            f"the servers {listed(server.name.raw for server in servers)} differ in"
            f" {' and '.join(differences)}, and none is chosen",
            servers[1].span,
            hint=f"choose one with {quote('--server ' + servers[0].name.raw)}",
        )


def _url_path(server: Server) -> str:
    return "/" + (server.path.raw.strip("/") if server.path else "")


def _socketio_path(server: Server) -> str | None:
    """The Socket.IO path of a server, None where its URL has another path (S40)."""
    path = _url_path(server)
    if path == "/":
        return _DEFAULT_PATH
    return path if _PATH.fullmatch(path) and path.endswith("/socket.io") else None


def lowered(job: Job, server: Server) -> ir.Server:
    """A chosen server, with the alternatives of its security (S33)."""
    requirements = server.security or ()
    return ir.Server(server.name, tuple(security.lowered(job, it) for it in requirements))


def path_of(job: Job, servers: Sequence[Server]) -> str:
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
        if _socketio_path(server) is None:
            _report_namespace_path(job, server)
    return (_socketio_path(servers[0]) if servers else None) or _DEFAULT_PATH


def _report_namespace_path(job: Job, server: Server) -> None:
    """A path that cannot be a Socket.IO server's is read as a namespace, or not at all."""
    path = Text(_url_path(server))
    hint = "end it with `/socket.io`, or set `x-socketio: {path: …}` at the root"
    if default_namespace(job, [server]) == path:
        job.diagnostics.note(
            "AG234",
            f"the path {quote(path)} of server {quote(server.name)} is the namespace of its"
            f" events, as it is to Socket.IO clients; the server's path is `{_DEFAULT_PATH}`",
            server.span,
            hint=hint,
        )
        return
    job.diagnostics.warning(
        "AG234",
        f"the path {quote(path)} of server {quote(server.name)} is a namespace to Socket.IO"
        f" clients; the server's path is `{_DEFAULT_PATH}`",
        server.span,
        hint=hint,
    )


def _namespace(job: Job, server: Server) -> Text | None:
    """The default namespace of events that a server gives, by its extension or its path (S40)."""
    if job.model == "namespace":
        return None
    if server.namespace is not None:
        return server.namespace.text
    extension = job.document.extension
    if extension.namespace is not None:
        return extension.namespace.text
    if extension.path is None and _socketio_path(server) is None:
        return Text(_url_path(server))
    return None


def default_namespace(job: Job, servers: Sequence[Server]) -> Text:
    """The namespace of events in model `event`: the server's, the root's, else `/` (S9, S40)."""
    said = job.document.extension.namespace
    default = said.text if said is not None else Text("/")
    return (_namespace(job, servers[0]) if servers else None) or default
