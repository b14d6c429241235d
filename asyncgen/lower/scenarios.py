"""What the mock emits by itself: `x-mock` of messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asyncgen import ir
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Span
from asyncgen.document import Json, Message
from asyncgen.json_pointer import join, split
from asyncgen.lower.arguments import Shapes
from asyncgen.lower.job import Job, listed, near
from asyncgen.lower.uses import Use
from asyncgen.pointers import at, follow

_DAY = 86_400
# What says, or leaves it to its parts to say, what a value has in it.
_SAYING = frozenset({"properties", "items", "allOf", "anyOf", "oneOf", "enum", "const"})


def scenarios_of(
    job: Job, uses: Sequence[Use], shapes: Mapping[str, Shapes]
) -> dict[str, tuple[ir.Scenario, ...]]:
    """The scenarios of each namespace.

    A message may be an event in several namespaces, and in both directions; it
    is enough that what its `x-mock` names is there for one of them.
    """
    messages: dict[str, list[tuple[Use, Message]]] = {}
    for use in uses:
        for variant in use.variants:
            messages.setdefault(variant.message.pointer, []).append((use, variant.message))
    found: dict[str, dict[ir.Scenario, None]] = {}
    for pointer, places in messages.items():
        written = at(job.document.bundle, join(pointer, "x-mock"))
        if not isinstance(written, dict):
            continue
        read = [_Written(job, uses, shapes, use, message, written) for use, message in places]
        complete = [it for it in read if it.problem is None]
        for item in complete:
            found.setdefault(item.use.namespace, {})[item.scenario()] = None
        (complete or read)[0].report()
    return {namespace: tuple(them) for namespace, them in found.items()}


@dataclass(frozen=True, slots=True)
class _Written:
    """An `x-mock`, read for one of the events that its message is."""

    job: Job
    uses: Sequence[Use]
    shapes: Mapping[str, Shapes]
    use: Use
    message: Message
    written: Mapping[str, Json]

    def name(self, key: str) -> str | None:
        """The event of `on` or `emit`: by default that of the message itself."""
        said = self.written.get(key)
        if isinstance(said, str):
            return said
        return self.use.event.raw if self.use.incoming == (key == "on") else None

    def events(self, key: str) -> dict[str, Use]:
        """The events that may be `on`, which come from clients, or `emit`, which go to them."""
        return {
            use.event.raw: use
            for use in self.uses
            if use.namespace == self.use.namespace and use.incoming == (key == "on")
        }

    @property
    def problem(self) -> tuple[str, str, str] | None:
        """What is wrong with an event, as the key, a message and a hint."""
        for key, side in (("on", "from"), ("emit", "to")):
            name, events = self.name(key), self.events(key)
            where = f"{side} clients of {quote(self.use.namespace)}"
            names = [*events, "connect"] if key == "on" else [*events]
            hint = f"name one of {listed(names)}" if names else "declare one, or remove `x-mock`"
            if name is None:
                return "", f"the `x-mock` does not say which event {where} is `{key}`", hint
            if name not in names:
                hint = near(name, names, hint)
                return key, f"there is no event {quote(name)} {where}", hint
        return None

    def scenario(self) -> ir.Scenario:
        """What it comes to, where there is no problem."""
        delay = self.written.get("delay")
        return ir.Scenario(
            Text(self.name("on") or ""),
            Text(self.name("emit") or ""),
            float(delay) if isinstance(delay, int | float) else 0.0,
            tuple((Text(place), Text(origin)) for _, place, origin in self._echo()),
        )

    def _echo(self) -> Iterator[tuple[str, str, str]]:
        """The key of each entry, and both of its paths as pointers."""
        echo = self.written.get("echo")
        for key, path in echo.items() if isinstance(echo, dict) else ():
            yield key, _pointer(key), _pointer(str(path))

    def report(self) -> None:
        """Tell what is wrong with it."""
        delay = self.written.get("delay", 0)
        if isinstance(delay, int | float) and not 0 <= delay <= _DAY:
            self.job.diagnostics.error(
                "AG205",
                f"`delay` is a number of seconds, from 0 to {_DAY:,}",
                self._span("delay"),
                hint="write 0.5 for half a second",
            )
        if self.problem is not None:
            key, message, hint = self.problem
            self.job.diagnostics.error("AG262", message, self._span(key), hint=hint)
            return
        for key, place, origin in self._echo():
            for event, pointer in (("emit", place), ("on", origin)):
                self._check_place(event, pointer, self._span("echo", key))

    def _check_place(self, key: str, pointer: str, span: Span) -> None:
        """Warn where no payload of the event has such a place by its schema."""
        name = self.name(key) or ""
        use = self.events(key).get(name)
        schemas = [it.pointer for it in self.shapes[use.key].payloads] if use else []
        known = [it for it in schemas if it is not None]
        for step in split(pointer):
            below = list(_below(self.job, known, step))
            if None in below:
                return  # Anything may stand there.
            if not below:
                fields = sorted(set(_fields(self.job, known)))
                self.job.diagnostics.warning(
                    "AG263",
                    f"the payload of {quote(name)} has no {quote(step)} to echo",
                    span,
                    hint=near(step, fields, f"it has {listed(fields) or 'no properties'}"),
                )
                return
            known = [it for it in below if it is not None]

    def _span(self, *keys: str) -> Span:
        pointer = join(self.message.pointer, "x-mock", *filter(None, keys))
        spans = self.job.document.spans
        whole = spans.get(join(self.message.pointer, "x-mock"), self.message.span)
        return spans.get(pointer, whole)


def _pointer(path: str) -> str:
    """`user.name` as `/user/name`; a pointer stays one, and an empty path is the whole."""
    return path if path.startswith("/") or not path else join("", *path.split("."))


def _branches(job: Job, pointers: Iterable[str]) -> Iterator[tuple[str, dict[str, Json]]]:
    """The schemas at some pointers, with those that they are made of, or may be one of.

    Each once, however many ways lead to it.
    """
    seen: set[str] = set()
    waiting = list(pointers)
    while waiting:
        pointer = follow(job.document.bundle, waiting.pop())
        schema = at(job.document.bundle, pointer)
        schema = {} if schema is True else schema
        if pointer in seen or not isinstance(schema, dict):
            continue
        seen.add(pointer)
        yield pointer, schema
        for key in ("allOf", "anyOf", "oneOf"):
            parts = schema.get(key)
            count = len(parts) if isinstance(parts, list) else 0
            waiting += (join(pointer, key, index) for index in range(count))
        waiting += (join(pointer, key) for key in ("then", "else") if key in schema)


def _below(job: Job, pointers: Iterable[str], step: str) -> Iterator[str | None]:
    """Pointers to the schemas of what is at a step below; None where it may be anything."""
    for place, schema in _branches(job, pointers):
        properties, items = schema.get("properties"), schema.get("items")
        if isinstance(properties, dict) and step in properties:
            yield join(place, "properties", step)
        elif isinstance(items, list) and step.isdecimal():
            if int(step) < len(items):
                yield join(place, "items", int(step))
            elif schema.get("additionalItems"):
                yield join(place, "additionalItems")
        elif isinstance(items, dict) and step.isdecimal():
            yield join(place, "items")
        elif _is_open(schema):
            yield None


def _is_open(schema: Mapping[str, Json]) -> bool:
    """Whether it accepts objects or arrays without saying what is in them."""
    if schema.get("patternProperties") or isinstance(schema.get("additionalProperties"), dict):
        return True
    if not _SAYING.isdisjoint(schema):
        return False
    kinds = schema.get("type", "object")
    return "object" in (kinds, *(kinds if isinstance(kinds, list) else ()))


def _fields(job: Job, pointers: Iterable[str]) -> Iterator[str]:
    for _, schema in _branches(job, pointers):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
