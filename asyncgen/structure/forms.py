"""Texts of a certain form: addresses on the web, mail addresses, runtime expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """What a text has to match, what that is called, and an example of it.

    `is_link` says that it leads a person somewhere, and means nothing else.
    """

    pattern: re.Pattern[str]
    name: str
    example: str
    is_link: bool = False


FORMS: Mapping[str, Form] = {
    "uri": Form(re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"), "a URI", "https://example.com/…", True),
    "email": Form(re.compile(r"[^@\s]+@[^@\s]+"), "a mail address", "team@example.com", True),
    "expression": Form(
        re.compile(r"\$message\.(header|payload)#(/([^/~]|~[01])*)*"),
        "a runtime expression",
        "$message.payload#/user/id",
    ),
    "address": Form(re.compile(r"[^?#]*"), "an address without query and fragment", "/rooms"),
}
