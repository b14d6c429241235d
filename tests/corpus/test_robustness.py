"""No document ends in a traceback or takes for ever, whatever has happened to it."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Json
from asyncgen.source import dump_json, load, plain
from tests.corpus.documents import folder, rows, validated

SECONDS = 10
TIMES = 3
JUNK: list[Json] = [None, True, 0, -1.5, "", "text", "#/", [], {}, [[]], {"": 1}]
JUNK += [{"$ref": "#/info"}, {"$ref": "#"}, {"$ref": 1}, {"oneOf": [{}]}, {"type": "object"}]


@contextmanager
def limited(file: str) -> Iterator[None]:
    """Fails where something takes too much of a processor, and says which document it was."""

    def stop(*_: object) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    except Exception as error:
        error.add_note(file)
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def places(value: Json) -> Iterator[tuple[list[Json] | dict[str, Json], int | str]]:
    """Every node but the root, as what holds it and its key there."""
    todo: list[Json] = [value]
    while todo:
        holder = todo.pop()
        if isinstance(holder, list | dict):
            keys = range(len(holder)) if isinstance(holder, list) else list(holder)
            for key in keys:
                yield holder, key
                todo.append(holder[key])  # type: ignore[index]


@pytest.mark.slow
def test_whole_documents() -> None:
    for row in rows():
        with limited(row.file):
            validated(folder() / row.file)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(TIMES))
def test_documents_that_end_too_early(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for row in rows():
        data = (folder() / row.file).read_bytes()
        path = tmp_path / f"asyncapi{Path(row.file).suffix}"
        path.write_bytes(data[: chance.randrange(len(data) + 1)])
        with limited(row.file):
            validated(path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(TIMES))
def test_documents_with_other_nodes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "asyncapi.json"
    for row in rows():
        source = load(folder() / row.file, Diagnostics())
        data = plain(source.node) if source else None
        if not isinstance(data, dict) or not data:
            continue
        holder, key = chance.choice(list(places(data)))
        holder[key] = chance.choice(JUNK)  # type: ignore[index]
        path.write_text(dump_json(data), encoding="utf-8")
        with limited(row.file):
            validated(path)
