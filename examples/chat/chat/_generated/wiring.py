"""Registers every handler; a type checker reports one that does not fit on its line."""

from chat import handlers, security
from chat.handlers import admin, root

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.hook("adminToken", security.check_admin_token)
    server.handle(contract.ROOT_JOIN, root.join)
    server.handle(contract.ROOT_NEW_MESSAGE, root.new_message)
    server.handle(contract.ROOT_TYPING, root.typing)
    server.handle(contract.ROOT_LEAVE, root.leave)
    server.handle_module("/", root)
    server.handle(contract.ADMIN_ANNOUNCE, admin.announce)
    server.handle_module("/admin", admin)
    server.handle_default(handlers)
