"""How long documents of 10, 100 and 1,000 messages take, in processes of their own.

Prints a table in Markdown, and writes the figures as JSON where a file is named.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.support import ROOT

CHAT = ROOT / "examples" / "chat" / "asyncapi.yaml"
MESSAGES = (10, 100, 1_000)
RUNS = 3


@dataclass(frozen=True)
class Figure:
    """The least of several runs: seconds on the clock and of the processor, and peak memory."""

    command: str
    document: str
    wall: float
    cpu: float
    megabytes: int


def document(messages: int) -> dict[str, Any]:
    """Namespaces of 20 events, half of them each way, and a schema for each event."""
    channels: dict[str, Any] = {}
    for first in range(0, messages, 20):
        numbers = range(first, min(first + 20, messages))
        channels[f"/room{first // 20}"] = {
            "publish": {"message": {"oneOf": [_message(it) for it in numbers if it % 2 == 0]}},
            "subscribe": {"message": {"oneOf": [_message(it) for it in numbers if it % 2]}},
        }
    return {
        "asyncapi": "2.6.0",
        "info": {"title": "Large", "version": "1.0.0"},
        "channels": channels,
        "components": {"schemas": {f"Payload{it}": _schema(it) for it in range(messages)}},
    }


def _message(number: int) -> dict[str, Any]:
    payload = {"$ref": f"#/components/schemas/Payload{number}"}
    ack = {"x-ack": {"args": {"type": "boolean"}}} if number % 3 == 0 else {}
    return {"name": f"event {number}", "summary": f"Event {number}.", "payload": payload, **ack}


def _schema(number: int) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"What event {number} carries.",
        "required": ["id", "text"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "text": {"type": "string", "minLength": 1, "maxLength": 200},
            "count": {"type": "integer", "minimum": 0},
            "tags": {"type": "array", "items": {"type": "string"}},
            "kind": {"type": "string", "enum": ["a", "b", "c"]},
            "user": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
    }


def measured(command: Sequence[str], name: str, runs: int) -> Figure:
    """The figures of a command (Unix)."""
    found = [_run(command) for _ in range(runs)]
    wall, cpu, megabytes = (min(column) for column in zip(*found, strict=True))
    return Figure(command[0], name, round(wall, 2), round(cpu, 2), int(megabytes))


def _run(command: Sequence[str]) -> tuple[float, float, float]:
    begin = time.perf_counter()
    arguments = [sys.executable, "-m", "asyncgen", *command]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    assert status == 0, command
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def figures(folder: Path) -> Iterator[Figure]:
    """All of them; `--check` is of a project that is as it should be."""
    documents = {"chat": CHAT}
    for count in MESSAGES:
        path = documents[f"{count:,} messages"] = folder / f"{count}.json"
        path.write_text(json.dumps(document(count)), encoding="utf-8")
    for name, spec in documents.items():
        runs = 1 if "1,000" in name else RUNS
        project = str(folder / spec.stem)
        page = str(folder / "page.html")
        yield measured(["validate", str(spec)], name, runs)
        yield measured(["scaffold", str(spec), "-o", project], name, 1)
        yield measured(["scaffold", str(spec), "-o", project, "--check"], f"{name}, --check", runs)
        yield measured(["docs", str(spec), "-o", page], name, runs)


def main(output: Path | None = None) -> None:
    """Print the table."""
    print("| Command | Document | Wall | Processor | Memory |\n|---|---|---|---|---|")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for it in figures(Path(folder)):
            found.append(asdict(it))
            print(
                f"| `{it.command}` | {it.document} | {it.wall:.2f} s | {it.cpu:.2f} s |"
                f" {it.megabytes} MB |",
                flush=True,
            )
    if output:
        output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
