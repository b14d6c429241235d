"""The contract tests; they follow the document."""

from deployed._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as deployed/_generated/contract.py declares them."""
