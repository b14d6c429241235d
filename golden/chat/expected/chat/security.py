"""Who may connect: one hook for each security scheme. A hook refuses by returning None."""

from chat._generated.runtime.security import SecurityInfo


def check_admin_token(
    token: str, required_scopes: list[str], bearer_format: str | None
) -> SecurityInfo | None:
    """Check credentials of the scheme `adminToken`; return None to refuse them.

    Otherwise return a mapping: `sub` is who the client is, `scope` what it may do, `exp`
    when that ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # refuses everybody until you write it
