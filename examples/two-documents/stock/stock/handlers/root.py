"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from stock import levels
from stock._generated import events, models


def count(payload: models.Count) -> models.CountAck:
    """How many of an item there are."""
    return levels.count(payload)
