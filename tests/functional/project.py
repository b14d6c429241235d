"""Makes a project from a document of ten lines, runs it, and talks to it over real sockets.

project = scaffold(tmp_path, DOCUMENT, handlers={"root": "def say(text): return text"})
with project.serve() as server, server.client() as client:
    assert client.ask("say", "hello") == ("hello",)
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import logging
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import engineio  # type: ignore[import-untyped,unused-ignore]
import flask
import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]
import websocket
from werkzeug.serving import make_server

from asyncgen import pipeline, write
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from tests.support import ROOT

# Long enough for any machine: what is waited for either comes, or the test fails.
PATIENCE = 20
_HEADER = "asyncapi: 2.6.0\ninfo: {title: Test, version: 1.0.0}\n"
_HANDLERS = "from .._generated import events, models\n\n"


def scaffold(
    tmp_path: Path,
    document: str,
    handlers: Mapping[str, str] | None = None,
    *,
    security: str | None = None,
    files: Mapping[str, str] | None = None,
    server: str | None = None,
    payloads: Literal["models", "raw"] | None = None,
    deploy: bool = False,
) -> Project:
    """A project made by the whole pipeline, under a package name of its own.

    `document` is JSON or YAML; that without a first line `asyncapi:` is one of version
    2.6. `handlers` are the bodies of `handlers/<name>.py`, which have `events`
    and `models` in scope; what they leave out stays a stub. `security` is the
    body of security.py, `files` are others, by their paths from the root.
    """
    project = Project(tmp_path / "project", f"app_{uuid.uuid4().hex[:8]}", server)
    for name, body in (handlers or {}).items():
        project.write(f"{project.package}/handlers/{name}.py", _HANDLERS + textwrap.dedent(body))
    if security is not None:
        project.write(f"{project.package}/security.py", textwrap.dedent(security))
    for path, body in (files or {}).items():
        project.write(path, textwrap.dedent(body))
    project.generate(document, payloads, deploy)
    return project


def example(tmp_path: Path, name: str, package: str) -> Project:
    """A copy of the project examples/<name>, to run it without a trace."""
    copy = tmp_path / "project"
    caches = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules")
    shutil.copytree(ROOT / "examples" / name, copy, ignore=caches)
    return Project(copy, package)


@dataclass(frozen=True)
class Project:
    """A project on disk; `server` is the one that it was generated for."""

    root: Path
    package: str
    server: str | None = None

    def generate(
        self,
        document: str,
        payloads: Literal["models", "raw"] | None = None,
        deploy: bool = False,
    ) -> Diagnostics:
        """Make the project, or bring it up to date; fails where the document has errors."""
        text = textwrap.dedent(document)
        is_json = text.startswith("{")
        spec = self.root.parent / f"asyncapi.{'json' if is_json else 'yaml'}"
        whole = is_json or text.startswith("asyncapi:")
        spec.write_text(text if whole else _HEADER + text, encoding="utf-8")
        diagnostics = Diagnostics()
        options = Options(package=self.package, server=self.server, payloads=payloads)
        # Forced, since what a test has written stands there before the first run.
        made = pipeline.plan_project(spec, self.root, options, True, diagnostics, deploy=deploy)
        assert made is not None and not diagnostics.failed, [*diagnostics]
        write.apply(made.plan, self.root, diagnostics)
        assert not diagnostics.failed, [*diagnostics]
        return diagnostics

    def path(self, name: str) -> Path:
        """The path of a file of the package, such as `_generated/wiring.py`."""
        return self.root / self.package / name

    def write(self, path: str, text: str) -> None:
        """Write a file of the project, by its path from the root."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def import_(self, module: str = "") -> ModuleType:
        """The package, or a module of it such as `handlers.root`, imported into this process."""
        sys.path.insert(0, str(self.root))
        importlib.invalidate_caches()
        try:
            return importlib.import_module(f"{self.package}.{module}".rstrip("."))
        finally:
            sys.path.remove(str(self.root))
            self._forget_others()

    def _forget_others(self) -> None:
        """Modules beside the package have plain names, which another project may use, too."""
        for name, module in [*sys.modules.items()]:
            file = getattr(module, "__file__", None) or ""
            if file.startswith(f"{self.root}{os.sep}") and name.split(".")[0] != self.package:
                del sys.modules[name]

    def create_app(self, config: dict[str, Any] | None = None, **options: Any) -> flask.Flask:
        """What the project's own `create_app` gives."""
        app: flask.Flask = self.import_().create_app(config, **options)
        return app

    @contextlib.contextmanager
    def serve(self, app: flask.Flask | None = None, **options: Any) -> Iterator[Running]:
        """Serve an app (a new one, made with `options`) from threads of this process."""
        app = app or self.create_app(**options)
        wsgi = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=wsgi.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Running(f"http://127.0.0.1:{wsgi.server_port}", app)
        finally:
            wsgi.shutdown()
            thread.join(PATIENCE)
            wsgi.socket.close()

    @contextlib.contextmanager
    def run(
        self,
        command: str = "{package} --port {port}",
        env: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> Iterator[Running]:
        """Run `python -m <command>` as a process; what it prints is in `log()`."""
        port = port or free_port()
        log = self.root.parent / f"{self.package}.{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *command.format(package=self.package, port=port).split()],
                cwd=self.root,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_until_open(port, process, log)
            yield Running(f"http://127.0.0.1:{port}", log_file=log, process=process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # with the workers that it started
            process.wait(PATIENCE)


@dataclass(frozen=True)
class Running:
    """A server at work: `app` where it is in this process, `log_file` where it is another one."""

    url: str
    app: flask.Flask | None = None
    log_file: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def socketio(self) -> Any:
        """The Server in this process."""
        assert self.app is not None
        return self.app.extensions["socketio"]

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self.process is not None
        return self.process.pid

    def log(self) -> str:
        """What the process has printed so far."""
        assert self.log_file is not None
        return self.log_file.read_text(encoding="utf-8")

    @contextlib.contextmanager
    def client(
        self, *namespaces: str, auth: Any = None, query: str = "", **options: Any
    ) -> Iterator[Client]:
        """A client connected to `namespaces` (default: `/`), by websocket.

        `options` are those of `socketio.Client.connect`. Raises socketio's
        ConnectionError where the server refuses.
        """
        client = Client(namespaces or ("/",))
        try:
            client.connect(
                f"{self.url}?{query}" if query else self.url,
                **{"auth": auth, "transports": ["websocket"], **options},
            )
            yield client
        finally:
            client.io.disconnect()

    @contextlib.contextmanager
    def raw(self, query: str = "", path: str = "socket.io") -> Iterator[Raw]:
        """A bare websocket after Engine.IO's opening, before any CONNECT packet."""
        url = self.url.replace("http", "ws", 1)
        connection = websocket.create_connection(
            f"{url}/{path}/?EIO=4&transport=websocket&{query}", timeout=PATIENCE
        )
        try:
            raw = Raw(connection)
            opening = raw.receive()
            assert opening.startswith("0{"), opening
            yield raw
        finally:
            connection.close(timeout=0)
            connection.shutdown()  # which `close` leaves out where the server has closed first


class _InOrder(engineio.Client):  # type: ignore[misc,unused-ignore]
    """Handles packets one after the other, where the library starts a thread for each."""

    def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        return super()._trigger_event(event, *args, **{**kwargs, "run_async": False})

    def disconnect(self, *args: Any, **kwargs: Any) -> None:
        if self.ws is not None:
            # Werkzeug's server sends no close frame; by default it is waited for.
            self.ws.close = functools.partial(self.ws.close, timeout=0)
        super().disconnect(*args, **kwargs)


class _Client(socketio.Client):  # type: ignore[misc,unused-ignore]
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _InOrder


@dataclass
class Client:
    """A python-socketio client that keeps what it receives, in order.

    `answers` are the acks it gives, by event: each a tuple of arguments, or a
    function of the event's arguments that returns one. `refusals` are what the
    server gave with each refused namespace.
    """

    namespaces: tuple[str, ...]
    answers: dict[str, Any] = field(default_factory=dict)
    refusals: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.io = _Client(reconnection=False, handle_sigint=False)
        self.gone = threading.Event()
        self._received: queue.Queue[tuple[str, tuple[Any, ...]]] = queue.Queue()
        for namespace in self.namespaces:
            self.io.on("*", self._receive, namespace)
            self.io.on("connect_error", self.refusals.append, namespace)
            self.io.on("disconnect", lambda *_: self.gone.set(), namespace)

    def connect(self, url: str, **options: Any) -> None:
        """Connect; raises socketio's ConnectionError where the server refuses."""
        self.io.connect(url, namespaces=[*self.namespaces], wait_timeout=PATIENCE, **options)

    def _receive(self, event: str, *args: Any) -> Any:
        self._received.put((event, args))
        answer = self.answers.get(event, ())
        return answer(*args) if callable(answer) else answer

    def sid(self, namespace: str | None = None) -> str:
        """The client's sid in a namespace (default: its first)."""
        sid: str = self.io.get_sid(namespace or self.namespaces[0])
        return sid

    def emit(self, event: str, *args: Any, namespace: str | None = None) -> None:
        """Emit and ask for no ack."""
        self.io.emit(event, args, namespace=namespace or self.namespaces[0])

    def ask(self, event: str, *args: Any, namespace: str | None = None) -> tuple[Any, ...]:
        """Emit, wait for the ack, and return its arguments: `()` for an empty one."""
        answer: queue.Queue[tuple[Any, ...]] = queue.Queue()

        def answered(*values: Any) -> None:
            answer.put(values)

        self.io.emit(event, args, namespace=namespace or self.namespaces[0], callback=answered)
        return answer.get(timeout=PATIENCE)

    def error(self, event: str, *args: Any, namespace: str | None = None) -> dict[str, Any]:
        """Emit, and return the error of the ack; fails where there is none."""
        answer = self.ask(event, *args, namespace=namespace)
        assert len(answer) == 1 and [*answer[0]] == ["error"], answer
        error: dict[str, Any] = answer[0]["error"]
        return error

    def next(self) -> tuple[str, tuple[Any, ...]]:
        """The next event received, and its arguments; waits for it."""
        return self._received.get(timeout=PATIENCE)

    def received(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Every event that the server has sent until now and that was not taken yet.

        Packets come in order, so what was sent before has come when the answer
        to a question asked now is there.
        """
        for namespace in self.namespaces:
            self.ask("are we done?", namespace=namespace)
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._received.get_nowait())
        return found

    def wait_until_gone(self) -> None:
        """Wait until the server has disconnected this client."""
        assert self.gone.wait(PATIENCE)


@dataclass(frozen=True)
class Raw:
    """A bare websocket: packets as text (or bytes, for attachments)."""

    connection: Any

    def connect(self, namespace: str = "/", auth: str = "") -> str:
        """Send a CONNECT packet; the answer, such as `40{"sid":…}` or `44{…}`."""
        self.send(f"40{_prefix(namespace)}{auth}")
        return self.receive()

    def send(self, packet: str | bytes) -> None:
        """Send one Engine.IO packet."""
        if isinstance(packet, bytes):
            self.connection.send_binary(packet)
        else:
            self.connection.send(packet)

    def receive(self) -> str:
        """The next packet but pings."""
        while (packet := self.connection.recv()) == "2":
            self.send("3")
        text: str = packet
        return text

    def received(self, namespace: str = "/") -> list[str]:
        """Every packet that the server has sent until now: an undeclared event ends them."""
        self.send(f'42{_prefix(namespace)}9999["are we done?"]')
        found = []
        while not (packet := self.receive()).startswith(f"43{_prefix(namespace)}9999"):
            found.append(packet)
        return found


def _prefix(namespace: str) -> str:
    return "" if namespace == "/" else f"{namespace},"


def logged(caplog: pytest.LogCaptureFixture, project: Project) -> list[logging.LogRecord]:
    """What the code of a project has logged: clients, and servers of other tests, do so, too."""
    return [record for record in caplog.records if record.name.startswith(f"{project.package}.")]


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; fails where it does not come to that."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def free_port() -> int:
    """A port that the system gives to nobody else for a minute.

    A connection that has ended there just now keeps it from those who ask for any port; who asks
    for this one, as servers do, may have it.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()
            client.recv(1)
        return port


def is_open(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < end, log.read_text(encoding="utf-8")
        if is_open(port):
            return
        time.sleep(0.02)
