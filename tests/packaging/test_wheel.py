"""The wheel carries all that a scaffold needs, and asks for all that it imports."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from asyncgen.resources import templates_dir
from tests.support import ROOT, require

pytestmark = pytest.mark.slow

SPEC = """\
asyncapi: 2.6.0
info: {title: Chat, version: 1.0.0}
channels:
  /:
    publish:
      message: {name: say, payload: {type: string}}
"""


def run(*command: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    built = run(*build, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of a fresh environment stand, in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    assert run(sys.executable, "-m", "venv", "venv", cwd=folder).returncode == 0
    place = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    installed = run(place / "python", "-m", "pip", "install", wheel, cwd=folder)
    require(installed.returncode == 0, f"the wheel cannot be installed: {installed.stderr}")
    return place


def test_the_wheel_holds_the_code_and_the_templates_and_nothing_else(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    templates = {
        f"asyncgen/_templates/{path.relative_to(templates_dir()).as_posix()}"
        for path in templates_dir().rglob("*")
        if path.is_file() and "cache" not in str(path.relative_to(templates_dir()))
    }
    code = {f"asyncgen/{path.name}" for path in (ROOT / "asyncgen").glob("*.py")}
    assert templates and templates | code <= packed
    assert {name.split("/")[0] for name in packed} == {"asyncgen", "asyncgen-0.1.0.dist-info"}
    assert not [name for name in packed if "cache" in name]


def test_an_installed_wheel_scaffolds(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(SPEC, encoding="utf-8")
    scaffold = (commands / "asyncgen", "scaffold", "chat.yaml", "-o", "app")
    made = run(*scaffold, cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "app/chat/_generated/runtime/server.py").is_file()
    again = run(*scaffold, cwd=tmp_path)
    assert again.stdout.startswith("nothing changed"), again.stdout + again.stderr


def test_an_installed_wheel_makes_what_the_checkout_makes(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(SPEC, encoding="utf-8")
    run(commands / "asyncgen", "scaffold", "chat.yaml", "-o", "app", cwd=tmp_path)
    check = ("scaffold", str(tmp_path / "chat.yaml"), "-o", str(tmp_path / "app"), "--check")
    checked = run(sys.executable, "-m", "asyncgen", *check, cwd=ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_installed_wheel_mocks(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(SPEC, encoding="utf-8")
    command = (commands / "asyncgen", "mock", "chat.yaml", "--port", "0")
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(line)
            if "control " in line:
                break
        process.kill()
    assert any("namespaces  /" in line for line in told), told
