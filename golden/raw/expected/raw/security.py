"""Who may connect: one hook for each security scheme. A hook that returns None refuses."""

from raw._generated.runtime.security import SecurityInfo


def check_token(
    token: str, required_scopes: list[str], bearer_format: str | None
) -> SecurityInfo | None:
    """Who has these credentials of the scheme `token`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written


def check_key(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Who has these credentials of the scheme `key`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written
