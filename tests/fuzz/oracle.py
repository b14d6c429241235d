"""What is valid by `jsonschema`, a validator that shares no code with the one in use."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
from jsonschema.validators import extend

_FORMATS = jsonschema.FormatChecker(formats=["date", "ipv4", "regex"])


def is_valid(schema: Any, instance: Any) -> bool:
    """Whether an instance is valid by draft-07, and by S24 where it has bytes."""
    valid: bool = _BINARY(schema, format_checker=_FORMATS).is_valid(instance)
    return valid


def _type(validator: Any, types: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    if isinstance(instance, bytes):
        if "string" not in types or schema.get("format") != "binary":
            yield jsonschema.ValidationError("bytes")
    else:
        yield from jsonschema.Draft7Validator.VALIDATORS["type"](validator, types, instance, schema)


def _format(validator: Any, name: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    if name == "binary" and isinstance(instance, str):
        yield jsonschema.ValidationError("text")
    yield from jsonschema.Draft7Validator.VALIDATORS["format"](validator, name, instance, schema)


def _value(keyword: str) -> Any:
    """`enum` or `const`: to `jsonschema`, no bytes are an empty list."""

    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if isinstance(instance, bytes):
            yield jsonschema.ValidationError("bytes")
        else:
            yield from jsonschema.Draft7Validator.VALIDATORS[keyword](
                validator, value, instance, schema
            )

    return check


def _min_length(validator: Any, limit: int, instance: Any, schema: Any) -> Iterator[Any]:
    if _has_length(instance, schema) and len(instance) < limit:
        yield jsonschema.ValidationError("short")


def _max_length(validator: Any, limit: int, instance: Any, schema: Any) -> Iterator[Any]:
    if _has_length(instance, schema) and len(instance) > limit:
        yield jsonschema.ValidationError("long")


def _has_length(instance: Any, schema: Mapping[str, Any]) -> bool:
    if isinstance(instance, bytes):
        return schema.get("format") == "binary"
    return isinstance(instance, str)


def _content(validator: Any, _: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """Draft-07 lets a validator assert these two keywords, and the one in use does."""
    if not isinstance(instance, str):
        return
    try:
        content = instance.encode()
        if "contentEncoding" in schema:
            content = base64.b64decode(content, validate=True)
        if "contentMediaType" in schema:
            json.loads(content)
    except ValueError:
        yield jsonschema.ValidationError("content")


def _additional_items(
    validator: Any, additional: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[Any]:
    """As `jsonschema` has it, which fails on boolean `items`."""
    if isinstance(schema.get("items"), list):
        yield from jsonschema.Draft7Validator.VALIDATORS["additionalItems"](
            validator, additional, instance, schema
        )


_BINARY = extend(
    jsonschema.Draft7Validator,
    {
        "additionalItems": _additional_items,
        "const": _value("const"),
        "enum": _value("enum"),
        "type": _type,
        "format": _format,
        "minLength": _min_length,
        "maxLength": _max_length,
        "contentEncoding": _content,
        "contentMediaType": _content,
    },
)
