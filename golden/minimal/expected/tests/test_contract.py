"""The contract tests; they follow the document."""

from minimal._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as minimal/_generated/contract.py declares them."""
