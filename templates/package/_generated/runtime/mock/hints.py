"""What the name of a property tells of the text or number that it holds."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Final

from .dice import Dice, DrawText
from .formats import ALNUM, FORMATS, HEX, Pools, moment, word

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
_REASONS: Final = (
    "It is sold out.",
    "It came too late.",
    "Somebody else was faster.",
    "It was cancelled.",
)
_ERRORS: Final = (
    "The request took too long.",
    "You are not allowed to do this.",
    "This name is taken already.",
    "The room is full.",
)


def snake(name: str) -> str:
    """`createdAt` and `Created-At` as `created_at`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^a-zA-Z0-9]+", "_", parted).strip("_").lower()


def _one_of(*options: str) -> DrawText:
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
    (r"uuid|guid", FORMATS["uuid"]),
    (r"token|jwt|secret|api_?key|signature|nonce", lambda dice: dice.text(HEX, 32)),
    (r"password|passphrase", FORMATS["password"]),
    (r"hash|checksum|digest|sha\d*$|md5", lambda dice: dice.text(HEX, 40)),
    (r"avatar|image|photo|picture|thumbnail|icon|logo", _image),
    (r"(^|_)(url|uri|link|href|website|homepage|webhook)(_|$)", FORMATS["url"]),
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
    (r"colou?r", lambda dice: f"#{dice.text(HEX, 6)}"),
    (r"(^|_)(lang|language|locale)", _one_of("en", "de", "fr", "es")),
    (r"compan|organi[sz]ation|employer|brand|vendor|supplier", "company"),
    (r"job|profession|occupation", "job"),
    (r"product|article|(^|_)item(_name)?$", _one_of(*_PRODUCTS)),
    (r"error|failure", _one_of(*_ERRORS)),
    (r"(^|_)reason$", _one_of(*_REASONS)),
    (r"title|subject|headline|heading|(^|_)topic", _one_of(*_TITLES)),
    (
        r"message|(^|_)(msg|text|body|content|comment|note|caption|reply|description|summary"
        r"|details?|bio|about|question|answer|feedback|data)s?$",
        _one_of(*_MESSAGES),
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
    (r"(^|_)(sid|cid)$", lambda dice: dice.text(ALNUM, 12)),
    (
        r"(^|_)(user|sender|author|from|player|owner|member|participant|recipient|to|by|host"
        r"|winner|opponent|guest|creator|friend|expert|seller|buyer|bidder|suspect|assignee"
        r"|reviewer|manager|teacher|student|customer|driver)s?$",
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
        return _one_of(*_ERRORS)
    for pattern, source in _TEXTS:
        if re.search(pattern, name):
            return _one_of(*pools.of(source)) if isinstance(source, str) else source
    return None


def _name(owner: str, pools: Pools) -> DrawText:
    if re.search(r"product|article|item", owner):
        return _one_of(*_PRODUCTS)
    if re.search(r"compan|organi|vendor|brand", owner):
        return _one_of(*pools.of("company"))
    if _PERSON.search(owner):
        return _one_of(*pools.of("name"))
    return _one_of(*_THINGS)


def _identifier(of: str) -> DrawText:
    prefix = of.rpartition("_")[2]
    if not prefix:
        return lambda dice: dice.text(HEX, 12)
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
        r"(^|_)count|^num(ber)?_of_|(^|_)(size|length|num|number|members?|online|users|players|unread|index|position"
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
