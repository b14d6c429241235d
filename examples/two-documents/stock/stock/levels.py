"""How much there is of everything: a hundred at first."""

from flask import current_app

from stock._generated import events, models


def count(item: str) -> int:
    """How many of an item there are."""
    return _levels().get(item, 100)


def take(item: str, amount: int) -> None:
    """Take out of the stock what there is, and tell everybody."""
    left = _levels()[item] = max(count(item) - amount, 0)
    events.root.taken(models.Level(item=item, left=left), broadcast=True)


def _levels() -> dict[str, int]:
    levels: dict[str, int] = current_app.extensions.setdefault("levels", {})
    return levels
