"""A project for each module of tests, made of its DOCUMENT and HANDLERS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.project import Client, Project, Running, scaffold


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


@pytest.fixture
def client(served: tuple[Project, Running]) -> Iterator[Client]:
    """A client of that server."""
    with served[1].client() as client:
        yield client
