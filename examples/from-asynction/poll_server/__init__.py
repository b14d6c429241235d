"""Poll."""

import os
from typing import Any

from flask import Flask

from poll_server._generated.contract import CONTRACT
from poll_server._generated.runtime.server import Server
from poll_server._generated.wiring import wire


def create_app(config: dict[str, Any] | None = None, **options: Any) -> Flask:
    """A new Flask app that serves the contract; `options` are Flask-SocketIO's."""
    app = Flask(__name__)
    app.config.update({"SECRET_KEY": os.environ.get("SECRET_KEY"), **(config or {})})
    init_app(app, **options)
    return app


def init_app(app: Flask, **options: Any) -> Server:
    """Serve the contract on an existing Flask app, next to its own routes."""
    server = Server(CONTRACT)
    wire(server)
    server.init_app(app, **options)
    return server
