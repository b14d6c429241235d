"""The reports of `asyncgen diff`, whole: golden/diff/<case>/ has two documents and each format."""

from pathlib import Path

import pytest

from tests.golden.support import GOLDEN, compare, texts
from tests.support import invoke

DIFFS = GOLDEN / "diff"
FORMATS = {"text": "txt", "markdown": "md", "github": "github.txt", "json": "json"}


@pytest.mark.parametrize("name", sorted(path.name for path in DIFFS.iterdir()))
def test_each_report_is_as_expected(
    name: str, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = DIFFS / name
    monkeypatch.chdir(case)
    reports = {f"expected.{suffix}": report(format) for format, suffix in FORMATS.items()}
    compare(case, {**texts(case), **reports}, update)


def report(format: str) -> str:
    result = invoke("diff", "old.yaml", "new.yaml", "--format", format)
    assert result.exit_code == 1, result.output
    return result.stdout


def test_every_verdict_is_in_a_case() -> None:
    told = "".join(Path(path).read_text() for path in DIFFS.glob("*/expected.txt"))
    for verdict in ("breaking", "unknown", "review", "safe"):
        assert f"\n{verdict} " in f"\n{told}"
