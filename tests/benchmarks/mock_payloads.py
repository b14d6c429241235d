"""How fast the mock draws valid payloads, and how soon it serves: python -m tests.benchmarks.…"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import websocket

from asyncgen import contract, pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.runtime import runtime
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


def rates(spec: Path) -> None:
    """Print how many payloads of each outgoing event are drawn in a second."""
    made = served(spec)
    payloads = runtime("mock.payloads").Payloads(made, 0)
    for namespace in made.namespaces:
        for event in namespace.outgoing:
            payloads.event(event)
            count, start = 0, time.perf_counter()
            while time.perf_counter() < start + 0.5:
                payloads.event(event)
                count += 1
            print(f"{event.event:20} {2 * count:8,} payloads/s")


def first_event() -> float:
    """Seconds from the command on the chat example to the first event at a client."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "asyncgen", "mock", str(CHAT), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = next(line.split()[1] for line in process.stdout if line.startswith("  url"))
        socket = websocket.create_connection(
            f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        )
        socket.send("40")
        while not socket.recv().startswith("42"):
            pass
        taken = time.perf_counter() - start
        process.kill()
    return taken


def main() -> None:
    """Print all figures."""
    rates(CHAT)
    with tempfile.TemporaryDirectory() as folder:
        order = Path(folder, "order.yaml")
        order.write_text(ORDER, encoding="utf-8")
        rates(order)
    print("asynction 0.8.3: at most 4 chat objects/s, 2 orders/s, 2 emits/s at any interval")
    taken = min(first_event() for _ in range(5))
    print(f"start to first event: {taken:.2f} s (asynction listens after 0.96 s)")


if __name__ == "__main__":
    main()
