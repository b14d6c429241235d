"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

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


Anything: TypeAlias = Any

CreateAck: TypeAlias = Annotated[Integer, Field(ge=1)]


class MovePosition(Model):
    """position"""

    x: Maybe[Integer] = None


class Task(Model):
    name: Annotated[str, Field(min_length=1)]
    done: Maybe[bool] = None


AnythingAck: TypeAlias = list[Task]
