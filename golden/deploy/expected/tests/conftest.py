"""Adds pytest's option --no-stubs and the count of stubs at the end of a run."""

from deployed._generated.runtime.testing import (
    pytest_addoption,
    pytest_terminal_summary,
)

__all__ = ["pytest_addoption", "pytest_terminal_summary"]
