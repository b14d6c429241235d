"""Registers every handler; a type checker reports one that does not fit on its line."""

from deployed import handlers
from deployed.handlers import root

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.handle(contract.ROOT_GREET, root.greet)
    server.handle_module("/", root)
    server.handle_default(handlers)
