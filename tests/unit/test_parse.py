"""Source → Document for AsyncAPI 2.x."""

import json
import random
from pathlib import Path

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.document import Document, Json, Message
from asyncgen.source import load, plain
from tests.support import shared_dir
from tests.unit.parsing import parsed, raw

HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: '1'}\n"
ASYNCTION = "corpus/socketio/dedoussis+asynction"


def read(tmp_path: Path, text: str, head: str = HEAD) -> tuple[Document | None, list[Diagnostic]]:
    path = tmp_path / "chat.yaml"
    path.write_text(head + text)
    return parsed(path)


def document(tmp_path: Path, text: str) -> Document:
    result, diagnostics = read(tmp_path, text)
    assert result and not diagnostics, diagnostics
    return result


def message(tmp_path: Path, text: str, rest: str = "") -> Message:
    [operation] = document(
        tmp_path, f"channels: {{/: {{publish: {{message: {text}}}}}}}\n{rest}"
    ).operations
    [result] = operation.messages
    return result


# -- versions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.0.0", "2.3.0", "2.6.0", "2.6.1"])
def test_S1_versions_2_0_to_2_6(tmp_path: Path, version: str) -> None:
    head = HEAD.replace("2.6.0", version)
    result, diagnostics = read(tmp_path, "channels: {}", head)
    assert result and not diagnostics
    assert result.version.raw == version


@pytest.mark.parametrize(
    "version", ["4.0.0", "3.2.0", "3.0", "2.7.0", "1.2.0", "2.6", "latest", "2.0.0-rc2"]
)
def test_S1_other_versions_name_those_understood(tmp_path: Path, version: str) -> None:
    result, diagnostics = read(tmp_path, "channels: {}", f"asyncapi: '{version}'\n")
    assert result is None
    assert [item.code for item in diagnostics] == ["AG202"]
    assert "2.0 to 2.6, 3.0 and 3.1" in (diagnostics[0].hint or "")


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("asyncapi: 2.6\n", "AG204", "write the version in full"),
        ("asynapi: 2.6.0\n", "AG201", "did you mean `asyncapi` in place of `asynapi`?"),
        ("openapi: 3.0.0\n", "AG201", "asyncgen compiles AsyncAPI documents"),
        ("a: 1\n", "AG201", "begin it with"),
        ("- 1\n", "AG201", "it begins with"),
        ("text\n", "AG201", "it begins with"),
    ],
)
def test_what_is_no_asyncapi_document(tmp_path: Path, text: str, code: str, hint: str) -> None:
    result, diagnostics = read(tmp_path, text, "")
    assert result is None
    assert [item.code for item in diagnostics] == [code]
    assert (diagnostics[0].hint or "").startswith(hint)


# -- missing keys and wrong types --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "message", "place"),
    [
        ("info: {title: a, version: '1'}", "AG203", "the document has no `channels`", (1, 1)),
        ("channels: {}", "AG203", "the document has no `info`", (1, 1)),
        ("channels: {}\ninfo:\n  title: a", "AG203", "`info` has no `version`", (3, 1)),
        (
            "channels: {}\ninfo:\n  title: a\n  version: 1.0",
            "AG204",
            "`version` must be text, not a number",
            (5, 12),
        ),
        ("channels: {}\ninfo: 3", "AG204", "`info` must be a mapping, not a number", (3, 7)),
        (
            "info: {title: a, version: b}\nchannels: []",
            "AG204",
            "`channels` must be a mapping, not a list",
            (3, 11),
        ),
        (
            "info: {title: a, version: b}\nchannels:\n  /a:",
            "AG204",
            "`/a` must be a mapping, not empty",
            (4, 6),
        ),
    ],
)
def test_required_keys_and_types(
    tmp_path: Path, text: str, code: str, message: str, place: tuple[int, int]
) -> None:
    _, diagnostics = read(tmp_path, text, "asyncapi: 2.6.0\n")
    assert [(item.code, item.message) for item in diagnostics] == [(code, message)]
    span = diagnostics[0].span
    assert span and (span.line, span.column) == place


def test_a_misspelt_key_is_shown_where_it_stands(tmp_path: Path) -> None:
    _, diagnostics = read(
        tmp_path, "channels: {}\ninfo:\n  tilte: a\n  version: '1'", "asyncapi: 2.6.0\n"
    )
    assert [item.hint for item in diagnostics] == ["did you mean `title`?"]
    span = diagnostics[0].span
    assert span and (span.line, span.column, span.end_column) == (4, 3, 8)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("channels: {}\nservers: {a: {protocol: ws}}", "AG203"),
        ("channels: {}\nservers: {a: {url: a}}", "AG203"),
        ("channels: {}\nservers: {a: {url: a, protocol: ws, security: [a]}}", "AG204"),
        ("channels: {}\nservers: {a: {url: a, protocol: ws, security: {a: []}}}", "AG204"),
        ("channels: {}\nservers: {a: {url: a, protocol: ws, security: [{a: b}]}}", "AG204"),
        ("channels: {}\nservers: {a: {url: 'a/{b}', protocol: ws}}", "AG203"),
        ("channels: {}\nservers: {a: {url: 'a/{b}', protocol: ws, variables: 3}}", "AG204"),
        ("channels: {}\ncomponents: {securitySchemes: {a: {}}}", "AG203"),
        ("channels: {}\ncomponents: {securitySchemes: {a: {type: htp}}}", "AG205"),
        ("channels: {}\ncomponents: {securitySchemes: {a: {type: http}}}", "AG203"),
        ("channels: {}\ncomponents: {securitySchemes: {a: {type: apiKey, in: header}}}", "AG205"),
        ("channels: {}\ncomponents: {securitySchemes: {a: {type: httpApiKey, in: query}}}",
         "AG203"),
        ("channels: {}\ncomponents: {securitySchemes: {a: {type: X509, x-socketio: 3}}}", "AG204"),
        ("channels: {/: {publish: {message: text}}}", "AG204"),
        ("channels: {/: {publish: {message: [{name: a}]}}}", "AG204"),
        ("channels: {/: {publish: {message: {oneOf: {name: a}}}}}", "AG204"),
        ("channels: {/: {publish: {message: {name: 3}}}}", "AG204"),
        ("channels: {/: {publish: {message: {payload: 3}}}}", "AG204"),
        ("channels: {/: {publish: {message: {x-handler: [a]}}}}", "AG204"),
        ("channels: {/: {publish: {message: {x-socketio: {args: both}}}}}", "AG205"),
        ("channels: {/: {publish: {message: {deprecated: 1}}}}", "AG204"),
        ("channels: {/: {publish: {message: {payload: {$ref: '#/none'}}}}}", "AG105"),
        ("channels: {/: {publish: {message: {$ref: '#/none'}}}}", "AG105"),
        ("channels: {/: {x-handlers: {connect: 3}}}", "AG204"),
        ("channels: {/: {bindings: {ws: 3}}}", "AG204"),
        ("channels: {/: {bindings: {ws: {query: 3}}}}", "AG204"),
        ("channels: {/: {servers: [1]}}", "AG204"),
        ("channels: {}\nx-socketio: {channels: nmespace}", "AG205"),
        ("channels: {}\nx-socketio: 3", "AG204"),
    ],
)  # fmt: skip
def test_one_problem_is_one_error(tmp_path: Path, text: str, code: str) -> None:
    _, diagnostics = read(tmp_path, text)
    assert [item.code for item in diagnostics] == [code]
    assert diagnostics[0].span


def test_a_bare_string_in_one_of_has_the_reference_as_its_hint() -> None:
    _, diagnostics = parsed(shared_dir() / ASYNCTION / "README-extract.yaml")
    assert [(item.code, item.hint) for item in diagnostics] == [
        ("AG204", 'write `$ref: "#/components/messages/Metrics"`')
    ]
    assert diagnostics[0].span and diagnostics[0].span.line == 26


# -- channels, operations, messages ------------------------------------------------------------


def test_S8_publish_is_received_and_subscribe_is_sent(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        "channels: {/chat: {publish: {operationId: a}, subscribe: {summary: b}}}",
    )
    assert [(op.action, op.channel, raw(op.key), raw(op.summary)) for op in result.operations] == [
        ("receive", "/chat", "a", None),
        ("send", "/chat", None, "b"),
    ]
    assert [(channel.key, raw(channel.address)) for channel in result.channels] == [
        ("/chat", "/chat")
    ]


def test_S14_messages_alone_in_one_of_and_by_reference(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        """
channels:
  /a: {publish: {message: {$ref: "#/components/messages/A"}}, subscribe: {}}
  /b:
    publish:
      message:
        oneOf:
          - $ref: "#/components/messages/Alias"
          - {name: inline}
          - $ref: "#/components/messages/A"
    subscribe: {message: {$ref: "#/components/messages/Both"}}
components:
  messages:
    A: {name: a}
    Alias: {$ref: "#/components/messages/A"}
    Both: {oneOf: [{$ref: "#/components/messages/A"}]}
""",
    )
    found = [
        [(message.pointer, raw(message.key)) for message in operation.messages]
        for operation in result.operations
    ]
    canonical = ("/components/messages/A", "A")
    assert found == [
        [canonical],
        [],
        [canonical, ("/channels/~1b/publish/message/oneOf/1", None)],
        [canonical],
    ]
    messages = [op.messages[0] for op in result.operations if op.messages]
    assert messages[0] == messages[1] == messages[2]


def test_one_of_within_one_of_ends(tmp_path: Path) -> None:
    def reference(number: int) -> str:
        return f"{{$ref: '#/components/messages/M{number}'}}"

    levels = ", ".join(
        f"M{number}: {{oneOf: [{', '.join([reference(number + 1)] * 9)}]}}" for number in range(40)
    )
    last = f"M40: {{oneOf: [{reference(0)}]}}"
    text = f"""
channels: {{/: {{publish: {{message: {reference(0)}}}}}}}
components: {{messages: {{{levels}, {last}}}}}
"""
    [operation] = document(tmp_path, text).operations
    assert operation.messages == ()


def test_every_field_of_a_message(tmp_path: Path) -> None:
    found = message(
        tmp_path,
        """{name: n, messageId: i, title: t, summary: s, description: d, contentType: c,
        schemaFormat: application/schema+json;version=draft-07, tags: [{name: x}, {name: y}],
        payload: {type: string}, headers: {type: object}, deprecated: true, x-handler: app.f,
        x-socketio: {event: e, args: tuple}, x-python-name: p}""",
        "defaultContentType: other",
    )
    texts = (found.name, found.message_id, found.title, found.summary, found.description)
    assert [raw(text) for text in texts] == ["n", "i", "t", "s", "d"]
    assert (raw(found.content_type), found.deprecated, found.args) == ("c", True, "tuple")
    assert [tag.raw for tag in found.tags] == ["x", "y"]
    located = (found.handler, found.event, found.python_name)
    assert [item and item.text.raw for item in located] == ["app.f", "e", "p"]
    assert found.payload and found.payload.pointer == "/channels/~1/publish/message/payload"
    assert found.headers and found.headers.pointer == "/channels/~1/publish/message/headers"


def test_S14_alternatives_of_alternatives_end_without_a_traceback(tmp_path: Path) -> None:
    links = (
        f"    m{it}: {{oneOf: [{{$ref: '#/components/messages/m{it + 1}'}}]}}\n"
        for it in range(3_000)
    )
    text = (
        "channels: {/: {publish: {message: {$ref: '#/components/messages/m0'}}}}\n"
        f"components:\n  messages:\n{''.join(links)}    m3000: {{name: last}}\n"
    )
    [operation] = document(tmp_path, text).operations
    assert [raw(it.name) for it in operation.messages] == ["last"]


def test_the_content_type_of_the_document_is_the_default(tmp_path: Path) -> None:
    assert raw(message(tmp_path, "{}", "defaultContentType: a/b").content_type) == "a/b"


def test_S4_traits_reach_the_message(tmp_path: Path) -> None:
    found = message(
        tmp_path,
        "{name: own, traits: [{$ref: '#/components/messageTraits/T'}]}",
        "components: {messageTraits: {T: {name: trait, headers: {type: object}}}}",
    )
    assert raw(found.name) == "trait"
    assert found.headers and found.headers.pointer == "/channels/~1/publish/message/headers"


def test_schemas_are_canonical_places_in_the_bundle(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        """
channels: {/: {publish: {message: {payload: {$ref: "#/components/schemas/A"}}}}}
components: {schemas: {A: {$ref: "#/components/schemas/B"}, B: {type: string, $id: gone}}}
""",
    )
    payload = result.operations[0].messages[0].payload
    assert payload and payload.pointer == "/components/schemas/B"
    components = result.bundle["components"]
    assert isinstance(components, dict) and isinstance(components["schemas"], dict)
    assert components["schemas"]["B"] == {"type": "string"}
    assert result.spans["/components/schemas/B/type"].line == 5


def test_S26_spans_follow_the_rewrite(tmp_path: Path) -> None:
    result, _ = read(
        tmp_path,
        "channels: {/: {publish: {message: {payload: {prefixItems: [{type: string}]}}}}}",
    )
    assert result
    assert "/channels/~1/publish/message/payload/items/0/type" in result.spans
    assert "/channels/~1/publish/message/payload/prefixItems" not in result.spans


@pytest.mark.parametrize(
    ("ack", "pointer"),
    [
        ("{args: {type: string}}", "/channels/~1/publish/message/x-ack/args"),
        ("{type: string}", "/channels/~1/publish/message/x-ack"),
        ("true", "/channels/~1/publish/message/x-ack"),
        ("{$ref: '#/components/x-messageAcks/A'}", "/components/x-messageAcks/A/args"),
        ("{$ref: '#/components/x-messageAcks/B'}", "/components/x-messageAcks/B"),
        ("{$ref: '#/components/x-messageAcks/C'}", "/components/schemas/S"),
        ("{$ref: '#/components/schemas/S'}", "/components/schemas/S"),
        ("{args: {$ref: '#/components/schemas/S'}}", "/components/schemas/S"),
    ],
)
def test_S19_acks_in_every_form(tmp_path: Path, ack: str, pointer: str) -> None:
    found = message(
        tmp_path,
        f"{{x-ack: {ack}}}",
        """
components:
  x-messageAcks: {A: {args: {type: string}}, B: {type: string},
    C: {args: {$ref: "#/components/schemas/S"}}}
  schemas: {S: {type: string}}
""",
    )
    assert found.ack and found.ack.pointer == pointer


@pytest.mark.parametrize(
    ("example", "payload"),
    [
        ("{payload: {a: 1}, name: n}", "/0/payload"),
        ("{headers: {}}", None),
        ("{}", None),
    ],
)
def test_S7_examples(tmp_path: Path, example: str, payload: str | None) -> None:
    [found] = message(tmp_path, f"{{payload: {{}}, examples: [{example}]}}").examples
    start = "/channels/~1/publish/message/examples"
    assert found.payload == (payload and start + payload)


def test_every_field_of_a_channel(tmp_path: Path) -> None:
    [found] = document(
        tmp_path,
        """
channels:
  /a:
    description: d
    servers: [one]
    parameters: {p: {schema: {type: string}}}
    bindings: {$ref: "#/components/channelBindings/B"}
    x-security: [{a: [x], b: []}, {}]
    x-handlers: {connect: m.c, disconnect: m.d, error: m.e}
    x-socketio: {namespace: n, event: e, auth: {type: object}}
    x-python-name: p
components:
  channelBindings:
    B: {ws: {method: GET, query: {type: object}, headers: {$ref: "#/components/schemas/H"}}}
  schemas: {H: {type: object}}
""",
    ).channels
    binding = found.binding
    assert binding and binding.query and binding.headers and binding.method and found.auth
    assert binding.method.text.raw == "GET"
    assert binding.query.pointer == "/components/channelBindings/B/ws/query"
    assert binding.headers.pointer == "/components/schemas/H"
    assert found.auth.pointer == "/channels/~1a/x-socketio/auth"
    located = (found.connect, found.disconnect, found.error, found.namespace, found.event)
    assert [item and item.text.raw for item in located] == ["m.c", "m.d", "m.e", "n", "e"]
    assert found.python_name and found.python_name.text.raw == "p"
    assert [name.text.raw for name in found.servers or ()] == ["one"]
    assert (found.span.line, found.span.column, found.span.end_column) == (5, 3, 5)
    assert found.security
    assert [
        [(scope.scheme.raw, [item.raw for item in scope.scopes]) for scope in alternative.schemes]
        for alternative in found.security
    ] == [[("a", ["x"]), ("b", [])], []]


def test_S32_an_empty_security_list_is_not_an_absent_one(tmp_path: Path) -> None:
    text = "channels: {/a: {x-security: []}, /b: {}}"
    assert [channel.security for channel in document(tmp_path, text).channels] == [(), None]


# -- servers and security ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("my-company.com/api/socket.io", "/api/socket.io"),
        ("wss://my-company.com:80/api/socket.io", "/api/socket.io"),
        ("localhost", None),
        ("localhost:5000", None),
        ("ws://localhost", None),
        ("/socket.io", "/socket.io"),
        ("ws://localhost/", "/"),
        ("{scheme}://{host}:{port}/{base}/socket.io?x=/y#/z", "/v1/socket.io"),
        ("localhost/{nothing}{base}/socket.io", "/v1/socket.io"),
    ],
)
def test_S40_the_path_of_a_url(tmp_path: Path, url: str, path: str | None) -> None:
    text = f"""
servers:
  a:
    url: "{url}"
    protocol: ws
    variables: {{base: {{default: v1}}, port: {{default: "80"}}, nothing: {{default: ""}}}}
channels: {{}}
"""
    assert raw(document(tmp_path, text).servers[0].path) == path


def test_S35_schemes_with_hooks_in_all_spellings(tmp_path: Path) -> None:
    hooks = [
        "x-basicInfoFunc", "x-bearerInfoFunc", "x-basicBearerInfoFunc", "x-tokenInfoFunc",
        "x-apiKeyInfoFunc", "x-apikeyInfoFunc", "x-scopeValidateFunc",
    ]  # fmt: skip
    entries = ", ".join(f"{hook}: h.{number}" for number, hook in enumerate(hooks))
    result = document(
        tmp_path,
        f"""
channels: {{}}
components:
  securitySchemes:
    all: {{type: http, scheme: bearer, bearerFormat: jwt, description: d, {entries}}}
    key: {{type: httpApiKey, in: cookie, name: sid}}
    user: {{type: apiKey, in: user, x-socketio: {{in: auth, name: key}}}}
    oauth:
      type: oauth2
      flows:
        implicit: {{authorizationUrl: "https://a", scopes: {{a: A, b: B}}}}
        password: {{tokenUrl: "https://t", scopes: {{b: B, c: C}}}}
    other: {{$ref: "#/components/securitySchemes/key"}}
""",
    )
    schemes = {scheme.name.raw: scheme for scheme in result.schemes}
    assert list(schemes) == ["all", "key", "user", "oauth", "other"]
    assert list(schemes["all"].hooks) == hooks
    assert schemes["all"].hooks["x-tokenInfoFunc"].text.raw == "h.3"
    assert (raw(schemes["all"].scheme), raw(schemes["all"].bearer_format)) == ("bearer", "jwt")
    assert (raw(schemes["key"].location), raw(schemes["key"].parameter)) == ("cookie", "sid")
    assert raw(schemes["user"].auth_key) == "key"
    assert [scope.raw for scope in schemes["oauth"].scopes] == ["a", "b", "c"]
    assert raw(schemes["other"].parameter) == "sid"


def test_the_extension_of_the_root(tmp_path: Path) -> None:
    text = "channels: {}\nx-socketio: {channels: event, perspective: client, path: /ws}"
    extension = document(tmp_path, text).extension
    found = (extension.channels, extension.perspective, extension.path)
    assert [item and item.text.raw for item in found] == ["event", "client", "/ws"]


# -- real documents ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "example/asyncapi.yml",
        *(
            f"tests/fixtures/{name}"
            for name in (
                "simple.yml", "simple_with_servers.yml", "echo.yml", "security.yaml",
                "namespace_security.yaml", "array_vs_tuple.yaml",
            )
        ),
    ],
)  # fmt: skip
def test_every_document_of_asynction_is_read(name: str) -> None:
    result, diagnostics = parsed(shared_dir() / ASYNCTION / name)
    assert result
    assert {item.code for item in diagnostics} <= {"AG207"}
    assert result.operations and all(operation.messages for operation in result.operations)


def test_the_same_document_in_yaml_and_in_json_says_the_same(tmp_path: Path) -> None:
    chat = shared_dir() / ASYNCTION / "example" / "asyncapi.yml"
    source = load(chat, Diagnostics())
    assert source
    copy = tmp_path / "chat.json"
    copy.write_text(json.dumps(plain(source.root.node)))
    documents = [parsed(path)[0] for path in (chat, copy)]
    assert documents[0] and documents[1]
    assert documents[0].bundle == documents[1].bundle
    names = [
        [(op.action, [message.pointer for message in op.messages]) for op in item.operations]
        for item in documents
        if item
    ]
    assert names[0] == names[1]


JUNK: list[Json] = [
    None, True, 0, 1.5, "", "x", [], {}, [1], {"$ref": "#/a"}, {"$ref": 3}, {"$ref": "#"},
    [None], {"": ""}, {"oneOf": [{}]}, [[]], {"args": {"$ref": "#/components"}},
    {"$ref": "#/channels"},
]  # fmt: skip


def corpus() -> list[Path]:
    files = (shared_dir() / "corpus").rglob("*")
    return sorted(path for path in files if path.suffix in (".yaml", ".yml", ".json"))


def test_truncated_documents_never_raise(tmp_path: Path) -> None:
    choose = random.Random(2)
    for path in corpus():
        text = path.read_bytes()
        copy = tmp_path / f"chat{path.suffix}"
        copy.write_bytes(text[: choose.randrange(len(text) + 1)])
        _, diagnostics = parsed(copy)
        assert all(item.span for item in diagnostics), path


def test_documents_with_anything_anywhere_never_raise(tmp_path: Path) -> None:
    choose = random.Random(3)
    file = tmp_path / "chat.json"
    for path in corpus():
        source = load(path, Diagnostics())
        if source is None or not isinstance(source.root.node.value, dict):
            continue
        data = plain(source.root.node)
        for place in choose.choices(places(data), k=3):
            data = replace(data, place, choose.choice(JUNK))
        assert isinstance(data, dict)
        version = "3.0.0" if str(data.get("asyncapi")).startswith("3") else "2.6.0"
        file.write_text(json.dumps({**data, "asyncapi": version}))
        _, diagnostics = parsed(file)
        assert all(item.span for item in diagnostics), path


def children(value: Json) -> dict[str | int, Json]:
    """What stands in a mapping or list."""
    if isinstance(value, list):
        return dict(enumerate(value))
    return {key: child for key, child in value.items()} if isinstance(value, dict) else {}


def places(value: Json) -> list[tuple[str | int, ...]]:
    """The keys that lead to each value within a value."""
    return [(key, *rest) for key, child in children(value).items() for rest in ((), *places(child))]


def replace(value: Json, place: tuple[str | int, ...], junk: Json) -> Json:
    """The value with junk in a place, if what leads there is still there."""
    if not place:
        return junk
    entries = children(value)
    if place[0] not in entries:
        return value
    entries[place[0]] = replace(entries[place[0]], place[1:], junk)
    if isinstance(value, list):
        return list(entries.values())
    return {str(key): child for key, child in entries.items()}
