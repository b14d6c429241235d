"""A document → its project in memory, and what of it must be the same whatever it is told."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from markdown_it import MarkdownIt

from asyncgen import pipeline, report
from asyncgen.diagnostics import CODES, Diagnostics
from asyncgen.lower import Options
from asyncgen.source import lines
from asyncgen.tree import Features, Tree

GENERATED = "chat/_generated/"
WIRING = f"{GENERATED}wiring.py"
DOCUMENTS = {f"{GENERATED}asyncapi.json", f"{GENERATED}asyncapi.yaml"}
_EVERYTHING = Features(mock=True, deploy=True)
_SAFE_URL = re.compile(r"#|https?://|mailto:|$", re.IGNORECASE)
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Made:
    """The files of a project, or None where the document is refused, and what was said."""

    files: Mapping[str, str] | None
    diagnostics: Diagnostics


def make(document: Any, folder: Path, package: str | None = "chat") -> Made:
    """Generate in memory, and hold that whatever is said can be shown."""
    spec = folder / "asyncapi.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    compiled = pipeline.compile_document(spec, Options(package=package), diagnostics)
    tree = pipeline.build(compiled, diagnostics, _EVERYTHING) if compiled else None
    _check_said(diagnostics, spec)
    assert (tree is None) == diagnostics.failed, [*diagnostics]
    return Made(_files(tree) if tree else None, diagnostics)


def _files(tree: Tree) -> dict[str, str]:
    modules = {
        it.module.replace(".", "/") + ".py": "\n\n\n".join(
            [it.header, *(stub.source for stub in it.stubs)]
        )
        for it in tree.modules
    }
    assert not modules.keys() & (tree.generated.keys() | tree.created.keys())
    return {**tree.generated, **tree.created, **modules}


def _check_said(diagnostics: Diagnostics, spec: Path) -> None:
    for item in diagnostics:
        assert item.code in CODES
        assert item.span is not None, item
    for said in (report.text(diagnostics, lines), report.as_github(diagnostics)):
        assert all(char.isprintable() or char == "\n" for char in said), said
    json.loads(report.as_json(diagnostics))
    json.loads(report.as_sarif(diagnostics, "1"))


# -- Python


class _Blank(ast.NodeTransformer):
    """Takes the text out of string constants, but that of a type, which is code."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "TypeAliasType":
            _, written = node.args
            assert isinstance(written, ast.Constant) and isinstance(written.value, str)
            node.args[1] = ast.parse(written.value, mode="eval").body
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, str) else node


def code(source: str) -> str:
    """The syntax tree without what strings say."""
    return ast.dump(_Blank().visit(ast.parse(source)))


_IDENTIFIER = re.compile(r"\b(id|attr|arg|name|asname|module)=('[^']*'|None)")


class _Unnamed(ast.NodeTransformer):
    """Takes out aliases: a field has one where its key is no Python name."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Subscript(
                value=ast.Name(id="Annotated"),
                slice=ast.Tuple(elts=[base, ast.Call(keywords=[ast.keyword(arg="alias"), *rest])]),
            ):
                assert not rest
                return base
        return node


def shape(source: str) -> Counter[str]:
    """The statements without what strings say, and without what anything is called.

    In no order, since some lists are sorted by name; and without imports, which follow from the
    statements.
    """
    tree = _Blank().visit(_Unnamed().visit(ast.parse(source)))
    statements = [it for it in tree.body if not isinstance(it, ast.Import | ast.ImportFrom)]
    return Counter(_IDENTIFIER.sub(r"\1=", ast.dump(it)) for it in statements)


def unbound(source: str) -> set[str]:
    """The names that a module uses and nothing in it binds: builtins."""
    tree = ast.parse(source)
    bound: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                bound.add(name)
            case ast.alias(name=name, asname=other):
                bound.add(other or name.partition(".")[0])
    return used - bound


def imported(source: str) -> set[str]:
    """The first names of all modules that are imported."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "").partition(".")[0])
    return found


# -- everything else


class _Page(HTMLParser):
    """The elements of a page; those that CommonMark makes of a description are left out."""

    PROSE = frozenset(
        ["p", "pre", "code", "em", "strong", "ul", "ol", "li", "hr", "br", "blockquote", "a"]
        + [f"h{level}" for level in range(1, 7)]
    )

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.links: set[str] = set()
        self._inside: list[str] | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(name for name, _ in attrs)
        self.handlers += [name for name in names if name.startswith("on")]
        self.links |= {
            value or "" for name, value in attrs if name in ("href", "src", "action", "srcset")
        }
        if tag not in self.PROSE and names != ("class",):
            self.elements.append((tag, *names))
        self._inside = [] if tag in ("script", "style") else None

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._inside is not None:
            self.scripts.append("".join(self._inside))
        self._inside = None

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment",))


def _is_data(script: str) -> bool:
    return script.startswith("{")


def check_page(hostile: str, harmless: str, document: Any) -> None:
    page, other = _Page(hostile), _Page(harmless)
    assert page.elements == other.elements
    assert page.handlers == other.handlers
    added = page.links - other.links
    assert all(map(_SAFE_URL.match, added)), added
    [data] = filter(_is_data, page.scripts)
    assert json.loads(data) == document
    code = [script for script in page.scripts if not _is_data(script)]
    assert code == [script for script in other.scripts if not _is_data(script)]


def markdown(source: str) -> list[str]:
    """The elements of a text in CommonMark with tables and HTML, but for neighbouring texts."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(source)
    kinds = [it.type for token in tokens for it in (token, *(token.children or ()))]
    return [it for it in kinds if it not in ("text", "text_special", "softbreak")]


def check_data(files: Mapping[str, str]) -> Any:
    """The document as it is served: one and the same in both languages."""
    document = json.loads(files[f"{GENERATED}asyncapi.json"])
    assert yaml.safe_load(files[f"{GENERATED}asyncapi.yaml"]) == document
    return document


def check_toml(source: str, title: str, harmless: str) -> None:
    made, other = tomllib.loads(source), tomllib.loads(harmless)
    assert made["project"].pop("description") == title
    del other["project"]["description"]
    assert made == other


def check_strings_alone(hostile: Mapping[str, str], harmless: Mapping[str, str]) -> Any:
    """Nothing but what strings say is different; returns the document that is served."""
    assert hostile.keys() == harmless.keys()
    document = check_data(hostile)
    for path, source in hostile.items():
        if source == harmless[path]:
            continue
        if path.endswith(".py"):
            assert code(source) == code(harmless[path]), path
        else:
            check_text(path, source, harmless[path], document)
    return document


def check_text(path: str, hostile: str, harmless: str, document: Any) -> None:
    """A file that is no Python has nothing of the document's but its texts."""
    if path.endswith(".html"):
        check_page(hostile, harmless, document)
    elif path.endswith(".toml"):
        check_toml(hostile, document["info"]["title"], harmless)
    elif path.endswith(".md"):
        assert markdown(hostile) == markdown(harmless), path
    else:
        # Dockerfile, compose.yaml, the workflow: nothing of the document's is in them.
        assert path in DOCUMENTS, path


def check_names_alone(hostile: Mapping[str, str], harmless: Mapping[str, str]) -> None:
    """Nothing but strings and names is different, and the names are harmless ones."""
    check_files(hostile, harmless)
    known = {name for path, it in harmless.items() if path.endswith(".py") for name in defined(it)}
    document = check_data(hostile)
    for path, source in hostile.items():
        if source == harmless.get(path):
            continue
        if path.endswith(".py"):
            new = defined(source) - known
            assert not [it for it in new if keyword.iskeyword(it) or hasattr(builtins, it)], path
            assert not [it for it in new if it.startswith("__")], path
        else:
            check_text(path, source, harmless[path], document)
    for path in harmless:
        if path.endswith(".py") and hostile.get(path, harmless[path]) != harmless[path]:
            assert shape(hostile[path]) == shape(harmless[path]), path
            assert unbound(hostile[path]) <= unbound(harmless[path]) | {"bytes"}, path
            assert imported(hostile[path]) == imported(harmless[path]), path


def defined(source: str) -> set[str]:
    """What functions, classes, attributes and imported things are called."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                found |= {*name.split(".")}
            case ast.Attribute(attr=name):
                found.add(name)
    return found


def check_files(hostile: Mapping[str, str], harmless: Mapping[str, str]) -> None:
    """As many files, each within the project and with a name that any system can have."""
    assert len(hostile) == len(harmless)
    assert len({path.casefold() for path in hostile}) == len(hostile)
    for path in hostile.keys() - harmless.keys():
        check_file(path)


def check_file(path: str) -> None:
    """A module's path is within the project, and any system can have it."""
    pure = PurePosixPath(path)
    assert not pure.is_absolute() and pure.suffix == ".py", path
    for part in pure.parts:
        assert part.removesuffix(".py").isidentifier(), path
        assert len(part.encode()) <= 255, path
        assert not _DEVICES.fullmatch(part), path
        assert not part.startswith(("__", "_generated")), path


def check_paths(hostile: Mapping[str, str], harmless: Mapping[str, str], path: str) -> None:
    """A function elsewhere in the project, and no import of what is not the project's."""
    assert len({it.casefold() for it in hostile}) == len(hostile)
    for file in hostile.keys() - harmless.keys():
        check_file(file)
    check_data(hostile)
    first = path.partition(".")[0]
    for file, source in hostile.items():
        if file.endswith(".py") and source != harmless.get(file):
            known = imported(harmless.get(file, ""))
            assert imported(source) <= known | {first, "chat", "__future__"}, file
    if first in imported(hostile[WIRING]) - imported(harmless[WIRING]):
        assert f"{first}.py" in hostile or any(it.startswith(f"{first}/") for it in hostile)
        assert first not in sys.stdlib_module_names
