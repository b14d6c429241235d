"""Who may connect: one hook for each security scheme. A hook refuses by returning None."""

import os

import jwt

from notes._generated.runtime.security import SecurityInfo


def check_token(token: str) -> SecurityInfo | None:
    """Read a JSON Web Token that is signed with NOTES_KEY; without that key, refuse all.

    The server uses the token's `sub`, `scope` and `exp`: it compares the scopes, and
    disconnects the client at `exp`.
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
