"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace, Outgoing

ROOT_COUNT: Incoming[models.Count, models.CountAck] = Incoming(
    "/",
    "count",
    args=Arguments("/channels/~1/publish/message/payload", (models.Count,)),
    ack=Arguments("/channels/~1/publish/message/x-ack/args", (models.CountAck,)),
)
ROOT_TAKEN_OUT: Outgoing[models.Level, None] = Outgoing(
    "/", "taken", args=Arguments("/components/schemas/Level", (models.Level,))
)

CONTRACT = Contract(
    title="Stock",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("stock",),
    namespaces=(Namespace("/", incoming=(ROOT_COUNT,), outgoing=(ROOT_TAKEN_OUT,)),),
)
