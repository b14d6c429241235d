"""Schemas → models.py: the typed view of payloads that are already valid (S26).

Whether a payload is valid is decided elsewhere, by its JSON Schema; a model
has to accept every valid payload and to give it back unchanged. So each schema
is first reduced to a *carrier*: a schema that accepts at least as much and
says only what a Python type says exactly. datamodel-code-generator turns all
carriers into Python types in one call. It sees no text of the document but
the values of string enums: types are `T0`, `T1`, … and properties `p0`, `p1`,
… to it, and get their names and docstrings when the module is written (S42).
"""

from __future__ import annotations

from collections.abc import Mapping

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Json
from asyncgen.ir import App
from asyncgen.models.compiler import Compiler
from asyncgen.models.generated import python_types
from asyncgen.models.writer import TITLE, Writer


def render_models(
    app: App, bundle: dict[str, Json], spans: Mapping[str, Span], diagnostics: Diagnostics
) -> str:
    """The source of models.py: every model of the app, and what these refer to.

    An object with properties is a class, everything else a type alias. The
    module accepts every instance that is valid by the schemas of the bundle,
    and dumps it as it was (`by_alias=True, exclude_unset=True`). To validate,
    a `TypeAdapter` takes `by_name=False`: else an undeclared key could be taken
    for the field of an aliased one. AG301 notes where a schema only seems to
    describe an object.
    """
    compiler = Compiler(bundle, app.models)
    types = compiler.run()
    for pointer in compiler.lenient:
        diagnostics.note(
            "AG301",
            f"the schema at {quote(pointer)} has `properties` but no `type`: it accepts any value"
            " that is not an object, too, so its Python type is `Any`",
            spans.get(pointer),
            hint="add `type: object`",
            pointer=pointer,
        )
    return Writer(types).module(python_types(types)) if types else TITLE
