"""What the server sends, over real sockets: every way out is held to the document."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import flask
import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import Client, Project, Running, scaffold, wait_for

# -- S23: every way out

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: do, payload: {type: string}, x-ack: true}
          - {name: join, payload: {type: string}}
    subscribe:
      message:
        oneOf:
          - {name: none}
          - {name: text, payload: {type: string}}
          - {name: list, payload: {type: array, items: {type: integer}}}
          - {name: nullable, payload: {type: [string, "null"]}}
          - {name: pair, payload: {type: array, items: [{type: string}, {type: integer}]}}
          - {name: optional, payload:
              {type: array, items: [{type: string}, {type: integer}], minItems: 1}}
          - {name: rest, payload:
              {type: array, items: [{type: string}], additionalItems: {type: integer}}}
          - {name: point, payload: {$ref: "#/components/schemas/Point"}}
          - {name: anything, payload: true}
          - {name: named like the code, x-ack: {type: string}, payload:
              {type: array, items: [{title: contract, type: string}, {title: emit, type: string},
                {title: call, type: string}, {title: recipients, type: string},
                {title: answer, type: string}]}}
          - {name: message, payload: {type: string}}
          - {name: json, payload: {type: object, properties: {a: {type: integer}}}}
          - {name: question, payload: {type: string}, x-ack: {type: integer}}
          - {name: ask pair, x-ack: {args: {type: array, items: [{type: string}, {type: integer}]}}}
          - {name: ask one of a tuple, x-ack: {type: array, items: [{type: string}]}}
          - {name: ask optional, x-ack:
              {type: array, items: [{type: string}, {type: integer}], minItems: 0}}
          - {name: ask nullable, x-ack: {type: [string, "null"]}}
          - {name: ask point, x-ack: {$ref: "#/components/schemas/Point"}}
  /other:
    publish: {message: {name: do, payload: {type: string}, x-ack: true}}
    subscribe: {message: {name: other, payload: {type: string}}}
components:
  schemas:
    Point:
      type: object
      properties: {x: {type: integer}, from: {type: string}}
      required: [x]
      additionalProperties: false
"""
# `do` runs one of the functions that a test has put into ACTIONS.
HANDLERS = """
import flask_socketio

ACTIONS = {}
errors = []

def do(payload):
    return ACTIONS[payload]()

def join(payload):
    flask_socketio.join_room(payload)

def error(error):
    if type(error).__name__ != "UnknownEvent":
        errors.append(error)
"""


class Site:
    """A server in this process, with the modules of its project that tests look into."""

    def __init__(self, project: Project, server: Running) -> None:
        self.server = server
        self.events: Any = project.import_("_generated.events")
        self.models: Any = project.import_("_generated.models")
        self.guard: Any = project.import_("_generated.runtime.guard")
        self.handlers: Any = project.import_("handlers.root")
        self.socketio = server.socketio
        assert server.app is not None
        self.app = server.app

    def during(self, client: Client, action: Any, namespace: str = "/") -> None:
        """Run `action` in a handler, called by a client; what it raises is raised here."""
        problems: list[BaseException] = []

        def run() -> None:
            try:
                action()
            except BaseException as problem:
                problems.append(problem)

        self.handlers.ACTIONS["run"] = run
        assert client.ask("do", "run", namespace=namespace) == (None,)
        if problems:
            raise problems[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    other = "from .root import ACTIONS, do\n"
    project = scaffold(
        tmp_path_factory.mktemp("emits"), DOCUMENT, handlers={"root": HANDLERS, "other": other}
    )
    with project.serve() as server:
        yield Site(project, server)


@pytest.fixture
def site(running: Site) -> Site:
    running.handlers.errors.clear()
    return running


@pytest.fixture
def client(site: Site) -> Iterator[Client]:
    with site.server.client() as client:
        yield client


@pytest.fixture
def second(site: Site) -> Iterator[Client]:
    with site.server.client() as client:
        yield client


def test_S23_typed_emitters_send_what_they_are_given(site: Site, client: Client) -> None:
    root, models, to = site.events.root, site.models, client.sid()
    with site.app.app_context():
        root.none(to=to)
        root.text("a", to=to)
        root.list_([1, 2], to=to)
        root.nullable(None, to=to)
        root.pair("a", 1, to=to)
        root.optional("a", to=to)
        root.optional("a", 1, to=to)
        root.rest("a", to=to)
        root.rest("a", 1, 2, to=to)
        root.point(models.Point(x=1), to=to)
        root.point(models.Point(x=1, from_="b"), to=to)
        root.point({"x": 2, "from": "c"}, to=to)
        root.named_like_the_code(*"abcde", to=to)
    assert client.received() == [
        ("none", ()),
        ("text", ("a",)),
        ("list", ([1, 2],)),
        ("nullable", (None,)),
        ("pair", ("a", 1)),
        ("optional", ("a",)),
        ("optional", ("a", 1)),
        ("rest", ("a",)),
        ("rest", ("a", 1, 2)),
        ("point", ({"x": 1},)),
        ("point", ({"x": 1, "from": "b"},)),
        ("point", ({"x": 2, "from": "c"},)),
        ("named like the code", tuple("abcde")),
    ]


def test_S23_ways_out_of_flask_socketio_send_what_they_are_given(
    site: Site, client: Client
) -> None:
    import flask_socketio  # type: ignore[import-untyped,unused-ignore]

    def within() -> None:
        flask_socketio.emit("text", "a")
        flask_socketio.emit("pair", ("a", 1))
        flask_socketio.emit("nullable", (None,))
        flask_socketio.emit("none")
        flask_socketio.emit("point", site.models.Point(x=1))
        flask_socketio.send("b")
        flask_socketio.send({"a": 1}, json=True)

    site.during(client, within)
    site.socketio.emit("text", "c")
    site.socketio.emit("text", "d", to=client.sid())
    site.socketio.emit("text", "e", room=client.sid())
    site.socketio.send("f", to=client.sid())
    site.socketio.send({"a": 2}, json=True)
    assert client.received() == [
        ("text", ("a",)),
        ("pair", ("a", 1)),
        ("nullable", (None,)),
        ("none", ()),
        ("point", ({"x": 1},)),
        ("message", ("b",)),
        ("json", ({"a": 1},)),
        ("text", ("c",)),
        ("text", ("d",)),
        ("text", ("e",)),
        ("message", ("f",)),
        ("json", ({"a": 2},)),
    ]


# Events, data and namespaces that do not go together.
WRONG: list[tuple[str, Any, str]] = [
    ("text", 1, "/"),
    ("text", None, "/"),
    ("text", ("a", "b"), "/"),
    ("text", (), "/"),
    ("text", b"a", "/"),
    ("none", "a", "/"),
    ("list", (1, 2), "/"),
    ("pair", "a", "/"),
    ("pair", ["a", 1], "/"),
    ("pair", ("a", "b"), "/"),
    ("pair", ("a", 1, 2), "/"),
    ("point", {"x": "1"}, "/"),
    ("point", {"x": 1, "y": 2}, "/"),
    ("undeclared", "a", "/"),
    ("do", "a", "/"),
    ("other", "a", "/"),
    ("text", "a", "/other"),
    ("text", "a", "/nowhere"),
]


@pytest.mark.parametrize(("event", "data", "namespace"), WRONG)
def test_S23_what_the_document_does_not_declare_raises_and_nothing_is_sent(
    site: Site, event: str, data: Any, namespace: str
) -> None:
    import flask_socketio

    ways: dict[str, Any] = {
        "socketio.emit": lambda: site.socketio.emit(event, data, namespace=namespace),
        "flask_socketio.emit": lambda: flask_socketio.emit(event, data, namespace=namespace),
        "flask_socketio.emit to all": lambda: flask_socketio.emit(
            event, data, namespace=namespace, broadcast=True
        ),
    }
    with site.server.client("/", "/other") as client:
        for way, action in ways.items():
            with pytest.raises(site.guard.InvalidEmit):
                site.during(client, action)
            assert client.received() == [], way
    assert site.handlers.errors == []


def test_S23_send_call_and_emitters_refuse_what_does_not_conform(
    site: Site, client: Client
) -> None:
    import flask_socketio

    root, to = site.events.root, client.sid()
    ways: dict[str, Any] = {
        "socketio.send": lambda: site.socketio.send(1),
        "socketio.send as JSON": lambda: site.socketio.send("x", json=True),
        "socketio.send elsewhere": lambda: site.socketio.send("x", namespace="/other"),
        "socketio.call": lambda: site.socketio.call("question", 1, to=to),
        "socketio.call without ack": lambda: site.socketio.call("text", "a", to=to),
        "socketio.call undeclared": lambda: site.socketio.call("undeclared", "a", to=to),
        "socketio.call to nobody": lambda: site.socketio.call("question", "a"),
        "flask_socketio.send": lambda: flask_socketio.send(1),
        "flask_socketio.send as JSON": lambda: flask_socketio.send("x", json=True),
        "flask_socketio.call": lambda: flask_socketio.call("question", 1, to=to),
        "flask_socketio.call undeclared": lambda: flask_socketio.call("undeclared", 1),
        "emitter": lambda: root.text(1, to=to),
        "emitter with a wrong dict": lambda: root.point({"x": "1"}, to=to),
        "emitter with a wrong model": lambda: root.point(
            site.models.Point.model_construct(x="1"), to=to
        ),
        "emitter with a wrong rest": lambda: root.rest("a", 1, "2", to=to),
        "emitter to all": lambda: root.text(1, broadcast=True),
        "call_": lambda: root.call_question(1, to=to),
    }
    for way, action in ways.items():
        with pytest.raises(site.guard.InvalidEmit):
            site.during(client, action)
        assert client.received() == [], way


def test_S23_arguments_are_a_tuple_and_never_dropped(site: Site, client: Client) -> None:
    """Flask-SocketIO takes one value, or a tuple of several: a second value is an error."""
    with pytest.raises(TypeError):
        site.socketio.emit("text", "a", "b")
    with pytest.raises(TypeError):
        site.socketio.call("question", "a", "b", to=client.sid())
    assert client.received() == []


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": -float("inf")}])
def test_S23_what_is_no_JSON_raises_and_nothing_is_sent(
    site: Site, client: Client, value: Any
) -> None:
    with pytest.raises(site.guard.InvalidEmit, match="must be a number of JSON"):
        site.socketio.emit("anything", value)
    assert client.received() == []


def test_S23_message_of_a_refused_emit_names_the_event_and_not_the_value(site: Site) -> None:
    with pytest.raises(site.guard.InvalidEmit) as caught:
        site.socketio.emit("pair", ("secret", "7777"))
    assert str(caught.value) == "'pair' in '/': must be an integer"
    assert (caught.value.path, caught.value.code) == ("/1", "internal_error")


# -- S23: who gets it


class Crowd:
    """Three clients: the sender and `two` are in the room `r`; and what `emit` sends to them."""

    def __init__(self, site: Site, clients: tuple[Client, Client, Client]) -> None:
        self.site, self.clients = site, clients
        self.one, self.two, self.three = clients
        for client in (self.one, self.two):
            client.ask("join", "r")

    def got(self, **options: Any) -> list[str]:
        """Who gets what the first client's handler emits."""
        self.site.during(self.one, lambda: self.site.events.root.text("x", **options))
        return self.received()

    def received(self) -> list[str]:
        names = ("one", "two", "three")
        found = [client.received() for client in self.clients]
        assert all(events in ([], [("text", ("x",))]) for events in found)
        return [name for name, events in zip(names, found, strict=True) if events]


@pytest.fixture
def crowd(site: Site) -> Iterator[Crowd]:
    with site.server.client() as one, site.server.client() as two, site.server.client() as three:
        yield Crowd(site, (one, two, three))


def test_S23_typed_emitter_sends_to_whom_it_is_told(crowd: Crowd) -> None:
    one, two, three = (client.sid() for client in crowd.clients)
    assert crowd.got() == ["one"]
    assert crowd.got(to=two) == ["two"]
    assert crowd.got(to="r") == ["one", "two"]
    assert crowd.got(to=["r", three]) == ["one", "two", "three"]
    assert crowd.got(to="nobody") == []
    assert crowd.got(broadcast=True) == ["one", "two", "three"]
    assert crowd.got(broadcast=True, include_self=False) == ["two", "three"]
    assert crowd.got(to="r", include_self=False) == ["two"]
    assert crowd.got(broadcast=True, skip_sid=two) == ["one", "three"]
    assert crowd.got(broadcast=True, skip_sid=[one, three]) == ["two"]
    assert crowd.got(broadcast=True, skip_sid=two, include_self=False) == ["three"]
    assert crowd.got(broadcast=True, skip_sid=[], include_self=False) == ["two", "three"]
    assert crowd.got(to=[]) == []


def test_S23_ways_out_of_flask_socketio_send_to_whom_they_are_told(crowd: Crowd) -> None:
    import flask_socketio

    def got(**options: Any) -> list[str]:
        crowd.site.during(crowd.one, lambda: flask_socketio.emit("text", "x", **options))
        return crowd.received()

    two = crowd.two.sid()
    assert got() == ["one"]
    assert got(to=two) == ["two"]
    assert got(room="r") == ["one", "two"]
    assert got(broadcast=True) == ["one", "two", "three"]
    assert got(broadcast=True, include_self=False) == ["two", "three"]
    assert got(to="r", skip_sid=two) == ["one"]
    crowd.site.socketio.emit("text", "x", skip_sid=two)
    assert crowd.received() == ["one", "three"]


def test_S23_neither_to_nor_broadcast_is_an_error_where_no_client_is_served(
    site: Site, client: Client
) -> None:
    root = site.events.root
    with site.app.app_context(), pytest.raises(site.guard.InvalidEmit, match="say to= or broad"):
        root.text("x")
    # An HTTP request is no client of a namespace, either,
    with site.app.test_request_context(), pytest.raises(site.guard.InvalidEmit):
        root.text("x")
    with site.app.test_request_context(), pytest.raises(site.guard.InvalidEmit):
        root.call_question("x")
    # nor is a client of another namespace.
    with site.server.client("/", "/other") as both:
        with pytest.raises(site.guard.InvalidEmit):
            site.during(both, lambda: root.text("x"), namespace="/other")
        assert both.received() == []
    assert client.received() == []


def test_S23_emitters_work_outside_a_context_when_told_the_server(
    site: Site, client: Client
) -> None:
    site.events.root.text("a", broadcast=True, server=site.socketio)
    with pytest.raises(RuntimeError):
        site.events.root.text("b", broadcast=True)
    assert client.received() == [("text", ("a",))]


# -- S21: acknowledgements of clients


def test_S21_callback_gets_the_validated_answer(site: Site, client: Client) -> None:
    root, to = site.events.root, client.sid()
    client.answers = {
        "question": (4,),
        "ask pair": ("a", 1),
        "ask nullable": (None,),
        "ask point": ({"x": 1},),
        "ask optional": ("a",),
    }
    got: list[Any] = []

    def answered(*args: Any) -> None:
        # In an application context, as the emitters of the handler would be.
        assert flask.current_app._get_current_object() is site.app  # type: ignore[attr-defined]
        got.append(args)

    def within() -> None:
        root.question("how many", callback=answered)
        root.ask_pair(callback=answered)
        root.ask_nullable(callback=answered)
        root.ask_point(callback=answered)
        root.ask_optional(callback=answered)

    site.during(client, within)
    with site.app.app_context():
        root.question("how many", to=to, callback=answered)
    site.socketio.emit("question", "how many", to=to, callback=answered)
    assert len(client.received()) == 7
    client.received()
    unset = site.guard.UNSET
    assert sorted(got, key=str) == sorted(
        [(4,), (4,), (4,), ("a", 1), (None,), (site.models.Point(x=1),), ("a", unset)], key=str
    )


def test_S21_answer_that_does_not_conform_goes_to_the_error_handler(
    site: Site, client: Client
) -> None:
    got: list[Any] = []
    for answer in (("many",), (), (None,), (1, 2)):
        client.answers["question"] = answer
        site.during(client, lambda: site.events.root.question("how many", callback=got.append))
        client.received()
    wait_for(lambda: len(site.handlers.errors) == 4)
    assert got == []
    assert [type(error).__name__ for error in site.handlers.errors] == ["InvalidAck"] * 4
    assert str(site.handlers.errors[0]) == "ack of 'question' in '/': must be an integer"


def test_S21_callback_that_raises_goes_to_the_error_handler_and_is_logged(
    site: Site, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def callback(_: int) -> None:
        raise LookupError("in the callback")

    client.answers["question"] = (1,)
    site.during(client, lambda: site.events.root.question("how many", callback=callback))
    client.received()
    wait_for(lambda: site.handlers.errors)
    assert type(site.handlers.errors[0]) is LookupError
    assert "LookupError: in the callback" in caplog.text


def test_S21_callback_that_would_end_the_thread_keeps_the_client(
    site: Site, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def ends(_: int) -> None:
        raise SystemExit

    async def is_not_awaited(_: int) -> None: ...

    client.answers["question"] = (7,)
    emit = partial(site.events.root.question, "how many")
    site.during(client, partial(emit, callback=ends))
    wait_for(lambda: len(site.handlers.errors) == 1)
    site.during(client, partial(emit, callback=is_not_awaited))
    wait_for(lambda: len(site.handlers.errors) == 2)
    assert "SystemExit" in caplog.text and "a coroutine is not awaited" in caplog.text


def test_S21_callback_for_more_than_one_client_is_an_error_before_anything_is_sent(
    site: Site, client: Client, second: Client
) -> None:
    import flask_socketio

    client.ask("join", "one and only")
    root, to, callback = site.events.root, client.sid(), lambda *_: None
    ways: dict[str, Any] = {
        "room": lambda: root.question("x", to="one and only", callback=callback),
        "list": lambda: root.question("x", to=[to], callback=callback),
        "broadcast": lambda: root.question("x", broadcast=True, callback=callback),
        "call a room": lambda: root.call_question("x", to="one and only"),
        "flask_socketio, room": lambda: flask_socketio.emit(
            "question", "x", to="one and only", callback=callback
        ),
        "flask_socketio, all": lambda: flask_socketio.emit(
            "question", "x", broadcast=True, callback=callback
        ),
        "socketio, all": lambda: site.socketio.emit("question", "x", callback=callback),
        "socketio, list": lambda: site.socketio.emit("question", "x", to=[to], callback=callback),
        "no ack declared": lambda: site.socketio.emit("text", "x", to=to, callback=callback),
    }
    for way, action in ways.items():
        with pytest.raises(site.guard.InvalidEmit):
            site.during(client, action)
        assert client.received() == second.received() == [], way


def test_S21_callback_runs_when_the_emitting_client_has_gone(site: Site) -> None:
    root = site.events.root
    may_answer = threading.Event()
    got: list[int] = []

    def answer(_: str) -> tuple[int]:
        assert may_answer.wait(20)
        return (5,)

    def callback(value: int) -> None:
        root.text(f"got {value}", to=asked.sid())
        got.append(value)

    with site.server.client() as asked:
        asked.answers["question"] = answer
        with site.server.client() as asking:
            sid = asking.sid()
            site.during(asking, lambda: root.question("x", to=asked.sid(), callback=callback))
        wait_for(lambda: not site.socketio.server.manager.is_connected(sid, "/"))
        may_answer.set()
        assert asked.next() == ("question", ("x",))
        assert asked.next() == ("text", ("got 5",))
    assert got == [5]


@pytest.mark.parametrize(
    ("emitter", "answer", "returned"),
    [
        ("call_question", (4,), lambda site: 4),
        ("call_ask_pair", ("a", 1), lambda site: ("a", 1)),
        ("call_ask_one_of_a_tuple", ("a",), lambda site: "a"),
        ("call_ask_optional", (), lambda site: (site.guard.UNSET, site.guard.UNSET)),
        ("call_ask_optional", ("a",), lambda site: ("a", site.guard.UNSET)),
        ("call_ask_nullable", (None,), lambda site: None),
        ("call_ask_nullable", (), lambda site: None),
        ("call_ask_point", ({"x": 1},), lambda site: site.models.Point(x=1)),
    ],
)
def test_S21_call_returns_the_validated_answer(
    site: Site, client: Client, emitter: str, answer: tuple[Any, ...], returned: Any
) -> None:
    event = emitter.removeprefix("call_").replace("_", " ")
    client.answers[event] = answer
    args = ("x",) if event == "question" else ()
    got: list[Any] = []
    # From a handler, to its sender, and from elsewhere.
    site.during(client, lambda: got.append(getattr(site.events.root, emitter)(*args)))
    with site.app.app_context():
        got.append(getattr(site.events.root, emitter)(*args, to=client.sid()))
    assert got == [returned(site)] * 2


@pytest.mark.parametrize("answer", [("many",), (), (None,), (1, 2)])
def test_S21_call_raises_where_the_answer_does_not_conform(
    site: Site, client: Client, answer: tuple[Any, ...]
) -> None:
    client.answers["question"] = answer
    with site.app.app_context(), pytest.raises(site.guard.InvalidAck, match="ack of 'question'"):
        site.events.root.call_question("x", to=client.sid())
    with pytest.raises(site.guard.InvalidAck):
        site.socketio.call("question", "x", to=client.sid())


def test_S21_call_times_out_where_no_answer_comes(
    site: Site, client: Client, second: Client
) -> None:
    may_answer = threading.Event()
    second.answers["question"] = lambda _: (int(may_answer.wait(20)),)
    with pytest.raises(socketio.exceptions.TimeoutError):
        site.during(
            client, lambda: site.events.root.call_question("x", to=second.sid(), timeout=0.05)
        )
    may_answer.set()


# -- several apps


def test_two_apps_of_one_process_are_independent(tmp_path: Path) -> None:
    project = scaffold(tmp_path, DOCUMENT, handlers={"root": HANDLERS})
    handlers, events = project.import_("handlers.root"), project.import_("_generated.events")
    one, two = project.create_app({"NAME": "one"}), project.create_app({"NAME": "two"})
    assert one.extensions["socketio"] is not two.extensions["socketio"]
    handlers.ACTIONS["run"] = lambda: events.root.text(
        flask.current_app.config["NAME"], broadcast=True
    )
    with (
        project.serve(one) as first,
        project.serve(two) as second,
        first.client() as client_of_one,
        second.client() as client_of_two,
    ):
        # What a handler emits goes to the clients of its own app, and acks come from it,
        client_of_one.ask("do", "run")
        assert client_of_one.received() == [("text", ("one",))]
        assert client_of_two.received() == []
        client_of_two.ask("do", "run")
        assert client_of_two.received() == [("text", ("two",))]
        # and what is emitted elsewhere to those of the app whose context it is.
        with one.app_context():
            events.root.text("from outside", broadcast=True)
        events.root.text("by hand", broadcast=True, server=two.extensions["socketio"])
        assert client_of_one.received() == [("text", ("from outside",))]
        assert client_of_two.received() == [("text", ("by hand",))]
        assert first.socketio.sessions.keys() == {client_of_one.sid()}


def test_a_second_server_on_one_app_is_refused(tmp_path: Path) -> None:
    project = scaffold(tmp_path, DOCUMENT)
    app = project.create_app()
    with pytest.raises(RuntimeError, match="DispatcherMiddleware"):
        project.import_().init_app(app)


def test_S16_namespaces_named_like_the_code_of_the_emitters(tmp_path: Path) -> None:
    names = ["emit", "call", "external", "error", "server", "recipients", "callable", "contract"]
    names += ["none", "日本"]
    channels = "".join(
        f"  /{name}: {{subscribe: {{message: {{name: say, payload: {{type: string}}}}}}}}\n"
        for name in names
    )
    project = scaffold(tmp_path, f"channels:\n{channels}")
    events: Any = project.import_("_generated.events")
    namespaces = [f"/{name}" for name in names]
    with project.serve() as server, server.client(*namespaces) as client:
        for name in names:
            module = getattr(events, f"{name}_", None) or getattr(events, name)
            assert type(module) in vars(events).values(), "the instance hides its class"
            module.say(name, broadcast=True, server=server.socketio)
        assert client.received() == [("say", (name,)) for name in names]
