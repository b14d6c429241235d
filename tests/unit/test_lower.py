"""What documents mean, from their text to the App."""

from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest

from asyncgen import ir
from asyncgen.code import Text
from asyncgen.diagnostics import Severity
from asyncgen.document import Document, Located
from tests.support import shared_dir
from tests.unit.lowering import Lower, channel, parameters, publish, publish_component

# -- channels


def test_S8_publish_is_incoming_and_subscribe_outgoing(lowered: Lower) -> None:
    text = """
        channels:
          /:
            publish: {message: {name: say}}
            subscribe: {message: {name: said}}
    """
    namespace = lowered(text).namespace
    assert [it.event.raw for it in namespace.incoming] == ["say"]
    assert [it.event.raw for it in namespace.outgoing] == ["said"]
    client = lowered(text + "\n        x-socketio: {perspective: client}").namespace
    assert [it.event.raw for it in client.incoming] == ["said"]
    assert namespace.incoming[0].handler and not namespace.outgoing[0].handler


def test_S9_a_missing_slash_is_added(lowered: Lower) -> None:
    text = "channels: {chat: {}, /admin: {}}"
    assert [it.name.raw for it in lowered(text).app.namespaces] == ["/chat", "/admin"]


def test_S9_unclear_channels_show_both_readings_and_fixes(lowered: Lower) -> None:
    text = "channels: {user/login: {publish: {message: {name: x}}}}"
    shown = lowered(text).error("AG210")
    assert "x-socketio: {channels: namespace}" in shown
    assert "x-socketio: {channels: event}" in shown
    assert "`/user/login`" in shown
    assert lowered(text + "\nx-socketio: {channels: namespace}").namespace.name == Text(
        "/user/login"
    )


def test_S9_unclear_channels_are_a_warning_when_only_validating(lowered: Lower) -> None:
    result = lowered("channels: {user/login: {}}", lint=True)
    assert result.one("AG210").severity is Severity.WARNING


def test_S9_many_channels_with_one_message_are_pointed_out(lowered: Lower) -> None:
    text = "channels:\n" + "".join(
        f"  /{name}: {{publish: {{message: {{name: {name}}}}}}}\n" for name in "abc"
    )
    assert lowered(text).one("AG241").severity is Severity.NOTE
    assert lowered(text + "x-socketio: {channels: namespace}").codes == []


@pytest.mark.parametrize("key", ["/room/{id}", "'/a,b'"])
def test_S10_parameters_and_separators_in_a_namespace(lowered: Lower, key: str) -> None:
    lowered(channel("publish: {message: {name: say}}", key)).error("AG212")


def test_S10_parameters_in_an_event(lowered: Lower) -> None:
    lowered(publish("name: 'room {id}'")).error("AG218")


def test_S11_channels_of_one_namespace_are_merged(lowered: Lower) -> None:
    text = """
        channels:
          /chat: {publish: {message: {name: say}}}
          chat: {subscribe: {message: {name: said}}}
    """
    namespace = lowered(text).namespace
    assert len(namespace.incoming) == len(namespace.outgoing) == 1


def test_S11_contradictions_between_them_are_errors(lowered: Lower) -> None:
    text = """
        channels:
          /chat: {x-handlers: {connect: a.b}}
          chat: {x-handlers: {connect: a.c}}
    """
    assert "x-handlers.connect" in lowered(text).error("AG214")


SAME_TWICE = """
    channels:
      /chat: {SAID}
      chat: {SAID}
"""


@pytest.mark.parametrize(
    "said",
    [
        "bindings: {ws: {query: {type: object, required: [k]}}}",
        "bindings: {ws: {headers: {type: object, required: [k]}}}",
        "x-socketio: {auth: {type: object, required: [k]}}",
    ],
)
def test_S11_what_is_written_twice_is_no_contradiction(lowered: Lower, said: str) -> None:
    namespace = lowered(SAME_TWICE.replace("SAID", said)).namespace
    assert namespace.query or namespace.headers or namespace.auth
    other = said.replace("[k]", "[x]")
    lowered(SAME_TWICE.replace("SAID", said, 1).replace("SAID", other)).error("AG214")


def test_S11_one_of_them_without_security_is_a_contradiction(lowered: Lower) -> None:
    text = """
        channels:
          /chat: {x-security: [{token: []}]}
          chat: {}
        components: {securitySchemes: {token: {type: http, scheme: bearer}}}
    """
    assert "x-security" in lowered(text).error("AG214")


def test_S30_no_namespace_is_an_error(lowered: Lower) -> None:
    lowered("channels: {}").error("AG215")
    assert lowered("channels: {}", lint=True).one("AG215").severity is Severity.WARNING


# -- events


@pytest.mark.parametrize(
    ("message", "event", "warned"),
    [
        ("{x-socketio: {event: a b}, name: c}", "a b", False),
        ("{name: c, messageId: d}", "c", False),
        ("{messageId: d, title: e}", "d", True),
        ("{title: e}", "e", True),
        ("{title: two words}", "Say", True),
    ],
)
def test_S12_where_the_event_name_comes_from(
    lowered: Lower, message: str, event: str, warned: bool
) -> None:
    result = lowered(publish_component(message))
    assert result.event.event == Text(event)
    assert ("AG217" in result.codes) is warned


def test_S12_an_inline_message_without_any_name_is_an_error(lowered: Lower) -> None:
    assert "`name`" in lowered(publish("payload: {type: string}")).error("AG216")


def test_S12_keys_left_by_converters_are_no_names(lowered: Lower) -> None:
    text = """
        channels: {/: {publish: {message: {$ref: '#/components/messages/publish.message.0'}}}}
        components: {messages: {publish.message.0: {payload: {type: string}}}}
    """
    assert "publish.message.0" in lowered(text).error("AG216")


def test_S13_the_same_event_in_both_directions_is_two(lowered: Lower) -> None:
    text = "channels: {/: {publish: {message: {name: say}}, subscribe: {message: {name: say}}}}"
    namespace = lowered(text).namespace
    assert [it.constant for it in namespace.incoming + namespace.outgoing] == [
        "ROOT_SAY",
        "ROOT_SAY_OUT",
    ]


def test_S13_identical_messages_are_one(lowered: Lower) -> None:
    text = publish(
        "oneOf: [{name: say, payload: {type: string}}, {payload: {type: string}, name: say}]"
    )
    assert parameters(lowered(text).event.arguments) == [("payload", "str", True)]


def test_S14_an_operation_without_message_is_a_warning(lowered: Lower) -> None:
    result = lowered("channels: {/: {publish: {}}}")
    assert result.codes == ["AG221"]
    assert result.namespace.incoming == ()


@pytest.mark.parametrize(
    "event", ["connect", "connect_error", "'*'", "newListener", "disconnecting"]
)
def test_S15_reserved_events_are_errors(lowered: Lower, event: str) -> None:
    assert "x-handlers" in lowered(publish(f"name: {event}")).error("AG219")


def test_S15_disconnect_from_clients_is_only_documented(lowered: Lower) -> None:
    result = lowered(publish("name: disconnect"))
    assert result.one("AG219").severity is Severity.WARNING
    assert result.namespace.incoming == ()
    lowered("channels: {/: {subscribe: {message: {name: disconnect}}}}").error("AG219")


@pytest.mark.parametrize("event", ["message", "json"])
def test_S15_unnamed_events_are_allowed(lowered: Lower, event: str) -> None:
    assert lowered(publish(f"name: {event}")).event.event == Text(event)


@pytest.mark.parametrize(
    ("key", "module"),
    [("/", "root"), ("/admin", "admin"), ("/a/b-c", "a_b_c"), ("/events", "events_")],
)
def test_S16_names_of_namespaces(lowered: Lower, key: str, module: str) -> None:
    assert lowered(f"channels: {{{key}: {{}}}}").namespace.module == module


def test_S16_namespaces_that_clash(lowered: Lower) -> None:
    shown = lowered("channels: {/: {}, /root: {}}").error("AG222")
    assert "chat.yaml:3" in shown and "x-python-name" in shown
    mended = lowered("channels: {/: {}, /root: {x-python-name: top}}")
    assert [it.module for it in mended.app.namespaces] == ["root", "top"]


@pytest.mark.parametrize(
    ("event", "incoming", "outgoing"),
    [("new message", "new_message", "new_message"), ("connected", "connected", "connected"),
     ("annotations", "annotations_", "annotations"),
     ("error", "error_", "error"), ("models", "models_", "models_"), ("print", "print_", "print_")],
)  # fmt: skip
def test_S16_names_of_events(lowered: Lower, event: str, incoming: str, outgoing: str) -> None:
    text = f"channels: {{/: {{publish: &m {{message: {{name: {event}}}}}, subscribe: *m}}}}"
    namespace = lowered(text).namespace
    assert (namespace.incoming[0].name, namespace.outgoing[0].name) == (incoming, outgoing)


def test_S16_events_that_clash(lowered: Lower) -> None:
    text = publish("oneOf: [{name: newMessage}, {name: new message}]")
    shown = lowered(text).error("AG222")
    assert "`newMessage`" in shown and "`new message`" in shown
    mended = lowered(
        text.replace("{name: new message}", "{name: new message, x-python-name: other}")
    )
    assert [it.name for it in mended.namespace.incoming] == ["new_message", "other"]


def test_S16_a_default_handler_is_never_another_function_of_the_document(lowered: Lower) -> None:
    text = channel("publish: {message: {name: joined}}\nx-handlers: {connect: joined}")
    assert "chat.handlers.root.joined" in lowered(text).error("AG222")


# -- arguments


def test_S18_no_payload_is_no_argument(lowered: Lower) -> None:
    arguments = lowered(publish("name: say")).event.arguments
    assert arguments == ir.Arguments((ir.Signature("none", None),))


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ("{type: string}", "str"),
        ("{type: integer, format: int64, description: how many}", "int"),
        ("{type: number, x-unit: m}", "float"),
        ("{type: boolean}", "bool"),
        ("{type: 'null'}", "None"),
        ("{type: ['null', string], format: email}", "str | None"),
        ("{type: string, maxLength: 3}", "models.Say"),
        ("{type: object}", "models.Say"),
        ("{type: [object, string]}", "models.Say"),
        ("{}", "models.Say"),
        ("true", "models.Say"),
        ("{type: array, items: {type: string}}", "models.Say"),
    ],
)
def test_S18_every_other_schema_is_one_argument(
    lowered: Lower, schema: str, annotation: str
) -> None:
    result = lowered(publish_component(f"{{name: say it, payload: {schema}}}"))
    [signature] = result.event.arguments.alternatives
    assert signature.form == "single"
    assert signature.pointer == "/components/messages/Say/payload"
    assert parameters(result.event.arguments) == [("payload", annotation, True)]
    named = [] if "models" not in annotation else [ir.Model("Say", signature.pointer)]
    assert list(result.app.models) == named


def test_S18_tuple_form(lowered: Lower) -> None:
    result = lowered(
        publish_component(
            """
            name: say
            payload:
              type: array
              items:
                - {type: string, title: roomName}
                - {type: object, title: to}
                - $ref: '#/components/schemas/UserId'
                - {type: integer}
              minItems: 2
              additionalItems: {type: [integer, 'null']}
            """,
            "schemas: {UserId: {type: string}}",
        )
    )
    arguments = result.event.arguments
    assert parameters(arguments) == [
        ("room_name", "str", True),
        ("to_", "models.SayTo", True),
        ("user_id", "models.UserId", False),
        ("arg4", "int", False),
    ]
    assert arguments.rest == ir.Parameter("rest", "int | None", False)
    assert arguments.alternatives[0].form == "tuple"
    assert result.app.models == (
        ir.Model("SayTo", "/components/messages/Say/payload/items/1"),
        ir.Model("UserId", "/components/schemas/UserId"),
    )


@pytest.mark.parametrize("rest", ["", "additionalItems: false", "minItems: 0"])
def test_S18_rest_only_where_it_is_written(lowered: Lower, rest: str) -> None:
    event = lowered(publish(f"name: say\npayload:\n  items: [{{type: string}}]\n  {rest}")).event
    assert event.arguments.rest is None
    assert event.arguments.parameters[0].required is (rest != "minItems: 0")


def test_S18_tuple_form_through_a_reference(lowered: Lower) -> None:
    result = lowered(
        publish_component(
            "{name: say, payload: {$ref: '#/components/schemas/Pair'}}",
            "schemas: {Pair: {items: [{type: object}, {$ref: '#/components/schemas/Pair'}]}}",
        )
    )
    assert parameters(result.event.arguments) == [
        ("arg1", "models.PairArg1", True),
        ("pair", "models.Pair", True),
    ]


def test_S18_names_that_two_items_share_become_numbers(lowered: Lower) -> None:
    text = publish(
        "name: say\npayload: {items: [{type: string, title: a}, {type: string, title: A}]}"
    )
    assert [name for name, _, _ in parameters(lowered(text).event.arguments)] == ["arg1", "arg2"]


def test_S18_args_override(lowered: Lower) -> None:
    message = "{name: say, x-socketio: {args: %s}, payload: %s}"
    single = lowered(publish(message % ("single", "{items: [{type: string}]}")))
    assert parameters(single.event.arguments) == [("payload", "models.Say", True)]
    several = lowered(publish(message % ("tuple", "{type: array, items: {type: string}}")))
    assert several.event.arguments.alternatives[0].form == "tuple"
    assert several.event.arguments.rest == ir.Parameter("rest", "str", False)
    lowered(publish(message % ("tuple", "{type: object}"))).error("AG225")


@pytest.mark.parametrize("ack", ["{args: {type: boolean}}", "{type: boolean}"])
def test_S19_ack_of_a_message(lowered: Lower, ack: str) -> None:
    ack_ = lowered(publish(f"{{name: say, x-ack: {ack}}}")).event.ack
    assert ack_ and parameters(ack_) == [("payload", "bool", True)]


def test_S19_the_operation_s_ack_wins(lowered: Lower) -> None:
    def edit(document: Document) -> Document:
        [operation] = document.operations
        ack = operation.messages[0].payload
        return replace(document, operations=(replace(operation, ack=ack),))

    text = publish("{name: say, payload: {type: string}, x-ack: {args: {type: boolean}}}")
    ack = lowered(text, edit).event.ack
    assert ack and parameters(ack) == [("payload", "str", True)]


def test_S19_ack_components_are_named_after_their_key(lowered: Lower) -> None:
    text = publish_component(
        "{name: say, payload: {type: object}, x-ack: {$ref: '#/components/x-messageAcks/Receipt'}}",
        "x-messageAcks: {Receipt: {args: {type: object}}}",
    )
    assert [it.name for it in lowered(text).app.models] == ["Receipt", "Say"]


# -- names of types


def test_S16_a_component_schema_never_yields(lowered: Lower) -> None:
    text = publish_component(
        "{name: say, payload: {properties: {a: {$ref: '#/components/schemas/Say'}}}}",
        "schemas: {Say: {type: object}}",
    )
    app = lowered(text).app
    assert app.models == (ir.Model("SayPayload", "/components/messages/Say/payload"),)


def test_S16_inline_types_in_both_directions(lowered: Lower) -> None:
    text = """
        channels:
          /:
            publish: {message: {name: say, payload: {type: object}}}
            subscribe: {message: {name: say, payload: {type: object}}}
          /admin:
            publish: {message: {name: say, payload: {type: object}}}
    """
    assert {it.pointer: it.name for it in lowered(text).app.models} == {
        "/channels/~1/publish/message/payload": "RootSayIn",
        "/channels/~1/subscribe/message/payload": "RootSayOut",
        "/channels/~1admin/publish/message/payload": "AdminSay",
    }


def test_S16_schemas_that_clash(lowered: Lower) -> None:
    schemas = "schemas: {user: {type: object}, User: {type: object}}"
    references = [f"{{$ref: '#/components/schemas/{name}'}}" for name in ("user", "User")]
    payload = f"{{anyOf: [{', '.join(references)}]}}"
    text = publish_component(f"{{name: say, payload: {payload}}}", schemas)
    assert "`User`" in lowered(text).error("AG222")
    mended = lowered(text.replace("user: {type", "user: {x-python-name: Person, type"))
    assert mended.codes == []


def test_S16_names_that_models_py_needs_are_taken(lowered: Lower) -> None:
    text = publish_component(
        "{name: say, payload: {$ref: '#/components/schemas/Field'}}",
        "schemas: {Field: {type: object}}",
    )
    assert lowered(text).app.models[0].name == "Field_"


def test_S16_one_schema_is_one_type(lowered: Lower) -> None:
    text = """
        channels:
          /: &c {publish: {message: {$ref: '#/components/messages/Say'}}}
          /admin: *c
        components: {messages: {Say: {name: say, payload: {type: object}}}}
    """
    assert [it.name for it in lowered(text).app.models] == ["Say"]


# -- what is not carried


@pytest.mark.parametrize("keyword", ["pattern: a", "enum: [a]", "const: a"])
def test_S24_keyword_that_no_bytes_satisfy_is_an_error(lowered: Lower, keyword: str) -> None:
    text = publish_component(
        "{name: say, payload: {properties: {a: {items: {$ref: '#/components/schemas/Bytes'}}}}}",
        f"schemas: {{Bytes: {{type: string, format: binary, {keyword}}}}}",
    )
    message = lowered(text).error("AG226")
    assert f"`{keyword.partition(':')[0]}`" in message and "`say`" in message


def test_S24_binary_is_bytes(lowered: Lower) -> None:
    text = publish("{name: say, payload: {type: string, format: binary, description: A file}}")
    assert parameters(lowered(text).event.arguments) == [("payload", "bytes", True)]


def test_S24_the_word_binary_in_data_is_no_schema(lowered: Lower) -> None:
    text = publish("{name: say, payload: {enum: [{type: string, format: binary}]}}")
    assert lowered(text).codes == []


def test_S5_other_schema_formats_are_errors(lowered: Lower) -> None:
    avro = "application/vnd.apache.avro;version=1.9.0"
    shown = lowered(publish(f"{{name: say, schemaFormat: '{avro}', payload: {{type: string}}}}"))
    assert "`say`" in shown.error("AG227") and avro in shown.error("AG227")


@pytest.mark.parametrize(
    "name",
    [
        "application/vnd.aai.asyncapi;version=2.6.0",
        "application/vnd.aai.asyncapi+yaml;version=2.0.0",
        "application/schema+json;version=draft-07",
        "application/schema+yaml; version=draft-07",
        "Application/Schema+JSON;version=draft-07",
    ],
)
def test_S5_formats_that_are_understood(lowered: Lower, name: str) -> None:
    assert lowered(
        publish(f"{{name: say, schemaFormat: '{name}', payload: {{type: string}}}}")
    ).event


def test_S5_headers_and_other_content_types_are_not_carried(lowered: Lower) -> None:
    text = publish("{name: say, headers: {type: object}, contentType: text/plain}")
    assert lowered(text).codes == ["AG228", "AG228"]
    assert lowered(publish("{name: say, contentType: application/json}")).codes == []


def test_S5_a_default_content_type_is_reported_once(lowered: Lower) -> None:
    text = publish("{oneOf: [{name: say}, {name: ask}]}") + "\ndefaultContentType: text/plain\n"
    assert lowered(text).codes == ["AG228"]


# -- connections and security


def test_S28_schemas_of_the_handshake(lowered: Lower) -> None:
    namespace = lowered(
        channel(
            """
            bindings: {ws: {method: GET, query: {type: object}, headers: {type: object}}}
            x-socketio: {auth: {type: object}}
            """
        )
    ).namespace
    assert namespace.query == "/channels/~1/bindings/ws/query"
    assert namespace.headers == "/channels/~1/bindings/ws/headers"
    assert namespace.auth == "/channels/~1/x-socketio/auth"


def test_S28_only_get_opens_a_connection(lowered: Lower) -> None:
    lowered(channel("bindings: {ws: {method: POST}}")).error("AG230")


SCHEMES = """
components:
  securitySchemes:
    login: {type: http, scheme: Basic, x-basicInfoFunc: hooks.login}
    token: {type: http, scheme: bearer, bearerFormat: JWT}
    oauth:
      type: oauth2
      flows: {implicit: {authorizationUrl: 'https://a.b', scopes: {read: r, write: w}}}
      x-tokenInfoFunc: hooks.info
      x-scopeValidateFunc: hooks.scopes
    key: {type: httpApiKey, in: header, name: X-Key, x-apikeyInfoFunc: hooks.key}
    pass: {type: apiKey, in: password}
    other-key: {type: httpApiKey, in: query, name: k, x-socketio: {in: auth, name: secret}}
    mutual: {type: X509}
"""


def secured(requirements: str) -> str:
    return channel(f"x-security: {requirements}", more=SCHEMES)


def test_S32_requirements_keep_their_shape(lowered: Lower) -> None:
    namespace = lowered(secured("[{login: [], token: []}, {oauth: [read]}, {}]")).namespace
    shape = [[(it.scheme.raw, len(it.scopes)) for it in one.schemes] for one in namespace.security]
    assert shape == [[("login", 0), ("token", 0)], [("oauth", 1)], []]


def test_S35_schemes_in_use(lowered: Lower) -> None:
    uses = "[{pass: []}, {other-key: []}, {key: []}, {oauth: []}, {token: []}, {login: []}]"
    result = lowered(secured(uses))
    found = [
        (it.kind, it.location and it.location.raw, it.parameter and it.parameter.raw, it.hook)
        for it in result.app.schemes
    ]
    ours = "chat.security"
    assert found == [
        ("apiKey", "auth", "password", ir.Function(ours, "check_pass")),
        ("httpApiKey", "auth", "secret", ir.Function(ours, "check_other_key")),
        ("httpApiKey", "header", "X-Key", ir.Function("hooks", "key")),
        ("oauth2", None, None, ir.Function("hooks", "info")),
        ("bearer", None, None, ir.Function(ours, "check_token")),
        ("basic", None, None, ir.Function("hooks", "login")),
    ]
    assert result.app.schemes[3].scope_hook == ir.Function("hooks", "scopes")
    assert result.app.schemes[4].bearer_format == Text("JWT")
    assert result.codes == []


def test_S32_an_unknown_scheme(lowered: Lower) -> None:
    assert "did you mean `token`?" in lowered(secured("[{tokn: []}]")).error("AG235")


def test_S35_a_scheme_that_cannot_be_checked(lowered: Lower) -> None:
    assert "`mutual`" in lowered(secured("[{token: []}, {mutual: []}]")).error("AG236")


def test_S35_an_undeclared_scope(lowered: Lower) -> None:
    assert "did you mean `write`?" in lowered(secured("[{oauth: [wrte]}]")).error("AG242")


def test_S35_hooks_that_would_be_one_function(lowered: Lower) -> None:
    text = channel(
        "x-security: [{a-b: []}, {a_b: []}]",
        more="""
        components:
          securitySchemes:
            a-b: &s {type: http, scheme: bearer}
            a_b: *s
        """,
    )
    assert "check_a_b" in lowered(text).error("AG222")


@pytest.mark.parametrize(
    ("scheme", "field"),
    [
        ("{type: http, scheme: bearer", "x-bearerInfoFunc"),
        ("{type: http, scheme: bearer", "x-basicBearerInfoFunc"),
        ("{type: http, scheme: hoba", "x-bearerInfoFunc"),
        ("{type: http, scheme: basic", "x-basicInfoFunc"),
        ("{type: userPassword", "x-basicInfoFunc"),
        ("{type: oauth2, flows: {}", "x-tokenInfoFunc"),
        ('{type: openIdConnect, openIdConnectUrl: "https://example.com"', "x-tokenInfoFunc"),
        ("{type: httpApiKey, in: header, name: key", "x-apiKeyInfoFunc"),
        ("{type: apiKey, in: user", "x-apikeyInfoFunc"),
    ],
)
def test_S35_a_hook_in_each_of_its_spellings(lowered: Lower, scheme: str, field: str) -> None:
    more = f"components: {{securitySchemes: {{s: {scheme}, {field}: hooks.judge}}}}}}"
    result = lowered(channel("x-security: [{s: []}]", more=more))
    assert result.app.schemes[0].hook == ir.Function("hooks", "judge")


def test_S35_a_hook_of_another_kind_of_scheme_is_a_warning(lowered: Lower) -> None:
    text = secured("[{token: []}]").replace("JWT", "JWT, x-basicInfoFunc: hooks.x")
    result = lowered(text)
    assert result.codes == ["AG239"]
    assert result.app.schemes[0].hook == ir.Function("chat.security", "check_token")


def test_S37_credentials_in_the_query_string_are_warned_of(lowered: Lower) -> None:
    binding = "bindings: {ws: {query: {properties: {access_token: {}, room: {}}}}}"
    assert "`access_token`" in lowered(channel(binding)).one("AG238").message
    key = secured("[{key: []}]").replace("in: header", "in: query")
    assert "`key`" in lowered(key).one("AG238").message


def test_S34_security_of_an_operation_is_that_of_its_events(lowered: Lower) -> None:
    messages = "message: {oneOf: [{name: say}, {name: shout}]}"
    text = channel(f"publish: {{security: [{{token: []}}, {{}}], {messages}}}", more=SCHEMES)
    app = lowered(text).app
    asked = ir.Requirement((ir.SchemeUse(Text("token"), ()),))
    assert [it.security for it in app.namespaces[0].incoming] == [(asked, ir.Requirement(()))] * 2
    assert app.namespaces[0].security == ()
    assert [scheme.name.raw for scheme in app.schemes] == ["token"]


def test_S34_an_empty_list_asks_nothing_of_an_operation(lowered: Lower) -> None:
    for key in ("publish", "subscribe"):
        text = channel(f"{key}: {{security: [], message: {{name: say}}}}", more=SCHEMES)
        assert lowered(text).app.schemes == ()


@pytest.mark.parametrize(("perspective", "key"), [("server", "subscribe"), ("client", "publish")])
def test_S34_security_of_what_the_server_emits_cannot_be_checked(
    lowered: Lower, perspective: str, key: str
) -> None:
    text = channel(f"{key}: {{security: [{{token: []}}], message: {{name: say}}}}", more=SCHEMES)
    text = f"x-socketio: {{perspective: {perspective}}}\n{text}"
    assert "no client whose credentials" in lowered(text).error("AG237")


def test_S34_one_event_asks_the_same_of_each_of_its_operations(lowered: Lower) -> None:
    text = """
    channels:
      /: {publish: {security: [{token: []}], message: &m {name: say}}}
      "": {publish: {message: *m}}
    """
    assert "differ in `security`" in lowered(dedent(text) + dedent(SCHEMES)).error("AG243")


@pytest.mark.parametrize(
    ("schema", "model", "plain"),
    [
        ("{type: object, properties: {a: {}}}", "models.", "dict[str, Any]"),
        ("{type: [array, 'null'], items: {}}", "models.", "list[Any] | None"),
        ("{type: string, minLength: 1}", "models.", "str"),
        ("{type: string}", "str", "str"),
        ("{enum: [1, a]}", "models.", "Any"),
    ],
)
def test_raw_payloads_are_plain_data_in_handlers_and_models_in_emitters(
    lowered: Lower, schema: str, model: str, plain: str
) -> None:
    message = f"message: {{name: say, payload: {schema}, x-ack: {{args: {schema}}}}}"
    text = channel(f"{{publish: {{{message}}}, subscribe: {{{message}}}}}")

    def annotations(**options: Any) -> list[str]:
        namespace = lowered(text, **options).app.namespaces[0]
        events = (*namespace.incoming, *namespace.outgoing)
        lists = [it for event in events for it in (event.arguments, event.ack) if it is not None]
        return [it.parameters[0].annotation for it in lists]

    assert annotations(payloads="raw") == [plain, plain, annotations()[2], plain]
    assert annotations()[0].startswith(model)


SERVERS = """
servers:
  dev: {url: localhost, protocol: ws}
  live: {url: 'example.com/api/socket.io', protocol: wss, security: [{token: []}]}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
channels:
  /: {}
  /dev: {servers: [dev]}
  /open: {x-security: []}
"""


def test_S33_servers_that_differ_need_a_choice(lowered: Lower) -> None:
    assert "path and security" in lowered(SERVERS).error("AG232")
    assert lowered(SERVERS, lint=True).one("AG232").severity is Severity.NOTE


def test_S33_the_chosen_server_decides(lowered: Lower) -> None:
    live = lowered(SERVERS, server="live")
    assert [it.name.raw for it in live.app.namespaces] == ["/", "/open"]
    assert [len(it.security) for it in live.app.namespaces] == [1, 0]
    assert (live.app.path, live.app.base) == ("/api/socket.io", "/api")
    assert live.one("AG233").severity is Severity.NOTE
    dev = lowered(SERVERS, server="dev")
    assert [len(it.security) for it in dev.app.namespaces] == [0, 0, 0]
    assert (dev.app.path, dev.app.base, dev.app.schemes) == ("/socket.io", "", ())


def test_S33_unknown_servers(lowered: Lower) -> None:
    assert "did you mean `live`?" in lowered(SERVERS, server="liev").error("AG231")
    wrong = SERVERS.replace("[dev]", "[def]")
    assert "did you mean `dev`?" in lowered(wrong, server="dev").error("AG231")


def test_S33_servers_that_are_alike_need_no_choice(lowered: Lower) -> None:
    text = """
        servers:
          a: &s {url: 'x/socket.io', protocol: ws, security: [{token: []}]}
          b: *s
        components: {securitySchemes: {token: {type: http, scheme: bearer}}}
        channels: {/: {}}
    """
    assert len(lowered(text).namespace.security) == 1


@pytest.mark.parametrize(
    ("url", "path", "warned"),
    [
        ("a.b", "/socket.io", False),
        ("wss://a.b/", "/socket.io", False),
        ("a.b/x/y/socket.io/", "/x/y/socket.io", False),
        ("a.b/chat", "/socket.io", True),
        ("a.b/../socket.io", "/socket.io", True),
    ],
)
def test_S40_path(lowered: Lower, url: str, path: str, warned: bool) -> None:
    text = f"servers: {{a: {{url: '{url}', protocol: ws}}}}\nchannels: {{/: {{}}}}"
    result = lowered(text)
    assert result.app.path == path
    assert ("AG234" in result.codes) is warned
    assert lowered(text + "\nx-socketio: {path: /ws/chat}").app.base == "/ws"


@pytest.mark.parametrize("path", ["/", "/a b", "/<x>", "/../a", '/"'])
def test_S40_paths_that_no_server_has(lowered: Lower, path: str) -> None:
    lowered(f"channels: {{/: {{}}}}\nx-socketio: {{path: '{path}'}}").error("AG234")


# -- functions of the project


@pytest.mark.parametrize(
    ("handler", "function"),
    [
        ("hooks.say", ir.Function("hooks", "say")),
        ("a.b.f", ir.Function("a.b", "f")),
        ("talk", ir.Function("chat.handlers.root", "talk")),
        ("tests.handlers.say", ir.Function("tests.handlers", "say")),
    ],
)
def test_S38_handler_paths(lowered: Lower, handler: str, function: ir.Function) -> None:
    assert lowered(publish(f"{{name: say, x-handler: {handler}}}")).event.handler == function


def test_S38_the_default_handler(lowered: Lower) -> None:
    function = lowered(publish("name: new message")).event.handler
    assert function == ir.Function("chat.handlers.root", "new_message")


def test_S38_the_operation_s_handler_wins(lowered: Lower) -> None:
    def edit(document: Document) -> Document:
        [operation] = document.operations
        handler = Located(Text("a.b"), operation.span)
        return replace(document, operations=(replace(operation, handler=handler),))

    text = publish("{name: say, x-handler: c.d}")
    assert lowered(text, edit).event.handler == ir.Function("a", "b")


def test_S38_connection_handlers(lowered: Lower) -> None:
    namespace = lowered(channel("x-handlers: {connect: connect, error: hooks.failed}")).namespace
    assert namespace.connect == ir.Function("chat.handlers.root", "connect")
    assert namespace.error == ir.Function("hooks", "failed")
    assert namespace.disconnect is None


@pytest.mark.parametrize(
    "path",
    ["os.system", "flask.Flask", "a._b.c", "_a.b", "a.class", "a..b", "a.b()", "a-b", "''",
     "models", "chat.handlers.root.events", "cgi.escape", "'a.b\n'"],
)  # fmt: skip
def test_S38_paths_that_are_no_function_of_the_project(lowered: Lower, path: str) -> None:
    lowered(publish(f"{{name: say, x-handler: {path}}}"), package="chat").error("AG229")
    lowered(channel(f"x-handlers: {{connect: {path}}}"), package="chat").error("AG229")


def test_the_package_steps_aside_for_modules_of_handlers(lowered: Lower) -> None:
    text = publish("{name: say, x-handler: chat.say}")
    assert lowered(text).app.package == "chat_app"
    assert lowered(text, package="chat").app.package == "chat"
    assert lowered(publish("{name: say, x-handler: chat}")).app.package == "chat"


@pytest.mark.parametrize("package", ["os", "redis", "a-b", "class", ""])
def test_a_package_that_cannot_be(lowered: Lower, package: str) -> None:
    assert "--package chat" in lowered(publish("name: say"), package=package).error("AG240")


# -- whole documents


def test_every_problem_is_reported_at_once(lowered: Lower) -> None:
    result = lowered(
        """
        channels:
          /:
            x-security: [{nope: []}]
            publish:
              message:
                oneOf:
                  - {name: connect}
                  - {name: a, x-handler: os.system}
                  - {name: b, payload: {format: binary, const: a}}
        """
    )
    assert sorted(result.codes) == ["AG219", "AG226", "AG229", "AG235"]
    assert [item.span and item.span.line for item in result.items] == sorted(
        item.span.line for item in result.items if item.span
    )


ASYNCTION = {
    "example/asyncapi.yml": ["/", "/admin"],
    "tests/fixtures/array_vs_tuple.yaml": ["/"],
    "tests/fixtures/echo.yml": ["/", "/admin", "/echo_with_error_feedback"],
    "tests/fixtures/namespace_security.yaml": ["/", "/bearer_secured"],
    "tests/fixtures/security.yaml": ["/"],
    "tests/fixtures/simple.yml": ["/"],
    "tests/fixtures/simple_with_servers.yml": ["/"],
}


@pytest.mark.parametrize("name", ASYNCTION)
def test_documents_of_asynction(lowered: Lower, name: str) -> None:
    path = shared_dir() / "corpus" / "socketio" / "dedoussis+asynction" / name
    server = "production" if "with_servers" in name else None
    app = lowered(path.read_text(encoding="utf-8"), server=server).app
    assert [namespace.name.raw for namespace in app.namespaces] == ASYNCTION[name]


def test_the_chat_document_of_asynction(lowered: Lower) -> None:
    path = shared_dir() / "corpus/socketio/dedoussis+asynction/example/asyncapi.yml"
    root, admin = lowered(path.read_text(encoding="utf-8")).app.namespaces
    [message, *_, add_user] = root.incoming
    assert message.handler == ir.Function("app", "new_message")
    assert parameters(message.arguments) == [("payload", "str", True)]
    assert add_user.ack and parameters(add_user.ack) == [("payload", "models.AddUserAck", True)]
    assert [it.constant for it in root.outgoing][:2] == ["ROOT_NEW_MESSAGE_OUT", "ROOT_TYPING_OUT"]
    assert root.disconnect == ir.Function("app", "disconnect")
    assert admin.query == "/components/channelBindings/AuthenticatedWsBindings/ws/query"


def test_a_message_names_as_many_as_a_person_reads(lowered: Lower) -> None:
    servers = ", ".join(f"s{it}: {{url: 'h/a{it}/socket.io', protocol: ws}}" for it in range(1_000))
    shown = lowered(f"servers: {{{servers}}}\n" + publish("{name: say}")).error("AG232")
    assert "`s19`, 980 more differ" in shown


# -- what the mock emits by itself


def echoing(path: str, schemas: str) -> str:
    payload = "payload: {$ref: '#/components/schemas/A0'}"
    return (
        "channels:\n  /:\n"
        f"    publish: {{message: {{name: ask, {payload},"
        f" x-mock: {{emit: told, echo: {{{path}: {path}}}}}}}}}\n"
        f"    subscribe: {{message: {{name: told, {payload}}}}}\n"
        f"components:\n  schemas:\n{schemas}"
    )


def test_a_field_to_echo_is_found_behind_thousands_of_references(lowered: Lower) -> None:
    links = (
        f"    A{it}: {{allOf: [{{$ref: '#/components/schemas/A{it + 1}'}}]}}\n"
        for it in range(3_000)
    )
    last = "    A3000: {type: object, properties: {text: {type: string}}}\n"
    assert lowered(echoing("text", "".join(links) + last)).namespace.scenarios


def test_a_field_to_echo_is_looked_for_once_in_each_place(lowered: Lower) -> None:
    again = "{properties: {a: {$ref: '#/components/schemas/A0'}}}"
    schemas = f"    A0: {{anyOf: [{again}, {again}]}}\n"
    assert lowered(echoing(".".join("a" * 60), schemas)).namespace.scenarios
