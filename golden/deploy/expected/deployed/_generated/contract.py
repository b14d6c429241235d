"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from .runtime.guard import Arguments, Contract, Incoming, Namespace

ROOT_GREET: Incoming[str, None] = Incoming(
    "/", "greet", args=Arguments("/channels/~1/publish/message/payload", (str,))
)

CONTRACT = Contract(
    title="Deployed",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("deployed",),
    namespaces=(Namespace("/", incoming=(ROOT_GREET,)),),
)
