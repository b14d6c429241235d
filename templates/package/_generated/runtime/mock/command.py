"""Serving a mock until it is interrupted, and the command line of a project's mock."""

from __future__ import annotations

import argparse
import errno
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from io import TextIOWrapper
from typing import Any, Final

import flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ..guard import Contract
from .console import Console, Refusals, banner
from .control import add_control
from .server import Mock, Options

_FAKER: Final = "Faker~=40.63.0"


def serve(
    contract: Contract,
    options: Options,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    quiet: bool = False,
    contracts: Iterable[Contract] = (),
    prepare: Callable[[flask.Flask], None] = lambda app: None,
) -> None:
    """Serve a mock until interrupted; `prepare` is given each new Flask app.

    `contracts` takes its time: whenever it gives another contract, that one is
    served from then on, and clients have to connect again, which those of
    Socket.IO do by themselves. Raises OSError where the port cannot be had.
    """
    console = Console(quiet)
    log = logging.getLogger(__package__.rpartition(".")[0])
    log.addHandler(Refusals(console))
    log.propagate = False

    def started(contract: Contract) -> Mock:
        mock = Mock(contract, options, console)
        add_control(mock)
        prepare(mock.app)
        for problem in mock.problems:
            console.say(f"warning: {problem}")
        return mock

    mock = started(contract)

    def wsgi(environ: Any, start_response: Any) -> Any:
        return mock.app(environ, start_response)

    def follow() -> None:
        nonlocal mock
        for contract in contracts:
            old, mock = mock, started(contract)
            old.close()
            console.say("the document has changed: serving it now")

    # Werkzeug would end the process where it cannot have the port.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, port), family=family) as bound,
        make_server(
            host, port, wsgi, threaded=True, request_handler=_Quiet, fd=bound.fileno()
        ) as listening,
    ):
        for text in banner(mock, host, bound.getsockname()[1]):
            console.say(text)
        threading.Thread(target=follow, daemon=True).start()
        listening.serve_forever(0.1)


class _Quiet(WSGIRequestHandler):
    """The console tells what happens on connections; requests are not of interest."""

    def log(self, type: str, message: str, *args: Any) -> None:
        return None


def latency(text: str) -> tuple[float, float]:
    """`200` or `100..300`, in milliseconds, as seconds. Raises ValueError."""
    least, dots, most = text.partition("..")
    low, high = float(least), float(most if dots else least)
    if not 0 <= low <= high < 3_600_000:
        raise ValueError(f"{text!r} is not a time, or a range of times")
    return low / 1000, high / 1000


def cannot_serve(problem: OSError, host: str, port: int) -> str:
    """What to tell where `serve` has raised."""
    if problem.errno == errno.EADDRINUSE:
        return f"port {port} is in use already: choose another one with --port"
    reason = (problem.strerror or str(problem)).partition(" (")[0]
    return f"cannot serve on {host}, port {port}: {reason}"


def main(contract: Contract, argv: Sequence[str] | None = None) -> None:
    """The command line of a project's mock."""
    parser = _parser()
    given = parser.parse_args(argv)
    if given.interval <= 0:
        parser.error("--interval must be more than 0")
    if find_spec("faker") is None:
        parser.exit(1, f"the mock needs Faker: pip install '{_FAKER}'\n")
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that cannot show a character must not end in a traceback.
        sys.stdout.reconfigure(errors="backslashreplace")
    options = Options(
        seed=given.seed,
        interval=None if given.no_emit else given.interval,
        latency=given.latency,
        auth=not given.no_auth,
        cors=given.cors,
        control=given.control,
    )
    try:
        serve(contract, options, host=given.host, port=given.port, quiet=given.quiet)
    except OSError as problem:
        parser.exit(1, f"{cannot_serve(problem, given.host, given.port)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Serve made-up data that conforms to the contract.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="the address to listen on")
    add("--port", type=int, default=5000, help="the port; 0 takes a free one")
    add("--seed", type=int, default=0, metavar="N", help="seed of the data")
    emits = parser.add_mutually_exclusive_group()
    emits.add_argument(
        "--interval",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="time between two events",
    )
    emits.add_argument("--no-emit", action="store_true", help="emit only on request")
    add(
        "--latency",
        type=latency,
        default="0",
        metavar="MS[..MS]",
        help="delay of answers, in milliseconds",
    )
    add("--no-auth", action="store_true", help="ask for no credentials")
    add("--cors", metavar="ORIGIN", help="admit pages of this origin; * for any")
    add("--control", action="store_true", help="open /_mock to other machines, too")
    add("-q", "--quiet", action="store_true", help="do not log events")
    return parser
