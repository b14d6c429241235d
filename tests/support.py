"""Helpers that tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
