"""`asyncgen bundle` and `asyncgen init`, and what references may lead to, from the command line."""

import json
import os
from pathlib import Path

import pytest

from asyncgen.resources import templates_dir
from asyncgen.source import dump_yaml
from tests.support import invoke
from tests.unit.test_cli import files
from tests.unit.test_files import put

SPLIT = {
    "spec/chat.yaml": """\
asyncapi: 2.6.0
info: {title: Chat, version: 1.0.0}
channels: {/: {publish: {message: {$ref: 'messages.yaml#/Say'}}}}
""",
    "spec/messages.yaml": "Say: {name: say, payload: {$ref: text.json}}\n",
    "spec/text.json": '{"type": "string"}',
}
WHOLE = {
    "asyncapi": "2.6.0",
    "info": {"title": "Chat", "version": "1.0.0"},
    "channels": {"/": {"publish": {"message": {"$ref": "#/components/messages/Say"}}}},
    "components": {
        "messages": {"Say": {"name": "say", "payload": {"$ref": "#/components/schemas/text"}}},
        "schemas": {"text": {"type": "string"}},
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a document of several files in `spec`."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path, SPLIT)
    return tmp_path


# -- bundle ------------------------------------------------------------------------------------


def test_S3_a_bundle_is_printed_as_yaml(folder: Path) -> None:
    before = files(folder)
    for args in ((), ("-o", "-")):
        result = invoke("bundle", "spec/chat.yaml", *args)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == dump_yaml(WHOLE)  # type: ignore[arg-type]
    assert files(folder) == before


@pytest.mark.parametrize("name", ["out.json", "new/out.JSON"])
def test_S3_a_bundle_is_written_as_json_by_its_suffix(folder: Path, name: str) -> None:
    result = invoke("bundle", "spec/chat.yaml", "-o", name)
    assert (result.exit_code, result.output) == (0, "")
    assert json.loads((folder / name).read_text()) == WHOLE
    assert list(json.loads((folder / name).read_text())) == list(WHOLE)


def test_S3_a_bundle_replaces_an_older_one(folder: Path) -> None:
    (folder / "out.yml").write_text("old")
    assert invoke("bundle", "spec/chat.yaml", "-o", "out.yml").exit_code == 0
    assert (folder / "out.yml").read_text() == dump_yaml(WHOLE)  # type: ignore[arg-type]


def test_a_bundle_never_replaces_its_document(folder: Path) -> None:
    before = files(folder)
    os.symlink("spec/chat.yaml", folder / "link.yaml")
    for name in ("spec/chat.yaml", "link.yaml"):
        result = invoke("bundle", "spec/chat.yaml", "-o", name)
        assert result.exit_code == 2
        assert "this is the document itself" in result.stderr
    assert files(folder) == before | {"link.yaml": before["spec/chat.yaml"]}


def test_a_bundle_is_written_to_nothing_but_a_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for name in ("pipe", "spec"):
        result = invoke("bundle", "spec/chat.yaml", "-o", name)
        assert result.exit_code == 1
        assert "AG321" in result.stderr
    assert (folder / "pipe").is_fifo()


def test_no_bundle_is_written_of_a_document_with_errors(folder: Path) -> None:
    (folder / "spec/text.json").write_text('{"type": "strng"}')
    result = invoke("bundle", "spec/chat.yaml", "-o", "out.yaml")
    assert result.exit_code == 1
    assert not (folder / "out.yaml").exists()
    assert "spec/text.json:1:10: error[AG205]" in result.stderr
    assert '1 | {"type": "strng"}' in result.stderr


def test_no_bundle_is_written_of_a_document_with_warnings_if_strict(folder: Path) -> None:
    (folder / "spec/text.json").write_text('{"nullable": true}')
    assert invoke("bundle", "spec/chat.yaml", "-o", "out.yaml", "--strict").exit_code == 1
    assert not (folder / "out.yaml").exists()
    assert invoke("bundle", "spec/chat.yaml", "-o", "out.yaml").exit_code == 0


# -- what references may lead to ---------------------------------------------------------------


def outside(folder: Path) -> None:
    """Move a file out of the folder of the document."""
    (folder / "common").mkdir()
    (folder / "spec/text.json").rename(folder / "common/text.json")
    (folder / "spec/messages.yaml").write_text(
        "Say: {name: say, payload: {$ref: ../common/text.json}}"
    )


@pytest.mark.parametrize("command", ["validate", "ir", "bundle"])
def test_S3_another_folder_has_to_be_allowed(folder: Path, command: str) -> None:
    outside(folder)
    result = invoke(command, "spec/chat.yaml")
    assert result.exit_code == 1
    assert "spec/messages.yaml:1:34: error[AG106]" in result.stderr
    assert invoke(command, "spec/chat.yaml", "--ref-root", "common").exit_code == 0


@pytest.mark.parametrize("command", ["validate", "ir", "bundle"])
def test_S3_the_network_has_to_be_allowed(folder: Path, command: str) -> None:
    put(folder, {"spec/messages.yaml": "Say: {$ref: 'http://127.0.0.1:1/a.yaml'}"})
    assert "AG107" in invoke(command, "spec/chat.yaml").stderr
    assert "AG105" in invoke(command, "spec/chat.yaml", "--allow-remote-refs").stderr


def test_S3_a_project_remembers_what_references_may_lead_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside(folder)
    assert invoke("scaffold", "spec/chat.yaml", "-o", "out").exit_code == 1
    allowed = ("--ref-root", "common", "--allow-remote-refs")
    assert invoke("scaffold", "spec/chat.yaml", "-o", "out", *allowed).exit_code == 0
    options = json.loads((folder / "out/.asyncgen.json").read_text())["options"]
    assert (options["ref_root"], options["allow_remote_refs"]) == ("../common", True)
    monkeypatch.chdir(folder / "out")
    again = invoke("scaffold", "../spec/chat.yaml", "-o", ".")
    assert again.stdout.startswith("nothing changed")


# -- init --------------------------------------------------------------------------------------


def test_a_starter_document_has_nothing_to_complain_about(folder: Path) -> None:
    result = invoke("init")
    assert result.exit_code == 0
    assert "asyncgen scaffold asyncapi.yaml -o app" in result.stdout
    assert (folder / "asyncapi.yaml").read_bytes() == (templates_dir() / "init.yaml").read_bytes()
    checked = invoke("validate", "--strict", "asyncapi.yaml")
    assert (checked.exit_code, checked.stderr) == (0, "")


def test_init_takes_a_name_and_replaces_nothing(folder: Path) -> None:
    assert invoke("init", "docs/my.yaml").exit_code == 0
    before = files(folder)
    os.symlink("nowhere", folder / "dangling.yaml")
    for name in ("docs/my.yaml", "spec", "dangling.yaml"):
        result = invoke("init", name)
        assert result.exit_code == 1
        assert "AG321" in result.stderr
    (folder / "dangling.yaml").unlink()
    assert files(folder) == before
