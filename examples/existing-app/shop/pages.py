"""The pages of the shop."""

from flask import Blueprint, abort, request, session

from live._generated import events, models
from shop.orders import Order, current_orders

blueprint = Blueprint("pages", __name__)


@blueprint.post("/login")
def login() -> str:
    """Log in; a real shop would ask for a password."""
    session["customer"] = request.form["customer"]
    return "welcome"


@blueprint.post("/orders")
def place() -> str:
    """Place an order, and return its number."""
    if "customer" not in session:
        abort(401)
    return str(current_orders().place(session["customer"]).number)


@blueprint.post("/orders/<int:number>/pay")
def pay(number: int) -> str:
    """Pay an order, and tell everybody who watches it."""
    order = current_orders().find(number, session.get("customer"))
    if order is None:
        abort(404)
    order.state = "paid"
    events.orders.order_changed(
        models.OrderChanged(order=order.number, state=order.state), to=room(order)
    )
    return order.state


def room(order: Order) -> str:
    """The room of those who watch an order."""
    return f"order {order.number}"
