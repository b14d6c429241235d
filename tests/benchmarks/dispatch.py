"""What one event costs within a process, from the text of its packet to the text of the ack.

`python -m tests.benchmarks.dispatch FOLDER MODULE…` prints JSON: µs of each module, size, part.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from werkzeug.test import create_environ

from tests.benchmarks.contracts import SIZES

ROUNDS, EVENTS = 80, 50


class Bench:
    """A client of an application, connected without a socket."""

    def __init__(self, module: str) -> None:
        loaded = importlib.import_module(module)
        app = loaded.app if hasattr(loaded, "app") else loaded.create_app()
        self.server = app.extensions["socketio"].server
        # Handlers run here and now, and what is sent is kept.
        self.server.async_handlers = False
        self.sent: list[str] = []
        self.server.eio.send = lambda sid, data: self.sent.append(data)
        self.receive = self.server.eio.handlers["message"]
        self.server._handle_eio_connect("client", {**create_environ(), "flask.app": app})
        self.receive("client", "0")
        self.sid = self.server.manager.sid_from_eio_sid("client", "/")

    def packet(self, event: str, payload: Any) -> Callable[[], object]:
        """From text to text."""
        text = "21" + json.dumps([event, payload], separators=(",", ":"))
        return lambda: self.receive("client", text)

    def handler(self, event: str, payload: Any) -> Callable[[], object]:
        """The handler, as python-socketio calls it: data to data."""
        return lambda: self.server._trigger_event(event, "/", self.sid, payload)


def main(folder: str, *modules: str) -> None:
    sys.path.insert(0, folder)
    calls = {
        (module, size, part): getattr(bench, part)(*SIZES[size])
        for module in modules
        for bench in [Bench(module)]
        for size in SIZES
        for part in ("packet", "handler")
    }
    taken: dict[tuple[str, str, str], list[float]] = {key: [] for key in calls}
    for _ in range(ROUNDS):
        for key, call in calls.items():
            events = 1 if key[0] == "jsonschema_app" else EVENTS
            begin = time.thread_time()
            for _ in range(events):
                call()
            taken[key].append((time.thread_time() - begin) / events * 1e6)
    # The least is what it costs; the rest is what else the machine had to do.
    print(json.dumps([[*key, min(times)] for key, times in taken.items()]))


if __name__ == "__main__":
    main(*sys.argv[1:])
