"""Who may connect: one hook for each security scheme. A hook refuses by returning None."""

from raw._generated.runtime.security import SecurityInfo


def check_token(
    token: str, required_scopes: list[str], bearer_format: str | None
) -> SecurityInfo | None:
    """Check credentials of the scheme `token`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it


def check_key(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Check credentials of the scheme `key`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it
