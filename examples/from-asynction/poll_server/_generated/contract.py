"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path
from typing import Any

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace, Outgoing, Scheme

ROOT_VOTE: Incoming[dict[str, Any], dict[str, Any]] = Incoming(
    "/",
    "vote",
    args=Arguments("/components/messages/Vote/payload", (dict[str, Any],)),
    ack=Arguments("/components/messages/Vote/x-ack/args", (dict[str, Any],)),
)
ROOT_RESULTS: Incoming[dict[str, Any]] = Incoming(
    "/", "results", ack=Arguments("/components/schemas/Counts", (dict[str, Any],))
)
ROOT_COUNTED_OUT: Outgoing[models.Counts, None] = Outgoing(
    "/", "counted", args=Arguments("/components/schemas/Counts", (models.Counts,))
)

CONTRACT = Contract(
    title="Poll",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("poll", "poll_server"),
    namespaces=(
        Namespace(
            "/",
            incoming=(ROOT_VOTE, ROOT_RESULTS),
            outgoing=(ROOT_COUNTED_OUT,),
            security=({"basic": ()},),
        ),
    ),
    schemes=(Scheme("basic", "basic"),),
)
