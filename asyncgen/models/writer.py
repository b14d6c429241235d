"""Python types → the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asyncgen.code import lit
from asyncgen.models.carrier import Carrier, token_of
from asyncgen.models.fields import FIELD_NAMES, field_names
from asyncgen.models.layout import docstring_lines, statement_lines
from asyncgen.models.types import Property, Type

TITLE = '"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""\n'

_MODEL = '''
class Model(BaseModel):
    """The base of all payload types: the typed view of a payload that is already valid.

    What is valid is decided by the JSON Schema in asyncapi.json. So keys that a schema
    does not name are kept (`extra="allow"`), and no value is converted (`strict=True`).
    Where a key is no Python name, the field has another and the key is its alias.
    """

    model_config = ConfigDict(extra="allow", strict=True, validate_by_name=True)
'''

_INTEGER = '''
def _whole(value: object) -> object:
    """To JSON Schema, 1.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer: TypeAlias = Annotated[int, BeforeValidator(_whole)]
'''

_MAYBE = """
def _is_none(value: object) -> bool:
    return value is None


T = TypeVar("T")

# A property that may be left out, but is never null: None leaves it out.
Maybe: TypeAlias = Annotated[T | None, Field(exclude_if=_is_none)]
"""

_FUTURE = ["from __future__ import annotations"]

_STANDARD = {"typing": ("Annotated", "Any", "Literal", "TypeAlias", "TypeVar")}

_THIRD_PARTY = {
    "pydantic": ("BaseModel", "BeforeValidator", "ConfigDict", "Field"),
    "typing_extensions": ("TypeAliasType",),
}


@dataclass(slots=True)
class _Annotation:
    """A type as it stands in the code; the arguments of its `Field` apart."""

    base: str
    arguments: list[str]

    def __str__(self) -> str:
        if not self.arguments:
            return self.base
        return f"Annotated[{self.base}, Field({', '.join(self.arguments)})]"


class Writer:
    """Writes the module; `_used` is what it has to import or define."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self._types = types
        self._names = {token: compiled.name for token, compiled in types.items()}
        self._reserved = FIELD_NAMES.union(self._names.values())
        self._used: set[str] = set()

    def module(self, generated: ast.Module) -> str:
        """The source of models.py, with what it imports and the base that it needs."""
        blocks = list(self._blocks(generated))
        if "Integer" in self._used:
            blocks.insert(0, _INTEGER.strip("\n"))
            self._used |= {"Annotated", "BeforeValidator", "TypeAlias"}
        if "Maybe" in self._used:
            blocks.insert(0, _MAYBE.strip("\n"))
            self._used |= {"Annotated", "Field", "TypeAlias", "TypeVar"}
        if "Model" in self._used:
            blocks.insert(0, _MODEL.strip("\n"))
            self._used |= {"BaseModel", "ConfigDict"}
        imports = (_FUTURE, self._imports(_STANDARD), self._imports(_THIRD_PARTY))
        head = "\n\n".join([TITLE.rstrip(), *("\n".join(lines) for lines in imports if lines)])
        return "\n\n\n".join([head, *blocks]) + "\n"

    def _imports(self, modules: Mapping[str, Sequence[str]]) -> list[str]:
        return [
            f"from {module} import {', '.join(used)}"
            for module, names in modules.items()
            if (used := [name for name in names if name in self._used])
        ]

    def _blocks(self, generated: ast.Module) -> Iterator[str]:
        """The statements; aliases that follow each other are one block."""
        aliases: list[str] = []
        rebuilds: list[str] = []
        for node in generated.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=token)], value=ast.Call(args=[_, value])):
                    aliases.append(self._alias(self._types[token], value))
                case ast.ClassDef():
                    if aliases:
                        yield "\n\n".join(aliases)
                        aliases = []
                    yield self._class(self._types[node.name], node)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=token)))):
                    rebuilds.append(f"{self._names[token]}.model_rebuild()")
        if aliases:
            yield "\n\n".join(aliases)
        if rebuilds:
            yield "\n".join(rebuilds)

    def _alias(self, compiled: Type, value: ast.expr) -> str:
        text = str(self._annotation(value))
        if any(_is_forward(it) for it in _types_in(value)):
            self._used.add("TypeAliasType")
            statement = f"{compiled.name} = TypeAliasType({lit(compiled.name)}, {lit(text)})"
        else:
            self._used.add("TypeAlias")
            statement = f"{compiled.name}: TypeAlias = {text}"
        return "\n".join([*statement_lines(statement, 0), *docstring_lines(compiled.text, 0)])

    def _class(self, compiled: Type, node: ast.ClassDef) -> str:
        self._used.add("Model")
        keys = [it.key for it in compiled.properties.values()]
        names = field_names(keys, self._reserved)
        sections = [docstring_lines(compiled.text, 4)]
        if compiled.closed:
            self._used.add("ConfigDict")
            sections.append(['    model_config = ConfigDict(extra="forbid")'])
        fields: list[str] = []
        for field_node in node.body:
            if isinstance(field_node, ast.AnnAssign) and isinstance(field_node.target, ast.Name):
                token = field_node.target.id
                it, carrier = compiled.properties[token], compiled.carrier["properties"][token]
                fields += self._field(names[it.key], it, field_node, carrier)
        body = "\n\n".join("\n".join(lines) for lines in [*sections, fields] if lines)
        return f"class {compiled.name}(Model):\n{body}"

    def _field(self, name: str, it: Property, node: ast.AnnAssign, carrier: Carrier) -> list[str]:
        annotation = self._annotation(node.annotation)
        if annotation.base == "Any | None":
            annotation.base = "Any"
        elif node.value is not None and not self._takes_null(carrier, frozenset()):
            annotation.base = f"Maybe[{annotation.base.removesuffix(' | None')}]"
            self._used.add("Maybe")
        if name != it.key:
            annotation.arguments.insert(0, f"alias={lit(it.key)}")
            self._used |= {"Annotated", "Field"}
        default = "" if node.value is None else " = None"
        return [*statement_lines(f"{name}: {annotation}{default}", 4), *docstring_lines(it.text, 4)]

    def _takes_null(self, carrier: Carrier, seen: frozenset[str]) -> bool:
        """Whether null may be an instance of a carrier."""
        if "$ref" in carrier:
            token = token_of(carrier)
            return token not in seen and self._takes_null(
                self._types[token].carrier, seen | {token}
            )
        if "anyOf" in carrier:
            return any(self._takes_null(it, seen) for it in carrier["anyOf"])
        kinds = carrier.get("type", "null")
        return "null" in ([kinds] if isinstance(kinds, str) else kinds)

    def _annotation(self, node: ast.expr) -> _Annotation:
        match node:
            case ast.Subscript(
                value=ast.Name(id="Annotated"),
                slice=ast.Tuple(elts=[base, ast.Call(keywords=keywords)]),
            ):
                arguments = [f"{it.arg}={_number(it.value)}" for it in keywords]
                if arguments:
                    self._used |= {"Annotated", "Field"}
                return _Annotation(self._type(base), arguments)
        return _Annotation(self._type(node), [])

    def _type(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id="int"):
                self._used.add("Integer")
                return "Integer"
            case ast.Name(id="float"):
                # An int keeps its digits: as a float, 2**53 + 1 would be another number.
                return "int | float"
            case ast.Name(id="list"):
                self._used.add("Any")
                return "list[Any]"
            case ast.Name(id=name):
                self._used.add(name)
                return self._names.get(name, name)
            case ast.Constant(value=str(text)):
                return self._type(ast.parse(text, mode="eval").body)
            case ast.Constant():
                return "None"
            case ast.BinOp(left=left, right=right):
                return f"{self._type(left)} | {self._type(right)}"
            case ast.Subscript(value=ast.Name(id="Literal"), slice=values):
                self._used.add("Literal")
                return f"Literal[{', '.join(lit(str(it)) for it in _constants(values))}]"
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                return f"{self._type(inner)} | None"
            case ast.Subscript(value=ast.Name(id="Union"), slice=inner):
                return " | ".join(map(self._type, _elements(inner)))
            case ast.Subscript(value=ast.Name(id=name), slice=inner):
                return f"{name}[{', '.join(map(self._type, _elements(inner)))}]"
        raise AssertionError(f"a type of a form that carriers cannot have: {ast.dump(node)}")


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _constants(node: ast.expr) -> Iterator[object]:
    return (it.value for it in _elements(node) if isinstance(it, ast.Constant))


def _is_forward(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _types_in(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an annotation but for the values of its Literals."""
    yield node
    match node:
        case ast.Subscript(value=ast.Name(id="Literal")):
            return
    for child in ast.iter_child_nodes(node):
        yield from _types_in(child)


def _number(node: ast.expr) -> str:
    """A bound: without a fraction as an int."""
    value = ast.literal_eval(node)
    return lit(int(value) if value == int(value) else value)
