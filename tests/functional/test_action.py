"""The GitHub Action and the pre-commit hooks, run as those tools run them; the emitted workflow.

The steps of action.yml are run with `bash`, in a clone of a scratch repository,
with the variables that GitHub gives.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT, require

BASE = """\
asyncapi: 2.6.0
info: {title: Chat, version: '1'}
channels:
  /:
    publish: {message: {name: say, payload: {type: string, maxLength: 9}}}
"""
NARROWER = BASE.replace("maxLength: 9", "maxLength: 5")
WIDER = BASE.replace("maxLength: 9", "maxLength: 50")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
HOOKS: dict[str, Any] = {
    it["id"]: it for it in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}


def git(*arguments: str, cwd: Path) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True)


@dataclass
class Runner:
    """A checkout, and what GitHub gives to the steps of a job."""

    checkout: Path
    temp: Path
    base: str = ""

    @property
    def summary(self) -> str:
        return (self.temp / "summary.md").read_text()

    @property
    def output(self) -> str:
        return (self.temp / "output").read_text()

    def step(self, index: int, inputs: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a step of the action, with these inputs and the defaults of the others."""
        defaults = {name: it.get("default", "") for name, it in ACTION["inputs"].items()}
        given = {**defaults, **inputs}
        variables = {
            name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda at: given[at[1]], value)
            for name, value in STEPS[index].get("env", {}).items()
        }
        return self.run(STEPS[index]["run"], variables)

    def run(self, script: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        for name in ("summary.md", "output"):
            (self.temp / name).touch()
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT")},
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_BASE_REF": self.base,
            "RUNNER_TEMP": str(self.temp),
            **variables,
        }
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


CHECK, DIFF = 2, 3


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def installed(folder: Path) -> None:
    """A command `asyncgen` in a folder: this checkout's."""
    command = f"{shlex.quote(sys.executable)} -m asyncgen"
    executable(
        folder / "asyncgen",
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {command} "$@"\n',
    )


def pull_request(tmp_path: Path, before: str | None, after: str, *, base: str = "main") -> Runner:
    """A shallow checkout of a branch, as `actions/checkout` makes it; the base is not in it."""
    origin, checkout, temp = (tmp_path / it for it in ("origin", "checkout", "temp"))
    for folder in (origin, temp):
        folder.mkdir()
    git("init", "-q", "-b", base, cwd=origin)
    (origin / "README.md").write_text("Chat\n")
    if before is not None:
        (origin / "asyncapi.yaml").write_text(before)
    git("add", ".", cwd=origin)
    git("commit", "-qm", "before", cwd=origin)
    git("switch", "-qc", "change", cwd=origin)
    (origin / "asyncapi.yaml").write_text(after)
    git("add", ".", cwd=origin)
    git("commit", "-qm", "after", "--allow-empty", cwd=origin)
    url = origin.as_uri()
    git("clone", "-q", "--depth=1", "--branch=change", url, str(checkout), cwd=tmp_path)
    installed(temp / "asyncgen" / "bin")
    return Runner(checkout, temp, base)


INPUTS = {"document": "asyncapi.yaml"}


# -- the action


def test_nothing_of_a_pull_request_is_put_into_a_script() -> None:
    """An expression in `run` would be replaced before the shell reads it."""
    for step in STEPS:
        assert "${{" not in step.get("run", "")
    assert STEPS[CHECK]["name"].startswith("Check")
    assert STEPS[DIFF]["id"] == "diff"
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text()))
    assert used == ACTION["inputs"].keys()


def test_a_breaking_change_is_annotated_summed_up_and_fails(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, NARROWER)
    done = runner.step(DIFF, INPUTS)
    assert done.returncode == 1, done.stderr
    assert "::error title=breaking,file=asyncapi.yaml,line=5" in done.stdout
    assert "**1 breaking**" in runner.summary
    assert runner.output == "verdict=breaking\n"


def test_a_safe_change_is_summed_up_and_passes(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, WIDER)
    done = runner.step(DIFF, INPUTS)
    assert done.returncode == 0, done.stderr
    assert "::error" not in done.stdout
    assert "**1 safe**" in runner.summary
    assert runner.output == "verdict=safe\n"


@pytest.mark.parametrize(("fail_on", "status"), [("never", 0), ("any", 1)])
def test_the_input_fail_on_decides(fail_on: str, status: int, tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, NARROWER if fail_on == "never" else WIDER)
    assert runner.step(DIFF, {**INPUTS, "fail-on": fail_on}).returncode == status


def test_a_new_document_breaks_nobody(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, None, BASE)
    done = runner.step(DIFF, INPUTS)
    assert done.returncode == 0, done.stderr
    assert "The document is new" in runner.summary


def test_without_a_pull_request_there_is_nothing_to_compare(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, NARROWER)
    runner.base = ""
    done = runner.step(DIFF, INPUTS)
    assert done.returncode == 0
    assert "no pull request" in done.stdout


def test_the_input_base_is_a_revision_of_its_own(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, NARROWER)
    git("fetch", "-q", "origin", "main:old", cwd=runner.checkout)
    runner.base = ""
    assert runner.step(DIFF, {**INPUTS, "base": "old"}).returncode == 1
    unknown = runner.step(DIFF, {**INPUTS, "base": "none"})
    assert unknown.returncode == 2
    assert "AG350" in unknown.stdout + unknown.stderr


def test_a_document_in_a_folder_is_found_at_the_base(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, NARROWER)
    (runner.checkout / "api").mkdir()
    runner.checkout = runner.checkout / "api"
    assert runner.step(DIFF, {"document": "../asyncapi.yaml"}).returncode == 1


def test_names_in_a_pull_request_are_not_run(tmp_path: Path) -> None:
    """Of branches and of events: they are data to the shell, to annotations and to Markdown."""
    name = "$(touch pwned)`touch pwned`\\n::error::x"
    evil = BASE.replace("name: say", f'name: "{name}"')
    branch = "a$(touch${IFS}pwned);`touch${IFS}pwned`"
    runner = pull_request(tmp_path, evil, evil.replace("maxLength: 9", "maxLength: 5"), base=branch)
    done = runner.step(DIFF, INPUTS)
    assert done.returncode == 1, done.stderr
    assert len(re.findall("^::", done.stdout, re.MULTILINE)) == 1
    assert not list(tmp_path.rglob("pwned"))


def test_the_check_fails_where_the_project_is_not_what_the_document_gives(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, NARROWER)
    asyncgen = str(runner.temp / "asyncgen" / "bin" / "asyncgen")
    made = [asyncgen, "scaffold", "asyncapi.yaml", "-o", "app"]
    subprocess.run(made, cwd=runner.checkout, check=True, capture_output=True)
    inputs = {**INPUTS, "output": "app"}
    done = runner.step(CHECK, inputs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✅" in runner.summary
    (runner.checkout / "asyncapi.yaml").write_text(WIDER)
    done = runner.step(CHECK, inputs)
    assert done.returncode == 1
    assert "::error title=AG340,file=app/" in done.stdout
    assert "❌ The project" in runner.summary


def test_the_check_without_a_project_is_of_the_document_alone(tmp_path: Path) -> None:
    runner = pull_request(tmp_path, BASE, BASE.replace("publish", "publlish"))
    done = runner.step(CHECK, INPUTS)
    assert done.returncode == 1
    assert "::error title=AG" in done.stdout
    (runner.checkout / "asyncapi.yaml").write_text(BASE)
    assert runner.step(CHECK, INPUTS).returncode == 0


def test_asyncgen_is_installed_apart_and_from_the_checkout_of_the_action(tmp_path: Path) -> None:
    """The interpreter is a stand-in that says how it is called, and copies itself."""
    log = tmp_path / "log"
    python = tmp_path / "python"
    executable(
        python,
        f'#!/bin/sh\necho "$@" >> {shlex.quote(str(log))}\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi\n',
    )
    runner = Runner(tmp_path, tmp_path / "temp")
    runner.temp.mkdir()
    done = runner.run(STEPS[1]["run"], {"PYTHON": str(python)})
    assert done.returncode == 0, done.stderr
    assert log.read_text().splitlines() == [
        f"-m venv {runner.temp}/asyncgen",
        f"-m pip install --quiet {ROOT}",
    ]


# -- pre-commit


def hook(name: str, files: list[str], args: list[str], cwd: Path, path: Path) -> int:
    """Run a hook as pre-commit does: its entry, the arguments, and the files it is about."""
    it = HOOKS[name]
    about = [file for file in files if re.search(it["files"], file)]
    assert about, "pre-commit would skip it"
    command = [*shlex.split(it["entry"]), *args]
    command += about if it.get("pass_filenames", True) else []
    environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=False)
    return done.returncode


def test_the_hook_that_validates(tmp_path: Path) -> None:
    installed(tmp_path / "bin")
    files = ["asyncapi.yaml", "asyncapi-admin.yml", "README.md"]
    for file in files[:2]:
        (tmp_path / file).write_text(BASE)
    run = ("asyncgen-validate", files, [], tmp_path, tmp_path / "bin")
    assert hook(*run) == 0
    (tmp_path / files[1]).write_text(BASE.replace("publish", "publlish"))
    assert hook(*run) == 1


def test_the_hook_that_checks(tmp_path: Path) -> None:
    installed(tmp_path / "bin")
    (tmp_path / "asyncapi.yaml").write_text(BASE)
    args = ["asyncapi.yaml", "-o", "app"]
    scaffold = [str(tmp_path / "bin" / "asyncgen"), "scaffold", *args]
    subprocess.run(scaffold, cwd=tmp_path, check=True, capture_output=True)
    files = ["app/chat/handlers/root.py"]
    assert hook("asyncgen-check", files, args, tmp_path, tmp_path / "bin") == 0
    (tmp_path / "asyncapi.yaml").write_text(WIDER)
    assert hook("asyncgen-check", files, args, tmp_path, tmp_path / "bin") == 1


# -- the workflow of an emitted project


@pytest.mark.slow
def test_the_emitted_workflow_checks_types_and_tests(tmp_path: Path) -> None:
    """Every step but those that install, in the order of the file."""
    (tmp_path / "asyncapi.yaml").write_text(BASE)
    asyncgen = [sys.executable, "-m", "asyncgen", "scaffold", "asyncapi.yaml", "-o", "app"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(asyncgen, cwd=tmp_path, env=environment, check=True, capture_output=True)
    workflow = yaml.safe_load((tmp_path / "app/.github/workflows/ci.yml").read_text())
    steps = workflow["jobs"]["ci"]["steps"]
    for step in steps:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) if "uses" in step else True
    commands = [it["run"] for it in steps if "run" in it and "install" not in it["run"]]
    assert [it.split()[0] for it in commands] == ["asyncgen", "mypy", "pytest"]
    installed(tmp_path / "bin")
    tools = Path(sys.executable).parent
    require((tools / "mypy").exists(), "mypy is not beside Python")
    path = os.pathsep.join([str(tmp_path / "bin"), str(tools), os.environ["PATH"]])
    for command in commands:
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=tmp_path / "app",
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
