"""Values for a schema that `fake` finds none for, by hypothesis-jsonschema where it is installed.

That may take for ever and leaves files behind, so it is a process of its own,
in a folder of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_SECONDS: Final = 20.0
_COUNT: Final = 20


def values(document: Mapping[str, Any], pointer: str) -> list[Any]:
    """Some values that the schema at `pointer` is likely to accept; none where none are found."""
    if find_spec("hypothesis_jsonschema") is None:
        return []
    # To a validator, the rest of a document is keywords that it does not know.
    schema = {**document, "allOf": [{"$ref": f"#{pointer}"}]}
    schema.pop("id", None)
    with tempfile.TemporaryDirectory() as folder:
        try:
            ended = subprocess.run(
                [sys.executable, "-P", Path(__file__).resolve()],
                input=json.dumps(schema),
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=folder,
                env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
                timeout=_SECONDS,
                check=True,
            )
            found: list[Any] = json.loads(ended.stdout)
        except (OSError, ValueError, subprocess.SubprocessError):
            return []
    return found


def main() -> None:
    """Read a schema, print values; the same ones every time."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis_jsonschema import from_schema

    found: list[Any] = []

    @seed(0)
    @settings(
        database=None,
        deadline=None,
        max_examples=_COUNT,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(from_schema(json.load(sys.stdin)))
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
