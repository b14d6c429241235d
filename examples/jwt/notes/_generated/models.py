"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field


Text: TypeAlias = Annotated[str, Field(max_length=500, min_length=1)]

ListAck: TypeAlias = list[Text]
