"""Both applications under one roof."""

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import orders
import stock
from stock import levels


def create_app() -> Flask:
    """The outer application: pages of its own, and each document under a path."""
    stock_app = stock.create_app()

    def take(item: str, amount: int) -> None:
        # An emitter emits through the server of the app whose context it is called in.
        with stock_app.app_context():
            levels.take(item, amount)

    orders_app = orders.create_app({"ON_ORDER": take})
    app = Flask(__name__)
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {"/orders": orders_app, "/stock": stock_app}
    )

    @app.get("/")
    def home() -> str:
        return "orders and stock"

    return app
