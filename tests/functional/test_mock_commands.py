"""`asyncgen mock` and `python -m <package>.mock`, started for real."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.functional.mocking import CHAT, ENVIRONMENT, HEADER, SCENARIOS, mocking, request, running
from tests.functional.project import PATIENCE, Running, scaffold, wait_for
from tests.support import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_command_serves_a_document_writes_nothing_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(HEADER + CHAT, encoding="utf-8")
    command = ("-m", "asyncgen", "mock", "chat.yaml", "--interval", "0.05")
    with running(*command, cwd=tmp_path) as (server, process, lines):
        with server.client() as client:
            assert client.next()[0] == "joined"
            client.ask("join", {"name": "Ada"})
        wait_for(lambda: any('→ /  join  {"name": "Ada"}  ⇠ ' in line for line in lines))
        with urllib.request.urlopen(f"{server.url}/docs") as page:
            assert b"<!doctype html>" in page.read()
        assert request(f"{server.url}/docs/asyncapi.json")[1]["info"]["title"] == "Test"
        assert "\x1b" not in "".join(lines)
        with server.client() as client:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
            assert client.gone.wait(PATIENCE)
    assert [path.name for path in tmp_path.iterdir()] == ["chat.yaml"]
    assert "Traceback" not in "".join(lines)


def test_quiet_tells_where_it_serves_and_nothing_of_events(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(HEADER + CHAT, encoding="utf-8")
    command = ("-m", "asyncgen", "mock", "chat.yaml", "-q", "--host", "0.0.0.0")
    with running(*command, cwd=tmp_path) as (server, _, lines):
        with server.client() as client:
            client.error("join", {"name": 3})
        assert server.url.startswith("http://127.0.0.1:")
        warnings = [line for line in lines if "warning: every machine of the network" in line]
        assert len(warnings) == 1
        assert not [line for line in lines if line[:2].isdigit()], "these begin with the time"


def test_S42_namespaces_do_not_steer_the_terminal(tmp_path: Path) -> None:
    hostile = HEADER + 'channels: {"/a\\u202e\\u001b[31m": {publish: {message: {name: say}}}}'
    (tmp_path / "chat.yaml").write_text(hostile, encoding="utf-8")
    with running("-m", "asyncgen", "mock", "chat.yaml", cwd=tmp_path) as (_, _, lines):
        assert [line for line in lines if line.rstrip() == "  namespaces  /a��[31m"]


def test_an_event_that_fails_is_told_once(tmp_path: Path) -> None:
    impossible = "x-ack: {args: {type: string, pattern: '^a', maxLength: 0}}"
    document = f"channels: {{/: {{publish: {{message: {{name: join, {impossible}}}}}}}}}\n"
    (tmp_path / "chat.yaml").write_text(HEADER + document, encoding="utf-8")
    with running("-m", "asyncgen", "mock", "chat.yaml", cwd=tmp_path) as (server, _, lines):
        with server.client() as client:
            assert client.error("join")["code"] == "not_implemented"
        wait_for(lambda: any(" - " in line for line in lines))
    told = [line.split(" ! ")[1].strip() for line in lines if " ! " in line]
    assert told == ["/  failed  no ack can be made up for 'join'"]


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(HEADER + CHAT, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run(
            [sys.executable, "-m", "asyncgen", "mock", "chat.yaml", "--port", port], tmp_path
        )
    assert ended.returncode == 1
    assert ended.stderr == f"port {port} is in use already: choose another one with --port\n"


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    """Two processes, the same requests: what arrives is the same, to the byte."""
    command = ("-m", "asyncgen", "mock", str(ROOT / "golden/kitchen-sink/asyncapi.yaml"))
    options = ("--server", "production", "--no-auth", "--seed", "3", "--no-emit")
    seen = []
    for hash_seed in ("1", "2"):
        variables = {"PYTHONHASHSEED": hash_seed}
        with running(*command, *options, cwd=tmp_path, **variables) as (server, _, _lines):
            state = request(f"{server.url}/_mock")[1]
            asked = [
                {"namespace": namespace["name"], "event": event}
                for namespace in state["namespaces"]
                for event in namespace["emits"]
            ]
            seen.append([raw(f"{server.url}/_mock/emit", it) for it in asked * 3])
    assert seen[0] == seen[1]
    assert len({*seen[0]}) > len(seen[0]) / 2


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Running, list[str]]]:
    """A folder with a document of two files, and its mock under `--watch`."""
    (tmp_path / "user.yaml").write_text(USER, encoding="utf-8")
    (tmp_path / "chat.yaml").write_text(HEADER + DOCUMENT, encoding="utf-8")
    command = ("-m", "asyncgen", "mock", "chat.yaml", "--watch", "--no-emit")
    with running(*command, cwd=tmp_path) as (server, _, lines):
        yield tmp_path, server, lines


USER = "type: object\nrequired: [name]\nproperties: {name: {type: string}}\n"
DOCUMENT = """
channels:
  /:
    publish: {message: {name: join, payload: {$ref: user.yaml}}}
    subscribe: {message: {name: joined, payload: {$ref: user.yaml}}}
"""


def test_watch_serves_what_the_document_becomes_but_not_its_errors(watched: Any) -> None:
    folder, server, lines = watched
    spec = folder / "chat.yaml"
    with server.client() as client:
        spec.write_text(HEADER + DOCUMENT.replace("publish", "pubish"), encoding="utf-8")
        wait_for(lambda: any("error[" in line for line in lines))
        assert client.ask("join", {"name": "Ada"}) == ()
        spec.write_text(HEADER + DOCUMENT.replace("join,", "enter,"), encoding="utf-8")
        assert client.gone.wait(PATIENCE)
        with server.client() as again:
            assert again.ask("enter", {"name": "Ada"}) == ()
            assert again.error("join", {"name": "Ada"})["code"] == "unknown_event"


def test_watch_sees_files_that_are_referred_to_also_those_that_were_missing(watched: Any) -> None:
    folder, server, lines = watched
    with server.client() as client:
        (folder / "user.yaml").unlink()
        wait_for(lambda: any("error[AG105]" in line for line in lines))
        assert client.error("join", {"name": 3})["path"] == "/name"
        (folder / "user.yaml").write_text(USER.replace("string", "integer"), encoding="utf-8")
        assert client.gone.wait(PATIENCE)
    with server.client() as again:
        assert again.ask("join", {"name": 3}) == ()


def test_watch_lets_clients_be_where_nothing_changes_for_them(watched: Any) -> None:
    folder, server, lines = watched
    with server.client() as client:
        (folder / "chat.yaml").write_text(HEADER + DOCUMENT + "# a comment\n", encoding="utf-8")
        # The error tells that the comment has been seen.
        (folder / "user.yaml").write_text("type: text\n", encoding="utf-8")
        wait_for(lambda: any("error[" in line for line in lines))
        (folder / "user.yaml").write_text(USER, encoding="utf-8")
        assert client.ask("join", {"name": "Ada"}) == ()
        assert not client.gone.is_set()


def raw(url: str, body: Any) -> bytes:
    """What is answered to a POST of JSON, as bytes."""
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        found: bytes = answer.read()
        return found


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

    def made(*options: str) -> str:
        out = ("-o", str(project.root), *options)
        ended = run([sys.executable, "-m", "asyncgen", "scaffold", str(spec), *out], ROOT)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    faker = next(line for line in PYPROJECT.splitlines() if '"Faker' in line).strip(' ",')
    added = made("--mock")
    assert f'pyproject.toml asks for; add to it:\n  mock = ["{faker}"]\n' in added
    pyproject = project.root / "pyproject.toml"
    own = pyproject.read_text(encoding="utf-8")
    pyproject.write_text(own.replace("redis = ", f'mock = ["{faker}"]\nredis = '), encoding="utf-8")
    assert "mock" not in made()
    assert project.path("mock.py").exists(), "it is remembered"
    arguments = ("-m", f"{project.package}.mock", "--seed", "5", "--no-emit")
    with running(*arguments, cwd=project.root) as (server, process, _):
        with server.client() as client:
            first = client.next()
            assert first[0] == "welcome"
            client.ask("join", {"user": {"name": "Ada"}})
            assert client.next()[1][0]["name"] == "Ada"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    with mocking(spec, tmp_path, seed=5) as server, server.client() as client:
        assert client.next() == first
    missing = "import sys; sys.modules['faker'] = None; import runpy; sys.argv = ['mock']\n"
    missing += f"runpy.run_module('{project.package}.mock', run_name='__main__')"
    ended = run([sys.executable, "-c", missing], project.root)
    assert (ended.returncode, ended.stderr) == (1, f"the mock needs Faker: pip install '{faker}'\n")
    made("--no-mock")
    assert not project.path("_generated/runtime/mock").exists()
