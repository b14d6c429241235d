"""Keeps credentials out of logs, and control characters of the document off terminals.

An access log shows the query string of a request, and the log of Engine.IO
the packet that a client connects with. Both are filtered at the logger, before
any handler of the application sees a line.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from .guard import Contract

# The loggers of the servers that Flask-SocketIO runs under.
_ACCESS_LOGS: Final = ("werkzeug", "gunicorn.access")
_PARAMETER: Final = re.compile(r"(?<=[?&])([^=&\s\"]+)=[^&\s\"]*")
# What ends a line, or changes how a terminal shows it.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONNECT: Final = re.compile(r"(Received packet MESSAGE data 0).*", re.DOTALL)


def redact(contract: Contract, engineio: logging.Logger) -> None:
    """Filter the loggers; the same contract again changes nothing.

    Raises TypeError for a logger that cannot be filtered.
    """
    if not isinstance(engineio, logging.Logger):
        raise TypeError(
            "engineio_logger must be a logging.Logger, to filter credentials"
        )
    engineio.addFilter(_EngineIO())
    names = frozenset(
        scheme.parameter or ""
        for scheme in contract.schemes
        if scheme.location == "query"
    )
    for name in _ACCESS_LOGS if names else ():
        logging.getLogger(name).addFilter(_QueryCredentials(names))


def printable(text: str) -> str:
    """The text on one line, without what would steer a terminal: any such character is a `�`."""
    return "".join(char if char.isprintable() else "�" for char in text)


@dataclass(frozen=True)
class _QueryCredentials(logging.Filter):
    """Replaces the values of query parameters that carry credentials."""

    names: frozenset[str]

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without credentials."""
        return _replaced(record, _PARAMETER.sub(self._hidden, record.getMessage()))

    def _hidden(self, parameter: re.Match[str]) -> str:
        name = unquote_plus(parameter[1])
        return f"{parameter[1]}=***" if name in self.names else parameter[0]


@dataclass(frozen=True)
class _EngineIO(logging.Filter):
    """Replaces the auth payloads of clients that connect, and quotes no malformed packet."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass: one, without credentials and what a client can make long."""
        if record.msg == "post request handler error":
            record.exc_info = None
        text = _CONNECT.sub(r"\1***", record.getMessage())
        return _replaced(record, _CONTROL.sub(lambda it: ascii(it[0])[1:-1], text))


def _replaced(record: logging.LogRecord, text: str) -> bool:
    if text != record.getMessage():
        record.msg, record.args = text, ()
    return True
