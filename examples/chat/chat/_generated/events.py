"""Typed emitters: one function for each event that the server emits, by namespace.

    from chat._generated import events

    events.root.user_joined(…, broadcast=True)

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
    def user_joined(payload: models.Presence, **recipients: Unpack[Recipients]) -> None:
        """Somebody has entered the room."""
        emit(contract.ROOT_USER_JOINED_OUT, payload, **recipients)

    @staticmethod
    def message_posted(
        payload: models.PostedMessage, **recipients: Unpack[Recipients]
    ) -> None:
        """Somebody has said something."""
        emit(contract.ROOT_MESSAGE_POSTED_OUT, payload, **recipients)

    @staticmethod
    def typing(payload: models.TypingState, **recipients: Unpack[Recipients]) -> None:
        """Somebody is writing, or no longer."""
        emit(contract.ROOT_TYPING_OUT, payload, **recipients)

    @staticmethod
    def user_left(payload: models.Presence, **recipients: Unpack[Recipients]) -> None:
        """Somebody has left the room."""
        emit(contract.ROOT_USER_LEFT_OUT, payload, **recipients)


class Admin:
    """Events of the namespace `/admin`."""

    @staticmethod
    def room_status(
        payload: models.RoomStatus, **recipients: Unpack[Recipients]
    ) -> None:
        """Who is in the room and how many messages were posted."""
        emit(contract.ADMIN_ROOM_STATUS_OUT, payload, **recipients)


root = Root()
admin = Admin()


def external(url: str, channel: str = "flask-socketio") -> Server:
    """A server for `server=` in a process that serves no clients, such as a script or a worker.

    It emits over the message queue at `url`, which the servers share by
    `create_app(message_queue=url)`, and takes no callbacks.
    """
    return Server.external(contract.CONTRACT, url, channel)
