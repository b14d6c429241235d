"""Believable text: words, the formats of draft-07 and those that Faker has a provider for.

What is drawn here is a proposal; `fake` holds it to the schema.
"""

from __future__ import annotations

import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from .dice import Dice, DrawText

HEX: Final = "0123456789abcdef"
ALNUM: Final = string.ascii_lowercase + string.digits

_WORDS: Final = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbor",
    "island",
    "juniper",
    "lagoon",
    "maple",
    "meadow",
    "nova",
    "orchid",
    "pebble",
    "river",
    "sierra",
    "tulip",
    "willow",
)


def word(dice: Dice) -> str:
    """A plain short word."""
    return dice.choice(_WORDS)


def fit(text: str, least: int, most: int | None, dice: Dice) -> str:
    """The text, cut at a word or made longer, so that its length is allowed."""
    while len(text) < least:
        text = f"{text} {word(dice)}"[: max(most or 0, least)]
        if text.endswith(" "):
            text = f"{text[:-1]}."
    if most is None or len(text) <= most:
        return text
    head = text[:most]
    cut = text[: most + 1].rpartition(" ")[0].rstrip(" .,")
    return cut if len(cut) >= max(least, 1) else head


def moment(dice: Dice, years: tuple[int, int] = (2025, 2025)) -> datetime:
    """A second within these years."""
    start = datetime(years[0], 1, 1, tzinfo=UTC)
    days = (years[1] - years[0] + 1) * 365
    return start + timedelta(days=dice.below(days), seconds=dice.below(86_400))


def _dated(form: str) -> DrawText:
    return lambda dice: moment(dice).strftime(form)


def _uuid(dice: Dice) -> str:
    hexes = dice.text(HEX, 30)
    return (
        f"{hexes[:8]}-{hexes[8:12]}-4{hexes[12:15]}-"
        f"{dice.choice('89ab')}{hexes[15:18]}-{hexes[18:30]}"
    )


def _url(dice: Dice) -> str:
    return f"https://example.com/{word(dice)}/{dice.between(1, 999)}"


def _host(dice: Dice) -> str:
    return f"{word(dice)}.example.com"


def _path(dice: Dice) -> str:
    return f"/{word(dice)}/{dice.between(1, 99)}"


FORMATS: Final[Mapping[str, DrawText]] = {
    "date-time": _dated("%Y-%m-%dT%H:%M:%SZ"),
    "date": _dated("%Y-%m-%d"),
    "time": _dated("%H:%M:%SZ"),
    "email": lambda dice: f"{word(dice)}.{word(dice)}@example.com",
    "idn-email": lambda dice: f"{word(dice)}.{word(dice)}@example.com",
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda dice: f"192.0.2.{dice.between(1, 254)}",
    "ipv6": lambda dice: f"2001:db8::{dice.between(1, 0xFFFF):x}",
    "uri": _url,
    "iri": _url,
    "uri-reference": _path,
    "iri-reference": _path,
    "uri-template": lambda dice: f"/{word(dice)}/{{id}}",
    "json-pointer": _path,
    "relative-json-pointer": lambda dice: f"{dice.between(0, 3)}/{word(dice)}",
    "regex": lambda dice: f"^{word(dice)}$",
    # Those that many documents use, though draft-07 does not define them.
    "uuid": _uuid,
    "url": _url,
    "duration": lambda dice: f"PT{dice.between(1, 59)}M",
    "password": lambda dice: f"{word(dice)}-{word(dice)}-{dice.between(10, 99)}",
    "byte": lambda dice: dice.text(ALNUM, 8),
    "hexcolor": lambda dice: f"#{dice.text(HEX, 6)}",
    # Providers of Faker that read the clock, or depend on the order of a set.
    "am_pm": _dated("%p"),
    "credit_card_expire": _dated("%m/%y"),
    "day_of_month": _dated("%d"),
    "day_of_week": _dated("%A"),
    "iso8601": _dated("%Y-%m-%dT%H:%M:%S"),
    "month": _dated("%m"),
    "month_name": _dated("%B"),
    "year": _dated("%Y"),
    "uuid1": _uuid,
    "uuid4": _uuid,
    "uuid7": _uuid,
}
# The same, drawn from others of its providers.
_INSTEAD: Final = {
    "user_agent": "chrome",
    "firefox": "chrome",
    "credit_card_full": "credit_card_number",
    "passport_full": "passport_number",
    "passport_gender": "passport_number",
}
_POOL: Final = 60


@dataclass
class Pools:
    """Values of Faker's providers, drawn beforehand: Faker itself is slow."""

    _pools: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _faker: Any = None

    def of(self, provider: str) -> tuple[str, ...]:
        """Values of a provider; empty where Faker has none of that name that gives strings."""
        with self._lock:
            if provider not in self._pools:
                self._pools[provider] = self._drawn(_INSTEAD.get(provider, provider))
            return self._pools[provider]

    def _drawn(self, provider: str) -> tuple[str, ...]:
        if self._faker is None:
            from faker import Faker  # type: ignore[import-not-found,unused-ignore]

            self._faker = Faker("en_US")
        known = any(
            hasattr(item, provider) and not hasattr(object, provider)
            for item in self._faker.get_providers()
        )
        if provider.startswith("_") or not known:
            return ()
        self._faker.seed_instance(provider)
        try:
            make = getattr(self._faker, provider)
            values = [make() for _ in range(_POOL if isinstance(make(), str) else 0)]
        except Exception:  # It needs arguments, or a package that is not there.
            return ()
        return tuple(dict.fromkeys(values))
