"""The contract tests; they follow the document."""

from stock._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as stock/_generated/contract.py declares them."""
