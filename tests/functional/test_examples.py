"""The projects in examples/, whose handlers are written by hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import Project, Running, example
from tests.support import ROOT

EXAMPLES = {"chat": "chat"}
TOKEN = "s3cret"


def test_every_example_is_tried_here() -> None:
    assert {path.parent.name for path in ROOT.glob("examples/*/asyncapi.yaml")} == {*EXAMPLES}


@pytest.mark.parametrize(("name", "package"), EXAMPLES.items())
def test_an_examples_own_tests_pass_without_stubs(tmp_path: Path, name: str, package: str) -> None:
    project = example(tmp_path, name, package)
    command = (sys.executable, "-m", "pytest", "-q", "--no-stubs")
    tested = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout


# -- chat


@pytest.fixture(scope="module")
def chat_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return example(tmp_path_factory.mktemp("chat"), "chat", "chat")


@pytest.fixture
def chat(chat_project: Project) -> Iterator[Running]:
    with chat_project.run(env={"CHAT_ADMIN_TOKEN": TOKEN}) as server:
        yield server


def test_chat_clients_join_talk_and_leave(chat: Running) -> None:
    with chat.client() as ada, chat.client() as bob, chat.client() as eve:
        assert ada.ask("join", {"name": "ada"}) == ({"users": []},)
        assert bob.ask("join", {"name": "bob"}) == ({"users": ["ada"]},)
        assert eve.ask("join", {"name": "eve"}) == ({"users": ["ada", "bob"]},)
        assert ada.received() == [
            ("user joined", ({"name": "bob", "online": 2},)),
            ("user joined", ({"name": "eve", "online": 3},)),
        ]
        bob.received(), eve.received()
        (receipt,) = bob.ask("new message", {"text": "Hello"})
        assert [*receipt] == ["id", "at"]
        posted = {**receipt, "name": "bob", "text": "Hello"}
        for client in (ada, bob, eve):
            assert client.received() == [("message posted", (posted,))]
        assert eve.ask("typing", True) == ()
        assert ada.next() == ("typing", ({"name": "eve", "typing": True},))
        assert bob.ask("leave") == ()
        assert bob.ask("leave") == ()
        assert ada.received() == [("user left", ({"name": "bob", "online": 2},))]
        eve.io.disconnect()
        assert ada.next() == ("user left", ({"name": "eve", "online": 1},))
    assert "Traceback" not in chat.log()


def test_chat_says_what_is_wrong_with_a_payload(chat: Running) -> None:
    with chat.client() as client:
        assert client.error("new message", {"text": ""}) == {
            "code": "invalid_payload",
            "message": "must be at least 1 characters long",
            "path": "/text",
        }
        assert client.error("new message", {"text": "x", "replyTo": 0})["path"] == "/replyTo"
        assert client.error("typing", "yes")["code"] == "invalid_payload"
        assert client.error("leave", "now")["code"] == "invalid_payload"
        assert client.error("shout", "x")["code"] == "unknown_event"


def test_chat_admin_needs_the_token(chat: Running) -> None:
    for auth in (None, {"token": "wrong"}, {"token": ""}, {"token": None}, TOKEN):
        with pytest.raises(socketio.exceptions.ConnectionError), chat.client("/admin", auth=auth):
            pass
    with (
        chat.client("/admin", auth={"token": TOKEN}) as admin,
        chat.client("/admin", headers={"Authorization": f"Bearer {TOKEN}"}) as other,
        chat.client() as ada,
    ):
        assert admin.next() == other.next() == ("room status", ({"users": [], "messages": 0},))
        ada.ask("join", {"name": "ada"})
        assert admin.next() == other.next() == ("room status", ({"users": ["ada"], "messages": 0},))
        (receipt,) = admin.ask("announce", {"text": "We close at ten"})
        posted = {**receipt, "name": "the house", "text": "We close at ten"}
        assert ada.next() == ("message posted", (posted,))
    assert TOKEN not in chat.log()


def test_chat_admin_is_closed_without_a_token_in_the_environment(chat_project: Project) -> None:
    with (
        chat_project.run(env={"CHAT_ADMIN_TOKEN": ""}) as server,
        pytest.raises(socketio.exceptions.ConnectionError),
        server.client("/admin", auth={"token": "x"}),
    ):
        pass
