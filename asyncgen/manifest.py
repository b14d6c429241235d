"""What the generator remembers of a project, in `.asyncgen.json` at its root."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asyncgen.code import quote
from asyncgen.paths import is_module, is_path

MANIFEST = ".asyncgen.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """The options of the last run and what it wrote.

    `generated` maps each path to the SHA-256 of what was written there;
    `created` are files that are not created again; `handlers` maps a module
    to the functions that the document asked for and that may still stand there.
    `pending` is there while a run writes, and after one that was interrupted:
    the SHA-256 of what may have been written to each path besides.
    """

    package: str
    options: Mapping[str, str | bool | None] = field(default_factory=dict)
    generated: Mapping[str, str] = field(default_factory=dict)
    created: tuple[str, ...] = ()
    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pending: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def ours(self) -> frozenset[str]:
        """Every path where a file of the generator may stand."""
        return frozenset(self.generated.keys() | self.pending.keys())

    def is_ours(self, path: str, content: bytes) -> bool:
        """True where this was written to the path; Git may have given it other line ends since."""
        known = {self.generated.get(path), *self.pending.get(path, ())}
        return sha256(content) in known or sha256(with_line_feeds(content)) in known

    def of_package(self, package: str) -> Manifest:
        """The manifest of the same project after its package, a folder, got another name."""

        def moved(name: str, separator: str = "/") -> str:
            first, *rest = name.split(separator)
            return separator.join([package, *rest]) if rest and first == self.package else name

        return replace(
            self,
            package=package,
            generated={moved(path): hash for path, hash in self.generated.items()},
            created=tuple(moved(path) for path in self.created),
            handlers={moved(module, "."): names for module, names in self.handlers.items()},
            pending={moved(path): hashes for path, hashes in self.pending.items()},
        )

    def dump(self) -> bytes:
        """The manifest as the contents of its file: the same for equal manifests."""
        data = {
            "format": FORMAT,
            "package": self.package,
            "options": dict(self.options),
            "generated": dict(self.generated),
            "created": self.created,
            "handlers": dict(self.handlers),
            **({"pending": dict(self.pending)} if self.pending else {}),
        }
        return (json.dumps(data, indent=2, sort_keys=True) + "\n").encode()


def load(raw: bytes) -> Manifest:
    """Read a manifest. Raises ValueError that says in plain words why it cannot be used."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(data, dict) or "format" not in data:
        raise ValueError("it has no `format`")
    if data["format"] != FORMAT:
        found = quote(json.dumps(data["format"]))
        raise ValueError(f"its format is {found}, and this version of asyncgen knows `{FORMAT}`")
    try:
        return Manifest(
            package=_string(data["package"]),
            options=_mapping(data["options"]),
            generated={
                _path(path): _string(digest) for path, digest in _mapping(data["generated"]).items()
            },
            created=tuple(_path(path) for path in _list(data["created"])),
            handlers={
                _module(module): _strings(names)
                for module, names in _mapping(data["handlers"]).items()
            },
            pending={
                _path(path): _strings(hashes)
                for path, hashes in _mapping(data.get("pending", {})).items()
            },
        )
    except KeyError as error:
        raise ValueError(f"it has no `{error.args[0]}`") from error


def sha256(content: bytes) -> str:
    """The hash of a file, as the manifest keeps it."""
    return hashlib.sha256(content).hexdigest()


def with_line_feeds(content: bytes) -> bytes:
    """The content with the line ends that it was generated with."""
    return content.replace(b"\r\n", b"\n")


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _unexpected(value)


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _unexpected(value)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _unexpected(value)


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(_string(item) for item in _list(value))


def _path(value: Any) -> str:
    # The file may be anybody's: what it lists is looked at, and may be deleted.
    if is_path(_string(value)):
        return str(value)
    raise _unexpected(value)


def _module(value: str) -> str:
    if is_module(value):
        return value
    raise _unexpected(value)


def _unexpected(value: Any) -> ValueError:
    return ValueError(f"{quote(json.dumps(value))} is not what belongs there")
