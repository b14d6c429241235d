"""Registers every handler; a type checker reports one that does not fit on its line."""

from notes import handlers, security
from notes.handlers import edit, root

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.hook("token", security.check_token)
    server.handle(contract.ROOT_LIST, root.list_)
    server.handle(contract.ROOT_LOG_OUT, root.log_out)
    server.handle_module("/", root)
    server.handle(contract.EDIT_NOTE, edit.note)
    server.handle_module("/edit", edit)
    server.handle_default(handlers)
