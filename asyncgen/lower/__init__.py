"""Document → App: every decision about what a document means (semantics.md).

It goes in three steps: what events there are and of which shape their
arguments are, then all names at once, then the App that both give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from asyncgen import ir, naming
from asyncgen.code import Text, quote
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Document, Located, SchemaRef, SecurityScheme, WebSocketBinding
from asyncgen.json_pointer import join
from asyncgen.lower import arguments, channels, hints, security, servers
from asyncgen.lower.channels import Declaration, NamespaceDraft
from asyncgen.lower.functions import check_modules, function, package_name
from asyncgen.lower.job import Job, text_of
from asyncgen.lower.scenarios import scenarios_of
from asyncgen.lower.uses import Use
from asyncgen.naming import Wish
from asyncgen.options import Options
from asyncgen.pointers import at, meaning

__all__ = ["Options", "lower"]

_QUERY_CREDENTIALS = frozenset(
    {"accesstoken", "apikey", "authorization", "jwt", "password", "secret", "token"}
)


def lower(document: Document, options: Options, diagnostics: Diagnostics) -> ir.App | None:
    """The application that a document describes.

    None where an error was reported, or where nothing can be said without a
    decision that `lint` does not ask for (S9, S30).
    """
    package = package_name(document, options.package, diagnostics)
    job = Job(document, options, package, diagnostics)
    model = channels.model_of(job)
    job = replace(job, model=model or "namespace")
    chosen = servers.chosen_servers(job)
    path = servers.path_of(job, chosen)
    security.check_requirements(job)
    drafts = channels.drafts(job, chosen) if model is not None else ()
    if not drafts:
        return None
    uses = [use for draft in drafts for use in draft.uses]
    hints.note_other_side(job, uses)
    shapes = {use.key: arguments.shapes_of(job, use) for use in uses}
    schemes = security.schemes(job, [it for draft in drafts for it in draft.requirements])
    constants = _constants(job, uses)
    models = arguments.models_of(job, uses, shapes)
    scenarios = scenarios_of(job, uses, shapes)
    namespaces = tuple(
        replace(
            _namespace(job, draft, constants, shapes, models),
            scenarios=scenarios.get(draft.name, ()),
        )
        for draft in drafts
    )
    if diagnostics.failed:
        return None
    _check_functions(job, drafts, schemes)
    if diagnostics.failed:
        return None
    return ir.App(
        title=document.info.title,
        version=document.info.version,
        description=document.info.description,
        package=job.package,
        path=path,
        base=path.rpartition("/")[0],
        namespaces=namespaces,
        models=tuple(models.entries),
        schemes=tuple(lowered for _, lowered in schemes),
        servers=tuple(servers.lowered(job, server) for server in chosen),
    )


# -- names (S16)


def _constants(job: Job, uses: Sequence[Use]) -> dict[str, str]:
    """The name of each event in contract.py, by its key; no two are one function (S16)."""
    functions: dict[str, Wish] = {}
    for use in uses:
        home = f"{'handlers' if use.incoming else 'events'}.{use.module}"
        functions[use.key] = Wish(use.subject, (f"{home}.{use.name}",), use.span)
        if use.acks and not use.incoming:
            call = f"{home}.call_{use.name}"
            functions[f"call of {use.key}"] = Wish(use.subject, (call,), use.span)
    paths = naming.resolve(functions, job.diagnostics)
    constants = naming.resolve({paths[use.key]: _constant(use) for use in uses}, job.diagnostics)
    return {use.key: constants[paths[use.key]] for use in uses}


def _constant(use: Use) -> Wish:
    """Two underscores where another namespace and event come to the same words."""
    name, other = f"{use.module}_{use.name}".rstrip("_"), f"{use.module}__{use.name}"
    if not use.incoming:
        name, other = f"{name}_out", f"{other}__out"
    return Wish(use.subject, (name.upper(), other.upper()), use.span)


def _check_functions(
    job: Job, drafts: Sequence[NamespaceDraft], schemes: Sequence[tuple[SecurityScheme, ir.Scheme]]
) -> None:
    """No function that we name is one that the document names, or another of ours (S16)."""
    wishes: dict[str, Wish] = {}
    modules: dict[str, Span] = {}

    def add(function: ir.Function | None, subject: str, place: Located | None, span: Span) -> None:
        if function is not None:
            path = f"{function.module}.{function.name}"
            modules.setdefault(function.module, place.span if place else span)
            # The document may name one function for several things.
            key = path if place is not None else f"{subject} {len(wishes)}"
            wishes.setdefault(key, Wish(subject, (path,), place.span if place else span))

    for draft in drafts:
        for use in draft.uses:
            add(_event_handler(job, use), use.subject, use.handler, use.span)
        for it in draft.declarations:
            modules.setdefault(_home(job, draft.module), it.span)
            for located in (it.connect, it.disconnect, it.error):
                add(_connection_handler(job, draft, located), draft.subject, located, it.span)
    for scheme, lowered in schemes:
        hook = security.declared_hook(scheme, lowered.kind)
        add(lowered.hook, f"security scheme {quote(scheme.name)}", hook, scheme.span)
        if lowered.scope_hook is not None:
            modules.setdefault(lowered.scope_hook.module, scheme.span)
    naming.resolve(wishes, job.diagnostics)
    check_modules(modules, job.diagnostics)


# -- the App


def _namespace(
    job: Job,
    draft: NamespaceDraft,
    constants: Mapping[str, str],
    shapes: Mapping[str, arguments.Shapes],
    models: arguments.Models,
) -> ir.Namespace:
    bundle = job.document.bundle

    def handler(what: str, value: Callable[[Declaration], Located | None]) -> ir.Function | None:
        return _connection_handler(job, draft, draft.agreed(job, what, value, text_of))

    def schema(what: str, value: Callable[[Declaration], SchemaRef | None]) -> str | None:
        found = draft.agreed(job, what, value, lambda it: meaning(bundle, it.pointer))
        return found.pointer if found is not None else None

    for declaration in draft.declarations:
        if declaration.binding is not None:
            _check_binding(job, declaration.binding)
    events = [
        (use.incoming, _event(job, use, constants[use.key], shapes[use.key], models))
        for use in draft.uses
    ]
    return ir.Namespace(
        name=Text(draft.name),
        module=draft.module,
        description=draft.description,
        incoming=tuple(event for incoming, event in events if incoming),
        outgoing=tuple(event for incoming, event in events if not incoming),
        connect=handler("x-handlers.connect", lambda it: it.connect),
        disconnect=handler("x-handlers.disconnect", lambda it: it.disconnect),
        error=handler("x-handlers.error", lambda it: it.error),
        query=schema("bindings.ws.query", lambda it: it.binding.query if it.binding else None),
        headers=schema(
            "bindings.ws.headers", lambda it: it.binding.headers if it.binding else None
        ),
        auth=schema("x-socketio.auth", lambda it: it.auth),
        security=tuple(security.lowered(job, requirement) for requirement in draft.security),
        scenarios=(),
    )


def _check_binding(job: Job, binding: WebSocketBinding) -> None:
    """A WebSocket is opened with a GET, and no credential belongs in its URL (S28, S37)."""
    if binding.method is not None and binding.method.text.raw != "GET":
        job.diagnostics.error(
            "AG230",
            f"a connection cannot be opened with {quote(binding.method.text)}",
            binding.method.span,
            hint="remove `method`: Socket.IO connects with GET",
        )
    if binding.query is None:
        return
    schema = at(job.document.bundle, binding.query.pointer)
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name in properties if isinstance(properties, dict) else ():
        if re.sub(r"[-_]", "", name).lower() in _QUERY_CREDENTIALS:
            place = join(binding.query.pointer, "properties", name)
            job.diagnostics.warning(
                "AG238",
                f"the credential {quote(name)} is in the query string, which servers and proxies"
                " write to their logs",
                job.document.spans.get(place, binding.query.span),
                hint="send it in the auth payload: `x-socketio: {auth: …}` on the channel, or a"
                " security scheme",
            )


def _connection_handler(
    job: Job, draft: NamespaceDraft, located: Located | None
) -> ir.Function | None:
    return function(job, located, _home(job, draft.module)) if located is not None else None


def _event_handler(job: Job, use: Use) -> ir.Function | None:
    """The handler of an incoming event: the document's, else one with the event's name (S38)."""
    if not use.incoming:
        return None
    home = _home(job, use.module)
    return function(job, use.handler, home) if use.handler else ir.Function(home, use.name)


def _home(job: Job, module: str) -> str:
    """The module of a namespace's handlers."""
    return f"{job.package}.handlers.{module}"


def _event(
    job: Job, use: Use, constant: str, shapes: arguments.Shapes, models: arguments.Models
) -> ir.Event:
    messages = [variant.message for variant in use.variants]
    return ir.Event(
        event=use.event,
        name=use.name,
        constant=constant,
        pointer=messages[0].pointer,
        title=_first(message.title for message in messages),
        summary=_first(text for it in use.variants for text in it.summaries),
        description=_first(text for it in use.variants for text in it.descriptions),
        deprecated=all(message.deprecated for message in messages),
        tags=tuple(dict.fromkeys(tag for message in messages for tag in message.tags)),
        # What emitters take stays typed: plain data is accepted there as it is.
        arguments=arguments.lowered(shapes.payloads, models, raw=job.raw and use.incoming),
        ack=arguments.lowered(shapes.acks, models, raw=job.raw) if shapes.acks else None,
        handler=_event_handler(job, use),
        examples=tuple(
            ir.Example(example.name, example.payload)
            for message in messages
            for example in message.examples
            if example.payload is not None and example.payload not in job.document.invalid_examples
        ),
        security=tuple(security.lowered(job, requirement) for requirement in use.security),
    )


def _first(texts: Iterable[Text | None]) -> Text | None:
    return next((text for text in texts if text), None)
