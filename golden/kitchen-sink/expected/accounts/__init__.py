"""Who may connect: one hook for each security scheme. A hook that returns None refuses."""

from gavel_sons._generated import models
from gavel_sons._generated.runtime.security import SecurityInfo


def check_password(
    username: str, password: str, required_scopes: list[str]
) -> SecurityInfo | None:
    """Who has these credentials of the scheme `houseLogin`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(password.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written


def check_clerk(
    username: str, password: str, required_scopes: list[str]
) -> SecurityInfo | None:
    """Who has these credentials of the scheme `clerk`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(password.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written


def check_session(value: str, required_scopes: list[str]) -> SecurityInfo | None:
    """Who has these credentials of the scheme `session`, or None to refuse.

    Return a mapping: `sub` is who it is, `scope` what it may do, `exp` when that
    ends. Compare secrets in constant time, which `==` does not do:
    `hmac.compare_digest(value.encode(), expected.encode())`.
    """
    return None  # denies everybody until it is written


def settle(payload: models.Payment) -> models.Receipt:
    """Handle `settle` of `/clerk/front-desk`."""
    raise NotImplementedError(
        "write settle in accounts: it is the event `settle` of the namespace `/clerk/front-desk`"
    )
