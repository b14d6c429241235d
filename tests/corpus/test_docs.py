"""Every valid document of third parties becomes a page that reads well, whatever its protocol.

Ten of them by default, all in `nox -s corpus`.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.docs.from_app import page_of_app
from asyncgen.docs.from_document import page_of_document
from asyncgen.document import Document
from asyncgen.lower import Options, lower
from asyncgen.runtime import runtime
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


def access_of(row: Row) -> Access:
    root = folder().joinpath(*row.file.split("/")[:2])
    return Access(root if root.is_dir() else None)


def page_of(row: Row) -> pipeline.DocumentPage:
    diagnostics = Diagnostics()
    page = pipeline.document_page(folder() / row.file, Options(), diagnostics, access_of(row))
    assert page is not None, [*diagnostics]
    assert not diagnostics.failed
    return page


def samples(document: Document) -> Iterator[tuple[str, Any]]:
    """The samples on the page of a document, each after the pointer of its schema."""
    app = lower(document, Options(), Diagnostics())
    page = page_of_app(app, document.bundle) if app else page_of_document(document)
    for event in (event for channel in page.channels for event in channel.events):
        shown = [(it, event.payloads[0]) for it in event.examples]
        shown += [(event.answer, event.ack[0])] if event.answer and event.ack else []
        for example, payload in shown:
            if example.sampled:
                assert payload.pointer is not None
                yield payload.pointer, with_bytes(json.loads(example.json.raw))


def with_bytes(value: Any) -> Any:
    """What the page writes as JSON, as it is sent."""
    match value:
        case {"$bytes": str(encoded)}:
            return base64.b64decode(encoded)
        case dict():
            return {name: with_bytes(item) for name, item in value.items()}
        case list():
            return [with_bytes(item) for item in value]
    return value


def unmeant(text: str, source: str) -> set[str]:
    return {word for word in SAID.findall(text) if word not in source}


def test_the_corpus_is_there() -> None:
    assert len(documents()) >= 10, folder()


@pytest.mark.parametrize("row", documents(), ids=lambda row: row.file)
def test_every_sample_on_a_page_conforms(row: Row) -> None:
    document = pipeline.read_document(folder() / row.file, Diagnostics(), access_of(row))
    assert document is not None
    schemas = runtime("schemas").Schemas(document.bundle)
    for pointer, sample in samples(document):
        schemas.at(pointer).check(sample)


@pytest.mark.parametrize("row", documents(), ids=lambda row: row.file)
def test_a_page_says_nothing_that_only_a_program_says(row: Row) -> None:
    page = page_of(row)
    source = page.html.partition('<script type="application/json"')[2].partition("</script>")[0]
    assert unmeant(words(page.html), source) == set()
    assert page.plain == ('id="console"' not in page.html)
