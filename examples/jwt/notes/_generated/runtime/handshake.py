"""The query and the headers of a handshake, held to the `ws` bindings (S28)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import flask

from .guard import Contract, InvalidHandshake, Namespace, check_value
from .schemas import Schemas

# Parts of every handshake; a schema sees them only where it names them.
_HANDSHAKE_QUERY: Final = frozenset({"EIO", "transport", "sid", "t", "b64"})
_HOP_BY_HOP: Final = frozenset({"connection", "upgrade"})


def handshake_schemas(contract: Contract, schemas: Schemas) -> Schemas:
    """The same schemas, but that those of headers ask nothing of hop-by-hop headers.

    Proxies take such headers out and put others in, so they say nothing of a client (S28).
    """
    if all(namespace.headers is None for namespace in contract.namespaces):
        return schemas
    copy = Schemas(deepcopy(contract.document))
    for namespace in contract.namespaces:
        if namespace.headers is not None:
            for schema in _branches(copy, copy.value(namespace.headers), set()):
                _without_hop_by_hop(schema)
    return Schemas(copy.document)


def _branches(schemas: Schemas, schema: Any, seen: set[int]) -> Iterator[Any]:
    """The schema, and those that it says more in, references followed."""
    if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        schema = schemas.target(schema["$ref"])
    if not isinstance(schema, Mapping) or id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _branches(schemas, part, seen)


def _without_hop_by_hop(schema: dict[str, Any]) -> None:
    """Take the hop-by-hop headers out of what a schema says of each header."""
    for name in [*schema.get("properties", ())]:
        if _hop_by_hop(name):
            del schema["properties"][name]
    if "required" in schema:
        schema["required"] = [it for it in schema["required"] if not _hop_by_hop(it)]


def check_bindings(namespace: Namespace, schemas: Schemas) -> None:
    """Check the query and the headers of the handshake, which is `flask.request`.

    Raises InvalidHandshake where they do not conform.
    """
    if namespace.query is not None:
        given = flask.request.args.to_dict(flat=False)
        value = coerced_query(given, Coercion(schemas, namespace.query))
        subject = f"query of {namespace.name!r}"
        check_value(schemas.at(namespace.query), value, subject, InvalidHandshake)
    if namespace.headers is not None:
        value = coerced_headers(
            flask.request.headers, Coercion(schemas, namespace.headers)
        )
        subject = f"headers of {namespace.name!r}"
        check_value(schemas.at(namespace.headers), value, subject, InvalidHandshake)


def coerced_query(given: Mapping[str, list[str]], schema: Coercion) -> dict[str, Any]:
    """The query without what the transport itself puts there and the schema does not name."""
    return {
        name: schema.coerced(name, values)
        for name, values in given.items()
        if name in schema.names or name not in _HANDSHAKE_QUERY
    }


def coerced_headers(headers: Any, schema: Coercion) -> dict[str, Any]:
    """The headers that the schema names, spelt as it spells them."""
    names = {name.lower(): name for name in schema.names}
    return {
        names[name.lower()]: schema.coerced(names[name.lower()], [value])
        for name, value in headers.items()
        if name.lower() in names
    }


def _hop_by_hop(name: str) -> bool:
    return name.lower() in _HOP_BY_HOP or name.lower().startswith("sec-websocket-")


class Coercion:
    """Text of a handshake as what the schema at a pointer declares."""

    def __init__(self, schemas: Schemas, pointer: str) -> None:
        self._schemas = schemas
        parts = [*_branches(schemas, schemas.value(pointer), set())]
        self._properties = {
            name: schema
            for part in reversed(parts)
            for name, schema in part.get("properties", {}).items()
        }
        others = (part.get("additionalProperties") for part in parts)
        self._others = next((it for it in others if it is not None), None)
        required = [name for part in parts for name in part.get("required", ())]
        self.names = [*self._properties, *required]

    def coerced(self, name: str, values: list[str]) -> Any:
        """A parameter's values; declared as an array, or repeated, they are one."""
        schema = self._properties.get(name, self._others)
        kinds = self._kinds(schema)
        if "array" in kinds:
            parts = _branches(self._schemas, schema, set())
            items = next((part["items"] for part in parts if "items" in part), None)
            of_items = self._kinds(items)
            return [_scalar(value, of_items) for value in values]
        if len(values) > 1:
            return values
        return _scalar(values[0], kinds)

    def _kinds(self, schema: Any, above: frozenset[int] = frozenset()) -> set[str]:
        """The types that a schema leaves to a value; empty where it says nothing of them."""
        schema = self._target(schema)
        if id(schema) in above:  # It is a part of itself.
            return set()

        def of(keyword: str) -> list[set[str]]:
            parts = schema.get(keyword, ())
            return [self._kinds(part, above | {id(schema)}) for part in parts]

        said = [_types(schema), *of("allOf")]
        said += (set[str]().union(*of(keyword)) for keyword in ("anyOf", "oneOf"))
        said = [kinds for kinds in said if kinds]
        return set.intersection(*said) if said else set()

    def _target(self, schema: Any) -> Mapping[str, Any]:
        """The schema, a reference followed; empty where it is a boolean."""
        if not isinstance(schema, Mapping):
            return {}
        if isinstance(schema.get("$ref"), str):
            return self._schemas.target(schema["$ref"])
        return schema


_TYPES: Final = {
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    str: "string",
    type(None): "null",
}


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The types that a schema itself names, or has values of; `number` for `integer`, too."""
    declared = schema.get("type", ())
    if not declared:
        values = [schema["const"]] if "const" in schema else schema.get("enum", ())
        return {_TYPES.get(type(value), "object") for value in values}
    names = [declared] if isinstance(declared, str) else declared
    return {"number" if name == "integer" else name for name in names}


# A number as JSON writes it, so that `1_000`, ` 1` and `nan` stay text.
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _scalar(text: str, kinds: set[str]) -> Any:
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "null" in kinds and text in ("", "null"):
        return None
    if "number" in kinds and _NUMBER.fullmatch(text):
        return json.loads(text)
    return text
