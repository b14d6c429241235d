"""Packets of Socket.IO: strict about what a client sends, quick with plain JSON.

orjson writes and reads nearly all of them. What it would read otherwise than
`json` does, or would not read or write at all, is left to `json`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from socketio import packet  # type: ignore[import-untyped,unused-ignore]

from .values import written

# Names that Socket.IO uses itself: as a client's event, one of them is unknown.
_RESERVED: Final = frozenset(
    [
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
        "*",
    ]
)
_FORGED: Final = "\0reserved"
_MAX_ATTACHMENTS: Final = 1000


@dataclass(frozen=True)
class Handshake:
    """What a client's CONNECT packet carried; no event can be mistaken for one."""

    auth: Any


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not a number of JSON")
    return value


_strict_loads: Final = partial(
    packet.Packet.json.loads, parse_constant=_finite, parse_float=_finite
)

# orjson makes floats of integers above 64 bits, which have 19 digits or more.
_TO_ZERO: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER: Final = b"0" * 19


class StrictJson:
    """JSON without NaN and Infinity, which Python has and which break other clients."""

    dumps = partial(packet.Packet.json.dumps, allow_nan=False)

    @staticmethod
    def loads(text: str | bytes) -> Any:
        """The value of a JSON text; integers are exact. Raises ValueError.

        Bytes are what comes from a message queue.
        """
        try:
            data = text.encode() if isinstance(text, str) else text
            if _LONG_NUMBER not in data.translate(_TO_ZERO):
                return orjson.loads(data)
        except ValueError:
            pass  # Lone surrogates, which `json` takes, or what is no JSON.
        return _strict_loads(text)


class Packet(packet.Packet):  # type: ignore[misc,unused-ignore]
    """A packet; one from a client with everything refused that would confuse the server.

    Raises ValueError for a packet that no Socket.IO client sends.
    """

    json = StrictJson
    data: Any

    def __init__(
        self,
        packet_type: int = packet.EVENT,
        data: Any = None,
        namespace: str | None = None,
        id: int | None = None,
        binary: bool | None = None,
        encoded_packet: Any = None,
    ) -> None:
        # What can be written is not binary, so nobody has to look for bytes in it.
        self._text = None if data is None else self._written(data)
        if self._text is not None:
            binary = False
        super().__init__(packet_type, data, namespace, id, binary, encoded_packet)

    def _written(self, data: Any) -> str | None:
        """The data as JSON; None where that is not as simple."""
        if self.json is not StrictJson:  # The option `json` of Flask-SocketIO.
            return None
        return written(data)

    def encode(self) -> Any:
        """The packet as text, or a list of that and its attachments."""
        if self._text is None:
            return super().encode()
        namespace = self.namespace
        address = "" if namespace in (None, "/") else f"{namespace},"
        number = "" if self.id is None else self.id
        return f"{self.packet_type}{address}{number}{self._text}"

    def decode(self, encoded_packet: Any) -> int:
        """Decode and check; the number of binary attachments that follow."""
        count: int = super().decode(encoded_packet)
        kind, data = self.packet_type, self.data
        if count > _MAX_ATTACHMENTS:
            raise ValueError("too many attachments")
        if kind in (packet.EVENT, packet.BINARY_EVENT):
            if not (isinstance(data, list) and data and isinstance(data[0], str)):
                raise ValueError("an event needs a name")
            if data[0] in _RESERVED:
                data[0] = _FORGED
        elif kind in (packet.ACK, packet.BINARY_ACK):
            # python-socketio keeps its counter of callbacks under the id 0.
            if not isinstance(data, list) or not self.id:
                raise ValueError("an acknowledgement needs an id and a list")
        elif kind == packet.CONNECT:
            # A number was read as the id, which this kind of packet does not have.
            self.data = Handshake(self.id if data is None else data)
        elif kind != packet.DISCONNECT:
            raise ValueError("not a packet that a client sends")
        return count
