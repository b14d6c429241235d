"""The contract tests; they follow the document."""

from raw._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as raw/_generated/contract.py declares them."""
