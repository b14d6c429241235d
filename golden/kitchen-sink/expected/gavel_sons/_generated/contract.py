"""The contract: what clients may send and what the server emits, as a typed table.

Every pointer leads into asyncapi.json beside this file.
"""

import json
from pathlib import Path

from . import models
from .runtime.guard import (
    Arguments,
    Contract,
    Incoming,
    Namespace,
    Outgoing,
    Scenario,
    Scheme,
    Unset,
)

ROOT_PLACE_BID: Incoming[
    models.LotId,
    models.Money,
    models.PlaceBidNote | Unset,
    *tuple[models.PlaceBidRest, ...],
    models.BidResult,
] = Incoming(
    "/",
    "place bid",
    args=Arguments(
        "/components/messages/PlaceBid/payload",
        (models.LotId, models.Money, models.PlaceBidNote),
        form="tuple",
        required=2,
        rest=models.PlaceBidRest,
    ),
    ack=Arguments("/components/schemas/BidResult", (models.BidResult,)),
    examples=(
        "/components/messages/PlaceBid/examples/0/payload",
        "/components/messages/PlaceBid/examples/1/payload",
    ),
)
ROOT_WATCH_LOTS: Incoming[models.WatchLots, models.WatchLotsAck] = Incoming(
    "/",
    "watch lots",
    args=Arguments("/components/messages/WatchLots/payload", (models.WatchLots,)),
    ack=Arguments("/components/messages/WatchLots/x-ack", (models.WatchLotsAck,)),
)
ROOT_MESSAGE: Incoming[models.Chat, None] = Incoming(
    "/", "message", args=Arguments("/components/messages/Chat/payload", (models.Chat,))
)
ROOT_JSON: Incoming[models.Anything, None] = Incoming(
    "/",
    "json",
    args=Arguments("/components/messages/Anything/payload", (models.Anything,)),
)
ROOT_STEP_OUT: Incoming[None] = Incoming("/", "stepOut")
ROOT_PAUSE: Incoming[None, None] = Incoming(
    "/", "pause", args=Arguments("/components/messages/Pause/payload", (None,))
)
ROOT_SEARCH: Incoming[
    models.Query, tuple[models.SearchAckLots, models.SearchAckTotal | Unset]
] = Incoming(
    "/",
    "search",
    args=Arguments("/components/schemas/Query", (models.Query,)),
    ack=Arguments(
        "/components/messages/Search/x-ack/args",
        (models.SearchAckLots, models.SearchAckTotal),
        form="tuple",
        required=1,
    ),
)
ROOT_READY: Incoming[models.Ready, models.Answer] = Incoming(
    "/",
    "ready?",
    args=Arguments("/components/messages/Ready/payload", (models.Ready,)),
    ack=Arguments("/components/schemas/Answer", (models.Answer,)),
)
ROOT_GRÖSSTER_ZUSCHLAG: Incoming[models.Ergebnis, None] = Incoming(
    "/",
    "größter Zuschlag 🔨",
    args=Arguments("/components/schemas/Ergebnis", (models.Ergebnis,)),
)
ROOT_LOT_OPENED_OUT: Outgoing[models.Lot, None] = Outgoing(
    "/", "lot:opened", args=Arguments("/components/schemas/Lot", (models.Lot,))
)
ROOT_BID_PLACED_OUT: Outgoing[*tuple[models.Paddle, ...], None] = Outgoing(
    "/",
    "bid placed",
    args=Arguments(
        "/components/messages/BidPlaced/payload",
        (),
        form="tuple",
        required=0,
        rest=models.Paddle,
    ),
)
ROOT_MESSAGE_OUT: Outgoing[models.Chat, None] = Outgoing(
    "/", "message", args=Arguments("/components/messages/Chat/payload", (models.Chat,))
)
ROOT_JSON_OUT: Outgoing[models.Anything, None] = Outgoing(
    "/",
    "json",
    args=Arguments("/components/messages/Anything/payload", (models.Anything,)),
)
ROOT_PAUSE_OUT: Outgoing[None, None] = Outgoing(
    "/", "pause", args=Arguments("/components/messages/Pause/payload", (None,))
)
ROOT_READY_OUT: Outgoing[models.Ready, models.Answer] = Outgoing(
    "/",
    "ready?",
    args=Arguments("/components/messages/Ready/payload", (models.Ready,)),
    ack=Arguments("/components/schemas/Answer", (models.Answer,)),
)
ROOT_PRICES_OUT: Outgoing[models.Prices, None] = Outgoing(
    "/",
    "prices",
    args=Arguments("/components/messages/Prices/payload", (models.Prices,)),
)
ROOT_GRÖSSTER_ZUSCHLAG_OUT: Outgoing[models.Ergebnis, None] = Outgoing(
    "/",
    "größter Zuschlag 🔨",
    args=Arguments("/components/schemas/Ergebnis", (models.Ergebnis,)),
)
ROSTRUM_OPEN_LOT: Incoming[models.LotId, None] = Incoming(
    "/auctioneer",
    "OpenLot",
    args=Arguments("/components/schemas/LotId", (models.LotId,)),
)
ROSTRUM_KNOCK_DOWN: Incoming[models.LotId, models.Paddle, models.Paddle] = Incoming(
    "/auctioneer",
    "knock down",
    args=Arguments(
        "/components/messages/KnockDown/payload",
        (models.LotId, models.Paddle),
        form="tuple",
        required=2,
    ),
    ack=Arguments(
        "/components/messages/KnockDown/x-ack/args",
        (models.Paddle,),
        form="tuple",
        required=1,
    ),
)
ROSTRUM_RANK: Incoming[models.Class, None] = Incoming(
    "/auctioneer", "class", args=Arguments("/components/schemas/Class", (models.Class,))
)
ROSTRUM_MESSAGE: Incoming[models.Chat, None] = Incoming(
    "/auctioneer",
    "message",
    args=Arguments("/components/messages/Chat/payload", (models.Chat,)),
)
ROSTRUM_APPROVE_OUT: Outgoing[models.Money, models.ApproveAck] = Outgoing(
    "/auctioneer",
    "approve",
    args=Arguments("/components/schemas/Money", (models.Money,)),
    ack=Arguments("/components/messages/Approve/x-ack", (models.ApproveAck,)),
)
TICKER_PRICES_OUT: Outgoing[models.Prices, None] = Outgoing(
    "/ticker",
    "prices",
    args=Arguments("/components/messages/Prices/payload", (models.Prices,)),
)
TICKER_LOT_OPENED_OUT: Outgoing[models.Lot, None] = Outgoing(
    "/ticker", "lot:opened", args=Arguments("/components/schemas/Lot", (models.Lot,))
)
CLERK_FRONT_DESK_REGISTER: Incoming[models.Party, models.Paddle] = Incoming(
    "/clerk/front-desk",
    "register",
    args=Arguments("/components/schemas/Party", (models.Party,)),
    ack=Arguments("/components/schemas/Paddle", (models.Paddle,)),
)
CLERK_FRONT_DESK_SETTLE: Incoming[models.Payment, models.Receipt] = Incoming(
    "/clerk/front-desk",
    "settle",
    args=Arguments("/components/schemas/Payment", (models.Payment,)),
    ack=Arguments("/components/schemas/Receipt", (models.Receipt,)),
)
CLERK_FRONT_DESK_WATCH_LOTS: Incoming[models.WatchLots, models.WatchLotsAck] = Incoming(
    "/clerk/front-desk",
    "watch lots",
    args=Arguments("/components/messages/WatchLots/payload", (models.WatchLots,)),
    ack=Arguments("/components/messages/WatchLots/x-ack", (models.WatchLotsAck,)),
)
CLERK_FRONT_DESK__2ND_OPINION: Incoming[models._2ndOpinion, None] = Incoming(
    "/clerk/front-desk",
    "2nd opinion",
    args=Arguments(
        "/channels/~1clerk~1front-desk/publish/message/oneOf/3/payload",
        (models._2ndOpinion,),
    ),
    ack=Arguments(
        "/channels/~1clerk~1front-desk/publish/message/oneOf/3/x-ack", (None,)
    ),
)

CONTRACT = Contract(
    title="Gavel & Sons",
    path="/live/socket.io",
    docs="/live/docs",
    document=json.loads(Path(__file__).with_name("asyncapi.json").read_bytes()),
    modules=("accounts", "bidding", "floor", "gavel_sons", "hammer"),
    namespaces=(
        Namespace(
            "/",
            incoming=(
                ROOT_PLACE_BID,
                ROOT_WATCH_LOTS,
                ROOT_MESSAGE,
                ROOT_JSON,
                ROOT_STEP_OUT,
                ROOT_PAUSE,
                ROOT_SEARCH,
                ROOT_READY,
                ROOT_GRÖSSTER_ZUSCHLAG,
            ),
            outgoing=(
                ROOT_LOT_OPENED_OUT,
                ROOT_BID_PLACED_OUT,
                ROOT_MESSAGE_OUT,
                ROOT_JSON_OUT,
                ROOT_PAUSE_OUT,
                ROOT_READY_OUT,
                ROOT_PRICES_OUT,
                ROOT_GRÖSSTER_ZUSCHLAG_OUT,
            ),
            query="/components/schemas/FloorQuery",
            headers="/components/schemas/FloorHeaders",
            auth="/components/schemas/Visitor",
            security=({"bidder": ("lots:read", "bids:write")}, {"houseLogin": ()}, {}),
            scenarios=(
                Scenario("place bid", "bid placed", delay=0.5, echo={"/0": "/3"}),
            ),
        ),
        Namespace(
            "/auctioneer",
            incoming=(
                ROSTRUM_OPEN_LOT,
                ROSTRUM_KNOCK_DOWN,
                ROSTRUM_RANK,
                ROSTRUM_MESSAGE,
            ),
            outgoing=(ROSTRUM_APPROVE_OUT,),
            security=(
                {"badge": (), "pin": ()},
                {"houseToken": ("hammer",)},
                {"guestToken": ()},
                {"kerberos": ()},
                {"partner": ("openid",)},
            ),
        ),
        Namespace("/ticker", outgoing=(TICKER_PRICES_OUT, TICKER_LOT_OPENED_OUT)),
        Namespace(
            "/clerk/front-desk",
            incoming=(
                CLERK_FRONT_DESK_REGISTER,
                CLERK_FRONT_DESK_SETTLE,
                CLERK_FRONT_DESK_WATCH_LOTS,
                CLERK_FRONT_DESK__2ND_OPINION,
            ),
            security=({"clerk": ()}, {"terminal": ()}, {"session": ()}, {"kiosk": ()}),
        ),
    ),
    schemes=(
        Scheme("bidder", "oauth2"),
        Scheme("houseLogin", "basic"),
        Scheme("badge", "httpApiKey", location="header", parameter="X-Badge"),
        Scheme("pin", "apiKey", location="auth", parameter="password"),
        Scheme("houseToken", "bearer", bearer_format="JWT"),
        Scheme("guestToken", "bearer", location="auth", parameter="guest"),
        Scheme("kerberos", "http", parameter="negotiate"),
        Scheme("partner", "openIdConnect"),
        Scheme("clerk", "userPassword"),
        Scheme("terminal", "apiKey", location="auth", parameter="user"),
        Scheme("session", "httpApiKey", location="cookie", parameter="session"),
        Scheme("kiosk", "httpApiKey", location="query", parameter="kiosk"),
    ),
)
