"""Typed emitters: one function for each event that the server emits, by namespace.

    from live._generated import events

    events.orders.order_changed(…, broadcast=True)

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`: in
a process that serves no clients, `external("redis://…")`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""

from typing import Unpack

from . import contract, models
from .runtime.sending import Recipients, emit
from .runtime.server import Server


class Orders:
    """Events of the namespace `/orders`."""

    @staticmethod
    def order_changed(
        payload: models.OrderChanged, **recipients: Unpack[Recipients]
    ) -> None:
        """Emit `order changed`."""
        emit(contract.ORDERS_ORDER_CHANGED_OUT, payload, **recipients)


orders = Orders()


def external(url: str, channel: str = "flask-socketio") -> Server:
    """A server for `server=` in a process that serves no clients, such as a script or a worker.

    It emits over the message queue at `url`, which the servers share by
    `create_app(message_queue=url)`, and takes no callbacks.
    """
    return Server.external(contract.CONTRACT, url, channel)
