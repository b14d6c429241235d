"""Documents as a git repository has them at a revision: `git:REV:PATH`.

The whole tree of the revision is put into a temporary folder, so that
relative references lead where they led then (S3).
"""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.source.files import Access

PREFIX = "git:"


@dataclass(frozen=True, slots=True)
class Revision:
    """A document in a temporary folder, which stands for `shown`: `git:REV:`.

    `access` is what its references may lead to, in that folder.
    """

    document: Path
    folder: Path
    shown: str
    access: Access

    def named(self, item: Diagnostic) -> Diagnostic:
        """A diagnostic of the document, by names that mean something outside the folder."""
        span = item.span
        return replace(
            item,
            message=self._named(item.message),
            hint=self._named(item.hint) if item.hint else None,
            span=replace(span, file=self._named(span.file)) if span else None,
        )

    def _named(self, words: str) -> str:
        return words.replace(f"{self.folder}/", self.shown)


class _Problem(Exception):
    """Why there is no such revision or document, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@contextmanager
def checked_out(name: str, access: Access, diagnostics: Diagnostics) -> Iterator[Revision | None]:
    """The document that `git:REV:PATH` names, as long as the context lasts.

    `PATH` counts from the top of the repository, or with `./` from the
    working directory. Where there is no such document: None, and AG350 says why.
    """
    with tempfile.TemporaryDirectory(prefix="asyncgen-") as folder:
        try:
            found: Revision | None = _check_out(name, Path(folder).resolve(), access)
        except _Problem as problem:
            diagnostics.error("AG350", str(problem), hint=problem.hint)
            found = None
        yield found


def _check_out(name: str, folder: Path, access: Access) -> Revision:
    revision, colon, path = name.removeprefix(PREFIX).partition(":")
    if not revision or not colon or not path:
        raise _Problem(
            f"{quote(name, 200)} does not name a document at a revision",
            "write `git:REV:PATH`, such as `git:origin/main:asyncapi.yaml`",
        )
    top = _git("rev-parse", "--show-toplevel")
    if top is None:
        raise _Problem("this folder is not in a git repository", "run this in one, or name files")
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    if commit is None:
        raise _Problem(
            f"there is no revision {quote(revision)} in this repository",
            "fetch it first: `git fetch origin`; a shallow clone has the last commit only",
        )
    at = _line(commit)
    path = _from_top(path)
    if _git("cat-file", "-e", f"{at}:{path}") is None:
        raise _Problem(
            f"there is no file {quote(path, 200)} at {quote(revision)}",
            "the path counts from the top of the repository; begin it with `./` to count from here",
        )
    here = Path(_line(top))
    archive = _git("-C", str(here), "archive", "--format=tar", at)
    if archive is None:
        raise _Problem(f"git gives no archive of {quote(revision)}", "run `git fsck`")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter=_contained)
    document = folder / path
    if not document.is_file():
        hint = "check whether `.gitattributes` marks it `export-ignore`"
        raise _Problem(f"{quote(path, 200)} is not a file in the archive of its revision", hint)
    root = access.root.resolve() if access.root else here.parent
    inside = folder / root.relative_to(here) if root.is_relative_to(here) else None
    return Revision(document, folder, f"{PREFIX}{revision}:", replace(access, root=inside))


def _contained(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """Files, folders, and links that stay inside; anything else is left out."""
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _from_top(path: str) -> str:
    """The path from the top of the repository."""
    if not path.startswith(("./", "../")):
        return path
    prefix = _git("rev-parse", "--show-prefix") or b""
    parts: list[str] = []
    for step in (_line(prefix) + path).split("/"):
        if step == ".." and parts:
            parts.pop()
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)


def _line(output: bytes) -> str:
    """The line that git prints; paths in it need not be UTF-8."""
    return os.fsdecode(output).removesuffix("\n")


def _git(*arguments: str) -> bytes | None:
    """What git prints; None where it fails. Raises _Problem where there is no git."""
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        hint = "install git, or name files"
        raise _Problem("git is not installed, and `git:` needs it", hint) from None
    return done.stdout if done.returncode == 0 else None
