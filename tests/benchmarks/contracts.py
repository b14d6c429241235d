"""The documents and the applications that `events` measures, written into a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import ROOT

SMALL: dict[str, Any] = {"name": "Ada Lovelace", "text": "Hello, everyone in the room!"}

MEDIUM: dict[str, Any] = {
    "id": "0b9ad5b0-1f0c-4c4e-9d0e-2f6f3f6c2a11",
    "status": "paid",
    "customer": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+44 20 7946 0000",
    "street": "12 St James's Square",
    "city": "London",
    "postcode": "SW1Y 4JH",
    "country": "GB",
    "currency": "GBP",
    "total": 1249.5,
    "paid": True,
    "priority": 2,
    "notes": "Leave it with the neighbour; the bell is broken, so knock loudly.",
    "items": [
        {"sku": f"SKU-{number:05}", "name": f"Part number {number}, blue", "quantity": number + 1,
         "price": 1.25 * number}
        for number in range(20)
    ],
}

# Event, payload.
SIZES: dict[str, tuple[str, dict[str, Any]]] = {
    "small": ("say", SMALL),
    "medium": ("order", MEDIUM),
}

_TEXT = {"type": "string", "maxLength": 200}

SCHEMAS: dict[str, dict[str, Any]] = {
    "say": {
        "type": "object",
        "required": ["name", "text"],
        "additionalProperties": False,
        "properties": {"name": {"type": "string", "maxLength": 40}, "text": _TEXT},
    },
    "order": {
        "type": "object",
        "required": [*MEDIUM],
        "additionalProperties": False,
        "properties": {
            **{name: _TEXT for name, value in MEDIUM.items() if isinstance(value, str)},
            "status": {"type": "string", "enum": ["new", "paid", "shipped"]},
            "total": {"type": "number", "minimum": 0},
            "paid": {"type": "boolean"},
            "priority": {"type": "integer", "minimum": 0, "maximum": 5},
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["sku", "name", "quantity", "price"],
                    "additionalProperties": False,
                    "properties": {
                        "sku": {"type": "string", "minLength": 3, "maxLength": 20},
                        "name": {"type": "string"},
                        "quantity": {"type": "integer", "minimum": 1},
                        "price": {"type": "number", "minimum": 0},
                    },
                },
            },
        },
    },
}


def document(schemas: dict[str, dict[str, Any]]) -> str:
    """An AsyncAPI document of events that are echoed, as JSON."""
    types = {event.capitalize(): schema for event, schema in schemas.items()}
    messages = [
        {"name": event, "payload": _reference(event), "x-ack": {"args": _reference(event)}}
        for event in schemas
    ]
    return json.dumps(
        {
            "asyncapi": "2.6.0",
            "info": {"title": "Echo", "version": "1.0.0"},
            "channels": {"/": {"publish": {"message": {"oneOf": messages}}}},
            "components": {"schemas": types},
        }
    )


def _reference(event: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{event.capitalize()}"}


# What somebody would write who validates nothing, or as asynction does.
_BY_HAND = """\
import os

if os.environ.get("ASYNC_MODE") == "gevent":
    from gevent import monkey

    monkey.patch_all()

import json
import sys

import jsonschema
from flask import Flask
from flask_socketio import SocketIO

schemas = json.loads({schemas!r})
app = Flask(__name__)
socketio = SocketIO(app, async_mode=os.environ.get("ASYNC_MODE", "threading"))


def echo(event):
    schema = schemas[event]

    @socketio.on(event)
    def handler(payload):
        if {validated}:
            jsonschema.validate(payload, schema)
            jsonschema.validate(payload, schema)
        return payload


for event in schemas:
    echo(event)

if __name__ == "__main__":
    port = int(sys.argv[sys.argv.index("--port") + 1])
    socketio.run(app, port=port, allow_unsafe_werkzeug=True)
"""

_PLAIN = """\
from typing import Any


def say(payload: dict[str, Any]) -> dict[str, Any]:
    return payload


def order(payload: dict[str, Any]) -> dict[str, Any]:
    return payload
"""

_TYPED = """\
from typed_app._generated import models


def say(payload: models.Say) -> models.Say:
    return payload


def order(payload: models.Order) -> models.Order:
    return payload
"""

# Name: the module to run. The first is what the others are compared with.
APPS = {
    "raw": "raw_app",
    "jsonschema.validate": "jsonschema_app",
    "emitted, plain": "plain_app",
    "emitted": "typed_app",
}


def write(folder: Path) -> None:
    """Write the applications of `APPS` into a folder."""
    for name, validated in (("raw_app", False), ("jsonschema_app", True)):
        text = _BY_HAND.format(schemas=json.dumps(SCHEMAS), validated=validated)
        Path(folder, f"{name}.py").write_text(text, encoding="utf-8")
    spec = Path(folder, "asyncapi.json")
    spec.write_text(document(SCHEMAS), encoding="utf-8")
    projects = {"plain_app": (_PLAIN, ["--payloads", "raw"]), "typed_app": (_TYPED, [])}
    for name, (handlers, options) in projects.items():
        project = Path(folder, f"{name}-project")
        scaffold(spec, project, name, *options)
        package = project / name
        (package / "handlers" / "root.py").write_text(handlers, encoding="utf-8")
        Path(folder, name).symlink_to(package)


def scaffold(spec: Path, project: Path, package: str, *options: str) -> None:
    """Make a project of a document, as the command does."""
    subprocess.run(
        [sys.executable, "-m", "asyncgen", "scaffold", str(spec), "-o", str(project),
         "--package", package, *options],
        check=True, capture_output=True, cwd=ROOT,
    )
