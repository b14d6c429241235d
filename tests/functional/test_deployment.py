"""What a deployment sets by the environment, and the files that `scaffold --deploy` makes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from asyncgen.resources import templates_dir
from tests.functional.project import Project, scaffold
from tests.functional.rawclient import Polling
from tests.support import require

DOCUMENT = "channels: {/: {publish: {message: {name: say, payload: {type: string}}}}}"
HANDLERS = {"root": "def say(text): ..."}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return scaffold(tmp_path_factory.mktemp("deployed"), DOCUMENT, HANDLERS, deploy=True)


# -- the environment


def test_the_environment_gives_options_and_python_wins(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("MESSAGE_QUEUE", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("SECRET_KEY", "from outside")
    app = project.create_app({"SECRET_KEY": "own"}, message_queue=None)
    server = app.extensions["socketio"].server
    assert server.eio.cors_allowed_origins == ["https://a.example", "https://b.example"]
    assert type(server.manager).__name__ == "Admission"
    assert app.config["SECRET_KEY"] == "own"
    monkeypatch.setenv("CORS_ORIGINS", "*")
    app = project.create_app()
    assert type(app.extensions["socketio"].server.manager).__name__ == "RedisAdmission"
    assert app.extensions["socketio"].server.eio.cors_allowed_origins == "*"
    assert app.config["SECRET_KEY"] == "from outside"


def test_empty_variables_are_as_if_they_were_not_set(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("ASYNC_MODE", "CORS_ORIGINS", "MESSAGE_QUEUE", "STICKY_NODE")
    for name in (*names, "ASYNCGEN_DOCS", "ASYNCGEN_HEALTH"):
        monkeypatch.setenv(name, "")
    app = project.create_app()
    server = app.extensions["socketio"].server
    assert server.eio.cors_allowed_origins is None
    assert (server.eio.async_mode, type(server.manager).__name__) == ("threading", "Admission")
    assert app.test_client().get("/docs").status_code == 200


def test_the_page_is_turned_off_by_the_environment(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASYNCGEN_DOCS", "off")
    assert project.create_app().test_client().get("/docs").status_code == 404
    own = project.create_app({"ASYNCGEN_DOCS": "page"})
    assert own.test_client().get("/docs").status_code == 200


def test_the_readme_names_every_variable_that_the_code_reads(project: Project) -> None:
    code = [*project.root.rglob("*.py"), project.root / "Dockerfile"]
    text = "".join(path.read_text() for path in code)
    read = set(re.findall(r"environ\.(?:get|setdefault)\(\"(\w+)\"", text))
    read |= set(re.findall(r"\"(ASYNCGEN_\w+)\"", text))
    assert read >= {"SECRET_KEY", "ASYNC_MODE", "MESSAGE_QUEUE", "ASYNCGEN_HEALTH", "STICKY_NODE"}
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", (project.root / "README.md").read_text(), re.M))
    assert table == read


def test_health_is_asked_for_only_where_it_is_wanted(project: Project) -> None:
    assert project.create_app().test_client().get("/healthz").status_code == 404
    answer = project.create_app({"ASYNCGEN_HEALTH": "/healthz"}).test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_health_leaves_a_route_of_the_application_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flask

    monkeypatch.setenv("ASYNCGEN_HEALTH", "/healthz")
    app = flask.Flask("own")
    app.add_url_rule("/healthz", "own", lambda: "my own")
    project.import_().init_app(app)
    assert app.test_client().get("/healthz").text == "my own"


def test_the_id_of_a_session_begins_with_the_name_of_its_process(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STICKY_NODE", "0123456789ab")
    with project.serve() as server:
        client = Polling(server.url)
        assert re.fullmatch(r"0123456789ab\.[\w-]{20}", client.sid)
        assert client.connect().startswith("40{")
    monkeypatch.setenv("STICKY_NODE", "a.b/c")
    with pytest.raises(ValueError, match="STICKY_NODE"):
        project.create_app()


def test_ending_all_connections_waits_for_none(project: Project) -> None:
    """Not even for a client that polls, and does not ask for what is left for it."""
    with project.serve() as server, server.client() as listener:
        silent = Polling(server.url)
        silent.connect()
        server.socketio.disconnect_everyone()
        listener.wait_until_gone()
        assert server.socketio.sessions == {}
        # As if the connection had broken: a Socket.IO client would come again.
        with server.raw() as client:
            client.connect()
            server.socketio.disconnect_everyone()
            assert client.receive() == "1"


# -- the files


def test_compose_starts_processes_redis_and_nginx(project: Project) -> None:
    compose = yaml.safe_load((project.root / "compose.yaml").read_text())
    services: dict[str, Any] = compose["services"]
    assert set(services) == {"app", "redis", "nginx"}
    app = services["app"]
    assert (
        app["deploy"]["replicas"] == 4 and "ports" not in app and "ports" not in services["redis"]
    )
    assert app["environment"]["MESSAGE_QUEUE"].startswith("redis://redis:")
    # Nothing starts without a key, and what is sent on its way to ends after that.
    assert app["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert services["nginx"]["depends_on"] == {"app": {"condition": "service_healthy"}}
    graceful = re.search(
        r"graceful_timeout = (\d+)", (project.root / "gunicorn.conf.py").read_text()
    )
    assert graceful and int(app["stop_grace_period"].removesuffix("s")) > int(graceful[1])


def test_the_dockerfile_serves_as_nobody_and_knows_its_health(project: Project) -> None:
    stages = (project.root / "Dockerfile").read_text().split("\nFROM ")[1:]
    assert len(stages) == 2 and all(stage.startswith("python:$") for stage in stages)
    lines = stages[1].splitlines()
    commands = [line.split()[0] for line in lines if line and line[0].isupper()]
    assert commands.index("USER") < commands.index("CMD") and commands.count("USER") == 1
    assert "USER app" in lines and "STOPSIGNAL SIGTERM" in lines
    assert "ASYNCGEN_HEALTH=/healthz" in stages[1] and "127.0.0.1:5000/healthz" in stages[1]
    # Nothing of the build, such as compilers, sources and pip's cache, is in what runs.
    copied = [line for line in lines if line.startswith("COPY")]
    assert copied == ["COPY --from=build /venv /venv", "COPY gunicorn.conf.py ."]
    served = json.loads(next(line for line in lines if line.startswith("CMD"))[4:])
    assert served == ["gunicorn", f"{project.package}:create_app()"]


def test_secrets_and_local_things_stay_out_of_the_image(project: Project) -> None:
    ignored = (project.root / ".dockerignore").read_text().split()
    assert {".*", "tests", "**/__pycache__"} <= set(ignored)  # .env, .git, .venv


def test_nginx_takes_its_configuration(project: Project, tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    require(nginx is not None, "nginx is not installed")
    assert nginx is not None
    conf, place = project.root / "nginx.conf", f"pid {tmp_path}/pid;"
    command = [nginx, "-t", "-p", f"{tmp_path}/", "-c", str(conf), "-g", place]
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr and "[emerg]" not in tested.stderr


def test_gunicorn_takes_its_configuration(project: Project) -> None:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--check-config",
        f"{project.package}:create_app()",
    ]
    subprocess.run(command, cwd=project.root, check=True, timeout=60)


def test_deploy_is_remembered_and_its_files_are_the_users(tmp_path: Path) -> None:
    (tmp_path / "doc.yaml").write_text(
        f"asyncapi: 2.6.0\ninfo: {{title: Test, version: '1'}}\n{DOCUMENT}"
    )

    def run(*options: str) -> None:
        command = [sys.executable, "-m", "asyncgen", "scaffold", tmp_path / "doc.yaml"]
        subprocess.run([*command, "-o", tmp_path / "app", *options], check=True)

    def manifest() -> dict[str, Any]:
        found: dict[str, Any] = json.loads((tmp_path / "app/.asyncgen.json").read_text())
        return found

    deploy = {path.name.removesuffix(".j2") for path in (templates_dir() / "deploy").iterdir()}
    run()
    assert not deploy & {path.name for path in (tmp_path / "app").iterdir()}
    assert "deploy" not in manifest()["options"]
    run("--deploy")
    assert deploy < {path.name for path in (tmp_path / "app").iterdir()}
    (tmp_path / "app/nginx.conf").write_text("mine")
    (tmp_path / "app/compose.yaml").unlink()
    run("--check")
    run()
    assert manifest()["options"]["deploy"] is True
    assert (tmp_path / "app/nginx.conf").read_text() == "mine"
    assert not (tmp_path / "app/compose.yaml").exists()


def test_health_of_a_process(project: Project) -> None:
    with (
        project.run(env={"ASYNCGEN_HEALTH": "/healthz"}) as server,
        urllib.request.urlopen(f"{server.url}/healthz", timeout=20) as answer,
    ):
        assert (answer.status, answer.read()) == (200, b"ok\n")
