"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace, Outgoing

ORDERS_WATCH: Incoming[models.OrderNumber, models.State] = Incoming(
    "/orders",
    "watch",
    args=Arguments("/components/schemas/OrderNumber", (models.OrderNumber,)),
    ack=Arguments("/components/schemas/State", (models.State,)),
)
ORDERS_ORDER_CHANGED_OUT: Outgoing[models.OrderChanged, None] = Outgoing(
    "/orders",
    "order changed",
    args=Arguments(
        "/channels/~1orders/subscribe/message/payload", (models.OrderChanged,)
    ),
)

CONTRACT = Contract(
    title="Shop news",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("live",),
    namespaces=(
        Namespace(
            "/orders", incoming=(ORDERS_WATCH,), outgoing=(ORDERS_ORDER_CHANGED_OUT,)
        ),
    ),
)
