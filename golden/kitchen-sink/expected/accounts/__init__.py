"""Who may connect: one hook for each security scheme. A hook refuses by returning None."""

from gavel_sons._generated import models
from gavel_sons._generated.runtime.security import SecurityInfo


def check_password(
    username: str, password: str, required_scopes: list[str]
) -> SecurityInfo | None:
    """Check credentials of the scheme `houseLogin`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(password.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_clerk(
    username: str, password: str, required_scopes: list[str]
) -> SecurityInfo | None:
    """Check credentials of the scheme `clerk`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(password.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_session(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Check credentials of the scheme `session`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def settle(payload: models.Payment) -> models.Receipt:
    """Handle `settle` of `/clerk/front-desk`."""
    raise NotImplementedError(
        "write settle in accounts: it is the event `settle` of the namespace `/clerk/front-desk`"
    )
