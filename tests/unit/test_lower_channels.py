"""Channels as events, whose side a document is written from, and names in both models."""

from dataclasses import replace

import pytest

from asyncgen.diagnostics import Severity
from tests.unit.lowering import HEAD, Lower, Lowered

EVENT = "x-socketio: {channels: event}\n"
HEAD_3 = "asyncapi: 3.0.0\ninfo: {title: Chat, version: '1'}\n"
TASKS = (
    EVENT
    + """
channels:
  task/created: {subscribe: {message: {name: TaskCreated, payload: {type: object}}}}
  user::login: {publish: {message: {payload: {type: string}, x-ack: {type: boolean}}}}
"""
)


def events(result: Lowered) -> dict[str, tuple[list[str], list[str]]]:
    """The events of each namespace, those of clients first."""
    return {
        it.name.raw: (
            [event.event.raw for event in it.incoming],
            [event.event.raw for event in it.outgoing],
        )
        for it in result.app.namespaces
    }


# -- what is chosen (S8, S9)


def test_S9_a_channel_is_an_event_of_the_namespace_root(lowered: Lower) -> None:
    result = lowered(TASKS)
    assert events(result) == {"/": (["user::login"], ["task/created"])}
    assert [it.name for it in result.namespace.incoming] == ["user_login"]
    assert [it.name for it in result.app.models] == ["TaskCreated"]
    assert result.codes == []


def test_S9_the_flag_wins_over_the_document(lowered: Lower) -> None:
    named = TASKS.replace("{payload: {type: string}", "{name: in, payload: {type: string}")
    assert list(events(lowered(named, channels="namespace"))) == ["/task/created", "/user::login"]
    plain = named.removeprefix(EVENT)
    assert events(lowered(plain, channels="event")) == events(lowered(TASKS))


def test_S8_the_flag_wins_over_the_document(lowered: Lower) -> None:
    text = TASKS.replace("{channels: event}", "{channels: event, perspective: client}")
    assert events(lowered(text)) == {"/": (["task/created"], ["user::login"])}
    assert events(lowered(text, perspective="server")) == events(lowered(TASKS))
    assert events(lowered(TASKS, perspective="client")) == events(lowered(text))


@pytest.mark.parametrize(
    "where",
    [
        "x-socketio: {namespace: /chat}\n",
        "servers: {s: {url: h, protocol: ws, x-socketio: {namespace: /chat}}}\n",
    ],
)
def test_S9_a_default_namespace_is_for_channels_that_are_events(lowered: Lower, where: str) -> None:
    text = f"{where}channels: {{/: {{publish: {{message: {{name: say}}}}}}}}\n"
    result = lowered(text)
    assert result.one("AG211").severity is Severity.WARNING
    assert list(events(result)) == ["/"]
    assert "AG211" not in lowered(text, channels="event").codes


def test_S9_the_lines_to_paste_suit_what_is_there(lowered: Lower) -> None:
    text = "channels: {a: {publish: {message: {name: x}}}}\n"
    begun = lowered(text + "x-socketio: {perspective: client}").error("AG210")
    assert "  channels: event (under `x-socketio`)" in begun
    json = lowered(text, lambda it: replace(it, file="chat.json")).error("AG210")
    assert '  "x-socketio": {"channels": "event"},\n' in json + "\n"


@pytest.mark.parametrize(
    "message",
    [
        "subscribe: {message: {oneOf: [{name: join}, {name: leave}, {name: log}]}}, "
        "publish: {message: {name: joined}}",
        "subscribe: {message: {name: say, x-ack: {type: string}}}, publish: {message: {name: b}}",
    ],
)
def test_S8_a_document_that_looks_inverted(lowered: Lower, message: str) -> None:
    text = f"channels: {{/: {{{message}}}}}\n"
    note = lowered(text).one("AG246")
    assert note.severity is Severity.NOTE
    assert note.hint and "`x-socketio: {perspective: client}`" in note.hint
    assert lowered(text + "x-socketio: {perspective: server}").codes == []
    assert lowered(text, perspective="client").codes == []


@pytest.mark.parametrize(
    "message",
    [
        "publish: {message: {oneOf: [{name: join}, {name: leave}]}}, "
        "subscribe: {message: {oneOf: [{name: joined}, {name: left}]}}",
        "subscribe: {message: {name: say, x-ack: {type: string}}}",
        "subscribe: {message: {oneOf: [{name: open}, {name: closed}, {name: moved}]}}",
    ],
)
def test_S8_a_document_that_does_not(lowered: Lower, message: str) -> None:
    assert lowered(f"channels: {{/: {{{message}}}}}").codes == []


# -- namespaces and events (S9, S10, S11, S40)


@pytest.mark.parametrize(
    ("root", "channel", "namespace"),
    [
        ("", "", "/"),
        (", namespace: chat", "", "/chat"),
        (", namespace: /chat", "x-socketio: {namespace: /own}, ", "/own"),
    ],
)
def test_S9_the_namespace_of_events(
    lowered: Lower, root: str, channel: str, namespace: str
) -> None:
    text = (
        f"x-socketio: {{channels: event{root}}}\n"
        f"channels: {{say: {{{channel}publish: {{message: {{name: Line}}}}}}}}"
    )
    assert events(lowered(text)) == {namespace: (["say"], [])}


SERVED = EVENT + "channels: {say: {publish: {message: {name: Line}}}}\n"


@pytest.mark.parametrize(
    ("server", "namespace", "path"),
    [
        ("{url: 'ws://h/chat', protocol: ws}", "/chat", "/socket.io"),
        ("{url: 'ws://h/a/socket.io', protocol: ws}", "/", "/a/socket.io"),
        ("{url: 'ws://h/chat', protocol: ws, x-socketio: {namespace: /b}}", "/b", "/socket.io"),
    ],
)
def test_S40_the_path_of_a_server_is_the_default_namespace(
    lowered: Lower, server: str, namespace: str, path: str
) -> None:
    result = lowered(f"{SERVED}servers: {{a: {server}}}")
    assert events(result) == {namespace: (["say"], [])}
    assert result.app.path == path


def test_S40_what_the_path_means_is_said(lowered: Lower) -> None:
    result = lowered(SERVED + "servers: {a: {url: 'ws://h/chat', protocol: ws}}")
    assert result.one("AG234").severity is Severity.NOTE
    elsewhere = SERVED.replace("event}", "event, namespace: /b}")
    result = lowered(elsewhere + "servers: {a: {url: 'ws://h/chat', protocol: ws}}")
    assert result.one("AG234").severity is Severity.WARNING


def test_S33_servers_of_different_namespaces_need_a_choice(lowered: Lower) -> None:
    servers = """servers:
  a: {url: 'ws://h', protocol: ws, x-socketio: {namespace: /a}}
  b: {url: 'ws://h', protocol: ws, x-socketio: {namespace: /b}}
"""
    assert "namespace" in lowered(SERVED + servers).error("AG232")
    assert list(events(lowered(SERVED + servers, server="b"))) == ["/b"]


def test_S9_only_the_extension_overrides_the_event(lowered: Lower) -> None:
    text = EVENT + "channels: {say: {x-socketio: {event: a b}, publish: {message: {name: Line}}}}"
    assert events(lowered(text)) == {"/": (["a b"], [])}
    text = EVENT + "channels: {say: {publish: {message: {name: N, x-socketio: {event: c}}}}}"
    assert events(lowered(text)) == {"/": (["c"], [])}


def test_S9_an_event_of_a_channel_that_is_a_namespace_has_no_effect(lowered: Lower) -> None:
    text = "channels: {/: {x-socketio: {event: a}, publish: {message: {name: b}}}}"
    assert lowered(text).one("AG211").severity is Severity.WARNING


def test_S10_parameters_in_an_event_are_one_error(lowered: Lower) -> None:
    text = EVENT + "channels: {'room/{id}': {publish: {message: {oneOf: [{name: a}, {name: b}]}}}}"
    lowered(text).error("AG218")


@pytest.mark.parametrize("namespace", ["/a/{b}", "/a,b", "/a?b"])
def test_S10_in_the_namespace_of_an_event(lowered: Lower, namespace: str) -> None:
    text = f"channels: {{say: {{x-socketio: {{namespace: '{namespace}'}}}}}}"
    lowered(EVENT + text).error("AG212")


@pytest.mark.parametrize(("model", "needed"), [("namespace", "namespace"), ("event", "event")])
def test_S11_a_channel_without_address(lowered: Lower, model: str, needed: str) -> None:
    text = HEAD_3 + "channels: {a: {address: null}}\n" + f"x-socketio: {{channels: {model}}}"
    assert f"x-socketio: {{{needed}: " in lowered(text).error("AG213")
    given = text.replace("address: null", f"x-socketio: {{{needed}: /x}}")
    assert len(lowered(given).app.namespaces) == 1


@pytest.mark.parametrize("key", ["connect", "disconnecting", "'*'"])
def test_S15_reserved_channels_are_errors(lowered: Lower, key: str) -> None:
    lowered(EVENT + f"channels: {{{key}: {{publish: {{message: {{}}}}}}}}").error("AG219")


def test_S12_messages_need_no_name(lowered: Lower) -> None:
    text = EVENT + "channels: {say: {publish: {message: {payload: {type: object}}}}}"
    result = lowered(text)
    assert result.codes == []
    assert [it.name for it in result.app.models] == ["Say"]


# -- what is said of a namespace (S38)

HANDLERS = (
    EVENT
    + """
channels:
  a: {x-handlers: {connect: hooks.a}, x-security: [{token: []}]}
  b: {x-handlers: {connect: hooks.a}}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
"""
)


def test_S38_channels_of_one_namespace_must_agree(lowered: Lower) -> None:
    shown = lowered(HANDLERS).error("AG214")
    assert "`x-security`" in shown and "`namespaces: {/: …}`" in shown


def test_S38_or_it_stands_at_the_root(lowered: Lower) -> None:
    said = "namespaces: {/: {x-security: [{token: []}], x-handlers: {error: hooks.e}}}"
    namespace = lowered(HANDLERS.replace("event}", f"event, {said}}}")).namespace
    assert [use.scheme.raw for it in namespace.security for use in it.schemes] == ["token"]
    assert namespace.connect and namespace.connect.name == "a"
    assert namespace.error and namespace.error.name == "e"
    other = said.replace("[{token: []}]", "[{}]")
    lowered(HANDLERS.replace("event}", f"event, {other}}}")).error("AG214")


def test_S38_the_root_does_not_take_a_channel_s_security_away(lowered: Lower) -> None:
    said = "namespaces: {/: {x-handlers: {error: hooks.e}}}"
    text = HANDLERS.replace("event}", f"event, {said}}}").replace(
        "b: {", "b: {x-security: [{token: []}], "
    )
    assert lowered(text).namespace.security


@pytest.mark.parametrize(("model", "name"), [("event", "/b"), ("namespace", "/")])
def test_S38_what_the_root_says_of_no_namespace(lowered: Lower, model: str, name: str) -> None:
    said = f"x-socketio: {{channels: {model}, namespaces: {{{name}: {{}}}}}}\n"
    result = lowered(said + "channels: {/: {publish: {message: {name: say}}}}")
    assert result.one("AG211").severity is Severity.WARNING


def test_S16_namespaces_that_clash_are_named_at_the_root(lowered: Lower) -> None:
    text = """
        x-socketio: {channels: event}
        channels:
          a: {x-socketio: {namespace: /x.y}, publish: {message: {}}}
          b: {x-socketio: {namespace: /x/y}, publish: {message: {}}}
    """
    assert "x-python-name" in lowered(text).error("AG222")
    said = "event, namespaces: {/x.y: {x-python-name: dotted}}}"
    modules = [it.module for it in lowered(text.replace("event}", said)).app.namespaces]
    assert modules == ["dotted", "x_y"]


# -- messages that are used or not (S14)


def test_S14_a_message_that_no_operation_uses(lowered: Lower) -> None:
    text = (
        HEAD_3
        + """
channels: {chat: {address: /, messages: {a: {name: a}, b: {name: b}, c: {name: c}}}}
operations:
  x:
    action: receive
    channel: {$ref: '#/channels/chat'}
    messages: [{$ref: '#/channels/chat/messages/a'}]
    reply: {messages: [{$ref: '#/channels/chat/messages/c'}]}
"""
    )
    found = lowered(text).one("AG247")
    assert found.severity is Severity.WARNING and "`b`" in found.message


def test_S14_an_operation_without_messages(lowered: Lower) -> None:
    text = EVENT + "channels: {say: {publish: {}}}"
    assert lowered(text).codes == ["AG221"]


# -- Python names (S16)

NAMES = {
    "Regular Game Update": "regular_game_update",
    "user::login": "user_login",
    "task/created": "task_created",
    "import": "import_",
    "print": "print_",
    "3d": "_3d",
    "HTTPError": "http_error",
    "wähl 🎉 mich": "wähl_mich",
}


@pytest.mark.parametrize("model", ["namespace", "event"])
def test_S16_names_of_events(lowered: Lower, model: str) -> None:
    if model == "event":
        channels = "".join(f"  '{it}': {{publish: {{message: {{}}}}}}\n" for it in NAMES)
        text = f"{EVENT}channels:\n{channels}"
    else:
        messages = ", ".join(f"{{name: '{it}'}}" for it in NAMES)
        text = f"channels: {{/: {{publish: {{message: {{oneOf: [{messages}]}}}}}}}}"
    assert {it.event.raw: it.name for it in lowered(text).namespace.incoming} == NAMES


@pytest.mark.parametrize("name", ["🎉", "::", "'/'"])
def test_S16_a_name_with_nothing_left(lowered: Lower, name: str) -> None:
    text = f"{EVENT}channels: {{'{name.strip(chr(39))}': {{publish: {{message: {{}}}}}}}}"
    assert "x-python-name" in lowered(text).error("AG223")
    given = text.replace("{publish", "{x-python-name: party, publish")
    assert lowered(given).event.name == "party"


def test_S16_events_that_clash(lowered: Lower) -> None:
    text = EVENT + "channels: {a b: {publish: {message: {}}}, a-b: {publish: {message: {}}}}"
    shown = lowered(text).error("AG222")
    assert "`handlers.root.a_b`" in shown and "x-python-name" in shown and "chat.yaml:4" in shown
    given = text.replace("a-b: {", "a-b: {x-python-name: other, ")
    assert [it.name for it in lowered(given).namespace.incoming] == ["a_b", "other"]


def test_S16_one_event_in_several_namespaces_and_directions(lowered: Lower) -> None:
    say = "{message: {name: say, payload: {type: object}}}"
    both = f"{{publish: {say}, subscribe: {say}}}"
    app = lowered(f"channels: {{/: {both}, /chat: {both}}}").app
    assert {it.name for ns in app.namespaces for it in (*ns.incoming, *ns.outgoing)} == {"say"}
    assert len({it.name for it in app.models}) == 4


def test_S16_constants_of_different_events_never_clash(lowered: Lower) -> None:
    text = """
        channels:
          /a:
            publish: {message: {oneOf: [{name: b_c}, {name: d_out}]}}
            subscribe: {message: {name: d}}
          /a_b: {publish: {message: {name: c}}}
    """
    app = lowered(text).app
    found = [it.constant for ns in app.namespaces for it in (*ns.incoming, *ns.outgoing)]
    assert len(set(found)) == 4


def test_S16_an_emitter_is_never_the_call_of_another(lowered: Lower) -> None:
    text = """
        channels:
          /:
            subscribe: {message: {oneOf: [{name: say, x-ack: {type: string}}, {name: call_say}]}}
            publish: {message: {name: x, x-ack: {type: string}}}
    """
    assert "`events.root.call_say`" in lowered(text).error("AG222")


@pytest.mark.parametrize("key", ["/emit", "/call"])
def test_S16_a_namespace_is_never_a_function_of_ours(lowered: Lower, key: str) -> None:
    text = f"channels: {{{key}: {{subscribe: {{message: {{name: say}}}}}}}}"
    assert lowered(text).namespace.module == key[1:] + "_"


def test_S16_types_in_model_event_are_named_after_messages(lowered: Lower) -> None:
    text = (
        EVENT
        + """
channels:
  a: {publish: {message: {$ref: '#/components/messages/Key'}}}
  b:
    publish:
      message:
        oneOf:
          - {name: Cat, payload: {type: object}}
          - {name: Dog, payload: {type: object, required: [x]}}
  c:
    publish: {message: {name: Same, payload: {type: object}}}
    subscribe: {message: {name: Same, payload: {type: object, required: [y]}}}
  d: {publish: {message: {name: x, x-python-name: Bird, payload: {type: object}}}}
components: {messages: {Key: {name: Named, payload: {type: object}}}}
"""
    )
    names = {it.name for it in lowered(text).app.models}
    assert names == {"Named", "Cat", "Dog", "Bird", "RootSameIn", "RootSameOut"}


def test_S16_what_describes_an_event(lowered: Lower) -> None:
    text = (
        EVENT
        + "channels: {say: {description: A line., publish: {summary: Speak., message: {name: L}}}}"
    )
    event = lowered(text).event
    assert event.summary and event.summary.raw == "Speak."
    assert event.description and event.description.raw == "A line."
    assert lowered(text).namespace.description is None


def test_the_shortest_document_of_each_version_is_the_same_app(lowered: Lower) -> None:
    two = HEAD + EVENT + "channels: {say: {publish: {message: {payload: {type: string}}}}}"
    three = (
        HEAD_3
        + EVENT
        + """
channels: {say: {address: say, messages: {Line: {payload: {type: string}}}}}
operations: {x: {action: receive, channel: {$ref: '#/channels/say'}}}
"""
    )
    first, second = lowered(two).event, lowered(three).event
    assert (first.event, first.name, first.constant) == (second.event, second.name, second.constant)
    assert first.arguments.parameters == second.arguments.parameters
