"""Values on their way out: models become plain data, which is JSON and bytes."""

from __future__ import annotations

import marshal
import math
from collections.abc import Mapping
from typing import Any, Final

import orjson
import pydantic_core

from .schemas import Mismatch, pointer_to

# What would be written as JSON, but is not JSON, is left to others.
_PLAIN: Final = (
    orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)


def written(value: Any) -> str | None:
    """The value as JSON; None where it has something in it that plain JSON does not have.

    NaN and infinity are written as null: `is_plain` has been asked before.
    """
    try:
        return orjson.dumps(value, option=_PLAIN).decode()
    except TypeError:
        return None


def is_plain(value: Any) -> bool:
    """Whether a value is JSON already: of Python's own types, and of no subclass.

    It may have tuples in it, which are written as lists are.
    """
    try:
        marshal.dumps(value)  # It knows no class but Python's own,
    except ValueError:
        return False
    text = written(value)  # and this, but few others, JSON's.
    return text is not None and ("null" not in text or _is_finite(value))


def _is_finite(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return all(map(_is_finite, value.values()))
    if kind is list or kind is tuple:
        return all(map(_is_finite, value))
    return kind is not float or math.isfinite(value)


def sendable(value: Any, path: str) -> Any:
    """A value as JSON and bytes; raises Mismatch where it has another thing in it."""
    if isinstance(value, str):
        return str.__str__(value)  # of an enum, too
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, list | tuple):
        return [sendable(item, f"{path}/{index}") for index, item in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {
            str.__str__(key): sendable(item, path + pointer_to([key]))
            for key, item in value.items()
        }
    if isinstance(value, float):
        raise Mismatch("must be a number of JSON, which NaN and infinity are not", path)
    if isinstance(value, Mapping):
        raise Mismatch("must be a JSON object, whose keys are all strings", path)
    raise Mismatch(f"must be a JSON value, which a {type(value).__name__} is not", path)


_ANYTHING: Final = pydantic_core.SchemaSerializer(
    pydantic_core.core_schema.any_schema()
)


def dumped(value: Any) -> Any:
    """The value with models dumped by the document's names, without unset fields."""
    return _ANYTHING.to_python(value, by_alias=True, exclude_unset=True, warnings=False)
