"""Typed emitters: one function for each event that the server emits, by namespace.

    from poll_server._generated import events

    events.root.counted(…, broadcast=True)

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""

from typing import Unpack

from . import contract, models
from .runtime.server import Recipients, emit


class Root:
    """Events of the namespace `/`."""

    @staticmethod
    def counted(payload: models.Counts, **recipients: Unpack[Recipients]) -> None:
        """Emit `counted`."""
        emit(contract.ROOT_COUNTED_OUT, payload, **recipients)


root = Root()
