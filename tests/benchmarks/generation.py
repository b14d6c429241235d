"""How long the commands take, and how much memory, in processes of their own.

The documents are the chat example, those of 10, 100 and 1,000 messages, and one of many lines. A
figure is the median of several runs, and the commands take turns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.table import Table, json_option, save
from tests.support import ROOT

CHAT = ROOT / "examples" / "chat" / "asyncapi.yaml"
MESSAGES = (10, 100, 1_000)
RUNS = 5
LINES = 60_000


def lines() -> Iterator[str]:
    """The lines of a document that is written down one after the other, without a reference."""
    yield from ("asyncapi: 2.6.0", "info: {title: Large, version: 1.0.0}", "channels:")
    for number in range(LINES // 12):
        yield f"  /namespace{number}:"
        yield "    publish:"
        yield "      message:"
        yield f"        name: event{number}"
        yield "        payload:"
        yield "          type: object"
        yield "          required: [text]"
        yield "          properties:"
        yield "            text: {type: string, maxLength: 100}"
        yield "            count: {type: integer, default: 1}"
        yield "        examples:"
        yield "          - payload: {text: hello}"


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


def run(arguments: list[str], until: str = "") -> tuple[float, float, float]:
    """Seconds on the clock and of the processor, and the most memory in MB (Unix).

    What serves has no end: it is over when a line begins with `until`.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "asyncgen", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if until and line.startswith(until):
            process.kill()
            break
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = status
    process.stdout.close()
    assert until or status == 0, arguments
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def commands(spec: Path, folder: Path) -> dict[str, tuple[list[str], str]]:
    """What is run for a document: arguments, and the line after which it is over."""
    project, page = str(folder / spec.stem), str(folder / "page.html")
    return {
        "validate": (["validate", str(spec)], ""),
        "scaffold": (["scaffold", str(spec), "-o", project, "--force"], ""),
        "check": (["check", str(spec), "-o", project], ""),
        "docs": (["docs", str(spec), "-o", page], ""),
        "mock, until it serves": (["mock", str(spec), "--port", "0"], "  url"),
    }


def rows(name: str, of: dict[str, tuple[list[str], str]], runs: int) -> Iterator[dict[str, Any]]:
    """A row for each of the commands, which take turns."""
    taken: dict[str, list[tuple[float, float, float]]] = {command: [] for command in of}
    for _ in range(runs):
        for command, arguments in of.items():
            taken[command].append(run(*arguments))
    for command, found in taken.items():
        wall, cpu, megabytes = (median(column) for column in zip(*found, strict=True))
        yield {"command": command, "document": name, "s": wall, "s of cpu": cpu, "MB": megabytes}


def main(output: Path | None) -> None:
    """Print the table."""
    columns = {"command": "", "document": "", "s": ".2f", "s of cpu": ".2f", "MB": ".0f"}
    table = Table("Commands, each a new process", columns)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents = {"chat": CHAT}
        for count in MESSAGES:
            path = documents[f"{count:,} messages"] = folder / f"{count}.json"
            path.write_text(json.dumps(document(count)), encoding="utf-8")
        for title, spec in documents.items():
            of = commands(spec, folder)
            if spec == CHAT:
                of["--help"] = (["--help"], "")
            for row in rows(title, of, 1 if title == "1,000 messages" else RUNS):
                table.add(row)
        spec = folder / "lines.yaml"
        spec.write_text("\n".join(lines()) + "\n", encoding="utf-8")
        for row in rows(f"{LINES:,} lines", {"validate": (["validate", str(spec)], "")}, RUNS):
            table.add(row)
    save(output, [table])


if __name__ == "__main__":
    main(json_option())
