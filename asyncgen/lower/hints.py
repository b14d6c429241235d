"""What a document looks like as a whole (S8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asyncgen import naming
from asyncgen.code import quote
from asyncgen.lower.job import Job
from asyncgen.lower.uses import Use

# What a client asks of a server, and a server seldom of a client.
_REQUESTS = re.compile(
    "ask|authenticate|connect|create|delete|fetch|find|get|join|leave|list|login|logout|open|post"
    "|register|request|search|select|send|set|start|subscribe|submit|unsubscribe"
)


def note_other_side(job: Job, uses: Sequence[Use]) -> None:
    """Note where a document looks as if written from the other side (S8)."""
    said = job.options.perspective or job.document.extension.perspective
    if said is not None:
        return
    incoming = [use for use in uses if use.incoming]
    outgoing = [use for use in uses if not use.incoming]
    reason = _reason(incoming, outgoing)
    if reason is None:
        return
    client = job.root_line("perspective", "client")
    server = job.root_line("perspective", "server")
    job.diagnostics.note(
        "AG246",
        f"the document may be written from the client's side: {reason}",
        outgoing[0].variants[0].operation.span,
        hint=f"if it is, add `{client}` to the root of the document, or use `--perspective client`;"
        f" if not, `{server}`",
    )


def _reason(incoming: Sequence[Use], outgoing: Sequence[Use]) -> str | None:
    """Why it looks so; None where it does not."""
    if any(use.acks for use in outgoing) and incoming and not any(use.acks for use in incoming):
        return "only events that the server emits have an acknowledgement"
    asking = [use for use in outgoing if _is_request(use)]
    if len(asking) > 1 and len(asking) * 2 > len(outgoing) and not any(map(_is_request, incoming)):
        name = quote(asking[0].event)
        return f"{name} and other events that the server emits have names of requests"
    return None


def _is_request(use: Use) -> bool:
    first = naming.snake_case(use.event.raw).partition("_")[0]
    return _REQUESTS.fullmatch(first) is not None
