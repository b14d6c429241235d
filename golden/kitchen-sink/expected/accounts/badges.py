"""Who may connect: one hook for each security scheme. A hook refuses by returning None."""

from gavel_sons._generated.runtime.security import SecurityInfo


def check(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Check credentials of the scheme `badge`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_pin(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Check credentials of the scheme `pin`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it
