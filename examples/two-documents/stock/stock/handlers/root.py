"""Handlers of the namespace `/`.

Beside one function for each event, `connect(auth)`, `disconnect(reason)` and
`error(error)` are called where they are defined here.
"""

from stock import levels
from stock._generated import events, models


def count(payload: models.Count) -> models.CountAck:
    """How many of an item there are."""
    return levels.count(payload)
