"""Paths of a project, relative to its root and with forward slashes; pure text."""

from __future__ import annotations

from collections.abc import Iterator


def is_path(path: str) -> bool:
    """True for a relative path with forward slashes that never leads up, on any system."""
    return (
        path.isprintable()
        and not set(path) & {"\\", ":"}
        and all(part not in ("", ".", "..") for part in path.split("/"))
    )


def is_module(name: str) -> bool:
    """True for the dotted name of a module."""
    return all(part.isidentifier() for part in name.split("."))


def slashed(module: str) -> str:
    """`a/b` for the module `a.b`."""
    return module.replace(".", "/")


def parent(path: str) -> str:
    """`a/b` for `a/b/c.py`; empty for a file at the root."""
    return path.rpartition("/")[0]


def folders_above(path: str) -> Iterator[str]:
    """`a`, `a/b` for `a/b/c.py`."""
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def shadowed_by(path: str) -> str | None:
    """The module that Python does not import where this file is: `a.py` for `a/__init__.py`."""
    folder = path.removesuffix("/__init__.py")
    return f"{folder}.py" if folder != path else None
