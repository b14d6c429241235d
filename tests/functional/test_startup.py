"""The ways to start a project, and where its modules and its documentation are: S38, S40."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.functional.project import PATIENCE, Project, Running, scaffold, wait_for
from tests.functional.rawclient import Polling
from tests.support import require

DOCUMENT = """
channels:
  /:
    publish: {message: {name: say, payload: {type: string}, x-ack: {args: {type: string}}}}
    subscribe: {message: {name: said, payload: {type: string}}}
  /quiet:
    publish: {message: {name: wave}}
    subscribe: {message: {name: said, payload: {type: string}}}
"""
# A client that names a file waits in its connect handler for that file, and is refused then.
HANDLERS = """
import time
from pathlib import Path

def connect(auth):
    if auth:
        Path(auth["gate"] + ".reached").touch()
        while not Path(auth["gate"]).exists():
            time.sleep(0.01)
        return False

def say(text):
    events.root.said(text, broadcast=True)
    return text
"""


def got(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=PATIENCE) as answer:
        body: bytes = answer.read()
    return body


# -- each way to start it

GEVENT = {"ASYNC_MODE": "gevent"}
GUNICORN = "gunicorn -b 127.0.0.1:{port} {package}:create_app()"
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "module": ("{package} --host 127.0.0.1 --port {port}", {}),
    "module, gevent": ("{package} --port {port}", GEVENT),
    "flask": ("flask --app {package} run --port {port}", {}),
    "gunicorn gthread": (f"{GUNICORN} --worker-class gthread --threads 20", {}),
    "gunicorn gevent": (f"{GUNICORN} --worker-class gevent", GEVENT),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    handlers = {"root": HANDLERS}
    return scaffold(tmp_path_factory.mktemp("startup"), DOCUMENT, handlers)


@pytest.fixture(scope="module", params=WAYS)
def process(request: pytest.FixtureRequest, project: Project) -> Iterator[Running]:
    for module in ("gunicorn", "gevent"):
        if module in request.param:
            found = importlib.util.find_spec(module) is not None
            require(found, f"{module} is not installed")
    command, env = WAYS[request.param]
    with project.run(command, {"SECRET_KEY": "x", **env}) as server:
        yield server


def test_it_starts_without_a_terminal_and_serves_both_transports(process: Running) -> None:
    with process.client() as client:
        assert client.ask("say", "by websocket") == ("by websocket",)
        assert client.next() == ("said", ("by websocket",))
        assert client.error("say", 1)["code"] == "invalid_payload"
        polling = Polling(process.url)
        assert polling.connect().startswith("40{")
        polling.send('421["say","by polling"]')
        assert {polling.receive(), polling.receive()} == {
            '431["by polling"]',
            '42["said","by polling"]',
        }
        assert client.next() == ("said", ("by polling",))
    assert json.loads(got(f"{process.url}/docs/asyncapi.json"))["asyncapi"] == "2.6.0"
    assert "Traceback" not in process.log()


def test_to_the_debugger_the_end_of_a_websocket_is_no_error(project: Project) -> None:
    with project.run("{package} --port {port} --debug", {"SECRET_KEY": "x"}) as server:
        with server.client() as client:
            assert client.ask("say", "hello") == ("hello",)
        wait_for(lambda: "transport=websocket" in server.log())
        assert " 500 " not in server.log()
        assert "Traceback" not in server.log()


def test_S28_nothing_reaches_a_client_that_is_refused_in_the_end(
    process: Running, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    client = Polling(process.url)
    checking = client.send_later("40" + json.dumps({"gate": str(gate)}))
    wait_for(Path(f"{gate}.reached").exists)
    with process.client() as witness:
        client.send('421["say","early"]')
        assert witness.ask("say", "to all") == ("to all",)
        assert witness.received() == [("said", ("to all",))]
        gate.touch()
        checking.join(PATIENCE)
        assert client.receive() == '44{"message":"Connection refused"}'
        assert witness.ask("say", "once more") == ("once more",)
        assert client.connect("/quiet").startswith("40/quiet,")
        assert client.received("/quiet") == []


# -- in an application that is there already


def test_init_app_serves_an_existing_app_beside_its_own_routes(tmp_path: Path) -> None:
    project = scaffold(tmp_path, DOCUMENT, {"root": HANDLERS})
    app = flask.Flask("shop")
    app.secret_key = "x"
    pages = flask.Blueprint("pages", "pages", url_prefix="/pages")

    @pages.get("/hello")
    def hello() -> str:
        flask.current_app.extensions["socketio"].emit("said", "from a page")
        return "hello"

    app.register_blueprint(pages)
    server = project.import_().init_app(app, ping_interval=9)
    assert app.extensions["socketio"] is server and server.server.eio.ping_interval == 9
    with project.serve(app) as running, running.client() as client:
        assert client.ask("say", "hi") == ("hi",)
        assert client.next() == ("said", ("hi",))
        assert got(f"{running.url}/pages/hello") == b"hello"
        assert client.next() == ("said", ("from a page",))


def test_two_apps_live_side_by_side(project: Project) -> None:
    with (
        project.serve() as first,
        project.serve() as second,
        first.client() as one,
        second.client() as two,
    ):
        assert one.ask("say", "first") == ("first",)
        assert two.ask("say", "second") == ("second",)
        assert one.received() == [("said", ("first",))]
        assert two.received() == [("said", ("second",))]


def test_two_apps_are_mounted_with_dispatcher_middleware(project: Project) -> None:
    mounted: dict[str, Any] = {f"/{name}": project.create_app().wsgi_app for name in ("a", "b")}
    app = flask.Flask("outer")
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, mounted)  # type: ignore[method-assign]
    with project.serve(app) as server:
        with (
            server.client(socketio_path="/a/socket.io") as one,
            server.client(socketio_path="/b/socket.io") as two,
        ):
            assert one.ask("say", "first") == ("first",)
            assert two.received() == []
        assert json.loads(got(f"{server.url}/b/docs/asyncapi.json"))["info"]["title"] == "Test"


# -- S38: functions by their paths from the project's root

PATHS = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: beside, x-handler: hooks.beside, x-ack: {args: {type: string}}}
          - {name: nested, x-handler: parts.deep.down.nested, x-ack: {args: {type: string}}}
          - {name: folder, x-handler: parts.deep.folder, x-ack: {args: {type: string}}}
          - {name: package, x-handler: PACKAGE.more.package, x-ack: {args: {type: string}}}
          - {name: plain, x-handler: renamed, x-ack: {args: {type: string}}}
    x-handlers: {connect: hooks.enter, disconnect: leave, error: parts.deep.down.wrong}
    x-security: [{token: []}]
components:
  securitySchemes:
    token: {type: http, scheme: bearer, x-bearerInfoFunc: hooks.who}
"""
EVENTS = ("beside", "nested", "folder", "package", "plain")


def test_S38_stubs_are_made_where_the_paths_lead(tmp_path: Path) -> None:
    project = scaffold(tmp_path, PATHS.replace("PACKAGE", "own"), files={"parts/deep/x.txt": ""})
    places = {
        "hooks.py": ("beside", "enter", "who"),
        "parts/deep/down.py": ("nested", "wrong"),
        "parts/deep/__init__.py": ("folder",),
        "own/more.py": ("package",),
        f"{project.package}/handlers/root.py": ("renamed", "leave"),
    }
    for place, names in places.items():
        text = (project.root / place).read_text(encoding="utf-8")
        for name in names:
            assert f"def {name}(" in text, (place, name)
    project.create_app()


def test_S38_handlers_run_where_the_paths_lead(tmp_path: Path) -> None:
    files = {
        "hooks.py": """
            calls = []
            def beside(): return "beside"
            def enter(auth, user): calls.append(("enter", user))
            def who(token, required_scopes, bearer_format): return {"sub": token}
        """,
        "parts/deep/__init__.py": 'def folder(): return "folder"',
        "parts/deep/down.py": """
            import hooks
            def nested(): return "nested"
            def wrong(error): hooks.calls.append(("wrong", error.code))
        """,
        "own/more.py": 'def package(): return "package"',
    }
    handlers = """
        import hooks
        def renamed(): return "plain"
        def leave(reason): hooks.calls.append(("leave", reason))
    """
    document = PATHS.replace("PACKAGE", "own")
    project = scaffold(tmp_path, document, {"root": handlers}, files=files)
    app = project.create_app()
    calls = project.import_("handlers.root").hooks.calls
    with project.serve(app) as server, server.client(auth={"token": "ada"}) as client:
        for event in EVENTS:
            assert client.ask(event) == (event,)
        assert client.error("undeclared")["code"] == "unknown_event"
    wait_for(lambda: len(calls) == 3)
    assert calls[:2] == [("enter", "ada"), ("wrong", "unknown_event")]
    assert calls[2][0] == "leave"


# -- S40: the path of the server, and of its documentation


@pytest.mark.parametrize(
    ("url", "path", "docs"),
    [
        ("localhost", "socket.io", "/docs"),
        ("ws://localhost/socket.io", "socket.io", "/docs"),
        ("localhost:5000/api/socket.io/", "api/socket.io", "/api/docs"),
        ("https://localhost/a/b/socket.io", "a/b/socket.io", "/a/b/docs"),
        ("localhost/chat", "socket.io", "/docs"),
    ],
)
def test_S40_the_documentation_stands_beside_the_socketio_path(
    tmp_path: Path, url: str, path: str, docs: str
) -> None:
    document = f"servers: {{main: {{url: '{url}', protocol: ws}}}}{DOCUMENT}"
    handlers = {"root": HANDLERS}
    with scaffold(tmp_path, document, handlers).serve() as server:
        with server.client(socketio_path=path) as client:
            assert client.ask("say", "hi") == ("hi",)
        assert b"<!doctype html>" in got(f"{server.url}{docs}")
        assert json.loads(got(f"{server.url}{docs}/asyncapi.json"))["info"]["title"] == "Test"
        assert b"title: Test" in got(f"{server.url}{docs}/asyncapi.yaml")
        if docs != "/docs":
            with pytest.raises(urllib.error.HTTPError, match="404"):
                got(f"{server.url}/docs")


# -- its own tests, and its installation


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_projects_own_tests_pass_and_count_the_stubs(tmp_path: Path) -> None:
    handlers = {"root": 'def say(text): raise NotImplementedError("not yet")'}
    project = scaffold(tmp_path, DOCUMENT, handlers)
    pytest_ = (sys.executable, "-m", "pytest", "-q")
    fresh = run(*pytest_, cwd=project.root)
    assert fresh.returncode == 0, fresh.stdout
    assert "2 of the contract's events are still stubs" in fresh.stdout
    strict = run(*pytest_, "--no-stubs", cwd=project.root)
    assert strict.returncode == 1 and "say in / has no handler yet" in strict.stdout
    project.write(f"{project.package}/handlers/root.py", "def say(text): return text\n")
    project.write(f"{project.package}/handlers/quiet.py", "def wave(): ...\n")
    written = run(*pytest_, "--no-stubs", cwd=project.root)
    assert written.returncode == 0, written.stdout
    assert "stubs" not in written.stdout


INSTALLED = """
import {package}, hooks, parts.deep.down
app = {package}.create_app()
print(app.test_client().get("/docs/asyncapi.json").status_code, {package}.__file__)
"""


@pytest.fixture
def installable(tmp_path: Path) -> Project:
    """A project with modules beside its package, one of them added after the first run."""
    project = scaffold(tmp_path, PATHS.replace("PACKAGE", "own"))
    project.write("added/later.py", "def later(): ...\n")
    project.write("notes.txt", "not code\n")
    return project


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A new environment that sees what is installed here, but for what is installed into it."""
    folder = tmp_path / "venv"
    venv.create(folder)
    scheme = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", scheme="venv", vars=scheme))
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "here.pth").write_text("\n".join(here), encoding="utf-8")
    return Path(sysconfig.get_path("scripts", scheme="venv", vars=scheme)) / "python"


def test_it_is_installed_editable(installable: Project, python: Path, tmp_path: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q")
    installed = run(*pip, "--no-deps", "--no-build-isolation", "-e", installable.root, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    code = INSTALLED.format(package=installable.package)
    started = run(python, "-c", code + "import added.later", cwd=tmp_path)
    assert started.stdout == f"200 {installable.path('__init__.py')}\n", started.stderr


def test_its_wheel_holds_the_code_and_no_tests(
    installable: Project, python: Path, tmp_path: Path
) -> None:
    built = run(
        sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist",
        cwd=installable.root,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        extras = archive.read(metadata).decode()
        archive.extractall(tmp_path / "unpacked")
    package = installable.package
    files = {path.relative_to(installable.root) for path in installable.root.rglob("*")}
    expected = {
        path.as_posix()
        for path in files
        if path.parts[0] not in ("tests", ".pytest_cache")
        and "__pycache__" not in path.parts
        and (path.parts[0] == package or path.suffix == ".py")
        and (installable.root / path).is_file()
    }
    assert names == expected and {"hooks.py", "parts/deep/down.py", "added/later.py"} <= names
    for extra in ("gevent", "redis", "test"):
        assert f"Provides-Extra: {extra}" in extras
    started = run(python, "-c", INSTALLED.format(package=package), cwd=tmp_path / "unpacked")
    assert started.stdout.startswith("200 "), started.stderr
