"""What a caller decides about how a document is read, by command line or pyproject.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

ChannelModel: TypeAlias = Literal["namespace", "event"]
"""What a channel is in Socket.IO (S9)."""

Perspective: TypeAlias = Literal["server", "client"]
"""Whose side the document is written from (S8)."""

Payloads: TypeAlias = Literal["models", "raw"]
"""What handlers get and return: models, or plain data."""

CHANNEL_MODELS: tuple[ChannelModel, ...] = ("namespace", "event")
PERSPECTIVES: tuple[Perspective, ...] = ("server", "client")
PAYLOADS: tuple[Payloads, ...] = ("models", "raw")

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller decides.

    `package` names the project's package (default: after the title), `server`
    the server to generate for (S33). `channels` and `perspective` win over the
    document's own (S8, S9). `payloads` says what handlers get: models, which
    is the default, or `raw`, plain data. With `lint` a document is only
    checked: what the caller would have to decide is a warning or a note.
    """

    package: str | None = None
    server: str | None = None
    lint: bool = False
    channels: ChannelModel | None = None
    perspective: Perspective | None = None
    payloads: Payloads | None = None


def one_of(choices: Sequence[Choice], said: object) -> Choice | None:
    """The choice that was said; None for anything else."""
    return next((it for it in choices if it == said), None)
