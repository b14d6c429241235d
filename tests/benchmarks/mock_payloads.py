"""How fast the mock draws valid payloads, and how soon a client has an event of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from asyncgen import contract, pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.runtime import runtime
from tests.benchmarks.table import Table, json_option, save
from tests.functional.project import Running
from tests.support import ROOT

CHAT = ROOT / "examples" / "chat" / "asyncapi.yaml"
ORDER = """\
asyncapi: 2.6.0
info: {title: Shop, version: 1.0.0}
channels:
  /:
    subscribe: {message: {name: order placed, payload: {$ref: '#/components/schemas/Order'}}}
components:
  schemas:
    Address:
      type: object
      required: [street, city, postcode, country]
      properties:
        street: {type: string}
        city: {type: string}
        postcode: {type: string, pattern: '^[0-9]{5}$'}
        country: {type: string, pattern: '^[A-Z]{2}$'}
    Item:
      type: object
      required: [sku, name, quantity, price]
      properties:
        sku: {type: string, pattern: '^[A-Z]{3}-[0-9]{4}$'}
        name: {type: string}
        quantity: {type: integer, minimum: 1, maximum: 9}
        price: {type: number, minimum: 0, multipleOf: 0.01}
    Order:
      type: object
      additionalProperties: false
      required: [id, createdAt, status, customerName, email, phone, currency, total, shipping,
                 billing, items, paid, notes, priority, tags]
      properties:
        id: {type: string, format: uuid}
        createdAt: {type: string, format: date-time}
        status: {enum: [new, paid, shipped, delivered]}
        customerName: {type: string, maxLength: 60}
        email: {type: string, format: email}
        phone: {type: string}
        currency: {type: string, enum: [EUR, USD]}
        total: {type: number, minimum: 0}
        shipping: {$ref: '#/components/schemas/Address'}
        billing: {oneOf: [{$ref: '#/components/schemas/Address'}, {type: 'null'}]}
        items: {type: array, minItems: 20, maxItems: 20,
                items: {$ref: '#/components/schemas/Item'}}
        paid: {type: boolean}
        notes: {type: string, maxLength: 200}
        priority: {type: integer, minimum: 1, maximum: 5}
        tags: {type: array, uniqueItems: true, maxItems: 5, items: {type: string, minLength: 2}}
"""


def served(spec: Path) -> Any:
    """The runtime's contract of a document."""
    compiled = pipeline.compile_document(spec, Options(), Diagnostics())
    assert compiled is not None
    return contract.contract(compiled.app, compiled.bundle)


def rates(spec: Path) -> Iterator[dict[str, Any]]:
    """How many payloads of each outgoing event are drawn in a second."""
    made = served(spec)
    payloads = runtime("mock.payloads").Payloads(made, 0)
    for namespace in made.namespaces:
        for event in namespace.outgoing:
            payloads.event(event)
            count, start = 0, time.perf_counter()
            while time.perf_counter() < start + 0.5:
                payloads.event(event)
                count += 1
            yield {"event": event.event, "payloads/s": 2 * count}


def first_event() -> tuple[float, float]:
    """From the command on the chat example to the first event at a client: seconds, MB."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "asyncgen", "mock", str(CHAT), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = next(line.split()[1] for line in process.stdout if line.startswith("  url"))
    with Running(url).raw() as client:
        client.connect()
        client.receive()
    taken = time.perf_counter() - start
    process.kill()
    _, process.returncode, used = os.wait4(process.pid, 0)
    process.stdout.close()
    return taken, used.ru_maxrss / 1024


def main(output: Path | None) -> None:
    """Print all figures."""
    drawn = Table("Payloads of the mock", {"event": "", "payloads/s": ",d"})
    with tempfile.TemporaryDirectory() as folder:
        order = Path(folder, "order.yaml")
        order.write_text(ORDER, encoding="utf-8")
        for spec in (CHAT, order):
            for row in rates(spec):
                drawn.add(row)
    start = Table("The mock's start", {"until": "", "s": ".2f", "MB": ".0f"})
    seconds, megabytes = map(median, zip(*(first_event() for _ in range(5)), strict=True))
    start.add({"until": "first event at a client", "s": seconds, "MB": megabytes})
    save(output, [drawn, start])


if __name__ == "__main__":
    main(json_option())
