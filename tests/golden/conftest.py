"""The option that rewrites the golden files."""

import os

import pytest

from tests.golden.support import UPDATE


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(UPDATE, action="store_true", help="rewrite what golden/ expects")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(UPDATE) and os.environ.get("CI"):
        raise pytest.UsageError(f"{UPDATE} is for a person who reads the difference, not for CI")


@pytest.fixture(scope="session")
def update(pytestconfig: pytest.Config) -> bool:
    """Whether to rewrite what is expected instead of comparing with it."""
    # Where other tests are collected first, the option comes too late to be known.
    return bool(pytestconfig.getoption(UPDATE, default=False))
