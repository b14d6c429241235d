"""The third-party documents beside the checkout, and what is known about each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.source import Access
from tests.support import shared_dir


@dataclass(frozen=True)
class Row:
    """A row of INDEX.tsv: what the reference validator and the source of a document say of it."""

    file: str
    expected: str
    kind: str
    scored: bool
    reason: str


def rows() -> list[Row]:
    """All documents of the corpus."""
    with (folder() / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        return [
            Row(it["file"], it["expected"], it["kind"], it["scored"] == "yes", it["reason"])
            for it in csv.DictReader(index, delimiter="\t")
        ]


def folder() -> Path:
    return shared_dir() / "corpus"


def validated(path: Path, root: Path | None = None) -> Diagnostics:
    """What `asyncgen validate` says of a document."""
    diagnostics = Diagnostics()
    pipeline.compile_document(path, Options(lint=True), diagnostics, Access(root))
    return diagnostics
