"""Many files → one document: what goes where, under which name, and that it means the same."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from asyncgen.bundle import bundle
from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity
from asyncgen.document import Document
from asyncgen.ir import App
from asyncgen.lower import Options, lower
from asyncgen.parse import parse
from asyncgen.source import MAX_DEPTH, Access, Spans, dump_json, dump_yaml, load, plain
from tests.support import shared_dir
from tests.unit.test_files import put

HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: 1.0.0}\n"


def bundled(folder: Path, files: Mapping[str, str]) -> tuple[Any, list[Diagnostic]]:
    """The bundle of main.yaml, and what is wrong."""
    put(folder, files)
    diagnostics = Diagnostics()
    source = load(folder / "main.yaml", diagnostics)
    assert source
    return plain(bundle(source, diagnostics).node), list(diagnostics)


def joined(folder: Path, files: Mapping[str, str]) -> Any:
    data, diagnostics = bundled(folder, files)
    assert diagnostics == []
    return data


def payloads(**schemas: str) -> str:
    """A document with messages of these payloads."""
    messages = "".join(f"    {name}: {{payload: {text}}}\n" for name, text in schemas.items())
    return "components:\n  messages:\n" + messages


def references(data: Any) -> list[str]:
    """Every `$ref` in plain data, in order."""
    if isinstance(data, list):
        return [text for item in data for text in references(item)]
    if not isinstance(data, dict):
        return []
    own = [data["$ref"]] if isinstance(data.get("$ref"), str) else []
    return own + [text for item in data.values() for text in references(item)]


# -- S3: where things go -----------------------------------------------------------------------


def test_S3_what_is_referred_to_stands_once_in_components(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(
                A="{$ref: 'users.yaml#/User'}",
                B="{items: {$ref: './users.yaml#/User'}}",
                C="{$ref: 'users.yaml#/User/properties/name'}",
                D="{$ref: address.json}",
            ),
            "users.yaml": "User: {properties: {name: {type: string}, home: {$ref: address.json}}}",
            "address.json": '{"type": "string"}',
        },
    )
    assert data["components"]["schemas"] == {
        "User": {
            "properties": {
                "name": {"type": "string"},
                "home": {"$ref": "#/components/schemas/address"},
            }
        },
        "address": {"type": "string"},
    }
    assert [message["payload"] for message in data["components"]["messages"].values()] == [
        {"$ref": "#/components/schemas/User"},
        {"items": {"$ref": "#/components/schemas/User"}},
        {"$ref": "#/components/schemas/User/properties/name"},
        {"$ref": "#/components/schemas/address"},
    ]


@pytest.mark.parametrize(
    ("asyncapi", "holder", "group"),
    [
        ("2.6.0", "channels: {/: {$ref: 'x.yaml#/It'}}", "channels"),
        ("2.6.0", "servers: {a: {$ref: 'x.yaml#/It'}}", "servers"),
        ("2.6.0", "channels: {/: {publish: {message: {$ref: 'x.yaml#/It'}}}}", "messages"),
        ("2.6.0", "channels: {/: {publish: {traits: [{$ref: 'x.yaml#/It'}]}}}", "operationTraits"),
        ("2.6.0", "channels: {/: {parameters: {a: {$ref: 'x.yaml#/It'}}}}", "parameters"),
        ("2.6.0", "channels: {/: {bindings: {$ref: 'x.yaml#/It'}}}", "channelBindings"),
        ("3.0.0", "operations: {a: {$ref: 'x.yaml#/It'}}", "operations"),
        ("3.0.0", "operations: {a: {reply: {$ref: 'x.yaml#/It'}}}", "replies"),
        ("3.0.0", "operations: {a: {security: [{$ref: 'x.yaml#/It'}]}}", "securitySchemes"),
        ("3.0.0", "info: {tags: [{$ref: 'x.yaml#/It'}]}", "tags"),
        ("3.0.0", "channels: {a: {messages: {b: {$ref: 'x.yaml#/It'}}}}", "messages"),
        ("3.0.0", "operations: {a: {x-ack: {$ref: 'x.yaml#/It'}}}", "x-messageAcks"),
    ],
)
def test_S3_each_thing_goes_to_its_kind(
    tmp_path: Path, asyncapi: str, holder: str, group: str
) -> None:
    data = joined(
        tmp_path,
        {"main.yaml": f"asyncapi: {asyncapi}\n{holder}", "x.yaml": "It: {description: found}"},
    )
    assert data["components"] == {group: {"It": {"description": "found"}}}
    assert references(data) == [f"#/components/{group}/It"]


@pytest.mark.parametrize(
    ("holder", "whole"),
    [
        ("servers: {$ref: x.yaml}", {"servers": {"It": {"description": "found"}}}),
        (
            "channels: {/: {publish: {$ref: 'x.yaml#/It'}}}",
            {"channels": {"/": {"publish": {"description": "found"}}}},
        ),
        ("tags: [{$ref: 'x.yaml#/It'}]", {"tags": [{"description": "found"}]}),
        ("tags: [{$ref: 'main.yaml#/x'}]\nx: {}", {"tags": [{"$ref": "#/x"}], "x": {}}),
    ],
)
def test_S3_what_has_no_home_in_components_is_put_in_place(
    tmp_path: Path, holder: str, whole: object
) -> None:
    assert joined(tmp_path, {"main.yaml": holder, "x.yaml": "It: {description: found}"}) == whole


def test_S3_an_entry_of_components_is_the_home_of_what_it_refers_to(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(A="{$ref: address.yaml}")
            + "  schemas: {Address: {$ref: address.yaml}, Same: {$ref: address.yaml}}",
            "address.yaml": "{type: string}",
        },
    )
    assert data["components"] == {
        "messages": {"A": {"payload": {"$ref": "#/components/schemas/Address"}}},
        "schemas": {
            "Address": {"type": "string"},
            "Same": {"$ref": "#/components/schemas/Address"},
        },
    }


def test_S3_a_whole_group_in_another_file(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(
                A="{$ref: '#/components/schemas/User'}",
                B="{$ref: 'all.yaml#/User'}",
                C="{$ref: 'more.yaml#/User'}",
            )
            + "  schemas: {$ref: all.yaml}",
            "all.yaml": "User: {type: string}",
            "more.yaml": "User: {type: integer}",
        },
    )
    assert data["components"]["schemas"] == {
        "User": {"type": "string"},
        "User_more": {"type": "integer"},
    }
    assert references(data) == [
        "#/components/schemas/User",
        "#/components/schemas/User",
        "#/components/schemas/User_more",
    ]


def test_S3_cycles_through_files_stay(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(A="{$ref: 'a.yaml#/A'}") + "  schemas: {Own: {type: string}}",
            "a.yaml": "A: {properties: {b: {$ref: 'b.yaml#/B'}, a: {$ref: '#/A'}}}",
            "b.yaml": "B: {properties: {a: {$ref: 'a.yaml#/A'}, "
            "o: {$ref: 'main.yaml#/components/schemas/Own'}}}",
        },
    )
    assert data["components"]["schemas"] == {
        "Own": {"type": "string"},
        "A": {
            "properties": {
                "b": {"$ref": "#/components/schemas/B"},
                "a": {"$ref": "#/components/schemas/A"},
            }
        },
        "B": {
            "properties": {
                "a": {"$ref": "#/components/schemas/A"},
                "o": {"$ref": "#/components/schemas/Own"},
            }
        },
    }


def test_S3_a_file_that_is_a_schema_with_definitions(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(A="{$ref: tree.json}", B="{$ref: 'tree.json#/definitions/Leaf'}"),
            "tree.json": json.dumps(
                {
                    "$id": "https://example.com/tree.json",
                    "items": [{"$ref": "#"}, {"$ref": "#/definitions/Leaf"}],
                    "definitions": {"Leaf": {"$id": "leaf", "type": "string"}},
                }
            ),
        },
    )
    assert data["components"]["schemas"] == {
        "tree": {
            "items": [
                {"$ref": "#/components/schemas/tree"},
                {"$ref": "#/components/schemas/tree/definitions/Leaf"},
            ],
            "definitions": {"Leaf": {"type": "string"}},
        }
    }
    assert references(data)[:2] == [
        "#/components/schemas/tree",
        "#/components/schemas/tree/definitions/Leaf",
    ]


def test_S26_what_looks_like_a_reference_in_data_and_names_is_left_alone(tmp_path: Path) -> None:
    text = payloads(
        A="{enum: [{$ref: none.yaml}], default: {$ref: none.yaml}, "
        "properties: {$ref: {type: string}}}"
    )
    data = joined(tmp_path, {"main.yaml": text})
    assert references(data) == ["none.yaml", "none.yaml"]


def test_S3_a_document_of_one_file_stays_as_it_is(tmp_path: Path) -> None:
    text = payloads(A="{$ref: '#/components/schemas/A'}") + (
        "  schemas: {A: {$ref: '#/components/schemas/B'}, B: {not: {}}}\n"
        "tags: [{$ref: '#/x-tag'}]\nx-tag: {name: x}\nx-any: {$ref: ./none.yaml}\n"
    )
    path = tmp_path / "main.yaml"
    path.write_text(text)
    before = load(path, Diagnostics())
    assert before
    assert joined(tmp_path, {}) == plain(before.node)


def test_S4_traits_from_other_files(tmp_path: Path) -> None:
    files = {
        "a.yaml": HEAD + "channels: {/: {publish: {message: {$ref: 'm.yaml#/Say'}}}}",
        "m.yaml": "Say: {name: say, traits: [{$ref: t.yaml}]}",
        "t.yaml": "{name: trait, headers: {$ref: 'h.yaml#/H'}}",
        "h.yaml": "H: {type: object}",
    }
    data = joined(tmp_path, {**files, "main.yaml": files["a.yaml"]})
    message = data["components"]["messages"]["Say"]
    assert message["name"] == "trait"
    assert message["headers"] == {"$ref": "#/components/schemas/H"}


# -- S3: names ---------------------------------------------------------------------------------


def test_S3_names_are_made_unique_by_what_tells_them_apart(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(
                A="{$ref: 'users.yaml#/Address'}",
                B="{$ref: 'orders.yaml#/Address'}",
                C="{$ref: 'old/orders.yaml#/address'}",
                D="{$ref: 'a/size.json'}",
                E="{$ref: 'b/size.json'}",
                F="{$ref: 'b/size.yaml'}",
                G="{$ref: 'orders.yaml#/list/0'}",
                H="{$ref: 'orders.yaml#/a b~1ü'}",
                I="{$ref: 'ü.yaml'}",
            )
            + "  schemas: {Own: {not: {}}}\n",
            "users.yaml": "Address: {title: users}",
            "orders.yaml": "Address: {title: orders}\nlist: [{title: item}]\na b/ü: {title: odd}",
            "old/orders.yaml": "address: {title: old}",
            "a/size.json": '{"title": "a"}',
            "b/size.json": '{"title": "b"}',
            "b/size.yaml": "title: c",
            "ü.yaml": "title: whole",
        },
    )
    schemas = data["components"]["schemas"]
    assert {name: schema.get("title") for name, schema in schemas.items()} == {
        "Own": None,
        "Address": "users",
        "Address_orders": "orders",
        "address_orders_old": "old",
        "size": "a",
        "size_b": "b",
        "size_2": "c",
        "orders": "item",
        "a_b": "odd",
        "schema": "whole",
    }


def test_S3_keys_have_the_first_choice_of_names(tmp_path: Path) -> None:
    files = {
        "main.yaml": payloads(A="{$ref: all/user.json}", B="{$ref: 'all/x.yaml#/User'}"),
        "all/user.json": '{"title": "file"}',
        "all/x.yaml": "User: {title: key}",
    }
    assert joined(tmp_path, files)["components"]["schemas"] == {
        "user_all": {"title": "file"},
        "User": {"title": "key"},
    }


def test_S3_names_of_the_document_itself_never_change(tmp_path: Path) -> None:
    data = joined(
        tmp_path,
        {
            "main.yaml": payloads(A="{$ref: 'x.yaml#/User'}") + "  schemas: {User: {title: own}}",
            "x.yaml": "User: {title: other}",
        },
    )
    assert data["components"]["schemas"] == {
        "User": {"title": "own"},
        "User_x": {"title": "other"},
    }


def test_S3_the_bundle_is_the_same_wherever_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "spec/main.yaml": payloads(A="{$ref: 'size.json'}", B="{$ref: '../spec/b/size.json'}"),
        "spec/size.json": "{}",
        "spec/b/size.json": "{}",
    }
    put(tmp_path, files)
    found = []
    for folder, path in (
        ("spec", "main.yaml"),
        (".", "spec/main.yaml"),
        ("spec/b", "../main.yaml"),
    ):
        monkeypatch.chdir(tmp_path / folder)
        source = load(Path(path), Diagnostics())
        assert source
        found.append(plain(bundle(source, Diagnostics()).node))
    assert found[0] == found[1] == found[2]


# -- where it is written -----------------------------------------------------------------------


def test_spans_lead_back_to_the_files(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "main.yaml": payloads(A="{$ref: 'x.yaml#/User'}"),
            "x.yaml": "\nUser:\n  properties:\n    name: {type: string}\n",
        },
    )
    source = load(tmp_path / "main.yaml", Diagnostics())
    assert source
    spans = Spans(bundle(source, Diagnostics()))
    span = spans["/components/schemas/User/properties/name/type"]
    assert (span.file, span.line, span.column) == (str(tmp_path / "x.yaml"), 4, 18)
    assert spans["/components/messages/A"].file == str(tmp_path / "main.yaml")


@pytest.mark.parametrize(
    ("reference", "other", "code", "file"),
    [
        ("x.yaml#/User", "User: {type: strng}", "AG205", "x.yaml"),
        ("x.yaml#/User", "User: {items: {$ref: '#/Nobody'}}", "AG105", "x.yaml"),
        ("x.yaml#/User", "User: {items: {$ref: none.yaml}}", "AG105", "x.yaml"),
        ("x.yaml#/User", "User: {$ref: '#/User'}", "AG105", "x.yaml"),
        ("x.yaml#/User", "User: {$ref: 3}", "AG204", "x.yaml"),
        ("x.yaml#/User", "User: {items: {$ref: ../x.yaml}}", "AG106", "x.yaml"),
        ("x.yaml#/User", "User: [", "AG102", "x.yaml"),
        ("x.yaml#/Usr", "User: {}", "AG105", "main.yaml"),
        ("y.yaml", "", "AG105", "main.yaml"),
    ],
)
def test_one_problem_of_another_file_is_one_message(
    tmp_path: Path, reference: str, other: str, code: str, file: str
) -> None:
    message = f"{{name: say, payload: {{$ref: '{reference}'}}}}"
    text = HEAD + f"channels: {{/: {{publish: {{message: {message}}}}}}}"
    put(tmp_path, {"main.yaml": text, "x.yaml": other})
    diagnostics = Diagnostics()
    source = load(tmp_path / "main.yaml", diagnostics)
    assert source
    parse(source, diagnostics)
    assert [item.code for item in diagnostics] == [code]
    assert all(item.span and Path(item.span.file).name == file for item in diagnostics)


@pytest.mark.parametrize("components", ["components: 3\n", "components: {schemas: []}\n"])
def test_components_of_the_wrong_type_are_one_problem(tmp_path: Path, components: str) -> None:
    text = HEAD + "channels: {/: {publish: {message: {name: a, payload: {$ref: x.yaml}}}}}\n"
    put(tmp_path, {"main.yaml": text + components, "x.yaml": "type: string"})
    diagnostics = Diagnostics()
    source = load(tmp_path / "main.yaml", diagnostics)
    assert source
    parse(source, diagnostics)
    assert [item.code for item in diagnostics] == ["AG204"]


# -- bounds ------------------------------------------------------------------------------------


def test_the_whole_is_no_deeper_than_one_file_may_be(tmp_path: Path) -> None:
    deep = "{items: " * (MAX_DEPTH - 2) + "{}" + "}" * (MAX_DEPTH - 2)
    _, diagnostics = bundled(tmp_path, {"main.yaml": payloads(A="{$ref: x.yaml}"), "x.yaml": deep})
    assert [item.code for item in diagnostics] == ["AG102"]


def test_what_is_put_in_place_of_itself_is_an_error(tmp_path: Path) -> None:
    text = HEAD + "channels: {/: {bindings: {$ref: x.yaml}}}"
    _, diagnostics = bundled(tmp_path, {"main.yaml": text, "x.yaml": "ws: {$ref: '#'}"})
    assert [item.code for item in diagnostics] == ["AG105"]
    assert diagnostics[0].span and diagnostics[0].span.file.endswith("x.yaml")


def test_what_is_put_in_place_many_times_is_bounded(tmp_path: Path) -> None:
    many = "[" + "{$ref: x.yaml}, " * 2000 + "]"
    large = "name: x\nx-large: [" + "1, " * 2000 + "]"
    _, diagnostics = bundled(tmp_path, {"main.yaml": f"tags: {many}", "x.yaml": large})
    assert [item.code for item in diagnostics] == ["AG104"]


# -- it means the same -------------------------------------------------------------------------

SPLIT = {
    "main.yaml": HEAD
    + """
servers: {a: {$ref: 'common/servers.yaml#/a'}}
channels:
  /: {$ref: 'channels.yaml#/root'}
  /admin:
    x-socketio: {auth: {$ref: 'common/schemas.yaml#/Login'}}
    x-security: [{token: []}]
    publish:
      message:
        oneOf:
          - {$ref: 'messages/all.yaml#/Ban'}
          - {$ref: 'messages/all.yaml#/Say'}
components:
  securitySchemes: {token: {$ref: 'common/security.json#/token'}}
  schemas: {Login: {$ref: 'common/schemas.yaml#/Login'}}
""",
    "channels.yaml": """
root:
  bindings: {$ref: 'common/bindings.yaml'}
  publish: {message: {$ref: 'messages/all.yaml#/Say'}}
  subscribe: {message: {$ref: 'messages/all.yaml#/Said'}}
""",
    "messages/all.yaml": """
Say: &say
  name: say
  payload: {$ref: '../common/schemas.yaml#/Text'}
  x-ack: {$ref: '#/Receipt'}
Said:
  <<: *say
  name: said
Ban: {name: ban, payload: {prefixItems: [{$ref: '../common/schemas.yaml#/User'}, {type: number}]}}
Receipt: {args: {$ref: '../common/schemas.yaml#/User/properties/friend'}}
""",
    "common/servers.yaml": "a: {url: 'localhost/a/socket.io', protocol: ws}",
    "common/bindings.yaml": "ws: {query: {properties: {room: {$ref: 'schemas.yaml#/Text'}}}}",
    "common/security.json": '{"token": {"type": "http", "scheme": "bearer"}}',
    "common/schemas.yaml": """
Text: {type: string, minLength: 1}
User: {type: object, properties: {name: {$ref: '#/Text'}, friend: {$ref: user.json}}}
Login: {type: object, properties: {name: {$ref: user.json}}}
""",
    "common/user.json": '{"type": "object", "properties": {"of": {"$ref": "schemas.yaml#/User"}}}',
}


SPLIT_3 = {
    "main.yaml": """
asyncapi: 3.0.0
info: {title: Chat, version: 1.0.0}
channels:
  root: {$ref: 'channels/root.yaml'}
  admin:
    address: /admin
    messages:
      ban: {$ref: 'messages.yaml#/Ban'}
      receipt: {$ref: 'messages.yaml#/Receipt'}
operations:
  say: {$ref: 'operations.yaml#/say'}
  ban:
    action: receive
    channel: {$ref: '#/channels/admin'}
    messages: [{$ref: '#/channels/admin/messages/ban'}]
    reply: {messages: [{$ref: '#/channels/admin/messages/receipt'}]}
  said:
    action: send
    channel: {$ref: '#/channels/root'}
    messages: [{$ref: '#/channels/root/messages/said'}]
""",
    "channels/root.yaml": """
address: /
messages: {say: {$ref: '../messages.yaml#/Say'}, said: {name: said, payload: {type: string}}}
""",
    "operations.yaml": """
say: {action: receive, channel: {$ref: channels/root.yaml}, messages: [{$ref: '#/first'}]}
first: {$ref: 'channels/root.yaml#/messages/say'}
""",
    "messages.yaml": """
Say: {name: say, payload: {schemaFormat: application/schema+json;version=draft-07,
  schema: {$ref: 'schemas.json#/Text'}}}
Ban: {name: ban, payload: {items: [{$ref: 'schemas.json#/Text'}]}}
Receipt: {payload: {$ref: 'schemas.json#/Text'}}
""",
    "schemas.json": '{"Text": {"type": "string"}}',
}


def compiled(path: Path, access: Access | None = None) -> tuple[Document | None, App | None]:
    diagnostics = Diagnostics()
    source = load(path, diagnostics, access=access)
    document = parse(source, diagnostics) if source else None
    if document is None or diagnostics.failed:
        return None, None
    return document, lower(document, Options(lint=True), diagnostics)


def assert_bundle_is_the_same(path: Path, out: Path, access: Access | None = None) -> App | None:
    """The bundle of a document compiles to the same, as YAML and as JSON; its App."""
    document, app = compiled(path, access)
    if document is None:
        return None
    for name, dump in (("bundle.yaml", dump_yaml), ("bundle.json", dump_json)):
        (out / name).write_text(dump(document.bundle), encoding="utf-8")
        again, app_again = compiled(out / name)
        assert again and again.bundle == document.bundle
        assert app_again == app
    return app


@pytest.mark.parametrize(
    ("files", "namespaces"),
    [(SPLIT, [("/", 1, 1), ("/admin", 2, 0)]), (SPLIT_3, [("/", 1, 1), ("/admin", 1, 0)])],
)
def test_S3_a_split_document_and_its_bundle_are_the_same_app(
    tmp_path: Path, files: dict[str, str], namespaces: list[tuple[str, int, int]]
) -> None:
    put(tmp_path / "spec", files)
    app = assert_bundle_is_the_same(tmp_path / "spec/main.yaml", tmp_path)
    assert app
    found = [(it.name.raw, len(it.incoming), len(it.outgoing)) for it in app.namespaces]
    assert found == namespaces


def multi_file() -> list[tuple[str, str]]:
    """The documents of the corpus that refer to other files, and what is expected of them."""
    index = Path(__file__).parents[3] / "shared/corpus/INDEX.tsv"
    if not index.is_file():
        return [("", "")]
    with index.open(encoding="utf-8") as rows:
        return [
            (row["file"], row["expected"])
            for row in csv.DictReader(rows, delimiter="\t")
            if row["class"] == "multi-file"
        ]


@pytest.mark.parametrize(("file", "expected"), multi_file())
def test_S3_documents_of_other_projects(tmp_path: Path, file: str, expected: str) -> None:
    corpus = shared_dir() / "corpus"
    path = corpus / file
    access = Access(root=path.parent.parent)
    diagnostics = Diagnostics()
    source = load(path, diagnostics, access=access)
    assert source
    document = parse(source, diagnostics)
    unresolved = {"AG105", "AG106"} & {item.code for item in diagnostics}
    assert not unresolved, list(diagnostics)
    if expected == "valid":
        assert document
        assert not [it for it in diagnostics if it.severity is Severity.ERROR], list(diagnostics)
        assert all(text.startswith("#/") for text in references(document.bundle))
        assert_bundle_is_the_same(path, tmp_path, access)
