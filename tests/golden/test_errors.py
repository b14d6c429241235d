"""What is said of each problem that a document or a project can have.

A case is a folder in golden/errors/, named after the code it is about:

- `asyncapi.yaml` the document, `expected.txt` what is printed on stderr;
- `command.txt` the command, where it is not `scaffold asyncapi.yaml -o app`;
- `before.yaml` the document that a project in `app/` was made from before;
- `files/` what stands in the working directory besides.
"""

import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import Result

from asyncgen.diagnostics import CODES
from tests.golden.support import GOLDEN, compare, texts
from tests.support import invoke

ERRORS = GOLDEN / "errors"
SCAFFOLD = "scaffold asyncapi.yaml -o app"
CASES = sorted(path.name for path in ERRORS.iterdir())

# Codes that no document and no project leads to, and why.
WITHOUT_CASE = {
    "AG320": "is a mistake of asyncgen",
    "AG321": "needs a disk that is full or fails",
    "AG335": "needs another run at the same time",
}


def run(command: str) -> Result:
    return invoke(*shlex.split(command))


def prepare(case: Path) -> None:
    """Set up the working directory as the case has it."""
    if (case / "before.yaml").exists():
        shutil.copy(case / "before.yaml", "asyncapi.yaml")
        assert run(SCAFFOLD).exit_code == 0
    if (case / "asyncapi.yaml").exists():
        shutil.copy(case / "asyncapi.yaml", ".")
    if (case / "files").exists():
        shutil.copytree(case / "files", ".", dirs_exist_ok=True)


@pytest.mark.parametrize("name", CASES)
def test_the_message_is_as_expected(
    name: str, update: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole text; and a run that fails has written nothing."""
    monkeypatch.chdir(tmp_path)
    case = ERRORS / name
    prepare(case)
    before = texts(tmp_path)
    command = case / "command.txt"
    result = run(command.read_text() if command.exists() else SCAFFOLD)
    code = name.partition("-")[0]
    assert f"[{code}]: " in result.stderr, result.stderr
    assert bool(result.exit_code) == (" error" in result.stderr.splitlines()[-1])
    if result.exit_code:
        assert texts(tmp_path) == before
    compare(case, {**texts(case), "expected.txt": result.stderr}, update)


def test_every_code_has_a_case() -> None:
    assert {name.partition("-")[0] for name in CASES} == CODES.keys() - WITHOUT_CASE.keys()
