"""What others notice of an attack: how soon well-behaved clients are answered, with and without.

They send on a clock of their own, so that an answer which is late does not keep them from asking.
`elsewhere` is the same attack at another process, which tells what the machine has to do with it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import selectors
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.attacks import ATTACKS, attack
from tests.benchmarks.client import Connection
from tests.benchmarks.contracts import APPS, SMALL, write
from tests.benchmarks.events import MODES, serving
from tests.benchmarks.table import Table, save

CLIENTS, EVENTS_A_SECOND = 20, 5
# Seconds that an attack has before the others are looked at, and that an answer may take.
WARM, PATIENCE = 1, 20


@dataclass
class Witnesses:
    """Clients that ask for an echo now and then: latencies in seconds, answers that never came."""

    latencies: list[float]
    lost: int

    def percentile(self, percent: int) -> float:
        """The latency that `percent` of all events had at most, in milliseconds."""
        ordered = sorted(self.latencies) + [PATIENCE] * self.lost
        return 1000 * ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def watch(connections: list[Connection], seconds: float) -> Witnesses:
    """Let each client send so many events a second, evenly spread over all."""
    selector = selectors.DefaultSelector()
    for connection in connections:
        connection.sent.clear()
        selector.register(connection.fileno(), selectors.EVENT_READ, connection)
    begin = time.perf_counter()
    gap = 1 / (len(connections) * EVENTS_A_SECOND)
    total = int(seconds / gap)
    sent, latencies = 0, []
    while sent < total or any(it.sent for it in connections):
        now = time.perf_counter()
        if now > begin + seconds + PATIENCE:
            break
        while sent < total and begin + sent * gap <= now:
            connections[sent % len(connections)].send(begin + sent * gap)
            sent += 1
        next_ = begin + sent * gap - time.perf_counter() if sent < total else 0.1
        for key, _ in selector.select(max(next_, 0)):
            for number, _data in key.data.receive():
                latencies.append(time.perf_counter() - key.data.sent.pop(number))
    return Witnesses(latencies, total - len(latencies))


@contextmanager
def attacked(name: str | None, port: int, seconds: float) -> Iterator[None]:
    """Let an attack go on meanwhile."""
    if name is None:
        yield
        return
    process = multiprocessing.Process(target=attack, args=(name, port, WARM + seconds))
    process.start()
    time.sleep(WARM)
    try:
        yield
    finally:
        process.kill()
        process.join()


def rows(
    folder: Path, app: str, mode: str, names: list[str], rounds: int, seconds: float
) -> Iterator[dict[str, Any]]:
    """A row for each attack; the medians of several rounds."""
    for name in names:
        runs: dict[str, list[Witnesses]] = {"quiet": [], "elsewhere": [], "attacked": []}
        for _ in range(rounds):
            for state, found in runs.items():
                found.append(_observe(folder, app, mode, name, state, seconds))
        yield {
            "mode": mode,
            "application": app,
            "attack": name,
            **{
                f"{state} p{percent}": median(it.percentile(percent) for it in found)
                for state, found in runs.items()
                for percent in (50, 99)
            },
            "unanswered": sum(it.lost for it in runs["attacked"]),
        }


def _observe(
    folder: Path, app: str, mode: str, name: str, state: str, seconds: float
) -> Witnesses:
    with ExitStack() as stack:
        _, port = stack.enter_context(serving(folder, APPS[app], mode))
        aim = port
        if state == "elsewhere":
            _, aim = stack.enter_context(serving(folder, APPS[app], mode))
        connections = [Connection(port, "say", SMALL) for _ in range(CLIENTS)]
        with attacked(None if state == "quiet" else name, aim, seconds):
            found = watch(connections, seconds)
        for connection in connections:
            connection.close()
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apps", nargs="+", choices=[*APPS], default=["emitted"])
    parser.add_argument("--modes", nargs="+", choices=MODES, default=[*MODES])
    parser.add_argument("--attacks", nargs="+", choices=[*ATTACKS], default=[*ATTACKS])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of one run")
    parser.add_argument("--json", type=Path, help="write the results to this file, too")
    options = parser.parse_args()
    table = Table(
        f"{CLIENTS} others, {EVENTS_A_SECOND} events a second each, in ms",
        {
            "mode": "", "application": "", "attack": "",
            **{f"{it} p{n}": ".1f" for it in ("quiet", "elsewhere", "attacked") for n in (50, 99)},
            "unanswered": "",
        },
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        for mode in options.modes:
            for app in options.apps:
                for row in rows(
                    folder, app, mode, options.attacks, options.rounds, options.seconds
                ):
                    table.add(row)
    save(options.json, [table])


if __name__ == "__main__":
    main()
