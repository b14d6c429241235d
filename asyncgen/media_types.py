"""Media types: which content types are JSON, and which schema formats can be read (S5).

All of them are compared without regard to case, as RFC 6838 has it.
"""

from __future__ import annotations

import re

_JSON = re.compile(r"[\w.+-]+/([\w.+-]+\+)?json\s*(;.*)?", re.IGNORECASE)
_JSON_SCHEMA = re.compile(
    r"application/(vnd\.aai\.asyncapi|schema\+json|schema\+yaml).*", re.IGNORECASE | re.DOTALL
)
_UNDERSTOOD = re.compile(
    r"application/(vnd\.aai\.asyncapi(\+json|\+yaml)?(;\s*version=[\w.-]+)?"
    r"|schema(\+json|\+yaml)(;\s*version=draft-07)?)",
    re.IGNORECASE,
)


def is_json(content_type: str) -> bool:
    """True for `application/json`, `application/vnd.x+json` and the like."""
    return _JSON.fullmatch(content_type.strip()) is not None


def is_json_schema(schema_format: str | None) -> bool:
    """True for a `schemaFormat` that is JSON Schema of any draft, and for none: the default is."""
    return schema_format is None or _JSON_SCHEMA.fullmatch(schema_format.strip()) is not None


def is_understood(schema_format: str) -> bool:
    """True for a `schemaFormat` that a payload may have here: AsyncAPI schema or draft-07 (S5)."""
    return _UNDERSTOOD.fullmatch(schema_format.strip()) is not None
