"""The contract tests; they follow the document."""

from chat._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as chat/_generated/contract.py declares them."""
