"""Registers every handler; a type checker reports one that does not fit on its line."""

from raw import handlers, security
from raw.handlers import root

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.hook("token", security.check_token)
    server.hook("key", security.check_key)
    server.handle(contract.ROOT_CREATE, root.create)
    server.handle(contract.ROOT_MOVE, root.move)
    server.handle(contract.ROOT_ANYTHING, root.anything)
    server.handle_module("/", root)
    server.handle_default(handlers)
