"""Traits merged into messages and operations (S4)."""

from __future__ import annotations

from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.source import Node, Place, Source


def with_traits(source: Source, diagnostics: Diagnostics, node: Node) -> Node:
    """A message or operation of 2.x with its traits merged into it, a later one over an earlier."""
    traits = Place("", node).get("traits")
    for trait in traits.items() if traits else ():
        target = source.follow(trait, diagnostics)
        if target and isinstance(target.node.value, dict):
            node = _patched(node, target.node)
    return node


def filled_by_traits(source: Source, diagnostics: Diagnostics, node: Node) -> Node:
    """A message or operation of 3.x with what its traits add; a later one over an earlier."""
    added = Node({}, node.span)
    traits = Place("", node).get("traits")
    for trait in traits.items() if traits else ():
        target = source.follow(trait, diagnostics)
        if target and isinstance(target.node.value, dict):
            added = _patched(added, target.node)
    return _filled(node, added)


def _filled(target: Node, added: Node) -> Node:
    """What is in a mapping, and what only the other one has."""
    if not isinstance(target.value, dict) or not isinstance(added.value, dict):
        return target
    if target.reference is not None or added.reference is not None:
        return target
    value = {
        key: _filled(child, added.value[key]) if key in added.value else child
        for key, child in target.value.items()
    }
    value |= {key: child for key, child in added.value.items() if key not in value}
    return Node(value, target.span, {**added.keys, **target.keys})


def _patched(target: Node | None, patch: Node) -> Node:
    """JSON merge patch (RFC 7396); a mapping with `$ref` is replaced whole."""
    if not isinstance(patch.value, dict) or patch.reference is not None:
        return patch
    value: dict[str, Node] = {}
    keys: dict[str, Span] = {}
    if target and isinstance(target.value, dict) and target.reference is None:
        value, keys = dict(target.value), dict(target.keys)
    for key, child in patch.value.items():
        if child.value is None:
            value.pop(key, None)
            continue
        value[key] = _patched(value.get(key), child)
        keys.setdefault(key, patch.keys.get(key, child.span))
    return Node(value, target.span if target else patch.span, keys)
