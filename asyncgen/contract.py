"""App → the runtime's Contract, without generated code: what `asyncgen mock` serves.

Everything heavy is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncgen.document import Json
from asyncgen.ir import App, Arguments, Event, Namespace, Requirement, Signature
from asyncgen.runtime import runtime


def contract(app: App, bundle: Mapping[str, Json]) -> Any:
    """The runtime's Contract of an application; its arguments are plain data, not models."""
    guard = runtime("guard")
    return guard.Contract(
        document=bundle,
        namespaces=tuple(_namespace(guard, item) for item in app.namespaces),
        schemes=tuple(
            guard.Scheme(
                scheme.name.raw,
                scheme.kind,
                location=scheme.location and scheme.location.raw,
                parameter=scheme.parameter and scheme.parameter.raw,
                bearer_format=scheme.bearer_format and scheme.bearer_format.raw,
            )
            for scheme in app.schemes
        ),
        path=app.path,
        docs=f"{app.base}/docs",
        title=app.title.raw,
    )


def _namespace(guard: Any, namespace: Namespace) -> Any:
    name = namespace.name.raw
    return guard.Namespace(
        name,
        incoming=tuple(
            guard.Incoming(name, **_event(it), security=_security(it.security))
            for it in namespace.incoming
        ),
        outgoing=tuple(guard.Outgoing(name, **_event(it)) for it in namespace.outgoing),
        query=namespace.query,
        headers=namespace.headers,
        auth=namespace.auth,
        security=_security(namespace.security),
        scenarios=tuple(
            guard.Scenario(
                it.on.raw,
                it.emit.raw,
                delay=it.delay,
                echo={place.raw: origin.raw for place, origin in it.echo},
            )
            for it in namespace.scenarios
        ),
    )


def _security(requirements: Sequence[Requirement]) -> tuple[dict[str, tuple[str, ...]], ...]:
    return tuple(
        {use.scheme.raw: tuple(scope.raw for scope in use.scopes) for use in it.schemes}
        for it in requirements
    )


def _event(event: Event) -> dict[str, Any]:
    return {
        "event": event.event.raw,
        "args": _arguments(event.arguments),
        "ack": _arguments(event.ack) if event.ack is not None else None,
        "examples": tuple(example.pointer for example in event.examples),
    }


def _arguments(arguments: Arguments) -> Any:
    """One list of arguments, or a tuple of several."""
    found = tuple(map(_list, arguments.alternatives))
    return found if found[1:] else found[0]


def _list(signature: Signature) -> Any:
    guard = runtime("guard")
    if signature.form == "none":
        return guard.NO_ARGUMENTS
    return guard.Arguments(
        signature.pointer,
        tuple(Any for _ in signature.parameters),
        form=signature.form,
        required=sum(parameter.required for parameter in signature.parameters),
        rest=Any if signature.rest is not None else None,
    )
