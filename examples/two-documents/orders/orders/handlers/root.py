"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from flask import current_app

from orders._generated import events, models


def place(payload: models.Order) -> models.PlaceAck:
    """Take an order, and tell who has to know, which `ON_ORDER` of the configuration says."""
    orders: list[models.Order] = current_app.extensions.setdefault("orders", [])
    orders.append(payload)
    on_order = current_app.config.get("ON_ORDER")
    if on_order is not None:
        on_order(payload.item, payload.amount)
    return len(orders)
