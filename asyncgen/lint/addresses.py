"""What is in braces in the addresses of servers and channels, and its description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Document, Json
from asyncgen.json_pointer import join
from asyncgen.lint.items import Item
from asyncgen.pointers import at, follow
from asyncgen.spelling import closest

_IN_BRACES = re.compile(r"\{([^{}]+)\}")
_HOST = re.compile(r"([^/?#]*://)?[^/?#]*")


@dataclass(frozen=True, slots=True)
class _Addressed:
    """A server or a channel: its address, and where what is in braces is described."""

    item: Item
    what: str
    group: str
    keys: tuple[str, ...]
    address: str
    span: Span

    @property
    def described(self) -> Mapping[str, Json]:
        value = self.item.value.get(self.group)
        return value if isinstance(value, dict) else {}

    @property
    def is_complete(self) -> bool:
        """Whether there is something in braces and something described, so that they must agree."""
        return bool(self.wanted and self.described) or self.keys == ("address",)

    @property
    def wanted(self) -> list[str]:
        """The names in braces, each once."""
        return list(dict.fromkeys(_IN_BRACES.findall(self.address)))

    @property
    def in_host(self) -> list[str]:
        """Those of a server that are not in its path."""
        host = _HOST.match(self.address)
        return list(dict.fromkeys(_IN_BRACES.findall(host[0]))) if host else []


def check_addresses(document: Document, items: Iterable[Item], diagnostics: Diagnostics) -> None:
    """Report what is in braces and not described (AG253), and the reverse (AG254).

    What is in the path of a server is left to `parse`, which needs it (S40).
    Errors as the specification's own validator has them: where nothing is
    described, or in 2.x nothing is in braces, it says nothing, and we warn.
    Notes AG255 for a variable in a host that has no default.
    """
    is_3 = document.is_version_3
    for item in items:
        if item.kind == "server":
            keys = ("host", "pathname") if is_3 else ("url",)
            server = _addressed(document, item, "variable", "variables", keys)
            _compare(document, server, diagnostics)
            _check_defaults(document, server, diagnostics)
        elif item.kind == "channel" and is_3:
            keys = ("address",)
            channel = _addressed(document, item, "parameter", "parameters", keys)
            _compare(document, channel, diagnostics)
    for channel in () if is_3 else _channels(document):
        _compare(document, channel, diagnostics)


def _addressed(
    document: Document, item: Item, what: str, group: str, keys: tuple[str, ...]
) -> _Addressed:
    texts = [text for key in keys if isinstance(text := item.value.get(key), str)]
    place = next((key for key in reversed(keys) if key in item.value), "")
    pointer = join(item.pointer, place) if place else item.pointer
    span = document.spans.get(pointer, document.span)
    return _Addressed(item, what, group, keys, "/".join(texts), span)


def _channels(document: Document) -> Iterator[_Addressed]:
    """Those of 2.x, where the key is the address."""
    channels = document.bundle.get("channels")
    for key in channels if isinstance(channels, dict) else ():
        entry = join("/channels", key)
        pointer = follow(document.bundle, entry)
        value = at(document.bundle, pointer)
        if isinstance(value, dict):
            item = Item("channel", pointer, value)
            span = document.keys.get(entry, document.span)
            yield _Addressed(item, "parameter", "parameters", (), key, span)


def _compare(document: Document, it: _Addressed, diagnostics: Diagnostics) -> None:
    address = " or ".join(f"`{key}`" for key in it.keys) or "the address of the channel"
    report = diagnostics.error if it.is_complete else diagnostics.warning
    spare = [name for name in it.described if name not in it.wanted]
    for name in it.wanted:
        if name in it.described:
            continue
        near = closest(name, spare)
        hint = f"describe it in `{it.group}`: {quote(f'{name}: {{}}')}"
        if near:
            spare.remove(near)  # Both are one mistake.
            hint = f"it is called {quote(near)} in `{it.group}`"
        if it.what == "variable" and name not in it.in_host:
            continue
        message = f"the {it.what} {quote(name)} of {address} is not described"
        report("AG253", message, it.span, hint=hint, pointer=it.item.pointer)
    for name in spare:
        pointer = join(it.item.pointer, it.group, name)
        report(
            "AG254",
            f"the {it.what} {quote(name)} is not in {address}",
            document.keys.get(pointer, it.span),
            hint=f"write {quote(f'{{{name}}}')} where its value goes, or remove it",
            pointer=pointer,
        )


def _check_defaults(document: Document, server: _Addressed, diagnostics: Diagnostics) -> None:
    for name in server.in_host:
        pointer = join(server.item.pointer, server.group, name)
        variable = at(document.bundle, follow(document.bundle, pointer))
        if isinstance(variable, dict) and "default" not in variable:
            diagnostics.note(
                "AG255",
                f"the variable {quote(name)} has no default, so the address is not known",
                document.keys.get(pointer, server.span),
                hint="give it a `default`",
                pointer=pointer,
            )
