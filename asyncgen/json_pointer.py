"""JSON pointers as texts (RFC 6901)."""

from __future__ import annotations


def escape(token: str) -> str:
    """One token as it stands in a pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """One token as it is written in the document."""
    return token.replace("~1", "/").replace("~0", "~")


def join(pointer: str, *tokens: str | int) -> str:
    """The pointer of what stands below `pointer`, under these keys and indices."""
    return "/".join((pointer, *(escape(str(token)) for token in tokens)))


def split(pointer: str) -> list[str]:
    """The tokens of a pointer, as they are written in the document."""
    tokens = pointer.split("/")[1:]
    return [*map(unescape, tokens)] if "~" in pointer else tokens  # as most are
