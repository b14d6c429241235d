"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path
from typing import Any

from . import models
from .runtime.guard import (
    Arguments,
    Contract,
    Incoming,
    Namespace,
    Outgoing,
    Scheme,
    Unset,
)

ROOT_CREATE: Incoming[dict[str, Any], int] = Incoming(
    "/",
    "create",
    args=Arguments("/components/schemas/Task", (dict[str, Any],)),
    ack=Arguments("/channels/~1/publish/message/oneOf/0/x-ack/args", (int,)),
    security=({"token": ("write",)}, {"key": ()}),
)
ROOT_MOVE: Incoming[int, dict[str, Any] | Unset, None] = Incoming(
    "/",
    "move",
    args=Arguments(
        "/channels/~1/publish/message/oneOf/1/payload",
        (int, dict[str, Any]),
        form="tuple",
        required=1,
    ),
    security=({"token": ("write",)}, {"key": ()}),
)
ROOT_ANYTHING: Incoming[Any, list[Any]] = Incoming(
    "/",
    "anything",
    args=Arguments("/channels/~1/publish/message/oneOf/2/payload", (Any,)),
    ack=Arguments("/channels/~1/publish/message/oneOf/2/x-ack/args", (list[Any],)),
    security=({"token": ("write",)}, {"key": ()}),
)
ROOT_CREATED_OUT: Outgoing[models.Task, dict[str, Any]] = Outgoing(
    "/",
    "created",
    args=Arguments("/components/schemas/Task", (models.Task,)),
    ack=Arguments("/components/schemas/Task", (dict[str, Any],)),
)

CONTRACT = Contract(
    title="Raw",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("raw",),
    namespaces=(
        Namespace(
            "/",
            incoming=(ROOT_CREATE, ROOT_MOVE, ROOT_ANYTHING),
            outgoing=(ROOT_CREATED_OUT,),
        ),
    ),
    schemes=(
        Scheme("token", "bearer", bearer_format="JWT"),
        Scheme("key", "httpApiKey", location="header", parameter="X-Key"),
    ),
)
