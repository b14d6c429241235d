"""Events a second of an emitted project beside Flask-SocketIO by hand: a table in Markdown.

Each application is a process, each client a socket. All run in turn, round by round, and a ratio
is of one round: what else the machine does then concerns both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.client import Run, measure
from tests.benchmarks.contracts import APPS, SCHEMAS, SIZES, document, scaffold, write
from tests.support import ROOT

BASELINE = next(iter(APPS))
# Clients, and the events that each has in flight.
LOADS = ((1, 16), (50, 1))
MODES = ("threading", "gevent")
MESSAGES = 100
HEADER = (
    "| Mode | Payload | Clients | Application | Events/s | of raw | Server µs/event | of raw "
    "| p50 ms | p99 ms |"
)


@contextmanager
def serving(folder: Path, module: str, mode: str) -> Iterator[tuple[int, int]]:
    """An application as a process; its id and port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", str(port)],
        cwd=folder,
        env={**os.environ, "ASYNC_MODE": mode},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(process, port)
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError("a server does not start")


def throughput(
    folder: Path, apps: list[str], modes: list[str], rounds: int, seconds: float
) -> list[dict[str, Any]]:
    """A row for each mode, size, load and application."""
    rows = []
    for mode in modes:
        for size, (event, payload) in SIZES.items():
            for clients, in_flight in LOADS:
                load = (event, payload, clients, in_flight)
                runs = _in_turn(folder, apps, mode, load, rounds, seconds)
                for name, taken in runs.items():
                    rows.append(
                        {"mode": mode, "size": size, "clients": clients, "application": name}
                        | _figures(taken, runs[BASELINE])
                    )
                    print(_throughput_line(rows[-1]), flush=True)
    return rows


def _figures(taken: list[Run], base: list[Run]) -> dict[str, float]:
    """Medians; `of_raw` and `cost_of_raw` are those of the ratios of each round."""
    rounds = [*zip(taken, base, strict=True)]
    return {
        "rate": median(run.rate for run in taken),
        "of_raw": median(run.rate / raw.rate for run, raw in rounds),
        "cost": median(run.cost for run in taken),
        "cost_of_raw": median(run.cost / raw.cost for run, raw in rounds),
        "p50": median(run.percentile(50) for run in taken),
        "p99": median(run.percentile(99) for run in taken),
    }


def _in_turn(
    folder: Path,
    apps: list[str],
    mode: str,
    load: tuple[str, Any, int, int],
    rounds: int,
    seconds: float,
) -> dict[str, list[Run]]:
    """What each application does with a load, in as many rounds; every second one backwards."""
    runs: dict[str, list[Run]] = {name: [] for name in apps}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(serving(folder, APPS[name], mode)) for name in apps
        }
        for server in servers.values():
            measure(*server, *load, seconds / 4)
        for number in range(rounds):
            for name, server in [*servers.items()][:: -1 if number % 2 else 1]:
                runs[name].append(measure(*server, *load, seconds))
    return runs


def _throughput_line(row: dict[str, Any]) -> str:
    return (
        f"| {row['mode']} | {row['size']} | {row['clients']} | {row['application']} "
        f"| {row['rate']:.0f} | {row['of_raw']:.2f} | {row['cost']:.0f} "
        f"| {row['cost_of_raw']:.2f} | {row['p50']:.2f} | {row['p99']:.2f} |"
    )


def dispatch(folder: Path) -> list[dict[str, Any]]:
    """A row for each application, size and part: µs, and those over the baseline."""
    output = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.dispatch", str(folder), *APPS.values()],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    least = {(module, size, part): time_ for module, size, part, time_ in json.loads(output)}
    return [
        {
            "application": name,
            "size": size,
            "part": part,
            "us": least[module, size, part],
            "over": least[module, size, part] - least[APPS[BASELINE], size, part],
        }
        for name, module in APPS.items()
        for size in SIZES
        for part in ("handler", "packet")
    ]


def start(folder: Path, runs: int = 7) -> dict[str, float]:
    """Seconds that a new process takes to import a project of many messages, and to make its app.

    `packages` is what Flask-SocketIO and pydantic take by themselves.
    """
    schemas = {f"order{number}": SCHEMAS["order"] for number in range(MESSAGES)}
    spec = folder / "many.json"
    spec.write_text(document(schemas), encoding="utf-8")
    scaffold(spec, folder / "many", "many_messages")
    code = {
        "packages": "import flask_socketio, pydantic, jsonschema_rs",
        "import": "import many_messages",
        "import and create_app()": "import many_messages; many_messages.create_app()",
    }
    taken: dict[str, list[float]] = {name: [] for name in code}
    for _ in range(runs):
        for name, statement in code.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], cwd=folder / "many", check=True)
            taken[name].append(time.perf_counter() - begin)
    return {name: median(times) for name, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apps", nargs="+", choices=[*APPS], default=[*APPS])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one run")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=[*MODES])
    parser.add_argument("--parts", nargs="+", choices=["throughput", "dispatch", "start"],
                        default=["dispatch", "start", "throughput"])
    parser.add_argument("--json", type=Path, help="write the results to this file, too")
    options = parser.parse_args()
    results: dict[str, Any] = {"python": platform.python_version(), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        if "dispatch" in options.parts:
            results["dispatch"] = dispatch(folder)
            print("| Application | Payload | From, to | µs | over raw |\n|---|---|---|---|---|")
            for row in results["dispatch"]:
                print(f"| {row['application']} | {row['size']} | {row['part']} "
                      f"| {row['us']:.1f} | {row['over']:+.1f} |")
        if "start" in options.parts:
            results["start"] = start(folder)
            print(f"\n| {MESSAGES} messages | Median |\n|---|---|")
            for part, seconds in results["start"].items():
                print(f"| {part} | {seconds:.2f} s |")
        if "throughput" in options.parts:
            print(f"\n{HEADER}\n{'|---' * HEADER.count(' | ')}|---|", flush=True)
            apps = [name for name in APPS if name in {BASELINE, *options.apps}]
            results["throughput"] = throughput(
                folder, apps, options.modes, options.rounds, options.seconds
            )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
