"""What a deployment decides, by environment variables.

Several processes share clients, and the proxy before them has to bring each
request of long polling to the process that has the session. Cookies do not
reach it from every client, so the id of a session, which every request carries,
begins with the name of its process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import flask

_NODE: Final = re.compile(r"[A-Za-z0-9_-]{1,63}")


def options(environ: Mapping[str, str]) -> dict[str, Any]:
    """The options of Flask-SocketIO that the environment gives; an empty variable gives none.

    `ASYNC_MODE` is `threading` (default) or `gevent`, `MESSAGE_QUEUE` a URL,
    `CORS_ORIGINS` a list with commas between, or `*`.
    """
    found: dict[str, Any] = {"async_mode": environ.get("ASYNC_MODE") or "threading"}
    if url := environ.get("MESSAGE_QUEUE"):
        found["message_queue"] = url
    if origins := environ.get("CORS_ORIGINS"):
        several = [origin.strip() for origin in origins.split(",")]
        found["cors_allowed_origins"] = "*" if several == ["*"] else several
    return found


def configure(app: flask.Flask, environ: Mapping[str, str]) -> None:
    """Take what stands in the environment and not in the app's config.

    `ASYNCGEN_HEALTH` is the path of a route that answers `ok` while the process
    serves; it looks at nothing else, since a message queue that is away is no
    reason to restart every process. A route of the application stays as it is.
    """
    for name in ("ASYNCGEN_DOCS", "ASYNCGEN_HEALTH"):
        app.config[name] = app.config.get(name) or environ.get(name)
    path = app.config["ASYNCGEN_HEALTH"]
    if path and path not in {rule.rule for rule in app.url_map.iter_rules()}:
        app.add_url_rule(path, "asyncgen_health", _health)


def _health() -> flask.Response:
    return flask.Response("ok\n", mimetype="text/plain")


def name_sessions(engineio: Any, node: str | None) -> None:
    """Let the id of each session be `node.id`, so that a proxy knows whose it is.

    Raises ValueError for a `node` that is not a name of the network.
    """
    if not node:
        return
    if not _NODE.fullmatch(node):
        raise ValueError("STICKY_NODE may have letters, digits, - and _, 63 at most")
    generate = engineio.generate_id
    engineio.generate_id = lambda: f"{node}.{generate()}"
