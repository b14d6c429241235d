"""Strings that match a regular expression of ECMA 262, drawn by its own structure."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from .dice import Dice

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
    """The strings of a regular expression.

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
        return _repeated(atom, low, high)

    def _atom(self) -> _Matcher:
        char = self._take()
        if char in "^$":
            return _nothing
        if char == "(":
            return self._group()
        if char == "[":
            return _AnyOf(self._class())
        if char == ".":
            return _AnyOf(_ANYTHING)
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
        return _AnyOf(self._escape())

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


@dataclass(frozen=True)
class _AnyOf:
    """One of these characters."""

    chars: str

    def __post_init__(self) -> None:
        if not self.chars:
            raise ValueError("a class that nothing is in")

    def __call__(self, dice: Dice, more: int, groups: dict[int, str]) -> str:
        return dice.choice(self.chars)


def _repeated(atom: _Matcher, low: int, high: int) -> _Matcher:
    def times(dice: Dice, more: int) -> int:
        return dice.between(low, min(high, low + more))

    # Most of what repeats is characters, and for all of them one call will do.
    if isinstance(atom, _AnyOf):
        chars = atom.chars
        return lambda dice, more, groups: dice.text(chars, times(dice, more))
    return lambda dice, more, groups: "".join(
        [atom(dice, more, groups) for _ in range(times(dice, more))]
    )


def _nothing(dice: Dice, more: int, groups: dict[int, str]) -> str:
    return ""


def _others(chars: str) -> str:
    """Plain characters that are none of these; where there are none, any other."""
    plain = "".join([char for char in _ANYTHING if char not in chars])
    return plain or "".join([char for char in _RARE if char not in chars])


def pattern_of(source: str) -> Pattern | None:
    """The pattern, None where it cannot be read: others may know it."""
    try:
        return Pattern(source)
    except (ValueError, OverflowError, RecursionError):
        return None
