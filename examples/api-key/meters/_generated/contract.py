"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace, Scheme

DEVICES_READING: Incoming[models.Reading, models.ReadingAck] = Incoming(
    "/devices",
    "reading",
    args=Arguments("/components/schemas/Reading", (models.Reading,)),
    ack=Arguments(
        "/channels/~1devices/publish/message/x-ack/args", (models.ReadingAck,)
    ),
)

CONTRACT = Contract(
    title="Meters",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("meters",),
    namespaces=(
        Namespace(
            "/devices", incoming=(DEVICES_READING,), security=({"deviceKey": ()},)
        ),
    ),
    schemes=(
        Scheme("deviceKey", "httpApiKey", location="header", parameter="X-Device-Key"),
    ),
)
