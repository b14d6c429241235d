"""Every valid Socket.IO document of third parties becomes a project that runs (issue "documents").

Ten of them by default; all, with their types checked, in `nox -s corpus`.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from asyncgen import pipeline, write
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from tests.corpus.documents import folder
from tests.functional.project import Project
from tests.support import ROOT

ALL = os.environ.get("ASYNCGEN_CORPUS") == "all"
SERVERS = {"simple_with_servers.yml": "development"}


def rows() -> list[dict[str, str]]:
    """The rows of INDEX.tsv for valid Socket.IO documents; none where the corpus is missing."""
    index = ROOT.parent / "shared" / "corpus" / "INDEX.tsv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as lines:
        table = [*csv.DictReader(lines, delimiter="\t")]
    return [row for row in table if row["class"] == "socketio" and row["expected"] == "valid"]


def test_the_corpus_is_there() -> None:
    assert len(rows()) == 19, folder()


@pytest.mark.parametrize("row", rows() if ALL else rows()[::2], ids=lambda row: row["file"])
def test_a_third_party_document_becomes_a_project_that_runs(
    row: dict[str, str], tmp_path: Path
) -> None:
    project = scaffold(row, tmp_path / "project")
    run(project, "-m", "pytest", "-q")
    if ALL:
        run(project, "-m", "mypy", "--strict", ".")
    drive(project)


def scaffold(row: dict[str, str], root: Path) -> Project:
    """The project, its channels and its side read as INDEX.tsv says that they are meant."""
    diagnostics = Diagnostics()
    spec = folder() / row["file"]
    options = Options(
        package=f"app_{uuid.uuid4().hex[:8]}",
        server=SERVERS.get(spec.name),
        channels="event" if "channel=event" in row["model"] else "namespace",
        perspective="client" if "INVERTED" in row["direction"] else "server",
    )
    made = pipeline.plan_project(spec, root, options, False, diagnostics)
    assert made is not None and not diagnostics.failed, [*diagnostics]
    write.apply(made.plan, root, diagnostics)
    assert not diagnostics.failed, [*diagnostics]
    return Project(root, made.tree.package)


def run(project: Project, *command: str) -> str:
    done = subprocess.run(
        (sys.executable, *command), cwd=project.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Run in the project, whose modules may have the names of ours: the Socket.IO path, and a payload
# for each event of the namespaces that let anybody in (stubs of security deny).
_SAMPLES = """
import json
from {package}._generated.contract import CONTRACT
from {package}._generated.runtime import schemas as compiled, testing
schemas = compiled.Schemas(CONTRACT.document)
samples = {{
    namespace.name: [
        (event.event, testing.sample_arguments(schemas, event)) for event in namespace.incoming
    ]
    for namespace in CONTRACT.namespaces
    if not (namespace.security or namespace.query or namespace.headers or namespace.auth)
}}
print(json.dumps([CONTRACT.path, samples]))
"""


def drive(project: Project) -> None:
    """Send each event of a client's to the running project: its stub answers."""
    path, samples = json.loads(run(project, "-c", _SAMPLES.format(package=project.package)))
    with project.run() as server:
        for namespace, events in samples.items():
            with server.client(namespace, socketio_path=path) as client:
                for event, args in events:
                    error = client.error(event, *args, namespace=namespace)
                    assert error["code"] == "not_implemented", (event, error)
