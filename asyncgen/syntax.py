"""Parts of the App in Python's syntax: the filters that the templates use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asyncgen import code, naming
from asyncgen.ir import App, Arguments, Event, Function, Namespace, Parameter, Signature


def parameters(event: Event) -> str:
    """The positional parameters of a handler or emitter, as in a `def`, each with a comma."""
    items = [f"{item.name}: {annotation(item)}" for item in event.arguments.parameters]
    defaults = ["" if item.required else " = UNSET" for item in event.arguments.parameters]
    parts = [item + default for item, default in zip(items, defaults, strict=True)]
    if event.arguments.rest:
        parts.append(f"*{event.arguments.rest.name}: {event.arguments.rest.annotation}")
    return "".join(f"{part}, " for part in parts)


def annotation(parameter: Parameter) -> str:
    """The type of a parameter; one that may be left out may be `UNSET` (S18)."""
    return parameter.annotation if parameter.required else f"{parameter.annotation} | Unset"


def argument_types(arguments: Arguments | Signature) -> str:
    """The types of the arguments, as in `Callable[[…], …]` or `tuple[…]`."""
    parts = [annotation(item) for item in arguments.parameters]
    if arguments.rest:
        parts.append(f"*tuple[{arguments.rest.annotation}, ...]")
    return ", ".join(parts)


def result(ack: Arguments | None) -> str:
    """What a handler with this ack returns: None, the one value, or a tuple of several (S18).

    That of any alternative, where there are several (S19).
    """
    if ack is None:
        return "None"
    return " | ".join(dict.fromkeys(name for it in ack.alternatives for name in _results(it)))


def _results(signature: Signature) -> list[str]:
    if len(signature.parameters) == 1 and not signature.rest and signature.parameters[0].required:
        return signature.parameters[0].annotation.split(" | ")
    if signature.rest and not signature.parameters:
        return [f"tuple[{signature.rest.annotation}, ...]"]
    return [f"tuple[{argument_types(signature) or '()'}]"]


def type_arguments(event: Event) -> str:
    """The type arguments of `Incoming` or `Outgoing`: those of its arguments, then of its ack."""
    return ", ".join(part for part in (argument_types(event.arguments), result(event.ack)) if part)


def argument_names(event: Event) -> str:
    """The emitter's parameters as it passes them on, each with a comma."""
    parts = [item.name for item in event.arguments.parameters]
    if event.arguments.rest:
        parts.append(f"*{event.arguments.rest.name}")
    return "".join(f"{part}, " for part in parts)


def handler_doc(event: Event, namespace: Namespace) -> str:
    """The docstring of a handler's stub."""
    return _docstring(event, f"Handle {code.quote(event.event)} of {code.quote(namespace.name)}.")


def emitter_doc(event: Event) -> str:
    """The docstring of an emitter."""
    return _docstring(event, f"Emit {code.quote(event.event)}.")


def _docstring(event: Event, default: str) -> str:
    said = [text.raw.strip() for text in (event.summary, event.description) if text]
    deprecated = ["Deprecated."] if event.deprecated else []
    return "\n\n".join([*(said or [default]), *deprecated])


def handlers_module(app: App, namespace: Namespace) -> str:
    """The user's module for a namespace, dotted from the project's root."""
    return f"{app.package}.handlers.{namespace.module}"


def handlers_package(app: App) -> str:
    """The user's package of handlers; it may have a default error handler."""
    return f"{app.package}.handlers"


def functions(app: App) -> Iterator[Function]:
    """Every function of the user that the wiring names."""
    for scheme in app.schemes:
        yield scheme.hook
        if scheme.scope_hook:
            yield scheme.scope_hook
    for namespace in app.namespaces:
        yield from (event.handler for event in namespace.incoming if event.handler)
        yield from (
            function
            for function in (namespace.connect, namespace.disconnect, namespace.error)
            if function
        )


def emitter_classes(app: App) -> dict[str, str]:
    """The class of each namespace in events.py, by the namespace's module."""
    modules = [namespace.module for namespace in app.namespaces]
    names = [naming.safe(naming.pascal_case(module)) for module in modules]
    # A name without letters, such as `_1`, would be that of the instance, too.
    taken = {"Callable", "Recipients", "Server", "Unpack", "Unset", *modules}
    return {
        module: f"{name}_{module}" if name in taken or names.count(name) > 1 else name
        for module, name in zip(modules, names, strict=True)
    }


def top_levels(app: App) -> list[str]:
    """The first names of the modules that handlers and hooks come from (S38)."""
    return sorted({app.package, *(item.module.partition(".")[0] for item in functions(app))})


def aliases(app: App) -> dict[str, str]:
    """What the wiring calls each module: its last name, or all of them where that is taken."""
    modules = {handlers_package(app), *(item.module for item in functions(app))}
    modules |= {handlers_module(app, namespace) for namespace in app.namespaces}
    short = [module.rpartition(".")[2] for module in modules]
    taken = {"contract", "wire", "server", "Server"}
    return {
        module: last if short.count(last) == 1 and last not in taken else module.replace(".", "_")
        for module, last in sorted((module, module.rpartition(".")[2]) for module in modules)
    }


def imports(aliases: Mapping[str, str]) -> list[str]:
    """The import lines for the modules that the wiring names, sorted."""
    names: dict[str, list[str]] = {}
    for module, alias in sorted(aliases.items()):
        parent, _, name = module.rpartition(".")
        names.setdefault(parent, []).append(name if alias == name else f"{name} as {alias}")
    plain = [f"import {name}" for name in names.pop("", ())]
    groups = sorted(names.items())
    return plain + [f"from {parent} import {', '.join(found)}" for parent, found in groups]


def example(app: App) -> tuple[str, str] | None:
    """A namespace and an emitter to show in a docstring."""
    for namespace in app.namespaces:
        for event in namespace.outgoing:
            return namespace.module, event.name
    return None
