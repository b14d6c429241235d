"""What a handler finds in Flask's context: as with Flask-SocketIO by itself."""

from __future__ import annotations

import queue
from pathlib import Path

import flask

from tests.functional.project import PATIENCE, scaffold

DOCUMENT = """
channels:
  /room:
    publish:
      message:
        name: look
        payload: {type: string}
        x-ack: {args: {}}
"""

LOOK = """
import flask


def look(word):
    flask.session["seen"] = [*flask.session.get("seen", []), word]
    was = flask.g.setdefault("word", word)
    return {
        "is": was,
        "seen": flask.session["seen"],
        "args": flask.request.args.to_dict(),
        "path": flask.request.path,
        "endpoint": flask.request.endpoint,
        "url": flask.url_for("static", filename="a.css", _external=True),
        "namespace": flask.request.namespace,
        "sid": bool(flask.request.sid),
        "event": flask.request.event["message"],
        "word": flask.request.event["args"][0],
        "app": flask.current_app.name,
    }
"""


def test_an_event_has_the_request_of_its_connection_and_contexts_of_its_own(
    tmp_path: Path,
) -> None:
    project = scaffold(tmp_path, DOCUMENT, handlers={"room": LOOK})
    requests, contexts = queue.SimpleQueue[object](), queue.SimpleQueue[object]()
    app = flask.Flask("own", static_url_path="/files")
    app.secret_key = "a secret"
    app.teardown_request(requests.put)
    app.teardown_appcontext(contexts.put)
    project.import_().init_app(app)
    with project.serve(app) as server, server.client("/room", query="colour=blue") as client:
        answers = [client.ask("look", word)[0] for word in ("a", "b")]
    shared = {
        "path": "/socket.io/",
        "endpoint": None,
        "url": f"{server.url}/files/a.css",
        "namespace": "/room",
        "sid": True,
        "event": "look",
        "app": "own",
    }
    for answer, word, seen in zip(answers, "ab", (["a"], ["a", "b"]), strict=True):
        assert answer.pop("args").items() >= {"colour": "blue"}.items()
        assert answer == {**shared, "is": word, "word": word, "seen": seen}
    for torn_down in (requests, contexts):
        # Of both events, and of how they came and went; none had failed.
        assert [torn_down.get(timeout=PATIENCE) for _ in range(4)] == [None] * 4
