"""A project for each module of tests, made of its DOCUMENT and HANDLERS."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.functional.project import (
    PATIENCE,
    Client,
    Project,
    Running,
    free_port,
    is_open,
    scaffold,
    wait_for,
)
from tests.support import require


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Project, Running]]:
    """The project, and a server of it in this process."""
    module = request.module
    folder = tmp_path_factory.mktemp("served")
    project = scaffold(folder, module.DOCUMENT, handlers={"root": module.HANDLERS})
    with project.serve() as server:
        yield project, server


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Redis server of our own."""
    program = shutil.which("redis-server")
    require(program is not None, "redis-server is not installed")
    require(importlib.util.find_spec("redis") is not None, "redis is not installed")
    port = free_port()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    folder = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: is_open(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def client(served: tuple[Project, Running]) -> Iterator[Client]:
    """A client of that server."""
    with served[1].client() as client:
        yield client
