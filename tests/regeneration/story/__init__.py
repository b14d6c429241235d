"""Ten revisions of the chat example's document, and what its user's code becomes meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Literal

HERE = Path(__file__).parent
SPEC = "asyncapi.yaml"
ROOT = "chat/handlers/root.py"
SECURITY = "chat/security.py"


@dataclass(frozen=True)
class Edit:
    """A part of a file, which stands there once, and what it becomes."""

    path: str
    old: str
    new: str

    def __call__(self, project: Path) -> None:
        file = project / self.path
        text = file.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, (self.path, self.old)
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Written:
    """A stub of the namespace `/`, and the statement that becomes its body."""

    function: str
    body: str

    def __call__(self, project: Path) -> None:
        file = project / ROOT
        start, found, rest = file.read_text(encoding="utf-8").partition(f"def {self.function}(")
        assert found, self.function
        stub = r"(?ms)^    raise NotImplementedError\(.*?\n    \)\n"
        rest = re.sub(stub, f"    {self.body}\n", rest, count=1)
        file.write_text(f"{start}{found}{rest}", encoding="utf-8")


Step = Callable[[Path], None]


@dataclass(frozen=True)
class Revision:
    """What the document's author does, what comes of it, and what the user does about it.

    `verdict` is that of `asyncgen diff` on the document before and after.
    `drift` are the kinds that `check` tells. Then the project is brought up to
    date: `added` are the stubs that it gets, `orphans` the handlers that are
    reported, `types` the modules in which mypy finds something.
    """

    name: str
    verdict: Literal["breaking", "safe", "unknown", "none"]
    document: tuple[Step, ...]
    drift: frozenset[str] = frozenset({"changed"})
    added: tuple[tuple[str, str], ...] = ()
    orphans: tuple[tuple[str, str], ...] = ()
    types: frozenset[str] = frozenset()
    code: tuple[Step, ...] = ()


def split(project: Path) -> None:
    """The schemas go into a file of their own."""
    file = project / SPEC
    before, _, rest = file.read_text(encoding="utf-8").partition("  schemas:\n")
    schemas, _, after = rest.partition("\n  securitySchemes:\n")
    schemas = dedent(schemas).replace("#/components/schemas/", "#/")
    (project / "schemas.yaml").write_text(schemas + "\n", encoding="utf-8")
    text = f"{before}  securitySchemes:\n{after}"
    text = text.replace("#/components/schemas/", "./schemas.yaml#/")
    file.write_text(text, encoding="utf-8")


def to_version_3(project: Path) -> None:
    """Channels and operations as AsyncAPI 3 has them; the components stay."""
    file = project / SPEC
    _, components, rest = file.read_text(encoding="utf-8").partition("components:\n")
    head = (HERE / "head-3.0.yaml").read_text(encoding="utf-8")
    file.write_text(f"{head}{components}{rest}", encoding="utf-8")


REVISIONS = (
    Revision(
        "describe",
        "none",
        (
            Edit(SPEC, "version: 1.0.0", "version: 1.1.0"),
            Edit(SPEC, "description: The room.", "description: Where everyone talks."),
        ),
    ),
    Revision(
        "add an event",
        "safe",
        (
            Edit(
                SPEC,
                '          - $ref: "#/components/messages/Typing"\n',
                '          - $ref: "#/components/messages/EditMessage"\n'
                '          - $ref: "#/components/messages/Typing"\n',
            ),
            Edit(
                SPEC,
                "    Typing:\n      name: typing\n",
                "    EditMessage:\n"
                "      name: edit message\n"
                "      summary: Say something else instead.\n"
                "      payload:\n"
                '        $ref: "#/components/schemas/NewMessage"\n'
                "      x-ack:\n"
                "        args:\n"
                '          $ref: "#/components/schemas/Receipt"\n'
                "    Typing:\n      name: typing\n",
            ),
        ),
        drift=frozenset({"changed", "missing handler"}),
        added=((ROOT, "edit_message"),),
        code=(
            Edit(ROOT, "\n\n\ndef join", "\n\n# What was said can be said better.\n\n\ndef join"),
            Written("edit_message", "return new_message(payload)  # the room forgets nothing"),
        ),
    ),
    Revision(
        "add an optional property",
        "safe",
        (
            Edit(
                SPEC,
                "        replyTo:\n          description:",
                "        mood:\n"
                "          type: string\n"
                "          enum: [calm, merry]\n"
                "        replyTo:\n          description:",
            ),
        ),
    ),
    Revision(
        "retype a property",
        "breaking",
        (
            Edit(
                SPEC,
                "          description: The id of the message that this one answers.\n"
                "          type: integer\n"
                "          minimum: 1\n",
                "          description: The id of the message that this one answers.\n"
                "          type: string\n",
            ),
        ),
        types=frozenset({ROOT}),
        code=(
            Edit(
                ROOT,
                "        replyTo=payload.replyTo,\n",
                "        replyTo=_number(payload.replyTo),\n",
            ),
            Edit(
                ROOT,
                "\n\n\ndef typing",
                "\n\n\ndef _number(text: str | None) -> int | None:\n"
                "    return int(text) if text and text.isdigit() else None\n"
                "\n\ndef typing",
            ),
        ),
    ),
    Revision(
        "rename an event",
        "breaking",
        (Edit(SPEC, "      name: leave\n", "      name: depart\n"),),
        drift=frozenset({"changed", "missing handler", "orphan"}),
        added=((ROOT, "depart"),),
        orphans=((ROOT, "leave"),),
        code=(
            Edit(ROOT, "def leave() -> None:\n", "def _left() -> None:\n"),
            Edit(ROOT, '    """Disconnecting leaves the room."""\n    leave()\n',
                 '    """Disconnecting leaves the room."""\n    _left()\n'),
            Written("depart", "_left()"),
        ),
    ),
    Revision(
        "remove an event",
        "breaking",
        (
            Edit(SPEC, '          - $ref: "#/components/messages/UserTyping"\n', ""),
            Edit(
                SPEC,
                "    UserTyping:\n"
                "      name: typing\n"
                "      summary: Somebody is writing, or no longer.\n"
                "      payload:\n"
                '        $ref: "#/components/schemas/TypingState"\n',
                "",
            ),
        ),
        types=frozenset({ROOT}),
        code=(
            Edit(
                ROOT,
                "    events.root.typing(\n"
                "        models.TypingState(name=current_room().name(current_sid()), "
                "typing=payload),\n"
                "        broadcast=True,\n"
                "        include_self=False,\n"
                "    )\n",
                "    current_app.logger.info(\"typing: %s\", payload)\n",
            ),
            Edit(ROOT, "from chat._generated import events",
                 "from flask import current_app\n\nfrom chat._generated import events"),
        ),
    ),
    Revision(
        "allow longer names, also where they are sent",
        "breaking",
        (Edit(SPEC, "      maxLength: 40\n", "      maxLength: 60\n"),),
    ),
    Revision("split the file", "none", (split,)),
    Revision("from 2.6 to 3.0", "none", (to_version_3,)),
    Revision(
        "ask for credentials",
        "breaking",
        (
            Edit(
                SPEC,
                "    description: Where everyone talks.\n",
                "    description: Where everyone talks.\n"
                "    x-security:\n"
                "      - guestToken: []\n",
            ),
            Edit(
                SPEC,
                "  securitySchemes:\n",
                "  securitySchemes:\n"
                "    guestToken:\n"
                "      type: http\n"
                "      scheme: bearer\n",
            ),
        ),
        drift=frozenset({"changed", "missing handler"}),
        added=((SECURITY, "check_guest_token"),),
        code=(
            Edit(SECURITY, "\n\ndef check_guest_token",
                 '\n\n# Whoever has heard of the house may come in.\nOPEN = {"sesame"}\n'
                 "\n\ndef check_guest_token"),
        ),
    ),
)  # fmt: skip
