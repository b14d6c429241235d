"""Scopes that are required of security schemes without scopes."""

from __future__ import annotations

from asyncgen.code import quote
from asyncgen.diagnostics import Diagnostics
from asyncgen.document import Document

_WITH_SCOPES = ("oauth2", "openIdConnect")


def check_scopes(document: Document, diagnostics: Diagnostics) -> None:
    """Warn of scopes that the specification wants to be empty (AG252).

    In `security` of 2.x only: in our `x-security` they reach the hook of any scheme (S35).
    """
    if document.is_version_3:
        return
    types = {scheme.name: scheme.type for scheme in document.schemes}
    lists = [
        *(server.security for server in document.servers),
        *(operation.security for operation in document.operations),
    ]
    for requirement in (requirement for security in lists for requirement in security or ()):
        for use in requirement.schemes:
            kind = types.get(use.scheme)
            if use.scopes and kind is not None and kind.raw not in _WITH_SCOPES:
                empty = quote(f"{use.scheme.raw}: []")
                diagnostics.warning(
                    "AG252",
                    f"the security scheme {quote(use.scheme)} is of type {quote(kind)}, which has"
                    " no scopes",
                    use.span,
                    hint=f"write {empty}; only oauth2 and openIdConnect have scopes",
                )
