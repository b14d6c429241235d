"""What tests of parsing share."""

from pathlib import Path

from asyncgen.code import Text
from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.document import Document, Located
from asyncgen.parse import parse
from asyncgen.source import load


def parsed(path: Path) -> tuple[Document | None, list[Diagnostic]]:
    """The document in a file, and what was found wrong with it."""
    diagnostics = Diagnostics()
    source = load(path, diagnostics)
    result = parse(source, diagnostics) if source else None
    return result, list(diagnostics)


def raw(text: Text | Located | None) -> str | None:
    """The text of a document as it stands there."""
    text = text.text if isinstance(text, Located) else text
    return text.raw if text else None
