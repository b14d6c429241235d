"""`[tool.asyncgen]`: where it is found, what it may hold, and what wins over it."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from asyncgen.config import Settings, find
from asyncgen.diagnostics import Diagnostic, Diagnostics
from tests.support import ROOT


def written(folder: Path, *lines: str, table: str = "[tool.asyncgen]") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text("\n".join(["[project]", 'name = "x"', "", table, *lines, ""]))
    return file


def found(folder: Path) -> Settings:
    diagnostics = Diagnostics()
    settings = find([folder, *folder.parents], diagnostics)
    assert not [*diagnostics]
    return settings


def problem(folder: Path) -> Diagnostic:
    diagnostics = Diagnostics()
    find([folder], diagnostics)
    (item,) = diagnostics
    assert item.hint and item.span
    return item


def test_every_key_is_read_and_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    written(
        tmp_path,
        'document = "api/chat.yaml"',
        'output = "app"',
        'package = "talk"',
        'server = "b"',
        'channels = "event"',
        'perspective = "client"',
        'ref-root = ".."',
        "allow-remote-refs = true",
        "mock = false",
        "strict = true",
    )
    assert found(tmp_path) == Settings(
        document=tmp_path / "api/chat.yaml",
        output=tmp_path / "app",
        package="talk",
        server="b",
        channels="event",
        perspective="client",
        ref_root=tmp_path / "..",
        allow_remote_refs=True,
        mock=False,
        strict=True,
    )


def test_the_folder_of_the_file_is_the_default_output(tmp_path: Path) -> None:
    written(tmp_path, 'document = "chat.yaml"')
    assert found(tmp_path).output == tmp_path


def test_the_nearest_file_that_has_the_table_is_read(tmp_path: Path) -> None:
    written(tmp_path, 'package = "far"')
    written(tmp_path / "a", 'package = "near"')
    written(tmp_path / "a/b", table="[tool.other]")
    (tmp_path / "a/b/c").mkdir()
    assert found(tmp_path / "a/b/c").package == "near"


def test_without_a_table_nothing_is_said(tmp_path: Path) -> None:
    written(tmp_path, table="[tool.other]")
    assert found(tmp_path) == Settings()


@pytest.mark.parametrize("tool", ["tool = 1", "tool = []"])
def test_what_is_no_table_of_tools_is_not_ours(tmp_path: Path, tool: str) -> None:
    (tmp_path / "pyproject.toml").write_text(tool)
    assert found(tmp_path) == Settings()


def test_the_command_line_wins_key_by_key(tmp_path: Path) -> None:
    configured = Settings(tmp_path / "a.yaml", tmp_path / "app", server="a", mock=True, strict=True)
    said = Settings(server="b", mock=False)
    assert said.over(configured) == Settings(
        tmp_path / "a.yaml", tmp_path / "app", server="b", mock=False, strict=True
    )


def test_another_output_is_another_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configured = Settings(Path("a.yaml"), tmp_path / "app", package="talk")
    other = Settings(Path("b.yaml"), Path("other"))
    assert other.over(configured) == other
    same = Settings(Path("b.yaml"), Path("app"))
    assert same.over(configured).package == "talk"


# -- what is wrong with it


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('documnt = "a"', "did you mean `document`?"),
        ('ref_root = "a"', "did you mean `ref-root`?"),
        ("zzz = 1", "its keys are document, output, package,"),
    ],
)
def test_an_unknown_key_is_an_error_with_a_suggestion(tmp_path: Path, line: str, hint: str) -> None:
    file = written(tmp_path, 'package = "x"', line)
    item = problem(tmp_path)
    assert item.code == "AG333"
    assert hint in (item.hint or "")
    assert item.span is not None
    assert (item.span.file, item.span.line) == (str(file), 6)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("document = 1", "a path, in quotes"),
        ('document = ""', "a path, in quotes"),
        ('output = "a\\u0000"', "a path, in quotes"),
        ("package = true", "text, in quotes"),
        ("server = ['a']", "text, in quotes"),
        ('channels = "topic"', '`"namespace"` or `"event"`'),
        ("perspective = 1", '`"server"` or `"client"`'),
        ("mock = 1", "`true` or `false`"),
        ('strict = "yes"', "`true` or `false`"),
    ],
)
def test_a_value_of_another_type_is_an_error_at_its_line(
    tmp_path: Path, line: str, hint: str
) -> None:
    written(tmp_path, line)
    item = problem(tmp_path)
    assert item.code == "AG334"
    assert hint in (item.hint or "")
    assert item.span is not None
    assert (item.span.line, item.span.column) == (5, 1)


def test_every_wrong_key_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "a = 1", "b = 1", "mock = 1")
    diagnostics = Diagnostics()
    find([tmp_path], diagnostics)
    assert [item.code for item in diagnostics] == ["AG333", "AG333", "AG334"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"[tool.asyncgen]\ndocument = chat.yaml\n", 2),
        (b"[tool.asyncgen\n", 1),
        (b"\xff", 1),
        (b"[tool]\nasyncgen = 1\n", 1),
        (b"a = " + b"[" * 100_000, 1),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes, line: int) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    item = problem(tmp_path)
    assert item.code == "AG332"
    assert item.span is not None
    assert item.span.line == line


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a/pyproject.toml").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b/pyproject.toml")
    assert found(tmp_path / "a") == found(tmp_path / "b") == Settings()


def test_a_key_in_an_inline_table_has_the_start_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nasyncgen = { zzz = 1 }\n")
    item = problem(tmp_path)
    assert item.code == "AG333"
    assert item.span is not None
    assert item.span.line == 1


def test_the_readme_has_every_key() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"`{field.name.replace('_', '-')}`" in readme, field.name
