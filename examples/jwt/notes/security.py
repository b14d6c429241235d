"""Who may connect: one hook for each security scheme. A hook that returns None refuses."""

import os

import jwt

from notes._generated.runtime.security import SecurityInfo


def check_token(token: str) -> SecurityInfo | None:
    """Who a JSON Web Token names that is signed with NOTES_KEY; nobody without that key.

    `sub`, `scope` and `exp` of the token are what the server goes on with: it
    compares the scopes, and disconnects at `exp`.
    """
    key = os.environ.get("NOTES_KEY")
    if not key:
        return None
    try:
        # The algorithm is named here: a token must not choose how it is checked.
        return jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience="notes",
            options={"require": ["sub", "exp"]},
        )
    except jwt.InvalidTokenError:
        return None
