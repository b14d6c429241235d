"""Appends missing handlers to a user's module: text in, text out; what stands there stays."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from asyncgen.tree import Module, Stub

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Appended:
    """A module with its missing stubs.

    `text` begins with the old text, and equals it where nothing was added.
    `left_out` are stubs that are missing and were not added: either the
    `from … import *` in line `star` may bind them, or, where `star` is None,
    the module would not parse with them.
    """

    text: str
    added: tuple[Stub, ...] = ()
    left_out: tuple[Stub, ...] = ()
    star: int | None = None


def append_stubs(source: str, module: Module) -> Appended:
    """Append those of a module's stubs whose names it does not bind, and the imports they need.

    A name is bound by any statement of the module's own scope: a function, a
    class, an assignment, an import, also inside `if`, `try`, `with`, `for` or
    `match`; but not by what is there for type checkers only, since the wiring
    needs it when the project runs. Line endings and a byte order mark are kept.

    Raises SyntaxError where `source` is not Python.
    """
    tree = _parse(source)
    bound = {name for node in _own_scope(tree) for name in _names_bound(node)}
    missing = tuple(stub for stub in module.stubs if stub.name not in bound)
    if not missing:
        return Appended(source)
    star = _star_import(tree)
    if star is not None:
        return Appended(source, left_out=missing, star=star)
    imports = [line for name, line in module.imports.items() if name not in bound]
    text = source + _tail(source, imports, missing)
    try:
        _parse(text)
    except SyntaxError:
        return Appended(source, left_out=missing)
    return Appended(text, added=missing)


def find_functions(source: str) -> dict[str, int]:
    """The functions of a module's own scope, each with the line of its (last) `def`.

    Raises SyntaxError where `source` is not Python.
    """
    functions: dict[str, int] = {}
    for node in _own_scope(_parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions[node.name] = max(node.lineno, functions.get(node.name, 0))
    return functions


def decode(raw: bytes) -> tuple[str, str]:
    """The text of a Python file and the encoding in which text may be appended to it.

    Raises SyntaxError where the bytes are not in the encoding that the file declares.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    try:
        return raw.decode(encoding), encoding.removesuffix("-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SyntaxError(f"the text is not valid {encoding}", ("", line, 1, None)) from error
    except LookupError as error:
        raise SyntaxError(f"{encoding} is not a text encoding", ("", 1, 1, None)) from error


def _parse(source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's own business, such as "\d" in a string
            return ast.parse(source.removeprefix(_BOM))
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, too deep a nesting
        raise SyntaxError(str(error) or "it is nested too deeply") from error


def _own_scope(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes of the module's own scope: not inside functions, classes, comprehensions."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                pass
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                # Its loop variables are its own; what `:=` binds in it is the module's.
                todo += (
                    inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)
                )
            case ast.AnnAssign(value=None):  # declares a name and does not bind it
                pass
            case ast.If(test=test) if _is_type_checking(test):
                todo += node.orelse
            case _:
                todo += ast.iter_child_nodes(node)


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _names_bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name for alias in aliases)
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case (
            ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            yield name


def _star_import(tree: ast.Module) -> int | None:
    """The first line with a `from … import *`."""
    lines = (
        node.lineno
        for node in _own_scope(tree)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    )
    return min(lines, default=None)


def _tail(source: str, imports: list[str], stubs: tuple[Stub, ...]) -> str:
    """What is appended: blocks, two blank lines before each, with the line endings of the file."""
    blocks = ["\n".join(imports)] if imports else []
    blocks += (stub.source.rstrip() for stub in stubs)
    tail = _gap(source.removeprefix(_BOM)) + "\n\n\n".join(blocks) + "\n"
    crlf = source.count("\r\n") * 2 > source.count("\n")
    return tail.replace("\n", "\r\n") if crlf else tail


def _gap(text: str) -> str:
    """The line ends that are missing to a finished last line and two blank lines after the code."""
    code = text.rstrip()
    line_ends = text.count("\n", len(code))
    unfinished = bool(text) and not text.endswith(("\n", "\r"))
    wanted = 3 if code else 0
    return "\n" * max(wanted - line_ends, int(unfinished))
