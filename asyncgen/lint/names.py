"""Names that tell operations and messages apart."""

from __future__ import annotations

from collections.abc import Iterable

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Document


def check_names(document: Document, diagnostics: Diagnostics) -> None:
    """Report an `operationId` or a `messageId` that stands twice (AG250)."""
    operations = ((it.key, it.span) for it in document.operations)
    messages = (
        (it.message_id, it.span) for channel in document.channels for it in channel.messages
    )
    _unique("operation", "operationId", operations, diagnostics)
    _unique("message", "messageId", messages, diagnostics)


def _unique(
    what: str, key: str, named: Iterable[tuple[Text | None, Span]], diagnostics: Diagnostics
) -> None:
    seen: dict[Text, Span] = {}
    for name, span in named:
        if name is None:
            continue
        first = seen.setdefault(name, span)
        # A message that several channels refer to is found several times.
        if first != span:
            diagnostics.error(
                "AG250",
                f"two {what}s have the `{key}` {quote(name)}; the first is at line {first.line}",
                span,
                hint=f"give each {what} its own `{key}`",
            )
