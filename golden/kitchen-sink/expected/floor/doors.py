"""Handlers that the AsyncAPI document names by their paths."""

from __future__ import annotations


def enter() -> None:
    """Called when a client connects to `/` and all checks have passed.

    It may take `auth`, `token_info` and `user`; return False to refuse.
    """
    raise NotImplementedError(
        "write enter in floor.doors: it is the connect handler of the namespace `/`"
    )


def leave(reason: str) -> None:
    """Called when a client of `/` has gone."""
    raise NotImplementedError(
        "write leave in floor.doors: it is the disconnect handler of the namespace `/`"
    )


def complain(error: Exception) -> object:
    """Called with what went wrong in `/auctioneer`.

    What it returns, if not None, is the client's acknowledgement.
    """
    raise NotImplementedError(
        "write complain in floor.doors: it is the error handler of the namespace `/auctioneer`"
    )
