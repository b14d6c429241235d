"""Typed emitters: one function for each event that the server emits, by namespace.

    from poll_server._generated import events

    events.root.counted(…, broadcast=True)

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`: in
a process that serves no clients, `external("redis://…")`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""

from typing import Unpack

from . import contract, models
from .runtime.sending import Recipients, emit
from .runtime.server import Server


class Root:
    """Events of the namespace `/`."""

    @staticmethod
    def counted(payload: models.Counts, **recipients: Unpack[Recipients]) -> None:
        """Emit `counted`."""
        emit(contract.ROOT_COUNTED_OUT, payload, **recipients)


root = Root()


def external(url: str, channel: str = "flask-socketio") -> Server:
    """A server for `server=` in a process that serves no clients, such as a script or a worker.

    It emits over the message queue at `url`, which the servers share by
    `create_app(message_queue=url)`, and takes no callbacks.
    """
    return Server.external(contract.CONTRACT, url, channel)
