"""Whether a document has the structure that the specification gives it (S6).

`schemas/` has a table of what each object may hold, `table` reads it for one
version, and `check` walks the document along it.
"""

from __future__ import annotations

from asyncgen.diagnostics import Diagnostics
from asyncgen.source import Source
from asyncgen.structure.check import Check
from asyncgen.structure.table import read_table

__all__ = ["check", "read_table"]


def check(source: Source, version: str, diagnostics: Diagnostics) -> None:
    """Report where a document is not as its version of AsyncAPI has it (S6).

    `version` is the one that the document names, such as `2.6.0`. Schemas are
    left to `bundle`. Adds AG203 for keys that are missing, AG204 for values of
    the wrong type, AG205 for texts of the wrong form, AG208 for references to
    something else than belongs there, AG248 for keys that do not exist, AG249
    for references where none may stand and AG250 for names that stand twice;
    as warnings, AG206 for what stands beside a `$ref` and AG211 for what looks
    like an extension of ours; and what is wrong with the references.
    """
    major, minor = version.split(".")[:2]
    Check(source, diagnostics, read_table((int(major), int(minor))), version).run()
