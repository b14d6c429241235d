"""What the Dockerfile of `scaffold --deploy` does, by its own commands, without containers."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.project import Running, free_port, scaffold, wait_for
from tests.support import require

pytestmark = pytest.mark.slow

DOCUMENT = """
channels:
  /: {publish: {message: {name: say, payload: {type: string}, x-ack: {args: {type: string}}}}}
"""
# As long as compose.yaml lets it take.
STOP = 30


def instruction(dockerfile: str, name: str) -> str:
    """The one instruction of that name, without line breaks."""
    [found] = re.findall(rf"^{name} (.+)", dockerfile.replace("\\\n", ""), re.M)
    return str(found)


def test_it_is_built_serves_is_healthy_and_stops_gracefully(tmp_path: Path) -> None:
    handlers = {"root": "import hooks\n\ndef say(text): return hooks.say(text)"}
    files = {"hooks.py": "def say(text): return text", ".env": "SECRET_KEY=x"}
    project = scaffold(tmp_path, DOCUMENT, handlers, files=files, deploy=True)
    dockerfile = (project.root / "Dockerfile").read_text()

    # COPY . . and RUN of the first stage.
    patterns = (project.root / ".dockerignore").read_text().split()
    ignore = shutil.ignore_patterns(*(pattern.removeprefix("**/") for pattern in patterns))
    shutil.copytree(project.root, tmp_path / "build", ignore=ignore)
    assert not [it for it in (tmp_path / "build").iterdir() if fnmatch.fnmatch(it.name, ".*")]
    venv = tmp_path / "venv"
    command = instruction(dockerfile, "RUN python").replace("/venv", str(venv))
    installed = subprocess.run(
        f"{shlex.quote(sys.executable)} {command}",
        shell=True, cwd=tmp_path / "build", capture_output=True, text=True, check=False,
    )  # fmt: skip
    require(installed.returncode == 0, f"nothing can be installed: {installed.stderr}")

    # COPY, ENV and CMD of the second.
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(tmp_path / "build" / "gunicorn.conf.py", home)
    settings = dict(it.split("=", 1) for it in shlex.split(instruction(dockerfile, "ENV")))
    settings["PATH"] = f"{venv}/bin:{os.environ['PATH']}"
    port = free_port()
    served = json.loads(instruction(dockerfile, "CMD"))
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [f"{venv}/bin/{served[0]}", *served[1:], "--bind", f"127.0.0.1:{port}"],
            cwd=home, env=settings, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        health = json.loads(
            instruction(dockerfile, r"HEALTHCHECK.* CMD").replace("5000", str(port))
        )

        def healthy() -> bool:
            return not subprocess.run([*health], env=settings, capture_output=True).returncode

        wait_for(healthy)
        server = Running(f"http://127.0.0.1:{port}", log_file=log)
        with (
            server.client() as client,
            server.client(transports=["polling"]) as poller,
        ):
            assert client.ask("say", "hello") == poller.ask("say", "hello") == ("hello",)
            process.send_signal(signal.SIGTERM)
            client.wait_until_gone()
            poller.wait_until_gone()
            assert process.wait(STOP) == 0
        assert not healthy()
        for wrong in ("Traceback", "graceful timeout", "SIGKILL"):
            assert wrong not in log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
