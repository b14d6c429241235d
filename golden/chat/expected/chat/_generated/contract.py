"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import Arguments, Contract, Incoming, Namespace, Outgoing, Scheme

ROOT_JOIN: Incoming[models.User, models.Welcome] = Incoming(
    "/",
    "join",
    args=Arguments("/components/schemas/User", (models.User,)),
    ack=Arguments("/components/schemas/Welcome", (models.Welcome,)),
    examples=("/components/messages/Join/examples/0/payload",),
)
ROOT_NEW_MESSAGE: Incoming[models.NewMessage, models.Receipt] = Incoming(
    "/",
    "new message",
    args=Arguments("/components/schemas/NewMessage", (models.NewMessage,)),
    ack=Arguments("/components/schemas/Receipt", (models.Receipt,)),
    examples=("/components/messages/NewMessage/examples/0/payload",),
)
ROOT_TYPING: Incoming[bool, None] = Incoming(
    "/", "typing", args=Arguments("/components/messages/Typing/payload", (bool,))
)
ROOT_LEAVE: Incoming[None] = Incoming("/", "leave")
ROOT_USER_JOINED_OUT: Outgoing[models.Presence, None] = Outgoing(
    "/",
    "user joined",
    args=Arguments("/components/schemas/Presence", (models.Presence,)),
)
ROOT_MESSAGE_POSTED_OUT: Outgoing[models.PostedMessage, None] = Outgoing(
    "/",
    "message posted",
    args=Arguments("/components/schemas/PostedMessage", (models.PostedMessage,)),
)
ROOT_TYPING_OUT: Outgoing[models.TypingState, None] = Outgoing(
    "/",
    "typing",
    args=Arguments("/components/schemas/TypingState", (models.TypingState,)),
)
ROOT_USER_LEFT_OUT: Outgoing[models.Presence, None] = Outgoing(
    "/", "user left", args=Arguments("/components/schemas/Presence", (models.Presence,))
)
ADMIN_ANNOUNCE: Incoming[models.NewMessage, models.Receipt] = Incoming(
    "/admin",
    "announce",
    args=Arguments("/components/schemas/NewMessage", (models.NewMessage,)),
    ack=Arguments("/components/schemas/Receipt", (models.Receipt,)),
)
ADMIN_ROOM_STATUS_OUT: Outgoing[models.RoomStatus, None] = Outgoing(
    "/admin",
    "room status",
    args=Arguments("/components/schemas/RoomStatus", (models.RoomStatus,)),
)

CONTRACT = Contract(
    title="Chat",
    path="/socket.io",
    docs="/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("chat",),
    namespaces=(
        Namespace(
            "/",
            incoming=(ROOT_JOIN, ROOT_NEW_MESSAGE, ROOT_TYPING, ROOT_LEAVE),
            outgoing=(
                ROOT_USER_JOINED_OUT,
                ROOT_MESSAGE_POSTED_OUT,
                ROOT_TYPING_OUT,
                ROOT_USER_LEFT_OUT,
            ),
        ),
        Namespace(
            "/admin",
            incoming=(ADMIN_ANNOUNCE,),
            outgoing=(ADMIN_ROOM_STATUS_OUT,),
            security=({"adminToken": ()},),
        ),
    ),
    schemes=(Scheme("adminToken", "bearer"),),
)
