"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace, Outgoing, Scheme

ROOT_LIST: Incoming[models.ListAck] = Incoming(
    "/",
    "list",
    ack=Arguments("/components/messages/List/x-ack/args", (models.ListAck,)),
)
ROOT_LOG_OUT: Incoming[None] = Incoming("/", "log out")
ROOT_NOTED_OUT: Outgoing[models.Text, None] = Outgoing(
    "/", "noted", args=Arguments("/components/schemas/Text", (models.Text,))
)
EDIT_NOTE: Incoming[models.Text, int] = Incoming(
    "/edit",
    "note",
    args=Arguments("/components/schemas/Text", (models.Text,)),
    ack=Arguments("/components/messages/Note/x-ack/args", (int,)),
    security=({"token": ("write",)},),
)

CONTRACT = Contract(
    title="Notes",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("notes",),
    namespaces=(
        Namespace(
            "/",
            incoming=(ROOT_LIST, ROOT_LOG_OUT),
            outgoing=(ROOT_NOTED_OUT,),
            security=({"token": ()},),
        ),
        Namespace("/edit", incoming=(EDIT_NOTE,), security=({"token": ()},)),
    ),
    schemes=(Scheme("token", "oauth2"),),
)
