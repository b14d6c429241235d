"""Source → Document: the words of AsyncAPI, with every reference followed.

A document is read once `structure` and `bundle` have found nothing wrong with
it, so what is left to report here is what they cannot see: references to
something that is not there (AG208), and what contradicts itself. What the
versions have in common is in `shared`; `v2` and `v3` have the rest, and both
give the 3.x shape.
"""

from __future__ import annotations

import re

from asyncgen.bundle import bundle
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document
from asyncgen.json_pointer import split
from asyncgen.parse import v2, v3
from asyncgen.parse.reader import Reader
from asyncgen.source import Place, Source, describe
from asyncgen.spelling import closest
from asyncgen.structure import check

_VERSIONS = "2.0 to 2.6, 3.0 and 3.1"


def parse(source: Source, diagnostics: Diagnostics) -> Document | None:
    """What the document says (S1); None where it is not an AsyncAPI document of a known version.

    None also where its structure or a schema is wrong: all of that is reported
    at once, by `structure.check` and `bundle` (S6, S26). Adds AG201 or AG202
    for anything else, AG203 for a variable of a server's path that
    has no default, AG208 for references to something that the document does
    not have there, AG209 for security that is written twice, and AG222 for
    schemes that would have one name.
    """
    version = _version(source.root, diagnostics)
    if version is None:
        return None
    check(source, version.raw, diagnostics)
    whole = bundle(source, diagnostics)
    if diagnostics.failed:
        return None
    reader = Reader(whole, diagnostics)
    read = v3.read_document if version.raw.startswith("3.") else v2.read_document
    return read(version, reader)


def _version(root: Place, diagnostics: Diagnostics) -> Text | None:
    if not isinstance(root.node.value, dict):
        diagnostics.error(
            "AG201",
            f"an AsyncAPI document is a mapping, and this is {describe(root.node)}",
            root.node.span,
            hint="it begins with `asyncapi: 2.6.0`",
            pointer="",
        )
        return None
    place = root.get("asyncapi")
    if place is None:
        _no_version(root, diagnostics)
        return None
    value, span = place.node.value, place.node.span
    if not isinstance(value, str):
        message = f"`asyncapi` must be text, not {describe(place.node)}"
        hint = "write the version in full, such as `asyncapi: 2.6.0`"
        diagnostics.error("AG204", message, span, hint=hint, pointer=place.pointer)
        return None
    if re.fullmatch(r"(2\.[0-6]|3\.[01])\.[0-9]+", value):
        return Text(value)
    message = f"there is no support for AsyncAPI {quote(value)}"
    hint = f"the versions understood are {_VERSIONS}, written as `asyncapi: 2.6.0`"
    diagnostics.error("AG202", message, span, hint=hint, pointer=place.pointer)
    return None


def _no_version(root: Place, diagnostics: Diagnostics) -> None:
    keys = dict(root.entries())
    near = closest("asyncapi", [key.lower() for key in keys])
    wrong = next((place for key, place in keys.items() if key.lower() == near), None)
    if "openapi" in keys or "swagger" in keys:
        message, hint = "this is an OpenAPI document", "asyncgen compiles AsyncAPI documents"
    elif wrong:
        message = "the document has no `asyncapi` key"
        hint = f"did you mean `asyncapi` in place of {quote(split(wrong.pointer)[-1])}?"
    else:
        message, hint = "the document has no `asyncapi` key", "begin it with `asyncapi: 2.6.0`"
    span = wrong.span if wrong else root.node.span
    diagnostics.error("AG201", message, span, hint=hint, pointer="")
