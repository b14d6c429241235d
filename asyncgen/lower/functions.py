"""The package and the functions of the user's project that a document names (S38)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncgen import ir, naming
from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Channel, Document, Located, NamespaceExtension
from asyncgen.lower.job import Job


def package_name(document: Document, asked: str | None, diagnostics: Diagnostics) -> str:
    """The package's name: as asked for, else after the title."""
    problem = naming.package_problem(asked) if asked is not None else None
    if asked is not None and problem is None:
        return asked
    name = naming.package_name(document.info.title.raw, _first_segments(document))
    if asked is not None:
        diagnostics.error(
            "AG240",
            f"the package cannot be called {quote(asked)}: that {problem}",
            hint=f"use another name, such as `--package {name}`",
        )
    return name


def _first_segments(document: Document) -> set[str]:
    """The top-level modules that functions of the document name."""
    declarations: list[Channel | NamespaceExtension] = [
        *document.channels,
        *document.extension.namespaces,
    ]
    places: list[Located | None] = []
    for it in declarations:
        places += (it.connect, it.disconnect, it.error)
    for operation in document.operations:
        places += [operation.handler, *(message.handler for message in operation.messages)]
    for scheme in document.schemes:
        places += scheme.hooks.values()
    paths = (place.text.raw.partition(".") for place in places if place is not None)
    return {first for first, dot, _ in paths if dot}


def function(job: Job, located: Located, home: str) -> ir.Function | None:
    """The function at a dotted path from the project's root; one without a dot is in `home`."""
    *module, name = located.text.raw.split(".")
    place = ".".join(module) or home
    problem = _function_problem(job, module, name, place)
    if problem is None:
        return ir.Function(place, name)
    job.diagnostics.error(
        "AG229",
        f"{quote(located.text)} is not a function of the project: {problem}",
        located.span,
        hint="write the dotted path of a function from the project's root: `hooks.say` is `say`"
        f" in `hooks.py`; a name without a dot is in `{home.replace('.', '/')}.py`",
    )
    return None


# Modules that are created with the project, where no handler may be.
_OURS = frozenset({"tests.conftest", "tests.test_contract"})
# Nested folders of one path.
_DEEPEST = 20


def check_modules(modules: Mapping[str, Span], diagnostics: Diagnostics) -> None:
    """No two modules or folders of the project differ in case alone: some systems keep but one.

    `modules` are dotted from the project's root, each with where it is named.
    """
    spellings: dict[str, str] = {}
    for module, span in sorted(modules.items()):
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            other = spellings.setdefault(name.casefold(), name)
            if other != name:
                diagnostics.error(
                    "AG229",
                    f"the modules {quote(other)} and {quote(name)} differ in upper and lower case"
                    " alone, and would be one file on some systems",
                    span,
                    hint=f"write {quote(other)} in both places, or use another name",
                )
                break


def _function_problem(job: Job, module: Sequence[str], name: str, place: str) -> str | None:
    for segment in (*module, name):
        if not naming.is_name(segment):
            return f"{quote(segment)} is not a name in Python"
        if segment.startswith("_"):
            return f"{quote(segment)} begins with `_`"
        if not naming.is_short(segment):
            return f"{quote(segment)} is too long"
    for segment in module:
        if segment.lower() in naming.DEVICES:
            return f"{quote(segment)} is a device on Windows"
    if len(module) > _DEEPEST:
        return f"it has more than {_DEEPEST} parts"
    if place.lower() in _OURS:
        return f"{quote(place)} is a module of the project's tests"
    if module and module[0] in naming.STDLIB:
        return f"{quote(module[0])} is a module of Python's standard library"
    if module and module[0] in naming.DEPENDENCIES:
        return f"{quote(module[0])} is a package that the project depends on"
    if place.startswith(f"{job.package}.handlers.") and name in naming.HANDLER_IMPORTS:
        return f"{quote(name)} is a module there"
    return None
