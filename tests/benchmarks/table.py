"""Results as a table in Markdown, which is printed as it grows, and as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


class Table:
    """Rows under a title; `columns` are their names and how the values are formatted."""

    def __init__(self, title: str, columns: Mapping[str, str]) -> None:
        self.title = title
        self.columns = columns
        self.rows: list[dict[str, Any]] = []
        print(f"\n{title}\n")
        self._print(columns)
        self._print("---" for _ in columns)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row and print it; what it leaves out stays empty."""
        self.rows.append(dict(row))
        self._print(
            format(row[name], how) if name in row else "" for name, how in self.columns.items()
        )

    def _print(self, cells: Iterable[str]) -> None:
        print(f"| {' | '.join(cells)} |", flush=True)


def save(path: Path | None, tables: Iterable[Table]) -> None:
    """Write tables as JSON: their rows by their titles; nothing where no file is named."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        found = {table.title: table.rows for table in tables}
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def json_option() -> Path | None:
    """Where the results are to be written, of a command line without other options."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write the results to this file, too")
    path: Path | None = parser.parse_args().json
    return path
