"""What each diagnostic means, with an example: `explanations.md`, for `asyncgen explain`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PATH = Path(__file__).resolve().with_suffix(".md")
_PART = re.compile(
    r"^## (?P<code>AG\d+)(?P<options>[^\n]*)\n+(?P<text>.*?)\n+"
    r"```wrong\n(?P<wrong>.*?)```\n+```right\n(?P<right>.*?)```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, an example that has the problem, and the same without it.

    `options` are those that the command needs for it.
    """

    code: str
    text: str
    wrong: str
    right: str
    options: str


def read() -> Mapping[str, Explanation]:
    """The explanation of each code."""
    parts = _PART.finditer(_PATH.read_text(encoding="utf-8"))
    return {
        part["code"]: Explanation(
            part["code"], part["text"], part["wrong"], part["right"], part["options"].strip()
        )
        for part in parts
    }
