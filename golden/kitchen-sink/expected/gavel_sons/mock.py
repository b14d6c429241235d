"""Serves made-up data that conforms to the contract: python -m gavel_sons.mock --help."""

from gavel_sons._generated.contract import CONTRACT
from gavel_sons._generated.runtime.mock.command import main

if __name__ == "__main__":
    main(CONTRACT)
