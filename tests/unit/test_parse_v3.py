"""Source → Document for AsyncAPI 3.x."""

from pathlib import Path

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.document import Document, Message, Operation, Requirement
from asyncgen.lower import Options, lower
from tests.support import ROOT, shared_dir
from tests.unit.parsing import parsed, raw

HEAD = "asyncapi: 3.0.0\ninfo: {title: Chat, version: '1'}\n"


def read(tmp_path: Path, text: str) -> tuple[Document | None, list[Diagnostic]]:
    path = tmp_path / "chat.yaml"
    path.write_text(HEAD + text)
    return parsed(path)


def document(tmp_path: Path, text: str) -> Document:
    result, diagnostics = read(tmp_path, text)
    assert result and not diagnostics, diagnostics
    return result


def message(tmp_path: Path, text: str, rest: str = "") -> Message:
    [channel] = document(tmp_path, f"channels: {{c: {{messages: {{m: {text}}}}}}}\n{rest}").channels
    [result] = channel.messages
    return result


def keys(messages: tuple[Message, ...]) -> list[str | None]:
    return [raw(message.key) for message in messages]


def by_key(result: Document) -> dict[str | None, Operation]:
    return {raw(operation.key): operation for operation in result.operations}


def shown(requirements: tuple[Requirement, ...] | None) -> list[list[tuple[str, list[str]]]] | None:
    if requirements is None:
        return None
    return [
        [(scope.scheme.raw, [item.raw for item in scope.scopes]) for scope in requirement.schemes]
        for requirement in requirements
    ]


# -- one application from two versions ---------------------------------------------------------


def test_S1_the_chat_example_in_2_6_and_3_0_is_one_app() -> None:
    apps = []
    for path in (ROOT / "examples/chat/asyncapi.yaml", ROOT / "tests/data/chat-3.0.yaml"):
        result, diagnostics = parsed(path)
        assert result and not diagnostics
        more = Diagnostics()
        apps.append(lower(result, Options(), more))
        assert not more.items
    assert apps[0] is not None
    assert apps[0] == apps[1]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.7", "3.1.0"])
def test_S1_versions_3_0_and_3_1(tmp_path: Path, version: str) -> None:
    path = tmp_path / "chat.yaml"
    path.write_text(HEAD.replace("3.0.0", version))
    result, diagnostics = parsed(path)
    assert result and not diagnostics
    assert (result.version.raw, result.channels, result.operations) == (version, (), ())


# -- servers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ("host: a.com", None),
        ("host: 'a.com:80', pathname: /api/socket.io", "/api/socket.io"),
        ("host: a.com, pathname: socket.io", "/socket.io"),
        ("host: a.com, pathname: /", "/"),
        ("host: a.com, pathname: '/{v}/x', variables: {v: {default: v1}}", "/v1/x"),
        ("host: '{h}', pathname: '/{v}', variables: {v: {$ref: '#/components/serverVariables/V'}}",
         "/v2"),
        ("host: a.com/api/socket.io", "/api/socket.io"),
    ],
)  # fmt: skip
def test_S40_the_path_of_a_server(tmp_path: Path, fields: str, path: str | None) -> None:
    result = document(
        tmp_path,
        f"""
servers: {{s: {{{fields}, protocol: ws, x-socketio: {{namespace: n}}}}}}
components: {{serverVariables: {{V: {{default: v2}}}}}}
""",
    )
    [server] = result.servers
    assert (server.name.raw, raw(server.path)) == ("s", path)
    assert server.namespace and server.namespace.text.raw == "n"


def test_S33_channels_name_the_servers_they_refer_to(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        """
servers: {a: {$ref: "#/components/servers/A"}, b: {host: h, protocol: ws}}
channels:
  one: {servers: [{$ref: "#/servers/b"}, {$ref: "#/servers/a"}]}
  two: {servers: [{$ref: "#/components/servers/A"}]}
  all: {servers: []}
  every: {}
components: {servers: {A: {host: h, protocol: ws}}}
""",
    )
    found = [
        channel.servers and [server.text.raw for server in channel.servers]
        for channel in result.channels
    ]
    assert found == [["b", "a"], ["a"], None, None]


# -- channels and messages ---------------------------------------------------------------------


def test_S11_addresses(tmp_path: Path) -> None:
    text = "channels: {a: {address: /x}, b: {address: null}, c: {}}"
    found = [(channel.key, raw(channel.address)) for channel in document(tmp_path, text).channels]
    assert found == [("a", "/x"), ("b", None), ("c", None)]


def test_every_field_of_a_channel(tmp_path: Path) -> None:
    [found] = document(
        tmp_path,
        """
channels:
  a: {$ref: "#/components/channels/C"}
components:
  channels:
    C:
      address: "x/{p}"
      description: d
      parameters: {p: {$ref: "#/components/parameters/P"}}
      bindings: {$ref: "#/components/channelBindings/B"}
      x-security: [{a: [x], b: []}, {}]
      x-handlers: {connect: m.c, disconnect: m.d, error: m.e}
      x-socketio: {namespace: n, event: e, auth: {$ref: "#/components/schemas/H"}}
      x-python-name: p
  parameters: {P: {description: p}}
  channelBindings: {B: {ws: {query: {type: object}, headers: {$ref: "#/components/schemas/H"}}}}
  schemas: {H: {type: object}}
""",
    ).channels
    assert (found.key, raw(found.address), raw(found.description)) == ("a", "x/{p}", "d")
    binding = found.binding
    assert binding and binding.query and binding.headers and found.auth
    assert binding.query.pointer == "/components/channelBindings/B/ws/query"
    assert binding.headers.pointer == found.auth.pointer == "/components/schemas/H"
    assert shown(found.security) == [[("a", ["x"]), ("b", [])], []]
    located = (found.connect, found.disconnect, found.error, found.namespace, found.event)
    assert [item and item.text.raw for item in located] == ["m.c", "m.d", "m.e", "n", "e"]
    assert found.span.line == 5


def test_S12_a_message_has_its_key_in_the_channel_and_its_canonical_place(tmp_path: Path) -> None:
    found = message(
        tmp_path,
        "{$ref: '#/components/messages/Alias'}",
        "components: {messages: {Alias: {$ref: '#/components/messages/M'}, M: {title: t}}}",
    )
    assert (found.pointer, raw(found.key), raw(found.title)) == ("/components/messages/M", "m", "t")


def test_every_field_of_a_message(tmp_path: Path) -> None:
    found = message(
        tmp_path,
        """{name: n, title: t, summary: s, description: d, contentType: c,
        tags: [{name: x}, {$ref: '#/components/tags/Y'}], deprecated: true, x-handler: app.f,
        x-ack: {args: {type: string}}, x-socketio: {event: e, args: tuple}, x-python-name: p,
        examples: [{payload: 1}], payload: {type: string}, headers: {type: object}}""",
        "components: {tags: {Y: {name: y}}}",
    )
    start = "/channels/c/messages/m"
    assert [raw(it) for it in (found.name, found.title, found.summary)] == ["n", "t", "s"]
    assert (raw(found.description), raw(found.content_type)) == ("d", "c")
    assert ([tag.raw for tag in found.tags], found.deprecated, found.args) == (
        ["x", "y"], True, "tuple",
    )  # fmt: skip
    schemas = (found.payload, found.headers, found.ack)
    assert [schema and schema.pointer for schema in schemas] == [
        f"{start}/payload", f"{start}/headers", f"{start}/x-ack/args",
    ]  # fmt: skip
    assert [example.payload for example in found.examples] == [f"{start}/examples/0/payload"]


@pytest.mark.parametrize(
    ("payload", "pointer", "schema_format"),
    [
        ("{type: object}", "/channels/c/messages/m/payload", None),
        ("{schemaFormat: application/schema+json;version=draft-07, schema: {type: string}}",
         "/channels/c/messages/m/payload/schema", "application/schema+json;version=draft-07"),
        ("{schemaFormat: application/vnd.aai.asyncapi+json;version=3.0.0,"
         " schema: {$ref: '#/components/schemas/S'}}",
         "/components/schemas/S", "application/vnd.aai.asyncapi+json;version=3.0.0"),
        ("{$ref: '#/components/schemas/M'}", "/components/schemas/M/schema",
         "application/schema+yaml;version=draft-07"),
        ("{schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: {type: record}}",
         "/channels/c/messages/m/payload/schema", "application/vnd.apache.avro;version=1.9.0"),
        ("{schemaFormat: application/vnd.google.protobuf;version=3, schema: 'message A {}'}",
         "/channels/c/messages/m/payload/schema", "application/vnd.google.protobuf;version=3"),
    ],
)  # fmt: skip
def test_S5_multi_format_schemas(
    tmp_path: Path, payload: str, pointer: str, schema_format: str | None
) -> None:
    found = message(
        tmp_path,
        f"{{payload: {payload}, headers: {payload}}}",
        """
components:
  schemas:
    S: {type: string}
    M: {schemaFormat: application/schema+yaml;version=draft-07, schema: {type: string, $id: gone}}
""",
    )
    assert found.payload and found.headers
    assert (found.payload.pointer, raw(found.schema_format)) == (pointer, schema_format)
    assert found.headers.pointer == pointer.replace("payload", "headers")


def test_S26_schemas_refer_to_the_schema_within_a_multi_format_object(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        """
components:
  messages: {M: {payload: {$ref: "#/components/schemas/It"}}}
  schemas:
    S: {properties: {a: {$ref: "#/components/schemas/It"}}}
    It: {schemaFormat: application/schema+json;version=draft-07, schema: {type: string, $id: x}}
""",
    )
    components = result.bundle["components"]
    assert isinstance(components, dict)
    assert components["messages"] == {"M": {"payload": {"$ref": "#/components/schemas/It"}}}
    schemas = components["schemas"]
    assert isinstance(schemas, dict) and isinstance(schemas["It"], dict)
    assert schemas["S"] == {"properties": {"a": {"$ref": "#/components/schemas/It/schema"}}}
    assert schemas["It"]["schema"] == {"type": "string"}


# -- traits ------------------------------------------------------------------------------------


def test_S4_the_target_wins_over_its_traits_and_a_later_trait_over_an_earlier(
    tmp_path: Path,
) -> None:
    result = document(
        tmp_path,
        """
channels:
  c:
    messages:
      m:
        name: own
        traits:
          - {name: first, title: first, summary: first, headers: {required: [a], minProperties: 1}}
          - {$ref: "#/components/messageTraits/T"}
        headers: {minProperties: 0}
        payload: {default: null}
operations:
  o:
    action: send
    channel: {$ref: "#/channels/c"}
    traits: [{$ref: "#/components/operationTraits/T"}]
    summary: own
components:
  messageTraits: {T: {name: last, title: last, x-handler: m.f, summary: null}}
  operationTraits: {T: {summary: trait, description: trait, x-handler: m.o, tags: [{name: t}]}}
""",
    )
    [operation] = result.operations
    [found] = operation.messages
    texts = (found.name, found.title, found.summary)
    assert [raw(text) for text in texts] == ["own", "last", None]
    assert found.handler and found.handler.text.raw == "m.f"
    assert (raw(operation.summary), raw(operation.description)) == ("own", "trait")
    assert operation.handler and operation.handler.text.raw == "m.o"
    assert [tag.raw for tag in operation.tags] == ["t"]
    channels = result.bundle["channels"]
    assert isinstance(channels, dict) and isinstance(channels["c"], dict)
    messages = channels["c"]["messages"]
    assert isinstance(messages, dict) and isinstance(messages["m"], dict)
    assert messages["m"]["headers"] == {"minProperties": 0, "required": ["a"]}
    assert messages["m"]["payload"] == {"default": None}


# -- operations --------------------------------------------------------------------------------

PING = """
channels:
  c: {messages: {ping: {}, pong: {}, other: {}}}
  d: {messages: {ping: {}, late: {}}}
"""


def test_every_field_of_an_operation(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        f"""{PING}
operations:
  o:
    $ref: "#/components/operations/O"
components:
  operations:
    O:
      action: receive
      channel: {{$ref: "#/channels/c"}}
      messages: [{{$ref: "#/channels/c/messages/ping"}}, {{$ref: "#/channels/c/messages/ping"}}]
      summary: s
      description: d
      tags: [{{name: t}}]
      x-handler: m.f
      x-ack: {{$ref: "#/components/x-messageAcks/A"}}
  x-messageAcks: {{A: {{args: {{type: string}}}}}}
""",
    )
    [found] = result.operations
    assert (raw(found.key), found.action, found.channel) == ("o", "receive", "c")
    assert keys(found.messages) == ["ping"]
    assert (raw(found.summary), raw(found.description)) == ("s", "d")
    assert [tag.raw for tag in found.tags] == ["t"]
    assert found.handler and found.handler.text.raw == "m.f"
    assert found.ack and found.ack.pointer == "/components/x-messageAcks/A/args"
    assert found.reply is None
    assert found.span.line == 9


def test_S14_messages_are_all_those_of_the_channel_that_are_not_only_replies(
    tmp_path: Path,
) -> None:
    result = document(
        tmp_path,
        f"""{PING}
operations:
  asks:
    action: receive
    channel: {{$ref: "#/channels/c"}}
    messages: [{{$ref: "#/channels/c/messages/ping"}}]
    reply: {{messages: [{{$ref: "#/channels/c/messages/pong"}}]}}
  all: {{action: send, channel: {{$ref: "#/channels/c"}}}}
  none: {{action: send, channel: {{$ref: "#/channels/c"}}, messages: []}}
  elsewhere: {{action: send, channel: {{$ref: "#/channels/d"}}}}
""",
    )
    found = {key: keys(operation.messages) for key, operation in by_key(result).items()}
    assert found == {
        "asks": ["ping"],
        "all": ["ping", "other"],
        "none": [],
        "elsewhere": ["ping", "late"],
    }


def test_S14_a_reply_that_is_a_request_as_well_is_a_message(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        f"""{PING}
operations:
  asks:
    action: receive
    channel: {{$ref: "#/channels/c"}}
    messages: [{{$ref: "#/channels/c/messages/ping"}}]
    reply: {{messages: [{{$ref: "#/channels/c/messages/pong"}}]}}
  sends: {{action: send, channel: {{$ref: "#/channels/c"}},
    messages: [{{$ref: "#/channels/c/messages/pong"}}]}}
  all: {{action: send, channel: {{$ref: "#/channels/c"}}}}
""",
    )
    assert keys(by_key(result)["all"].messages) == ["ping", "pong", "other"]


@pytest.mark.parametrize(
    ("messages", "reply", "channel", "found"),
    [
        ("[ping]", "{messages: [{$ref: '#/channels/c/messages/pong'}]}", "c", ["pong"]),
        ("[ping]", "{}", "c", ["pong", "other"]),
        ("[ping]", "{address: {location: $message.header#/r}}", "c", ["pong", "other"]),
        ("[ping]", "{channel: {$ref: '#/channels/c'}, messages: []}", "c", []),
        ("[ping]", "{channel: {$ref: '#/channels/d'}}", "d", ["ping", "late"]),
        ("[ping]", "{$ref: '#/components/replies/R'}", "d", ["late"]),
        ("", "{}", "c", []),
        ("", "{messages: [{$ref: '#/channels/c/messages/pong'}]}", "c", ["pong"]),
    ],
)
def test_S19_replies(
    tmp_path: Path, messages: str, reply: str, channel: str, found: list[str]
) -> None:
    listed = messages and "messages: [{$ref: '#/channels/c/messages/ping'}],"
    result = document(
        tmp_path,
        f"""{PING}
operations:
  o: {{action: receive, channel: {{$ref: "#/channels/c"}}, {listed} reply: {reply}}}
components:
  replies:
    R:
      address: {{$ref: "#/components/replyAddresses/A"}}
      channel: {{$ref: "#/channels/d"}}
      messages: [{{$ref: "#/channels/d/messages/late"}}]
  replyAddresses: {{A: {{location: $message.header#/r}}}}
""",
    )
    [operation] = result.operations
    assert operation.reply
    assert (operation.reply.channel, keys(operation.reply.messages)) == (channel, found)


def test_references_may_lead_to_what_the_channels_and_messages_are(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        """
channels: {c: {$ref: "#/components/channels/C"}}
operations:
  o:
    action: send
    channel: {$ref: "#/components/channels/C"}
    messages:
      - {$ref: "#/components/messages/M"}
      - {$ref: "#/components/channels/C/messages/n"}
components:
  channels: {C: {messages: {m: {$ref: "#/components/messages/M"}, n: {}}}}
  messages: {M: {name: m}}
""",
    )
    [operation] = result.operations
    assert (operation.channel, keys(operation.messages)) == ("c", ["m", "n"])


def test_copies_may_stand_where_references_should(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        """
channels: {c: {address: /, messages: {m: {name: m}, n: {name: n}}}}
operations:
  o:
    action: send
    channel: {address: /, messages: {m: {name: m}, n: {name: n}}}
    messages: [{name: n}]
""",
    )
    [operation] = result.operations
    assert (operation.channel, keys(operation.messages)) == ("c", ["n"])


# -- security ----------------------------------------------------------------------------------

SCHEMES = """
components:
  securitySchemes:
    key: {type: httpApiKey, in: header, name: k}
    alias: {$ref: "#/components/securitySchemes/key"}
    oauth:
      type: oauth2
      flows: {implicit: {authorizationUrl: "https://a", availableScopes: {a: A, b: B}}}
      scopes: [a]
"""


def test_S32_a_list_of_schemes_is_a_list_of_alternatives(tmp_path: Path) -> None:
    reference = "$ref: '#/components/securitySchemes/"
    result = document(
        tmp_path,
        f"""
servers:
  s: {{host: h, protocol: ws, security: [{{{reference}alias'}}, {{{reference}oauth'}}]}}
  open: {{host: h, protocol: ws, security: []}}
  silent: {{host: h, protocol: ws}}
channels: {{c: {{}}}}
operations:
  o: {{action: receive, channel: {{$ref: "#/channels/c"}}, security: [{{{reference}key'}}]}}
{SCHEMES}""",
    )
    assert [shown(server.security) for server in result.servers] == [
        [[("alias", [])], [("oauth", ["a"])]],
        [],
        None,
    ]
    assert shown(result.operations[0].security) == [[("key", [])]]
    schemes = {scheme.name.raw: scheme for scheme in result.schemes}
    assert list(schemes) == ["key", "alias", "oauth"]
    assert [scope.raw for scope in schemes["oauth"].scopes] == ["a", "b"]
    assert [scope.raw for scope in schemes["oauth"].required_scopes] == ["a"]


def test_S32_x_security_can_ask_for_several_schemes_at_once(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        f"""
servers: {{s: {{host: h, protocol: ws, x-security: [{{key: [], oauth: [b]}}]}}}}
channels: {{c: {{x-security: [{{key: []}}, {{}}]}}}}
operations:
  o: {{action: receive, channel: {{$ref: "#/channels/c"}}, x-security: [{{key: []}}]}}
{SCHEMES}""",
    )
    assert shown(result.servers[0].security) == [[("key", []), ("oauth", ["b"])]]
    assert shown(result.channels[0].security) == [[("key", [])], []]
    assert shown(result.operations[0].security) == [[("key", [])]]


def test_S35_schemes_in_place_have_a_name_of_their_own(tmp_path: Path) -> None:
    result = document(
        tmp_path,
        f"""
servers:
  s: {{host: h, protocol: ws, security: [
    {{type: http, scheme: bearer, description: one}},
    {{type: oauth2, scopes: [a, b], flows: {{implicit: {{authorizationUrl: "https://a",
     availableScopes: {{a: A, b: B}}}}}}}}]}}
  t: {{host: h, protocol: ws, security: [{{type: http, scheme: bearer}}]}}
  u: {{host: h, protocol: ws, security: [{{type: http, scheme: bearer, bearerFormat: jwt}}]}}
{SCHEMES.replace("scopes: [a]", "description: d")}""",
    )
    assert [shown(server.security) for server in result.servers] == [
        [[("bearer", [])], [("oauth", ["a", "b"])]],
        [[("bearer", [])]],
        [[("u-bearer", [])]],
    ]
    names = [scheme.name.raw for scheme in result.schemes]
    assert names == ["key", "alias", "oauth", "bearer", "u-bearer"]


# -- our extensions ----------------------------------------------------------------------------


def test_S9_S38_the_extension_of_the_root(tmp_path: Path) -> None:
    extension = document(
        tmp_path,
        """
x-socketio:
  channels: event
  perspective: client
  path: /ws
  namespace: /chat
  namespaces:
    /chat:
      bindings: {ws: {query: {type: object}}}
      x-security: [{a: []}]
      x-handlers: {connect: m.c, disconnect: m.d, error: m.e}
      auth: {$ref: "#/components/schemas/A"}
    /other: {}
components: {schemas: {A: {type: object}}}
""",
    ).extension
    found = (extension.channels, extension.perspective, extension.path, extension.namespace)
    assert [item and item.text.raw for item in found] == ["event", "client", "/ws", "/chat"]
    chat, other = extension.namespaces
    assert (chat.name.raw, other.name.raw, chat.span.line) == ("/chat", "/other", 10)
    assert chat.binding and chat.binding.query and chat.auth
    assert chat.binding.query.pointer == "/x-socketio/namespaces/~1chat/bindings/ws/query"
    assert chat.auth.pointer == "/components/schemas/A"
    assert shown(chat.security) == [[("a", [])]]
    located = (chat.connect, chat.disconnect, chat.error)
    assert [item and item.text.raw for item in located] == ["m.c", "m.d", "m.e"]
    assert (other.binding, other.security, other.connect, other.auth) == (None, None, None, None)


# -- what is wrong -----------------------------------------------------------------------------

OPERATION = "{action: send, channel: {$ref: '#/channels/c'}"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("servers: {s: {protocol: ws}}", "AG203", "`s` has no `host`"),
        ("servers: {s: {host: h}}", "AG203", "`s` has no `protocol`"),
        ("servers: {s: {host: h, protocol: ws, pathname: '/{v}'}}", "AG203", "path of `pathname`"),
        ("channels: {c: {address: 3}}", "AG204", "`address` must be text"),
        ("channels: {c: {messages: {m: 3}}}", "AG204", "`m` must be a mapping"),
        ("channels: {c: {messages: []}}", "AG204", "`messages` must be a mapping"),
        ("channels: {c: {servers: [{$ref: '#/channels/c'}]}}", "AG208", "is a channel, and a server belongs here"),  # noqa: E501
        ("operations: {o: {action: emit, channel: {$ref: '#/channels/c'}}}\nchannels: {c: {}}",
         "AG205", "`action` may not be `emit`"),
        ("operations: {o: {channel: {$ref: '#/channels/c'}}}\nchannels: {c: {}}",
         "AG203", "`o` has no `action`"),
        ("operations: {o: {action: send}}", "AG203", "`o` has no `channel`"),
        ("operations: {o: {action: send, channel: {$ref: '#/channels/none'}}}", "AG105", "nowhere"),
        ("operations: {o: {action: send, channel: {$ref: '#/components/channels/C'}}}\n"
         "components: {channels: {C: {}}}", "AG208", "is not a channel of this document"),
        (f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, messages: [3]}}}}",
         "AG204", "item 0 of `messages` must be a mapping"),
        (f"channels: {{c: {{messages: {{m: 3}}}}}}\n"
         f"operations: {{o: {OPERATION}, messages: [{{$ref: '#/channels/c/messages/m'}}]}}}}",
         "AG204", "`m` must be a mapping"),
        (f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, messages: {{}}}}}}",
         "AG204", "`messages` must be a list"),
        (f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, reply: 3}}}}",
         "AG204", "`reply` must be a mapping"),
        ("channels: {c: {messages: {m: {payload: {schemaFormat: application/schema+json}}}}}",
         "AG203", "`payload` has no `schema`"),
        ("components: {schemas: {A: {properties: {p: {$ref: '#/components/schemas/B'}}}, B: "
         "{schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: {}}}}", "AG227", ""),
        ("servers: {s: {host: h, protocol: ws, security: [{}]}}", "AG203", "has no `type`"),
        ("servers: {s: {host: h, protocol: ws, security: [{key: []}]}}", "AG204", "AsyncAPI 3"),
        ("servers: {s: {host: h, protocol: ws, security: [], x-security: []}}", "AG209", ""),
        ("servers: {s: {host: h, protocol: ws, security: [{type: apiKey, in: user}, "
         "{type: apiKey, in: password}, {type: apiKey, in: user, x-tokenInfoFunc: f}]}}", "AG222", "several different"),  # noqa: E501
        ("x-socketio: {namespaces: {a: {x-handlers: {connect: 3}}}}", "AG204", "`connect`"),
    ],
)  # fmt: skip
def test_one_problem_is_one_error(tmp_path: Path, text: str, code: str, said: str) -> None:
    _, diagnostics = read(tmp_path, text)
    assert [item.code for item in diagnostics] == [code], diagnostics
    assert said in diagnostics[0].message
    assert diagnostics[0].span


def test_S14_a_message_of_another_channel_has_the_nearest_as_its_hint(tmp_path: Path) -> None:
    _, diagnostics = read(
        tmp_path,
        f"""{PING}
operations:
  o:
    action: send
    channel: {{$ref: "#/channels/d"}}
    messages: [{{$ref: "#/channels/c/messages/ping"}}]
""",
    )
    [problem] = diagnostics
    assert (problem.code, problem.hint) == (
        "AG208",
        'write `$ref: "#/channels/d/messages/ping"`',
    )
    assert problem.message == "`#/channels/c/messages/ping` is not a message of the channel `d`"


def test_S3_keywords_beside_a_reference_are_a_warning(tmp_path: Path) -> None:
    _, diagnostics = read(
        tmp_path,
        "components: {schemas: {A: {$ref: '#/components/schemas/B', minLength: 1}, B: {}}}",
    )
    assert [item.code for item in diagnostics] == ["AG206"]


BROKEN = "{$ref: '#/none'}"


@pytest.mark.parametrize(
    "text",
    [
        f"servers: {{s: {BROKEN}}}",
        f"servers: {{s: {{host: h, protocol: ws, variables: {{v: {BROKEN}}}}}}}",
        f"servers: {{s: {{host: h, protocol: ws, security: [{BROKEN}]}}}}",
        f"servers: {{s: {{host: h, protocol: ws, tags: [{BROKEN}], bindings: {{}}}}}}",
        f"servers: {{s: {{host: h, protocol: ws, externalDocs: {BROKEN}}}}}",
        f"channels: {{c: {BROKEN}}}",
        f"channels: {{c: {{parameters: {{p: {BROKEN}}}}}}}",
        f"channels: {{c: {{servers: [{BROKEN}]}}}}",
        f"channels: {{c: {{bindings: {BROKEN}}}}}",
        f"channels: {{c: {{bindings: {{ws: {{query: {BROKEN}}}}}}}}}",
        f"channels: {{c: {{messages: {{m: {BROKEN}}}}}}}\n"
        f"operations: {{o: {OPERATION}, messages: [{{$ref: '#/channels/c/messages/m'}}]}}}}",
        f"channels: {{c: {{messages: {{m: {{correlationId: {BROKEN}}}}}}}}}",
        f"channels: {{c: {{messages: {{m: {{headers: {BROKEN}}}}}}}}}",
        f"channels: {{c: {{messages: {{m: {{payload: {{schemaFormat: application/schema+json,"
        f" schema: {BROKEN}}}}}}}}}}}",
        f"channels: {{c: {{messages: {{m: {{traits: [{BROKEN}]}}}}}}}}",
        f"channels: {{c: {{messages: {{m: {{x-ack: {{args: {BROKEN}}}}}}}}}}}",
        f"operations: {{o: {BROKEN}}}",
        f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, reply: {BROKEN}}}}}",
        f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, reply: {{address: {BROKEN}}}}}}}",
        f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, traits: [{BROKEN}]}}}}",
        f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, x-ack: {BROKEN}}}}}",
        f"channels: {{c: {{}}}}\noperations: {{o: {OPERATION}, security: [{BROKEN}]}}}}",
        f"components: {{replies: {{r: {BROKEN}}}}}",
        f"components: {{operationTraits: {{t: {{tags: [{BROKEN}]}}}}}}",
        f"x-socketio: {{namespaces: {{n: {{auth: {BROKEN}}}}}}}",
    ],
)
def test_S3_a_reference_that_leads_nowhere_is_reported_once(tmp_path: Path, text: str) -> None:
    _, diagnostics = read(tmp_path, text)
    assert [item.code for item in diagnostics] == ["AG105"]


# -- real documents ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "BenediktusG+task-manager/docs/asyncapi.yaml",
        "Dobermensch+sandbox-be/docs/websockets.yaml",
        "OrcasAlbatross+BombaVa-Api-Test/asyncapi.yaml",
        "RobinTail+zod-sockets/example/example-documentation.yaml",
    ],
)
def test_socketio_documents_are_read(name: str) -> None:
    result, diagnostics = parsed(shared_dir() / "corpus/socketio" / name)
    assert result and result.operations
    assert {item.code for item in diagnostics} <= {"AG207", "AG208"}
