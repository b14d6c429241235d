"""Packets as they are on the wire: exact numbers, plain JSON, and threads that are used again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import engineio  # type: ignore[import-untyped,unused-ignore]
import pytest

from tests.functional.project import PATIENCE, Project, Running, scaffold, wait_for

DOCUMENT = """
channels:
  /:
    publish: {message: {name: say, payload: true, x-ack: {args: true}}}
    subscribe: {message: {name: said, payload: true}}
"""
ECHO = """
def say(payload):
    return payload
"""


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    project = scaffold(tmp_path_factory.mktemp("echo"), DOCUMENT, handlers={"root": ECHO})
    with project.serve() as server:
        yield server


NUMBERS = [
    0, -1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 10**30,
    -(10**30), 10**99, 1.5, 0.1, 1e16, 1e300, -1e-300, 5e-324, 1e22, 123456789012345678.0,
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_come_and_go_exactly(echo: Running, number: float) -> None:
    with echo.raw() as raw:
        raw.connect()
        raw.send(f'421["say",{{"a":[{json.dumps(number)}]}}]')
        [answer] = json.loads(raw.receive().removeprefix("431"))
    assert answer == {"a": [number]} and type(answer["a"][0]) is type(number)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ('{"a":1,"b":[true,null,"x"]}', '{"a":1,"b":[true,null,"x"]}'),
        ('{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'),
        (r'"é 😀 \ud83d\ude00"', '"é 😀 😀"'),
        (r'"\u0000\u001f\u007f\""', '"\\u0000\\u001f\x7f\\""'),
        ('"12345678901234567890"', '"12345678901234567890"'),
        (" [ 1 , 2 ] ", "[1,2]"),
    ],
)
def test_what_is_sent_is_compact_json(echo: Running, sent: str, answered: str) -> None:
    with echo.raw() as raw:
        raw.connect()
        raw.send(f'421["say",{sent}]')
        assert raw.receive() == f"431[{answered}]"


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e999", "1" + "0" * 400 + ".0", "1" * 101])
def test_numbers_that_no_json_holds_are_dropped_beside_any_others(echo: Running, text: str) -> None:
    with echo.raw() as raw:
        raw.connect()
        raw.send(f'421["say",{{"a":null,"a":[1,{text}]}}]')
        assert raw.received() == []


@pytest.mark.parametrize(
    "value", [float("nan"), [None, float("inf")], {"a": {"b": (None, -float("inf"))}}]
)
def test_S23_what_is_no_number_of_json_is_not_sent_as_null(echo: Running, value: Any) -> None:
    with pytest.raises(Exception, match="must be a number of JSON") as problem:
        echo.socketio.emit("said", value)
    assert type(problem.value).__name__ == "InvalidEmit"


def test_tuples_within_a_value_are_arrays(echo: Running) -> None:
    with echo.raw() as raw:
        raw.connect()
        echo.socketio.emit("said", {"a": (1, (2, None))})
        assert raw.receive() == '42["said",{"a":[1,[2,null]]}]'


def test_option_json_is_what_reads_and_writes_packets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Engine.IO keeps the option for the whole process.
    monkeypatch.setattr(engineio.packet.Packet, "json", engineio.packet.Packet.json)
    mine = SimpleNamespace(
        loads=lambda text, **_: json.loads(text.replace("one", "two")),
        dumps=lambda value, **_: json.dumps(value).replace("two", "three"),
    )
    project = scaffold(tmp_path, DOCUMENT, handlers={"root": ECHO})
    with project.serve(json=mine) as server, server.raw() as raw:
        raw.connect()
        raw.send('421["say","one"]')
        assert raw.receive() == '431["three"]'


THREADS = """
import contextvars
import threading

seen = contextvars.ContextVar("seen", default="nothing")
threads = []
together = threading.Barrier(100)
at_work, most, gate = [], [], threading.Event()

def say(payload):
    threads.append(threading.get_ident())
    if payload == "together":
        together.wait(PATIENCE)
    before = seen.get()
    seen.set(payload)
    if payload == "exit":
        raise SystemExit
    if payload == "gate":
        at_work.append(payload)
        most.append(len(at_work))
        gate.wait(PATIENCE)
        at_work.pop()
    return before
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    handlers = THREADS.replace("PATIENCE", str(PATIENCE))
    return scaffold(tmp_path, DOCUMENT, handlers={"root": handlers})


def test_events_one_after_another_share_a_thread_and_no_context(project: Project) -> None:
    with project.serve() as server, server.raw() as raw:
        raw.connect()
        for number in range(20):
            raw.send(f'421["say",{number}]')
            assert raw.receive() == '431["nothing"]'
    threads = project.import_("handlers.root").threads
    assert len(threads) == 20 and len({*threads}) < 20


def test_events_at_one_time_do_not_wait_for_each_other(project: Project) -> None:
    with project.serve() as server, server.raw() as raw:
        raw.connect()
        for number in range(100):
            raw.send(f'42{number}["say","together"]')
        answers = {raw.receive() for _ in range(100)}
        assert answers == {f'43{number}["nothing"]' for number in range(100)}


def test_a_client_that_sends_faster_than_is_handled_is_read_more_slowly(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.import_("_generated.runtime.workers"), "_PATIENCE", PATIENCE)
    handlers = project.import_("handlers.root")
    with project.serve() as server, server.raw() as raw:
        raw.connect()
        for number in range(100):
            raw.send(f'42{number}["say","gate"]')
        wait_for(lambda: len(handlers.at_work) >= 8)
        with server.raw() as other:
            other.connect()
            other.send('421["say","at once"]')
            assert other.receive() == '431["nothing"]'
        handlers.gate.set()
        assert len({raw.receive() for _ in range(100)}) == 100
    assert max(handlers.most) == 8


def test_threads_end_when_no_event_comes_for_a_while(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.import_("_generated.runtime.workers"), "_REST", 0.01)
    with project.serve() as server, server.raw() as raw:
        raw.connect()
        raw.send('421["say","first"]')
        assert raw.receive() == '431["nothing"]'
        [ident] = project.import_("handlers.root").threads
        for thread in [it for it in threading.enumerate() if it.ident == ident]:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        raw.send('422["say","second"]')
        assert raw.receive() == '432["nothing"]'


def test_handler_that_exits_is_an_error_of_its_event_alone(project: Project) -> None:
    with project.serve() as server, server.raw() as raw:
        raw.connect()
        for number in range(3):
            raw.send(f'42{number}["say","exit"]')
            assert raw.receive().startswith(f'43{number}[{{"error":{{"code":"internal_error"')
            raw.send(f'421{number}["say","on"]')
            assert raw.receive() == f'431{number}["nothing"]'
