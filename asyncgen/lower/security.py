"""Security schemes and requirements (S32 to S37)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from asyncgen import ir, naming
from asyncgen.code import Text, quote
from asyncgen.document import Located, Requirement, SchemeUse, SecurityScheme
from asyncgen.lower.functions import function
from asyncgen.lower.job import Job, listed, near

_KINDS: Mapping[str, ir.SchemeKind] = {
    "http basic": "basic",
    "http bearer": "bearer",
    "http": "http",
    "oauth2": "oauth2",
    "openIdConnect": "openIdConnect",
    "httpApiKey": "httpApiKey",
    "userPassword": "userPassword",
    "apiKey": "apiKey",
}
_BEARER_HOOKS = ("x-bearerInfoFunc", "x-basicBearerInfoFunc")
_API_KEY_HOOKS = ("x-apiKeyInfoFunc", "x-apikeyInfoFunc")
_HOOKS: Mapping[ir.SchemeKind, tuple[str, ...]] = {
    "basic": ("x-basicInfoFunc",),
    "userPassword": ("x-basicInfoFunc",),
    "bearer": _BEARER_HOOKS,
    "http": _BEARER_HOOKS,
    "oauth2": ("x-tokenInfoFunc",),
    "openIdConnect": ("x-tokenInfoFunc",),
    "httpApiKey": _API_KEY_HOOKS,
    "apiKey": _API_KEY_HOOKS,
}
_SCOPE_HOOK = "x-scopeValidateFunc"


def plain(security: Sequence[Requirement] | None) -> tuple[Hashable, ...]:
    """A list of requirements without its places, to compare it."""
    return tuple(
        tuple((scope.scheme, scope.scopes) for scope in requirement.schemes)
        for requirement in security or ()
    )


def check_requirements(job: Job) -> None:
    """Every scheme that is asked for exists, and has the scopes that are asked of it (S32, S35)."""
    document = job.document
    schemes = {scheme.name.raw: scheme for scheme in document.schemes}
    for requirement in document.requirements:
        for use in requirement.schemes:
            _check_use(job, use, schemes)


def _check_use(job: Job, use: SchemeUse, schemes: Mapping[str, SecurityScheme]) -> None:
    scheme = schemes.get(use.scheme.raw)
    if scheme is None:
        job.diagnostics.error(
            "AG235",
            f"there is no security scheme {quote(use.scheme)}",
            use.span,
            hint=near(use.scheme.raw, schemes, "define it in `components.securitySchemes`"),
        )
        return
    declared = [scope.raw for scope in scheme.scopes] if scheme.type.raw == "oauth2" else []
    for scope in use.scopes if declared else ():
        if scope.raw not in declared:
            job.diagnostics.error(
                "AG242",
                f"the security scheme {quote(use.scheme)} has no scope {quote(scope)}",
                use.span,
                hint=near(scope.raw, declared, f"its scopes are {listed(declared)}"),
            )


def schemes(
    job: Job, requirements: Iterable[Requirement]
) -> tuple[tuple[SecurityScheme, ir.Scheme], ...]:
    """The schemes in use, by first use; one that cannot be checked is an error (S35)."""
    known = {scheme.name: scheme for scheme in job.document.schemes}
    used = dict.fromkeys(
        use.scheme
        for requirement in requirements
        for use in requirement.schemes
        if use.scheme in known
    )
    pairs = [(known[name], _scheme(job, known[name])) for name in used]
    return tuple((scheme, it) for scheme, it in pairs if it is not None)


def _scheme(job: Job, scheme: SecurityScheme) -> ir.Scheme | None:
    kind = _kind(scheme)
    problem = _scheme_problem(scheme, kind)
    if kind is None or problem is not None:
        job.diagnostics.error(
            "AG236",
            f"the security scheme {quote(scheme.name)} cannot be checked: {problem}",
            scheme.span,
            hint="a Socket.IO connection can be checked by http, httpApiKey, oauth2,"
            " openIdConnect, userPassword and apiKey",
        )
        return None
    hook = _hook(job, scheme, kind)
    if hook is None:
        return None
    location, parameter = _credential(job, scheme, kind)
    return ir.Scheme(
        name=scheme.name,
        kind=kind,
        location=location,
        parameter=parameter,
        bearer_format=scheme.bearer_format,
        hook=hook,
        scope_hook=_scope_hook(job, scheme),
    )


def _kind(scheme: SecurityScheme) -> ir.SchemeKind | None:
    if scheme.type.raw != "http":
        return _KINDS.get(scheme.type.raw)
    name = scheme.scheme.raw.lower() if scheme.scheme else ""
    return _KINDS.get(f"http {name}", "http")


def _scheme_problem(scheme: SecurityScheme, kind: ir.SchemeKind | None) -> str | None:
    if kind is None:
        return f"type {quote(scheme.type)} is not known to Socket.IO"
    if kind == "http" and not scheme.scheme:
        return "it does not say which HTTP `scheme` it is"
    if scheme.auth_key is not None:
        if kind in ("basic", "userPassword"):
            return "a user and a password are not one key of the auth payload"
        return None
    if kind == "httpApiKey" and not scheme.parameter:
        return "it has no `name`"
    return None


def _credential(
    job: Job, scheme: SecurityScheme, kind: ir.SchemeKind
) -> tuple[Text | None, Text | None]:
    """Where the credential stands, where that is not decided by the kind alone (S35)."""
    if scheme.auth_key is not None:
        return Text("auth"), scheme.auth_key
    if kind == "apiKey":
        return Text("auth"), scheme.location
    if kind == "http" and scheme.scheme is not None:
        return None, Text(scheme.scheme.raw.lower())
    if kind != "httpApiKey":
        return None, None
    if scheme.location == Text("query"):
        job.diagnostics.warning(
            "AG238",
            f"the credential of {quote(scheme.name)} is in the query string, which servers and"
            " proxies write to their logs",
            scheme.span,
            hint="use `in: header`, or send it in the auth payload:"
            " `x-socketio: {in: auth, name: …}`",
        )
    return scheme.location, scheme.parameter


def declared_hook(scheme: SecurityScheme, kind: ir.SchemeKind) -> Located | None:
    """The path of the function that checks a credential, where the document has one."""
    return next((scheme.hooks[field] for field in _HOOKS[kind] if field in scheme.hooks), None)


def _hook(job: Job, scheme: SecurityScheme, kind: ir.SchemeKind) -> ir.Function | None:
    """The function that checks a credential: the document's, else a stub in security.py (S35)."""
    home = f"{job.package}.security"
    fields = _HOOKS[kind]
    for field, located in scheme.hooks.items():
        if field not in fields and field != _SCOPE_HOOK:
            job.diagnostics.warning(
                "AG239",
                f"`{field}` is not used: the scheme {quote(scheme.name)} is of another kind",
                located.span,
                hint=f"write `{fields[0]}`",
            )
    declared = declared_hook(scheme, kind)
    if declared is not None:
        return function(job, declared, home)
    name = naming.snake_case(scheme.name.raw).lstrip("_")
    if not name:
        job.diagnostics.error(
            "AG223",
            f"the security scheme {quote(scheme.name)} cannot be given a Python name",
            scheme.span,
            hint=f"name its function with `{fields[0]}`",
        )
        return None
    return ir.Function(home, f"check_{name}")


def _scope_hook(job: Job, scheme: SecurityScheme) -> ir.Function | None:
    located = scheme.hooks.get(_SCOPE_HOOK)
    return function(job, located, f"{job.package}.security") if located is not None else None


def lowered(job: Job, requirement: Requirement) -> ir.Requirement:
    """One alternative, with the scopes that it needs (S32)."""
    return ir.Requirement(
        tuple(ir.SchemeUse(use.scheme, _scopes(job, use)) for use in requirement.schemes)
    )


def _scopes(job: Job, use: SchemeUse) -> tuple[Text, ...]:
    """The scopes that are needed: the requirement's, else those of the scheme in 3.x (S35)."""
    schemes = job.document.schemes
    return use.scopes or next((it.required_scopes for it in schemes if it.name == use.scheme), ())
