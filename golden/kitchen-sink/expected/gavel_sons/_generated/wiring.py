"""Registers every handler; a type checker reports one that does not fit on its line."""

import accounts
import hammer
from accounts import badges, tokens
from bidding.rules import engine
from floor import doors
from gavel_sons import handlers, security
from gavel_sons.handlers import clerk_front_desk, root, rostrum, ticker

from . import contract
from .runtime.server import Server


def wire(server: Server) -> None:
    """Register the project's handlers and hooks with `server`, before its `init_app`."""
    server.hook("bidder", tokens.inspect, security.may_bid)
    server.hook("houseLogin", accounts.check_password)
    server.hook("badge", badges.check)
    server.hook("pin", badges.check_pin)
    server.hook("houseToken", tokens.check, tokens.may)
    server.hook("guestToken", tokens.check_guest)
    server.hook("kerberos", security.check_kerberos)
    server.hook("partner", security.check_partner)
    server.hook("clerk", accounts.check_clerk)
    server.hook("terminal", security.check_terminal)
    server.hook("session", accounts.check_session)
    server.hook("kiosk", security.check_kiosk)
    server.handle(contract.ROOT_PLACE_BID, engine.place)
    server.handle(contract.ROOT_WATCH_LOTS, root.watch_lots)
    server.handle(contract.ROOT_MESSAGE, root.say)
    server.handle(contract.ROOT_JSON, root.json)
    server.handle(contract.ROOT_STEP_OUT, root.step_out)
    server.handle(contract.ROOT_PAUSE, root.pause)
    server.handle(contract.ROOT_SEARCH, root.search)
    server.handle(contract.ROOT_READY, root.ready)
    server.handle(contract.ROOT_GRÖSSTER_ZUSCHLAG, root.größter_zuschlag)
    server.handle_connect("/", doors.enter)
    server.handle_disconnect("/", doors.leave)
    server.handle_error("/", root.apologize)
    server.handle_module("/", root)
    server.handle(contract.ROSTRUM_OPEN_LOT, hammer.up)
    server.handle(contract.ROSTRUM_KNOCK_DOWN, hammer.down)
    server.handle(contract.ROSTRUM_RANK, rostrum.rank)
    server.handle(contract.ROSTRUM_MESSAGE, rostrum.say)
    server.handle_error("/auctioneer", doors.complain)
    server.handle_module("/auctioneer", rostrum)
    server.handle_module("/ticker", ticker)
    server.handle(contract.CLERK_FRONT_DESK_REGISTER, clerk_front_desk.register)
    server.handle(contract.CLERK_FRONT_DESK_SETTLE, accounts.settle)
    server.handle(contract.CLERK_FRONT_DESK_WATCH_LOTS, clerk_front_desk.watch_lots)
    server.handle(contract.CLERK_FRONT_DESK__2ND_OPINION, clerk_front_desk._2nd_opinion)
    server.handle_module("/clerk/front-desk", clerk_front_desk)
    server.handle_default(handlers)
