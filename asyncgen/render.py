"""App → Tree: the files of the emitted project, in memory.

Files of templates/ whose names end in `.j2` depend on the document, the rest
are copied as they are. A template decides nothing: its filters only put what
stands in the App into Python's syntax. Text of the document prints nowhere
but through the filters of `code` (S42).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

import black
import jinja2
from black.mode import Mode, TargetVersion

from asyncgen import code, syntax
from asyncgen.ir import App, Function, Namespace
from asyncgen.resources import templates_dir
from asyncgen.tree import Features, Module, Stub, Tree


@dataclass(frozen=True, slots=True)
class Contents:
    """The generated files that are made elsewhere, as text; the document is there twice."""

    models: str
    page: str
    document_json: str
    document_yaml: str


# Templates for projects with a mock only.
_MOCK = ("package/mock.py.j2", "package/_generated/runtime/mock/")


def render(app: App, contents: Contents, features: Features) -> Tree:
    """The whole project for `app`, with these features."""
    aliases = syntax.aliases(app)
    templates = _Templates(_environment(app, aliases))
    variables = {
        "app": app,
        **asdict(features),
        "default": aliases[syntax.handlers_package(app)],
        "modules": syntax.top_levels(app),
        "imports": syntax.imports(aliases),
        "example": syntax.example(app),
    }
    ours = f"{app.package}/_generated/"
    generated = {
        f"{ours}models.py": contents.models,
        f"{ours}docs/index.html": contents.page,
        f"{ours}asyncapi.json": contents.document_json,
        f"{ours}asyncapi.yaml": contents.document_yaml,
    }
    created: dict[str, str] = {}
    for path in templates.files("package"):
        if path.startswith(_MOCK) and not features.mock:
            continue
        target = f"{app.package}/{path.removeprefix('package/').removesuffix('.j2')}"
        files = generated if target.startswith(ours) else created
        files[target] = templates.file(path, variables)
    top = ("README.md.j2", "pyproject.toml.j2", *templates.files(".github"))
    for path in (*top, *templates.files("tests")):
        created[path.removesuffix(".j2")] = templates.file(path, variables)
    for path in templates.files("deploy") if features.deploy else ():
        created[path.removeprefix("deploy/").removesuffix(".j2")] = templates.file(path, variables)
    return Tree(app.package, generated, created, _modules(app, templates))


# What tools leave in the folder of the templates.
_CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


@dataclass(frozen=True, slots=True)
class _Templates:
    environment: jinja2.Environment

    def files(self, folder: str) -> list[str]:
        """The templates below a folder, by their paths in templates/, sorted."""
        top = templates_dir()
        found = [path.relative_to(top) for path in (top / folder).rglob("*") if path.is_file()]
        return sorted(path.as_posix() for path in found if not _CACHES & {*path.parts})

    def file(self, path: str, variables: Mapping[str, object]) -> str:
        """The file that a template makes; one that does not end in `.j2` is copied."""
        if not path.endswith(".j2"):
            return (templates_dir() / path).read_text(encoding="utf-8")
        text = self.text(path, **variables)
        if not path.endswith(".py.j2"):
            return text
        return _formatted(_without_unused_imports(text) if "_generated" in path else text)

    def text(self, path: str, **variables: object) -> str:
        """What a template says, before it is formatted."""
        return self.environment.get_template(path).render(variables).rstrip("\n") + "\n"


def _environment(app: App, aliases: Mapping[str, str]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    classes = syntax.emitter_classes(app)
    functions: tuple[Callable[..., object], ...] = (
        # the ways to open text of a document (S42)
        code.lit,
        code.doc,
        code.markdown,
        code.toml,
        code.html,
        code.quote,
        # parts of the App in Python's syntax
        syntax.parameters,
        syntax.argument_types,
        syntax.argument_names,
        syntax.result,
        syntax.type_arguments,
        syntax.emitter_doc,
        syntax.handler_doc,
    )
    environment.filters.update(
        {function.__name__: function for function in functions},
        reference=lambda function: f"{aliases[function.module]}.{function.name}",
        emitters=lambda namespace: classes[namespace.module],
        handlers=lambda namespace: aliases[syntax.handlers_module(app, namespace)],
    )
    return environment


# A template ends every list with a comma; black decides which ones stand on lines of their own.
_STYLE = Mode(target_versions={TargetVersion.PY311}, magic_trailing_comma=False)


def _formatted(source: str) -> str:
    # `format_str` formats twice, for trailing commas that count, which they do not here.
    return black._format_str_once(source, mode=_STYLE)


def _names(source: str) -> set[str]:
    """The names that code uses."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def _without_unused_imports(source: str) -> str:
    """A template imports whatever it could need; what it did not need is dropped here."""
    tree = ast.parse(source)
    used = _names(source)
    lines = source.splitlines(keepends=True)
    for node in reversed(tree.body):
        if not isinstance(node, ast.Import | ast.ImportFrom) or "noqa" in lines[node.lineno - 1]:
            continue
        kept = [name for name in node.names if (name.asname or name.name.partition(".")[0]) in used]
        if len(kept) < len(node.names):
            node.names = kept
            lines[node.lineno - 1 : node.end_lineno] = [ast.unparse(node) + "\n"] if kept else []
    return "".join(lines)


# -- the user's modules


def _modules(app: App, templates: _Templates) -> tuple[Module, ...]:
    """The modules that are the user's, each with the stubs it needs, sorted by name."""
    headers = {
        syntax.handlers_module(app, namespace): templates.text(
            "stubs/namespace.py.j2", namespace=namespace
        )
        for namespace in app.namespaces
    }
    stubs: dict[str, dict[str, Stub]] = {module: {} for module in headers}
    for function, stub in _stubs(app, templates):
        stubs.setdefault(function.module, {}).setdefault(function.name, stub)
    return tuple(
        _module(app, name, headers.get(name), tuple(found.values()), templates)
        for name, found in sorted(stubs.items())
    )


def _module(
    app: App, name: str, header: str | None, stubs: tuple[Stub, ...], templates: _Templates
) -> Module:
    ours = f"{app.package}._generated"
    used = {name for stub in stubs for name in _names(stub.source)}
    if header is not None:
        used |= {"events", "models"}
    homes = {
        home: [name for name in names if name in used]
        for home, names in (
            ("typing", ("Any",)),
            (ours, ("events", "models")),
            (f"{ours}.runtime.guard", ("UNSET", "Unset")),
            (f"{ours}.runtime.security", ("SecurityInfo",)),
        )
    }
    imports = {
        name: f"from {home} import {name}" for home, names in homes.items() for name in names
    }
    lines = [f"from {home} import {', '.join(names)}" for home, names in homes.items() if names]
    if homes["typing"]:
        lines.insert(1, "")
    if header is None:
        kind = "security" if "SecurityInfo" in used else "module"
        header = templates.text(f"stubs/{kind}.py.j2")
    return Module(name, _formatted("\n".join([header, *lines, ""])), imports, stubs)


def _stubs(app: App, templates: _Templates) -> Iterator[tuple[Function, Stub]]:
    """Every function that the wiring names, with its stub, in the order of the App."""
    for scheme in app.schemes:
        subject = f"the hook of the security scheme {code.quote(scheme.name)}"
        hook = _stub(templates, "hook", scheme.hook, subject, scheme=scheme)
        yield scheme.hook, hook
        if scheme.scope_hook:
            yield scheme.scope_hook, _stub(templates, "scopes", scheme.scope_hook, subject)
    for namespace in app.namespaces:
        where = f"the namespace {code.quote(namespace.name)}"
        for event in namespace.incoming:
            if event.handler:
                subject = f"the event {code.quote(event.event)} of {where}"
                yield (
                    event.handler,
                    _stub(
                        templates, "event", event.handler, subject, event=event, namespace=namespace
                    ),
                )
        yield from _lifecycle(namespace, where, templates)


def _lifecycle(
    namespace: Namespace, where: str, templates: _Templates
) -> Iterator[tuple[Function, Stub]]:
    for kind, function in (
        ("connect", namespace.connect),
        ("disconnect", namespace.disconnect),
        ("error", namespace.error),
    ):
        if function:
            subject = f"the {kind} handler of {where}"
            yield function, _stub(templates, kind, function, subject, namespace=namespace)


def _stub(
    templates: _Templates, kind: str, function: Function, subject: str, **variables: object
) -> Stub:
    missing = f"write {function.name} in {function.module}: it is {subject}"
    text = templates.text(f"stubs/{kind}.py.j2", function=function, missing=missing, **variables)
    return Stub(function.name, _formatted(text).rstrip("\n"), subject)
