"""Options that a document leaves open: flags, and what the manifest remembers (S8, S9)."""

import json
from pathlib import Path

import pytest

from tests.support import invoke

OPEN = """asyncapi: 2.6.0
info: {title: Chat, version: 1.0.0}
channels:
  say: {subscribe: {message: {name: Line, payload: {type: string}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.yaml").write_text(OPEN, encoding="utf-8")
    return tmp_path


def incoming(*flags: str) -> list[str]:
    shown = json.loads(invoke("ir", "chat.yaml", *flags).stdout)
    return [event["event"] for it in shown["namespaces"] for event in it["incoming"]]


def test_S8_S9_flags_of_ir(folder: Path) -> None:
    assert incoming("--channels", "event", "--perspective", "client") == ["say"]
    assert incoming("--channels", "namespace", "--perspective", "client") == ["Line"]
    assert incoming("--channels", "event", "--perspective", "server") == []


def test_S9_validate_warns_until_it_is_said(folder: Path) -> None:
    assert "warning[AG210]" in invoke("validate", "chat.yaml").stderr
    assert invoke("validate", "chat.yaml", "--channels", "event", "--strict").exit_code == 0


def test_S8_S9_a_later_run_without_flags_means_the_same(folder: Path) -> None:
    assert invoke("scaffold", "chat.yaml", "-o", "out").exit_code == 1
    flags = ("--channels", "event", "--perspective", "client")
    assert invoke("scaffold", "chat.yaml", "-o", "out", *flags).exit_code == 0
    handlers = (folder / "out/chat/handlers/root.py").read_text(encoding="utf-8")
    assert "def say(payload: str) -> None:" in handlers
    assert invoke("scaffold", "chat.yaml", "-o", "out", "--check").exit_code == 0
    assert invoke("scaffold", "chat.yaml", "-o", "out").stdout.startswith("nothing changed")


def test_S8_a_flag_wins_over_what_is_remembered(folder: Path) -> None:
    flags = ("--channels", "event", "--perspective")
    assert invoke("scaffold", "chat.yaml", "-o", "out", *flags, "client").exit_code == 0
    assert "AG330" in invoke("scaffold", "chat.yaml", "-o", "out", *flags, "server").stderr
    forced = invoke("scaffold", "chat.yaml", "-o", "out", *flags, "server", "--force")
    assert forced.exit_code == 0
    remembered = json.loads((folder / "out/.asyncgen.json").read_text(encoding="utf-8"))["options"]
    assert (remembered["channels"], remembered["perspective"]) == ("event", "server")


@pytest.mark.parametrize("value", ["rooms", 1, None, ["event"]])
def test_a_manifest_with_anything_in_it_chooses_nothing(folder: Path, value: object) -> None:
    assert invoke("scaffold", "chat.yaml", "-o", "out", "--channels", "event").exit_code == 0
    manifest = folder / "out/.asyncgen.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    data["options"]["channels"] = value
    manifest.write_text(json.dumps(data), encoding="utf-8")
    assert "AG210" in invoke("scaffold", "chat.yaml", "-o", "out").stderr


def test_an_unknown_value_of_a_flag_is_wrong_usage(folder: Path) -> None:
    assert invoke("ir", "chat.yaml", "--channels", "rooms").exit_code == 2
