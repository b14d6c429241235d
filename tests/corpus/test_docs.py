"""Every valid document of third parties becomes a page that reads well, whatever its protocol.

Ten of them by default, all in `nox -s corpus`.
"""

from __future__ import annotations

import os
import re
from functools import cache

import pytest

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.source import Access
from tests.corpus.documents import Row, folder, rows
from tests.corpus.test_agreement import DISAGREEMENTS
from tests.support import ROOT, words

ALL = os.environ.get("ASYNCGEN_CORPUS") == "all"
# What only a program says, where its author has not.
SAID = re.compile(r"\bundefined\b|\bNone\b|\[object Object\]|\bText\(|\bNaN\b")


@cache
def documents() -> list[Row]:
    """The documents that `validate` accepts as the index does: the others have no page."""
    if not (ROOT.parent / "shared").is_dir():
        return []
    valid = [row for row in rows() if row.expected == "valid" and row.file not in DISAGREEMENTS]
    return valid if ALL else valid[:: len(valid) // 10]


def page_of(row: Row) -> pipeline.DocumentPage:
    diagnostics = Diagnostics()
    root = folder().joinpath(*row.file.split("/")[:2])
    access = Access(root if root.is_dir() else None)
    page = pipeline.document_page(folder() / row.file, Options(), diagnostics, access)
    assert page is not None, [*diagnostics]
    assert not diagnostics.failed
    return page


def unmeant(text: str, source: str) -> set[str]:
    return {word for word in SAID.findall(text) if word not in source}


def test_the_corpus_is_there() -> None:
    assert len(documents()) >= 10, folder()


@pytest.mark.parametrize("row", documents(), ids=lambda row: row.file)
def test_a_page_says_nothing_that_only_a_program_says(row: Row) -> None:
    page = page_of(row)
    source = page.html.partition('<script type="application/json"')[2].partition("</script>")[0]
    assert unmeant(words(page.html), source) == set()
    assert page.plain == ('id="console"' not in page.html)
