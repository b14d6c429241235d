"""How long the command takes in a process of its own; prints a table in Markdown."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CHAT = Path(__file__).resolve().parents[2] / "examples" / "chat" / "asyncapi.yaml"
LINES = 60_000


def large() -> Iterator[str]:
    """The lines of a document with many messages."""
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


def seconds(arguments: list[str], runs: int) -> float:
    """The median of the whole process."""
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "asyncgen", *arguments], check=True, capture_output=True
        )
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        spec, app = Path(folder, "large.yaml"), Path(folder, "app")
        spec.write_text("\n".join(large()) + "\n", encoding="utf-8")
        commands = {
            "`--help`": (["--help"], 9),
            "`validate` of the chat example": (["validate", str(CHAT)], 9),
            "`scaffold` of the chat example": (["scaffold", str(CHAT), "-o", str(app)], 5),
            f"`validate` of {LINES:,} lines": (["validate", str(spec)], 3),
        }
        print("| Command | Median |\n|---|---|")
        for name, (arguments, runs) in commands.items():
            print(f"| {name} | {seconds(arguments, runs):.2f} s |", flush=True)


if __name__ == "__main__":
    main()
