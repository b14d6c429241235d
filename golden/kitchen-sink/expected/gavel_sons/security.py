"""Who may connect: one hook for each security scheme. A hook refuses by returning None."""

from gavel_sons._generated.runtime.security import SecurityInfo


def may_bid(required: list[str], granted: list[str]) -> bool:
    """Whether the scopes granted to a client satisfy those that are required."""
    return False  # refuses everybody until you write it


def check_kerberos(
    token: str, required_scopes: list[str], bearer_format: str | None
) -> SecurityInfo | None:
    """Check credentials of the scheme `kerberos`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_partner(token: str) -> SecurityInfo | None:
    """Check credentials of the scheme `partner`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_terminal(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Check credentials of the scheme `terminal`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_kiosk(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Check credentials of the scheme `kiosk`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it
