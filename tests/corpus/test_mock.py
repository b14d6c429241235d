"""Every valid document of third parties can be mocked, as far as its schemas can be satisfied.

Ten Socket.IO documents by default; all that compile, in `nox -s corpus`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.runtime import runtime
from tests.corpus import test_socketio
from tests.corpus.documents import folder
from tests.corpus.documents import rows as all_rows
from tests.functional.mocking import Mocking, mocking

ALL = os.environ.get("ASYNCGEN_CORPUS") == "all"
SOCKETIO = test_socketio.rows()
# What a client of Socket.IO sends itself, and what is for one hop only.
OWN = {"EIO", "transport", "sid", "t", "b64"}
HOPS = ("connection", "upgrade", "sec-websocket", "host", "origin")


@pytest.mark.parametrize("row", SOCKETIO if ALL else SOCKETIO[::2], ids=lambda row: row["file"])
def test_a_socketio_document_is_served_in_full(row: dict[str, str], tmp_path: Path) -> None:
    path = folder() / row["file"]
    reading = Options(
        server=test_socketio.SERVERS.get(path.name),
        channels="event" if "channel=event" in row["model"] else "namespace",
        perspective="client" if "INVERTED" in row["direction"] else "server",
    )
    assert serve(path, reading, tmp_path) == []


@pytest.mark.skipif(not ALL, reason="in `nox -s corpus`")
def test_every_other_document_that_compiles_is_served_in_full(tmp_path: Path) -> None:
    problems: list[str] = []
    served = 0
    for row in all_rows():
        path = folder() / row.file
        meant = (Options(channels=channels) for channels in (None, "event", "namespace"))
        options = (it for it in meant if pipeline.compile_document(path, it, Diagnostics()))
        if row.expected == "valid" and (reading := next(options, None)) is not None:
            served += 1
            problems += serve(path, reading, tmp_path)
    assert served >= 60
    # One requires a property that it does not allow; one an object that is one of some strings.
    hopeless = {
        "avr/fusion/position/global",
        "https://namespace.servicebus.windows.net/topic/example/claimStatus",
    }
    reason = "to clients of '/' needs an example: no valid payload was found"
    assert {*problems} == {f"{event!r} {reason}" for event in hopeless}


def serve(path: Path, reading: Options, tmp_path: Path) -> list[str]:
    """Mock a document and look at all that it says; what it told that it cannot say."""
    with mocking(path, tmp_path, reading, interval=0.005, auth=False) as server:
        for namespace in server.mock.contract.namespaces:
            check(server, namespace)
        return [*server.mock.problems]


def check(server: Mocking, namespace: Any) -> None:
    """Every outgoing event is received, every ack comes, and all of it conforms."""
    mock = server.mock
    fake = runtime("mock.fake").Fake(
        runtime("guard").Schemas(mock.contract.document)
    )
    query, headers, auth = (
        drawn(fake, pointer) if pointer else None
        for pointer in (namespace.query, namespace.headers, namespace.auth)
    )
    told = " ".join(mock.problems)
    waiting = {event.event: event for event in namespace.outgoing if repr(event.event) not in told}
    with server.client(
        namespace.name,
        auth=auth,
        query=urlencode({name: it for name, it in (query or {}).items() if name not in OWN}),
        headers={
            name: str(value)
            for name, value in (headers or {}).items()
            if not name.lower().startswith(HOPS)
        },
        socketio_path=mock.contract.path,
    ) as client:
        while waiting:
            event, args = client.next()
            if found := waiting.pop(event, None):
                assert is_valid(mock.contract.document, found.args, args), (event, args)
        for incoming in namespace.incoming:
            if incoming.ack is not None:
                answer = client.ask(incoming.event, *arguments(fake, incoming.args))
                assert is_valid(mock.contract.document, incoming.ack, answer), answer


def drawn(fake: Any, pointer: str) -> Any:
    return fake.draw(pointer, runtime("mock.dice").Dice(pointer))


def arguments(fake: Any, args: Any) -> tuple[Any, ...]:
    """Arguments of an event from a client."""
    first = args[0] if isinstance(args, tuple) else args
    if first.pointer is None:
        return ()
    value = drawn(fake, first.pointer)
    return tuple(value) if first.form == "tuple" else (value,)


def is_valid(document: Any, args: Any, values: tuple[Any, ...]) -> bool:
    """What an independent validator says of arguments."""
    if isinstance(args, tuple):
        return any(is_valid(document, item, values) for item in args)
    if args.pointer is None:
        return not values
    if args.form != "tuple" and len(values) != 1:
        return False
    value = list(values) if args.form == "tuple" else values[0]
    validator = jsonschema.Draft7Validator(
        {**document, "$ref": f"#{args.pointer}"}, format_checker=jsonschema.FormatChecker()
    )
    return bool(validator.is_valid(value))
