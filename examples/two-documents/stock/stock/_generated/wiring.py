"""Registers every handler; a type checker reports one that does not fit on its line."""

from stock import handlers
from stock.handlers import root

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.handle(contract.ROOT_COUNT, root.count)
    server.handle_module("/", root)
    server.handle_default(handlers)
