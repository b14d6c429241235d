"""Connections fail closed under every server that a project is run with: S28 to S32, S36.

What test_connections.py and test_security.py hold in this process is held here, in short, for
processes of the servers that README names, alone and with others on a message queue.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import PATIENCE, Project, Raw, Running, scaffold, wait_for
from tests.functional.rawclient import Polling
from tests.functional.test_connections import MALFORMED, RESERVED
from tests.support import require

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: say, payload: {}, x-ack: {args: {}}}
          - {name: calls, payload: {type: string}, x-ack: {args: {type: array}}}
          - {name: log out, payload: {type: string}}
          - {name: fail}
    subscribe: {message: {name: said, payload: {}}}
  /other:
    publish: {message: {name: kick}}
    subscribe: {message: {name: said, payload: {}}}
  /bound:
    publish: {message: {name: kick}}
    bindings:
      ws:
        query: {type: object, properties: {tags: {type: array, items: {type: integer}}}}
        headers:
          {type: object, properties: {X-Version: {type: integer}}, required: [X-Version, Upgrade]}
  /secured:
    publish:
      security: [{token: [write]}]
      message: {name: whoami, x-ack: {args: {type: string}}}
    subscribe: {message: {name: said, payload: {}}}
    x-security: [{token: []}]
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
"""
# Clients say who they are in the query, and the journal keeps what was called for whom.
JOURNAL = """
import time
from pathlib import Path
from flask import request
from flask_socketio import ConnectionRefusedError

calls = {}
WAYS = {
    "value": ValueError("a secret"),
    "type": TypeError("connect() takes 0 positional arguments but 1 was given"),
    "own": ConnectionRefusedError("full", {"retry": 5}),
}

def note(*what): calls.setdefault(request.args.get("name", ""), []).append([*what])

def wait_for_gate(auth):
    if isinstance(auth, dict) and "gate" in auth:
        Path(auth["gate"] + ".reached").touch()
        while not Path(auth["gate"]).exists():
            time.sleep(0.01)
        return auth["then"]
"""
HANDLERS = {
    "root": """
        from .. import journal
        from .._generated.runtime.server import disconnect_identity

        def connect(auth):
            journal.note("connect", auth)
            if isinstance(auth, dict) and "way" in auth:
                raise journal.WAYS[auth["way"]]
            return journal.wait_for_gate(auth)

        def disconnect(reason): journal.note("disconnect", reason)
        def error(problem): journal.note("error", type(problem).__name__)

        def say(value):
            events.root.said(value, broadcast=True)
            events.other.said(value, broadcast=True)
            events.secured.said(value, broadcast=True)
            return value

        def calls(name): return journal.calls.get(name, [])
        def log_out(user): disconnect_identity(user)

        def fail():
            journal.note("fail")
            raise TypeError("fail() takes 1 positional argument but 0 were given")
    """,
    "other": """
        import flask_socketio
        from .. import journal

        def connect(auth=None):
            journal.note("connect")
            if isinstance(auth, dict) and "way" in auth:
                raise journal.WAYS[auth["way"]]

        def disconnect(reason):
            journal.note("disconnect", reason)
            raise TypeError("disconnect() takes 0 positional arguments but 1 was given")

        def kick(): flask_socketio.disconnect()
    """,
    "bound": "def kick(): ...",
    "secured": """
        from .. import journal
        from .._generated.runtime.server import current_identity

        def connect(auth): return journal.wait_for_gate(auth)
        def whoami(): return current_identity().user
    """,
}
SECURITY = """
def check_token(token, required_scopes, bearer_format):
    user, _, scope = token.partition(":")
    return {"sub": user, "scope": scope} if user in ("ada", "bob") else None
"""

GTHREAD = "gunicorn -b 127.0.0.1:{port} {package}:create_app(QUEUE) --worker-class gthread"
GEVENT = "gunicorn -b 127.0.0.1:{port} {package}:create_app(QUEUE) --worker-class gevent"
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "threading": ("{package} --port {port}", {}),
    "gunicorn gthread": (f"{GTHREAD} --threads 30", {}),
    "gunicorn gevent": (GEVENT, {"ASYNC_MODE": "gevent"}),
    "gunicorn gthread, redis": (f"{GTHREAD} --threads 30", {}),
    "gunicorn gevent, redis": (GEVENT, {"ASYNC_MODE": "gevent"}),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("workers")
    project = scaffold(folder, DOCUMENT, HANDLERS, security=SECURITY)
    project.write(f"{project.package}/journal.py", JOURNAL)
    return project


@dataclass(frozen=True)
class Way:
    """A way to run the project; `start()` starts one more process of it."""

    project: Project
    command: str
    env: dict[str, str]

    def start(self) -> contextlib.AbstractContextManager[Running]:
        return self.project.run(self.command, {"SECRET_KEY": "x", **self.env})


def way_of(name: str, project: Project, request: pytest.FixtureRequest) -> Way:
    for module in ("gunicorn", "gevent"):
        if module in name:
            found = importlib.util.find_spec(module) is not None
            require(found, f"{module} is not installed")
    command, env = WAYS[name]
    queue = ""
    if "redis" in name:
        queue = f"message_queue='{request.getfixturevalue('redis')}'"
    return Way(project, command.replace("QUEUE", queue), env)


@pytest.fixture(scope="module", params=WAYS)
def server(request: pytest.FixtureRequest, project: Project) -> Iterator[Running]:
    with way_of(request.param, project, request).start() as running:
        yield running


@pytest.fixture
def name() -> str:
    """What a client calls itself in its query, for the journal."""
    return uuid.uuid4().hex


def calls(server: Running, name: str) -> Any:
    """What the handlers were called with for the clients of a name."""
    with server.client() as client:
        return client.ask("calls", name)[0]


def lets_in(server: Running, *namespaces: str, **options: Any) -> bool:
    try:
        with server.client(*namespaces, **options):
            return True
    except socketio.exceptions.ConnectionError:
        return False


# -- one process


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_S31_forged_and_malformed_packets(server: Running, name: str, transport: str) -> None:
    with contextlib.ExitStack() as stack:
        client: Raw | Polling = Polling(server.url, f"name={name}")
        if transport == "websocket":
            client = stack.enter_context(server.raw(f"name={name}"))
        client.connect(auth='"me"')
        for event in RESERVED:
            client.send(f"421{event}")
            assert '"code":"unknown_event"' in client.receive()
        for packet in MALFORMED:
            client.send(packet)
        client.send('421["calls","nobody"]')
        assert client.receive() == "431[[]]"
        found = calls(server, name)
        assert found[0] == ["connect", "me"]
        assert {tuple(call) for call in found[1:]} == {("error", "UnknownEvent")}


def test_S30_other_namespaces_are_refused(server: Running) -> None:
    for namespace in ("/nowhere", "/other/more", "/*"):
        with server.raw() as client:
            assert client.connect(namespace).startswith("44"), namespace


def test_S28_bindings(server: Running) -> None:
    def conforms(query: str, **headers: str) -> bool:
        return lets_in(server, "/bound", query=query, headers=headers)

    assert conforms("tags=1&tags=2", **{"x-VERSION": "1"})
    assert conforms("tags=1", **{"X-Version": "1"})
    assert not conforms("tags=1&tags=x", **{"X-Version": "1"})
    assert not conforms("tags=1", **{"X-Version": "one"})
    assert not conforms("tags=1")


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ("value", {"message": "Connection refused"}),
        ("type", {"message": "Connection refused"}),
        ("own", {"message": "full", "data": {"retry": 5}}),
    ],
)
def test_S29_an_exception_refuses_runs_once_and_no_error_handler(
    server: Running, name: str, way: str, answer: Any
) -> None:
    with server.raw(f"name={name}") as client:  # `/` has an error handler, `/other` has none
        refused = client.connect(auth=json.dumps({"way": way}))
        assert json.loads(refused.removeprefix("44")) == answer
        refused = client.connect("/other", json.dumps({"way": way}))
        assert json.loads(refused.removeprefix("44/other,")) == answer
    assert calls(server, name) == [["connect", {"way": way}], ["connect"]]


def test_S39_a_type_error_in_a_handler_is_not_tried_again(server: Running, name: str) -> None:
    with server.client(query=f"name={name}") as client:
        assert client.error("fail")["code"] == "internal_error"
    wait_for(lambda: len(calls(server, name)) >= 4)
    assert [call[0] for call in calls(server, name)] == ["connect", "fail", "error", "disconnect"]


def test_S31_a_second_connect_during_the_first_is_refused(
    server: Running, name: str, tmp_path: Path
) -> None:
    client = Polling(server.url, f"name={name}")
    gate = tmp_path / "gate"
    first = client.send_later(f"40{json.dumps({'gate': str(gate), 'then': True})}")
    wait_for(Path(f"{gate}.reached").exists)
    client.send("40", '421["calls",""]', "41")
    assert client.receive().startswith("44")
    gate.touch()
    first.join(PATIENCE)
    assert client.receive().startswith("40{")
    client.send(f'422["calls","{name}"]')
    found = json.loads(client.receive().removeprefix("432"))[0]
    assert [call[0] for call in found] == ["connect"]


def test_S28_an_auth_payload_of_every_type(server: Running, name: str) -> None:
    sent: list[Any] = [{}, [], "", 0, False, None, "x", 1, -1, True, {"a": 1}, [1]]
    for auth in sent:
        with server.raw(f"name={name}") as client:
            assert client.connect(auth=json.dumps(auth)).startswith("40{")
    found = [call[1] for call in calls(server, name) if call[0] == "connect"]
    assert [json.dumps(auth) for auth in found] == [json.dumps(auth) for auth in sent]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda client: client.send("41/other,"), "client disconnect"),
        (lambda client: client.connection.close(timeout=0), "transport close"),
        (lambda client: client.send('42/other,["kick"]'), "server disconnect"),
        (lambda client: client.send("1"), "client disconnect"),
    ],
    ids=["packet", "transport", "server", "close"],
)
def test_S39_disconnect_runs_once_with_the_reason(
    server: Running, name: str, end: Callable[[Raw], None], reason: str
) -> None:
    with server.raw(f"name={name}") as client:
        client.connect("/other")
        end(client)
        wait_for(lambda: len(calls(server, name)) >= 2)
    assert calls(server, name) == [["connect"], ["disconnect", reason]]


def test_S32_S34_credentials_are_asked_for(server: Running) -> None:
    assert not lets_in(server, "/secured")
    assert not lets_in(server, "/secured", auth={"token": "eve"})
    with server.client("/secured", auth={"token": "ada"}) as client:
        assert client.error("whoami")["code"] == "forbidden"
    with server.client("/secured", auth={"token": "ada:write"}) as client:
        assert client.ask("whoami") == ("ada",)


@pytest.mark.parametrize("value", [None, [], [None], {}, 0, "", [[1]], ["a", "b"]], ids=str)
def test_S18_one_argument_arrives_as_it_was_sent(server: Running, value: Any) -> None:
    with server.client() as client:
        assert client.ask("say", value) == (value,)
        assert client.next() == ("said", (value,))


def test_S36_log_out(server: Running) -> None:
    with (
        server.client("/secured", auth={"token": "ada"}) as ada,
        server.client("/secured", auth={"token": "bob:write"}) as bob,
        server.client() as anybody,
    ):
        assert anybody.ask("log out", "ada") == ()
        ada.wait_until_gone()
        assert bob.ask("whoami") == ("bob",)


def refused_in_the_end(server: Running, other: Running, gate: Path) -> None:
    """Hold a client of `server` in its connect handler; what `other` emits must not reach it."""
    client = Polling(server.url)
    auth = json.dumps({"gate": str(gate), "then": False})
    checking = client.send_later(f"40{auth}")
    wait_for(Path(f"{gate}.reached").exists)
    with other.client() as emitter, server.client() as witness:
        client.send('42["say","early"]', '421["say","early"]', '42["disconnect"]', "41")
        assert emitter.ask("say", "to all") == ("to all",)
        assert witness.next() == ("said", ("to all",))
        gate.touch()
        checking.join(PATIENCE)
        assert client.receive() == '44{"message":"Connection refused"}'
        assert emitter.ask("say", "once more") == ("once more",)
        assert witness.next() == ("said", ("once more",))
        # It may still connect elsewhere, and all that comes is what is for it.
        assert client.connect("/other").startswith("40/other,")
        assert emitter.ask("say", "at last") == ("at last",)
        assert client.receive() == '42/other,["said","at last"]'


def test_S28_a_client_that_is_refused_in_the_end_gets_not_one_byte(
    server: Running, tmp_path: Path
) -> None:
    refused_in_the_end(server, server, tmp_path / "gate")


# -- several processes and a message queue


@pytest.fixture(scope="module", params=[name for name in WAYS if "redis" in name])
def pair(request: pytest.FixtureRequest, project: Project) -> Iterator[tuple[Running, Running]]:
    way = way_of(request.param, project, request)
    with way.start() as one, way.start() as two:
        hears(one, two)
        hears(two, one)
        yield one, two


def hears(server: Running, other: Running) -> None:
    """Wait until a process listens to the queue, as it begins to with its first client: what
    another one emits before is lost."""
    with other.client() as emitter, server.client() as listener:

        def heard() -> bool:
            emitter.ask("say", "anybody?")
            return bool(listener.received())

        wait_for(heard)
        emitter.ask("say", "that was all")
        while listener.next() != ("said", ("that was all",)):
            pass


def test_S28_nor_one_byte_of_what_another_process_emits(
    pair: tuple[Running, Running], tmp_path: Path
) -> None:
    refused_in_the_end(*pair, tmp_path / "gate")


def test_S18_one_argument_arrives_as_it_was_sent_from_another_process(
    pair: tuple[Running, Running],
) -> None:
    one, two = pair
    values: list[Any] = [None, [], [None], {}, 0, "", [[1]], ["a", "b"]]
    with one.client() as emitter, two.client() as listener:
        for value in values:
            emitter.emit("say", value)
            assert listener.next() == ("said", (value,))


def test_S36_log_out_reaches_every_process(pair: tuple[Running, Running]) -> None:
    one, two = pair
    with (
        one.client("/secured", auth={"token": "ada"}) as here,
        two.client("/secured", auth={"token": "ada"}) as there,
        two.client("/secured", auth={"token": "bob:write"}) as bob,
        one.client() as anybody,
    ):
        anybody.emit("log out", "ada")
        here.wait_until_gone(), there.wait_until_gone()
        assert bob.ask("whoami") == ("bob",)


def test_S36_log_out_reaches_who_is_still_connecting_to_another_process(
    pair: tuple[Running, Running], tmp_path: Path
) -> None:
    one, two = pair
    gate = tmp_path / "gate"
    client = Polling(two.url)
    auth = json.dumps({"token": "ada", "gate": str(gate), "then": True})
    checking = client.send_later(f"40/secured,{auth}")
    wait_for(Path(f"{gate}.reached").exists)
    with one.client() as anybody, two.client("/secured", auth={"token": "ada"}) as sign:
        anybody.emit("log out", "ada")
        sign.wait_until_gone()
        gate.touch()
        checking.join(PATIENCE)
        assert client.receive() == '44/secured,{"message":"Connection refused"}'


def test_S36_a_process_without_clients_logs_a_user_out(
    pair: tuple[Running, Running], project: Project, redis: str
) -> None:
    one, two = pair
    with (
        one.client("/secured", auth={"token": "ada"}) as here,
        two.client("/secured", auth={"token": "ada"}) as there,
        two.client("/secured", auth={"token": "bob:write"}) as bob,
    ):
        project.import_("_generated.events").external(redis).disconnect_identity("ada")
        here.wait_until_gone(), there.wait_until_gone()
        assert bob.ask("whoami") == ("bob",)
