"""One document that validators can compile: schemas, references, traits."""

from pathlib import Path
from textwrap import indent

import pytest

from asyncgen.bundle import bundle
from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.document import Json
from asyncgen.source import Source, load, plain


def bundled(tmp_path: Path, text: str) -> tuple[Source, list[Diagnostic]]:
    path = tmp_path / "chat.yaml"
    path.write_text(text)
    diagnostics = Diagnostics()
    source = load(path, diagnostics)
    assert source
    return bundle(source, diagnostics), list(diagnostics)


def schema(tmp_path: Path, text: str, rest: str = "") -> tuple[Json, list[Diagnostic]]:
    """A schema of the components as it is in the bundle."""
    body = indent(text, "      ")
    source, diagnostics = bundled(
        tmp_path, f"components:\n  schemas:\n    It:\n{body}\n{indent(rest, '    ')}"
    )
    place = source.at("/components/schemas/It")
    assert place
    return plain(place.node), diagnostics


# -- S26: one rewrite --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("prefixItems: [{type: string}]", {"items": [{"type": "string"}]}),
        (
            "prefixItems: [true]\nitems: {type: number}",
            {"items": [True], "additionalItems": {"type": "number"}},
        ),
        ("prefixItems: [true]\nitems: false", {"items": [True], "additionalItems": False}),
        (
            "prefixItems: [true]\nitems: false\nadditionalItems: true",
            {"items": [True], "additionalItems": False},
        ),
        (
            "prefixItems: [{prefixItems: [true]}]\nminItems: 1",
            {"items": [{"items": [True]}], "minItems": 1},
        ),
    ],
)
def test_S26_prefix_items_become_items_with_a_warning(
    tmp_path: Path, written: str, read: Json
) -> None:
    result, diagnostics = schema(tmp_path, written)
    assert result == read
    assert {(item.code, item.severity.value) for item in diagnostics} == {("AG207", "warning")}


def test_S26_empty_prefix_items_mean_the_same_in_draft_7_and_stay(tmp_path: Path) -> None:
    assert schema(tmp_path, "prefixItems: []\nitems: {type: string}") == (
        {"prefixItems": [], "items": {"type": "string"}},
        [],
    )


def test_S26_references_into_prefix_items_follow_the_rewrite(tmp_path: Path) -> None:
    source, _ = bundled(
        tmp_path,
        """
components:
  schemas:
    Pair:
      prefixItems: [{type: string}, {prefixItems: [{type: number}]}]
      items: {type: boolean}
    First: {$ref: "#/components/schemas/Pair/prefixItems/0"}
    Nested: {$ref: "#/components/schemas/Pair/prefixItems/1/prefixItems/0"}
    Rest: {$ref: "#/components/schemas/Pair/items"}
    Data: {properties: {prefixItems: {type: string}}}
    Name: {$ref: "#/components/schemas/Data/properties/prefixItems"}
""",
    )
    found = {}
    for name in ("First", "Nested", "Rest", "Name"):
        place = source.at(f"/components/schemas/{name}")
        assert place
        target = source.follow(place, Diagnostics())
        assert target
        found[target.pointer] = plain(target.node)
    assert found == {
        "/components/schemas/Pair/items/0": {"type": "string"},
        "/components/schemas/Pair/items/1/items/0": {"type": "number"},
        "/components/schemas/Pair/additionalItems": {"type": "boolean"},
        "/components/schemas/Data/properties/prefixItems": {"type": "string"},
    }


def test_S26_ids_are_left_out_but_not_from_data(tmp_path: Path) -> None:
    text = """
$id: http://example.com/a
properties:
  $id: {type: string, $id: b}
  $ref: {type: string}
  prefixItems: {type: string}
enum: [{$id: c, $ref: "#/none", prefixItems: [1]}]
const: {$id: d, $ref: "#/none"}
default: {$id: e, $ref: "#/none"}
examples: [{$id: f, $ref: "#/none"}]
"""
    result, diagnostics = schema(tmp_path, text)
    assert diagnostics == []
    assert result == {
        "properties": {
            "$id": {"type": "string"},
            "$ref": {"type": "string"},
            "prefixItems": {"type": "string"},
        },
        "enum": [{"$id": "c", "$ref": "#/none", "prefixItems": [1]}],
        "const": {"$id": "d", "$ref": "#/none"},
        "default": {"$id": "e", "$ref": "#/none"},
        "examples": [{"$id": "f", "$ref": "#/none"}],
    }


SCHEMA_PLACES = [
    "channels: {/: {publish: {message: {payload: IT}}}}",
    "channels: {/: {publish: {message: {headers: IT}}}}",
    "channels: {/: {subscribe: {message: {oneOf: [{payload: IT}]}}}}",
    "channels: {/: {publish: {message: {x-ack: IT}}}}",
    "channels: {/: {publish: {message: {x-ack: {args: IT}}}}}",
    "channels: {/: {publish: {traits: [{x-any: 1}], message: {traits: [{headers: IT}]}}}}",
    "channels: {/: {bindings: {ws: {query: IT}}}}",
    "channels: {/: {bindings: {ws: {headers: IT}}}}",
    "channels: {/: {x-socketio: {auth: IT}}}",
    "channels: {/: {parameters: {a: {schema: IT}}}}",
    "components: {messages: {A: {payload: IT}}}",
    "components: {messageTraits: {A: {headers: IT}}}",
    "components: {channelBindings: {A: {ws: {query: IT}}}}",
    "components: {channels: {A: {publish: {message: {payload: IT}}}}}",
    "components: {x-messageAcks: {A: {args: IT}, B: IT}}",
    "components: {schemas: {A: {$ref: '#/x-mine'}}}\nx-mine: IT",
    "channels: {/: {publish: {message: {$ref: '#/x-mine'}}}}\nx-mine: {payload: IT}",
    *(
        f"components: {{schemas: {{A: {{{keyword}: {shape}}}}}}}"
        for keyword, shape in [
            ("items", "IT"), ("items", "[IT]"), ("additionalItems", "IT"), ("contains", "IT"),
            ("properties", "{a: IT}"), ("patternProperties", "{a: IT}"), ("not", "IT"),
            ("additionalProperties", "IT"), ("propertyNames", "IT"), ("dependencies", "{a: IT}"),
            ("definitions", "{a: IT}"), ("if", "IT"), ("then", "IT"), ("else", "IT"),
            ("allOf", "[IT]"), ("anyOf", "[IT]"), ("oneOf", "[IT]"), ("prefixItems", "[IT]"),
        ]
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", SCHEMA_PLACES)
def test_S26_every_schema_is_rewritten(tmp_path: Path, text: str) -> None:
    source, _ = bundled(tmp_path, text.replace("IT", "{$id: gone, type: string}"))
    assert "gone" not in str(plain(source.root.node))


def test_S5_payloads_in_other_formats_are_left_alone(tmp_path: Path) -> None:
    text = "{schemaFormat: 'application/vnd.apache.avro;version=1.9.0', payload: {type: record}}"
    source, diagnostics = bundled(tmp_path, f"components: {{messages: {{A: {text}}}}}")
    assert diagnostics == []
    assert "record" in str(plain(source.root.node))


def test_S5_formats_are_told_without_regard_to_case(tmp_path: Path) -> None:
    text = "{schemaFormat: Application/Schema+JSON, payload: {type: string, $id: gone}}"
    source, _ = bundled(tmp_path, f"components: {{messages: {{A: {text}}}}}")
    assert "gone" not in str(plain(source.root.node))


# -- S26: keywords that are none ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("type: string\nnullable: true", 'write `type: [string, "null"]`'),
        ("nullable: true", 'write `anyOf` with the schema and `type: "null"`'),
        ("discriminator: kind", "give the property a `const`"),
        ("required: true", "list the names of required properties"),
        ("$ref: '#/components/schemas/B'\ntype: string", "put the `$ref` and the rest under"),
        ("$ref: '#/components/schemas/B'\nnullable: true", "write `anyOf`"),
        ("maxlength: 3", "did you mean `maxLength`?"),
        ("requird: [a]", "did you mean `required`?"),
        ("propertys: {a: {type: string}}", "did you mean `properties`?"),
        ("typ: string", "did you mean `type`?"),
        ("item: {type: string}", "did you mean `items`?"),
        ("additional_properties: false", "did you mean `additionalProperties`?"),
        ("unevaluatedProperties: false", "write `additionalProperties`"),
        ("dependentRequired: {a: [b]}", "write `dependencies`"),
        ("type: integer\nmin: 3", "write `minimum`"),
        ("type: object\nname: {type: string}", "put it under `properties`"),
    ],
)
def test_S26_keywords_without_effect_are_warnings(tmp_path: Path, text: str, hint: str) -> None:
    _, diagnostics = schema(tmp_path, text, "B: {type: string}")
    assert [(item.code, item.severity.value) for item in diagnostics] == [("AG206", "warning")]
    assert (diagnostics[0].hint or "").startswith(hint)


def test_S26_a_boolean_required_is_left_out(tmp_path: Path) -> None:
    assert schema(tmp_path, "type: string\nrequired: true")[0] == {"type": "string"}


@pytest.mark.parametrize(
    "text",
    [
        "type: string\nnullable: false",
        "$ref: '#/components/schemas/B'\ndescription: x\ntitle: x\nx-mine: 1\nexamples: [1]",
        "type: object\nx-nullable: true\nproperties: {nullable: {}, required: {}}",
        "type: string\nexample: a\nxml: {name: b}\nreadOnly: true\ncontentEncoding: base64",
        "type: object\nproperties: {typ: {}, min: {}, requird: {type: string}}",
        "enum: [{requird: true}]\ndefault: {typ: 1}\nenumNames: [a]\ndisplay: {color: red}",
    ],
)
def test_S26_annotations_are_no_warnings(tmp_path: Path, text: str) -> None:
    assert schema(tmp_path, text, "B: {}")[1] == []


# -- schemas that no validator takes -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("type: strng", "AG205", 4), ("type: [string, nul]", "AG205", 4), ("type: 3", "AG204", 4),
        ("type: null", "AG204", 4), ("type: []", "AG204", 4), ("type: [null]", "AG204", 4),
        ("type: [string, string]", "AG204", 4), ("minLength: -1", "AG204", 4),
        ("maxItems: 1.5", "AG204", 4), ("minimum: '1'", "AG204", 4), ("multipleOf: 0", "AG204", 4),
        ("exclusiveMinimum: true", "AG204", 4), ("pattern: 1", "AG204", 4),
        ("description:", "AG204", 4), ("uniqueItems: 1", "AG204", 4), ("enum: a", "AG204", 4),
        ("anyOf: []", "AG204", 4), ("oneOf: {a: 1}", "AG204", 4), ("properties: []", "AG204", 4),
        ("required: [1]", "AG204", 4), ("required: [a, a]", "AG204", 4), ("items: []", "AG204", 4),
        ("items: 3", "AG204", 4), ("not: null", "AG204", 4), ("prefixItems: 3", "AG204", 4),
        ("prefixItems: [true]\nitems: [true]", "AG204", 5), ("properties: {a: string}", "AG204", 4),
        ("a string", "AG204", 4), ("- a", "AG204", 4), ("$ref: 3", "AG204", 4),
        ("$ref: '#/none'", "AG105", 4), ("properties: {$ref: './a.yaml'}", "AG204", 4),
        ("$ref: '#/components/schemas/B'\nproperties: {a: {type: strng}}", "AG205", 5),
    ],
)  # fmt: skip
def test_S26_what_is_not_draft_7_is_one_error(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    _, diagnostics = schema(tmp_path, text, "B: {}")
    errors = [item for item in diagnostics if item.severity.value == "error"]
    assert [(item.code, item.span and item.span.line) for item in errors] == [(code, line)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("minLength: '3'", "write it without quotes"),
        ("minLength: three", None),
        ("enum: a", "begin each item with `- `"),
        ("oneOf: {type: string}", "begin each item with `- `"),
        ("required:", "fill it in, or leave the key out"),
        ("properties: {a: }", "write `{}` where anything goes"),
        ("type: any", "leave `type` out: any value is allowed then"),
        ("type: DateTime", "write `type: string` and `format: date-time`"),
        ("type: file", "write `type: string` and `format: binary`"),
        ("type: int", "did you mean `integer`?"),
        ("$ref: B", "did you mean `#/components/schemas/B`?"),
    ],
)
def test_S26_what_is_wrong_in_a_schema_has_a_hint_that_mends_it(
    tmp_path: Path, text: str, hint: str | None
) -> None:
    _, [item] = schema(tmp_path, text, "B: {}")
    assert item.hint == hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("type: integer\nenum: ['1', '2']", '`"1"` is text', "write it without quotes"),
        ("type: string\nenum: [a, 1]", "`1` is a number", "put it in quotes"),
        ("type: string\nenum: [a, null]", "`null` is empty", 'write `type: [string, "null"]`'),
        ("type: boolean\nconst: 1", "`1` is a number", "change it, or `type`"),
        ("type: integer\nconst: 1.5", "`1.5` is a number", "change it, or `type`"),
        ("type: [array, object]\nenum: [[], {}, a]", '`"a"` is text', "change it, or `type`"),
        ("type: string\nconst: [a]", "`…` is a list", "change it, or `type`"),
    ],
)
def test_S26_a_value_that_its_type_refuses_is_told(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    _, [item] = schema(tmp_path, text)
    assert (item.code, item.severity.value, item.hint) == ("AG266", "warning", hint)
    assert item.message.startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "type: integer\nenum: [1, 2.0, 1000000000000000000000000]",
        "type: [number, 'null']\nenum: [1.5, null]",
        "type: string\nconst: a",
        "type: boolean\nenum: [true]",
        "type: object\nconst: {}",
        "enum: [a, 1, null, [], true]",
    ],
)
def test_S26_values_of_their_type_are_not_told(tmp_path: Path, text: str) -> None:
    assert schema(tmp_path, text)[1] == []


def test_S3_a_message_that_stands_in_a_channel_alone_is_what_is_meant(tmp_path: Path) -> None:
    message = "{$ref: '#/components/messages/say'}"
    _, [item] = bundled(
        tmp_path,
        "asyncapi: 3.0.0\nchannels: {chat: {address: /, messages: {say: {name: say}}}}\n"
        "operations: {a: {action: receive, channel: {$ref: '#/channels/chat'},"
        f" messages: [{message}]}}}}",
    )
    assert item.hint == "did you mean `#/channels/chat/messages/say`?"


def test_one_schema_with_many_aliases_is_one_problem(tmp_path: Path) -> None:
    text = "properties:\n  a: &a {type: strng}\n  b: *a\n  c: *a"
    assert len(schema(tmp_path, text)[1]) == 1


# -- references --------------------------------------------------------------------------------


def test_S3_recursive_schemas_stay(tmp_path: Path) -> None:
    text = "properties: {next: {$ref: '#/components/schemas/It'}}"
    assert schema(tmp_path, text) == (
        {"properties": {"next": {"$ref": "#/components/schemas/It"}}},
        [],
    )


def test_S3_references_become_valid_uris(tmp_path: Path) -> None:
    result, _ = schema(tmp_path, "$ref: '#/components/schemas/Über uns'", "Über uns: {}")
    assert result == {"$ref": "#/components/schemas/%C3%9Cber%20uns"}


@pytest.mark.parametrize(
    "text",
    [
        "servers: {a: {$ref: '#/none'}}",
        "servers: {a: {variables: {b: {$ref: '#/none'}}}}",
        "channels: {/: {$ref: '#/none'}}",
        "channels: {/: {parameters: {a: {$ref: '#/none'}}}}",
        "channels: {/: {bindings: {$ref: '#/none'}}}",
        "channels: {/: {publish: {traits: [{$ref: '#/none'}]}}}",
        "channels: {/: {publish: {message: {traits: [{$ref: '#/none'}]}}}}",
        "channels: {/: {publish: {message: {correlationId: {$ref: '#/none'}}}}}",
        "channels: {/: {publish: {message: {x-ack: {$ref: '#/none'}}}}}",
        "components: {securitySchemes: {a: {$ref: '#/none'}}}",
        "components: {messages: {a: {$ref: '#/components/messages/b'}, b: {$ref: '#/none'}}}",
    ],
)
def test_S3_a_reference_that_leads_nowhere_is_reported_once(tmp_path: Path, text: str) -> None:
    _, diagnostics = bundled(tmp_path, text)
    assert [item.code for item in diagnostics] == ["AG105"]


# -- S4: traits --------------------------------------------------------------------------------


def test_S4_the_trait_wins_and_a_later_one_over_an_earlier(tmp_path: Path) -> None:
    source, diagnostics = bundled(
        tmp_path,
        """
components:
  messages:
    A:
      name: own
      summary: own
      title: own
      headers: {type: object, properties: {own: {}}}
      correlationId: {$ref: "#/components/correlationIds/C"}
      traits:
        - $ref: "#/components/messageTraits/T"
        - {title: second, correlationId: {location: second}}
  messageTraits:
    T: {summary: first, title: first, name: null, headers: {properties: {first: {}}}}
  correlationIds: {C: {location: own}}
""",
    )
    place = source.at("/components/messages/A")
    assert place and not diagnostics
    result = plain(place.node)
    assert isinstance(result, dict)
    del result["traits"]
    assert result == {
        "summary": "first",
        "title": "second",
        "headers": {"type": "object", "properties": {"own": {}, "first": {}}},
        "correlationId": {"location": "second"},
    }


def test_S4_traits_of_operations_and_of_messages_within(tmp_path: Path) -> None:
    source, _ = bundled(
        tmp_path,
        "channels: {/: {publish: {traits: [{summary: a}], message: {traits: [{name: b}]}}}}",
    )
    operation = source.at("/channels/~1/publish")
    assert operation
    result = plain(operation.node)
    assert isinstance(result, dict) and isinstance(result["message"], dict)
    assert (result["summary"], result["message"]["name"]) == ("a", "b")
