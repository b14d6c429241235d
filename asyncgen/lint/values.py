"""Defaults and examples, which have to be what they are a default or an example of (S7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document, Json
from asyncgen.json_pointer import join
from asyncgen.lint.items import Item, has_json_schema
from asyncgen.lint.steps import Steps
from asyncgen.parse.shared import is_example_object
from asyncgen.pointers import at, follow
from asyncgen.spelling import closest

# Schemas that are applied to all defaults and examples together: some seconds' work.
_MOST_STEPS = 300_000
_CODES = {"default": "AG256", "example": "AG257"}


@dataclass(frozen=True, slots=True)
class _Sample:
    """A value that a schema has to accept, and the pointers of both."""

    what: str
    pointer: str
    schema: str


def check_values(
    document: Document, items: Iterable[Item], diagnostics: Diagnostics
) -> frozenset[str]:
    """Warn of defaults (AG256) and examples (AG257) that their schema refuses (S7).

    AG264 where that takes too long. The pointers of those examples, and of
    those that were not checked.
    """
    samples: dict[_Sample, None] = {}
    for item in items:
        if item.kind == "schema":
            samples |= dict.fromkeys(_of_schema(item))
        elif item.kind in ("message", "messageTrait"):
            samples |= dict.fromkeys(_of_message(document.bundle, item))
        elif item.kind in ("serverVariable", "parameter"):
            _check_choices(document, item, diagnostics)
    return _check(document, samples, diagnostics) if samples else frozenset()


def _check(
    document: Document, samples: Iterable[_Sample], diagnostics: Diagnostics
) -> frozenset[str]:
    from asyncgen.lint.validator import Validator  # Slow to load.

    validator = Validator(document.bundle)
    wrong: set[str] = set()
    steps = Steps(document.bundle, _MOST_STEPS)
    waiting = iter(samples)
    for sample in waiting:
        value = at(document.bundle, sample.pointer)
        if not steps.take(sample.schema, value):
            diagnostics.warning(
                "AG264",
                f"this {sample.what} and those after it are not checked: that would take too long",
                document.spans.get(sample.pointer, document.span),
                hint="use fewer nested alternatives in its schema, or a smaller value",
                pointer=sample.pointer,
            )
            return frozenset({*wrong, sample.pointer, *(it.pointer for it in waiting)})
        problem = validator.problem(sample.schema, value)
        if problem is None:
            continue
        wrong.add(sample.pointer)
        place = join(sample.pointer, *problem.path)
        where = f"{quote(join('', *problem.path), 100)} " if problem.path else ""
        span = document.spans.get(place) or document.spans.get(sample.pointer)
        rule = document.spans.get(problem.rule)
        asked = f" that requires this at line {rule.line}" if rule else ""
        diagnostics.warning(
            _CODES[sample.what],
            f"the {sample.what} is not what its schema allows: {where}{problem.message}",
            span or document.span,
            hint=problem.hint or f"change the {sample.what}, or the schema{asked}",
            pointer=place,
        )
    return frozenset(wrong)


def _of_schema(item: Item) -> Iterator[_Sample]:
    if "default" in item.value:
        yield _Sample("default", join(item.pointer, "default"), item.pointer)
    examples = item.value.get("examples")
    for index in range(len(examples) if isinstance(examples, list) else 0):
        yield _Sample("example", join(item.pointer, "examples", index), item.pointer)


def _of_message(bundle: Json, message: Item) -> Iterator[_Sample]:
    """The payloads and headers of examples; as in `parse`, one may be a payload itself."""
    examples = message.value.get("examples")
    for index, example in enumerate(examples if isinstance(examples, list) else ()):
        pointer = join(message.pointer, "examples", index)
        is_object = isinstance(example, dict) and is_example_object(example)
        for key in ("payload", "headers"):
            schema = _schema(bundle, message, key)
            if schema is None:
                continue
            if is_object and isinstance(example, dict) and key in example:
                yield _Sample("example", join(pointer, key), schema)
            elif not is_object and key == "payload":
                yield _Sample("example", pointer, schema)


def _schema(bundle: Json, message: Item, key: str) -> str | None:
    """Where the schema of a message's payload or headers stands, if it is JSON Schema (S5)."""
    if key not in message.value or (key == "payload" and not has_json_schema(message.value)):
        return None
    pointer = follow(bundle, join(message.pointer, key))
    schema = at(bundle, pointer)
    if isinstance(schema, dict) and isinstance(schema.get("schemaFormat"), str):
        return follow(bundle, join(pointer, "schema")) if has_json_schema(schema) else None
    return pointer


def _check_choices(document: Document, item: Item, diagnostics: Diagnostics) -> None:
    """The values of a variable or a parameter that is one of a few."""
    enum = item.value.get("enum")
    names = [it for it in enum if isinstance(it, str)] if isinstance(enum, list) else []
    for what, pointer, value in _choices(item) if names else ():
        if value in names:
            continue
        near = closest(value, names)
        listed = ", ".join(map(quote, names[:10]))
        diagnostics.warning(
            _CODES[what],
            f"the {what} {quote(value)} is not one of the values in `enum`",
            document.spans.get(pointer, document.span),
            hint=f"did you mean {quote(near)}?" if near else f"one of: {listed}",
            pointer=pointer,
        )


def _choices(item: Item) -> Iterator[tuple[str, str, str]]:
    values: Mapping[str, Json] = item.value
    if isinstance(default := values.get("default"), str):
        yield "default", join(item.pointer, "default"), default
    examples = values.get("examples")
    for index, example in enumerate(examples if isinstance(examples, list) else ()):
        if isinstance(example, str):
            yield "example", join(item.pointer, "examples", index), example
