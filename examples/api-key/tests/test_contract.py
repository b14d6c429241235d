"""The contract tests; they follow the document."""

from meters._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as meters/_generated/contract.py declares them."""
