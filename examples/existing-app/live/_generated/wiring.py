"""Registers every handler; a type checker reports one that does not fit on its line."""

from live import handlers
from live.handlers import orders

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.handle(contract.ORDERS_WATCH, orders.watch)
    server.handle_module("/orders", orders)
    server.handle_default(handlers)
