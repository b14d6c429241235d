"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""

from __future__ import annotations

from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """The base of all payload types: the typed view of a payload that is already valid.

    What is valid is decided by the JSON Schema in asyncapi.json. So keys that a schema
    does not name are kept (`extra="allow"`), and no value is converted (`strict=True`).
    Where a key is no Python name, the field has another and the key is its alias.
    """

    model_config = ConfigDict(extra="allow", strict=True, validate_by_name=True)


def _is_none(value: object) -> bool:
    return value is None


T = TypeVar("T")

# A property that may be left out, but is never null: None leaves it out.
Maybe: TypeAlias = Annotated[T | None, Field(exclude_if=_is_none)]


def _whole(value: object) -> object:
    """To JSON Schema, 1.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer: TypeAlias = Annotated[int, BeforeValidator(_whole)]


class NewMessage(Model):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=500, min_length=1)]
    """What to say."""
    replyTo: Annotated[Maybe[Integer], Field(ge=1)] = None
    """The id of the message that this one answers."""


class Receipt(Model):
    """The server has taken the message."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[Integer, Field(ge=1)]
    at: str
    """When the message was taken."""


UserName: TypeAlias = Annotated[str, Field(max_length=40, min_length=1)]
"""What somebody is called in the room."""


class PostedMessage(Model):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[Integer, Field(ge=1)]
    name: UserName
    text: str
    replyTo: Maybe[Integer] = None
    at: str


class Presence(Model):
    """Somebody came or went."""

    model_config = ConfigDict(extra="forbid")

    name: UserName
    online: Annotated[Integer, Field(ge=0)]
    """How many are in the room now."""


class RoomStatus(Model):
    model_config = ConfigDict(extra="forbid")

    users: list[UserName]
    messages: Annotated[Integer, Field(ge=0)]


class TypingState(Model):
    model_config = ConfigDict(extra="forbid")

    name: UserName
    typing: bool


class User(Model):
    model_config = ConfigDict(extra="forbid")

    name: UserName


class Welcome(Model):
    """Who is in the room already."""

    model_config = ConfigDict(extra="forbid")

    users: list[UserName]
