"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """The base of all payload types: the typed view of a payload that is already valid.

    What is valid is decided by the JSON Schema in asyncapi.json. So keys that a schema
    does not name are kept (`extra="allow"`), and no value is converted (`strict=True`).
    Where a key is no Python name, the field has another and the key is its alias.
    """

    model_config = ConfigDict(extra="allow", strict=True, validate_by_name=True)


def _whole(value: object) -> object:
    """To JSON Schema, 1.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer: TypeAlias = Annotated[int, BeforeValidator(_whole)]


Count: TypeAlias = Annotated[str, Field(min_length=1)]

CountAck: TypeAlias = Annotated[Integer, Field(ge=0)]


class Level(Model):
    model_config = ConfigDict(extra="forbid")

    item: Annotated[str, Field(min_length=1)]
    left: Annotated[Integer, Field(ge=0)]
