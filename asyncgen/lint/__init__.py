"""What the specification asks of a document as a whole, beyond its structure (S6).

`items` finds the objects of a document, those of `components` as well, and
each module looks at one matter.
"""

from __future__ import annotations

from dataclasses import replace

from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document
from asyncgen.lint.addresses import check_addresses
from asyncgen.lint.items import items
from asyncgen.lint.names import check_names
from asyncgen.lint.scopes import check_scopes
from asyncgen.lint.unused import check_use
from asyncgen.lint.values import check_values
from asyncgen.lint.weights import check_weights

__all__ = ["lint"]


def lint(document: Document, diagnostics: Diagnostics) -> Document:
    """Report what contradicts another part of the document; the document with what it found.

    Adds AG250 for an `operationId` or a `messageId` that stands twice, AG253
    for a `{…}` in an address that nothing describes and AG254 for the reverse,
    and AG265 for a schema that takes too much work to check;
    as warnings AG252 for scopes that a scheme does not have, AG256 and AG257
    for a `default` and an example that their schema refuses (S7), and AG264
    where it would take too long to find out; as notes AG255 for a variable
    without a default and AG258 for a component that nothing uses.
    `invalid_examples` of the result are the pointers of payloads that are not
    to be served.
    """
    found = items(document)
    check_names(document, diagnostics)
    check_scopes(document, diagnostics)
    check_addresses(document, found, diagnostics)
    check_use(document, diagnostics)
    schemas = [item.pointer for item in found if item.kind == "schema"]
    check_weights(document, schemas, diagnostics)
    if diagnostics.failed:
        return document  # A check of values by these schemas might never end.
    return replace(document, invalid_examples=check_values(document, found, diagnostics))
