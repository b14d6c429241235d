"""What differs between two schemas, keyword by keyword: to show, not to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from asyncgen.compatibility.changes import Detail, Missing
from asyncgen.compatibility.keywords import Pair, Part, asserted, canonical
from asyncgen.json_pointer import join
from asyncgen.pointers import LISTS, MAPS, ONE

_MOST = 20
_DEEPEST = 8
_MOST_OPEN = 100
"""How many schemas may be within each other, those within `allOf` and the like as well."""

# Steps that are not seen in a payload.
_STEPS = {"properties": "", "items": "*", "additionalItems": "*", "additionalProperties": "*"}


def differences(pair: Pair, old: Part, new: Part) -> tuple[Detail, ...]:
    """The first of the keywords that say something else.

    What only one side has is not looked into.
    """
    return tuple(islice(_Differences(pair).between(old, new, ""), _MOST))


class _Differences:
    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._seen: set[tuple[str, str]] = set()
        self._open = 0

    def between(self, old: Part, new: Part, path: str) -> Iterator[Detail]:
        old, new = self._pair.part(old.pointer), self._pair.part(new.pointer)
        key = (old.pointer, new.pointer)
        is_deep = path.count("/") > _DEEPEST or self._open > _MOST_OPEN
        if key in self._seen or is_deep or self._pair.same(old, new):
            return
        self._seen.add(key)
        if not isinstance(old.schema, Mapping) or not isinstance(new.schema, Mapping):
            yield Detail(path, "", old.schema, new.schema)
            return
        keywords = dict.fromkeys([*asserted(old.schema), *asserted(new.schema)])
        self._open += 1
        for keyword in keywords:
            if not self._pair.same_keyword(old, new, keyword):
                yield from self._keyword(old, new, keyword, path)
        self._open -= 1

    def _keyword(self, old: Part, new: Part, keyword: str, path: str) -> Iterator[Detail]:
        first, second = _said(old, keyword), _said(new, keyword)
        if keyword in MAPS and isinstance(first, dict | Missing):
            names = {**_names(first), **_names(second)}
            for name in names:
                yield from self._entry(old, new, keyword, name, path)
        elif isinstance(first, Missing) or isinstance(second, Missing):
            yield Detail(path, keyword, first, second)
        elif keyword in LISTS and isinstance(first, list) and isinstance(second, list):
            yield from self._lists(old, new, keyword, path)
        elif keyword in ONE and not isinstance(first, list) and not isinstance(second, list):
            below = path + (f"/{step}" if (step := _STEPS.get(keyword)) else "")
            yield from self.between(old.below(keyword), new.below(keyword), below)
        elif canonical(first) != canonical(second):
            yield Detail(path, keyword, first, second)

    def _entry(self, old: Part, new: Part, keyword: str, name: str, path: str) -> Iterator[Detail]:
        first, second = old.get(keyword) or {}, new.get(keyword) or {}
        below = join(path, name)
        both = name in first and name in second
        if both and not isinstance(first[name], list) and not isinstance(second[name], list):
            yield from self.between(old.below(keyword, name), new.below(keyword, name), below)
        elif not both or canonical(first[name]) != canonical(second[name]):
            yield Detail(below, keyword, first.get(name, Missing()), second.get(name, Missing()))

    def _lists(self, old: Part, new: Part, keyword: str, path: str) -> Iterator[Detail]:
        first, second = old.get(keyword), new.get(keyword)
        if len(first) != len(second):
            yield Detail(path, keyword, first, second)
            return
        for index in range(len(first)):
            below = join(path, index) if keyword == "items" else path
            yield from self.between(old.below(keyword, index), new.below(keyword, index), below)


def _said(part: Part, keyword: str) -> Any:
    value = part.get(keyword)
    if value is None:
        return Missing()
    return value[0] if keyword == "const" else value


def _names(value: Any) -> dict[str, None]:
    return dict.fromkeys(value) if isinstance(value, dict) else {}
