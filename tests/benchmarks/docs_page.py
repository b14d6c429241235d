"""What the documentation page costs to build and to use."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.generation import run
from tests.benchmarks.table import Table, json_option, save
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


def build(spec: Path, page: Path, runs: int) -> dict[str, float]:
    """What `asyncgen docs` takes in a process of its own, and how large the page is."""
    found = [run(["docs", str(spec), "-o", str(page)]) for _ in range(runs)]
    seconds, _, megabytes = (statistics.median(column) for column in zip(*found, strict=True))
    return {"built, s": seconds, "MB": megabytes, "page, kB": page.stat().st_size / 1000}


def use(page: Path) -> dict[str, float]:
    """How soon Chromium shows the page, and how long a key of the search takes, in ms."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page()
        opened.goto(page.as_uri())
        paint = opened.evaluate(_PAINT)
        keys = opened.evaluate(_SEARCH, _KEYS)
        browser.close()
    return {"first paint, ms": paint, "key, ms": statistics.median(keys), "at most": max(keys)}


def main(output: Path | None) -> None:
    """Print all figures."""
    columns = ("built, s", "MB", "page, kB", "first paint, ms", "key, ms", "at most")
    formats = dict(zip(columns, (".2f", ".0f", ",.0f", ".0f", ".1f", ".1f"), strict=True))
    table = Table("The documentation page", {"page": "", **formats})
    with tempfile.TemporaryDirectory() as folder:
        page, spec = Path(folder, "page.html"), Path(folder, "large.json")
        spec.write_text(json.dumps(large()), encoding="utf-8")
        for name, document, runs in (("chat", CHAT, 7), (f"{EVENTS:,} events", spec, 3)):
            built = build(document, page, runs)
            table.add({"page": name, **built, **(use(page) if shutil.which("chromium") else {})})
    save(output, [table])


if __name__ == "__main__":
    main(json_option())
