"""Runs that are killed with SIGKILL at random moments while they write: `… kill [COUNT [SEED]]`.

After each: the user's bytes are as they were, the next run gives what one that
nobody disturbed gives, and one more changes nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from asyncgen import pipeline, write
from tests.regeneration.runs import built_once, contents, document, ended, forked, scaffold

BEFORE = document(
    {
        "/": {"say": "{type: string}", "leave": "{type: integer}"},
        "/admin": {"ban": "{type: object, properties: {name: {type: string}}}"},
    }
)
AFTER = document(
    {
        "/": {"say": "{type: object, properties: {text: {type: string}}}", "join": "{}"},
        "/staff": {"ban": "{type: string}", "hire": "{type: string}"},
    }
)
MINE = {
    "chat/handlers/root.py": b"# mine \xc3\xa9\r\nfrom .. import tools\r\n\r\ndef say(payload):\r\n"
    b"    return tools.said(payload)",
    "chat/tools.py": b"def said(what):\n\treturn what\n",
    "README.md": b"\xef\xbb\xbfMine.\n",
    "notes.txt": bytes(range(256)),
}


def new(folder: Path) -> None:
    """Only a document."""
    (folder / "chat.yaml").write_text(AFTER, encoding="utf-8")


def old(folder: Path) -> None:
    """A project with the user's code beside it, and a document that has changed since."""
    (folder / "chat.yaml").write_text(BEFORE, encoding="utf-8")
    assert not scaffold(folder).failed
    for path, content in MINE.items():
        (folder / "app" / path).write_bytes(content)
    (folder / "app/tests/conftest.py").unlink()
    (folder / "chat.yaml").write_text(AFTER, encoding="utf-8")


def start(folder: Path) -> tuple[int, int]:
    """Start a run, and wait until it begins to write: its id, and a pipe that closes at its end."""
    receiver, sender = os.pipe()

    def work() -> None:
        os.close(receiver)
        apply = write.apply

        def announced(*args: object) -> None:
            os.write(sender, b".")
            apply(*args)  # type: ignore[arg-type]

        write.apply = announced
        assert not scaffold(folder).failed

    pid = forked(work)
    os.close(sender)
    assert os.read(receiver, 1) == b"."
    return pid, receiver


def kill(folder: Path, after: float) -> bool:
    """A run killed so many seconds after it has begun to write; False if it was too fast."""
    pid, receiver = start(folder)
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    os.close(receiver)
    return not ended(pid)


def duration(folder: Path) -> float:
    """The seconds in which a run writes."""
    pid, receiver = start(folder)
    begun = time.perf_counter()
    os.read(receiver, 1)
    took = time.perf_counter() - begun
    os.close(receiver)
    assert ended(pid)
    return took


def is_kept(path: str, mine: bytes, files: Mapping[str, bytes]) -> bool:
    return files[path].startswith(mine) if "/handlers/" in path else files[path] == mine


def main(count: int, seed: int) -> None:
    pipeline.build = built_once()
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        cases = []
        for prepare in (new, old):
            begun, whole = top / f"{prepare.__name__}-begun", top / f"{prepare.__name__}-whole"
            begun.mkdir()
            prepare(begun)
            shutil.copytree(begun, whole)
            assert not scaffold(whole).failed
            times = []
            for _ in range(3):
                shutil.rmtree(whole, ignore_errors=True)
                shutil.copytree(begun, whole)
                times.append(duration(whole))
            cases.append((prepare, begun, contents(whole / "app"), min(times)))
        killed = early = 0
        while killed < count:
            prepare, begun, expected, seconds = cases[killed % 2]
            folder = top / "tried"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(begun, folder)
            if not kill(folder, chance.uniform(0, seconds)):
                continue
            killed += 1
            left = contents(folder / "app")
            early += left != expected
            for path, mine in MINE.items() if prepare is old else ():
                assert is_kept(path, mine, left), f"{path} was changed"
            again = scaffold(folder)
            assert not again.failed, [*again.diagnostics]
            found = contents(folder / "app")
            differs = sorted(
                path for path in {*found, *expected} if found.get(path) != expected.get(path)
            )
            assert not differs, f"not as a run that nobody disturbed: {differs}"
            assert scaffold(folder).text.startswith("nothing changed"), "one more run changed it"
        print(f"{count} runs killed, {early} of them before they were done: all were completed")


if __name__ == "__main__":
    COUNT, SEED, *_ = [*map(int, sys.argv[1:]), *(200, 0)[len(sys.argv) - 1 :]]
    main(COUNT, SEED)
