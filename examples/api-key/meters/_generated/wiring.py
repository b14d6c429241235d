"""Registers every handler; a type checker reports one that does not fit on its line."""

from meters import handlers, security
from meters.handlers import devices

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.hook("deviceKey", security.check_device_key)
    server.handle(contract.DEVICES_READING, devices.reading)
    server.handle_module("/devices", devices)
    server.handle_default(handlers)
