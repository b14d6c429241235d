"""What contradicts another part of a document (S6, S7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity
from asyncgen.document import Document
from asyncgen.lower import Options, lower

HEAD_2 = "asyncapi: 2.6.0\ninfo: {title: Chat, version: '1'}\n"
HEAD_3 = "asyncapi: 3.0.0\ninfo: {title: Chat, version: '1'}\n"
CHANNEL = "channels: {/: {publish: {message: {name: say}}}}\n"


def read(folder: Path, text: str) -> tuple[Document | None, list[Diagnostic]]:
    path = folder / "chat.yaml"
    path.write_text(text if text.startswith("asyncapi") else HEAD_2 + text, encoding="utf-8")
    diagnostics = Diagnostics()
    return pipeline.read_document(path, diagnostics), list(diagnostics)


def told(folder: Path, text: str) -> list[tuple[str, Severity]]:
    return [(item.code, item.severity) for item in read(folder, text)[1]]


SAYS = "{operationId: OP, message: {name: say, messageId: ID}}"


def says(operation: str, message: str) -> str:
    return SAYS.replace("OP", operation).replace("ID", message)


@pytest.mark.parametrize(
    ("second", "key"), [(says("a", "y"), "operationId"), (says("b", "x"), "messageId")]
)
def test_S6_an_id_that_stands_twice(tmp_path: Path, second: str, key: str) -> None:
    text = f"channels: {{/: {{publish: {says('a', 'x')}, subscribe: {second}}}}}\n"
    [item] = read(tmp_path, text)[1]
    assert (item.code, item.severity) == ("AG250", Severity.ERROR)
    assert f"`{key}`" in item.message


def test_S4_an_operation_that_two_channels_share_is_one(tmp_path: Path) -> None:
    text = "channels: {/a: {$ref: '#/components/channels/c'}, /b: {$ref: '#/channels/~1a'}}\n"
    text += f"components: {{channels: {{c: {{publish: {says('a', 'x')}}}}}}}\n"
    assert told(tmp_path, text) == []


def server(url: str, variables: str) -> str:
    return CHANNEL + f"servers: {{a: {{url: '{url}', protocol: ws, variables: {variables}}}}}\n"


@pytest.mark.parametrize(
    ("url", "variables", "expected"),
    [
        ("{a}.com", "{a: {default: x}}", []),
        ("{a}{b}.com", "{a: {default: x}}", [("AG253", Severity.ERROR)]),
        ("{a}.com", "{}", [("AG253", Severity.WARNING)]),
        ("{a}.com", "{a: {default: x}, b: {default: x}}", [("AG254", Severity.ERROR)]),
        ("a.com", "{b: {default: x}}", [("AG254", Severity.WARNING)]),
        ("{port}.com", "{prot: {default: x}}", [("AG253", Severity.ERROR)]),
        ("{a}.com", "{a: {enum: [x, y]}}", [("AG255", Severity.NOTE)]),
        ("{a}.com", "{a: {enum: [x, y], default: z}}", [("AG256", Severity.WARNING)]),
        ("{a}.com", "{a: {enum: [x], default: x, examples: [z]}}", [("AG257", Severity.WARNING)]),
        ("a.com/{b}", "{}", [("AG203", Severity.ERROR)]),
    ],
)
def test_S6_variables_of_a_server(
    tmp_path: Path, url: str, variables: str, expected: list[tuple[str, Severity]]
) -> None:
    assert told(tmp_path, server(url, variables)) == expected


@pytest.mark.parametrize(
    ("key", "parameters", "expected"),
    [
        ("/{a}", "{a: {}}", []),
        ("/{a}/{b}", "{a: {}}", [("AG253", Severity.ERROR)]),
        ("/{a}", "{a: {}, b: {}}", [("AG254", Severity.ERROR)]),
        ("/{a}", "{}", [("AG253", Severity.WARNING)]),
        ("/", "{b: {}}", [("AG254", Severity.WARNING)]),
    ],
)
def test_S6_parameters_of_a_channel(
    tmp_path: Path, key: str, parameters: str, expected: list[tuple[str, Severity]]
) -> None:
    assert told(tmp_path, f"channels: {{'{key}': {{parameters: {parameters}}}}}") == expected


def test_S6_parameters_of_a_channel_without_address_in_3(tmp_path: Path) -> None:
    text = HEAD_3 + "channels: {a: {address: null, parameters: {b: {}}}}"
    assert told(tmp_path, text) == [("AG254", Severity.ERROR)]


@pytest.mark.parametrize(
    ("scheme", "scopes", "codes"),
    [
        ("{type: http, scheme: bearer}", "[a]", ["AG252"]),
        ("{type: http, scheme: bearer}", "[]", []),
        ("{type: openIdConnect, openIdConnectUrl: 'https://example.com'}", "[a]", []),
    ],
)
def test_S35_scopes_of_a_scheme_without(
    tmp_path: Path, scheme: str, scopes: str, codes: list[str]
) -> None:
    text = (
        f"servers: {{a: {{url: a.com, protocol: ws, security: [{{s: {scopes}}}]}}}}\n{CHANNEL}"
        f"components: {{securitySchemes: {{s: {scheme}}}}}\n"
    )
    assert [code for code, _ in told(tmp_path, text)] == codes


def test_S35_scopes_of_x_security_reach_the_hook_of_any_scheme(tmp_path: Path) -> None:
    text = (
        "channels: {/: {x-security: [{s: [a]}]}}\n"
        "components: {securitySchemes: {s: {type: http, scheme: bearer}}}\n"
    )
    assert told(tmp_path, text) == []


def test_S6_a_scheme_that_is_named_is_used_however_long_its_name(tmp_path: Path) -> None:
    name = "s" * 300
    text = f"channels: {{/: {{x-security: [{{{name}: []}}]}}}}\n"
    text += f"components: {{securitySchemes: {{{name}: {{type: http, scheme: basic}}}}}}\n"
    assert told(tmp_path, text) == []


EXAMPLES = """\
channels:
  /:
    publish:
      message:
        name: say
        payload: {type: object, required: [text], properties: {text: {type: string}}}
        examples:
          - {name: right, payload: {text: hello}}
          - {name: wrong, payload: {text: 404}}
"""


def test_S7_an_example_that_its_schema_refuses_is_a_warning_and_not_served(tmp_path: Path) -> None:
    document, [item] = read(tmp_path, EXAMPLES)
    assert (item.code, item.severity) == ("AG257", Severity.WARNING)
    assert item.span is not None and item.span.line == 11
    assert "`/text` must be text, not a number" in item.message
    assert document is not None
    app = lower(document, Options(), Diagnostics())
    assert app is not None
    [event] = app.namespaces[0].incoming
    assert [it.name and it.name.raw for it in event.examples] == ["right"]


def test_S7_examples_that_take_too_long_to_check_are_not_served(tmp_path: Path) -> None:
    schema = "{type: object, required: [text], properties: {text: {type: string}}}"
    tree = "{$ref: '#/components/schemas/Tree'}"
    branches = [f"{{required: [{it}], properties: {{a: {tree}}}}}" for it in "ab"]
    head = EXAMPLES.replace(schema, tree).partition("          - {name: right")[0]
    text = (
        f"{head}          - payload: {'{a: ' * 24}1{'}' * 24}\n"
        "components:\n  schemas:\n"
        f"    Tree: {{oneOf: [{{type: integer}}, {', '.join(branches)}]}}\n"
    )
    document, [item] = read(tmp_path, text)
    assert item.code == "AG264"
    assert document is not None
    app = lower(document, Options(), Diagnostics())
    assert app is not None
    assert app.namespaces[0].incoming[0].examples == ()


def chain(keyword: str, length: int) -> str:
    """Components, each with the next one as its part or alternative."""
    schemas = [
        f"    A{it}: {{{keyword}: [{{$ref: '#/components/schemas/A{it + 1}'}}, {{const: 7}}]}}\n"
        for it in range(length)
    ]
    last = f"    A{length}: {{type: object, properties: {{text: {{type: string}}}}}}\n"
    return "components:\n  schemas:\n" + "".join(schemas) + last


@pytest.mark.parametrize(("length", "code"), [(90, "AG257"), (950, "AG265"), (5_000, "AG265")])
def test_S7_alternatives_however_deep_end_without_a_traceback(
    tmp_path: Path, length: int, code: str
) -> None:
    schema = "{type: object, required: [text], properties: {text: {type: string}}}"
    text = EXAMPLES.replace(schema, "{$ref: '#/components/schemas/A0'}") + chain("anyOf", length)
    assert [it for it, _ in told(tmp_path, text)] == [code]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("{type: integer, default: one}", "AG256"),
        ("{type: integer, examples: [1, one]}", "AG257"),
        ("{type: object, properties: {a: {format: date, default: today}}}", "AG256"),
        ("{type: integer, default: 1, examples: [2]}", None),
        ("{const: {default: 3, type: string}}", None),
        ("{pattern: '(', default: a}", "AG260"),
        (r"{pattern: '^\\\\\<br\>$'}", "AG260"),
        (r"{properties: {a: {pattern: '^\<'}}}", "AG260"),
        (r"{patternProperties: {'\>': true}}", "AG260"),
        (r"{pattern: '^\\<br>[<>]$'}", None),
    ],
)
def test_S7_values_in_schemas(tmp_path: Path, payload: str, code: str | None) -> None:
    text = f"channels: {{/: {{publish: {{message: {{name: say, payload: {payload}}}}}}}}}"
    assert [it for it, _ in told(tmp_path, text)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ("{oneOf: [{type: string}, {type: object, required: [a]}]}", "{}", "has no `a`"),
        ("{oneOf: [{type: string}, {type: integer}]}", "{}", "matches none of the alternatives"),
        ("{type: integer}", "1.5", "must be a whole number, not 1.5"),
        (
            "{properties: {b: true}, additionalProperties: false}",
            "{a: 1}",
            "may not have the property `a`",
        ),
        ("{maxLength: 2}", "long", "must be at most 2 characters long"),
    ],
)
def test_S7_the_rule_is_told_in_words(
    tmp_path: Path, schema: str, value: str, message: str
) -> None:
    text = (
        f"channels: {{/: {{publish: {{message: {{name: say, payload: {schema},"
        f" examples: [{{payload: {value}}}]}}}}}}}}"
    )
    [item] = read(tmp_path, text)[1]
    assert item.message.endswith(f": {message}")


def test_S5_examples_of_other_formats_are_not_judged(tmp_path: Path) -> None:
    text = (
        "channels: {/: {publish: {message: {name: say, payload: {type: string},"
        " schemaFormat: application/vnd.apache.avro, examples: [{payload: 1}]}}}}"
    )
    assert told(tmp_path, text) == []


def test_S6_a_component_that_nothing_uses_is_a_note(tmp_path: Path) -> None:
    text = CHANNEL + "components: {schemas: {A: {not: {$ref: '#/components/schemas/A'}}}}"
    assert told(tmp_path, text) == [("AG258", Severity.NOTE)]


def test_S6_components_alone_are_a_collection(tmp_path: Path) -> None:
    assert told(tmp_path, "channels: {}\ncomponents: {schemas: {A: {type: string}}}") == []


def test_S6_the_key_of_a_component_is_shown(tmp_path: Path) -> None:
    _, [item] = read(tmp_path, CHANNEL + "components:\n  schemas:\n    A:\n      type: string\n")
    assert item.span is not None
    assert (item.span.line, item.span.column) == (6, 5)
