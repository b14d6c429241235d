"""Who may connect: one hook for each security scheme. A hook that returns None refuses."""

from gavel_sons._generated.runtime.security import SecurityInfo


def inspect(token: str) -> SecurityInfo | None:
    """Who has these credentials of the scheme `bidder`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written


def check(
    token: str, required_scopes: list[str], bearer_format: str | None
) -> SecurityInfo | None:
    """Who has these credentials of the scheme `houseToken`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written


def may(required: list[str], granted: list[str]) -> bool:
    """Whether the scopes granted to a client satisfy those that are required."""
    return False  # denies everybody until it is written


def check_guest(
    token: str, required_scopes: list[str], bearer_format: str | None
) -> SecurityInfo | None:
    """Who has these credentials of the scheme `guestToken`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(token.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written
