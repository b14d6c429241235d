"""Handlers that the AsyncAPI document names by their paths."""

from __future__ import annotations

from gavel_sons._generated import models
from gavel_sons._generated.runtime.guard import UNSET, Unset


def place(
    lot_id: models.LotId,
    money: models.Money,
    note: models.PlaceBidNote | Unset = UNSET,
    *rest: models.PlaceBidRest,
) -> models.BidResult:
    """Bid for a lot.

    The first two arguments are needed. "A note" may follow, and after it
    the numbers of paddles that bid together \\ in a syndicate.
    """
    raise NotImplementedError(
        "write place in bidding.rules.engine: it is the event `place bid` of the namespace `/`"
    )
