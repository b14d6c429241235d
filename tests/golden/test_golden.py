"""Whole projects, as they were when somebody last read them, and what holds for each of them."""

import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from asyncgen.resources import templates_dir
from tests.golden.support import GOLDEN, compare, texts
from tests.support import ROOT

# Each case with the options that it needs.
CASES: Mapping[str, Sequence[str]] = {
    "minimal": (),
    "chat": (),
    "kitchen-sink": ("--server", "production"),
    "raw": ("--payloads", "raw"),
    "deploy": ("--deploy",),
}
# Those that have a mock.
MOCKED = {"kitchen-sink"}


@dataclass(frozen=True)
class Project:
    """A case, scaffolded into a new folder, and what was said meanwhile."""

    case: str
    folder: Path
    diagnostics: str

    @property
    def root(self) -> Path:
        return self.folder / "expected"

    @property
    def runtime(self) -> Path:
        return next(self.root.glob("*/_generated/runtime"))

    def asyncgen(self, *args: str) -> "subprocess.CompletedProcess[str]":
        """Run a command beside the document."""
        return asyncgen(*args, cwd=self.folder)

    def python(self, *args: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in the project."""
        return run(*args, cwd=self.root)


def options(case: str) -> list[str]:
    """The options of a case for `scaffold`."""
    return [*CASES[case], *(["--mock"] if case in MOCKED else [])]


def asyncgen(*args: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return run("-m", "asyncgen", *args, cwd=cwd, PYTHONPATH=str(ROOT))


def run(*args: str, cwd: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run Python so that it leaves nothing behind in the folder."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", **variables}
    return subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def succeeds(process: "subprocess.CompletedProcess[str]") -> str:
    """What a command prints, which must not fail."""
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture(scope="module", params=CASES)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    case: str = request.param
    folder = tmp_path_factory.mktemp(case)
    shutil.copy(GOLDEN / case / "asyncapi.yaml", folder)
    made = asyncgen("scaffold", "asyncapi.yaml", "-o", "expected", *options(case), cwd=folder)
    succeeds(made)
    return Project(case, folder, made.stderr)


def test_every_case_is_tested() -> None:
    found = {path.name for path in GOLDEN.iterdir() if path.is_dir()}
    assert found == {*CASES, "diff", "errors"}


def test_golden_chat_is_the_example() -> None:
    example = ROOT / "examples" / "chat" / "asyncapi.yaml"
    assert (GOLDEN / "chat" / "asyncapi.yaml").read_bytes() == example.read_bytes()


def test_the_project_is_as_expected(project: Project, update: bool) -> None:
    """The tree, the App that it comes from, and every diagnostic on the way."""
    tree = {f"expected/{path}": text for path, text in texts(project.root).items()}
    meaning = [option for option in CASES[project.case] if option != "--deploy"]
    actual = {
        "asyncapi.yaml": (project.folder / "asyncapi.yaml").read_bytes().decode(),
        "diagnostics.txt": project.diagnostics,
        "ir.json": succeeds(project.asyncgen("ir", "asyncapi.yaml", *meaning)),
        **{path: text for path, text in tree.items() if not _is_left_out(project.case, path)},
    }
    manifest = "expected/.asyncgen.json"
    actual[manifest] = _without_hashes_of_what_is_left_out(project.case, actual[manifest])
    compare(GOLDEN / project.case, actual, update)


def _is_left_out(case: str, path: str) -> bool:
    """The runtime is the same in every project, and the page of one project is enough to read."""
    return "/_generated/runtime/" in path or (
        case != "chat" and path.endswith("/_generated/docs/index.html")
    )


def _without_hashes_of_what_is_left_out(case: str, manifest: str) -> str:
    return re.sub(
        r'"(.+)": "[0-9a-f]{64}"',
        lambda entry: f'"{entry[1]}": "…"' if _is_left_out(case, entry[1]) else entry[0],
        manifest,
    )


def test_the_runtime_is_that_of_the_templates(project: Project) -> None:
    source = templates_dir() / "package" / "_generated" / "runtime"
    for path, text in texts(project.runtime).items():
        assert text.encode() == (source / path).read_bytes(), path
    modules = {path.name for path in source.glob("*.py")}
    mock = {"mock"} if project.case in MOCKED else set()
    assert {path.name for path in project.runtime.iterdir()} == modules | mock


def test_it_compiles_without_a_warning(project: Project) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in texts(project.root).items():
            if path.endswith(".py"):
                compile(text, path, "exec")


def test_ruff_finds_nothing(project: Project) -> None:
    succeeds(project.python("-m", "ruff", "check", "--no-cache", "."))


def test_black_would_change_nothing(project: Project) -> None:
    """But for models.py, which has a formatter of its own."""
    files = [path for path in texts(project.root) if path.endswith(".py")]
    formatted = [path for path in files if not path.endswith("/_generated/models.py")]
    succeeds(project.python("-m", "black", "--check", "--diff", "-q", *formatted))


def test_mypy_strict_finds_nothing(project: Project, tmp_path: Path) -> None:
    succeeds(project.python("-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "."))


def test_its_own_tests_pass(project: Project) -> None:
    """Each event can be tried: nothing is skipped but stubs, and what can never be invalid."""
    output = succeeds(project.python("-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"))
    assert "of the contract's events are still stubs" in output
    reasons = {line.partition(": ")[2] for line in output.splitlines() if "SKIPPED" in line}
    assert {reason for reason in reasons if "empty parameter set" not in reason} <= {
        "a stub",
        "its schema accepts everything",
    }


def test_its_own_tests_fail_on_stubs_where_asked(project: Project) -> None:
    tested = project.python("-m", "pytest", "-q", "--no-stubs", "-p", "no:cacheprovider")
    stubs = re.search(r"^(\d+) of the contract's events are still stubs", tested.stdout, re.M)
    assert stubs, tested.stdout + tested.stderr
    assert re.search(rf"^{stubs[1]} failed, ", tested.stdout, re.M), tested.stdout


def test_a_second_run_changes_nothing(project: Project) -> None:
    before = texts(project.root)
    scaffold = ("scaffold", "asyncapi.yaml", "-o", "expected")
    again = succeeds(project.asyncgen(*scaffold))
    assert again.startswith("nothing changed: ")
    assert texts(project.root) == before
    succeeds(project.asyncgen(*scaffold, "--check"))


def test_it_does_not_depend_on_the_machine(project: Project, tmp_path: Path) -> None:
    """Another folder, another seed for hashes, another time zone and language: the same bytes."""
    shutil.copy(GOLDEN / project.case / "asyncapi.yaml", tmp_path)
    other = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LANG": "C"}
    scaffold = ("scaffold", "asyncapi.yaml", "-o", "expected", *options(project.case))
    succeeds(run("-m", "asyncgen", *scaffold, cwd=tmp_path, **other))
    assert texts(tmp_path / "expected") == texts(project.root)


CREATE_TWICE = """
import sys
sys.modules["asyncgen"] = None  # a project never needs its generator
from {package} import create_app
apps = [create_app(), create_app()]
servers = [app.extensions["socketio"] for app in apps]
assert servers[0] is not servers[1] and servers[0].server is not servers[1].server
for app in apps:
    assert app.test_client().get("{docs}").status_code == 200
"""


def test_it_makes_two_apps(project: Project) -> None:
    package = project.runtime.parent.parent.name
    docs = "/live/docs" if project.case == "kitchen-sink" else "/docs"
    succeeds(project.python("-c", CREATE_TWICE.format(package=package, docs=docs)))
