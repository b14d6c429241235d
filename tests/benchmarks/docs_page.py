"""What the documentation page costs to build and to use: python -m tests.benchmarks.docs_page."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support import ROOT

CHAT = ROOT / "examples" / "chat" / "asyncapi.yaml"
EVENTS = 1000
_KEYS = "event 99 field"
# From a key to what the search has found and laid out.
_SEARCH = """
async (keys) => {
  const input = document.querySelector("#search");
  const times = [];
  input.focus();
  for (const key of keys) {
    input.value += key;
    const start = performance.now();
    input.dispatchEvent(new Event("input"));
    document.querySelector("#results").getBoundingClientRect();
    times.push(performance.now() - start);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return times;
}
"""
_PAINT = """
new Promise((done) => {
  const entries = () => performance.getEntriesByName("first-contentful-paint");
  const wait = () => entries().length ? done(entries()[0].startTime) : setTimeout(wait, 10);
  wait();
})
"""


def large() -> dict[str, Any]:
    """A document with many events of ten fields each."""
    fields = {f"field_{it}": {"type": "string", "maxLength": 30 + it} for it in range(10)}
    payload = {"type": "object", "properties": fields, "required": ["field_1"]}
    messages = [
        {"name": f"event {it}", "summary": f"Does thing {it}.", "payload": payload}
        for it in range(EVENTS)
    ]
    halves = {"publish": messages[::2], "subscribe": messages[1::2]}
    channel = {key: {"message": {"oneOf": half}} for key, half in halves.items()}
    return {
        "asyncapi": "2.6.0",
        "info": {"title": "Large", "version": "1"},
        "channels": {"/": channel},
    }


def build(spec: Path, page: Path, runs: int) -> None:
    """Print how long `asyncgen docs` takes in a process of its own, how large the page is."""
    taken, memory = [], 0
    command = [sys.executable, "-m", "asyncgen", "docs", str(spec), "-o", str(page)]
    for _ in range(runs):
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, command
        taken.append(time.perf_counter() - begin)
        memory = max(memory, usage.ru_maxrss // 1024)
    size = page.stat().st_size
    print(f"  built in {min(taken):.2f} s (median {statistics.median(taken):.2f} s),", end=" ")
    print(f"{size / 1000:,.0f} kB, at most {memory} MB", flush=True)


def use(page: Path) -> None:
    """Print how soon Chromium shows the page, and how long a key of the search takes."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page()
        opened.goto(page.as_uri())
        paint = opened.evaluate(_PAINT)
        keys = opened.evaluate(_SEARCH, _KEYS)
        print(f"  first paint after {paint:.0f} ms,", end=" ")
        print(f"a key of the search {max(keys):.1f} ms at most, {statistics.median(keys):.1f} ms"
              " in the median", flush=True)  # fmt: skip
        browser.close()


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as folder:
        page, spec = Path(folder, "page.html"), Path(folder, "large.json")
        spec.write_text(json.dumps(large()), encoding="utf-8")
        for name, document, runs in (("chat", CHAT, 7), (f"{EVENTS} events", spec, 3)):
            print(f"page of {name}:")
            build(document, page, runs)
            if shutil.which("chromium"):
                use(page)


if __name__ == "__main__":
    main()
