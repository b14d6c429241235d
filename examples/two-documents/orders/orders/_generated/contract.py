"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace

ROOT_PLACE: Incoming[models.Order, models.PlaceAck] = Incoming(
    "/",
    "place",
    args=Arguments("/components/schemas/Order", (models.Order,)),
    ack=Arguments("/channels/~1/publish/message/x-ack/args", (models.PlaceAck,)),
)

CONTRACT = Contract(
    title="Orders",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("orders",),
    namespaces=(Namespace("/", incoming=(ROOT_PLACE,)),),
)
