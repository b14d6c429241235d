"""What of a message Socket.IO carries, and in which formats (S5)."""

from __future__ import annotations

from asyncgen.code import Text, quote
from asyncgen.document import Message
from asyncgen.lower.job import Job
from asyncgen.media_types import is_json, is_understood


def is_carried(job: Job, name: Text, message: Message) -> bool:
    """Whether the payload of a message is in a format that is understood; else AG227 (S5).

    Warns of what Socket.IO does not carry (AG228). `name` is what the message
    is called in reports.
    """
    if message.headers is not None:
        job.diagnostics.warning(
            "AG228",
            f"Socket.IO does not carry the `headers` of {quote(name)}",
            message.headers.span,
            hint="put them into the payload",
        )
    said = message.content_type
    if said is not None and not is_json(said.text.raw):
        # Said once for all the messages that a default is of.
        job.diagnostics.warning(
            "AG228",
            f"Socket.IO carries payloads as JSON, not as {quote(said.text)}",
            said.span,
        )
    schema_format = message.schema_format
    if schema_format is None or is_understood(schema_format.raw):
        return True
    job.diagnostics.error(
        "AG227",
        f"the payload of {quote(name)} is in a format that is not understood,"
        f" {quote(schema_format)}",
        message.span,
        hint="write it as an AsyncAPI schema, or as JSON Schema draft-07",
    )
    return False
