"""The projects in examples/, whose handlers are written by hand."""

from __future__ import annotations

import base64
import hashlib
import http.cookiejar
import json
import os
import subprocess
import sys
import time
import tomllib
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import PATIENCE, Project, Running, example, wait_for
from tests.support import ROOT, invoke

EXAMPLES = {
    "api-key": "meters",
    "chat": "chat",
    "existing-app": "live",
    "from-asynction": "poll_server",
    "jwt": "notes",
    "two-documents/orders": "orders",
    "two-documents/stock": "stock",
}
TOKEN = "s3cret"


def test_every_example_is_tried_here() -> None:
    folder = ROOT / "examples"
    found = {
        path.parent.relative_to(folder).as_posix()
        for path in folder.rglob("asyncapi.yaml")
        if path.parent.name != "_generated"
    }
    assert found == {*EXAMPLES}


@pytest.mark.parametrize(("name", "package"), EXAMPLES.items())
def test_an_example_depends_on_what_its_generated_code_imports(
    tmp_path: Path, name: str, package: str
) -> None:
    """pyproject.toml is written once: that of an example is kept up to date by hand."""
    spec = ROOT / "examples" / name / "asyncapi.yaml"
    made = invoke("scaffold", str(spec), "-o", str(tmp_path / package))
    assert made.exit_code == 0, made.output
    fresh, own = (
        tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        for folder in (tmp_path / package, spec.parent)
    )
    assert {*fresh["project"]["dependencies"]} <= {*own["project"]["dependencies"]}
    assert own["project"]["optional-dependencies"] == fresh["project"]["optional-dependencies"]
    assert own["build-system"] == fresh["build-system"]


@pytest.mark.parametrize(("name", "package"), EXAMPLES.items())
def test_an_examples_own_tests_pass_without_stubs(tmp_path: Path, name: str, package: str) -> None:
    project = example(tmp_path, name, package)
    command = (sys.executable, "-m", "pytest", "-q", "--no-stubs")
    tested = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize(("name", "package"), EXAMPLES.items())
def test_an_example_passes_ruff_and_mypy(tmp_path: Path, name: str, package: str) -> None:
    project = example(tmp_path, name, package)
    cache = str(tmp_path / "cache")
    for tool in (["ruff", "check", "--no-cache"], ["mypy", "--strict", "--cache-dir", cache]):
        command = (sys.executable, "-m", *tool, ".")
        found = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
        assert found.returncode == 0, found.stdout


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


# -- jwt

KEY = "a key of thirty-two bytes or more"


def token(user: str, scope: str = "", seconds: float = 60, **changes: object) -> dict[str, str]:
    """An auth payload with a token as another service would sign it."""
    claims = {"sub": user, "scope": scope, "exp": time.time() + seconds, "aud": "notes"}
    claims = {key: value for key, value in (claims | changes).items() if value is not None}
    return {"token": jwt.encode(claims, KEY, "HS256")}


@pytest.fixture(scope="module")
def notes_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return example(tmp_path_factory.mktemp("jwt"), "jwt", "notes")


@pytest.fixture(scope="module")
def notes(notes_project: Project) -> Iterator[Running]:
    with notes_project.run(env={"NOTES_KEY": KEY}) as server:
        yield server


def refused(server: Running, namespace: str = "/", **options: Any) -> bool:
    try:
        with server.client(namespace, **options):
            return False
    except socketio.exceptions.ConnectionError:
        return True


def test_jwt_a_user_sees_what_is_noted_on_any_device(notes: Running) -> None:
    ada, bob = token("ada", "write"), token("bob", "read")
    bearer = {"Authorization": f"Bearer {ada['token']}"}
    with (
        notes.client("/", "/edit", auth=ada) as phone,
        notes.client("/", headers=bearer) as laptop,
        notes.client("/", "/edit", auth=bob) as other,
    ):
        assert phone.ask("note", "buy milk", namespace="/edit") == (1,)
        assert phone.next() == laptop.next() == ("noted", ("buy milk",))
        assert laptop.ask("list") == (["buy milk"],)
        assert other.ask("list") == ([],)
        assert other.error("note", "x", namespace="/edit")["code"] == "forbidden"
        laptop.emit("log out")
        phone.wait_until_gone(), laptop.wait_until_gone()
        assert other.ask("list") == ([],)
    assert not any(it["token"] in notes.log() for it in (ada, bob))


def test_jwt_other_tokens_are_refused(notes: Running, notes_project: Project) -> None:
    none = jwt.encode({"sub": "ada", "exp": time.time() + 60, "aud": "notes"}, None, "none")
    other = jwt.encode({"sub": "ada", "exp": time.time() + 60, "aud": "notes"}, KEY[::-1], "HS256")
    for auth in (
        None,
        {"token": "x"},
        {"token": none},
        {"token": other},
        token("ada", seconds=-1),
        token("ada", exp=None),
        token("ada", sub=None),
        token("ada", aud="another"),
    ):
        assert refused(notes, auth=auth), auth
    with notes_project.run(env={"NOTES_KEY": ""}) as keyless:
        assert refused(keyless, auth=token("ada"))


def test_jwt_a_client_goes_when_its_token_expires(notes: Running) -> None:
    # PyJWT counts in whole seconds: of these, three are enough to connect in.
    with notes.client(auth=token("ada", seconds=4)) as client:
        client.wait_until_gone()


# -- api-key


def test_api_key_devices_report_with_their_keys(tmp_path: Path) -> None:
    keys = {name: hashlib.sha256(f"{name}'s key".encode()).hexdigest() for name in ("a", "b")}
    project = example(tmp_path, "api-key", "meters")
    with project.run(env={"METER_KEYS": json.dumps(keys)}) as server:
        for key in ("", "c's key", keys["a"]):
            assert refused(server, "/devices", headers={"X-Device-Key": key}), key
        assert refused(server, "/devices", auth={"X-Device-Key": "a's key"})
        with (
            server.client("/devices", headers={"x-device-key": "a's key"}) as one,
            server.client("/devices", headers={"X-Device-Key": "b's key"}) as two,
        ):
            assert one.ask("reading", {"celsius": 20.5}) == (1,)
            assert one.ask("reading", {"celsius": 21}) == (2,)
            assert two.ask("reading", {"celsius": 3}) == (1,)
            assert two.error("reading", {"celsius": -300})["path"] == "/celsius"
        assert "'s key" not in server.log()
    with project.run(env={"METER_KEYS": "{}"}) as server:
        assert refused(server, "/devices", headers={"X-Device-Key": "a's key"})


# -- existing-app


class Browser:
    """Posts to pages, and keeps their cookies."""

    def __init__(self, server: Running) -> None:
        self.url = server.url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def post(self, path: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode()
        with self.opener.open(self.url + path, data, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{it.name}={it.value}" for it in self.cookies)}


def test_existing_app_shares_its_session_and_its_pages_emit(tmp_path: Path) -> None:
    project = example(tmp_path, "existing-app", "live")
    with project.run("flask --app shop run --port {port}", {"SECRET_KEY": "x"}) as server:
        assert refused(server, "/orders")
        ada, bob = Browser(server), Browser(server)
        ada.post("/login", customer="ada"), bob.post("/login", customer="bob")
        number = int(ada.post("/orders"))
        with (
            server.client("/orders", headers=ada.headers) as one,
            server.client("/orders", headers=bob.headers) as two,
        ):
            assert one.ask("watch", number) == ("placed",)
            assert two.ask("watch", number) == ("unknown",)
            assert one.error("watch", 0)["code"] == "invalid_payload"
            assert ada.post(f"/orders/{number}/pay") == "paid"
            assert one.next() == ("order changed", ({"order": number, "state": "paid"},))
            assert two.received() == []
        assert b"Shop news" in ada.opener.open(f"{server.url}/docs").read()
        assert "Traceback" not in server.log()


# -- two-documents


def test_two_documents_are_served_side_by_side(tmp_path: Path) -> None:
    project = example(tmp_path, "two-documents", "both")
    env = {"PYTHONPATH": os.pathsep.join(str(project.root / it) for it in ("orders", "stock"))}
    with (
        project.run("flask --app both run --port {port}", env) as server,
        server.client(socketio_path="/orders/socket.io") as orders,
        server.client(socketio_path="/stock/socket.io") as stock,
    ):
        assert stock.ask("count", "tea") == (100,)
        assert orders.ask("place", {"item": "tea", "amount": 3}) == (1,)
        assert stock.next() == ("taken", ({"item": "tea", "left": 97},))
        assert stock.ask("count", "tea") == (97,)
        assert orders.error("count", "tea")["code"] == "unknown_event"
        assert stock.error("place", {"item": "tea", "amount": 3})["code"] == "unknown_event"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for path, text in (("/orders/docs", b"Orders"), ("/stock/docs", b"Stock"), ("/", b"and")):
            assert text in opener.open(server.url + path, timeout=PATIENCE).read()


# -- from-asynction


def test_from_asynction_handlers_get_and_give_dicts(tmp_path: Path) -> None:
    project = example(tmp_path, "from-asynction", "poll_server")

    def basic(user: str, password: str = TOKEN) -> dict[str, str]:
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        return {"Authorization": f"Basic {credentials}"}

    with (
        project.run(env={"POLL_PASSWORD": TOKEN}) as server,
        server.client(headers=basic("ada")) as ada,
        server.client(headers=basic("bob")) as bob,
    ):
        assert ada.next() == bob.next() == ("counted", ({"yes": 0, "no": 0},))
        assert refused(server, headers=basic("ada")), "the connect handler refuses a second one"
        assert refused(server, headers=basic("eve", "wrong"))
        assert refused(server)
        assert ada.ask("vote", {"choice": "yes"}) == ({"changed": True},)
        assert ada.next() == bob.next() == ("counted", ({"yes": 1, "no": 0},))
        assert bob.ask("results") == ({"yes": 1, "no": 0},)
        error = bob.error("vote", {"choice": "maybe"})
        assert (error["code"], error["path"]) == ("invalid_payload", "/choice")
        wait_for(lambda: "a client sent nonsense: " in server.log())
        assert "Traceback" not in server.log()
        assert TOKEN not in server.log()
