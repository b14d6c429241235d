"""What clients and the log are told of what goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import flask
import flask_socketio  # type: ignore[import-untyped,unused-ignore]

from .functions import Handlers
from .guard import (
    Arguments,
    ContractError,
    Guard,
    InvalidAck,
    InvalidPayload,
    Unauthorized,
    UnknownEvent,
)
from .schemas import Schemas
from .security import Checker, current_session, redacted

log = logging.getLogger(__name__)


class Failures:
    """Logs what goes wrong, and answers it with what the error handler says.

    `error_acks` is whether clients get the envelope where that says nothing,
    and `observer` sees every problem first.
    """

    def __init__(
        self,
        socketio: flask_socketio.SocketIO,
        schemas: Schemas,
        handlers: Mapping[str, Handlers],
        checkers: Mapping[str, Checker],
    ) -> None:
        self.error_acks = True
        self.observer: Callable[[Exception], object] | None = None
        self._socketio = socketio
        self._handlers = handlers
        self._checkers = checkers
        self._answer = Guard(
            Arguments(form="tuple", required=0),
            schemas,
            "answer of the error handler",
            InvalidAck,
        )

    def answer(self, namespace: str, subject: str, problem: Exception) -> Any:
        """The ack for what went wrong: the error handler's, else the envelope."""
        if self.observer is not None:
            self.observer(problem)
        if isinstance(problem, InvalidPayload | UnknownEvent | Unauthorized):
            log.info("refused: %s", problem)
        elif isinstance(problem, NotImplementedError):
            log.warning("%s has no handler: %s", subject, problem)
        else:
            self._log(subject, problem)
        own = self._handlers[namespace].error
        handler = own or self._socketio.default_exception_handler
        if handler is not None:
            try:
                answer = handler(problem)
                if answer is not None:
                    several = answer if isinstance(answer, tuple) else (answer,)
                    return self._answer.send(several)
            except Exception as failure:
                self._log(f"the error handler of {namespace!r}", failure)
        return envelope(problem) if self.error_acks else None

    def _log(self, subject: str, problem: Exception) -> None:
        """Log the traceback; where its text has a credential in it, without that one."""
        session = current_session() if flask.has_request_context() else None
        text = "".join(traceback.format_exception(problem))
        safe = redacted(problem, self._checkers, session.auth if session else None)
        if safe == text:
            log.error("%s failed", subject, exc_info=problem)
        else:
            log.error("%s failed:\n%s", subject, safe)


def envelope(problem: Exception) -> dict[str, Any]:
    """What a client is told of an error: a code, a rule, and where; never the value."""
    code, message, path = "internal_error", "the server could not handle the event", ""
    if isinstance(problem, NotImplementedError):
        code, message = "not_implemented", "the server does not handle this event yet"
    elif isinstance(problem, ContractError) and problem.code != code:
        code, message, path = problem.code, problem.message, problem.path
    return {"error": {"code": code, "message": message, "path": path}}
