"""Mocks for tests: in this process, and as a process of their own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from asyncgen import contract, pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.runtime import runtime
from tests.functional.project import PATIENCE, Running, wait_for
from tests.support import ROOT

# The commands run in other folders; asyncgen need not be installed for the tests.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
HEADER = "asyncapi: 2.6.0\ninfo: {title: Test, version: 1.0.0}\n"
CHAT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: join, payload: {$ref: '#/components/schemas/User'},
             x-ack: {args: {type: array, items: [{type: integer}, {type: string}]}}}
          - {name: quiet, payload: {type: string}}
    subscribe:
      message:
        oneOf:
          - {name: joined, payload: {$ref: '#/components/schemas/User'}}
          - {name: moved, payload: {type: array, items: [{type: integer}, {type: integer}]}}
  /other:
    subscribe: {message: {name: tick}}
components:
  schemas:
    User:
      type: object
      required: [name]
      properties: {name: {type: string, maxLength: 30}}
      additionalProperties: false
"""
SCENARIOS = """
channels:
  /:
    publish:
      message:
        oneOf:
          - name: join
            payload: {type: object, properties: {user: {type: object}}}
            x-mock: {emit: joined, delay: 0.01, echo: {name: user.name, /tags/0: /user/tag}}
    subscribe:
      message:
        oneOf:
          - name: joined
            payload:
              type: object
              required: [name, tags, online]
              properties:
                name: {type: string}
                tags: {type: array, minItems: 2, items: {type: string}}
                online: {type: integer}
          - {name: welcome, payload: {type: string}, x-mock: {on: connect}}
"""


def compiled(document: str | Path, tmp_path: Path, options: Options) -> pipeline.Compiled:
    path = document if isinstance(document, Path) else tmp_path / "asyncapi.yaml"
    if isinstance(document, str):
        path.write_text(HEADER + document, encoding="utf-8")
    diagnostics = Diagnostics()
    found = pipeline.compile_document(path, options, diagnostics)
    assert found is not None, [*diagnostics]
    return found


@dataclass(frozen=True)
class Mocking(Running):
    """A mock in this process; `lines` is what it has told."""

    mock: Any = None
    lines: list[Any] = field(default_factory=list)


@contextlib.contextmanager
def mocking(
    document: str | Path, tmp_path: Path, reading: Options | None = None, **options: Any
) -> Iterator[Mocking]:
    """A mock of a document; by default it emits nothing in turn."""
    module, control = runtime("mock.server"), runtime("mock.control")
    made = compiled(document, tmp_path, reading or Options())
    lines: list[Any] = []
    options = {"interval": None, **options}
    mock = module.Mock(
        contract.contract(made.app, made.bundle), module.Options(**options), lines.append
    )
    control.add_control(mock)
    wsgi = make_server("127.0.0.1", 0, mock.app, threaded=True)
    thread = threading.Thread(target=wsgi.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Mocking(f"http://127.0.0.1:{wsgi.server_port}", mock.app, mock=mock, lines=lines)
    finally:
        mock.close()
        wsgi.shutdown()
        thread.join(PATIENCE)
        wsgi.server_close()


def request(url: str, body: Any = None) -> tuple[int, Any]:
    """GET, or POST of JSON; the status and what came back."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        text = refused.read().decode()
        return refused.code, json.loads(text) if text.startswith("{") else text


@contextlib.contextmanager
def running(*command: str, cwd: Path, **variables: str) -> Iterator[tuple[Running, Any, list[str]]]:
    """A mock as a process: where it serves, the process, and its lines so far."""
    process = subprocess.Popen(
        [sys.executable, *command, "--port", "0"],
        cwd=cwd,
        env={**ENVIRONMENT, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    lines: list[str] = []

    def collect() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)

    threading.Thread(target=collect, daemon=True).start()
    try:
        wait_for(lambda: process.poll() is not None or any("control " in line for line in lines))
        assert process.poll() is None, lines
        url = next(line.split()[1] for line in lines if line.startswith("  url"))
        yield Running(url), process, lines
    finally:
        process.kill()
        process.wait(PATIENCE)
