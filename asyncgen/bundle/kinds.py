"""What stands where: the objects of AsyncAPI and of our extensions, and what is under their keys.

`x` is a value of that kind, `{}x` a mapping and `[]x` a list of them, `|x` one
or a list; `?x` is one only where the `schemaFormat` beside it is JSON Schema
(S5). A kind without an entry has nothing below it that matters here. The kinds
in `components` show where an object from another file may be put.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Kind: TypeAlias = str
Kinds: TypeAlias = Mapping[Kind, Mapping[str, Kind]]

_COMMON: Kinds = {
    "extension": {"auth": "schema", "namespaces": "{}namespace"},
    "namespace": {"auth": "schema", "bindings": "channelBindings", "x-handlers": "handlers"},
    "channelBindings": {"ws": "ws"},
    "ws": {"query": "schema", "headers": "schema"},
    "tag": {"externalDocs": "externalDocs"},
    "securityScheme": {"flows": "flows", "x-socketio": "settings"},
    "ack": {"args": "schema"},
    "schema": {
        "items": "|schema",
        "prefixItems": "[]schema",
        "additionalItems": "schema",
        "contains": "schema",
        "properties": "{}schema",
        "patternProperties": "{}schema",
        "additionalProperties": "schema",
        "propertyNames": "schema",
        "dependencies": "{}dependency",
        "definitions": "{}schema",
        "$defs": "{}schema",
        "if": "schema",
        "then": "schema",
        "else": "schema",
        "allOf": "[]schema",
        "anyOf": "[]schema",
        "oneOf": "[]schema",
        "not": "schema",
    },
}

_SERVER: Mapping[str, Kind] = {
    "variables": "{}serverVariable",
    "tags": "[]tag",
    "bindings": "serverBindings",
    "x-socketio": "settings",
}
_CHANNEL: Mapping[str, Kind] = {
    "parameters": "{}parameter",
    "bindings": "channelBindings",
    "x-socketio": "extension",
    "x-handlers": "handlers",
}
_OPERATION: Mapping[str, Kind] = {
    "traits": "[]operationTrait",
    "tags": "[]tag",
    "externalDocs": "externalDocs",
    "bindings": "operationBindings",
    "x-ack": "ack",
}
_MESSAGE: Mapping[str, Kind] = {
    "traits": "[]messageTrait",
    "correlationId": "correlationId",
    "tags": "[]tag",
    "externalDocs": "externalDocs",
    "bindings": "messageBindings",
    "x-ack": "ack",
    "x-socketio": "settings",
}
_COMPONENTS: Mapping[str, Kind] = {
    "servers": "{}server",
    "serverVariables": "{}serverVariable",
    "channels": "{}channel",
    "messages": "{}message",
    "messageTraits": "{}messageTrait",
    "operationTraits": "{}operationTrait",
    "parameters": "{}parameter",
    "securitySchemes": "{}securityScheme",
    "correlationIds": "{}correlationId",
    "serverBindings": "{}serverBindings",
    "channelBindings": "{}channelBindings",
    "operationBindings": "{}operationBindings",
    "messageBindings": "{}messageBindings",
    "x-messageAcks": "{}ack",
}

_MESSAGE_2 = {**_MESSAGE, "oneOf": "[]message", "payload": "?schema", "headers": "schema"}

KINDS_2: Kinds = {
    **_COMMON,
    "document": {
        "info": "info",
        "servers": "{}server",
        "channels": "{}channel",
        "components": "components",
        "tags": "[]tag",
        "externalDocs": "externalDocs",
        "x-socketio": "extension",
    },
    "components": {"schemas": "{}schema", **_COMPONENTS},
    "server": _SERVER,
    "channel": {**_CHANNEL, "publish": "operation", "subscribe": "operation"},
    "operation": {**_OPERATION, "message": "message"},
    "operationTrait": _OPERATION,
    "message": _MESSAGE_2,
    "messageTrait": _MESSAGE_2,
    "parameter": {"schema": "schema"},
}

_MESSAGE_3 = {**_MESSAGE, "payload": "payload", "headers": "payload"}

KINDS_3: Kinds = {
    **_COMMON,
    "document": {
        "info": "info",
        "servers": "{}server",
        "channels": "{}channel",
        "operations": "{}operation",
        "components": "components",
        "x-socketio": "extension",
    },
    "info": {"tags": "[]tag", "externalDocs": "externalDocs"},
    "components": {
        "schemas": "{}payload",
        **_COMPONENTS,
        "operations": "{}operation",
        "replies": "{}reply",
        "replyAddresses": "{}replyAddress",
        "externalDocs": "{}externalDocs",
        "tags": "{}tag",
    },
    "server": {**_SERVER, "security": "[]securityScheme", "externalDocs": "externalDocs"},
    "channel": {
        **_CHANNEL,
        "messages": "{}message",
        "servers": "[]server",
        "tags": "[]tag",
        "externalDocs": "externalDocs",
    },
    "operation": {
        **_OPERATION,
        "channel": "channel",
        "messages": "[]message",
        "reply": "reply",
        "security": "[]securityScheme",
    },
    "operationTrait": {**_OPERATION, "security": "[]securityScheme"},
    "reply": {"address": "replyAddress", "channel": "channel", "messages": "[]message"},
    "message": _MESSAGE_3,
    "messageTrait": _MESSAGE_3,
    # Either a schema or a Multi Format Schema Object.
    "payload": {},
    "multi-format": {"schema": "?schema"},
}


def element(kind: Kind) -> Kind:
    """The kind of each value in a mapping or a list; the kind itself otherwise."""
    return kind.lstrip("{}[]|?")


def homes(kinds: Kinds) -> Mapping[Kind, str]:
    """The key in `components` where objects of a kind stand."""
    own = {element(kind): key for key, kind in kinds["components"].items()}
    return {**own, "schema": "schemas"}
