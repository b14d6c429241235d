"""Many places → one document that validators can compile (S3, S4, S26).

A walk over everything that AsyncAPI and our extensions give a meaning finds
the schemas and follows every reference (`walk`, driven by `kinds`). What it
finds in other files is moved into the document (`joining`), and then schemas
are rewritten (`schemas`) and traits applied (`traits`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from asyncgen.bundle.edits import branch, rebuilt
from asyncgen.bundle.joining import joined
from asyncgen.bundle.kinds import KINDS_2, KINDS_3
from asyncgen.bundle.traits import filled_by_traits, with_traits
from asyncgen.bundle.walk import Walk
from asyncgen.diagnostics import Diagnostics
from asyncgen.source import Place, Source


def bundle(source: Source, diagnostics: Diagnostics) -> Source:
    """The document as one file with every schema as draft-07 has it (S26) and traits applied.

    Every reference that has a meaning is followed, so that one that leads
    nowhere is reported here, once (AG105, AG106, AG107), and what is wrong
    with the text of other files. What stands in other files is moved into
    `components`, once, under its own name. Schemas lose `$id`, `prefixItems`
    becomes `items`, and references are made valid URIs (AG206 warns of what
    changes and of keywords that do nothing). Schemas that are not draft-07 are
    errors (AG204, AG205). Messages and operations have their traits merged
    into them: in 2.x the trait wins, in 3.x the target (S4).
    """
    is_3 = _is_version_3(source.root)
    walk = Walk(source, diagnostics, KINDS_3 if is_3 else KINDS_2)
    walk.run()
    if walk.leaves_document:
        source = joined(walk)
        walk = Walk(source, Diagnostics(), walk.kinds)  # Everything was reported the first time.
        walk.run()
    source = replace(source, files=None, broken=source.broken | walk.broken)
    source = replace(source, node=rebuilt(source.node, branch(walk.edits())))
    apply = partial(filled_by_traits if is_3 else with_traits, source, diagnostics)
    edits = ((pointer, apply) for pointer in walk.traits)
    return replace(source, node=rebuilt(source.node, branch(edits)))


def _is_version_3(root: Place) -> bool:
    version = root.get("asyncapi")
    text = version.node.value if version else None
    return isinstance(text, str) and text.startswith("3.")
