"""How declared events are emitted: what the typed functions of events.py come down to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

import flask

from .guard import Ack, Args, InvalidEmit, Outgoing, subject_of
from .server import Server, current


class Recipients(TypedDict, total=False):
    """Who gets an event; with neither `to` nor `broadcast`, the client being served."""

    to: str | list[str] | None
    """The sid of a client, a room, or a list of these."""
    broadcast: bool
    """Everyone in the namespace."""
    include_self: bool
    """False leaves out the client being served."""
    skip_sid: str | list[str] | None
    """Clients that are left out."""
    server: Server | None
    """The server that emits; only needed outside an application context.

    In a process that serves no clients, it is `events.external(url)`.
    """


def emit(
    event: Outgoing[*Args, Ack],
    *args: *Args,
    callback: Callable[..., object] | None = None,
    to: str | list[str] | None = None,
    broadcast: bool = False,
    include_self: bool = True,
    skip_sid: str | list[str] | None = None,
    server: Server | None = None,
) -> None:
    """Emit a declared event.

    Raises InvalidEmit, before anything is sent.
    """
    if to is None and not broadcast:
        to = _sender(event)
    (server or current()).emit(
        event.event,
        args,
        namespace=event.namespace,
        to=to,
        include_self=include_self,
        skip_sid=skip_sid,
        callback=callback,
    )


def call(
    event: Outgoing[*Args, Ack],
    *args: *Args,
    to: str | None = None,
    timeout: float = 60,
    server: Server | None = None,
) -> Any:
    """Emit a declared event to one client, and wait for its answer, in seconds."""
    recipient = _sender(event) if to is None else to
    return (server or current()).call(
        event.event, args, namespace=event.namespace, to=recipient, timeout=timeout
    )


def _sender(event: Outgoing[*Args, Ack]) -> str:
    if flask.has_request_context():
        sid = getattr(flask.request, "sid", None)
        if (
            sid is not None
            and getattr(flask.request, "namespace", None) == event.namespace
        ):
            return str(sid)
    raise InvalidEmit(
        "no client of its namespace is being served: say to= or broadcast=True",
        subject=subject_of(event),
    )
