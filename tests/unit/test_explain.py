"""Every code is explained, and its examples are what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncgen import pipeline
from asyncgen.diagnostics import CODES, Diagnostics
from asyncgen.explanations import read
from asyncgen.lower import Options
from tests.support import invoke

INFO = "info: {title: Chat, version: 1.0.0}\n"
EXPLANATIONS = read()
# What is wrong with the command, the project or the machine, and not with a document; and what
# takes hundreds of lines to show.
OF_PROJECTS = {code for code in CODES if code > "AG301"} | {"AG101", "AG108", "AG265"}
OF_DOCUMENTS = sorted(CODES.keys() - OF_PROJECTS)


def test_every_code_is_explained() -> None:
    assert EXPLANATIONS.keys() == CODES.keys()


def codes(folder: Path, text: str, options: str, *, build: bool) -> set[str]:
    """What is told of a document, when a project is to be made of it."""
    if "asyncapi:" not in text and "openapi:" not in text:
        text = f"asyncapi: 2.6.0\n{text}"
    if "info:" not in text:
        text = INFO + text
    path = folder / "asyncapi.yaml"
    path.write_text(text, encoding="utf-8")
    words = options.split()
    given = dict(zip((it.removeprefix("--") for it in words[::2]), words[1::2], strict=True))
    diagnostics = Diagnostics()
    found = Options(given.get("package"), given.get("server"))
    compiled = pipeline.compile_document(path, found, diagnostics)
    if compiled is not None and build:
        pipeline.build(compiled, diagnostics)
    return {item.code for item in diagnostics}


@pytest.mark.parametrize("code", OF_DOCUMENTS)
def test_the_wrong_document_has_the_problem(tmp_path: Path, code: str) -> None:
    part = EXPLANATIONS[code]
    assert code in codes(tmp_path, part.wrong, part.options, build=code == "AG301")


# The right package is a matter of the command.
@pytest.mark.parametrize("code", [code for code in OF_DOCUMENTS if code != "AG240"])
def test_in_the_right_document_nothing_is_wrong(tmp_path: Path, code: str) -> None:
    part = EXPLANATIONS[code]
    assert codes(tmp_path, part.right, part.options, build=code == "AG301") == set()


def test_explain_prints_the_example() -> None:
    result = invoke("explain", "ag203")
    assert result.exit_code == 0
    assert result.output.startswith("AG203: a required key is missing\n\n")
    assert "wrong:\n\n    servers:\n      live: {url: example.com}\n" in result.output
    assert "right:\n\n    servers:\n" in result.output


def test_explain_lists_all_codes() -> None:
    result = invoke("explain")
    assert result.exit_code == 0
    assert result.output.splitlines() == [f"{code}  {title}" for code, title in CODES.items()]


@pytest.mark.parametrize(
    ("code", "hint"), [("AG2033", "AG203"), ("help", "`asyncgen explain` lists all")]
)
def test_explain_of_an_unknown_code(code: str, hint: str) -> None:
    result = invoke("explain", code)
    assert result.exit_code == 2
    assert hint in " ".join(result.output.split())
