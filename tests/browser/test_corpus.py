"""Pages of third-party documents in Chromium: ten by default, all in `nox -s corpus`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Opens
from tests.corpus.documents import Row
from tests.corpus.test_docs import documents, page_of, unmeant


@pytest.mark.parametrize("row", documents(), ids=lambda row: row.file)
def test_scripts_say_nothing_that_only_a_program_says(
    row: Row, opens: Opens, tmp_path: Path
) -> None:
    """With everything in view, and each schema shown as JSON."""
    file = tmp_path / "page.html"
    file.write_text(page_of(row).html, encoding="utf-8")
    page = opens(file.as_uri())
    page.set_viewport_size({"width": 1000, "height": 20_000})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    page.evaluate("document.querySelectorAll('.tools [title]').forEach((it) => it.click())")
    source = page.locator("#document").text_content() or ""
    assert unmeant(page.locator("body").inner_text(), source) == set()
