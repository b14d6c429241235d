"""Playwright, where it is installed; else the modules that import this are skipped."""

import os

import pytest

try:
    from playwright.sync_api import Locator, Page, expect

    # Long enough for any machine, as in tests/functional.
    expect.set_options(timeout=20_000)
except ImportError:
    if os.environ.get("ASYNCGEN_REQUIRE_ALL"):
        raise
    pytest.skip("playwright is not installed", allow_module_level=True)

__all__ = ["Locator", "Page", "expect"]
