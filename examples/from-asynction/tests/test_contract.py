"""The contract tests; they follow the document."""

from poll_server._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as poll_server/_generated/contract.py declares them."""
