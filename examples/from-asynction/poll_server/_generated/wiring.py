"""Registers every handler; a type checker reports one that does not fit on its line."""

import poll
from poll_server import handlers
from poll_server.handlers import root

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.hook("basic", poll.check_basic)
    server.handle(contract.ROOT_VOTE, poll.vote)
    server.handle(contract.ROOT_RESULTS, poll.results)
    server.handle_connect("/", poll.connect)
    server.handle_disconnect("/", poll.disconnect)
    server.handle_error("/", poll.tell)
    server.handle_module("/", root)
    server.handle_default(handlers)
