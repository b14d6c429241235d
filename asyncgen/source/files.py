"""The files of one document: which may be read, and reading each of them once (S2, S3)."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as percent_encode
from urllib.parse import unquote, urljoin

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.source.composing import Composer, Positions, split_lines
from asyncgen.source.nodes import Node, Problem
from asyncgen.source.read_json import compose_json
from asyncgen.source.read_yaml import compose_yaml
from asyncgen.spelling import closest

MAX_NODES = 200_000
MAX_BYTES = 20_000_000
"""Of all files of a document together, like the nodes: some hundred times what people write."""

MAX_REMOTE = 100


@dataclass(frozen=True, slots=True)
class Access:
    """What references may lead to, in addition to the folder of the document (S3).

    `root` is one more folder; `remote` allows http and https.
    """

    root: Path | None = None
    remote: bool = False


class Files:
    """The files of a document, each read when a reference first leads to it.

    A file is known by its name: how the document would refer to it, with
    forward slashes and not percent-encoded, or its URL. The document itself is
    the empty name. Whatever way leads to a file, its name is the first one.
    """

    def __init__(self, path: Path, access: Access, max_nodes: int) -> None:
        self._path = path
        self._access = access
        self._max_nodes = max_nodes
        self._count = 0
        self._left = MAX_BYTES
        self._nodes: dict[str, Node] = {}
        self._problems: dict[str, Problem] = {}
        self._names: dict[str, str] = {}

    def document(self, diagnostics: Diagnostics) -> Node:
        """The document itself. Raises Problem where it cannot be read."""
        shown = str(self._path)
        start = Span(shown, 1, 1, 1, 1)
        try:
            data = self._bytes(shown, self._path, allow_pipe=True)
            self._names[_real(self._path)] = ""
        except OSError as error:
            message = _unreadable(shown, error)
            raise Problem("AG101", message, start) from None
        root = self._compose(shown, data, diagnostics)
        if root is None:
            hint = "an AsyncAPI document begins with `asyncapi: 2.6.0`"
            raise Problem("AG201", "the file contains no document", start, hint)
        return root

    def find(self, reference: str, base: str, diagnostics: Diagnostics) -> tuple[str, Node | None]:
        """The name and root of the file that a reference without its fragment leads to.

        `base` is the name of the file that contains it, and the one that an
        empty reference leads to. The root is None for the document itself.
        Raises Problem, without a span where what is wrong is the reference and
        not the text of the file.
        """
        name = self._name(reference, base) if reference else base
        if name in self._nodes:
            return name, self._nodes[name]
        if _is_remote(name):
            self._allow_remote(name)
            name = self._names.get(name, name)
        else:
            name = self._names.setdefault(self._allow_local(name), name)
        if name == "":
            return "", None
        if name in self._problems:
            raise self._problems[name]
        if name not in self._nodes:
            try:
                name = self._read(name, diagnostics)
            except Problem as problem:
                self._problems[name] = problem
                raise
        return name, self._nodes[name]

    def known(self) -> Sequence[Node]:
        """The roots of the files that were read for references so far."""
        return list(self._nodes.values())

    def _name(self, reference: str, base: str) -> str:
        if _is_remote(base) or _is_remote(reference):
            return urljoin(base if _is_remote(base) else "", reference)
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", reference):
            scheme = quote(reference.partition(":")[0] + ":")
            hint = "refer to a file by its path, such as `./schemas.yaml`"
            raise Problem("AG105", f"begins with {scheme}, which is not followed", hint=hint)
        return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(reference)))

    # -- files of this machine

    def _allow_local(self, name: str) -> str:
        """The real path of a file, symbolic links followed; AG106 where it is out of bounds."""
        try:
            real = _real(self._path.parent / name)
        except ValueError as error:
            raise Problem("AG105", f"names no file: {error}") from None
        folders = [self._path.parent, *([self._access.root] if self._access.root else [])]
        if real in self._names or any(Path(real).is_relative_to(_real(at)) for at in folders):
            return real
        message = f"leads outside the folder {quote(str(self._path.parent), 300)}"
        raise Problem("AG106", message, hint=self._widening(name))

    def _widening(self, name: str) -> str:
        """How to allow a file that is out of bounds."""
        ups = name.count("../")
        if not name.startswith("../"):
            return "name a folder that holds it with `--ref-root DIR`"
        folder = os.path.normpath(self._path.parent / ("../" * ups))
        return f"if this is intended, use {quote('--ref-root ' + folder, 300)}"

    # -- files of others

    def _allow_remote(self, name: str) -> None:
        if not self._access.remote:
            hint = "put a copy beside the document, or allow the network with `--allow-remote-refs`"
            raise Problem("AG107", "leads to another machine", hint=hint)
        if not re.match("(?i)https?:", name):
            raise Problem("AG105", "has no scheme", hint="begin it with `https:`")
        if name not in self._nodes and sum(map(_is_remote, self._nodes)) >= MAX_REMOTE:
            message = f"leads to one more remote file, after {MAX_REMOTE}"
            raise Problem("AG107", message, hint="put copies beside the document")

    # -- reading

    def _read(self, name: str, diagnostics: Diagnostics) -> str:
        """Read a file; its name, which is another one where a URL leads on."""
        if _is_remote(name):
            final, data = _fetched(name)
            self._names[name] = name = shown = final
        else:
            place = self._path.parent / name
            shown = os.path.normpath(place)
            try:
                data = self._bytes(shown, Path(_real(place)))
            except OSError as error:
                message = f"cannot be followed: {_unreadable(shown, error)}"
                raise Problem("AG105", message, hint=_near(place)) from None
        root = self._compose(shown, data, diagnostics)
        if root is None:
            raise Problem("AG105", f"leads to the empty file {quote(shown, 300)}")
        self._nodes[name] = root
        return name

    def _bytes(self, shown: str, path: Path, *, allow_pipe: bool = False) -> bytes:
        """The content of a file, as long as all of them together are not too large (AG104)."""
        data = _bytes(path, self._left + 1, allow_pipe=allow_pipe)
        self._left -= len(data)
        if self._left < 0:
            message = f"the document is larger than {MAX_BYTES:,} bytes, other files included"
            raise Problem("AG104", message, Span(shown, 1, 1, 1, 1), "split the document")
        return data

    def _compose(self, shown: str, data: bytes, diagnostics: Diagnostics) -> Node | None:
        """Text → nodes, as JSON or as YAML; None for an empty text."""
        text = _decoded(shown, data)
        is_json = shown.lower().endswith(".json")
        if not is_json and text.lstrip()[:1] in ("{", "["):
            # It may be YAML in flow style: JSON is tried first, and YAML says what is wrong.
            attempt = Diagnostics()
            composer = Composer(attempt, self._max_nodes, self._count)
            try:
                compose_json(shown, text, composer)
            except Problem as problem:
                if problem.code == "AG104":
                    raise
            else:
                diagnostics.items.extend(attempt.items)
                self._count = composer.count
                return composer.root
        composer = Composer(diagnostics, self._max_nodes, self._count)
        (compose_json if is_json else compose_yaml)(shown, text, composer)
        self._count = composer.count
        return composer.root


def lines(file: str) -> Sequence[str]:
    """The lines of a file to show beside a span; none where it cannot be read."""
    try:
        data = Path(file).read_bytes()
    except (OSError, ValueError):
        return ()
    return split_lines(data.decode("utf-8", "replace").removeprefix("\ufeff"))


def _is_remote(name: str) -> bool:
    return re.match(r"(?i)https?:|//", name) is not None


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _bytes(path: Path, most: int, *, allow_pipe: bool) -> bytes:
    """The content of a file up to `most` bytes; OSError with a reason where it has none."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(None, "it is a folder")
        if not (stat.S_ISREG(mode) or (allow_pipe and stat.S_ISFIFO(mode))):
            raise OSError(None, "it is not a file")
        with path.open("rb") as file:
            return file.read(most)
    except ValueError as error:
        raise OSError(None, str(error)) from None


def _unreadable(shown: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"the file {quote(shown, 300)} does not exist"
    return f"{quote(shown, 300)} cannot be read: {error.strerror or error}"


def _decoded(shown: str, data: bytes) -> str:
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode("utf-8")
        span = Positions(shown, before).span(len(before), len(before))
        message = f"the file {quote(shown, 300)} is not UTF-8 text"
        raise Problem("AG101", message, span, "save it as UTF-8") from None


def _near(place: Path) -> str | None:
    """A hint at a file beside a missing one that may be meant."""
    try:
        near = closest(place.name, os.listdir(place.parent), 0.75)
    except OSError:
        return None
    return f"did you mean {quote(percent_encode(near))}?" if near else None


def _fetched(url: str) -> tuple[str, bytes]:
    # Loading an HTTP client takes longer than reading a document.
    from asyncgen.source.remote import fetch

    try:
        return fetch(url)
    except OSError as error:
        raise Problem("AG105", f"cannot be fetched: {error.strerror or error}") from None
