"""The contract tests; they follow the document."""

from gavel_sons._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as gavel_sons/_generated/contract.py declares them."""
