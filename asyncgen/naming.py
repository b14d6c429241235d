"""Python names for what a document names: gather every name, then resolve once (S16).

A name that cannot be used as it is gets a trailing or leading `_`; a name that
two things want is never numbered in silence: either each has another candidate
of its own, or the clash is an error that shows the places.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain, count

from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Located


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_LONGEST = 100
_LONGEST_PACKAGE = 50
# A module's name with `.py` is the name of a file, which most systems hold to 255 bytes.
_MOST_BYTES = 250

_MOST_PLACES = 20

# `site` adds some of these; a name must not depend on how Python was started.
_BUILTINS = frozenset(dir(builtins)) | {"copyright", "credits", "exit", "help", "license", "quit"}

# Modules of other supported versions of Python: a project that is made under one version may run
# under another.
_STDLIB_OF_OTHER_VERSIONS = words(
    "aifc annotationlib asynchat asyncore audioop cgi cgitb chunk compression crypt distutils"
    " imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev pipes smtpd sndhdr spwd sunau"
    " telnetlib uu xdrlib"
)
STDLIB = sys.stdlib_module_names | _STDLIB_OF_OTHER_VERSIONS

# Modules that the emitted project depends on, directly or by its extras.
DEPENDENCIES = words(
    "annotated_types bidict blinker click engineio flask flask_socketio gevent greenlet h11"
    " itsdangerous jinja2 jsonschema_rs markupsafe pydantic pydantic_core pytest redis"
    " simple_websocket socketio typing_extensions typing_inspection werkzeug wsproto zope"
)

# Windows keeps these names for devices, in any case and with any ending.
DEVICES = (
    words("aux con nul prn") | {f"com{it}" for it in range(10)} | {f"lpt{it}" for it in range(10)}
)

# Functions of a module in handlers/: the hooks of a connection and what the module imports.
HANDLER_IMPORTS = frozenset({"events", "models"})
HANDLER_NAMES = HANDLER_IMPORTS | {"annotations", "connect", "disconnect", "error"}
EMITTER_NAMES = frozenset({"models"})
# Namespaces are names at the top of wiring.py and events.py, and in the package of handlers.
MODULE_NAMES = words("call contract emit error events external handlers models runtime")
# Parameters stand beside those that every emitter has, and what its body names.
PARAMETER_NAMES = words(
    "answer broadcast call callback contract emit events include_self models recipients self"
    " server skip_sid timeout to"
)
MODEL_NAMES = words(
    "Annotated Any BaseModel BeforeValidator ConfigDict Field Integer Literal Maybe Model T"
    " TypeAlias TypeAliasType TypeVar"
)

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z\d])(?=[A-Z][a-z])")
_GAPS = re.compile(r"[\s_]+")


def _pieces(text: str) -> list[str]:
    """What is left of a text of the characters that identifiers may have, split at the others."""
    clean = (char if ("a" + char).isidentifier() else " " for char in _normal(text))
    return [piece for piece in _GAPS.split("".join(clean)) if piece]


def _normal(text: str) -> str:
    """The form in which Python compares identifiers."""
    return unicodedata.normalize("NFKC", text)


def _started(name: str) -> str:
    """The name with a leading `_` where it could not begin an identifier, such as with a digit."""
    return name if not name or name.isidentifier() else "_" + name


def snake_case(text: str) -> str:
    """`new message`, `userJoined`, `HTTPError` → `new_message`, `user_joined`, `http_error`.

    Empty where the text has nothing that can stand in an identifier.
    """
    return _started(_normal("_".join(_HUMP.sub("_", piece) for piece in _pieces(text)).lower()))


def pascal_case(text: str) -> str:
    """`new message`, `userJoined`, `HTTPError` → `NewMessage`, `UserJoined`, `HTTPError`."""
    pieces = _pieces(text)
    if len(pieces) > 1 and all(piece.isupper() for piece in pieces):
        pieces = [piece.lower() for piece in pieces]
    return _started(_normal("".join(piece[0].upper() + piece[1:] for piece in pieces)))


def safe(name: str, reserved: Collection[str] = ()) -> str:
    """The name with a trailing `_` where it is a keyword, a builtin, a device or a name of ours."""
    taken = keyword.iskeyword(name) or any(name in it for it in (_BUILTINS, DEVICES, reserved))
    return name + "_" if taken else name


def is_name(text: str) -> bool:
    """True for what can be a name in Python code as it is, and is not a keyword."""
    return text.isidentifier() and text == _normal(text) and not keyword.iskeyword(text)


def is_short(name: str) -> bool:
    """True for what people can read as a name, and file systems can hold."""
    return len(name) <= _LONGEST and len(name.encode()) <= _MOST_BYTES


def package_problem(name: str) -> str | None:
    """Why a package cannot have this name, as the end of a sentence; None where it can."""
    if not (name.isascii() and name.isidentifier()) or name.startswith("_"):
        return "is not a name of ASCII letters, digits and `_` that begins with a letter"
    if keyword.iskeyword(name):
        return "is a keyword of Python"
    if name in STDLIB:
        return "is a module of Python's standard library"
    if name in DEPENDENCIES:
        return "is a package that the project depends on"
    if name.lower() in DEVICES:
        return "is a device on Windows"
    if name in ("conftest", "test", "tests"):
        return "is where tests are"
    if not is_short(name):
        return "is too long"
    return None


def package_name(title: str, taken: Collection[str]) -> str:
    """The package's name after the title: `app` when nothing is left, `…_app` when it is taken.

    `taken` are the modules that the document names. Should it name that one
    as well, a number follows.
    """
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    if len(ascii_title.split()) > 1:  # Then `IoT` and `GraphQL` are one word each, and not two.
        ascii_title = ascii_title.lower()
    name = snake_case(ascii_title)[:_LONGEST_PACKAGE].strip("_") or "app"
    if name[0].isdigit():
        name = "app_" + name
    longer = (f"{name}_app{number}" for number in count(2))
    candidates = chain((name, f"{name}_app"), longer)
    return next(it for it in candidates if it not in taken and not package_problem(it))


def python_name(
    text: Text,
    explicit: Located | None,
    reserved: Collection[str],
    subject: str,
    span: Span,
    diagnostics: Diagnostics,
) -> str | None:
    """The function or module name for what the document calls `text`, or its `x-python-name` (S16).

    None, with an error, where that cannot be a name, or where nothing is left of the text.
    """
    if explicit is not None:
        return explicit_name(explicit, reserved, diagnostics)
    name = safe(snake_case(text.raw), reserved)
    if name and is_short(name):
        return name
    problem = "is too long for one" if name else "has nothing that one may contain"
    diagnostics.error(
        "AG223",
        f"{subject} cannot be given a Python name: {quote(text)} {problem}",
        span,
        hint="add an `x-python-name`, such as `x-python-name: user_joined`",
    )
    return None


def explicit_name(
    explicit: Located, reserved: Collection[str], diagnostics: Diagnostics
) -> str | None:
    """The name that an `x-python-name` gives; None, with an error, where it cannot be one."""
    name = explicit.text.raw
    usable = is_name(name) and not name.startswith("_")
    if usable and is_short(name) and safe(name, reserved) == name:
        return name
    diagnostics.error(
        "AG224",
        f"`x-python-name` {quote(name)} cannot be used as a name",
        explicit.span,
        hint="use letters, digits and `_`, a letter first, and no keyword, builtin or name that"
        " the generated code needs: " + ", ".join(sorted(reserved)),
    )
    return None


@dataclass(frozen=True, slots=True)
class Wish:
    """The names that something would take, best first; `subject` and `span` say what it is."""

    subject: str
    candidates: tuple[str, ...]
    span: Span


def resolve(wishes: Mapping[str, Wish], diagnostics: Diagnostics) -> dict[str, str]:
    """One name for each wish; where several want one, all of them move on to their next (S16).

    The result does not depend on the order of the wishes. Those that still
    share a name at the end of their candidates are reported, once a name; they
    keep it, so that the caller can go on to look for other problems.
    """
    rank = dict.fromkeys(wishes, 0)
    while True:
        shared = {name: keys for name, keys in _by_name(wishes, rank).items() if len(keys) > 1}
        movable = [
            key
            for keys in shared.values()
            for key in keys
            if rank[key] + 1 < len(wishes[key].candidates)
        ]
        if not movable:
            break
        for key in movable:
            rank[key] += 1
    for name, keys in shared.items():
        _report_clash(name, [wishes[key] for key in keys], diagnostics)
    return {key: wish.candidates[rank[key]] for key, wish in wishes.items()}


def _by_name(wishes: Mapping[str, Wish], rank: Mapping[str, int]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for key, wish in wishes.items():
        keys[wish.candidates[rank[key]]].append(key)
    return keys


def _report_clash(name: str, wishes: list[Wish], diagnostics: Diagnostics) -> None:
    *others, last = sorted(wishes, key=lambda wish: (wish.span, wish.subject))
    shown = [f"{it.subject} ({it.span.file}:{it.span.line})" for it in others[:_MOST_PLACES]]
    if len(others) > len(shown):
        shown.append(f"{len(others) - len(shown):,} more")
    places = ", ".join(shown)
    diagnostics.error(
        "AG222",
        f"{last.subject} would have the Python name {quote(name)}, as would {places}",
        last.span,
        hint="give one of them a name of its own with `x-python-name`",
    )
