"""Who may import whom, who may touch the world, and that no module keeps state."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "asyncgen"
# A stage is a module, or a package of its own: `lower.events` belongs to `lower`.
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)
STAGES = {module.partition(".")[0] for module in MODULES}

# What a stage must not reach, however many modules of its own it has.
FORBIDDEN = {
    "parse": {"ir", "lower", "models", "render", "plan", "write"},
    "lower": {"source", "parse", "models", "render", "plan", "write"},
    "models": {"source", "parse", "lower", "render", "plan", "write"},
    "docs": {"source", "parse", "lower", "models", "render", "plan", "write"},
    "render": {"source", "parse", "lower", "models", "plan", "write"},
    "plan": {"document", "source", "parse", "lower", "models", "render", "ir"},
    "write": {"document", "source", "parse", "lower", "models", "render", "ir"},
}
TOP = {"cli", "scaffolding", "pipeline", "__main__"}
# Who may import a library at all.
OWNERS = {
    "yaml": {"source"},
    "jinja2": {"render", "docs"},
    "jsonschema_rs": {"lint", "patterns"},
    "markdown_it": {"docs"},
    "datamodel_code_generator": {"models"},
    "typer": {"cli"},
}
HEAVY = {
    "black", "datamodel_code_generator", "flask", "jinja2", "jsonschema", "markdown_it", "pydantic",
}  # fmt: skip
# Everything that `validate` imports, so nothing heavy when the module is loaded.
LIGHT = {it for it in MODULES if it.partition(".")[0] not in {"docs", "models", "render"}}
WRITES = {"write_text", "write_bytes", "mkdir", "unlink", "rmdir", "replace", "rename", "touch"}
PRINTS = {"print", "input", "exit", "quit"}
WORLD = {"time", "datetime", "random", "uuid", "locale"}


def stage_of(module: str) -> str:
    return module.partition(".")[0]


def tree(module: str) -> ast.Module:
    path = PACKAGE.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(nodes: Iterator[ast.AST] | list[ast.stmt]) -> set[str]:
    """Dotted names of what is imported; `from asyncgen import x` counts as `asyncgen.x`."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def of_asyncgen(stage: str) -> set[str]:
    """The other stages that a stage imports."""
    names: set[str] = set()
    for module in MODULES:
        if stage_of(module) == stage:
            names |= imports(ast.walk(tree(module)))
    found = {name.split(".")[1] for name in names if name.startswith("asyncgen.")}
    return found & STAGES - {stage}


def reached(stage: str) -> set[str]:
    """All stages that a stage imports, and those that they import."""
    found: set[str] = set()
    ahead = [stage]
    while ahead:
        new = of_asyncgen(ahead.pop()) - found
        found |= new
        ahead += new
    return found


def libraries(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("stage", FORBIDDEN)
def test_imports_follow_the_direction_of_the_stages(stage: str) -> None:
    assert not reached(stage) & (FORBIDDEN[stage] | TOP | {stage})


def test_documents_are_compared_by_what_they_mean() -> None:
    readers = {"source", "parse", "structure", "bundle", "lower", "render", "plan", "write"}
    assert not of_asyncgen("compatibility") & (readers | TOP)


@pytest.mark.parametrize("module", ["render", "syntax"])
def test_templates_are_given_no_document(module: str) -> None:
    assert "document" not in of_asyncgen(module)


@pytest.mark.parametrize("module", MODULES)
def test_libraries_have_their_owner(module: str) -> None:
    for name in libraries(imports(ast.walk(tree(module)))):
        assert stage_of(module) in OWNERS.get(name, {stage_of(module)}), name


@pytest.mark.parametrize("module", sorted(LIGHT))
def test_modules_that_validate_loads_import_nothing_heavy(module: str) -> None:
    assert not libraries(imports(tree(module).body)) & HEAVY


@pytest.mark.parametrize(
    "module", [it for it in MODULES if stage_of(it) not in {"cli", "lock", "write"}]
)
def test_only_the_command_line_prints_and_only_write_writes(module: str) -> None:
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.Call):
            continue
        where = f"{module}.py:{node.lineno}"
        match node.func:
            case ast.Name(id=name):
                assert name not in PRINTS, where
                assert name != "open" or stage_of(module) == "source", where
            case ast.Attribute(value=ast.Name(id="os" | "shutil"), attr=name):
                assert stage_of(module) == "source" and name not in WRITES, where
            case ast.Attribute(value=value, attr=name):
                is_text = name == "replace" and len(node.args) > 1
                assert name not in WRITES or is_text, where
                assert ast.unparse(value) not in {"sys.stdout", "sys.stderr"}, where


@pytest.mark.parametrize("module", MODULES)
def test_no_module_keeps_state_or_reads_clock_and_environment(module: str) -> None:
    waits = {"time"} if stage_of(module) == "cli" else set()
    assert not libraries(imports(ast.walk(tree(module)))) & WORLD - waits
    for node in ast.walk(tree(module)):
        where = f"{module}.py:{getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ast.Global), where
        if isinstance(node, ast.Attribute) and stage_of(module) != "cli":
            assert node.attr not in {"environ", "getenv", "getcwd"}, where
    for node in tree(module).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in map(ast.unparse, targets):
                constant = target.lstrip("_")[0].isupper() or target == "__all__"
                assert constant or (module, target) == ("cli", "app"), f"{module}.py: {target}"


def test_the_map_of_the_architecture_has_every_module() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:asyncgen/)?(\w+)(?:/|\.py)?`", text))
    assert not STAGES - {"__main__"} - named


def test_generated_code_never_imports_asyncgen() -> None:
    for path in Path(ROOT, "templates").rglob("*"):
        if path.suffix in {".py", ".j2"}:
            assert "import asyncgen" not in path.read_text(encoding="utf-8"), path
            assert "from asyncgen" not in path.read_text(encoding="utf-8"), path
