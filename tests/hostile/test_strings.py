"""Text of a document is data in whatever is generated (S42), wherever it stands.

Here, each hostile text stands everywhere at once, and a few of them in single
places; `nox -s hostile` has many more of these.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import projects, texts
from tests.hostile.documents import DOCUMENTS, Dotted, Name, Prose, Value, marks, variant

EVERYTHING = os.environ.get("ASYNCGEN_CORPUS") == "all"

Projects = Mapping[str, Mapping[str, str]]


def pairs(kind: type[str], hostile: list[str], every: int) -> list[tuple[str, str, str]]:
    """Some pairs of a place (document and mark) and a text, spread over all of both."""
    places = [
        (version, str(mark))
        for version, document in DOCUMENTS.items()
        for mark in dict.fromkeys(marks(document()))
        if type(mark) is kind
    ]
    step = max(1, every // 20) if EVERYTHING else every
    everything = [(*place, text) for text in hostile for place in places]
    return everything[::step]


def prose(version: str) -> list[str]:
    return [mark for mark in marks(DOCUMENTS[version]()) if type(mark) is Prose]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    made = {}
    for version, document in DOCUMENTS.items():
        project = projects.make(variant(document(), {}), tmp_path_factory.mktemp("harmless"))
        assert project.files is not None, [*project.diagnostics]
        made[version] = project.files
    return made


def substituted(document: Any, hostile: Mapping[str, str]) -> Any:
    """A served document with other texts."""
    match document:
        case str():
            return hostile.get(document, document)
        case dict():
            return {hostile.get(key, key): substituted(it, hostile) for key, it in document.items()}
        case list():
            return [substituted(it, hostile) for it in document]
    return document


@pytest.mark.parametrize("version", DOCUMENTS)
@pytest.mark.parametrize("text", texts.PROSE if EVERYTHING else texts.PROSE[::3])
def test_S42_hostile_text_everywhere_changes_nothing_but_strings(
    version: str, text: str, harmless: Projects, tmp_path: Path
) -> None:
    hostile = dict.fromkeys(prose(version), text)
    made = projects.make(variant(DOCUMENTS[version](), hostile), tmp_path)
    assert made.files is not None, [*made.diagnostics]
    document = projects.check_strings_alone(made.files, harmless[version])
    assert document == substituted(projects.check_data(harmless[version]), hostile)


@pytest.mark.parametrize(("version", "mark", "text"), pairs(Prose, texts.PROSE, 601))
def test_S42_hostile_text_in_one_place_changes_nothing_but_strings(
    version: str, mark: str, text: str, harmless: Projects, tmp_path: Path
) -> None:
    made = projects.make(variant(DOCUMENTS[version](), {mark: text}), tmp_path)
    assert made.files is not None, [*made.diagnostics]
    projects.check_strings_alone(made.files, harmless[version])


@pytest.mark.parametrize(("version", "mark", "text"), pairs(Value, texts.VALUES, 301))
def test_S42_hostile_text_that_may_be_refused_changes_nothing_but_strings(
    version: str, mark: str, text: str, harmless: Projects, tmp_path: Path
) -> None:
    made = projects.make(variant(DOCUMENTS[version](), {mark: text}), tmp_path)
    if made.files is not None:
        projects.check_strings_alone(made.files, harmless[version])


@pytest.mark.parametrize(("version", "mark", "name"), pairs(Name, texts.NAMES, 261))
def test_S16_S42_hostile_names_change_nothing_but_strings_and_names(
    version: str, mark: str, name: str, harmless: Projects, tmp_path: Path
) -> None:
    made = projects.make(variant(DOCUMENTS[version](), {mark: name}), tmp_path)
    if made.files is not None:
        projects.check_names_alone(made.files, harmless[version])


@pytest.mark.parametrize(("version", "mark", "path"), pairs(Dotted, texts.PATHS, 61))
def test_S38_hostile_paths_lead_to_functions_of_the_project_or_are_refused(
    version: str, mark: str, path: str, harmless: Projects, tmp_path: Path
) -> None:
    made = projects.make(variant(DOCUMENTS[version](), {mark: path}), tmp_path)
    if made.files is not None:
        projects.check_paths(made.files, harmless[version], path)
