"""What the server does later costs no thread that sleeps until then: pings, the end at `exp`."""

from __future__ import annotations

import threading
from pathlib import Path

import engineio  # type: ignore[import-untyped,unused-ignore]
import pytest

from templates.package._generated.runtime.clock import Clock
from tests.functional.project import PATIENCE, scaffold, wait_for

DOCUMENT = """
channels:
  /: {publish: {message: {name: say}}}
"""
SECURED = """
channels:
  /:
    publish: {message: {name: say}}
    x-security: [{token: []}]
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
"""
SECURITY = """
import time

def check_token(token, required_scopes, bearer_format):
    return {"sub": "ada", "exp": time.time() + 3600}
"""


def test_calls_are_made_at_their_time_and_one_that_fails_is_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, made, done = Clock(engineio.Server(async_mode="threading")), [], threading.Event()
    clock.call_later(0.3, done.set)
    for number, delay in enumerate((0.2, 0.1, 0.0, 0.1)):
        clock.call_later(delay, made.append, number)
    clock.call_later(0.05, [].pop)
    assert done.wait(PATIENCE)
    assert made == [2, 1, 3, 0]
    assert caplog.text.count("pop from empty list") == 1


def test_who_answers_pings_stays_and_who_does_not_goes(tmp_path: Path) -> None:
    project = scaffold(tmp_path, DOCUMENT, {"root": "def say(): ..."})
    options = {"ping_interval": 0.2, "ping_timeout": 1}
    with project.serve(**options) as server, server.raw() as client:
        client.connect()
        sockets = server.socketio.server.eio.sockets
        for _ in range(8):  # longer than it may be silent
            assert client.connection.recv() == "2"
            assert len(sockets) == 1
            client.send("3")
        assert client.connection.recv() == "2"
        while client.connection.recv():
            pass
        wait_for(lambda: not sockets)


def test_S36_who_connects_again_and_again_takes_no_threads(tmp_path: Path) -> None:
    project = scaffold(tmp_path, SECURED, {"root": "def say(): ..."}, security=SECURITY)
    with project.serve() as server, server.raw() as client:
        client.connect(auth='{"token":"x"}')
        threads = threading.active_count()
        for _ in range(50):
            client.send("41")
            assert client.connect(auth='{"token":"x"}').startswith("40{")
        assert threading.active_count() < threads + 10
