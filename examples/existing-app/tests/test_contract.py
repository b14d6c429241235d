"""The contract tests; they follow the document."""

import flask
import pytest

from live._generated.testing import ContractTests
from shop import create_app


class TestContract(ContractTests):
    """Every namespace and event, as live/_generated/contract.py declares them."""

    @pytest.fixture
    def app(self) -> flask.Flask:
        """The whole shop, and not `live` alone."""
        return create_app({"TESTING": True, "SECRET_KEY": "of the tests"})
