"""The mock with 100 clients for a while: memory stays flat, the interval is kept."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

from tests.functional.project import Running
from tests.support import ROOT

CLIENTS = 100


def client(url: str, times: list[float], stopped: threading.Event) -> None:
    """Note when events come; say something now and then."""
    with Running(url).raw() as raw:
        raw.connect()
        while not stopped.is_set():
            if raw.receive().startswith("42"):
                times.append(time.monotonic())
                if len(times) % 5 == 0:
                    raw.send('421["new message",{"text":"hello"}]')


def memory(pid: int) -> int:
    """Resident memory in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def main(seconds: float) -> None:
    """Print memory as it goes, then how far apart the events were; fail where it is too far."""
    spec = ROOT / "examples" / "chat" / "asyncapi.yaml"
    command = [sys.executable, "-m", "asyncgen", "mock", str(spec), "--port", "0", "-q"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = next(line.split()[1] for line in process.stdout if line.startswith("  url"))
        stopped = threading.Event()
        times: list[list[float]] = [[] for _ in range(CLIENTS)]
        for each in times:
            threading.Thread(target=client, args=(url, each, stopped), daemon=True).start()
        sizes = []
        for _ in range(10):
            time.sleep(seconds / 10)
            sizes.append(memory(process.pid))
            print(f"{sizes[-1]} MB", flush=True)
        stopped.set()
        time.sleep(2)
        process.kill()
    gaps = sorted(b - a for each in times for a, b in pairwise(each[1:]))
    kept = sum(0.8 <= gap <= 1.2 for gap in gaps) / len(gaps)
    print(f"{len(gaps)} events, median gap {gaps[len(gaps) // 2]:.3f} s, {kept:.1%} within 20 %")
    assert kept > 0.98, "the interval is not kept"
    assert sizes[-1] <= sizes[1] * 1.1 + 5, "memory grows"


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 300)
