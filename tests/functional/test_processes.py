"""Emitting from anywhere: background tasks, HTTP routes, other processes over Redis (S41)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.project import Client, Project, Running, scaffold, wait_for

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: join, payload: {type: string}, x-ack: true}
          - {name: start, payload: {type: string}}
          - {name: ask, payload: {type: string}, x-ack: {type: integer}}
          - {name: tell, payload: {type: array, items: [{type: string}, {type: string}]}}
    subscribe:
      message:
        oneOf:
          - {name: none}
          - {name: text, payload: {type: string}}
          - {name: nullable, payload: {type: [string, "null"]}}
          - {name: list, payload: {type: array, items: {type: [integer, "null"]}}}
          - {name: pair, payload: {type: array, items: [{type: string}, {type: integer}]}}
          - {name: file, payload: {type: string, format: binary}}
          - {name: point, payload: {$ref: "#/components/schemas/Point"}}
          - {name: question, payload: {type: string}, x-ack: {type: integer}}
components:
  schemas:
    Point: {type: object, properties: {x: {type: integer}, from: {type: string}}, required: [x]}
"""
HANDLERS = """
import flask_socketio
from .._generated.runtime.server import current, current_sid

results = []

def join(payload):
    flask_socketio.join_room(payload)
    return True

def start(payload):
    sid = current_sid()

    def work():
        events.root.text(payload, to=sid)
        results.append(events.root.call_question(payload, to=sid))

    current().start_background_task(work)

def ask(sid):
    return events.root.call_question("from another process", to=sid)

def tell(room, text):
    events.root.text(text, to=room)
"""


# -- in the process of a server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return scaffold(tmp_path_factory.mktemp("everywhere"), DOCUMENT, handlers={"root": HANDLERS})


def test_S21_S23_background_task_emits_and_asks_in_an_application_context(
    project: Project,
) -> None:
    results: list[int] = project.import_("handlers.root").results
    with project.serve() as server, server.client() as client:
        client.answers["question"] = (4,)
        client.ask("start", "from a task")
        assert client.next() == ("text", ("from a task",))
        assert client.next() == ("question", ("from a task",))
        wait_for(lambda: results == [4])


def test_S23_http_route_emits(project: Project) -> None:
    events: Any = project.import_("_generated.events")
    guard: Any = project.import_("_generated.runtime.guard")
    app = project.create_app({"TESTING": True})

    @app.post("/say/<text>")
    def say(text: str) -> dict[str, Any]:
        events.root.text(text, broadcast=True)
        return {}

    @app.post("/wrong")
    def wrong() -> dict[str, Any]:
        events.root.text(1, broadcast=True)
        return {}

    http = app.test_client()
    with project.serve(app) as server, server.client() as client:
        assert http.post("/say/hello").status_code == 200
        with pytest.raises(guard.InvalidEmit):
            http.post("/wrong")
        assert client.received() == [("text", ("hello",))]


# -- over Redis


# Serves with the queue, as an application's own __main__ would.
SERVE = """
import sys
from {package} import create_app

app = create_app(message_queue=sys.argv[1])
app.extensions["socketio"].run(
    app, host="127.0.0.1", port=int(sys.argv[2]), allow_unsafe_werkzeug=True
)
"""


class Cluster:
    """Two processes that serve one project, and a client of each."""

    def __init__(self, project: Project, url: str, stack: contextlib.ExitStack) -> None:
        self.project, self.url = project, url
        project.write("serve.py", SERVE.format(package=project.package))
        self._stacks = [stack.enter_context(contextlib.ExitStack()) for _ in range(2)]
        servers = [self._serve(each) for each in self._stacks]
        self.clients = [stack.enter_context(server.client()) for server in servers]
        self._wait_until_subscribed()

    def _serve(self, stack: contextlib.ExitStack) -> Running:
        return stack.enter_context(self.project.run(f"serve {self.url} {{port}}"))

    def kill(self, index: int) -> None:
        """Kill one of the processes."""
        self._stacks[index].close()

    def _wait_until_subscribed(self) -> None:
        """What is emitted before a server listens to the queue is lost: ask until it is not."""
        events = self.external()

        def heard() -> bool:
            events.emit("none", namespace="/")
            return all([("none", ()) in client.received() for client in self.clients])

        wait_for(heard)
        self.received()

    def external(self) -> Any:
        """The server that stands for this process, which serves nobody."""
        return self.project.import_("_generated.events").external(self.url)

    def run(self, body: str) -> None:
        """Run a script in a third process, with `events`, `models` and `server` in scope."""
        package = self.project.package
        head = f"from {package}._generated import events, models\n"
        script = f"{head}server = events.external({self.url!r})\n{body}"
        subprocess.run(
            [sys.executable, "-c", script], cwd=self.project.root, check=True, timeout=60
        )

    def received(self) -> list[list[tuple[str, tuple[Any, ...]]]]:
        """What each client got until now: the queue is in order, so a mark ends it."""
        self.external().emit("text", "mark", namespace="/")
        return [_until_mark(client) for client in self.clients]


def _until_mark(client: Client) -> list[tuple[str, tuple[Any, ...]]]:
    found = []
    while (event := client.next()) != ("text", ("mark",)):
        found.append(event)
    return found


@pytest.fixture
def cluster(project: Project, redis: str) -> Iterator[Cluster]:
    with contextlib.ExitStack() as stack:
        yield Cluster(project, redis, stack)


def test_S41_third_process_reaches_the_clients_of_both_servers(cluster: Cluster) -> None:
    cluster.run(
        "root = events.root\n"
        "root.text('a', broadcast=True, server=server)\n"
        "root.none(broadcast=True, server=server)\n"
        "root.nullable(None, broadcast=True, server=server)\n"
        "root.list_([1, 2], broadcast=True, server=server)\n"
        "root.list_([None], broadcast=True, server=server)\n"
        "root.list_([], broadcast=True, server=server)\n"
        "root.pair('a', 1, broadcast=True, server=server)\n"
        "root.file(b'\\x00\\xff', broadcast=True, server=server)\n"
        "root.point(models.Point(x=1, from_='b'), broadcast=True, server=server)\n"
        f"root.text('you', to={cluster.clients[1].sid()!r}, server=server)\n"
    )
    everyone = [
        ("text", ("a",)),
        ("none", ()),
        ("nullable", (None,)),
        ("list", ([1, 2],)),
        ("list", ([None],)),
        ("list", ([],)),
        ("pair", ("a", 1)),
        ("file", (b"\x00\xff",)),
        ("point", ({"x": 1, "from": "b"},)),
    ]
    assert cluster.received() == [everyone, [*everyone, ("text", ("you",))]]


def test_S41_third_process_validates_before_the_queue_and_takes_no_callback(
    cluster: Cluster,
) -> None:
    sid = cluster.clients[0].sid()
    cluster.run(
        "root = events.root\n"
        f"InvalidEmit = __import__('{cluster.project.package}._generated.runtime.guard',"
        " fromlist=['x']).InvalidEmit\n"
        "wrong = [\n"
        "  lambda: root.text(1, broadcast=True, server=server),\n"
        "  lambda: root.text('a', server=server),\n"
        "  lambda: root.point({'x': 'a'}, broadcast=True, server=server),\n"
        "  lambda: server.emit('text', 1),\n"
        "  lambda: server.emit('undeclared', 1),\n"
        "  lambda: server.emit('text', float('nan')),\n"
        f"  lambda: root.question('?', to={sid!r}, callback=print, server=server),\n"
        f"  lambda: root.call_question('?', to={sid!r}, server=server),\n"
        f"  lambda: server.call('question', '?', to={sid!r}),\n"
        "]\n"
        "for each in wrong:\n"
        "    try:\n"
        "        each()\n"
        "    except InvalidEmit:\n"
        "        continue\n"
        "    raise SystemExit('nothing was raised')\n"
    )
    assert cluster.received() == [[], []]


def test_S41_rooms_are_of_all_processes(cluster: Cluster) -> None:
    one, two = cluster.clients
    assert one.ask("join", "r") == two.ask("join", "r") == (True,)
    assert one.ask("join", "only one") == (True,)
    # From the handler of one server, and from outside.
    one.ask("tell", "r", "to all in r")
    two.ask("tell", "only one", "to one")
    cluster.run("events.root.text('from outside', to='r', server=server)\n")
    got = cluster.received()
    assert sorted(got[0]) == [
        ("text", ("from outside",)), ("text", ("to all in r",)), ("text", ("to one",))
    ]  # fmt: skip
    assert sorted(got[1]) == [("text", ("from outside",)), ("text", ("to all in r",))]


def test_S21_client_of_another_process_answers(cluster: Cluster) -> None:
    one, two = cluster.clients
    two.answers["question"] = (7,)
    assert one.ask("ask", two.sid()) == (7,)
    two.answers["question"] = ("seven",)
    assert one.error("ask", two.sid())["code"] == "internal_error"


def test_S41_killing_one_process_leaves_the_clients_of_the_others(cluster: Cluster) -> None:
    one, two = cluster.clients
    cluster.kill(0)
    one.wait_until_gone()
    cluster.run("events.root.text('still here', broadcast=True, server=server)\n")
    cluster.external().emit("text", "mark", namespace="/")
    assert _until_mark(two) == [("text", ("still here",))]
    assert two.ask("join", "r") == (True,)
