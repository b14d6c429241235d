"""Helpers that tests share."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from asyncgen.cli import app

ROOT = Path(__file__).resolve().parent.parent


def require(condition: bool, reason: str) -> None:
    """Skip with a reason, or fail where every test must run (ASYNCGEN_REQUIRE_ALL, set in CI)."""
    if condition:
        return
    if os.environ.get("ASYNCGEN_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


def shared_dir() -> Path:
    """The folder of third-party test data beside the checkout; skips where it is missing."""
    path = ROOT.parent / "shared"
    require(path.is_dir(), f"third-party test data is missing: {path}")
    return path


def invoke(*args: str) -> Result:
    """Run asyncgen in this process; raises what would be a traceback."""
    result = CliRunner().invoke(app, args)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped = tag in ("script", "style")
        if tag not in ("a", "code", "em", "span", "strong", "wbr"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.skipped = False

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.parts.append(data)


def words(page: str) -> str:
    """The text of a page that is read, its white space as one space each."""
    parser = _Words()
    parser.feed(page)
    return re.sub(r"\s+", " ", "".join(parser.parts))
