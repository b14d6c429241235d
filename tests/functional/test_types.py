"""What a type checker says of handlers and emitters that do not fit the document."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.project import Project, scaffold


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all runs: what it holds of Flask and pydantic is the same in each."""
    return tmp_path_factory.mktemp("mypy")


def problems(project: Project, cache: Path) -> dict[str, str]:
    """What `mypy --strict` reports: messages by file and line, such as `handlers/root.py:3`."""
    options = ["--strict", "--no-pretty", "--no-error-summary", "--cache-dir", str(cache)]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, project.package],
        cwd=project.root,
        env={key: value for key, value in os.environ.items() if key != "MYPYPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode in (0, 1) and not checked.stderr, checked.stdout + checked.stderr
    found: dict[str, str] = {}
    for line in checked.stdout.splitlines():
        matched = re.fullmatch(rf"{project.package}/([^:]+:\d+): (\w+): (.*)", line)
        assert matched, line
        place, kind, message = matched.groups()
        if kind == "error":
            found[place] = f"{found.get(place, '')}{message}\n"
    return found


def places(project: Project, file: str, marks: list[str]) -> list[str]:
    """The lines of a file that hold the marks, each of which stands on one line."""
    lines = project.path(file).read_text(encoding="utf-8").splitlines()
    found = {
        mark: [f"{file}:{number}" for number, line in enumerate(lines, 1) if mark in line]
        for mark in marks
    }
    assert all(len(at) == 1 for at in found.values()), found
    return [at[0] for at in found.values()]


HANDLED = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: none}
          - {name: text, payload: {type: string}}
          - {name: nullable, payload: {type: [string, "null"]}}
          - {name: point, payload: {$ref: "#/components/schemas/Point"}}
          - {name: points, payload: {type: array, items: {$ref: "#/components/schemas/Point"}}}
          - {name: pair, payload: {type: array, items: [{type: string}, {type: integer}]}}
          - {name: maybe, payload:
              {type: array, items: [{type: string}, {type: integer}], minItems: 1}}
          - {name: rest, payload:
              {type: array, items: [{type: string}], additionalItems: {type: integer}}}
          - {name: ack, x-ack: {type: string}}
          - {name: ack model, x-ack: {$ref: "#/components/schemas/Point"}}
          - {name: ack pair, x-ack: {type: array, items: [{type: string}, {type: integer}]}}
          - {name: ack nullable, x-ack: {type: [string, "null"]}}
components:
  schemas:
    Point: {type: object, properties: {x: {type: integer}}, required: [x]}
"""
RIGHT = """
from .._generated.runtime.guard import UNSET, Unset

def none() -> None: ...
def text(payload: str) -> None: ...
def nullable(payload: str | None) -> None: ...
def point(payload: models.Point) -> None: ...
def points(payload: list[models.Point]) -> None: ...
def pair(one: str, two: int) -> None: ...
def maybe(one: str, two: int | Unset = UNSET) -> None: ...
def rest(one: str, *more: int) -> None: ...
def ack() -> str: return ""
def ack_model() -> models.Point: return models.Point(x=1)
def ack_pair() -> tuple[str, int]: return "", 1
def ack_nullable() -> str | None: return None
"""
WRONG = {
    "none": "def none(payload: str) -> None: ...",
    "text": "def text(payload: int) -> None: ...",
    "nullable": "def nullable(payload: str) -> None: ...",
    "point": "def point(payload: dict[str, int]) -> None: ...",
    "points": "def points(*payload: models.Point) -> None: ...",
    "pair": "def pair(one: int, two: str) -> None: ...",
    "maybe": "def maybe(one: str, two: int) -> None: ...",
    "rest": "def rest(one: str) -> None: ...",
    "ack": "def ack() -> int: return 1",
    "ack_model": "def ack_model() -> None: ...",
    "ack_pair": "def ack_pair() -> list[object]: return []",
    "ack_nullable": "def ack_nullable() -> str | int: return 1",
}
OTHERWISE_WRONG = {
    "none": "def none() -> str: return ''",
    "text": "def text() -> None: ...",
    "nullable": "def nullable(payload: None) -> None: ...",
    "point": "def point(payload: models.Point, more: str) -> None: ...",
    "points": "def points(payload: models.Point) -> None: ...",
    "pair": "def pair(both: tuple[str, int]) -> None: ...",
    "maybe": "def maybe(one: str) -> None: ...",
    "rest": "def rest(one: str, *more: str) -> None: ...",
    "ack": "async def ack() -> str: return ''",
    "ack_model": "def ack_model() -> models.Point | None: return None",
    "ack_pair": "def ack_pair() -> str: return ''",
    "ack_nullable": "def ack_nullable(payload: str) -> str: return ''",
}


def test_handlers_that_fit_are_not_reported(tmp_path: Path, cache: Path) -> None:
    assert problems(scaffold(tmp_path, HANDLED, handlers={"root": RIGHT}), cache) == {}


@pytest.mark.parametrize("wrong", [WRONG, OTHERWISE_WRONG])
def test_wrong_handlers_are_reported_each_on_its_line_of_the_wiring(
    tmp_path: Path, cache: Path, wrong: dict[str, str]
) -> None:
    project = scaffold(tmp_path, HANDLED, handlers={"root": "\n".join(wrong.values())})
    found = problems(project, cache)
    assert [*found] == places(
        project, "_generated/wiring.py", [f"root.{name})" for name in wrong]
    ), found
    for name, message in zip(wrong, found.values(), strict=True):
        assert '"handle" of "Server"' in message, (name, message)


def test_one_wrong_handler_among_right_ones_is_the_one_reported(
    tmp_path: Path, cache: Path
) -> None:
    bodies = [line for line in RIGHT.splitlines() if not line.startswith("def pair")]
    project = scaffold(tmp_path, HANDLED, handlers={"root": "\n".join([*bodies, WRONG["pair"]])})
    found = problems(project, cache)
    assert [*found] == places(project, "_generated/wiring.py", ["root.pair)"])
    assert '"Callable[[int, str], None]"; expected "Callable[[str, int], None]"' in str(found)


# -- a document that changes under handlers that are written

BEFORE = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: say, payload: {$ref: "#/components/schemas/Text"}}
          - {name: count, payload: {$ref: "#/components/schemas/Text"}, x-ack: {type: string}}
          - {name: shout, payload: {$ref: "#/components/schemas/Text"}}
          - {name: hear, payload: {$ref: "#/components/schemas/Note"}}
components:
  schemas:
    Text: {type: object, properties: {text: {type: string}}, required: [text]}
    Note: {type: object, properties: {note: {type: string}}, required: [note]}
"""
BODIES = """
# Not formatted, and never touched.
def say( payload :models.Text )->None:
    print(payload.text)

def count(payload: models.Text) -> str:  return payload.text

def shout(payload: models.Text) -> None:
    print(payload.text)

def hear(payload: models.Note) -> None:
    print(payload.note.upper())
"""


def test_handlers_that_no_longer_fit_are_reported_and_not_changed(
    tmp_path: Path, cache: Path
) -> None:
    project = scaffold(tmp_path, BEFORE, handlers={"root": BODIES})
    assert problems(project, cache) == {}
    names = ["models.py", "contract.py", "wiring.py"]
    before = {name: project.path(f"_generated/{name}").read_bytes() for name in names}
    handlers = project.path("handlers/root.py").read_bytes()
    project.generate(
        BEFORE.replace(
            'say, payload: {$ref: "#/components/schemas/Text"}', "say, payload: {type: string}"
        )
        .replace("x-ack: {type: string}", "x-ack: {type: integer}")
        .replace("note: {type: string}", "note: {type: integer}")
    )
    assert project.path("handlers/root.py").read_bytes() == handlers
    after = {name: project.path(f"_generated/{name}").read_bytes() for name in names}
    assert [name for name in names if after[name] != before[name]] == ["models.py", "contract.py"]
    found = problems(project, cache)
    wiring = places(project, "_generated/wiring.py", ["root.say)", "root.count)"])
    body = places(project, "handlers/root.py", ["payload.note.upper()"])
    assert sorted(found) == sorted(wiring + body), found
    assert 'expected "Callable[[str], None]"' in found[wiring[0]]
    assert 'expected "Callable[[Text], int]"' in found[wiring[1]]
    assert '"int" has no attribute "upper"' in found[body[0]]


def test_event_that_is_new_gets_a_stub_and_a_line_in_the_wiring(
    tmp_path: Path, cache: Path
) -> None:
    project = scaffold(tmp_path, BEFORE, handlers={"root": BODIES})
    handlers = project.path("handlers/root.py").read_bytes()
    project.generate(BEFORE.replace("oneOf:\n", "oneOf:\n          - {name: new, x-ack: true}\n"))
    assert project.path("handlers/root.py").read_bytes().startswith(handlers)
    places(project, "_generated/wiring.py", ["root.new)"])
    places(project, "handlers/root.py", ["def new()"])
    assert problems(project, cache) == {}


# -- emitters

EMITTED = """
channels:
  /:
    subscribe:
      message:
        oneOf:
          - {name: none}
          - {name: text, payload: {type: string}}
          - {name: point, payload: {$ref: "#/components/schemas/Point"}}
          - {name: pair, payload: {type: array, items: [{type: string}, {type: integer}]}}
          - {name: maybe, payload:
              {type: array, items: [{type: string}, {type: integer}], minItems: 1}}
          - {name: rest, payload:
              {type: array, items: [{type: string}], additionalItems: {type: integer}}}
          - {name: question, payload: {type: string}, x-ack: {type: integer}}
          - {name: named like the code, x-ack: {type: string}, payload:
              {type: array, items: [{title: contract, type: string}, {title: emit, type: string},
                {title: call, type: string}, {title: recipients, type: string},
                {title: answer, type: string}]}}
components:
  schemas:
    Point: {type: object, properties: {x: {type: integer}}, required: [x]}
"""
RIGHT_CALLS = """
from .._generated.runtime.guard import UNSET
from .._generated.runtime.server import current

def hear(answer: int) -> None: ...
def mishear(answer: str) -> None: ...

def right() -> int:
    root = events.root
    root.none()
    root.text("a", broadcast=True, include_self=False)
    root.text("a", to="b", skip_sid=["c", "d"])
    root.text("a", to=["b", "c"], server=current())
    root.point(models.Point(x=1))
    root.pair("a", 1)
    root.maybe("a")
    root.maybe("a", 1)
    root.maybe("a", UNSET)
    root.rest("a", 1, 2, to="b")
    root.question("a", to="b", callback=hear)
    root.named_like_the_code("a", "b", "c", "d", "e")
    return root.call_question("a", to="b", timeout=5)

def wrong() -> None:
    root = events.root
"""
WRONG_CALLS = [
    'root.none("a")',
    "root.text(1)",
    "root.text()",
    'root.text("a", "b")',
    'root.text("a", 1)',
    "root.text(None)",
    'root.text("a", to=1)',
    'root.text("a", too="b")',
    'root.text("a", callback=hear)',
    'root.point({"x": 1})',
    'root.point(models.Point(x="a"))',
    "root.point(models.Point())",
    'root.pair("a")',
    'root.pair(("a", 1))',
    'root.pair(1, "a")',
    'root.maybe("a", None)',
    'root.rest("a", "b")',
    'root.question("a", callback=mishear)',
    'root.question("a", callback=hear())',
    "root.call_question(1)",
    'root.call_question("a", broadcast=True)',
    'root.call_question("a", to=["b"])',
    'root.call_text("a")',
    "root.undeclared()",
    "events.other.text('a')",
    'answer: str = root.call_question("b")',
]


def test_wrong_calls_of_emitters_are_reported_each_on_its_line(tmp_path: Path, cache: Path) -> None:
    body = RIGHT_CALLS + "".join(f"    {call}\n" for call in WRONG_CALLS)
    project = scaffold(tmp_path, EMITTED, handlers={"root": body})
    found = problems(project, cache)
    expected = places(project, "handlers/root.py", [f"    {call}" for call in WRONG_CALLS])
    assert sorted(found) == sorted(expected), {*found} ^ {*expected}
