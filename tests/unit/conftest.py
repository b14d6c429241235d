"""Fixtures of the unit tests."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document
from asyncgen.lower import Options, lower
from asyncgen.parse import parse
from asyncgen.source import load
from tests.unit.lowering import HEAD, Lower, Lowered


@pytest.fixture
def lowered(tmp_path: Path) -> Lower:
    def run(
        text: str, edit: Callable[[Document], Document] = lambda it: it, **options: object
    ) -> Lowered:
        text = dedent(text).strip("\n") + "\n"
        path = tmp_path / "chat.yaml"
        path.write_text(text if text.startswith("asyncapi:") else HEAD + text, encoding="utf-8")
        diagnostics = Diagnostics()
        source = load(path, diagnostics)
        assert source is not None
        document = parse(source, diagnostics)
        assert document is not None, list(diagnostics)
        assert not diagnostics.failed, list(diagnostics)
        found = Diagnostics()
        return Lowered(lower(edit(document), Options(**options), found), found)  # type: ignore[arg-type]

    return run
