"""Events with several lists of arguments, and acks of every kind."""

import pytest

from asyncgen import ir
from asyncgen.diagnostics import Severity
from tests.unit.lowering import Lower, channel, parameters, publish

HEAD_3 = "asyncapi: 3.0.0\ninfo: {title: Chat, version: '1'}\n"


def lists(arguments: ir.Arguments | None) -> list[list[str]]:
    """The types of each list of arguments."""
    assert arguments is not None
    return [[it.annotation for it in found.parameters] for found in arguments.alternatives]


def one_of(*messages: str) -> str:
    return publish("oneOf:\n" + "".join(f"  - {{name: say, {it}}}\n" for it in messages))


# -- several messages of one event (S13)


def test_S13_different_messages_are_one_event_with_either_s_arguments(lowered: Lower) -> None:
    result = lowered(one_of("payload: {type: string}", "payload: {type: integer}"))
    assert lists(result.event.arguments) == [["str"], ["int"]]
    assert parameters(result.event.arguments) == [("payload", "str | int", True)]
    assert result.one("AG220").severity is Severity.WARNING


def test_S13_messages_that_carry_the_same_are_one_list(lowered: Lower) -> None:
    result = lowered(one_of("payload: {type: string}, summary: A.", "payload: {type: string}"))
    assert lists(result.event.arguments) == [["str"]]
    assert result.codes == []


def test_S13_the_order_is_that_of_the_document(lowered: Lower) -> None:
    text, number = "payload: {type: string}", "payload: {type: integer}"
    texts = [text, number, f"{text}, summary: A."]
    assert lists(lowered(one_of(*texts)).event.arguments) == [["str"], ["int"]]


def test_S13_one_channel_that_is_an_event_is_no_slip(lowered: Lower) -> None:
    text = channel(
        "publish: {message: {oneOf: [{payload: {type: string}}, {payload: {type: integer}}]}}",
        "say",
        "x-socketio: {channels: event}",
    )
    result = lowered(text)
    assert lists(result.event.arguments) == [["str"], ["int"]]
    assert result.codes == []


def test_S13_two_channels_that_are_one_event_may_be_one(lowered: Lower) -> None:
    text = """
        x-socketio: {channels: event}
        channels:
          say: {publish: {message: {payload: {type: string}}}}
          Say: {x-socketio: {event: say}, publish: {message: {payload: {type: integer}}}}
    """
    assert lowered(text).one("AG220").severity is Severity.WARNING


TUPLE = "payload: {type: array, items: [%s]%s}"


@pytest.mark.parametrize(
    ("messages", "expected", "rest"),
    [
        # a shorter one makes what is after it optional
        (
            ["payload: {type: string}", TUPLE % ("{type: string}, {type: integer}", "")],
            [("payload", "str", True), ("arg2", "int", False)],
            None,
        ),
        # none of any
        (["summary: A.", "payload: {type: string}"], [("payload", "str", False)], None),
        # what is optional in one is optional
        (
            [
                TUPLE
                % ("{title: room, type: string}, {title: by, type: integer}", ", minItems: 1"),
                TUPLE % ("{title: room, type: string}, {title: at, type: boolean}", ""),
            ],
            [("room", "str", True), ("by", "int | bool", False)],
            None,
        ),
        # further ones of the one stand where the other has its own
        (
            [
                TUPLE % ("{type: string}", ", additionalItems: {type: number}"),
                TUPLE % ("{type: string}, {type: boolean}", ""),
            ],
            [("arg1", "str", True), ("arg2", "bool | float", False)],
            "float",
        ),
        # null comes last, once
        (
            ["payload: {type: [string, 'null']}", "payload: {type: [integer, 'null']}"],
            [("payload", "str | int | None", True)],
            None,
        ),
        # names that would stand twice are numbers
        (
            [
                TUPLE % ("{title: a, type: string}", ""),
                TUPLE % ("{title: b, type: string}, {title: a, type: string}", ""),
            ],
            [("arg1", "str", True), ("arg2", "str", False)],
            None,
        ),
    ],
)
def test_S13_the_parameters_cover_every_list(
    lowered: Lower, messages: list[str], expected: list[tuple[str, str, bool]], rest: str | None
) -> None:
    arguments = lowered(one_of(*messages)).event.arguments
    assert parameters(arguments) == expected
    assert (arguments.rest and arguments.rest.annotation) == rest


def test_S13_types_of_both_lists_have_names(lowered: Lower) -> None:
    text = """
        channels:
          /:
            publish:
              message:
                oneOf:
                  - {$ref: '#/components/messages/Cat'}
                  - {$ref: '#/components/messages/Dog'}
        components:
          messages:
            Cat: {name: pet, payload: {type: object}}
            Dog: {name: pet, payload: {type: object, required: [bark]}}
    """
    result = lowered(text)
    assert parameters(result.event.arguments) == [("payload", "models.Cat | models.Dog", True)]


def test_S13_messages_of_one_event_must_not_contradict_each_other(lowered: Lower) -> None:
    handlers = one_of("x-handler: a.b", "payload: {type: string}, x-handler: a.c")
    assert "x-handler" in lowered(handlers).error("AG243")
    handler = lowered(handlers.replace("a.c", "a.b")).event.handler
    assert handler == ir.Function("a", "b")


def test_S13_acks_of_messages_of_one_event(lowered: Lower) -> None:
    event = lowered(
        one_of(
            "payload: {type: string}, x-ack: {type: boolean}",
            "payload: {type: integer}, x-ack: {type: integer}",
            "payload: {type: number}",
        )
    ).event
    assert lists(event.ack) == [["bool"], ["int"]]


# -- tuples (S18)


@pytest.mark.parametrize(
    ("payload", "rest"),
    [
        ("{type: array, prefixItems: []}", None),
        ("{type: array, prefixItems: [], items: {type: integer}}", "int"),
        ("{type: array, prefixItems: [], items: false}", None),
        ("{type: array, prefixItems: [], items: {not: {}}}", None),
    ],
)
def test_S18_an_empty_list_of_prefix_items_is_tuple_form(
    lowered: Lower, payload: str, rest: str | None
) -> None:
    arguments = lowered(publish(f"{{name: say, payload: {payload}}}")).event.arguments
    assert [it.form for it in arguments.alternatives] == ["tuple"]
    assert parameters(arguments) == []
    assert (arguments.rest and arguments.rest.annotation) == rest


def test_S18_further_arguments_that_nothing_satisfies_are_none(lowered: Lower) -> None:
    text = publish("{name: say, payload: {type: array, items: [{}], additionalItems: {not: {}}}}")
    assert lowered(text).event.arguments.rest is None


# -- replies (S19)


def replying(reply: str, operations: str = "", messages: str = "", request: str = "") -> str:
    return f"""{HEAD_3}
channels:
  chat:
    address: /
    messages:
      ping: {{name: ping, payload: {{type: string}}{request}}}
      pong: {{name: pong, payload: {{type: boolean}}}}
      pang: {{payload: {{type: array, items: [{{type: integer}}, {{type: string}}]}}}}{messages}
  other: {{address: /other, messages: {{done: {{name: done, payload: {{type: integer}}}}}}}}
operations:
  ping:
    action: receive
    channel: {{$ref: '#/channels/chat'}}
    messages: [{{$ref: '#/channels/chat/messages/ping'}}]
    reply: {reply}
{operations}
"""


PONG = "{messages: [{$ref: '#/channels/chat/messages/pong'}]}"


def test_S19_a_reply_on_the_same_channel_is_the_ack(lowered: Lower) -> None:
    event = lowered(replying(PONG)).app.namespaces[0].incoming[0]
    assert lists(event.ack) == [["bool"]]


def test_S19_several_replies_are_any_of_their_arguments(lowered: Lower) -> None:
    event = lowered(replying("{channel: {$ref: '#/channels/chat'}}")).app.namespaces[0].incoming[0]
    assert lists(event.ack) == [["bool"], ["int", "str"]]


def test_S19_a_reply_that_is_the_x_ack(lowered: Lower) -> None:
    same = replying(PONG, request=", x-ack: {type: boolean}")
    assert lists(lowered(same).app.namespaces[0].incoming[0].ack) == [["bool"]]
    lowered(replying(PONG, request=", x-ack: {type: string}")).error("AG245")


def test_S19_a_reply_that_an_operation_sends_is_an_event(lowered: Lower) -> None:
    sends = """
  pong:
    action: send
    channel: {$ref: '#/channels/chat'}
    messages: [{$ref: '#/channels/chat/messages/pong'}]
"""
    result = lowered(replying(PONG, sends))
    assert result.one("AG244").severity is Severity.WARNING
    namespace = result.app.namespaces[0]
    assert namespace.incoming[0].ack is None
    assert [it.event.raw for it in namespace.outgoing] == ["pong"]


AVRO = "{schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: {type: record}}"


def test_S5_a_reply_in_another_format_is_an_error_as_a_request_is(lowered: Lower) -> None:
    text = replying(PONG).replace("pong: {name: pong, payload: {type: boolean}}", "pong: {NEW}")
    shown = lowered(text.replace("NEW", f"name: pong, payload: {AVRO}")).error("AG227")
    assert "`pong`" in shown and "avro" in shown


def test_S5_the_headers_of_a_reply_are_not_carried_either(lowered: Lower) -> None:
    text = replying(PONG).replace("{name: pong,", "{name: pong, headers: {type: object},")
    assert "`pong`" in lowered(text).one("AG228").message


DONE = "{channel: {$ref: '#/channels/other'}, messages: [{$ref: '#/channels/other/messages/done'}]}"


@pytest.mark.parametrize("listed", [False, True])
def test_S19_a_reply_on_another_channel_is_an_event_there(lowered: Lower, listed: bool) -> None:
    sends = "  done: {action: send, channel: {$ref: '#/channels/other'}}\n" if listed else ""
    result = lowered(replying(DONE, sends))
    assert result.one("AG244").severity is Severity.WARNING
    chat, other = result.app.namespaces
    assert chat.incoming[0].ack is None
    assert [it.event.raw for it in other.outgoing] == ["done"]


def test_S19_a_reply_on_another_channel_may_be_without_messages(lowered: Lower) -> None:
    item = lowered(replying("{channel: {$ref: '#/channels/other'}, messages: []}")).one("AG244")
    assert item.message.startswith("the reply is a message on another channel, so it")


def test_S19_channels_of_one_address_are_one_channel(lowered: Lower) -> None:
    event = lowered(replying(DONE).replace("/other,", "/,")).namespace.incoming[0]
    assert lists(event.ack) == [["int"]]


def test_S19_in_model_event_another_channel_is_another_event(lowered: Lower) -> None:
    text = replying(DONE).replace("address: /\n", "address: ping\n").replace("/other,", "done,")
    namespace = lowered(text, channels="event").namespace
    assert [it.event.raw for it in namespace.outgoing] == ["done"]
    assert namespace.incoming[0].ack is None


def test_S19_types_of_replies(lowered: Lower) -> None:
    text = replying(PONG.replace("]", ", {$ref: '#/channels/chat/messages/pung'}]")).replace(
        "payload: {type: boolean}", "payload: {type: object}"
    )
    shared = "\n      pung: {$ref: '#/components/messages/Pung'}"
    text = text.replace("\n  other:", f"{shared}\n  other:")
    text += "components: {messages: {Pung: {payload: {type: object, required: [a]}}}}\n"
    assert {it.name for it in lowered(text).app.models} == {"PingAck", "Pung"}
