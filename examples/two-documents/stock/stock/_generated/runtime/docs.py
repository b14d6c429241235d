"""The documentation: the page and the document, as static files of the project."""

from __future__ import annotations

from pathlib import Path

import flask

from .guard import Contract

GENERATED = Path(__file__).resolve().parent.parent


def register(app: flask.Flask, contract: Contract) -> None:
    """Serve the page at `{base}/docs`, the document below it as JSON and YAML."""

    def page() -> flask.Response:
        return flask.send_from_directory(GENERATED / "docs", "index.html")

    def document(suffix: str) -> flask.Response:
        return flask.send_from_directory(
            GENERATED, f"asyncapi.{suffix}", mimetype=f"application/{suffix}"
        )

    app.add_url_rule(contract.docs, "asyncapi_docs", page)
    files = f"{contract.docs}/asyncapi.<any(json, yaml):suffix>"
    app.add_url_rule(files, "asyncapi_document", document)
