"""Typed emitters: one function for each event that the server emits, by namespace.

    from raw._generated import events

    events.root.created(…, broadcast=True)

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`: in
a process that serves no clients, `external("redis://…")`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""

from collections.abc import Callable
from typing import Any, Unpack

from . import contract, models
from .runtime.sending import Recipients, call, emit
from .runtime.server import Server


class Root:
    """Events of the namespace `/`."""

    @staticmethod
    def created(
        payload: models.Task,
        *,
        callback: Callable[[dict[str, Any]], object] | None = None,
        **recipients: Unpack[Recipients],
    ) -> None:
        """Emit `created`."""
        emit(contract.ROOT_CREATED_OUT, payload, callback=callback, **recipients)

    @staticmethod
    def call_created(
        payload: models.Task,
        *,
        to: str | None = None,
        timeout: float = 60,
        server: Server | None = None,
    ) -> dict[str, Any]:
        """Emit `created` to one client and wait for its answer, for `timeout` seconds."""
        answer: dict[str, Any] = call(
            contract.ROOT_CREATED_OUT, payload, to=to, timeout=timeout, server=server
        )
        return answer


root = Root()


def external(url: str, channel: str = "flask-socketio") -> Server:
    """A server for `server=` in a process that serves no clients, such as a script or a worker.

    It emits over the message queue at `url`, which the servers share by
    `create_app(message_queue=url)`, and takes no callbacks.
    """
    return Server.external(contract.CONTRACT, url, channel)
