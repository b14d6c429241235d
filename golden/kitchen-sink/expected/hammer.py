"""Handlers that the AsyncAPI document names by their paths."""

from __future__ import annotations

from gavel_sons._generated import models


def up(payload: models.LotId) -> None:
    """No name of its own; its key has to do."""
    raise NotImplementedError(
        "write up in hammer: it is the event `OpenLot` of the namespace `/auctioneer`"
    )


def down(lot_id: models.LotId, paddle: models.Paddle) -> models.Paddle:
    """Sold!

    Announced by the auctioneer.
    """
    raise NotImplementedError(
        "write down in hammer: it is the event `knock down` of the namespace `/auctioneer`"
    )
