"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

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


Answer: TypeAlias = bool | None
"""\"yes\", <i>no</i>, or a \\ that goes neither way. '''Really''' \"\"\"really\"\"\"."""

Anything: TypeAlias = Any

ApproveAck: TypeAlias = Literal["yes", "no", "later"]

Chat: TypeAlias = Annotated[str, Field(min_length=1)]


class Class(Model):
    """Names that Python cannot have."""

    class_: Annotated[str, Field(alias="class")]
    field_1st_choice: Annotated[Maybe[bool], Field(alias="1st-choice")] = None
    größe: Maybe[Integer] = None
    ref_number: Annotated[Maybe[str], Field(alias="$ref-number")] = None
    hidden_: Annotated[Maybe[str], Field(alias="_hidden")] = None
    model_config_: Annotated[Maybe[str], Field(alias="model_config")] = None
    schema_: Annotated[Maybe[str], Field(alias="schema")] = None
    with_space: Annotated[Maybe[str], Field(alias="with space")] = None
    self_: Annotated[Maybe[str], Field(alias="self")] = None
    field: Annotated[Maybe[str], Field(alias="")] = None
    quote_d: Annotated[Maybe[str], Field(alias="quote\"d")] = None
    back_slash: Annotated[Maybe[str], Field(alias="back\\slash")] = None


LotId: TypeAlias = str
"""The number of a lot, such as `L-1`; never "lot 1"."""

Paddle: TypeAlias = Annotated[Integer, Field(ge=1, le=9999)]
"""What a bidder holds up."""

PlaceBidNote: TypeAlias = Annotated[str, Field(max_length=200)]
"""note"""

PlaceBidRest: TypeAlias = Annotated[Integer, Field(ge=1)]

Prices: TypeAlias = list[Any]
"""A pair, as one argument."""


class Ready(Model):
    """Countdown"""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[int | float, Field(gt=0, le=60)]


class Receipt(Model):
    number: Integer
    method: Maybe[Literal["cash", "card", "none", "None", ""]] = None
    by: str
    at: Maybe[str] = None


SearchAckTotal: TypeAlias = Annotated[Integer, Field(ge=0)]
"""total"""

WatchLots: TypeAlias = Annotated[list[LotId], Field(max_length=50)]

WatchLotsAck: TypeAlias = Annotated[Integer, Field(ge=0)]
"""How many are watched now."""


class _2ndOpinion(Model):
    """Which lot, and what is doubtful about it."""

    lot: LotId
    doubts: Annotated[
        list[Literal["age", "origin", "maker's mark", "back\\slash", '"quoted"']],
        Field(min_length=1),
    ]


class BidResultOption1(Model):
    accepted: Any
    at: str


class BidResultOption2(Model):
    accepted: Any
    reason: str


Currency: TypeAlias = Literal["EUR", "USD", "CNY"]


class Person(Model):
    kind: Literal["person"]
    name: Annotated[str, Field(min_length=1)]
    born: Maybe[str] = None


class Company(Model):
    kind: Literal["company"]
    name: str
    vat: str


class Filter(Model):
    field: Literal["title", "maker", "year"]
    is_: Annotated[Any, Field(alias="is")] = None
    not_: Annotated[Maybe[Filter], Field(alias="not")] = None


BidResult: TypeAlias = BidResultOption1 | BidResultOption2


class Money(Model):
    model_config = ConfigDict(extra="forbid")

    amount: Annotated[int | float, Field(ge=0)]
    currency: Currency


Party: TypeAlias = Person | Company


class Payment(Model):
    model_config = ConfigDict(extra="forbid")

    amount: Annotated[int | float, Field(ge=0)]
    currency: Currency


Query: TypeAlias = str | Filter | list[Filter]


class LotEstimateBasisComparablesItem(Model):
    year: Maybe[Integer] = None
    price: Maybe[Money] = None


class Ergebnis(Model):
    los: LotId
    preis: Maybe[Money] = None
    käufer: str | None = None
    gebühr: Maybe[int | float] = None


class LotEstimateBasis(Model):
    expert: Maybe[str] = None
    comparables: Maybe[list[LotEstimateBasisComparablesItem]] = None


class LotEstimate(Model):
    """Estimate"""

    low: Maybe[Money] = None
    high: Maybe[Money] = None
    basis: Maybe[LotEstimateBasis] = None


class Lot(Model):
    """A thing, or several that are sold as one."""

    model_config = ConfigDict(extra="forbid")

    id: LotId
    title: str
    """What it says in the catalogue: "a 'fine' \\ chair"."""
    estimate: Maybe[LotEstimate] = None
    parts: Maybe[list[Lot]] = None
    """The lots that this one consists of."""
    measures: Maybe[dict[str, int | float]] = None
    """In millimetres."""
    notes: Maybe[dict[str, Any]] = None
    marks: Maybe[dict[str, Any]] = None


SearchAckLots: TypeAlias = list[Lot]
"""lots"""


Filter.model_rebuild()
Lot.model_rebuild()
