"""Typed emitters: one function for each event that the server emits, by namespace.

    from chat._generated import events

    events.root.user_joined(…, broadcast=True)

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""

from . import contract, models
from .runtime.server import Server, emit


class Root:
    """Events of the namespace `/`."""

    @staticmethod
    def user_joined(
        payload: models.Presence,
        *,
        to: str | list[str] | None = None,
        broadcast: bool = False,
        include_self: bool = True,
        skip_sid: str | list[str] | None = None,
        server: Server | None = None,
    ) -> None:
        """Somebody has entered the room."""
        emit(
            contract.ROOT_USER_JOINED_OUT,
            (payload,),
            to=to,
            broadcast=broadcast,
            include_self=include_self,
            skip_sid=skip_sid,
            server=server,
        )

    @staticmethod
    def message_posted(
        payload: models.PostedMessage,
        *,
        to: str | list[str] | None = None,
        broadcast: bool = False,
        include_self: bool = True,
        skip_sid: str | list[str] | None = None,
        server: Server | None = None,
    ) -> None:
        """Somebody has said something."""
        emit(
            contract.ROOT_MESSAGE_POSTED_OUT,
            (payload,),
            to=to,
            broadcast=broadcast,
            include_self=include_self,
            skip_sid=skip_sid,
            server=server,
        )

    @staticmethod
    def typing(
        payload: models.TypingState,
        *,
        to: str | list[str] | None = None,
        broadcast: bool = False,
        include_self: bool = True,
        skip_sid: str | list[str] | None = None,
        server: Server | None = None,
    ) -> None:
        """Somebody is writing, or no longer."""
        emit(
            contract.ROOT_TYPING_OUT,
            (payload,),
            to=to,
            broadcast=broadcast,
            include_self=include_self,
            skip_sid=skip_sid,
            server=server,
        )

    @staticmethod
    def user_left(
        payload: models.Presence,
        *,
        to: str | list[str] | None = None,
        broadcast: bool = False,
        include_self: bool = True,
        skip_sid: str | list[str] | None = None,
        server: Server | None = None,
    ) -> None:
        """Somebody has left the room."""
        emit(
            contract.ROOT_USER_LEFT_OUT,
            (payload,),
            to=to,
            broadcast=broadcast,
            include_self=include_self,
            skip_sid=skip_sid,
            server=server,
        )


class Admin:
    """Events of the namespace `/admin`."""

    @staticmethod
    def room_status(
        payload: models.RoomStatus,
        *,
        to: str | list[str] | None = None,
        broadcast: bool = False,
        include_self: bool = True,
        skip_sid: str | list[str] | None = None,
        server: Server | None = None,
    ) -> None:
        """Who is in the room and how many messages were posted."""
        emit(
            contract.ADMIN_ROOM_STATUS_OUT,
            (payload,),
            to=to,
            broadcast=broadcast,
            include_self=include_self,
            skip_sid=skip_sid,
            server=server,
        )


root = Root()
admin = Admin()
