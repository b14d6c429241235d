"""Plain data → text."""

from __future__ import annotations

import json
from typing import Any

import yaml

from asyncgen.document import Json
from asyncgen.source.read_yaml import is_value

# What version 1.1 of YAML takes for the end of a line, too: only an escape keeps it as it is.
_BREAKS = frozenset("\r\x85\u2028\u2029")


def dump_json(data: Json) -> str:
    """A document as JSON, its keys in their order."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def dump_yaml(data: Json) -> str:
    """A document as YAML, its keys in their order and without aliases."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, _style(data))


def _style(text: str) -> str | None:
    if is_value(text):
        # PyYAML quotes what version 1.1 of YAML would take for a number, and `1e3` is one in 1.2.
        return "'"
    if not _BREAKS.isdisjoint(text):
        return '"'
    return "|" if "\n" in text else None


_Dumper.add_representer(str, _Dumper.represent_str)
