"""The documentation: the page and the document, as static files of the project.

What is served is decided by the app's config, `ASYNCGEN_DOCS`: "off" serves
nothing, "page" the page without its console, "console" both, "mock" what a mock
can be told besides. Where it is not set, the page is there always and its
console in debug mode only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import flask

from .guard import Contract

GENERATED: Final = Path(__file__).resolve().parent.parent

_MODES: Final = ("off", "page", "console", "mock")
_POLICY: Final = re.compile(
    r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">'
)
_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def register(app: flask.Flask, contract: Contract) -> None:
    """Serve the page at `{base}/docs`, the document below it as JSON and YAML.

    Raises ValueError for an `ASYNCGEN_DOCS` that is not one of those above.
    """
    _mode(app)

    def page() -> flask.Response:
        mode = _mode(app)
        if mode == "off":
            flask.abort(404)
        text = (GENERATED / "docs" / "index.html").read_text(encoding="utf-8")
        return answer(text, mode)

    def document(suffix: str) -> flask.Response:
        if _mode(app) == "off":
            flask.abort(404)
        response = flask.send_from_directory(
            GENERATED, f"asyncapi.{suffix}", mimetype=f"application/{suffix}"
        )
        response.headers.update(_HEADERS)
        return response

    app.add_url_rule(contract.docs, "asyncapi_docs", page)
    files = f"{contract.docs}/asyncapi.<any(json, yaml):suffix>"
    app.add_url_rule(files, "asyncapi_document", document)


def answer(page: str, mode: str) -> flask.Response:
    """The page, told what it may show, under the policy that stands in itself."""
    response = flask.make_response(
        page.replace('data-served="no"', f'data-served="{mode}"', 1)
    )
    response.headers.update(_HEADERS)
    policy = _POLICY.search(page)
    if policy is not None:
        response.headers["Content-Security-Policy"] = (
            f"{policy[1]}; frame-ancestors 'none'"
        )
    return response


def _mode(app: flask.Flask) -> str:
    """What is served; asked each time, since `flask run` turns debug mode on late."""
    mode = app.config.get("ASYNCGEN_DOCS") or ("console" if app.debug else "page")
    if mode not in _MODES:
        raise ValueError(f"ASYNCGEN_DOCS must be one of {', '.join(_MODES)}")
    return str(mode)
