"""Handlers of the namespace `/orders`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from flask import session
from flask_socketio import join_room

from live._generated import events, models
from shop.orders import current_orders
from shop.pages import room


def connect() -> bool:
    """Only for who is logged in on the shop's pages."""
    return "customer" in session


def watch(payload: models.OrderNumber) -> models.State:
    """Follow an order of one's own."""
    order = current_orders().find(payload, session.get("customer"))
    if order is None:
        return "unknown"
    join_room(room(order))
    return order.state
