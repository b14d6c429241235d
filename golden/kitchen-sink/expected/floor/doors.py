"""Handlers that the AsyncAPI document names by their paths."""

from __future__ import annotations


def enter() -> None:
    """Called when a client connects to `/` and all checks have passed.

    It may take `auth`, `token_info` and `user`. Return False to refuse the client.
    """
    raise NotImplementedError(
        "write enter in floor.doors: it is the connect handler of the namespace `/`"
    )


def leave(reason: str) -> None:
    """Called when a client of `/` has disconnected."""
    raise NotImplementedError(
        "write leave in floor.doors: it is the disconnect handler of the namespace `/`"
    )


def complain(error: Exception) -> object:
    """Called with an exception that was raised in `/auctioneer`.

    What this returns, unless None, is the client's acknowledgement.
    """
    raise NotImplementedError(
        "write complain in floor.doors: it is the error handler of the namespace `/auctioneer`"
    )
