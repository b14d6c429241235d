"""The documentation page, as text."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from asyncgen.code import Text
from asyncgen.docs.prose import prose, remark
from asyncgen.docs.sample import NAMES, Sample, Samples, written
from asyncgen.docs.schema import Node, Trees
from asyncgen.runtime import runtime
from tests.support import ROOT, invoke, words

CHAT = ROOT / "examples/chat/asyncapi.yaml"


def page_of(document: dict[str, Any], folder: Path, *options: str) -> str:
    spec = folder / "asyncapi.json"
    base = {"asyncapi": "2.6.0", "info": {"title": "Test", "version": "1"}}
    spec.write_text(json.dumps({**base, **document}), encoding="utf-8")
    page = folder / "page.html"
    done = invoke("docs", str(spec), "-o", str(page), *options)
    assert done.exit_code == 0, done.output
    return page.read_text(encoding="utf-8")


def publish(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"channels": {"/": {"publish": {"message": {"oneOf": [*messages]}}}}}


# -- one file


def test_the_page_is_that_of_the_project(tmp_path: Path) -> None:
    done = invoke("docs", str(CHAT), "-o", str(tmp_path / "page.html"))
    assert done.exit_code == 0, done.output
    generated = CHAT.parent / "chat/_generated/docs/index.html"
    assert (tmp_path / "page.html").read_bytes() == generated.read_bytes()
    assert generated.stat().st_size <= 150_000


def test_nothing_is_written_where_the_document_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 2.6.0\n")
    page = tmp_path / "page.html"
    done = invoke("docs", str(tmp_path / "asyncapi.yaml"), "-o", str(page))
    assert done.exit_code == 1
    assert not page.exists()


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = invoke("docs", str(CHAT), "-o", str(tmp_path / "file/page.html"))
    assert done.exit_code == 1
    assert "AG321" in done.output


def test_the_policy_allows_exactly_the_styles_and_scripts_of_the_page(tmp_path: Path) -> None:
    page = page_of(publish({"name": "say"}), tmp_path)
    policy = re.search('Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    for tag in ("style", "script"):
        contents = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(contents) == 1
        digest = base64.b64encode(hashlib.sha256(contents[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"""\son\w+=|style=|src=|@import|url\(""", page.split("<script")[0])


# -- content


def test_servers_stand_with_their_url_and_path(tmp_path: Path) -> None:
    variables = {"stage": {"default": "live", "enum": ["live", "test"], "description": "Where."}}
    servers = {
        "main": {
            "url": "{stage}.example.com/api/socket.io", "protocol": "wss", "variables": variables,
        }
    }  # fmt: skip
    page = page_of({**publish({"name": "say"}), "servers": servers}, tmp_path)
    text = words(page)
    assert re.search("URL ?wss://live.example.com ?Path ?/api/socket.io", text)
    assert 'io("wss://live.example.com", { path: "/api/socket.io", })' in text
    assert 'socketio_path="/api/socket.io"' in text
    assert 'data-path="/socket.io"' in page


def test_snippets_hold_what_a_connection_needs(tmp_path: Path) -> None:
    query = {"type": "object", "properties": {"room": {"const": "a b"}}, "required": ["room"]}
    channel = {
        "bindings": {"ws": {"query": query}},
        "x-security": [{"key": []}],
        "publish": {"message": {"name": "say"}},
    }
    schemes = {"key": {"type": "http", "scheme": "bearer", "description": "From the desk."}}
    document = {"channels": {"/a": channel}, "components": {"securitySchemes": schemes}}
    text = words(page_of(document, tmp_path))
    assert 'io("http://localhost:5000/a"' in text
    assert 'query: { room: "a b" }' in text
    assert 'auth: { token: "<key>" }' in text
    assert '"http://localhost:5000?room=a%20b"' in text
    assert 'namespaces=["/a"]' in text
    assert "key, bearer token in the Authorization header or the auth payload" in text
    assert "From the desk." in text
    assert 'href="#security-1"' in page_of(document, tmp_path)


def test_S28_snippets_give_an_auth_payload_as_json_and_headers_as_text(tmp_path: Path) -> None:
    def asked(**properties: Any) -> dict[str, Any]:
        return {"type": "object", "properties": properties, "required": [*properties]}

    channel = {
        "bindings": {
            "ws": {
                "query": asked(tag={"type": "array", "items": {"const": "a"}, "minItems": 1}),
                "headers": asked(**{"X-Version": {"type": "integer", "const": 3}}),
            }
        },
        "x-socketio": {"auth": asked(room={"const": 7}, quiet={"const": True})},
        "publish": {"message": {"name": "say"}},
    }
    text = words(page_of({"channels": {"/": channel}}, tmp_path))
    assert 'query: { tag: "a" }' in text
    assert 'extraHeaders: { "X-Version": "3" }' in text
    assert "auth: { room: 7, quiet: true }" in text
    assert '"http://localhost:5000?tag=a"' in text
    assert 'auth={"room": 7, "quiet": True}' in text
    assert 'headers={"X-Version": "3"}' in text


@pytest.mark.parametrize("bindings", [{}, {"kafka": {"key": {"type": "string"}}}])
def test_S7_a_sample_stands_for_an_example_that_does_not_conform(
    tmp_path: Path, bindings: dict[str, Any]
) -> None:
    payload = {"type": "object", "required": ["n"], "properties": {"n": {"const": 7}}}
    say = {"name": "say", "payload": payload, "examples": [{"payload": {"n": 12345}}]}
    server = {"url": "example.com", "protocol": "kafka" if bindings else "ws"}
    channel = {"bindings": bindings, "publish": {"message": say}}
    document = {"channels": {"{topic}" if bindings else "/": channel}, "servers": {"one": server}}
    text = words(page_of(document, tmp_path))
    assert "12345" not in text
    assert '{"n": 7}' in text and "sampled" in text


@pytest.mark.parametrize(
    ("options", "on_card"), [(("--server", "live"), "live"), (("--server", "trial"), None)]
)
def test_S33_the_card_of_a_server_says_what_it_asks_for(
    tmp_path: Path, options: tuple[str, ...], on_card: str | None
) -> None:
    servers = {
        "live": {"url": "chat.example.com", "protocol": "wss", "security": [{"key": []}]},
        "trial": {"url": "trial.example.com", "protocol": "wss"},
    }
    schemes = {"key": {"type": "http", "scheme": "bearer"}}
    document = {
        **publish({"name": "say"}), "servers": servers, "components": {"securitySchemes": schemes}
    }  # fmt: skip
    page = page_of(document, tmp_path, *options)
    cards = re.findall(r'<div class="server">\s*<h3>(\w+)</h3>(.*?)\n</div>', page, re.DOTALL)
    assert [name for name, _ in cards] == ["live", "trial"]
    assert [name for name, card in cards if 'href="#security-1"' in card] == [
        name for name in ("live", "trial") if name == on_card
    ]


def test_S34_an_event_says_what_it_asks_in_addition(tmp_path: Path) -> None:
    publish = {"security": [{"token": ["write"]}], "message": {"name": "say"}}
    flow = {"tokenUrl": "https://example.com/token", "scopes": {"write": "Write."}}
    schemes = {"token": {"type": "oauth2", "flows": {"password": flow}}}
    channels = {"/": {"publish": publish}}

    def requirement(channels: dict[str, Any]) -> bool:
        document = {"channels": channels, "components": {"securitySchemes": schemes}}
        return 'href="#security-1"' in page_of(document, tmp_path)

    assert requirement(channels)
    del publish["security"]
    assert not requirement(channels)


def test_S7_the_documents_example_comes_before_a_sampled_one(tmp_path: Path) -> None:
    payload = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 5}}}
    first = {"name": "one", "payload": payload, "examples": [{"payload": {"n": 77}}]}
    page = page_of(publish(first, {"name": "two", "payload": payload}), tmp_path)
    one, two = page.split('id="root-one"')[1].split('id="root-two"')
    assert "77" in one and "sampled" not in one
    assert '{"n": 5}' in two and "sampled" in two


def test_S18_a_tuple_is_several_arguments(tmp_path: Path) -> None:
    items = [{"title": "lot", "type": "string"}, {"type": "integer"}]
    payload = {"type": "array", "items": items, "minItems": 1, "additionalItems": {"type": "null"}}
    text = words(page_of(publish({"name": "bid", "payload": payload}), tmp_path))
    assert 'socket.emit("bid", lot, ' in text
    assert "1 lot string required" in text
    assert "2 integer" in text and "2 integer required" not in text
    assert "… any number of null" in text


def test_no_page_shows_what_only_a_program_says(tmp_path: Path) -> None:
    done = invoke(
        "docs", str(ROOT / "golden/kitchen-sink/asyncapi.yaml"), "-o", str(tmp_path / "x.html"),
        "--server", "production",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    text = words((tmp_path / "x.html").read_text(encoding="utf-8"))
    # The document itself has an enum with the value "None".
    text = text.replace('"None"', "")
    for said in ("undefined", "None", "[object Object]", "Text(", "Undefined"):
        assert said not in text


# -- documents of which no application comes


KAFKA = {
    "asyncapi": "3.0.0",
    "servers": {
        "broker": {
            "host": "{where}.example.com:9092",
            "protocol": "kafka",
            "variables": {"where": {"default": "eu"}},
            "security": [{"$ref": "#/components/securitySchemes/sasl"}],
            "bindings": {"kafka": {"schemaRegistryVendor": "confluent"}},
        }
    },
    "channels": {
        "orders": {
            "address": "orders.{region}",
            "summary": "What is ordered.",
            "parameters": {"region": {"enum": ["north", "south"], "description": "Where."}},
            "messages": {
                "placed": {
                    "headers": {"type": "object", "properties": {"trace": {"type": "string"}}},
                    "correlationId": {"location": "$message.header#/trace"},
                    "payload": {"type": "object", "properties": {"id": {"type": "integer"}}},
                },
                "receipt": {"payload": {"type": "string", "minLength": 3}},
                "record": {
                    "payload": {
                        "schemaFormat": "application/vnd.apache.avro;version=1.9.0",
                        "schema": {"type": "record", "name": "Row", "fields": []},
                    }
                },
            },
        },
        "empty": {"address": None},
    },
    "operations": {
        "place": {
            "action": "receive",
            "channel": {"$ref": "#/channels/orders"},
            "summary": "Order something.",
            "messages": [{"$ref": "#/channels/orders/messages/placed"}],
            "security": [{"$ref": "#/components/securitySchemes/oauth"}],
            "reply": {"messages": [{"$ref": "#/channels/orders/messages/receipt"}]},
            "bindings": {"kafka": {"groupId": {"const": "g"}}},
        }
    },
    "components": {
        "securitySchemes": {
            "sasl": {"type": "scramSha256", "description": "Ask the desk."},
            "oauth": {
                "type": "oauth2",
                "scopes": ["write"],
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://id.example.com",
                        "availableScopes": {"write": "Order."},
                    }
                },
            },
        }
    },
}


def test_a_document_of_another_protocol_has_a_page_to_read(tmp_path: Path) -> None:
    page = page_of(KAFKA, tmp_path)
    text = words(page)
    for said in (
        "URL kafka://eu.example.com:9092", "Protocol kafka", "sasl, SASL/SCRAM-SHA-256",
        '"schemaRegistryVendor": "confluent"', "Channel orders.{region}", "What is ordered.",
        "region one of north, south Where.", "you send placed", "Order something.",
        "Requires oauth, OAuth 2 with scope write (Order.)", "id integer", "trace string",
        "correlation ID $message.header#/trace", "operation place", "Reply receipt",
        "at least 3 characters", '"groupId"', "Ask the desk.",
        "token URL (client credentials flow) https://id.example.com",
        "schema format application/vnd.apache.avro;version=1.9.0",
        '"type": "record", "name": "Row"', "Channel empty",
    ):  # fmt: skip
        assert said in re.sub("(?<=[^ ]) (?=[,.])", "", text), said
    assert 'id="console"' not in page and 'class="button open-console' not in page
    assert "Errors" not in text and "socket" not in text.lower()


def test_a_message_that_is_only_a_reply_has_no_place_of_its_own(tmp_path: Path) -> None:
    page = page_of(KAFKA, tmp_path)
    assert re.findall('<article[^>]* id="([^"]*)"', page) == [
        "message-placed", "message-record", "security-sasl", "security-oauth",
    ]  # fmt: skip


@pytest.mark.parametrize(("action", "way"), [("publish", "you send"), ("subscribe", "you receive")])
def test_S8_the_reader_is_on_the_other_side_in_2_x(tmp_path: Path, action: str, way: str) -> None:
    operation = {"operationId": "it", "message": {"name": "thing", "payload": {"const": 1}}}
    text = words(page_of({"channels": {"topic": {action: operation}}}, tmp_path))
    assert f"{way} thing" in text


def test_that_a_page_is_plain_is_told_with_the_reason(tmp_path: Path) -> None:
    spec = tmp_path / "asyncapi.json"
    info = {"title": "Test", "version": "1"}
    spec.write_text(json.dumps({"asyncapi": "2.6.0", "info": info, "channels": {"topic": {}}}))
    done = invoke("docs", str(spec), "-o", str(tmp_path / "page.html"))
    assert done.exit_code == 0
    assert "note[AG210]" in done.output
    assert "without a console: this cannot be a Socket.IO application" in done.output


def test_an_option_that_names_nothing_is_no_reason_for_a_plain_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = invoke("docs", str(CHAT), "-o", str(page), "--server", "nowhere")
    assert done.exit_code == 1
    assert "error[AG231]" in done.output
    assert not page.exists()


def test_a_document_without_channels_shows_its_schemas(tmp_path: Path) -> None:
    schemas = {"Person": {"type": "object", "properties": {"name": {"type": "string"}}}}
    document = {"asyncapi": "3.0.0", "components": {"schemas": schemas}}
    text = words(page_of(document, tmp_path))
    assert "The document has no channels." in text
    assert "Schemas Person # object" in text and "name string" in text


# -- schemas in words


def tree(schema: Any, size: int = 50, **schemas: Any) -> Node:
    bundle = {"schema": schema, "components": {"schemas": schemas}}
    return Trees(bundle, size).tree("/schema")


@pytest.mark.parametrize(
    ("schema", "kind", "facts"),
    [
        (True, "any value", []),
        (False, "nothing", []),
        ({"type": "string", "minLength": 1, "maxLength": 40}, "string", ["1 to 40 characters"]),
        ({"type": "string", "minLength": 1}, "string", ["at least 1 character"]),
        ({"type": "string", "minLength": 3, "maxLength": 3}, "string", ["exactly 3 characters"]),
        ({"type": "string", "format": "binary", "maxLength": 9}, "bytes", ["at most 9 bytes"]),
        ({"type": "string", "pattern": "^a"}, "string", ["matches ^a"]),
        ({"type": "integer", "minimum": 0, "maximum": 9}, "integer", ["0 to 9"]),
        ({"exclusiveMinimum": 0, "type": "number"}, "number", ["more than 0"]),
        ({"type": "number", "multipleOf": 0.5}, "number", ["a multiple of 0.5"]),
        ({"type": ["string", "null"]}, "string or null", []),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
         "array of arrays of strings", []),
        ({"type": "array", "items": {"$ref": "#/components/schemas/A"}, "uniqueItems": True},
         "array of integers", ["no two items alike"]),
        ({"const": None}, "constant", ["always null"]),
        ({"type": "boolean", "default": False}, "boolean", ["default false"]),
        ({"type": "object", "additionalProperties": False, "minProperties": 2}, "object",
         ["at least 2 properties", "no other properties"]),
    ],
)  # fmt: skip
def test_types_and_constraints_in_words(schema: Any, kind: str, facts: list[str]) -> None:
    node = tree(schema, A={"type": "integer"})
    said = [" ".join([it.words, it.value.raw] if it.value else [it.words]) for it in node.facts]
    assert (node.type, said) == (kind, facts)


def test_every_applicator_has_its_group() -> None:
    part = {"type": "string", "minLength": 1}
    node = tree(
        {
            "properties": {"a": part}, "patternProperties": {"^b": part},
            "additionalProperties": part, "propertyNames": part, "items": [part],
            "additionalItems": part, "contains": part, "oneOf": [part], "anyOf": [part],
            "allOf": [part], "not": {}, "if": part, "then": part, "else": part,
            "required": ["a", "c"], "dependencies": {"a": part, "c": ["a"]},
        }
    )  # fmt: skip
    titles = [group.title for group in node.groups]
    assert titles.count("") == 2  # what is described, and what is only required
    for title in ("Properties whose names match", "Any other property", "Names of properties",
                  "In this order", "Each further item", "At least one item", "Exactly one of",
                  "Any of", "All of", "Not", "If it is", "then also", "else"):  # fmt: skip
        assert title in titles
    assert [child.required for child in node.groups[0].nodes] == [True]


def test_a_dependency_says_what_it_depends_on(tmp_path: Path) -> None:
    payload = {"type": "object", "dependencies": {"card": {"required": ["zip"]}}}
    text = words(page_of(publish({"name": "pay", "payload": payload}), tmp_path))
    assert "Where there is card object zip any value required" in text


def test_recursion_is_cut_with_a_link() -> None:
    person = {"type": "object", "properties": {"friend": {"$ref": "#/components/schemas/Person"}}}
    bundle: dict[str, Any] = {"components": {"schemas": {"Person": person}}}
    trees = Trees(bundle, 50)
    friend = trees.tree("/components/schemas/Person").groups[0].nodes[0]
    assert friend.recurs and not friend.groups
    sections = trees.sections()
    assert [(it.anchor, it.name.raw) for it in sections] == [(friend.anchor, "Person")]


def test_a_tree_without_end_stays_small() -> None:
    """Each schema holds the next one twice: written out, 2^60 of them."""
    schemas = {
        f"S{index}": {
            "type": "object",
            "properties": {it: {"$ref": f"#/components/schemas/S{index + 1}"} for it in "ab"},
            "required": ["a", "b"],
        }
        for index in range(60)
    }
    bundle: dict[str, Any] = {"components": {"schemas": {**schemas, "S60": {}}}}
    trees = Trees(bundle, 30)

    def count(node: Node) -> int:
        return 1 + sum(count(child) for group in node.groups for child in group.nodes)

    assert count(trees.tree("/components/schemas/S0")) < 100
    assert len(trees.sections()) <= 60
    assert Samples(bundle).of("/components/schemas/S0") is None


# -- samples


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "minLength": 9}, "amber amb"),
        ({"type": "string", "maxLength": 2}, "am"),
        ({"type": "string", "format": "date"}, "2025-01-01"),
        ({"type": "string", "format": "binary", "maxLength": 3}, {"$bytes": "AAAA"}),
        ({"type": "string", "pattern": "^[A-Z]{2}-\\d{3,}$"}, "AA-000"),
        ({"enum": [3, 4]}, 3),
        ({"type": "integer", "minimum": 10}, 10),
        ({"type": "integer", "exclusiveMinimum": 10}, 11),
        ({"type": "number", "maximum": -2}, -101),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True]),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, "a"),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
         {"a": 1, "b": 2}),
        ({"type": "string", "examples": ["mine"], "default": "other"}, "mine"),
        ({"properties": {"city": {"type": "string"}, "userName": {"type": "string"}}},
         {"city": "London", "userName": "ada"}),
    ],
)  # fmt: skip
def test_samples(schema: Any, value: Any) -> None:
    assert Samples({"schema": schema}).of("/schema") == Sample(value)


def test_a_sample_takes_chance_where_the_first_of_everything_does_not_conform() -> None:
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}
    found = Samples({"schema": schema}).of("/schema")
    assert found is not None and isinstance(found.value, list)
    assert len({*found.value}) == 3
    assert Samples({"schema": schema}).of("/schema") == found


@pytest.mark.parametrize("schema", [False, {"enum": []}, {"minimum": 2, "maximum": 1}])
def test_there_is_no_sample_where_nothing_conforms(schema: Any) -> None:
    assert Samples({"schema": {"type": "integer", "allOf": [schema]}}).of("/schema") is None


def test_a_sample_has_a_name_for_whatever_the_mock_has_faker_for() -> None:
    hints = runtime("mock.hints")
    providers = {source for _, source in hints._TEXTS if isinstance(source, str)}
    assert providers | {"company", "name"} == {*NAMES}


def test_samples_of_nested_lists_stay_small() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(30):
        schema = {"type": "array", "items": schema, "minItems": 50}
    assert Samples({"schema": schema}).of("/schema") is None


def test_short_values_stand_on_one_line() -> None:
    assert written({"a": [1, 2]}) == '{"a": [1, 2]}'
    long = written({"a": "x" * 30, "b": {"c": 1}})
    assert long == '{\n  "a": "' + "x" * 30 + '",\n  "b": {"c": 1}\n}'
    assert json.loads(written("\u202e\u00a0")) == "\u202e\u00a0"


# -- prose


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Plain: words, 'quoted'.", "<p>Plain: words, &#39;quoted&#39;.</p>"),
        ("*a* `b`", "<p><em>a</em> <code>b</code></p>\n"),
        ("# Title", "<h3>Title</h3>\n"),
        ("<b onclick=x>", "<p>&lt;b onclick=x&gt;</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](JaVaScRiPt:alert(1))", "<p>[a](JaVaScRiPt:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>\n"),
        ("[a](https://e.org/\"x)", '<p><a href="https://e.org/%22x" rel="noreferrer">a</a></p>\n'),
        ('![a"<](https://e.org/x.png)',
         '<p><a href="https://e.org/x.png" rel="noreferrer">a&#34;&lt;</a></p>\n'),
        ("\u202ea", "<p>\\u202ea</p>\n"),
    ],
)  # fmt: skip
def test_S42_descriptions_are_commonmark_that_can_do_nothing(source: str, html: str) -> None:
    assert prose(Text(source), 2) == html


def test_a_remark_of_one_paragraph_is_one() -> None:
    assert remark(Text("Words")) == "<p class=d>Words</p>"
    assert remark(Text("One\n\nTwo")).startswith("<div class=prose><p>One</p>")


def test_a_text_that_nobody_wrote_is_shown_as_it_is() -> None:
    assert prose(Text("[" * 1_000_000)).startswith("<pre class=plain>[[")
