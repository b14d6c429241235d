"""Handlers of the namespace `/devices`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from collections import Counter

from flask import current_app

from meters._generated import events, models
from meters._generated.runtime.server import current_identity


def reading(payload: models.Reading) -> models.ReadingAck:
    """What a device has measured."""
    device = str(current_identity().user)
    readings: Counter[str] = current_app.extensions.setdefault("readings", Counter())
    readings[device] += 1
    current_app.logger.info("%s: %s °C", device, payload.celsius)
    return readings[device]
