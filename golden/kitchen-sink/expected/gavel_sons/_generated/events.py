"""Typed emitters: one function for each event that the server emits, by namespace.

    from gavel_sons._generated import events

    events.root.lot_opened(…, broadcast=True)

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`: in
a process that serves no clients, `external("redis://…")`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""

from collections.abc import Callable
from typing import Unpack

from . import contract, models
from .runtime.sending import Recipients, call, emit
from .runtime.server import Server


class Root:
    """Events of the namespace `/`."""

    @staticmethod
    def lot_opened(payload: models.Lot, **recipients: Unpack[Recipients]) -> None:
        """Announced by the auctioneer."""
        emit(contract.ROOT_LOT_OPENED_OUT, payload, **recipients)

    @staticmethod
    def bid_placed(*rest: models.Paddle, **recipients: Unpack[Recipients]) -> None:
        """Emit `bid placed`."""
        emit(contract.ROOT_BID_PLACED_OUT, *rest, **recipients)

    @staticmethod
    def message(payload: models.Chat, **recipients: Unpack[Recipients]) -> None:
        """Say something, as `socket.send` does."""
        emit(contract.ROOT_MESSAGE_OUT, payload, **recipients)

    @staticmethod
    def json(payload: models.Anything, **recipients: Unpack[Recipients]) -> None:
        """Whatever there is to say; use `message`.

        Deprecated.
        """
        emit(contract.ROOT_JSON_OUT, payload, **recipients)

    @staticmethod
    def pause(payload: None, **recipients: Unpack[Recipients]) -> None:
        """Emit `pause`."""
        emit(contract.ROOT_PAUSE_OUT, payload, **recipients)

    @staticmethod
    def ready(
        payload: models.Ready,
        *,
        callback: Callable[[models.Answer], object] | None = None,
        **recipients: Unpack[Recipients],
    ) -> None:
        """Either side asks; the other answers."""
        emit(contract.ROOT_READY_OUT, payload, callback=callback, **recipients)

    @staticmethod
    def call_ready(
        payload: models.Ready,
        *,
        to: str | None = None,
        timeout: float = 60,
        server: Server | None = None,
    ) -> models.Answer:
        """Emit `ready?` to one client and wait for its answer, for `timeout` seconds."""
        answer: models.Answer = call(
            contract.ROOT_READY_OUT, payload, to=to, timeout=timeout, server=server
        )
        return answer

    @staticmethod
    def prices(payload: models.Prices, **recipients: Unpack[Recipients]) -> None:
        """Emit `prices`."""
        emit(contract.ROOT_PRICES_OUT, payload, **recipients)

    @staticmethod
    def größter_zuschlag(
        payload: models.Ergebnis, **recipients: Unpack[Recipients]
    ) -> None:
        """Der „Hammer“ fällt – 竞价结束."""
        emit(contract.ROOT_GRÖSSTER_ZUSCHLAG_OUT, payload, **recipients)


class Rostrum:
    """Events of the namespace `/auctioneer`."""

    @staticmethod
    def approve(
        payload: models.Money,
        *,
        callback: Callable[[models.ApproveAck], object] | None = None,
        **recipients: Unpack[Recipients],
    ) -> None:
        """The house asks the auctioneer, who answers with one word."""
        emit(contract.ROSTRUM_APPROVE_OUT, payload, callback=callback, **recipients)

    @staticmethod
    def call_approve(
        payload: models.Money,
        *,
        to: str | None = None,
        timeout: float = 60,
        server: Server | None = None,
    ) -> models.ApproveAck:
        """Emit `approve` to one client and wait for its answer, for `timeout` seconds."""
        answer: models.ApproveAck = call(
            contract.ROSTRUM_APPROVE_OUT, payload, to=to, timeout=timeout, server=server
        )
        return answer


class Ticker:
    """Events of the namespace `/ticker`."""

    @staticmethod
    def prices(payload: models.Prices, **recipients: Unpack[Recipients]) -> None:
        """Emit `prices`."""
        emit(contract.TICKER_PRICES_OUT, payload, **recipients)

    @staticmethod
    def lot_opened(payload: models.Lot, **recipients: Unpack[Recipients]) -> None:
        """Announced by the auctioneer."""
        emit(contract.TICKER_LOT_OPENED_OUT, payload, **recipients)


root = Root()
rostrum = Rostrum()
ticker = Ticker()


def external(url: str, channel: str = "flask-socketio") -> Server:
    """A server for `server=` in a process that serves no clients, such as a script or a worker.

    It emits over the message queue at `url`, which the servers share by
    `create_app(message_queue=url)`, and takes no callbacks.
    """
    return Server.external(contract.CONTRACT, url, channel)
