"""A shop: an ordinary Flask application, which serves its news live, too."""

import os
from typing import Any

from flask import Flask

import live
from shop import pages
from shop.orders import Orders


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """A new application."""
    app = Flask(__name__)
    app.config.update({"SECRET_KEY": os.environ.get("SECRET_KEY"), **(config or {})})
    app.extensions["orders"] = Orders()
    app.register_blueprint(pages.blueprint)
    live.init_app(app)
    return app
