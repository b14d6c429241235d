"""The console of the page, against real servers and every kind of packet that it knows."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import CHAT, Opens, build_page
from tests.browser.support import Locator, Page, expect
from tests.browser.test_accessibility import AXE, violations
from tests.functional.project import Project, Running, example, free_port
from tests.support import ROOT, require

TOKEN = "s3cret"
SERVE = """
import sys
from {package} import create_app

app = create_app({{"ASYNCGEN_DOCS": "console"}})
app.extensions["socketio"].run(app, port=int(sys.argv[1]), allow_unsafe_werkzeug=True)
"""


class Console:
    """What a person does with the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("#console")
        page.get_by_role("button", name="Console", exact=True).click()

    @property
    def state(self) -> Locator:
        return self.panel.locator(".state")

    def connect(self, namespace: str = "/", **settings: str) -> None:
        self.panel.get_by_label("Namespace").select_option(namespace)
        details = self.panel.locator(f'details[data-namespace="{namespace}"]')
        for name, value in settings.items():
            if not details.get_attribute("open"):
                details.evaluate("it => it.open = true")
            details.locator(f'[name="{name}"], [data-key="{name}"]').fill(value)
        self.panel.get_by_role("button", name="Connect", exact=True).click()

    def emit(self, event: str, payload: str | None = None, *, ack: bool = True) -> None:
        self.panel.get_by_label("Event").select_option(event)
        self.panel.get_by_label("Ask for an answer").set_checked(ack)
        if payload is not None:
            self.panel.get_by_role("button", name="JSON", exact=True).click()
            self.panel.locator("[name=payload]").fill(payload)
        self.panel.get_by_role("button", name="Emit").click()

    def logged(self, kind: str, text: str) -> Locator:
        """The newest entry of a kind, which must hold the text."""
        entry = self.panel.locator(f".log li.{kind}").first
        expect(entry).to_contain_text(text)
        return entry

    def received(self, event: str) -> None:
        """Wait for an event among others, which go on coming."""
        expect(self.panel.locator(".log li.in", has_text=event).first).to_be_visible()


@contextlib.contextmanager
def serve(project: Project, port: int | None = None) -> Iterator[Running]:
    """The project as a process, with its console on."""
    project.write("serve.py", SERVE.format(package=project.package))
    env = {"CHAT_ADMIN_TOKEN": TOKEN}
    with project.run("serve {port}", env=env, port=port) as running:
        yield running


@pytest.fixture
def chat(tmp_path: Path) -> Project:
    return example(tmp_path, "chat", "chat")


def test_connect_emit_answer_error_receive_and_reconnect(chat: Project, opens: Opens) -> None:
    port = free_port()
    with serve(chat, port) as server:
        page = opens(f"{server.url}/docs", offline=True)
        console = Console(page)
        expect(console.state).to_have_text("not connected")
        console.connect()
        expect(console.state).to_have_text("connected")
        console.emit("join")
        expect(console.logged("ack", "answer to join")).to_contain_text(re.compile(r"\d ms"))
        console.emit("new message", '{"text": "Hello <b>there</b>"}')
        console.logged("in", "message posted")
        console.logged("in", "Hello <b>there</b>")
        console.emit("new message", '{"text": ""}')
        console.logged("bad", "invalid_payload")
        expect(console.panel.get_by_role("alert")).to_contain_text("(at /text)")
        console.emit("leave")
        console.logged("ack", "answer to leave")
        console.emit("new message", "{")
        expect(console.panel.get_by_role("alert")).to_contain_text("not JSON")
    expect(console.state).to_have_text("reconnecting…")
    with serve(chat, port):
        expect(console.state).to_have_text("connected")
        console.emit("join")
        console.logged("ack", "answer to join")
        console.panel.get_by_role("button", name="Disconnect").click()
        expect(console.state).to_have_text("not connected")


def test_credentials_by_scheme(chat: Project, opens: Opens) -> None:
    with serve(chat) as server:
        console = Console(opens(f"{server.url}/docs"))
        console.connect("/admin")
        expect(console.state).to_have_text("refused: Connection refused")
        console.connect("/admin", token=TOKEN)
        expect(console.state).to_have_text("connected")
        console.emit("announce", '{"text": "Closing soon"}')
        console.logged("ack", "answer to announce")


def test_the_log_is_filtered_paused_cleared_and_copied(chat: Project, opens: Opens) -> None:
    with serve(chat) as server, server.client() as other:
        page = opens(f"{server.url}/docs")
        console = Console(page)
        console.connect()
        expect(console.state).to_have_text("connected")
        other.ask("join", {"name": "ada"})
        console.logged("in", "user joined")
        console.panel.get_by_role("button", name="Pause").click()
        other.ask("new message", {"text": "unseen"})
        console.emit("typing", "true")
        expect(console.panel.locator(".log")).not_to_contain_text("unseen")
        console.panel.get_by_role("button", name="Go on").click()
        expect(console.panel.locator(".log")).to_contain_text("unseen")
        console.panel.get_by_label("Filter the log").fill("unseen")
        expect(console.panel.locator(".log li:visible")).to_have_count(1)
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        console.panel.get_by_role("button", name="Copy").click()
        assert "unseen" in page.evaluate("window.copied")
        console.panel.get_by_role("button", name="Clear").click()
        expect(console.panel.locator(".log li")).to_have_count(0)


DOCUMENT = """
asyncapi: 2.6.0
info: {title: Packets, version: 1.0.0}
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: echo, payload: {}, x-ack: {}}
          - {name: pair, payload: {type: array, items: [{type: integer}, {type: string}]}}
          - {name: ask me, payload: {type: integer}}
          - {name: go away}
          - name: order
            x-ack: {}
            payload: {$ref: "#/components/schemas/Order"}
            examples: [{payload: {size: small, paid: false, note: null, lines: [{sku: a}], x: 1}}]
          - {name: choose, payload: {oneOf: [{type: integer}, {type: string}]}, x-ack: {}}
          - {name: never, payload: {type: integer, allOf: [{minimum: 2}, {maximum: 1}]}, x-ack: {}}
    subscribe:
      message:
        oneOf:
          - {name: question, payload: {type: integer}, x-ack: {type: integer}}
          - {name: answered, payload: {type: integer}}
          - {name: blob, payload: {}}
  /two:
    bindings: {ws: {query: {type: object, properties: {room: {type: integer}}}}}
    x-socketio: {auth: {type: object, properties: {name: {type: string}}, required: [name]}}
    publish: {message: {name: where, x-ack: {type: string}}}
components:
  schemas:
    Order:
      type: object
      required: [size, paid, lines]
      properties:
        size: {enum: [small, large]}
        paid: {type: boolean}
        note: {type: [string, 'null'], description: For the kitchen.}
        count: {type: integer, minimum: 1}
        blob: {type: string, format: binary}
        either: {anyOf: [{type: integer}, {type: string}]}
        lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
        parent: {$ref: "#/components/schemas/Order"}
    Line: {type: object, required: [sku], properties: {sku: {type: string}}}
"""
# Flask-SocketIO without a contract: it sends whatever a server can send.
PLAIN = """
import pathlib, sys, flask, flask_socketio as io

app = flask.Flask("packets", root_path=".")
server = io.SocketIO(app, async_mode="threading")
page = pathlib.Path("page.html").read_text().replace('data-served="no"', 'data-served="mock"', 1)
app.add_url_rule("/docs", "docs", lambda: page)

@app.post("/_mock/emit")
def told():
    server.emit(flask.request.json["event"], "told to", namespace=flask.request.json["namespace"])
    return {}

@server.on("echo")
def echo(data):
    io.emit("blob", (data, b"xyz"))
    return {"back": [data]}

@server.on("order")
@server.on("choose")
@server.on("never")
def same(data):
    return data

@server.on("pair")
def pair(number, text):
    return text, number

@server.on("ask me")
def ask_me(number):
    io.emit("question", number, callback=lambda it: server.emit("answered", it))

@server.on("go away")
def go_away():
    io.disconnect()

@server.on("connect", namespace="/two")
def connect(auth):
    if auth["name"] != "ada":
        raise io.ConnectionRefusedError("not you")

@server.on("where", namespace="/two")
def where():
    return flask.request.args["room"]

server.run(app, port=int(sys.argv[1]), allow_unsafe_werkzeug=True)
"""


@pytest.fixture
def packets(tmp_path: Path) -> Project:
    (tmp_path / "packets").mkdir()
    project = Project(tmp_path / "packets", "packets")
    project.write("asyncapi.yaml", DOCUMENT)
    project.write("plain.py", PLAIN)
    build_page(project.root / "asyncapi.yaml", project.root / "page.html")
    return project


def test_every_packet_of_a_server(packets: Project, opens: Opens) -> None:
    """Binary events and acks, answers to the server, refusal, disconnection, a namespace."""
    with packets.run("plain {port}") as server:
        console = Console(opens(f"{server.url}/docs"))
        console.connect()
        expect(console.state).to_have_text("connected")
        console.emit("echo", '{"data": {"$bytes": "AAECAw=="}}')
        console.logged("ack", '{ "back": [ { "data": "‹4 bytes›" } ] }')
        console.logged("in", '{ "data": "‹4 bytes›" }, "‹3 bytes›"')
        console.emit("pair", '[1, "two"]')
        console.logged("ack", '"two", 1')
        console.emit("ask me", "7")
        question = console.logged("in", "question")
        question.get_by_label("Answer to question").fill("8")
        question.get_by_role("button", name="Answer").click()
        console.logged("in", "answered")
        console.panel.get_by_label("Let the server emit").select_option("blob")
        console.panel.get_by_role("button", name="Go", exact=True).click()
        console.logged("in", '"told to"')
        console.emit("go away", ack=False)
        expect(console.state).to_have_text("not connected")
        console.connect("/two", auth='{"name": "eve"}')
        expect(console.state).to_have_text("refused: not you")
        console.connect("/two", query="room=12", auth='{"name": "ada"}')
        expect(console.state).to_have_text("connected")
        console.emit("where")
        console.logged("ack", '"12"')


def test_a_payload_is_filled_in_as_a_form_or_as_json(packets: Project, opens: Opens) -> None:
    with packets.run("plain {port}") as server:
        console = Console(opens(f"{server.url}/docs"))
        console.connect()
        console.panel.get_by_label("Event").select_option("order")
        form = console.panel.get_by_role("group", name="Payload", exact=True)
        payload = console.panel.locator("[name=payload]")
        expect(payload).to_be_hidden()
        expect(form.get_by_label("size")).to_have_value("0")
        form.get_by_label("size").select_option("large")
        form.get_by_label("paid").select_option("true")
        form.get_by_label("count").fill("3")
        form.get_by_label("blob").fill("AAEC")
        form.get_by_label("either").fill('"one"')
        form.get_by_role("button", name="Add to lines").click()
        expect(form.get_by_label("sku").nth(1)).to_be_focused()
        console.page.keyboard.type("b")
        form.get_by_role("button", name="Remove lines 1").click()
        form.get_by_label("parent").check()
        form.get_by_label("size").nth(1).select_option("large")
        console.panel.get_by_role("button", name="Emit").click()
        answer = console.logged("ack", '"size": "large"')
        for said in ('"paid": true', '"note": null', '"count": 3', '"blob": "‹3 bytes›"',
                     '"either": "one"', '"lines": [ { "sku": "b" } ]', '"x": 1',
                     '"parent": { "size": "large", "paid": true, "lines": [] }'):  # fmt: skip
            expect(answer).to_contain_text(said)
        form.get_by_label("either").first.fill("{")
        expect(console.panel.get_by_role("alert")).to_have_text("either is not JSON")
        console.panel.get_by_role("button", name="Emit").click()
        expect(console.panel.locator(".log li.out")).to_have_count(1)
        form.get_by_label("either").first.fill("")
        form.get_by_label("parent").first.uncheck()
        console.panel.get_by_role("button", name="JSON", exact=True).click()
        assert "either" not in payload.input_value() and "parent" not in payload.input_value()
        payload.fill(payload.input_value().replace('"count": 3', '"count": 4'))
        console.panel.get_by_role("button", name="Form", exact=True).click()
        expect(form.get_by_label("count")).to_have_value("4")


def test_a_payload_of_which_there_is_no_sample_can_be_typed(
    packets: Project, opens: Opens
) -> None:
    with packets.run("plain {port}") as server:
        page = opens(f"{server.url}/docs")
        expect(page.locator('article[data-event="never"] .block.sent')).to_have_count(0)
        console = Console(page)
        console.connect()
        console.emit("never", "12")
        console.logged("ack", "12")


def test_a_form_asks_for_each_argument_and_leaves_unions_to_json(
    packets: Project, opens: Opens
) -> None:
    with packets.run("plain {port}") as server:
        console = Console(opens(f"{server.url}/docs"))
        console.connect()
        console.panel.get_by_label("Event").select_option("pair")
        console.panel.get_by_label("argument 1").fill("7")
        console.panel.get_by_label("argument 2").fill("seven")
        console.panel.get_by_role("button", name="Emit").click()
        console.logged("ack", '"seven", 7')
        console.panel.get_by_label("Event").select_option("choose")
        expect(console.panel.get_by_role("button", name="Form", exact=True)).to_be_disabled()
        console.panel.get_by_label("Payload as JSON").fill('"this"')
        console.panel.get_by_role("button", name="Emit").click()
        console.logged("ack", '"this"')


def test_what_comes_over_the_socket_is_text_and_the_log_is_bounded(
    packets: Project, opens: Opens
) -> None:
    with packets.run("plain {port}") as server:
        page = opens(f"{server.url}/docs")
        console = Console(page)
        console.connect()
        hostile = "<img src=x onerror='window.hacked = 1'></script>\u202e"
        console.emit("echo", json.dumps(hostile))
        entry = console.logged("in", "onerror")
        assert entry.locator("img").count() == 0
        assert page.evaluate("window.hacked") is None
        for _ in range(520):
            console.panel.get_by_role("button", name="Emit").dispatch_event("click")
        expect(console.panel.locator(".log li")).to_have_count(500)


def test_the_mock_emits_what_it_is_told_and_holds(opens: Opens) -> None:
    with mock_of(ROOT / CHAT[0], "--interval", "0.05") as url:
        console = Console(opens(f"{url}/docs"))
        console.connect()
        console.received("user joined")
        hold = console.panel.get_by_role("button", name="Hold", exact=True)
        hold.click()
        console.logged("note", "no longer emits by itself")
        console.panel.get_by_label("Let the server emit").select_option("message posted")
        go = console.panel.get_by_role("button", name="Go", exact=True)
        go.click()
        # Behind what was on its way by then, and so with nothing behind it.
        console.logged("in", "message posted")
        console.panel.get_by_role("button", name="Clear").click()
        go.click()
        console.logged("in", "message posted")
        expect(console.panel.locator(".log li")).to_have_count(1)
        hold.click()
        console.received("typing")


@contextlib.contextmanager
def mock_of(spec: Path, *options: str) -> Iterator[str]:
    """The URL of `asyncgen mock` of a document, as a process."""
    command = [sys.executable, "-m", "asyncgen", "mock", str(spec), "--port", "0", "-q", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line.split()[1] for line in process.stdout if line.startswith("  url"))
        finally:
            process.kill()


_TELL_PID = 'import os, pathlib, sys\npathlib.Path("pid").write_text(str(os.getpid()))'


def test_a_server_that_falls_silent_is_given_up(chat: Project, opens: Opens) -> None:
    """The heartbeat: pings are answered, and where none come the connection is made anew."""
    fast = SERVE.replace("create_app(", "create_app(ping_interval=1, ping_timeout=5, config=")
    chat.write("fast.py", fast.format(package="chat").replace("import sys", _TELL_PID))
    with chat.run("fast {port}") as server:
        console = Console(opens(f"{server.url}/docs"))
        with console.page.expect_websocket() as socket:
            console.connect()
        expect(console.state).to_have_text("connected")
        for _ in range(3):
            socket.value.wait_for_event("framesent", lambda sent: sent == "3")
        expect(console.state).to_have_text("connected")
        expect(console.panel.locator(".log li")).to_have_count(1)
        process = int((chat.root / "pid").read_text())
        os.kill(process, signal.SIGSTOP)
        expect(console.state).to_have_text("reconnecting…")
        os.kill(process, signal.SIGCONT)
        expect(console.state).to_have_text("connected")


def test_axe_finds_nothing_in_a_form_with_parts(packets: Project, opens: Opens) -> None:
    require(AXE.is_file(), "axe-core is not installed: run `npm ci` in tests/browser")
    with packets.run("plain {port}") as server:
        console = Console(opens(f"{server.url}/docs", bypass_csp=True))
        console.panel.get_by_label("Event").select_option("order")
        console.panel.get_by_role("button", name="Add to lines").click()
        console.panel.get_by_label("parent").check()
        assert violations(console.page) == []


def test_axe_finds_nothing_in_the_console(chat: Project, opens: Opens) -> None:
    require(AXE.is_file(), "axe-core is not installed: run `npm ci` in tests/browser")
    with serve(chat) as server:
        for scheme in ("light", "dark"):
            page = opens(f"{server.url}/docs", color_scheme=scheme, bypass_csp=True)
            console = Console(page)
            console.connect()
            console.emit("new message", '{"text": ""}')
            console.logged("bad", "invalid_payload")
            assert violations(page) == []
