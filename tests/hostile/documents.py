"""Two documents that use everything, in which whatever their author chooses is marked.

The text of each mark is unique, so a variant of a document is a mapping from
the texts of marks to hostile ones: keys, values and references follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from asyncgen.json_pointer import join


class Prose(str):
    """Text that is data wherever it goes: any is accepted, and changes strings alone."""


class Value(str):
    """Text that is data, too, but that may be refused: a pattern, a URL, the name of an event."""


class Name(str):
    """Text that identifiers, modules or files are made of."""


class Dotted(str):
    """A dotted path to a function."""


@dataclass(frozen=True)
class Ref:
    """A reference to a place whose last key may be marked."""

    place: str
    key: str


Marked = Prose | Value | Name | Dotted


def _scheme(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": Prose(f"who may, by {kind}"), **more}


def _schema() -> dict[str, Any]:
    """A schema that says all that reaches code, and what datamodel-code-generator would read."""
    return {
        "type": "object",
        "title": Prose("a title"),
        "description": Prose("a description\n\nof two paragraphs"),
        "$comment": Prose("a comment"),
        "properties": {
            Name("userName"): {
                "type": "string",
                "description": Prose("described"),
                "default": Prose("a default"),
                "examples": [Prose("an example")],
            },
            "kind": {"type": "string", "enum": [Prose("one kind"), "another kind"]},
            "fixed": {"const": Prose("a constant")},
            "matched": {"type": "string", "pattern": Value("^ab?$")},
            "formatted": {"type": "string", "format": Value("first_name")},
            "several": {"oneOf": [{"const": Prose("either")}, {"type": "null"}]},
            "inline": {"type": "object", "properties": {Name("innerKey"): {"type": "integer"}}},
            "map": {"type": "object", "patternProperties": {Value("^x_"): {"type": "number"}}},
            "custom": {
                "type": "string",
                "customTypePath": Prose("custom.type.Path"),
                "customBasePath": Prose("custom.base.Path"),
                "x-python-import": {"module": Prose("a_module"), "name": Prose("AName")},
                "x-python-type": Prose("x.Type"),
                "x-is-classvar": True,
                "x-datamodel-code-generator-field-name": Prose("field_name"),
                "x-is-base-class": True,
                "enum": ["a", "b"],
                "x-enum-varnames": [Prose("VARNAME"), "B"],
                "x-enumNames": [Prose("ENUMNAME"), "B"],
                "x-enum-descriptions": [Prose("about a"), "about b"],
                "x-enum-field-as-literal": Prose("all"),
            },
        },
        "customBasePath": Prose("base.Of.Class"),
        "x-python-import": {"module": Prose("b_module"), "name": Prose("BName")},
        "x-python-type": Prose("y.Type"),
        "x-avro-name": Prose("avro name"),
        "required": [Name("userName")],
        "x-anything": {Prose("a key of theirs"): Prose("a value of theirs")},
    }


def _info() -> dict[str, Any]:
    return {
        "title": Prose("Chat of two"),
        "version": Prose("1.0"),
        "description": Prose("What it *is*."),
        "termsOfService": Value("https://example.com/terms"),
        "contact": {"name": Prose("the contact"), "url": Value("https://example.com/contact")},
        "license": {"name": Prose("a licence"), "url": Value("https://example.com/licence")},
    }


def _message(**more: Any) -> dict[str, Any]:
    return {
        "title": Prose("the title of say"),
        "summary": Prose("the summary of say"),
        "description": Prose("the description of say"),
        "contentType": "application/json",
        "tags": [{"name": Prose("a tag"), "description": Prose("what the tag is")}],
        "externalDocs": {
            "url": Value("https://example.com/docs"),
            "description": Prose("more of it"),
        },
        "payload": Ref("/components/schemas", Name("Said")),
        "x-ack": {"args": Ref("/components/schemas", "Answer")},
        "examples": [
            {
                "name": Prose("an example's name"),
                "summary": Prose("an example's summary"),
                "payload": {Name("userName"): Prose("an example's value")},
            }
        ],
        **more,
    }


def _heard() -> dict[str, Any]:
    return {
        "description": Prose("the description of heard"),
        "payload": {
            "type": "array",
            "items": [
                {"type": "string", "title": Name("first word")},
                {"type": "object", "properties": {Name("secondKey"): {"type": "boolean"}}},
            ],
        },
        "x-ack": {"args": {"enum": [Prose("heard it"), "heard nothing"]}},
    }


def _schemas() -> dict[str, Any]:
    return {
        Name("Said"): _schema(),
        "Answer": {"const": Prose("an answer"), "description": Prose("about the answer")},
        Name("Unrelated"): {
            "anyOf": [
                {"type": "array", "items": Ref("/components/schemas", Name("Unrelated"))},
                {"type": "string"},
            ]
        },
    }


def _schemes(flows: dict[str, Any]) -> dict[str, Any]:
    bearer = {"scheme": "bearer", "bearerFormat": Prose("a format of tokens")}
    return {
        Name("bearerScheme"): _scheme("http", **bearer),
        "keyScheme": _scheme(
            "httpApiKey", **{"in": "header", "name": Value("X-Key-Name")},
            **{"x-apiKeyInfoFunc": Dotted("hooks.check_key")},
        ),
        "oauthScheme": _scheme("oauth2", flows={"implicit": flows}),
    }  # fmt: skip


def _bindings() -> dict[str, Any]:
    def described(name: Any) -> dict[str, Any]:
        text = {"type": "string", "description": Prose(f"about {name}")}
        return {"type": "object", "properties": {name: text}}

    return {
        "ws": {
            "query": described(Prose("aQueryKey")),
            "headers": described(Prose("X-A-Header")),
        }
    }


def version_2() -> dict[str, Any]:
    """A document of AsyncAPI 2."""
    security = [{Name("bearerScheme"): [Prose("a scope")]}, {"keyScheme": []}, {"oauthScheme": []}]
    channel = {
        "description": Prose("the description of the channel"),
        "x-handlers": {
            "connect": Dotted("hooks.connected"),
            "disconnect": Dotted("gone"),
            "error": Dotted("deep.er.failed"),
        },
        "x-socketio": {"auth": {"type": ["object", "null"], "properties": {Prose("token"): {}}}},
        "x-security": security,
        "bindings": _bindings(),
        "publish": {
            "operationId": Prose("sayIt"),
            "summary": Prose("the summary of the operation"),
            "message": {
                "oneOf": [
                    _message(name=Name("say it"), **{"x-handler": Dotted("hooks.say")}),
                    {"name": Name("plain event"), "payload": {"type": "string"}},
                ]
            },
        },
        "subscribe": {"message": {"name": Name("was heard"), **_heard()}},
    }
    flows = {
        "authorizationUrl": Value("https://example.com/authorize"),
        "scopes": {Prose("a known scope"): Prose("what the scope allows")},
    }
    return {
        "asyncapi": "2.6.0",
        "id": Value("urn:example:chat"),
        "info": _info(),
        "tags": [{"name": Prose("a tag of the root"), "description": Prose("about that tag")}],
        "externalDocs": {
            "url": Value("https://example.com/root"),
            "description": Prose("about the root"),
        },
        "servers": {
            Prose("aServer"): {
                "url": Value("https://{stage}.example.com/api/socket.io"),
                "protocol": Prose("wss"),
                "description": Prose("about the server"),
                "variables": {
                    "stage": {
                        "default": Prose("a stage"),
                        "enum": [Prose("a stage"), "another stage"],
                        "description": Prose("about the stage"),
                    }
                },
            }
        },
        "channels": {
            Name("/aRoom"): channel,
            "/second": {
                "publish": {"message": {"oneOf": [Ref("/components/messages", Name("NamedByKey"))]}}
            },
        },
        "components": {
            "messages": {
                Name("NamedByKey"): {
                    "name": "by key",
                    "payload": Ref("/components/schemas", Name("Unrelated")),
                }
            },
            "schemas": _schemas(),
            "securitySchemes": _schemes(flows),
        },
    }


def version_3() -> dict[str, Any]:
    """A document of AsyncAPI 3."""
    messages = Ref("/channels/aRoom/messages", Name("sayIt"))
    heard = Ref("/channels/aRoom/messages", Name("wasHeard"))
    flows = {
        "authorizationUrl": Value("https://example.com/authorize"),
        "availableScopes": {Prose("a known scope"): Prose("what the scope allows")},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            **_info(),
            "tags": [{"name": Prose("a tag of the root")}],
            "externalDocs": {
                "url": Value("https://example.com/root"),
                "description": Prose("about the root"),
            },
        },
        "servers": {
            "main": {
                "host": Value("chat.example.com:8000"),
                "pathname": Value("/api/socket.io"),
                "protocol": "ws",
                "title": Prose("the title of the server"),
                "summary": Prose("the summary of the server"),
                "description": Prose("about the server"),
                "security": [Ref("/components/securitySchemes", Name("bearerScheme"))],
            }
        },
        "channels": {
            "aRoom": {
                "address": Name("/aRoom"),
                "title": Prose("the title of the channel"),
                "summary": Prose("the summary of the channel"),
                "description": Prose("the description of the channel"),
                "messages": {
                    Name("sayIt"): _message(name=Value("say it")),
                    Name("wasHeard"): _heard(),
                },
                "bindings": _bindings(),
            }
        },
        "operations": {
            Prose("onSay"): {
                "action": "receive",
                "channel": Ref("/channels", "aRoom"),
                "title": Prose("the title of the operation"),
                "summary": Prose("the summary of the operation"),
                "description": Prose("the description of the operation"),
                "messages": [messages],
                "x-handler": Dotted("hooks.say"),
            },
            "sendHeard": {
                "action": "send",
                "channel": Ref("/channels", "aRoom"),
                "messages": [heard],
            },
        },
        "components": {"schemas": _schemas(), "securitySchemes": _schemes(flows)},
    }


DOCUMENTS: Mapping[str, Callable[[], dict[str, Any]]] = {"2": version_2, "3": version_3}


def marks(node: Any) -> Iterator[Marked]:
    """Every mark of a document, once for each place."""
    if isinstance(node, Marked):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from marks(key)
            yield from marks(value)
    elif isinstance(node, list):
        for value in node:
            yield from marks(value)


def variant(node: Any, hostile: Mapping[str, str]) -> Any:
    """The document as plain data, with other texts in place of some marks."""
    match node:
        case Ref(place, key):
            pointer = join(place, hostile.get(key, key))
            return {"$ref": "#" + quote(pointer, safe="/~")}
        case Prose() | Value() | Name() | Dotted():
            return hostile.get(node, str(node))
        case dict():
            return {variant(key, hostile): variant(it, hostile) for key, it in node.items()}
        case list():
            return [variant(it, hostile) for it in node]
    return node
