"""The request context in which an event is handled."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any


def event_context(environ: Any, session: Any) -> AbstractContextManager[Any]:
    """The context of a client's handshake, once more, with its Socket.IO session.

    As Flask-SocketIO has it, but Flask does not match the URL again: no route
    leads to an event.
    """
    context = environ["flask.app"].request_context(environ)
    context.match_request = _not_matched
    # The name is another from Flask 3.1.3 on.
    name = "_session" if hasattr(context, "_session") else "session"
    setattr(context, name, session)
    return context  # type: ignore[no-any-return]


def _not_matched() -> None: ...
