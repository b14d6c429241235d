"""The commands as a user meets them: what they print where, what they write, how they exit."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from asyncgen import lock, pipeline
from tests.support import ROOT, invoke

CHAT = """\
asyncapi: 2.6.0
info: {title: Chat, version: 1.0.0}
channels:
  /:
    publish:
      message:
        name: say
        payload: {type: string}
    subscribe:
      message:
        name: said
        payload: {type: string}
"""
SERVERS = """\
servers:
  a: {url: "localhost/a/socket.io", protocol: ws}
  b: {url: "localhost/b/socket.io", protocol: ws}
"""
HOOK = CHAT.replace("name: say\n", "name: say\n        x-handler: os.system\n")
RENAMED = CHAT.replace("name: say\n", "name: greet\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a document in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.yaml").write_text(CHAT, encoding="utf-8")
    return tmp_path


def scaffold(*args: str) -> Result:
    return invoke("scaffold", "chat.yaml", "-o", "out", *args)


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def asyncgen(*args: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "asyncgen", *args],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


# -- scaffold


def test_scaffold_lists_what_it_makes_and_what_to_do_next(folder: Path) -> None:
    result = scaffold()
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    made, _, steps = result.stdout.partition("\nNext:\n")
    assert {line.split()[0] for line in made.splitlines()} == {"create"}
    listed = {line.split()[1].removeprefix("out/") for line in made.splitlines()}
    assert listed == files(folder / "out").keys()
    assert steps.splitlines() == [
        "  cd out",
        "  python3 -m venv .venv",
        '  .venv/bin/pip install -e ".[test]"',
        "  # write your handlers, in chat/handlers/root.py",
        "  .venv/bin/python -m chat  # its documentation: http://127.0.0.1:5000/docs",
        "  .venv/bin/pytest",
    ]


def test_next_steps_in_this_folder_need_no_cd(folder: Path) -> None:
    result = invoke("scaffold", "chat.yaml", "-o", ".", "--force")
    assert result.exit_code == 0, result.stderr
    steps = result.stdout.partition("\nNext:\n")[2]
    assert steps.startswith("  python3 -m venv .venv\n")


def test_a_second_run_changes_no_byte_and_says_so(folder: Path) -> None:
    scaffold()
    before = files(folder / "out")
    result = scaffold()
    assert result.exit_code == 0
    assert result.stdout == f"nothing changed: out is up to date ({len(before)} files)\n"
    assert files(folder / "out") == before


def test_what_pyproject_lacks_that_generated_code_imports_is_told(folder: Path) -> None:
    """A project that was made before a requirement was there would not start."""
    scaffold()
    path = folder / "out" / "pyproject.toml"
    own = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'    "(orjson|python-socketio)>.*\n', "", own), encoding="utf-8")
    said = scaffold().stdout.partition("asks for; add to it:\n")[2]
    assert re.fullmatch(r'  dependencies = \["python-socketio>=.*", "orjson>=.*"\]\n', said)
    path.write_text(own.replace("python-socketio", "Python_SocketIO"), encoding="utf-8")
    assert "add to it" not in scaffold().stdout


@pytest.mark.parametrize(
    "text", ["[tool.poetry.dependencies]\n", "[project]\nname = 'x'\n", "project = 1\n", "[", "\0"]
)
def test_nothing_is_told_of_a_pyproject_that_says_its_requirements_elsewhere(
    folder: Path, text: str
) -> None:
    scaffold()
    (folder / "out" / "pyproject.toml").write_text(text, encoding="utf-8")
    assert scaffold().stdout.startswith("nothing changed")
    assert "add to it" not in scaffold().stdout


def test_a_new_event_replaces_what_is_generated_and_appends_to_what_is_not(folder: Path) -> None:
    scaffold()
    (folder / "chat.yaml").write_text(RENAMED, encoding="utf-8")
    result = scaffold()
    assert result.exit_code == 0
    verbs = {line.split()[1]: line.split()[0] for line in result.stdout.splitlines()}
    assert verbs["out/chat/_generated/contract.py"] == "replace"
    assert "   append  out/chat/handlers/root.py  (greet)\n" in result.stdout
    assert "identical" in result.stdout
    assert "Next:" not in result.stdout
    assert "warning[AG312]" in result.stderr
    assert "`say`" in result.stderr


def test_check_writes_nothing_and_agrees_with_the_run(folder: Path) -> None:
    result = scaffold("--check")
    assert result.exit_code == 1
    assert "chat/_generated/contract.py:1:1: error[AG340]: this file is missing" in result.stderr
    assert "asyncgen scaffold chat.yaml -o out" in result.stdout
    assert not (folder / "out").exists()
    scaffold()
    before = files(folder / "out")
    result = scaffold("--check")
    assert (result.exit_code, result.stderr) == (0, "")
    (folder / "chat.yaml").write_text(RENAMED, encoding="utf-8")
    result = scaffold("--check")
    assert result.exit_code == 1
    assert "contract.py:1:1: error[AG340]: this generated file is out of date" in result.stderr
    assert "root.py:1:1: error[AG340]: this module lacks the handler `greet`" in result.stderr
    assert files(folder / "out") == before


def test_check_fails_on_an_orphan_alone(folder: Path) -> None:
    """A handler that nothing calls is a warning when scaffolding, and drift in CI."""
    scaffold()
    (folder / "chat.yaml").write_text(RENAMED, encoding="utf-8")
    assert scaffold().exit_code == 0
    result = scaffold("--check")
    assert result.exit_code == 1
    assert "AG312" in result.stderr
    assert "AG340" not in result.stderr


def test_check_tells_drift_as_json(folder: Path) -> None:
    scaffold()
    (folder / "out/chat/_generated/events.py").unlink()
    result = scaffold("--check", "--format", "json")
    assert result.exit_code == 1
    assert [(item["code"], item["file"]) for item in json.loads(result.stdout)] == [
        ("AG340", "out/chat/_generated/events.py")
    ]


def test_an_edited_generated_file_stops_the_run_unless_forced(folder: Path) -> None:
    scaffold()
    contract = folder / "out/chat/_generated/contract.py"
    made = contract.read_bytes()
    contract.write_bytes(made + b"# mine\n")
    for again in (scaffold(), scaffold("--check"), scaffold("--check", "--force")):
        assert again.exit_code == 1
        assert again.stderr.count("error[") == 1
        assert "AG313" in again.stderr
        assert contract.read_bytes() == made + b"# mine\n"
    assert scaffold("--force").exit_code == 0
    assert contract.read_bytes() == made


def test_a_project_keeps_the_options_it_was_made_with(folder: Path) -> None:
    (folder / "chat.yaml").write_text(CHAT + SERVERS, encoding="utf-8")
    assert scaffold("--package", "talk", "--server", "b").exit_code == 0
    before = files(folder / "out")
    assert json.loads(before[".asyncgen.json"])["options"] == {
        "spec": "../chat.yaml",
        "server": "b",
        "channels": None,
        "perspective": None,
        "payloads": None,
        "ref_root": None,
        "allow_remote_refs": False,
    }
    assert scaffold().stdout.startswith("nothing changed")
    assert files(folder / "out") == before


def test_the_manifest_is_the_same_from_any_working_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaffold()
    monkeypatch.chdir(folder / "out")
    again = invoke("scaffold", str(folder / "chat.yaml"), "-o", ".")
    assert again.stdout.startswith("nothing changed")


def test_paths_are_told_relative_to_the_working_directory(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("asyncapi: 9.9.9\n", encoding="utf-8")
    assert invoke("validate", str(folder / "wrong.yaml")).stderr.startswith("wrong.yaml:1:")


# -- bad input


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.yaml", None),
        ("folder", None),
        ("empty.yaml", b""),
        ("torn.yaml", b"a: [b\n"),
        ("list.yaml", b"- a\n"),
        ("text.yaml", b"hello\n"),
        ("number.json", b"1\n"),
        ("torn.json", b'{"asyncapi": \n'),
        ("latin.yaml", b"a: \xff\n"),
        ("version.yaml", b"asyncapi: 1.0.0\n"),
        ("dangling.yaml", CHAT.replace("{type: string}", "{$ref: '#/nowhere'}", 1).encode()),
        ("hook.yaml", HOOK.encode()),
    ],
)
@pytest.mark.parametrize("command", ["scaffold", "validate", "ir"])
def test_a_document_that_cannot_be_used_is_one_error(
    folder: Path, command: str, name: str, content: bytes | None
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    elif name == "folder":
        (folder / name).mkdir()
    result = invoke(command, name, *(["-o", "out"] if command == "scaffold" else []))
    assert result.exit_code == 1
    assert result.stderr.count("error[") == 1, result.stderr
    assert result.stderr.startswith(f"{name}:")
    assert result.stdout == ""
    assert not (folder / "out").exists()


@pytest.mark.parametrize("out", ["chat.yaml", "chat.yaml/below", "full"])
@pytest.mark.parametrize("check", [(), ("--check",)])
def test_an_output_folder_that_cannot_be_used_is_one_error(
    folder: Path, out: str, check: tuple[str, ...]
) -> None:
    (folder / "full").mkdir()
    (folder / "full/notes.txt").write_text("mine", encoding="utf-8")
    before = files(folder)
    result = invoke("scaffold", "chat.yaml", "-o", out, *check)
    assert result.exit_code == 1
    assert result.stderr.count("error[") == 1, result.stderr
    assert result.stdout == ""
    assert files(folder) == before


def test_an_output_folder_that_cannot_be_written_is_one_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    result = scaffold()
    assert result.exit_code == 1
    assert result.stderr.count("error[") == 1, result.stderr
    assert "permission denied" in result.stderr
    assert "create" not in result.stdout


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("scafold", "chat.yaml"),
        ("scaffold", "chat.yaml"),
        ("scaffold", "chat.yaml", "-o", "out", "--frmat", "json"),
        ("validate",),
        ("validate", "chat.yaml", "--format", "xml"),
    ],
)
def test_wrong_usage_exits_2(folder: Path, args: tuple[str, ...]) -> None:
    assert invoke(*args).exit_code == 2
    assert not (folder / "out").exists()


# -- validate and ir


def test_validate_says_that_a_document_is_valid(folder: Path) -> None:
    result = invoke("validate", "chat.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "chat.yaml is valid\n", "")


def test_validate_goes_on_after_a_bad_file(folder: Path) -> None:
    result = invoke("validate", "missing.yaml", "chat.yaml", "gone.yaml")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "gone.yaml",
        "missing.yaml",
        "2 errors",
    ]


def test_strict_fails_on_a_warning(folder: Path) -> None:
    unnamed = CHAT.replace("        name: say\n", "        messageId: say\n")
    unnamed = unnamed.replace("messageId: say", "title: say")
    (folder / "chat.yaml").write_text(unnamed, encoding="utf-8")
    result = invoke("validate", "chat.yaml")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, "1 warning")
    assert invoke("validate", "chat.yaml", "--strict").exit_code == 1


def test_problems_as_json_stand_alone_on_stdout(folder: Path) -> None:
    result = invoke("validate", "missing.yaml", "--format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    [item] = json.loads(result.stdout)
    assert list(item) == [
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "severity",
        "code",
        "message",
        "pointer",
        "hint",
    ]
    assert (item["file"], item["severity"], item["code"]) == ("missing.yaml", "error", "AG101")


def test_no_problems_as_json_are_an_empty_array(folder: Path) -> None:
    assert json.loads(invoke("validate", "chat.yaml", "--format", "json").stdout) == []
    assert json.loads(scaffold("--format", "json").stdout) == []


def test_ir_is_json_in_the_words_of_socketio(folder: Path) -> None:
    result = invoke("ir", "chat.yaml")
    assert result.exit_code == 0
    [root] = json.loads(result.stdout)["namespaces"]
    assert root["name"] == "/"
    assert [event["event"] for event in root["incoming"]] == ["say"]
    assert [event["event"] for event in root["outgoing"]] == ["said"]


# -- the process


@pytest.mark.parametrize("args", [["--help"], ["validate", "chat.yaml"], ["validate", "gone.yaml"]])
def test_validate_and_help_leave_out_what_they_do_not_need(folder: Path, args: list[str]) -> None:
    code = (
        "import sys\n"
        "from asyncgen.cli import app\n"
        f"app({args!r}, standalone_mode=False)\n"
        "print('loaded', *sys.modules, file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(result.stderr.rpartition("loaded ")[2].split())
    heavy = {"black", "datamodel_code_generator", "flask", "jinja2", "jsonschema", "pydantic"}
    assert not loaded & (heavy | {"rich", "asyncgen.models", "asyncgen.render"})
    assert ("asyncgen.lower" in loaded) == (args[0] == "validate")


def test_version() -> None:
    result = asyncgen("--version")
    assert (result.returncode, result.stdout) == (0, "asyncgen 0.1.0\n")


def test_shell_completion_is_offered() -> None:
    # Which shell it is for is otherwise seen from the process that it was started by.
    named = asyncgen("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert "complete" in named.stdout


def test_an_interrupt_ends_without_a_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(pipeline, "compile_document", interrupted)
    result = invoke("validate", "chat.yaml")
    assert (result.exit_code, result.output) == (130, "")


def test_what_a_terminal_cannot_show_is_escaped(folder: Path) -> None:
    (folder / "чат.yaml").write_text(CHAT, encoding="utf-8")
    result = asyncgen("validate", "чат.yaml", PYTHONIOENCODING="latin-1")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "\\u0447\\u0430\\u0442.yaml is valid\n"


def test_no_colours_in_a_pipe(folder: Path) -> None:
    assert "\033" not in asyncgen("validate", "gone.yaml", FORCE_COLOR="1").stderr


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal_but_with_no_color(
    folder: Path, no_colour: str, coloured: bool
) -> None:
    pty = pytest.importorskip("pty")
    main, terminal = pty.openpty()
    environment = {**os.environ, "NO_COLOR": no_colour, "TERM": "xterm"}
    subprocess.run(
        [sys.executable, "-m", "asyncgen", "validate", "gone.yaml"],
        stderr=terminal,
        env=environment,
        check=False,
    )
    os.close(terminal)
    with os.fdopen(main, "rb") as shown:
        assert (b"\033[31m" in shown.read1(10_000)) == coloured


def test_scaffold_remembers_the_kind_of_payloads_until_told_otherwise(folder: Path) -> None:
    document = CHAT.replace("payload: {type: string}", "payload: {type: object, properties: {}}")
    (folder / "chat.yaml").write_text(document, encoding="utf-8")
    contract = folder / "out" / "chat" / "_generated" / "contract.py"

    def is_raw() -> bool:
        return "Incoming[dict[str, Any], None]" in contract.read_text(encoding="utf-8")

    assert scaffold("--payloads", "raw").exit_code == 0 and is_raw()
    assert scaffold().stdout.startswith("nothing changed") and is_raw()
    assert scaffold("--check", "--payloads", "models").exit_code == 1
    assert scaffold("--payloads", "models").exit_code == 0 and not is_raw()
    assert scaffold().stdout.startswith("nothing changed") and not is_raw()


# -- what would change, and the configuration


def test_diff_shows_what_would_change_and_writes_nothing(folder: Path) -> None:
    scaffold()
    before = files(folder / "out")
    (folder / "chat.yaml").write_text(RENAMED, encoding="utf-8")
    result = scaffold("--diff")
    assert result.exit_code == 0
    assert "\033" not in result.stdout
    assert "--- out/chat/handlers/root.py\n+++ out/chat/handlers/root.py\n" in result.stdout
    assert "+def greet(payload: str) -> None:\n" in result.stdout
    assert files(folder / "out") == before
    applied = subprocess.run(
        ["git", "apply", "-p0"], input=result.stdout, text=True, cwd=folder, check=False
    )
    assert applied.returncode == 0
    after = files(folder / "out")
    assert scaffold().stdout.startswith("nothing changed")
    assert files(folder / "out") == after


def test_check_and_diff_show_both(folder: Path) -> None:
    assert scaffold("--check", "--diff").stdout.startswith("--- /dev/null\n+++ out/")
    assert not (folder / "out").exists()
    scaffold()
    result = scaffold("--check", "--diff")
    assert (result.exit_code, result.output) == (0, "")
    (folder / "out/chat/_generated/events.py").unlink()
    result = scaffold("--check", "--diff")
    assert result.exit_code == 1
    assert "+++ out/chat/_generated/events.py\n" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("out is not what chat.yaml gives (1 missing);")


def test_diff_is_text(folder: Path) -> None:
    result = scaffold("--diff", "--format", "json")
    assert (result.exit_code, result.stdout) == (2, "")


def test_an_author_cannot_paint_the_terminal_by_a_diff(folder: Path) -> None:
    text = CHAT.replace("title: Chat", 'title: Chat, description: "\\e[31mred\\u202e"')
    (folder / "chat.yaml").write_text(text, encoding="utf-8")
    shown = scaffold("--diff", "--package", "chat").stdout
    assert "\033" not in shown and "\u202e" not in shown
    assert "red" in shown


def test_check_is_scaffold_check(folder: Path) -> None:
    for options in ((), ("--diff",), ("--format", "github"), ("--format", "sarif")):
        one = invoke("check", "chat.yaml", "-o", "out", *options)
        other = scaffold("--check", *options)
        assert (one.exit_code, one.stdout, one.stderr) == (1, other.stdout, other.stderr)
    assert not (folder / "out").exists()


def test_check_tells_how_much_there_is_of_each_kind(folder: Path) -> None:
    scaffold()
    (folder / "out/chat/_generated/events.py").unlink()
    (folder / "chat.yaml").write_text(RENAMED, encoding="utf-8")
    result = invoke("check", "chat.yaml", "-o", "out")
    assert result.exit_code == 1
    assert "1 missing handler, 1 orphan)" in result.stdout
    assert "error[AG312]" in result.stderr


def test_a_project_knows_its_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pyproject.toml is configured: plain `check` and `scaffold` do the right thing."""
    scaffold()
    monkeypatch.chdir(folder / "out/chat/handlers")
    assert invoke("check").exit_code == 0
    (folder / "chat.yaml").write_text(RENAMED, encoding="utf-8")
    assert invoke("check").exit_code == 1
    assert invoke("scaffold").exit_code == 0
    assert "def greet" in (folder / "out/chat/handlers/root.py").read_text(encoding="utf-8")
    assert invoke("scaffold").stdout.startswith("nothing changed")


def test_a_repository_is_configured_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = '[tool.asyncgen]\ndocument = "chat.yaml"\noutput = "app"\npackage = "talk"\n'
    (folder / "pyproject.toml").write_text(config, encoding="utf-8")
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    result = invoke("scaffold")
    assert result.exit_code == 0, result.stderr
    assert (folder / "app/talk/_generated").is_dir()
    assert "  cd ../app\n" in result.stdout
    other = invoke("scaffold", str(folder / "chat.yaml"), "-o", str(folder / "other"))
    assert other.exit_code == 0
    assert (folder / "other/chat/_generated").is_dir()


def test_a_configuration_can_be_strict_and_the_command_line_not(folder: Path) -> None:
    unnamed = CHAT.replace("        name: say\n", "        title: say\n")
    (folder / "chat.yaml").write_text(unnamed, encoding="utf-8")
    config = '[tool.asyncgen]\ndocument = "chat.yaml"\noutput = "out"\nstrict = true\n'
    (folder / "pyproject.toml").write_text(config, encoding="utf-8")
    assert invoke("scaffold").exit_code == 1
    assert not (folder / "out").exists()
    assert invoke("scaffold", "--no-strict").exit_code == 0


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_wrong_configuration_stops_every_run(folder: Path, format: str) -> None:
    (folder / "pyproject.toml").write_text("[tool.asyncgen]\ndocumnt = 1\n", encoding="utf-8")
    result = scaffold("--format", format)
    assert result.exit_code == 1
    assert "AG333" in result.output
    assert not (folder / "out").exists()


def test_without_a_configuration_a_document_is_needed(folder: Path) -> None:
    result = invoke("check")
    assert result.exit_code == 2
    assert "SPEC" in result.stderr and "[tool.asyncgen]" in result.stderr


def test_a_working_directory_that_is_gone_has_no_configuration(folder: Path) -> None:
    (folder / "gone").mkdir()
    code = "import os; os.chdir('gone'); os.rmdir('../gone'); from asyncgen.cli import main; main()"
    arguments = ["scaffold", str(folder / "chat.yaml"), "-o", str(folder / "out")]
    result = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],  # as the command is, without "" in sys.path
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stderr


def test_two_runs_at_once_are_one_after_the_other(folder: Path) -> None:
    commands = [sys.executable, "-m", "asyncgen", "scaffold", "chat.yaml", "-o", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen(
            commands,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [process.communicate() for process in runs]
    assert [process.returncode for process in runs] == [0, 0, 0], told
    assert sorted(out.split()[0] for out, _ in told) == ["create", "nothing", "nothing"]
    assert scaffold("--check").exit_code == 0


def test_the_network_can_be_forbidden_again(folder: Path) -> None:
    def remembered() -> object:
        manifest = json.loads((folder / "out/.asyncgen.json").read_text(encoding="utf-8"))
        return manifest["options"]["allow_remote_refs"]

    scaffold("--allow-remote-refs")
    scaffold()
    assert remembered() is True
    scaffold("--no-remote-refs")
    assert remembered() is False


def test_a_run_that_waits_too_long_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    with lock.lock(folder / "out", lambda seconds: None):
        result = scaffold()
        assert result.exit_code == 1
        assert "error[AG335]" in result.stderr
        assert scaffold("--check").exit_code == 1
    assert not (folder / "out").exists()
