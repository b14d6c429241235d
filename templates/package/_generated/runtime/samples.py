"""Believable strings and numbers: by format, by pattern, and by the name of a property.

Everything comes from a `Dice`, which comes from a seed: no clock, no hash, no
state of the machine. What is drawn here is a proposal; `fake` holds it to the schema.
"""

from __future__ import annotations

import random
import re
import string
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias, TypeVar

T = TypeVar("T")


class Exhausted(Exception):
    """A payload takes more steps than anything reasonable does."""


class Dice:
    """Chance for one payload: the same seed gives the same throws, on any machine.

    It also keeps account of the payload: how deep it is, and in which schemas.
    """

    STEPS: Final = 20_000

    def __init__(self, seed: str) -> None:
        # Of Python's generators, only random() is promised to stay as it is.
        self._random = random.Random(seed).random
        self._left = self.STEPS
        self.active: dict[str, int] = {}

    def below(self, count: int) -> int:
        """A whole number from 0 on, less than `count`."""
        return int(self._random() * count)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in that share of throws."""
        return self._random() < share

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self._random() * len(options))]

    def text(self, alphabet: str, length: int) -> str:
        """So many characters of an alphabet."""
        return "".join([self.choice(alphabet) for _ in range(length)])

    def spend(self) -> None:
        """Count a step. Raises Exhausted after too many."""
        self._left -= 1
        if self._left < 0:
            raise Exhausted


Draw: TypeAlias = Callable[[Dice], Any]
DrawText: TypeAlias = Callable[[Dice], str]

_HEX: Final = "0123456789abcdef"
_ALNUM: Final = string.ascii_lowercase + string.digits

# -- text

_MESSAGES: Final = (
    "Good morning, everyone!",
    "I will be there in ten minutes.",
    "Could you take a look at this?",
    "Thanks, that works for me.",
    "Let us meet after lunch.",
    "The new version looks great.",
    "Has anybody seen the keys?",
    "I have sent you the details.",
    "Sounds good, see you then.",
    "Sorry, I was away for a moment.",
    "Who is bringing the cake?",
    "Nice work on the release!",
    "Let me check and come back to you.",
    "The train is late again.",
    "Can we move this to Thursday?",
    "All done on my side.",
    "That made my day.",
    "Please have a look at the second page.",
    "Happy to help.",
    "What do you think of it?",
)
_TITLES: Final = (
    "Summer picnic",
    "Weekly review",
    "Design of the front page",
    "Notes from Monday",
    "A walk by the river",
    "Plans for the new office",
    "Getting started",
    "Questions and answers",
    "Release checklist",
    "Photos of the garden",
    "Travel to Lisbon",
    "Reading list",
)
_THINGS: Final = (
    "Blue Harbor",
    "Green Valley",
    "Silver Lake",
    "Red Maple",
    "Golden Gate",
    "Stone Bridge",
    "Quiet Corner",
    "North Star",
    "Old Mill",
    "Bright Garden",
)
_PRODUCTS: Final = (
    "Desk Lamp",
    "Coffee Mug",
    "Notebook A5",
    "Running Shoes",
    "Wireless Mouse",
    "Water Bottle",
    "Rain Jacket",
    "Tea Kettle",
    "Wall Clock",
    "Canvas Bag",
)
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
_ERRORS: Final = (
    "The request took too long.",
    "You are not allowed to do this.",
    "This name is taken already.",
    "The room is full.",
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


# -- formats


def moment(dice: Dice, years: tuple[int, int] = (2025, 2025)) -> datetime:
    """A second within these years."""
    start = datetime(years[0], 1, 1, tzinfo=UTC)
    days = (years[1] - years[0] + 1) * 365
    return start + timedelta(days=dice.below(days), seconds=dice.below(86_400))


def _dated(form: str) -> DrawText:
    return lambda dice: moment(dice).strftime(form)


def _uuid(dice: Dice) -> str:
    hexes = dice.text(_HEX, 30)
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
    "byte": lambda dice: dice.text(_ALNUM, 8),
    "hexcolor": lambda dice: f"#{dice.text(_HEX, 6)}",
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


# -- names of properties


def snake(name: str) -> str:
    """`createdAt` and `Created-At` as `created_at`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^a-zA-Z0-9]+", "_", parted).strip("_").lower()


def _one_of(*options: str) -> DrawText:
    return lambda dice: dice.choice(options)


def _from(options: Sequence[str]) -> DrawText:
    return lambda dice: dice.choice(options)


def _image(dice: Dice) -> str:
    return f"https://example.com/images/{word(dice)}.png"


def _amount(dice: Dice) -> str:
    return f"{dice.between(1, 199)}.{dice.choice(('00', '50', '90', '95'))}"


def _code(dice: Dice) -> str:
    return f"{dice.text(string.ascii_uppercase, 2)}-{dice.between(1000, 9999)}"


def _file(dice: Dice) -> str:
    return f"{word(dice)}.{dice.choice(('pdf', 'png', 'txt', 'csv'))}"


def _born(dice: Dice) -> str:
    return moment(dice, (1960, 2005)).strftime("%Y-%m-%d")


def _clock(dice: Dice) -> str:
    return moment(dice).strftime("%H:%M")


# What a property's name in snake_case says of a string. The first that is found counts;
# a plain string is the name of a provider of Faker.
_TEXTS: Final[tuple[tuple[str, str | DrawText], ...]] = (
    (r"e_?mail", "safe_email"),
    (r"first_?name|given_name|forename", "first_name"),
    (r"last_?name|surname|family_name", "last_name"),
    (r"full_?name|display_name|real_name", "name"),
    (r"file_?name|(^|_)file$|attachment", _file),
    (r"host_?name|(^|_)host$|domain", FORMATS["hostname"]),
    (r"user_?name|nick(_?name)?|login|screen_name|handle", "user_name"),
    (r"uuid|guid", _uuid),
    (r"token|jwt|secret|api_?key|signature|nonce", lambda dice: dice.text(_HEX, 32)),
    (r"password|passphrase", FORMATS["password"]),
    (r"hash|checksum|digest|sha\d*$|md5", lambda dice: dice.text(_HEX, 40)),
    (r"avatar|image|photo|picture|thumbnail|icon|logo", _image),
    (r"(^|_)(url|uri|link|href|website|homepage|webhook)(_|$)", _url),
    (r"(^|_)ip(_?addr(ess)?|v4)?$", FORMATS["ipv4"]),
    (r"initials", lambda dice: dice.text(string.ascii_uppercase, 2)),
    (r"phone|mobile|(^|_)tel$|fax", "phone_number"),
    (r"birth|(^|_)dob$", _born),
    (r"(^|_)(time_?zone|tz)$", "timezone"),
    (
        r"(_at|_on|time_?stamp|date_?time|_date_time|expires|deadline|(^|_)since)$",
        FORMATS["date-time"],
    ),
    (r"(^|_)(date|day)$", FORMATS["date"]),
    (r"(^|_)time$", _clock),
    (r"street|address_?(line|1|2)", "street_address"),
    (r"address", lambda dice: f"{dice.between(1, 99)} {dice.choice(_THINGS)} Street"),
    (r"city|town", "city"),
    (r"country_code", "country_code"),
    (r"country", "country"),
    (r"province|region|us_state", "state"),
    (r"(zip|postal|post)_?(code)?$", "postcode"),
    (r"currency", _one_of("EUR", "USD", "GBP")),
    (r"price|amount|total|cost|balance|(^|_)fee$", _amount),
    (r"colou?r", lambda dice: f"#{dice.text(_HEX, 6)}"),
    (r"(^|_)(lang|language|locale)", _one_of("en", "de", "fr", "es")),
    (r"compan|organi[sz]ation|employer|brand|vendor|supplier", "company"),
    (r"job|profession|occupation", "job"),
    (r"product|article|(^|_)item(_name)?$", _from(_PRODUCTS)),
    (r"error|failure", _from(_ERRORS)),
    (r"title|subject|headline|heading|(^|_)topic", _from(_TITLES)),
    (
        r"message|(^|_)(msg|text|body|content|comment|note|caption|reply|description|summary"
        r"|reason|details?|bio|about|question|answer|feedback|data)s?$",
        _from(_MESSAGES),
    ),
    (
        r"mime|content_type|media_type",
        _one_of("image/png", "text/plain", "application/json"),
    ),
    (r"status|(^|_)state$|phase", _one_of("active", "pending", "done")),
    (r"(^|_)role", _one_of("admin", "member", "guest")),
    (r"gender|(^|_)sex$", _one_of("female", "male", "other")),
    (r"priority|severity|level", _one_of("low", "normal", "high")),
    (
        r"version",
        lambda dice: f"{dice.between(1, 4)}.{dice.below(10)}.{dice.below(10)}",
    ),
    (r"emoji|reaction", _one_of("👍", "🎉", "❤️", "😄")),
    (r"sku|(^|_)code|serial", _code),
    (r"(^|_)(sid|cid)$", lambda dice: dice.text(_ALNUM, 12)),
    (
        r"(^|_)(user|sender|author|from|player|owner|member|participant|recipient|to|by|host"
        r"|winner|opponent|guest|creator|friend)s?$",
        "first_name",
    ),
    (
        r"(^|_)(room|channel|group|lobby|team|game|queue|table|tag|label|category|slug)s?$",
        word,
    ),
)
_PERSON: Final = re.compile(
    r"user|person|people|member|player|author|sender|customer|contact|friend|owner|guest"
    r"|participant|profile|presence|join|host|student|driver|patient|client|employee|messag|typing"
    r"|post|chat|^$"
)
_ID: Final = re.compile(r"(?:^|(\w+)_)(id|key|ref)$")


def text_for(hint: str, owner: str, pools: Pools) -> DrawText | None:
    """What a property called `hint` of something called `owner` holds; None if it is unknown."""
    name = snake(hint)
    if found := _ID.search(name):
        return _identifier(found[1] or "")
    if re.search(r"(^|_)name$", name) and not re.search(
        r"(first|given|last|family|full|display|real|file|host|user|nick|screen|domain)_?name$",
        name,
    ):
        return _name(name.removesuffix("name").strip("_") or snake(owner), pools)
    if re.search(r"error|fail", owner) and re.search(r"message|reason|detail", name):
        return _from(_ERRORS)
    for pattern, source in _TEXTS:
        if re.search(pattern, name):
            return _from(pools.of(source)) if isinstance(source, str) else source
    return None


def _name(owner: str, pools: Pools) -> DrawText:
    if re.search(r"product|article|item", owner):
        return _from(_PRODUCTS)
    if re.search(r"compan|organi|vendor|brand", owner):
        return _from(pools.of("company"))
    if _PERSON.search(owner):
        return _from(pools.of("name"))
    return _from(_THINGS)


def _identifier(of: str) -> DrawText:
    prefix = of.rpartition("_")[2]
    if not prefix:
        return lambda dice: dice.text(_HEX, 12)
    return lambda dice: f"{prefix}-{dice.between(1000, 9999)}"


@dataclass(frozen=True)
class Range:
    """Where numbers of a kind lie, and how many decimals they have."""

    low: int
    high: int
    decimals: int = 0


_NUMBERS: Final[tuple[tuple[str, Range], ...]] = (
    (r"(^|_)lat(itude)?$", Range(-60, 70, 5)),
    (r"(^|_)(lon|lng|long|longitude)$", Range(-180, 180, 5)),
    (
        r"(^|_)count|(^|_)(size|length|num|number|members?|online|users|players|unread|index|position"
        r"|rank|level|round|step|page|messages|votes|likes|views)$",
        Range(1, 20),
    ),
    (
        r"price|amount|total|cost|balance|(^|_)fee$|(^|_)tax|discount|shipping",
        Range(1, 200, 2),
    ),
    (r"salary|revenue|budget", Range(20_000, 90_000)),
    (r"percent|progress|pct|battery|humidity|completion", Range(0, 100)),
    (r"ratio|probability|confidence|opacity|volume", Range(0, 1, 2)),
    (r"temperature|celsius", Range(-5, 35, 1)),
    (r"(^|_)age$", Range(18, 80)),
    (r"year", Range(2015, 2026)),
    (r"month", Range(1, 12)),
    (r"(^|_)day", Range(1, 28)),
    (r"hour", Range(0, 23)),
    (r"minute|second", Range(0, 59)),
    # As JavaScript has it: milliseconds, in 2025.
    (
        r"(_at|time_?stamp|date|_time|expires|^time|^ts)$",
        Range(1_735_689_600_000, 1_767_225_599_000),
    ),
    (r"rating|stars", Range(1, 5)),
    (r"score|points", Range(0, 100)),
    (r"quantity|qty", Range(1, 5)),
    (r"width|height", Range(100, 1200)),
    (r"(^|_)port$", Range(1024, 9999)),
    (r"duration|delay|latency|elapsed|timeout|interval|(^|_)ms$", Range(10, 900)),
    (r"(^|_)(id|key|ref)$|identifier", Range(1, 9999)),
)


def numbers_for(hint: str) -> Range | None:
    """Where a number called `hint` lies; None if it is unknown."""
    name = snake(hint)
    return next(
        (found for pattern, found in _NUMBERS if re.search(pattern, name)), None
    )


# -- patterns

_Matcher: TypeAlias = Callable[[Dice, int, dict[int, str]], str]

_LETTERS: Final = string.ascii_lowercase + string.ascii_uppercase
_ANYTHING: Final = string.ascii_letters + string.digits
# For a class that only says what it does not want, where nothing plain is left.
_RARE: Final = "-_ .,:;!?@#$%&*+=/()[]{}<>|~^'\"`\\\t\néßλжあ中€"
_CLASSES: Final = {
    "d": string.digits,
    "w": string.ascii_letters + string.digits + "_",
    "s": " ",
}
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_PROPERTIES: Final = {
    "Lu": string.ascii_uppercase,
    "Ll": string.ascii_lowercase,
    "N": string.digits,
    "Nd": string.digits,
    "P": "-.,!?",
    "Z": " ",
    "S": "+=<>",
}
_MOST: Final = 60


class Pattern:
    """Strings that match a regular expression of ECMA 262, drawn by its own structure.

    Anchors and what looks ahead or behind are taken as satisfied: the caller
    checks. Raises ValueError for what is not a regular expression.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._groups = 0
        self._draw = self._alternatives()
        if self._at < len(source):
            raise ValueError(f"unexpected {source[self._at]!r}")

    def draw(self, dice: Dice, more: int = 3) -> str:
        """A string; what may repeat does so up to `more` times beyond what it must."""
        return self._draw(dice, more, {})

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self, expected: str = "") -> str:
        char = self._peek()
        if not char or (expected and char != expected):
            raise ValueError(f"expected {expected or 'something'} at {self._at}")
        self._at += 1
        return char

    def _starts(self, text: str) -> bool:
        if self._source.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _until(self, end: str) -> str:
        stop = self._source.index(end, self._at)
        text = self._source[self._at : stop]
        self._at = stop + len(end)
        return text

    def _alternatives(self) -> _Matcher:
        options = [self._sequence()]
        while self._starts("|"):
            options.append(self._sequence())
        if len(options) == 1:
            return options[0]
        return lambda dice, more, groups: dice.choice(options)(dice, more, groups)

    def _sequence(self) -> _Matcher:
        parts: list[_Matcher] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        if len(parts) == 1:
            return parts[0]
        return lambda dice, more, groups: "".join(
            [part(dice, more, groups) for part in parts]
        )

    def _quantified(self, atom: _Matcher) -> _Matcher:
        low, high = 1, 1
        if self._starts("*"):
            low, high = 0, _MOST
        elif self._starts("+"):
            low, high = 1, _MOST
        elif self._starts("?"):
            low, high = 0, 1
        elif bounds := re.compile(r"\{(\d+)(,?)(\d*)\}").match(self._source, self._at):
            self._at = bounds.end()
            low = int(bounds[1])
            high = int(bounds[3]) if bounds[3] else (low + _MOST if bounds[2] else low)
        else:
            return atom
        if not self._starts("?"):
            self._starts("+")

        def repeated(dice: Dice, more: int, groups: dict[int, str]) -> str:
            count = dice.between(low, min(high, low + more))
            return "".join([atom(dice, more, groups) for _ in range(count)])

        return repeated

    def _atom(self) -> _Matcher:
        char = self._take()
        if char in "^$":
            return _nothing
        if char == "(":
            return self._group()
        if char == "[":
            return _any_of(self._class())
        if char == ".":
            return _any_of(_ANYTHING)
        if char == "\\":
            return self._escaped()
        return lambda *_: char

    def _group(self) -> _Matcher:
        number = 0
        looks = any(self._starts(mark) for mark in ("?=", "?!", "?<=", "?<!"))
        if not looks:
            if self._starts("?<") or self._starts("?P<"):
                self._groups = number = self._groups + 1
                self._until(">")
            elif self._starts("?"):
                flags = re.compile(r"[a-zA-Z-]*").match(self._source, self._at)
                self._at = flags.end() if flags else self._at
                if self._starts(")"):
                    return _nothing
                self._take(":")
            else:
                self._groups = number = self._groups + 1
        inner = self._alternatives()
        self._take(")")
        if looks:
            return _nothing
        if not number:
            return inner

        def remembered(dice: Dice, more: int, groups: dict[int, str]) -> str:
            groups[number] = inner(dice, more, groups)
            return groups[number]

        return remembered

    def _escaped(self) -> _Matcher:
        char = self._peek()
        if char in ("b", "B", "A", "z", "Z"):
            self._take()
            return _nothing
        if char and char in "123456789":
            number = int(self._take())
            return lambda dice, more, groups: groups.get(number, "")
        return _any_of(self._escape())

    def _escape(self) -> str:
        """The characters that an escape stands for, its backslash taken already."""
        char = self._take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char.lower() in _CLASSES:
            return _others(_CLASSES[char.lower()])
        if char in "pP" and self._starts("{"):
            name = self._until("}").rpartition("=")[2]
            chars = _PROPERTIES.get(name, _PROPERTIES.get(name[:1], _LETTERS))
            return chars if char == "p" else _others(chars)
        if char == "u" and self._starts("{"):
            return chr(int(self._until("}"), 16))
        if char in "ux":
            digits = self._source[self._at : self._at + (4 if char == "u" else 2)]
            self._at += len(digits)
            return chr(int(digits, 16))
        if char == "c":
            return chr(ord(self._take()) % 32)
        return _CONTROLS.get(char, char)

    def _class(self) -> str:
        negated = self._starts("^")
        chars: list[str] = []
        while self._peek() != "]":
            chars.append(self._range())
        self._take("]")
        found = "".join(chars)
        return _others(found) if negated else found

    def _range(self) -> str:
        first = self._escape() if self._starts("\\") else self._take()
        rest = self._source[self._at : self._at + 2]
        if len(first) != 1 or rest[:1] != "-" or rest in ("-", "-]"):
            return first
        self._take("-")
        last = self._escape() if self._starts("\\") else self._take()
        if len(last) != 1:
            return f"{first}-{last}"
        low, high = ord(first), ord(last)
        return "".join(map(chr, range(low, min(high, low + 200) + 1)))


def _nothing(dice: Dice, more: int, groups: dict[int, str]) -> str:
    return ""


def _others(chars: str) -> str:
    """Plain characters that are none of these; where there are none, any other."""
    plain = "".join([char for char in _ANYTHING if char not in chars])
    return plain or "".join([char for char in _RARE if char not in chars])


def _any_of(chars: str) -> _Matcher:
    if not chars:
        raise ValueError("a class that nothing is in")
    return lambda dice, more, groups: dice.choice(chars)
