"""Text of YAML or JSON → nodes that know where they are written; files; following `$ref`.

The only stage that reads documents. YAML is read with the core schema of
version 1.2, JSON exactly as JSON (S2). Both are read without recursion, and
what comes out is at most `MAX_DEPTH` deep, so that later stages may recurse.

    composing, read_yaml, read_json → files (and remote) → references
"""

from __future__ import annotations

from pathlib import Path

from asyncgen.diagnostics import Diagnostics
from asyncgen.source.composing import MAX_DEPTH
from asyncgen.source.files import MAX_NODES, Access, Files, lines
from asyncgen.source.nodes import Node, Problem, describe, plain, where
from asyncgen.source.places import Address, Place, local_reference
from asyncgen.source.references import Source, Spans
from asyncgen.source.writing import dump_json, dump_yaml

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Access",
    "Address",
    "Node",
    "Place",
    "Source",
    "Spans",
    "describe",
    "dump_json",
    "dump_yaml",
    "lines",
    "load",
    "local_reference",
    "plain",
    "where",
]


def load(
    path: Path,
    diagnostics: Diagnostics,
    *,
    access: Access | None = None,
    max_nodes: int = MAX_NODES,
) -> Source | None:
    """Read a document (S2); None where it cannot be read as YAML or JSON.

    Other files are read when a reference to them is followed, where `access`
    allows it. `max_nodes` bounds how many values there are, in all files together,
    and what aliases expand to counts. Adds AG101 where the file cannot be read,
    AG102 where its text is not well-formed, AG103 for duplicate keys, AG104 for
    more than that or too many bytes, and AG201 for no content.
    """
    files = Files(path, access or Access(), max_nodes)
    try:
        return Source(str(path), files.document(diagnostics), files)
    except Problem as problem:
        problem.report(diagnostics)
        return None
