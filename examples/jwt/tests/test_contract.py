"""The contract tests; they follow the document."""

from notes._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as notes/_generated/contract.py declares them."""
