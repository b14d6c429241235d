"""Documents with other nodes in them: a project that parses, or errors, and never a traceback.

`nox -s fuzz` takes thousands of them through all stages; here are a few.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.source import load, plain
from tests.support import ROOT

SEED = 7
DOCUMENTS = int(os.environ.get("ASYNCGEN_FUZZ_DOCUMENTS", "12"))
FILES = [
    *(ROOT / "golden" / case / "asyncapi.yaml" for case in ("kitchen-sink", "minimal", "chat")),
    ROOT / "examples" / "chat" / "asyncapi.yaml",
]
JUNK: list[Any] = [None, True, 0, -1, 1.5, 10**400, "", " ", "x", "/", "#", "a.b", "é", [], {}]
JUNK += [[[]], [None], {"": {}}, {"$ref": "#"}, {"$ref": "#/info"}, {"$ref": 1}, {"type": []}]
JUNK += [{"type": "object", "properties": {"": {}}}, {"items": [{}]}, {"allOf": []}, {"enum": []}]
JUNK += [{"oneOf": [{}, True]}, {"const": {}}, {"not": {}}, {"type": ["string", "null"]}, True]


def places(value: Any) -> Iterator[tuple[Any, int | str]]:
    """Every node but the root, as what holds it and its key there."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, list | dict):
            for key in range(len(holder)) if isinstance(holder, list) else list(holder):
                yield holder, key
                waiting.append(holder[key])


def mutate(document: Any, random: Random) -> None:
    """Replace, remove, rename, swap or double some nodes."""
    for _ in range(random.randint(1, 3)):
        found = list(places(document))
        holder, key = random.choice(found)
        other, there = random.choice(found)
        match random.randrange(5):
            case 0:
                holder[key] = random.choice(JUNK)
            case 1:
                del holder[key]
            case 2 if isinstance(holder, dict):
                holder[random.choice([str(it) for it in JUNK])] = holder.pop(key)
            case 3:
                copy = json.loads(json.dumps(other[there]))
                holder[key] = copy
            case _ if isinstance(holder, list):
                holder.append(holder[key])


@pytest.mark.parametrize("number", range(DOCUMENTS))
def test_a_mutated_document_becomes_a_project_or_an_error(tmp_path: Path, number: int) -> None:
    random = Random(SEED * 100_000 + number)
    source = load(random.choice(FILES), Diagnostics())
    assert source is not None
    document = plain(source.node)
    mutate(document, random)
    spec = tmp_path / "asyncapi.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    options = Options(server="production", channels=random.choice([None, "namespace", "event"]))
    compiled = pipeline.compile_document(spec, options, diagnostics)
    tree = pipeline.build(compiled, diagnostics) if compiled else None
    assert (tree is None) == diagnostics.failed, [*diagnostics]
    if tree is not None:
        for path, text in {**tree.generated, **tree.created}.items():
            if path.endswith(".py"):
                ast.parse(text)
