"""Values that show what schemas mean: the same on every run, for the eye of a reader.

The generator of the mock draws them, with chance taken out where that will do:
the first of what is listed, and every property. So nothing on a page changes
but where its schema does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asyncgen.docs.reading import at
from asyncgen.document import Json
from asyncgen.runtime import runtime

# Stands for bytes in JSON, as the page writes it and the console reads it.
BYTES = "$bytes"
# How many schemas a sample should pass through, and at most.
_SHORT = 200
_LONG = 1_000
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that its schema accepts, in JSON."""

    value: Json


@dataclass
class Samples:
    """Draws samples for the schemas of a bundled document, each of which is prepared once."""

    bundle: dict[str, Json]
    _drawn: dict[tuple[str, str], Sample | None] = field(default_factory=dict)

    def of(self, pointer: str, hint: str = "") -> Sample | None:
        """A sample of the schema at a pointer; `hint` is what it is called.

        None where none is found, or only such as nobody would read.
        """
        key = pointer, hint
        if key not in self._drawn:
            self._drawn[key] = next(self._valid(pointer, hint), None)
        return self._drawn[key]

    def required(self, pointer: str) -> dict[str, Json]:
        """What an object must have; nothing where there is no sample of one."""
        names = at(self.bundle, pointer).get("required")
        sample = self.of(pointer)
        value = sample.value if sample is not None else None
        if not isinstance(value, dict) or not isinstance(names, list):
            return {}
        return {name: value[name] for name in names if isinstance(name, str) and name in value}

    def _valid(self, pointer: str, hint: str) -> Iterator[Sample]:
        chance = runtime("mock.dice")
        dice = [chance.Dice(None, _SHORT), chance.Dice(None, _LONG)]
        dice += (chance.Dice(f"{pointer}:{number}", _LONG) for number in range(_TRIES))
        for thrown in dice:
            try:
                value = self._fake.draw(pointer, thrown, hint)
                if self._fake.schemas.at(pointer).is_valid(value):
                    yield Sample(_as_json(value))
            except (chance.NoSample, ValueError):
                continue  # ValueError: a schema of another dialect, which cannot be compiled

    @cached_property
    def _fake(self) -> Any:
        return runtime("mock.fake").Fake(runtime("schemas").Schemas(self.bundle), _Names())


class _Names:
    """In place of the mock's pools of names: one of each kind, and no Faker to wait for."""

    def of(self, provider: str) -> tuple[str, ...]:
        """What a provider of Faker gives; empty where only Faker has it."""
        return (NAMES[provider],) if provider in NAMES else ()


NAMES: Mapping[str, str] = {
    "city": "London",
    "company": "Analytical Engines Ltd",
    "country": "United Kingdom",
    "country_code": "GB",
    "first_name": "Ada",
    "job": "Engineer",
    "last_name": "Lovelace",
    "name": "Ada Lovelace",
    "phone_number": "+44 20 7946 0000",
    "postcode": "SW1Y 4JH",
    "safe_email": "ada@example.com",
    "state": "England",
    "street_address": "12 St James's Square",
    "timezone": "Europe/London",
    "user_name": "ada",
}


def _as_json(value: Any) -> Json:
    match value:
        case bytes():
            return {BYTES: base64.b64encode(value).decode()}
        case dict():
            return {name: _as_json(item) for name, item in value.items()}
        case list():
            return [_as_json(item) for item in value]
    return value  # type: ignore[no-any-return]


def written(value: Json) -> str:
    """A value as indented JSON; short lists and objects of plain values stand on one line."""
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1]
        for char in _written(value, "")
    )


def _written(value: Json, margin: str) -> str:
    inline = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(inline) + len(margin) <= 40:
        return inline
    inner = margin + "  "
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_written(item, inner)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    return "[\n" + ",\n".join(inner + _written(item, inner) for item in value) + f"\n{margin}]"
