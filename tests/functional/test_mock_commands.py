"""`asyncgen mock` and `python -m <package>.mock`, started for real."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.functional.mocking import CHAT, ENVIRONMENT, HEADER, SCENARIOS, mocking, request, running
from tests.functional.project import PATIENCE, scaffold, wait_for
from tests.support import ROOT


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
