"""App → the runtime's Contract, without generated code: what `asyncgen mock` serves.

Everything heavy is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Json
from asyncgen.ir import App, Arguments, Event, Namespace, Requirement, Signature
from asyncgen.runtime import runtime
from asyncgen.watch import changes

if TYPE_CHECKING:
    from asyncgen.pipeline import Compiled


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


@dataclass(slots=True)
class Mocked:
    """A document that is served, and watched for changes.

    `compile` reads it; what it reports goes into the diagnostics that it is given.
    """

    spec: Path
    compile: Callable[[Diagnostics], Compiled | None]
    compiled: Compiled | None = None
    _watched: set[Path] = field(default_factory=set)

    def read(self) -> bool:
        """Compile the document; whether it is valid, and not what it was.

        A document with errors leaves the one before it in place.
        """
        diagnostics = Diagnostics()
        found = self.compile(diagnostics)
        spans = [item.span for item in diagnostics if item.span is not None]
        spans += [] if found is None else found.spans.values()
        self._watched = {self.spec, *(Path(span.file) for span in spans)}
        if found is None:
            # What is missing may be put beside what is there.
            self._watched |= {path.parent for path in self._watched}
            return False
        old, self.compiled = self.compiled, found
        return old is None or (old.app, old.bundle) != (found.app, found.bundle)

    def contract(self) -> Any:
        """The contract of the document as it is served."""
        assert self.compiled is not None
        return contract(self.compiled.app, self.compiled.bundle)

    def contracts(self, sleep: Callable[[float], None]) -> Iterator[Any]:
        """A contract whenever a file has changed so that the document is another valid one.

        In between it blocks, by `sleep`, which takes seconds.
        """
        for _ in changes(lambda: self._watched, sleep):
            if self.read():
                yield self.contract()

    def serve_docs(self, app: Any) -> None:
        """Let a Flask app give the page and the document, of which there are no files here."""
        from asyncgen.source import dump_json, dump_yaml

        compiled = self.compiled
        assert compiled is not None

        @cache
        def html() -> str:
            from asyncgen.docs import render_page

            return render_page(compiled.app, compiled.bundle)

        def page() -> Any:
            return runtime("docs").answer(html(), "mock")

        def document(suffix: str) -> Any:
            dump = dump_json if suffix == "json" else dump_yaml
            return app.response_class(dump(compiled.bundle), mimetype=f"application/{suffix}")

        app.view_functions["asyncapi_docs"] = page
        app.view_functions["asyncapi_document"] = document
