"""A document as `asyncgen mock` serves it: compiled, watched, and without files of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asyncgen.contract import contract
from asyncgen.diagnostics import Diagnostics
from asyncgen.runtime import runtime
from asyncgen.watch import changes

if TYPE_CHECKING:
    from asyncgen.pipeline import Compiled


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
        """Let a Flask app serve the page and the document, for which there are no files here."""
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
