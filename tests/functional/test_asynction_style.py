"""Handlers as they are written for asynction run unchanged, on asynction's own documents.

The documents are third-party and read from ../shared; the handlers are ours:
raw values for payloads, dicts for acks, `flask_socketio.emit`, and hooks with
asynction's signatures.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import PATIENCE, Client, Running, scaffold
from tests.support import shared_dir

CORPUS = "corpus/socketio/dedoussis+asynction"

CHAT = '''
"""The chat demo, in one module beside the package, as its document names it."""

from typing import Optional, TypedDict

from flask import request, session
from flask_socketio import ConnectionRefusedError, emit

users: dict[str, str] = {}


class AddUserAck(TypedDict, total=False):
    error: Optional[str]


def new_message(message: str) -> None:
    posted = {"username": session["username"], "message": message}
    emit("new message", posted, broadcast=True, include_self=False)


def message_typing() -> None:
    emit("typing", {"username": session["username"]}, broadcast=True, include_self=False)


def stop_typing() -> None:
    emit("typing", {"username": session["username"]}, broadcast=True, include_self=False)


def add_user(username: str) -> AddUserAck:
    if username in users.values():
        return {"error": f"{username} is taken"}
    users[request.sid] = session["username"] = username
    emit("login", {"numUsers": len(users)})
    joined = {"username": username, "numUsers": len(users)}
    emit("user joined", joined, broadcast=True, include_self=False)
    return {"error": None}


def disconnect() -> None:
    username = users.pop(request.sid, None)
    if username:
        left = {"username": username, "numUsers": len(users)}
        emit("user left", left, broadcast=True, include_self=False)


def admin_connect() -> None:
    if request.args["token"] != "admin":
        raise ConnectionRefusedError("not an admin")
    emit("server metric", {"name": "users", "value": len(users)})
'''

FIXTURES = """
from flask import request
from flask_socketio import ConnectionRefusedError, emit


def ping(message):
    pass


def echo(message):
    emit("echo", message)
    return True


def echo_with_invalid_ack(message):
    return "not a boolean"


def authenticated_connect():
    if request.args["token"] != "right":
        raise ConnectionRefusedError("wrong token")


def echo_failed_validation(error):
    emit("echo errors", "you sent nonsense")


def tuple_message(number, word):
    emit("tuple", (number, word))


def array_message(numbers):
    emit("array", numbers)


def basic_info(username, password, required_scopes=None):
    if (username, password) != ("ada", "right"):
        return None
    return dict(uid=username, scope="")


def bearer_info(token, required_scopes=None, bearer_format=None):
    return dict(uid=bearer_format, scope="") if token == "right" else None


def api_key_info(token, required_scopes=None):
    return dict(uid="key", scope="") if token == "right" else None


def token_info(token):
    return dict(uid="ada", scope=["a", "b"] if token == "right" else ["b"])
"""

README = """
from flask import request
from flask_socketio import emit

errors = []


def user_sign_up(data):
    emit("metrics", "signup", namespace="/admin", broadcast=True)


def user_log_in(data):
    return data["name"] == "ada"


def user_error(error):
    errors.append(error)


def authenticated_connect():
    return request.args["token"] == "right"


def admin_error(error):
    raise error
"""


def document(name: str) -> str:
    return (shared_dir() / CORPUS / name).read_text(encoding="utf-8")


def mended(text: str) -> str:
    """The README's block, whose one `oneOf` entry is a string and no reference."""
    broken = '- "#/components/messages/Metrics"'
    assert text.count(broken) == 1
    return text.replace(broken, '- $ref: "#/components/messages/Metrics"')


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Running]:
    project = scaffold(tmp_path, document("example/asyncapi.yml"), files={"app.py": CHAT})
    with project.run(env={"SECRET_KEY": "x"}) as server:
        yield server


def test_the_chat_example_runs(chat: Running) -> None:
    with chat.client() as ada, chat.client() as bob:
        assert ada.ask("add user", "ada") == ({"error": None},)
        assert ada.next() == ("login", ({"numUsers": 1},))
        assert bob.next() == ("user joined", ({"username": "ada", "numUsers": 1},))
        assert bob.ask("add user", "ada") == ({"error": "ada is taken"},)
        assert bob.ask("add user", "bob") == ({"error": None},)
        assert bob.next() == ("login", ({"numUsers": 2},))
        assert ada.next() == ("user joined", ({"username": "bob", "numUsers": 2},))
        assert ada.ask("new message", "hello") == ()
        assert bob.next() == ("new message", ({"username": "ada", "message": "hello"},))
        assert ada.ask("typing") == () and ada.ask("stop typing") == ()
        assert bob.next() == bob.next() == ("typing", ({"username": "ada"},))
        assert ada.received() == [], "the sender is left out"
        ada.io.disconnect()
        assert bob.next() == ("user left", ({"username": "ada", "numUsers": 1},))
    assert "Traceback" not in chat.log()


def test_the_chat_example_is_stricter_than_asynction(chat: Running) -> None:
    with chat.client() as client:
        error = client.error("add user", {"name": "ada"})
        assert (error["code"], error["path"]) == ("invalid_payload", "")
        # It has not joined, so the handler raises, and asynction's client would wait for ever.
        assert client.error("typing")["code"] == "internal_error"


def test_the_chat_example_reads_the_token_from_the_query(chat: Running) -> None:
    with chat.client("/admin", query="token=admin") as client:
        assert client.next() == ("server metric", ({"name": "users", "value": 0},))
    assert refusal(chat, "/admin", query="token=wrong") == {"message": "not an admin"}
    assert refusal(chat, "/admin") == {"message": "Connection refused"}


def refusal(server: Running, namespace: str, query: str = "", **options: Any) -> Any:
    """What the server gives with the refusal of a connection."""
    client = Client((namespace,))
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(f"{server.url}?{query}", transports=["websocket"], **options)
    return client.refusals[0] if client.refusals else None


# -- the fixtures


def serve(tmp_path: Path, name: str, server: str | None = None) -> Any:
    """The project of a fixture, as a process: its handlers are in the project's `tests`."""
    files = {"tests/fixtures/handlers.py": FIXTURES}
    return scaffold(tmp_path, document(f"tests/fixtures/{name}"), files=files, server=server).run()


@pytest.mark.parametrize(
    ("name", "server", "path"),
    [
        ("simple.yml", None, "socket.io"),
        ("simple_with_servers.yml", "development", "socket.io"),
        ("simple_with_servers.yml", "production", "api/socket.io"),
    ],
)
def test_a_document_of_one_event_is_served_at_the_path_of_its_server(
    tmp_path: Path, name: str, server: str | None, path: str
) -> None:
    with (
        serve(tmp_path, name, server) as running,
        running.client(socketio_path=path) as client,
    ):
        assert client.ask("ping", {"any": "object"}) == ()
        assert client.error("ping", "text")["code"] == "invalid_payload"


def test_the_echo_server_has_its_security_and_its_error_handler(tmp_path: Path) -> None:
    with serve(tmp_path, "echo.yml") as server:
        with server.client() as client:
            assert client.ask("echo", "hello") == (True,)
            assert client.next() == ("echo", ("hello",))
            assert client.error("echo with invalid ack", "x")["code"] == "internal_error"
        with server.client("/admin", query="token=right") as admin:
            assert admin.ask("echo", "hello") == (True,)
        assert refusal(server, "/admin", query="token=wrong") == {"message": "wrong token"}
        with server.client("/echo_with_error_feedback") as client:
            assert client.error("echo", 1)["code"] == "invalid_payload"
            assert client.next() == ("echo errors", ("you sent nonsense",))


def test_array_and_tuple(tmp_path: Path) -> None:
    with serve(tmp_path, "array_vs_tuple.yaml") as server, server.client() as client:
        assert client.ask("tuple", 1, "foo") == ()
        assert client.next() == ("tuple", (1, "foo"))
        assert client.ask("array", [1, 2]) == ()
        assert client.next() == ("array", ([1, 2],))
        assert client.error("tuple", [1, "foo"])["message"] == "takes 2 arguments, got 1"
        assert client.error("tuple", 1, "other")["path"] == "/1"
        assert client.error("array", 1, 2)["code"] == "invalid_payload"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"ada:{password}".encode()).decode()}


def test_security(tmp_path: Path) -> None:
    with serve(tmp_path, "security.yaml") as server:
        for ways in ({"headers": basic("right")}, {"headers": bearer("right")}):
            with server.client(**ways):
                pass
        with server.client(query="api_key=right"):
            pass
        for headers in (basic("wrong"), bearer("wrong"), {}):
            assert refusal(server, "/", headers=headers) == {"message": "Connection refused"}
        assert refusal(server, "/", query="api_key=wrong")


def test_namespace_security(tmp_path: Path) -> None:
    with serve(tmp_path, "namespace_security.yaml") as server:
        with server.client(headers=basic("right")):
            pass
        with server.client("/bearer_secured", headers=bearer("right")):
            pass
        assert refusal(server, "/", headers=bearer("right"))
        assert refusal(server, "/bearer_secured", headers=basic("right"))


def test_security_oauth2(tmp_path: Path) -> None:
    with serve(tmp_path, "security_oauth2.yaml") as server:
        with server.client(headers=bearer("right")):
            pass
        assert refusal(server, "/", headers=bearer("a token without the scope"))


def test_the_readmes_document(tmp_path: Path) -> None:
    text = mended(document("README-extract.yaml"))
    files = {"my_api/handlers.py": README}
    with scaffold(tmp_path, text, files=files).run() as server:
        path = "api/socket.io"
        with (
            server.client("/user", socketio_path=path) as user,
            server.client("/admin", socketio_path=path, query="token=right") as admin,
        ):
            assert user.ask("log in", {"name": "ada"}) == (True,)
            assert user.ask("sign up", {}) == ()
            assert admin.next() == ("metrics", ("signup",))
            assert user.error("log in", {})["code"] == "internal_error"
            assert user.error("log in", "ada")["code"] == "invalid_payload"
        assert refusal(server, "/admin", socketio_path=path, query="token=wrong")
        assert refusal(server, "/admin", socketio_path=path)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{server.url}/api/docs/asyncapi.json", timeout=PATIENCE) as answer:
            assert json.load(answer)["info"]["title"] == "User Account Service"


def test_every_document_of_the_folder_is_tried_here() -> None:
    folder = shared_dir() / CORPUS
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.y*ml")}
    here = Path(__file__).read_text(encoding="utf-8")
    assert (
        found and [name for name in found if name.removeprefix("tests/fixtures/") not in here] == []
    )
