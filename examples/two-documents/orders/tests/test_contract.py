"""The contract tests; they follow the document."""

from orders._generated.testing import ContractTests


class TestContract(ContractTests):
    """Every namespace and event, as orders/_generated/contract.py declares them."""
