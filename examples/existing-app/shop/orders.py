"""The orders of the shop."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

from flask import current_app

State = Literal["placed", "paid"]


@dataclass
class Order:
    """What somebody has ordered."""

    number: int
    customer: str
    state: State = "placed"


@dataclass
class Orders:
    """All orders, by their numbers."""

    _orders: dict[int, Order] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def place(self, customer: str) -> Order:
        """Take a new order."""
        order = Order(next(self._numbers), customer)
        self._orders[order.number] = order
        return order

    def find(self, number: int, customer: str | None) -> Order | None:
        """An order of this customer."""
        order = self._orders.get(number)
        return order if order is not None and order.customer == customer else None


def current_orders() -> Orders:
    """The orders of the current app."""
    orders: Orders = current_app.extensions["orders"]
    return orders
