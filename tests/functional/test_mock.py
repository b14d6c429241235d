"""The mock: the real server's rules, with made-up data behind them."""

from __future__ import annotations

import base64
import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
import socketio
from werkzeug.serving import make_server

from asyncgen import contract, pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from tests.functional.project import PATIENCE, Running, scaffold, wait_for
from tests.support import ROOT, shared_dir

# The commands run in other folders; asyncgen need not be installed for the tests.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
HEADER = "asyncapi: 2.6.0\ninfo: {title: Test, version: 1.0.0}\n"
CHAT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: join, payload: {$ref: '#/components/schemas/User'},
             x-ack: {args: {type: array, items: [{type: integer}, {type: string}]}}}
          - {name: quiet, payload: {type: string}}
    subscribe:
      message:
        oneOf:
          - {name: joined, payload: {$ref: '#/components/schemas/User'}}
          - {name: moved, payload: {type: array, items: [{type: integer}, {type: integer}]}}
  /other:
    subscribe: {message: {name: tick}}
components:
  schemas:
    User:
      type: object
      required: [name]
      properties: {name: {type: string, maxLength: 30}}
      additionalProperties: false
"""


def compiled(document: str | Path, tmp_path: Path, options: Options) -> pipeline.Compiled:
    path = document if isinstance(document, Path) else tmp_path / "asyncapi.yaml"
    if isinstance(document, str):
        path.write_text(HEADER + document, encoding="utf-8")
    diagnostics = Diagnostics()
    found = pipeline.compile_document(path, options, diagnostics)
    assert found is not None, [*diagnostics]
    return found


class Mocking(Running):
    """A mock in this process; `lines` is what it has told."""

    mock: Any
    lines: list[Any]


@contextlib.contextmanager
def mocking(
    document: str | Path, tmp_path: Path, reading: Options | None = None, **options: Any
) -> Iterator[Mocking]:
    """A mock of a document; by default it emits nothing in turn."""
    module, control = contract.runtime("mock.server"), contract.runtime("mock.control")
    made = compiled(document, tmp_path, reading or Options())
    lines: list[Any] = []
    options = {"interval": None, **options}
    mock = module.Mock(
        contract.contract(made.app, made.bundle), module.Options(**options), lines.append
    )
    control.add_control(mock)
    wsgi = make_server("127.0.0.1", 0, mock.app, threaded=True)
    thread = threading.Thread(target=wsgi.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    running = Mocking(f"http://127.0.0.1:{wsgi.server_port}", mock.app)
    object.__setattr__(running, "mock", mock)
    object.__setattr__(running, "lines", lines)
    try:
        yield running
    finally:
        mock.close()
        wsgi.shutdown()
        thread.join(PATIENCE)
        wsgi.server_close()


def request(url: str, body: Any = None) -> tuple[int, Any]:
    """GET, or POST of JSON; the status and what came back."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        text = refused.read().decode()
        return refused.code, json.loads(text) if text.startswith("{") else text


# -- behaviour


def test_a_client_gets_an_event_when_it_connects_and_then_each_in_turn(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, interval=0.02) as server, server.client() as client:
        events = [client.next() for _ in range(5)]
        assert [name for name, _ in events] == ["joined", "moved", "joined", "moved", "joined"]
        assert all(len(args) == (2 if name == "moved" else 1) for name, args in events)
        assert server.mock.state()["namespaces"][1]["emits"] == {"tick": 0}, "nobody listens there"


def test_S22_validation_and_error_acks_are_those_of_the_real_server(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server, server.client() as client:
        number, text = client.ask("join", {"name": "Ada"})
        assert isinstance(number, int) and isinstance(text, str)
        assert client.ask("quiet", "sh") == ()
        assert client.error("join", {"name": 3})["code"] == "invalid_payload"
        assert client.error("join", {"name": 3})["path"] == "/name"
        assert client.error("nothing like it", 1)["code"] == "unknown_event"
        assert [line.mark for line in server.lines].count("!") == 3


def test_no_emit_sends_nothing_unasked(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server, server.client() as client:
        assert client.received() == []


def test_nobody_listening_costs_nothing_and_the_last_one_out_stops_it(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, interval=0.01) as server:
        with server.client() as client:
            client.next()
        wait_for(lambda: not server.mock.state()["namespaces"][0]["clients"])
        sent = server.mock.state()["namespaces"][0]["emits"]
        time.sleep(0.1)
        assert server.mock.state()["namespaces"][0]["emits"] == sent


def test_answers_take_the_latency(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, latency=(0.2, 0.3)) as server, server.client() as client:
        start = time.monotonic()
        client.ask("quiet", "sh")
        assert time.monotonic() - start >= 0.2


SECURE = """
channels:
  /bearer:
    subscribe: {message: {name: tick}}
    x-security: [{token: []}]
  /basic:
    subscribe: {message: {name: tick}}
    x-security: [{login: []}]
  /scoped:
    subscribe: {message: {name: tick}}
    x-security: [{oauth: [read]}]
components:
  securitySchemes:
    token: {type: http, scheme: bearer, bearerFormat: JWT}
    login: {type: http, scheme: basic}
    oauth: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://example.com',
            scopes: {read: to read}}}}
"""


def test_any_well_formed_credential_passes_and_no_other(tmp_path: Path) -> None:
    basic = base64.b64encode(b"ada:secret").decode()
    with mocking(SECURE, tmp_path) as server:
        for namespace, passes, refused in (
            ("/bearer", "anything.at-all", "two words"),
            ("/basic", basic, "not base64"),
            ("/scoped", "anything", ""),
        ):
            with server.client(namespace, auth={"token": passes}):
                pass
            for auth in ({"token": refused}, {"token": 3}, None):
                with (
                    pytest.raises(socketio.exceptions.ConnectionError),
                    server.client(namespace, auth=auth),
                ):
                    pass
    with mocking(SECURE, tmp_path, auth=False) as server, server.client("/bearer", "/basic"):
        pass


def test_an_ack_of_a_client_is_asked_of_each_client(tmp_path: Path) -> None:
    document = """
channels:
  /:
    subscribe: {message: {name: ask, payload: {type: string}, x-ack: {args: {type: integer}}}}
"""
    with mocking(document, tmp_path, interval=0.02) as server, server.client() as client:
        client.answers["ask"] = (7,)
        client.next()
        wait_for(lambda: any(line.subject == "ack of ask" for line in server.lines))
        client.answers["ask"] = ("seven",)
        wait_for(lambda: any("ack of 'ask'" in line.detail for line in server.lines))


# -- data

EXAMPLES = """
channels:
  /:
    publish:
      message: {name: say, payload: {type: string}, x-ack: {args: {type: string, pattern: '^(?!)'}}}
    subscribe:
      message:
        oneOf:
          - name: named
            payload: {type: string}
            examples: [{payload: one}, {payload: 2}, {payload: three}]
          - {name: impossible, payload: {allOf: [{type: string}, {type: 'null'}]}}
"""


def test_S7_examples_come_first_and_in_order_and_invalid_ones_never(tmp_path: Path) -> None:
    with mocking(EXAMPLES, tmp_path, interval=0.01) as server, server.client() as client:
        assert [client.next() for _ in range(3)] == [
            ("named", ("one",)),
            ("named", ("three",)),
            ("named", ("one",)),
        ]
        client.error("say", "x")
        assert client.error("say", "x")["code"] == "not_implemented"
        told = "\n".join(server.mock.problems)
        assert "'impossible' to clients of '/' needs an example" in told
        assert "ack of 'say' from clients of '/' cannot be made up" in told


def test_the_same_seed_and_requests_give_the_same_payloads(tmp_path: Path) -> None:
    def run(seed: int) -> list[Any]:
        with mocking(CHAT, tmp_path, seed=seed, interval=0.01) as server, server.client() as it:
            events = [it.next() for _ in range(6)]
            return [*events, it.ask("join", {"name": "Ada"}), it.ask("join", {"name": "Bob"})]

    first = run(3)
    assert run(3) == first
    assert run(4) != first


SCENARIOS = """
channels:
  /:
    publish:
      message:
        oneOf:
          - name: join
            payload: {type: object, properties: {user: {type: object}}}
            x-mock: {emit: joined, delay: 0.01, echo: {name: user.name, /tags/0: /user/tag}}
    subscribe:
      message:
        oneOf:
          - name: joined
            payload:
              type: object
              required: [name, tags, online]
              properties:
                name: {type: string}
                tags: {type: array, minItems: 2, items: {type: string}}
                online: {type: integer}
          - {name: welcome, payload: {type: string}, x-mock: {on: connect}}
"""


def test_scenarios_answer_an_event_with_another_that_echoes_it(tmp_path: Path) -> None:
    with mocking(SCENARIOS, tmp_path) as server, server.client() as client:
        assert client.next()[0] == "welcome"
        client.ask("join", {"user": {"name": "Ada", "tag": "blue"}})
        name, (payload,) = client.next()
        assert (name, payload["name"], payload["tags"][0]) == ("joined", "Ada", "blue")
        assert isinstance(payload["online"], int) and len(payload["tags"]) >= 2
        client.ask("join", {"user": {"name": 5}})
        name, (payload,) = client.next()
        assert isinstance(payload["name"], str), "what does not conform is not echoed"


def test_S13_an_event_with_several_lists_of_arguments_is_any_of_them(tmp_path: Path) -> None:
    document = """
channels:
  /:
    subscribe:
      message:
        oneOf:
          - {name: moved, payload: {type: string}}
          - {name: moved, payload: {type: array, items: [{type: integer}, {type: integer}]}}
          - {name: moved}
"""
    with mocking(document, tmp_path, interval=0.005) as server, server.client() as client:
        kinds = {tuple(map(type, client.next()[1])) for _ in range(60)}
        assert kinds == {(str,), (int, int), ()}
        for payload in ("there", [1, 2]):
            given = {"event": "moved", "payload": payload}
            assert request(f"{server.url}/_mock/emit", given)[0] == 200


# -- control


def test_events_are_emitted_on_request(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server, server.client() as client:
        url = f"{server.url}/_mock"
        given = {"namespace": "/", "event": "joined", "payload": {"name": "Ada"}}
        assert request(f"{url}/emit", given) == (
            200,
            {"event": "joined", "namespace": "/", "payload": [{"name": "Ada"}]},
        )
        assert client.next() == ("joined", ({"name": "Ada"},))
        status, answer = request(f"{url}/emit", {"event": "moved"})
        assert status == 200
        assert client.next() == ("moved", tuple(answer["payload"]))
        assert request(f"{url}/emit", {"event": "moved", "payload": [1, 2]})[0] == 200
        assert client.next() == ("moved", (1, 2))

        status, answer = request(f"{url}/emit", {**given, "payload": {"name": 1}})
        assert (status, answer["error"]["path"]) == (422, "/name")
        assert request(f"{url}/emit", {"event": "moved", "payload": "ab"})[0] == 422
        assert request(f"{url}/emit", {"event": "join"})[0] == 404
        assert request(f"{url}/emit", {"event": ["joined"]})[0] == 400
        assert request(f"{url}/emit", [1])[0] == 400
        assert request(f"{url}/emit", {"event": "joined", "namespace": "/none"})[0] == 404
        assert request(f"{url}/emit", {"event": "joined", "to": 3})[0] == 400
        assert client.received() == []


def test_it_tells_its_state_and_is_paused_resumed_and_reseeded(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, interval=0.01) as server, server.client() as client:
        url = f"{server.url}/_mock"
        client.next()
        assert request(f"{url}/pause", {})[1]["paused"] is True
        time.sleep(0.05)
        client.received()
        time.sleep(0.1)
        assert client.received() == []
        assert request(f"{url}/seed", {"seed": "x"})[0] == 400
        assert request(f"{url}/seed", {"seed": 9})[1]["seed"] == 9
        assert request(f"{url}/resume", {})[1]["paused"] is False
        client.next()
        status, state = request(url)
        assert (status, state["title"], state["problems"]) == (200, "Test", [])
        assert len(state["namespaces"][0]["clients"]) == 1


def test_control_is_for_this_machine_unless_it_is_opened(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server:
        client = server.mock.app.test_client()
        for path, post in (("", False), ("/emit", True), ("/pause", True)):
            call = client.post if post else client.get
            refused = call(f"/_mock{path}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
            assert refused.status_code == 403
        # A form of another origin's page could be sent without being asked.
        assert client.post("/_mock/emit", data='{"event": "joined"}').status_code == 415
    with mocking(CHAT, tmp_path, control=True) as server:
        client = server.mock.app.test_client()
        assert client.get("/_mock", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


# -- the commands


@contextlib.contextmanager
def running(*command: str, cwd: Path) -> Iterator[tuple[Running, Any, list[str]]]:
    """A mock as a process: where it serves, the process, and its lines so far."""
    process = subprocess.Popen(
        [sys.executable, *command, "--port", "0"],
        cwd=cwd,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    lines: list[str] = []

    def collect() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)

    threading.Thread(target=collect, daemon=True).start()
    try:
        wait_for(lambda: process.poll() is not None or any("control " in line for line in lines))
        assert process.poll() is None, lines
        url = next(line.split()[1] for line in lines if line.startswith("  url"))
        yield Running(url), process, lines
    finally:
        process.kill()
        process.wait(PATIENCE)


def test_the_command_serves_a_document_writes_nothing_and_ends_at_once(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(HEADER + CHAT, encoding="utf-8")
    command = ("-m", "asyncgen", "mock", "chat.yaml", "--interval", "0.05")
    with running(*command, cwd=tmp_path) as (server, process, lines):
        with server.client() as client:
            assert client.next()[0] == "joined"
            client.ask("join", {"name": "Ada"})
        assert any('→ /  join  {"name": "Ada"}  ⇠ ' in line for line in lines)
        with urllib.request.urlopen(f"{server.url}/docs") as page:
            assert b"<!doctype html>" in page.read()
        assert request(f"{server.url}/docs/asyncapi.json")[1]["info"]["title"] == "Test"
        assert "\x1b" not in "".join(lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(2) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["chat.yaml"]
    assert "Traceback" not in "".join(lines)


def test_watch_serves_what_the_document_becomes_but_not_its_errors(tmp_path: Path) -> None:
    spec = tmp_path / "chat.yaml"
    spec.write_text(HEADER + CHAT, encoding="utf-8")
    command = ("-m", "asyncgen", "mock", "chat.yaml", "--watch", "--no-emit")
    with running(*command, cwd=tmp_path) as (server, _, lines), server.client() as client:
        spec.write_text(HEADER + CHAT.replace("oneOf", "oneOff", 1), encoding="utf-8")
        wait_for(lambda: any("error[" in line for line in lines))
        assert client.ask("quiet", "sh") == ()
        spec.write_text(HEADER + CHAT.replace("quiet", "silent"), encoding="utf-8")
        assert client.gone.wait(PATIENCE)
        with server.client() as again:
            assert again.ask("silent", "sh") == ()
            assert again.error("quiet", "sh")["code"] == "unknown_event"


def run(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--latency", "fast"], 2, "fast"),
        (["--latency", "300..100"], 2, "300..100"),
        (["--interval", "0"], 2, "interval"),
        (["--host", "no.such.host.invalid"], 1, "no.such.host.invalid"),
    ],
)
def test_wrong_usage_is_said(tmp_path: Path, arguments: list[str], status: int, said: str) -> None:
    (tmp_path / "chat.yaml").write_text(HEADER + CHAT, encoding="utf-8")
    command = [sys.executable, "-m", "asyncgen", "mock", "chat.yaml", *arguments]
    ended = run(command, tmp_path)
    assert ended.returncode == status
    assert said in ended.stderr and "Traceback" not in ended.stderr


def test_a_document_with_errors_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(HEADER + "channels: 3", encoding="utf-8")
    command = [sys.executable, "-m", "asyncgen", "mock", "chat.yaml"]
    ended = run(command, tmp_path)
    assert ended.returncode == 1 and "chat.yaml:3" in ended.stderr


def test_a_project_has_the_same_mock_if_it_is_asked_for(tmp_path: Path) -> None:
    spec = tmp_path / "asyncapi.yaml"
    project = scaffold(tmp_path, SCENARIOS)
    assert not project.path("mock.py").exists()
    assert not project.path("_generated/runtime/mock").exists()

    def made(*options: str) -> None:
        out = ("-o", str(project.root), *options)
        command = [sys.executable, "-m", "asyncgen", "scaffold", str(spec), *out]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    made("--mock")
    made()
    assert project.path("mock.py").exists(), "it is remembered"
    arguments = ("-m", f"{project.package}.mock", "--seed", "5", "--no-emit")
    with running(*arguments, cwd=project.root) as (server, process, _):
        with server.client() as client:
            first = client.next()
            assert first[0] == "welcome"
            client.ask("join", {"user": {"name": "Ada"}})
            assert client.next()[1][0]["name"] == "Ada"
        process.send_signal(signal.SIGINT)
        assert process.wait(2) == 0
    with mocking(spec, tmp_path, seed=5) as server, server.client() as client:
        assert client.next() == first
    made("--no-mock")
    assert not project.path("_generated/runtime/mock").exists()
