"""Documents that are too deep, too large, circular, or take too long, each with what is said of it.

Each is a text and the codes that `validate` and `scaffold` tell of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: '1'}\n"


def document(channels: Any, schemas: Any = None, **more: Any) -> str:
    components = {"components": {"schemas": schemas}} if schemas else {}
    info = {"title": "Chat", "version": "1"}
    return json.dumps(
        {"asyncapi": "2.6.0", "info": info, "channels": channels, **components, **more}
    )


def event(payload: Any, **more: Any) -> Any:
    return {"/": {"publish": {"message": {"name": "say", "payload": payload, **more}}}}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def chained(make: Callable[[dict[str, str]], Any], length: int, **more: Any) -> str:
    """Schemas of which each refers to the next."""
    schemas = {f"A{it}": make(reference(f"A{it + 1}")) for it in range(length)}
    return document(event(reference("A0"), **more), {**schemas, f"A{length}": {"type": "string"}})


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


def nested_value(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def ring(count: int) -> str:
    """Schemas of objects of which each can be reached from each."""
    schemas = {
        f"A{it}": {
            "type": "object",
            "properties": {
                "next": reference(f"A{(it + 1) % count}"),
                "all": {"type": "array", "items": reference(f"A{(it * 7 + 3) % count}")},
            },
        }
        for it in range(count)
    }
    return document(event(reference("A0")), schemas)


def aliases() -> str:
    lines = [f"x-{it}: &a{it} [{', '.join([f'*a{it - 1}'] * 10)}]\n" for it in range(1, 12)]
    return HEAD + "x-0: &a0 [1]\n" + "".join(lines) + "channels: {}\n"


def merges() -> str:
    lines = [f"x-{it}: &a{it} {{<<: [*a{it - 1}, *a{it - 1}]}}\n" for it in range(1, 30)]
    return HEAD + "x-0: &a0 {k: 1}\n" + "".join(lines) + "channels: {}\n"


def messages(count: int) -> str:
    payload = {"type": "object", "properties": {"text": {"type": "string"}}}
    found = [{"name": f"say {it}", "payload": payload} for it in range(count)]
    channels = {
        f"/room{it}": {"publish": {"message": {"oneOf": found[it : it + 100]}}}
        for it in range(0, count, 100)
    }
    return document(channels)


_DIGITS = "9" * 1_000_000
_MISSING = [f"B{number}" for number in range(2_000)]
_ALIKE = ["e" + "-" * number for number in range(999)]
_ID = {"$ref": "#/channels/~1{id}/parameters/id"}
_ACK = {"$ref": "#/channels/~1/publish/message/x-ack"}
_MESSAGE = {"$ref": "#/channels/~1/publish/message"}

READING: dict[str, tuple[Callable[[], str], str]] = {
    "alias-bomb.yaml": (aliases, "AG104"),
    "merge-bomb.yaml": (merges, "AG104"),
    "deep-flow.yaml": (lambda: HEAD + "x-a: " + "[" * 10_000 + "]" * 10_000, "AG102"),
    "deep-block.yaml": (lambda: "".join(" " * it + "a:\n" for it in range(3_000)), "AG102"),
    "deep-dashes.yaml": (lambda: HEAD + "x-a:\n  " + "- " * 10_000 + "1\n", "AG102"),
    "unclosed.yaml": (lambda: "{" * 1_000_000, "AG102"),
    "deep-object.json": (lambda: '{"a":' * 10_000 + "1" + "}" * 10_000, "AG102"),
    "deep-list.json": (lambda: "[" * 10_000 + "]" * 10_000, "AG102"),
    "unclosed.json": (lambda: "[" * 1_000_000, "AG102"),
    "long-number.json": (lambda: '{"asyncapi": ' + _DIGITS + "}", "AG102"),
    "long-fraction.json": (lambda: '{"asyncapi": 0.' + _DIGITS + "}", "AG102"),
    "long-exponent.json": (lambda: '{"asyncapi": 1e' + _DIGITS + "}", "AG102"),
    "long-number.yaml": (lambda: f"asyncapi: {_DIGITS}\n", "AG102"),
    "long-hexadecimal.yaml": (lambda: f"asyncapi: 0x{'f' * 1_000_000}\n", "AG102"),
    "long-octal.yaml": (lambda: f"asyncapi: 0o{'7' * 1_000_000}\n", "AG102"),
    "control-characters.yaml": (lambda: "\0" * 1_000_000, "AG102"),
    "tabs.yaml": (lambda: "\t" * 1_000_000, "AG102"),
    "duplicate-keys.yaml": (lambda: HEAD + "x-a: 1\n" * 50_000 + "channels: {}\n", "AG108"),
    "many-messages.json": (lambda: messages(100_000), "AG104"),
    "large-scalar.yaml": (lambda: "a: " + "x" * 50_000_000, "AG104"),
    "large-line.json": (lambda: '{"a": [' + "1," * 25_000_000 + "1]}", "AG104"),
    "large-comments.yaml": (lambda: "#\n" * 25_000_000, "AG104"),
    "one-scalar.yaml": (lambda: "a: " + "x" * 19_000_000, "AG201"),
    "one-string.json": (lambda: '{"a": "' + "\\n" * 9_000_000 + '"}', "AG201"),
    "nothing-but-comments.yaml": (lambda: "#\n" * 9_000_000, "AG201"),
    "many-values.yaml": (lambda: "a:\n" + "- 1\n" * 4_000_000, "AG104"),
    "many-values.json": (lambda: '{"a": [' + "1,\n" * 6_000_000 + "1]}", "AG104"),
    "long-keys.json": (
        lambda: '{"' + "k" * 1_000_000 + '": {' + "".join(f'"{it}": 1,' for it in range(9_000)),
        "AG104",
    ),
}

CIRCLES: dict[str, tuple[Callable[[], str], str]] = {
    "schema.json": (lambda: document(event(reference("A")), {"A": reference("A")}), "AG105"),
    "message.json": (lambda: document({"/": {"publish": {"message": _MESSAGE}}}), "AG105"),
    "channel.json": (
        lambda: document({"/": {"$ref": "#/channels/~1b"}, "/b": {"$ref": "#/channels/~1"}}),
        "AG105",
    ),
    "growing.json": (
        lambda: document(event(reference("A/x")), {"A": reference("A/x")}),
        "AG105",
    ),
    "trait.json": (
        lambda: document(
            {"/": {"publish": {"message": {"traits": [{"$ref": "#/x-trait"}]}}}},
            **{"x-trait": {"$ref": "#/x-trait"}},
        ),
        "AG105",
    ),
    "chain.json": (lambda: chained(lambda it: it, 5_000), "AG105"),
    "parameter.json": (
        lambda: document({"/{id}": {"parameters": {"id": _ID}}}),
        "AG105",
    ),
    "server.json": (
        lambda: document(
            event({}), servers={"s": {"$ref": "#/servers/t"}, "t": {"$ref": "#/servers/s"}}
        ),
        "AG105",
    ),
    "ack.json": (lambda: document(event({}, **{"x-ack": _ACK})), "AG105"),
}

# What is found in the end, and all that there is to say of it: nothing, or these.
HEAVY: dict[str, tuple[Callable[[], str], set[str]]] = {
    "all-of-itself.json": (
        lambda: document(event(reference("A")), {"A": {"allOf": [reference("A"), {}]}}),
        set(),
    ),
    "any-of-itself.json": (
        lambda: document(event(reference("A")), {"A": {"anyOf": [reference("A"), {}]}}),
        set(),
    ),
    "items-of-itself.json": (
        lambda: document(event(reference("A")), {"A": {"type": "array", "items": reference("A")}}),
        set(),
    ),
    "doubled-properties.json": (
        lambda: chained(
            lambda it: {"type": "object", "required": ["a", "b"], "properties": {"a": it, "b": it}},
            60,
        ),
        set(),
    ),
    "chained-items.json": (lambda: chained(lambda it: {"type": "array", "items": it}, 300), set()),
    "nested-items.json": (lambda: document(event(nested(180))), set()),
    "chained-parts.json": (
        lambda: chained(lambda it: {"allOf": [it, {"title": "more"}]}, 90),
        set(),
    ),
    "chained-alternatives.json": (
        lambda: chained(lambda it: {"anyOf": [it, {"type": "null"}]}, 90),
        set(),
    ),
    "ring.json": (lambda: ring(400), set()),
    "tree-of-alternatives.json": (
        lambda: document(
            event(reference("A"), examples=[{"payload": nested_value(20)}]),
            {"A": {"anyOf": [{"type": "number"}, *[{"properties": {"a": reference("A")}}] * 2]}},
        ),
        {"AG264", "AG301"},
    ),
    "not-itself.json": (
        lambda: document(event(reference("A")), {"A": {"not": reference("A")}}),
        set(),
    ),
    "required-of-itself.json": (
        lambda: document(
            event(reference("A")),
            {"A": {"type": "object", "required": ["a"], "properties": {"a": reference("A")}}},
        ),
        set(),
    ),
    "long-limit.json": (lambda: document(event({"minimum": int("9" * 900)})), set()),
    "small-limit.json": (lambda: document(event({"type": "number", "minimum": 5e-324})), set()),
    "wide-enum.json": (
        lambda: document(event({"type": "string", "enum": [f"{it} x" for it in range(5_000)]})),
        set(),
    ),
    "catastrophic-pattern.json": (
        lambda: document(
            event({"type": "string", "pattern": "^(a|a)*$"}, examples=[{"payload": "a" * 90 + "!"}])
        ),
        {"AG257"},
    ),
    "long-description.json": (
        lambda: document(event({"type": "string", "description": "*a_[(" * 100_000})),
        set(),
    ),
    "emphasis.json": (
        lambda: document(event({"type": "string", "description": "*a **b " * 7_000})),
        set(),
    ),
    "brackets.json": (
        lambda: document(event({"type": "string", "description": "[" * 49_000})),
        set(),
    ),
    "back-quotes.json": (
        lambda: document(
            event({"type": "string", "description": "".join("`" * it for it in range(1, 310))})
        ),
        set(),
    ),
    "unknown-keywords.json": (
        lambda: document(event({f"propertieX{it}": 1 for it in range(60_000)})),
        {"AG206"},
    ),
    "wide-tuple.json": (
        lambda: document(event({"type": "array", "items": [{"type": "string"}] * 200})),
        set(),
    ),
}

# Refused, or told of, by what `validate` says.
MANY: dict[str, tuple[Callable[[], str], str]] = {
    "doubled-alternatives.json": (
        lambda: chained(lambda it: {"oneOf": [it, it]}, 60, examples=[{"payload": "x"}]),
        "AG265",
    ),
    "doubled-parts.json": (lambda: chained(lambda it: {"allOf": [it, it, {}]}, 60), "AG265"),
    "doubled-property.json": (
        lambda: chained(lambda it: {"allOf": [{"properties": {"a": it}}] * 2}, 60),
        "AG265",
    ),
    "chained-parts.json": (
        lambda: chained(lambda it: {"allOf": [it, {"title": "more"}]}, 10_000),
        "AG265",
    ),
    "ring-of-alternatives.json": (
        lambda: chained(lambda it: {"anyOf": [it, reference("A0")]}, 10_000),
        "AG265",
    ),
    "chained-properties.json": (
        lambda: chained(lambda it: {"type": "object", "properties": {"next": it}}, 1_500),
        "AG265",
    ),
    "impossible-pattern.json": (
        lambda: document(event({"type": "string", "pattern": "(a{1000}){1000}{1000}"})),
        "AG260",
    ),
    "unclosed-pattern.json": (
        lambda: document(event({"type": "string", "pattern": "(" * 50_000})),
        "AG260",
    ),
    "unknown-keys.json": (
        lambda: document({"/": {"publish": {"message": {f"nmae{it}": 1 for it in range(20_000)}}}}),
        "AG108",
    ),
    "broken-references.json": (
        lambda: document(
            {"/": {"publish": {"message": {"oneOf": [*map(reference, _MISSING)]}}}},
            {f"A{it}": {} for it in range(2_000)},
        ),
        "AG108",
    ),
    "long-name.json": (
        lambda: document({"/" + "n" * 1_000_000: {"publish": {"message": {"name": "say"}}}}),
        "AG223",
    ),
    "long-unknown-key.json": (
        lambda: document(event({}), **{"servesr" * 100_000: {}, "servres" * 100_000: {}}),
        "AG248",
    ),
    "one-name.json": (
        lambda: document(
            {"/": {"publish": {"message": {"oneOf": [{"name": it} for it in _ALIKE]}}}}
        ),
        "AG222",
    ),
    "braces.json": (lambda: document({"/" + "{" * 200_000: {}}), "AG"),
    "servers.json": (
        lambda: document(
            event({}),
            servers={f"s{it}": {"url": "http://x", "protocol": "ws"} for it in range(2_000)},
        ),
        "",
    ),
    "messages.json": (lambda: messages(5_000), ""),
    "unused.json": (lambda: document(event({}), {f"A{it}": {} for it in range(5_000)}), "AG108"),
}
