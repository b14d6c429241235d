"""Events with several lists of arguments, over real sockets (S13, S18, S19)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.functional.project import Client, Project, Running, scaffold

DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Test, version: 1.0.0}
channels:
  root:
    address: /
    messages:
      asText: {name: say, payload: {$ref: "#/components/schemas/Line"}}
      inRoom:
        name: say
        payload:
          type: array
          items: [{title: room, type: string}, {title: times, type: integer}]
          minItems: 1
      silent: {name: say}
      nothing: {name: nothing, payload: {type: array, prefixItems: []}}
      anything:
        name: anything
        payload: {type: array, prefixItems: [], items: {$ref: "#/components/schemas/Line"}}
      open:
        name: open
        payload: {type: array, items: [{type: string}], additionalItems: {type: boolean}}
      fixed:
        name: open
        payload: {type: array, items: [{type: integer}, {type: integer}, {type: integer}]}
      maybe: {name: maybe, payload: {type: [string, "null"]}}
      question: {name: ask}
      line: {payload: {$ref: "#/components/schemas/Line"}}
      pair: {payload: {type: array, items: [{type: boolean}, {type: integer}]}}
      none: {summary: Nothing to say.}
operations:
  receive:
    action: receive
    channel: {$ref: "#/channels/root"}
    messages: &messages
      - {$ref: "#/channels/root/messages/asText"}
      - {$ref: "#/channels/root/messages/inRoom"}
      - {$ref: "#/channels/root/messages/silent"}
      - {$ref: "#/channels/root/messages/nothing"}
      - {$ref: "#/channels/root/messages/anything"}
      - {$ref: "#/channels/root/messages/open"}
      - {$ref: "#/channels/root/messages/fixed"}
      - {$ref: "#/channels/root/messages/maybe"}
  send: {action: send, channel: {$ref: "#/channels/root"}, messages: *messages}
  asked:
    action: receive
    channel: {$ref: "#/channels/root"}
    messages: [{$ref: "#/channels/root/messages/question"}]
    reply: &reply
      messages:
        - {$ref: "#/channels/root/messages/line"}
        - {$ref: "#/channels/root/messages/pair"}
        - {$ref: "#/channels/root/messages/none"}
  asking:
    action: send
    channel: {$ref: "#/channels/root"}
    messages: [{$ref: "#/channels/root/messages/question"}]
    reply: *reply
components:
  schemas:
    Line: {type: object, required: [text], properties: {text: {type: string}}}
"""

HANDLERS = """
from typing import Any
from .._generated.runtime.guard import UNSET, Unset

calls: list[tuple[Any, ...]] = []
answers: list[models.Line | tuple[bool, int] | tuple[()]] = []


def say(payload: models.Line | str | Unset = UNSET, times: int | Unset = UNSET) -> None:
    calls.append((payload, times))


def nothing() -> None:
    calls.append(())


def anything(*rest: models.Line) -> None:
    calls.append(rest)


def open_(arg1: str | int, arg2: int | bool | Unset = UNSET,
          arg3: int | bool | Unset = UNSET, *rest: bool) -> None:
    calls.append((arg1, arg2, arg3, *rest))


def maybe(payload: str | None) -> None:
    calls.append((payload,))


def ask() -> models.Line | tuple[bool, int] | tuple[()]:
    return answers.pop() if answers else ()
"""


@dataclass
class Site:
    """The project, its server in this process, and a client."""

    project: Project
    server: Running
    client: Client

    @property
    def handlers(self) -> ModuleType:
        return self.project.import_("handlers.root")

    @property
    def models(self) -> ModuleType:
        return self.project.import_("_generated.models")

    @property
    def root(self) -> Any:
        """The typed emitters of `/`."""
        return self.project.import_("_generated.events").root

    def given(self, event: str, *args: Any) -> tuple[Any, ...]:
        """What the handler gets of what the client emits."""
        self.handlers.calls.clear()
        assert self.client.ask(event, *args) == ()
        [call] = self.handlers.calls
        return tuple(call)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    project = scaffold(tmp_path_factory.mktemp("arguments"), DOCUMENT, {"root": HANDLERS})
    with project.serve() as server, server.client() as client:
        yield Site(project, server, client)


# -- what a handler gets


def test_S13_the_list_that_fits_decides_the_types(site: Site) -> None:
    unset = site.handlers.UNSET
    assert site.given("say", {"text": "a"}) == (site.models.Line(text="a"), unset)
    assert site.given("say", "kitchen") == ("kitchen", unset)
    assert site.given("say", "kitchen", 2) == ("kitchen", 2)
    assert site.given("say") == (unset, unset)


def test_S13_a_list_with_further_arguments_stands_beside_others(site: Site) -> None:
    unset = site.handlers.UNSET
    assert site.given("open", "a") == ("a", unset, unset)
    assert site.given("open", "a", True, False, True) == ("a", True, False, True)
    assert site.given("open", 1, 2, 3) == (1, 2, 3)


@pytest.mark.parametrize(
    ("args", "message", "path"),
    [
        # one list has as many arguments: its error
        (("kitchen", "x"), "must be an integer", "/1"),
        # two have: neither is meant for sure
        ((1,), "must match one of the alternatives declared", ""),
        # none has
        (("a", 1, 2), "must match one of the alternatives declared", ""),
    ],
)
def test_S13_what_none_of_the_lists_accepts(
    site: Site, args: tuple[Any, ...], message: str, path: str
) -> None:
    site.handlers.calls.clear()
    error = site.client.error("say", *args)
    assert error == {"code": "invalid_payload", "message": message, "path": path}
    assert site.handlers.calls == []


def test_S18_no_argument_at_all(site: Site) -> None:
    assert site.given("nothing") == ()
    assert site.client.error("nothing", 1)["message"] == "takes 0 arguments, got 1"
    assert site.client.error("nothing", None)["message"] == "takes 0 arguments, got 1"


def test_S18_any_number_of_arguments(site: Site) -> None:
    line = site.models.Line(text="a")
    assert site.given("anything") == ()
    assert site.given("anything", {"text": "a"}, {"text": "a"}) == (line, line)
    assert site.client.error("anything", {"text": "a"}, 1)["path"] == "/1"


def test_S18_null_is_an_argument(site: Site) -> None:
    assert site.given("maybe", None) == (None,)
    assert site.given("maybe") == (None,)


# -- acks


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ({"text": "a"}, ({"text": "a"},)),
        ((True, 3), (True, 3)),
        ((), ()),
    ],
)
def test_S19_an_ack_is_any_of_the_replies(site: Site, answer: Any, sent: tuple[Any, ...]) -> None:
    site.handlers.answers.append(answer)
    assert site.client.ask("ask") == sent


def test_S19_an_ack_may_be_a_model(site: Site) -> None:
    site.handlers.answers.append(site.models.Line(text="a"))
    assert site.client.ask("ask") == ({"text": "a"},)


def test_S20_an_ack_that_is_none_of_the_replies_never_leaves(site: Site) -> None:
    site.handlers.answers.append((True, "x"))
    assert site.client.error("ask")["code"] == "internal_error"


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        (({"text": "a"},), lambda models: models.Line(text="a")),
        ((True, 3), lambda models: (True, 3)),
        ((), lambda models: ()),
    ],
)
def test_S21_what_a_client_answers_is_any_of_the_replies(
    site: Site, answer: Any, typed: Any
) -> None:
    site.client.answers["ask"] = answer
    server, expected = site.server.socketio, typed(site.models)
    assert site.root.call_ask(to=site.client.sid(), server=server) == expected


def test_S21_a_callback_takes_what_covers_every_reply(site: Site) -> None:
    unset, got = site.handlers.UNSET, []
    for answer in (({"text": "a"},), (True, 3), ()):
        site.client.answers["ask"] = answer
        site.root.ask(
            to=site.client.sid(),
            callback=lambda *args: got.append(args),
            server=site.server.socketio,
        )
        assert site.client.next() == ("ask", ())
        site.client.received()
    line = site.models.Line(text="a")
    assert got == [(line, unset), (True, 3), (unset, unset)]


# -- emitters


def test_S23_an_emitter_sends_any_of_the_lists(site: Site) -> None:
    unset = site.handlers.UNSET
    to = {"to": site.client.sid(), "server": site.server.socketio}
    site.client.received()
    site.root.say(site.models.Line(text="a"), **to)
    site.root.say("kitchen", **to)
    site.root.say("kitchen", 2, **to)
    site.root.say(**to)
    site.root.nothing(**to)
    site.root.anything(site.models.Line(text="a"), {"text": "b"}, **to)
    site.root.open_("a", unset, **to)
    site.root.open_("a", True, False, True, **to)
    site.root.maybe(None, **to)
    assert site.client.received() == [
        ("say", ({"text": "a"},)),
        ("say", ("kitchen",)),
        ("say", ("kitchen", 2)),
        ("say", ()),
        ("nothing", ()),
        ("anything", ({"text": "a"}, {"text": "b"})),
        ("open", ("a",)),
        ("open", ("a", True, False, True)),
        ("maybe", (None,)),
    ]


def test_S23_what_none_of_the_lists_accepts_is_not_sent(site: Site) -> None:
    guard = site.project.import_("_generated.runtime.guard")
    to = {"to": site.client.sid(), "server": site.server.socketio}
    site.client.received()
    for args in ((1,), ("kitchen", "x"), (site.models.Line(text="a"), 1)):
        with pytest.raises(guard.InvalidEmit):
            site.root.say(*args, **to)
    with pytest.raises(guard.InvalidEmit, match="left out only together with all after it"):
        site.root.open_("a", guard.UNSET, True, **to)
    assert site.client.received() == []


def test_S23_socketio_s_own_emit(site: Site) -> None:
    server, sid = site.server.socketio, site.client.sid()
    site.client.received()
    server.emit("say", to=sid)
    server.emit("say", None, to=sid)
    server.emit("say", ("kitchen", 1), to=sid)
    server.emit("maybe", None, to=sid)
    assert site.client.received() == [
        ("say", ()),
        ("say", ()),
        ("say", ("kitchen", 1)),
        ("maybe", (None,)),
    ]


# -- the project


def test_S13_every_list_is_in_the_docs(site: Site) -> None:
    app = site.server.app
    assert app is not None
    page = app.test_client().get("/docs").get_data(as_text=True)
    start = page.index('id="root-say"')
    section = page[start : page.index('id="errors"', start)]
    assert section.count(">or</p>") >= 2
    assert "No payload." in section


def typed(project: Project) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", project.package]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)


def test_S13_the_project_is_well_typed(site: Site) -> None:
    found = typed(site.project)
    assert found.returncode == 0, found.stdout


def test_S13_the_stubs_are_well_typed(tmp_path: Path) -> None:
    found = typed(scaffold(tmp_path, DOCUMENT))
    assert found.returncode == 0, found.stdout


def test_S13_a_handler_that_does_not_cover_every_list_is_reported(tmp_path: Path) -> None:
    handlers = HANDLERS.replace("payload: models.Line | str | Unset", "payload: str | Unset")
    handlers = handlers.replace("tuple[bool, int] | tuple[()]:", "tuple[str, int] | tuple[()]:")
    handlers = handlers.replace(
        "answers: list[models.Line | tuple[bool,", "answers: list[Any | tuple[str,"
    )
    project = scaffold(tmp_path, DOCUMENT, {"root": handlers})
    found = typed(project).stdout.splitlines()
    wiring = project.path("_generated/wiring.py").read_text(encoding="utf-8").splitlines()
    lines = [number for number, line in enumerate(wiring, 1) if "SAY," in line or "ASK," in line]
    places = [line.split(": error")[0] for line in found if ": error" in line]
    assert places == [f"{project.package}/_generated/wiring.py:{number}" for number in lines]


def test_S13_the_project_holds_its_own_tests(site: Site) -> None:
    command = [sys.executable, "-m", "pytest", "-q"]
    root = site.project.root
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# -- channels that are events (S9)


def test_S9_a_channel_is_an_event(tmp_path: Path) -> None:
    document = """
        x-socketio: {channels: event, perspective: client, namespace: /tasks}
        channels:
          task/created:
            publish: {message: {name: Task, payload: {type: object}}}
          user::login:
            subscribe:
              message:
                oneOf:
                  - {name: Token, payload: {type: string}, x-ack: {type: boolean}}
                  - {name: Pair, payload: {type: array, items: [{type: string}, {type: string}]}}
    """
    handlers = """
        def user_login(payload, arg2=None):
            events.tasks.task_created({"by": payload})
            return True
    """
    project = scaffold(tmp_path, document, {"tasks": handlers})
    with project.serve() as server, server.client("/tasks") as client:
        assert client.ask("user::login", "a", "b") == (True,)
        assert client.next() == ("task/created", ({"by": "a"},))
        assert client.error("user::login", 1)["message"] == "must be a string"
