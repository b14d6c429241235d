"""Whatever a user makes of the handlers and an author of the document: nothing is lost."""

from __future__ import annotations

import ast
import importlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from asyncgen import pipeline
from asyncgen.handlers import append_stubs, decode
from asyncgen.tree import Module, Stub
from tests.regeneration.runs import built_once, contents, document, ended, forked, scaffold

NAMES = [f"event{number}" for number in range(6)]
HEADER = "import functools\nimport os\nfrom typing import TYPE_CHECKING, overload\n"

# What users write between handlers; each part stands at the top level of a module.
PARTS = (
    "# a comment\n",
    "#: another,   with  spaces \t\n",
    '"""a text\n\nof its own\n"""\n',
    "\n\n\n\n",
    "    \n\t\n",
    "\x0c\n",
    "LIMIT = {\n  'a' : 1,\n    'b': [ 2,\n3]}\n",
    "text = '''\ndef event0(): ...\n'''\n",
    "é = 'ü' ; snow = '☃'\n",
    "x = 1; y = 2\n",
    "x = (1 +\\\n  2)\n",
    "class Helper:\n    def event1(self): ...\n",
    "def helper():\n\n    def event2():\n\n        return 1\n    return event2\n",
    "async def later():\n    pass\n",
    "if TYPE_CHECKING:\n    from collections.abc import Iterable\n",
    "if TYPE_CHECKING:\n    def event3(payload): ...\n",
    "if os.environ.get('NEVER_SET'):\n    unset = 1\nelse:\n    unset = 2\n",
    "try:\n    import nowhere_to_be_found\nexcept ImportError:\n    nowhere_to_be_found = None\n",
    "with open(os.devnull) as null:\n  pass\n",
    "for number in range(2): pass\n",
    "match 1:\n    case 1:\n        matched = 1\n",
    "[event4 for event4 in range(2)]\n",
    "@overload\ndef either(a: int) -> int: ...\n@overload\ndef either(a: str) -> str: ...\n"
    "def either(a): return a\n",
    "lambda event5: event5\n",
    "event0: object\n",
)

# What users make of a handler: `{0}` is its source, `{name}` its name.
FORMS = (
    "{0}",
    "@functools.cache\n{0}",
    "def _as_is(function):\n    return function\n\n@_as_is\n# why\n@_as_is\n{0}",
    "if os.name:\n{indented}",
    "try:\n{indented}\nfinally:\n    pass\n",
    "def _{name}(*args):\n    return None\n{name} = _{name}\n",
    "{name} = lambda *args: None  # short\n",
    "",
)
FORMAT = st.fixed_dictionaries(
    {
        "crlf": st.booleans(),
        "bom": st.booleans(),
        "end": st.sampled_from(["", "\n", "\n\n\n", "  "]),
    }
)
EDIT = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(FORMS)), max_size=5)


@dataclass(frozen=True)
class Parts:
    """A module by its statements at the top level, each with the lines before it."""

    statements: tuple[tuple[str, str | None], ...]

    @classmethod
    def of(cls, source: str) -> Parts:
        lines, found, done = source.split("\n"), list[tuple[str, str | None]](), 0
        for node in ast.parse(source).body:
            assert node.end_lineno is not None
            name = node.name if isinstance(node, ast.FunctionDef) else None
            found.append(("\n".join(lines[done : node.end_lineno]) + "\n", name))
            done = node.end_lineno
        return cls((*found, ("\n".join(lines[done:]), None)))


def edited(source: str, edits: list[tuple[str, str]]) -> str:
    """The source with a part after the first statements, and with handlers in other forms."""
    statements = Parts.of(source).statements
    first = 2 if "__future__" in statements[1][0] else 1
    result = [*(text for text, _ in statements[:first]), "\n", HEADER]
    ahead = iter(edits)
    for text, name in statements[first:]:
        part, form = next(ahead, ("", "{0}"))
        if name is not None and name in NAMES:
            text = text.lstrip("\n")
            indented = "".join(f"    {line}" for line in text.splitlines(keepends=True))
            text = f"\n\n{form.format(text, indented=indented, name=name)}"
        result += (part, text)
    return "".join([*result, *(part for part, _ in ahead)])


def encoded(source: str, crlf: bool, bom: bool, end: str) -> bytes:
    text = source.rstrip() + end
    raw = (text.replace("\n", "\r\n") if crlf else text).encode()
    return b"\xef\xbb\xbf" + raw if bom else raw


# -- appending alone


STUBS = st.lists(st.sampled_from(NAMES), unique=True, max_size=4)


# By the clock, and with others at work beside it, even drawing may be slow.
NO_CLOCK: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@settings(max_examples=200, **NO_CLOCK)
@given(EDIT, FORMAT, STUBS, STUBS)
def test_stubs_are_appended_to_whatever_a_module_has_become(
    edits: list[tuple[str, str]], format: Mapping[str, Any], had: list[str], wanted: list[str]
) -> None:
    body = "".join(f"\n\ndef {name}(*args):\n    return 1\n" for name in had)
    raw = encoded(edited(f'"""Mine."""\n{body}', edits), **format)
    stubs = tuple(Stub(name, f"def {name}(payload: models.Any): ...", name) for name in wanted)
    module = Module("chat.handlers.root", "", {"models": "import typing as models"}, stubs)
    source, _ = decode(raw)
    appended = append_stubs(source, module)
    assert appended.left_out == ()
    assert appended.text.startswith(source)
    assert append_stubs(appended.text, module).added == ()
    if format["crlf"]:
        assert appended.text.replace("\r\n", "").count("\n") == 0
    names: dict[str, Any] = {}
    exec(compile(appended.text.removeprefix("\ufeff"), "root.py", "exec"), names)
    assert all(callable(names[name]) for name in wanted)


# -- whole projects


PAYLOADS = st.sampled_from(
    [
        "{type: string}",
        "{type: object, properties: {text: {type: string}}, required: [text]}",
        "{type: array, items: [{type: integer}, {type: string}]}",
        "{enum: [a, b]}",
        "{}",
    ]
)
EVENTS = st.dictionaries(st.sampled_from(NAMES), PAYLOADS, min_size=1, max_size=4)
DOCUMENTS = st.dictionaries(st.sampled_from(["/", "/admin"]), EVENTS, min_size=1)
Document = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module", autouse=True)
def faster() -> Iterator[None]:
    """A fork has at once what a project imports, and a document is built one time only."""
    for name in ("flask_socketio", "jsonschema_rs", "pydantic", "simple_websocket"):
        importlib.import_module(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "build", built_once())
        yield


def start(root: Path) -> None:
    """Make the project's app in a process of its own."""

    def work() -> None:
        sys.path.insert(0, str(root))
        for name in [name for name in sys.modules if name.split(".")[0] == "chat"]:
            del sys.modules[name]
        assert importlib.import_module("chat").create_app().extensions["socketio"]

    assert ended(forked(work))


def handlers(root: Path) -> Iterator[Path]:
    return (path for path in root.glob("chat/handlers/*.py") if path.stat().st_size)


# Not shrunk, since an example takes a second.
@settings(max_examples=10, phases=(Phase.generate,), **NO_CLOCK)
@given(
    st.lists(st.tuples(DOCUMENTS, EDIT, FORMAT), min_size=1, max_size=3),
    DOCUMENTS,
)
def test_a_project_lives_on_whatever_becomes_of_handlers_and_document(
    history: list[tuple[Document, list[tuple[str, str]], Mapping[str, Any]]], last: Document
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = folder / "app"
        for namespaces, edits, format in history:
            follow(folder, namespaces)
            for path in handlers(root):
                source, _ = decode(path.read_bytes())
                source = source.removeprefix("\ufeff").replace("\r\n", "\n")
                path.write_bytes(encoded(edited(source, edits), **format))
        follow(folder, last)
        start(root)


def follow(folder: Path, namespaces: Document) -> None:
    """Run on a document: every byte of the user's is there, in order, and again is nothing."""
    root = folder / "app"
    before = contents(root)
    (folder / "chat.yaml").write_text(document(namespaces), encoding="utf-8")
    made = scaffold(folder)
    assert not made.failed, [*made.diagnostics]
    after = contents(root)
    for path, content in before.items():
        if "/handlers/" in path:
            assert after[path].startswith(content), path
            ast.parse(after[path])
        elif "_generated" not in path and path != ".asyncgen.json":
            assert after[path] == content, path
    assert scaffold(folder).text.startswith("nothing changed")
