"""Runs of `scaffold` in processes that can be killed, and the documents that they are given."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from asyncgen import pipeline
from asyncgen.config import Settings
from asyncgen.scaffolding import Job, Outcome, run

HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: 1.0.0}\nchannels:\n"


def document(namespaces: Mapping[str, Mapping[str, str]]) -> str:
    """A document by its namespaces, their incoming events, and the schema of each payload."""
    lines = [HEAD]
    for name, events in namespaces.items():
        lines.append(f"  {name}:\n    publish:\n      message:\n        oneOf:\n")
        for event, payload in events.items():
            lines.append(f"          - {{name: {event}, payload: {payload}}}\n")
    return "".join(lines)


def scaffold(folder: Path) -> Outcome:
    """Run in this process, on the document and the project of a folder."""
    job = Job(folder / "chat.yaml", folder / "app", Settings())
    return run(job, _no_wait)


def built_once() -> Callable[..., Any]:
    """`pipeline.build` for each document one time only, where what is tried is the rest."""
    build, built = pipeline.build, dict[str, Any]()

    def remembered(compiled: pipeline.Compiled, *args: Any, **options: Any) -> Any:
        key = repr(compiled.bundle)
        if key not in built:
            built[key] = build(compiled, *args, **options)
        return built[key]

    return remembered


def _no_wait(seconds: float) -> None:
    raise AssertionError("nobody else has the lock")


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a folder, hidden ones, too."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def forked(work: Callable[[], object]) -> int:
    """Do some work in a process of its own; its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def ended(pid: int) -> bool:
    """Wait for a process; True where it was not killed. Fails where the work did."""
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


def killed_before(operation: int, work: Callable[[], object]) -> bool:
    """Work in another process, killed before its n-th operation on a file; True if it was."""

    def until_then() -> None:
        ahead = iter(range(operation))

        def count(event: str, args: tuple[object, ...]) -> None:
            is_file = event == "open" or (event.startswith("os.") and event != "os.kill")
            if is_file and next(ahead, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()

    return not ended(forked(until_then))
