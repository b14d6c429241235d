"""What a mock tells at the terminal: one readable line for everything that happens."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final

from .. import failures
from ..logs import printable
from .server import Line, Mock, Tell

_COLOURS: Final = {"→": "36", "←": "32", "!": "31", "+": "2", "-": "2"}


class Console:
    """Prints lines, with colours on a terminal only; of events none where `quiet`."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        is_terminal = sys.stdout.isatty()
        self._width = shutil.get_terminal_size().columns if is_terminal else 160
        self._colour = is_terminal and not os.environ.get("NO_COLOR")
        self._lock = threading.Lock()

    def __call__(self, line: Line) -> None:
        """Print what happened."""
        if self._quiet:
            return
        clock, mark = time.strftime("%H:%M:%S"), line.mark
        detail = "  ".join(filter(None, (line.namespace, line.subject, line.detail)))
        room = self._width - len(f"{clock} {mark} ")
        text = printable(detail)
        if len(text) > room:
            text = f"{text[: room - 1]}…"
        if self._colour:
            mark = f"\x1b[{_COLOURS[mark]}m{mark}\x1b[0m"
        self.say(f"{clock} {mark} {text}")

    def say(self, text: str) -> None:
        """Print a line."""
        with self._lock:
            print(text, flush=True)


class Refusals(logging.Handler):
    """What the server logs, as lines; but not of events, which the mock tells itself."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the first line of a record."""
        if record.name == failures.__name__:
            return
        self._tell(Line("!", "", record.getMessage().partition("\n")[0]))


def banner(mock: Mock, host: str, port: int) -> Iterator[str]:
    """What is served, and where, in lines."""
    contract, options = mock.contract, mock.options
    is_open = host in ("", "0.0.0.0", "::")
    url = f"http://{_in_url('127.0.0.1' if is_open else host)}:{port}"
    title = printable(contract.title) or "the document"
    yield f"Mock of {title}, with seed {options.seed}; Ctrl-C ends it"
    yield f"  url         {url}"
    yield f"  path        {contract.path}"
    namespaces = ", ".join(item.name for item in contract.namespaces)
    yield f"  namespaces  {printable(namespaces)}"
    yield f"  docs        {url}{contract.docs}"
    yield f"  control     {url}/_mock"
    if options.cors is None:
        yield "  pages of other origins are refused: let them in with --cors ORIGIN"
    if is_open:
        yield f"  warning: every machine of the network can reach it on port {port}"
    if options.control:
        yield "  warning: --control lets everyone who reaches it emit what they like"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
