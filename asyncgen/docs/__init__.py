"""App or Document → the documentation page: one HTML file that loads nothing else.

    from_app (App, bundle → Page), from_document (Document → Page) → templates/docs → text

Styles and scripts stand in the page, and its Content-Security-Policy allows
exactly these, by their hashes. The emitted app sends the same policy as a
header.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping

import jinja2
from markupsafe import Markup

from asyncgen import code
from asyncgen.code import Text
from asyncgen.docs.from_app import page_of_app
from asyncgen.docs.from_document import page_of_document
from asyncgen.docs.page import Page
from asyncgen.docs.prose import prose, remark
from asyncgen.document import Document, Json
from asyncgen.ir import App
from asyncgen.resources import templates_dir

_READING = ("script.js",)
_CONSOLE = ("socket.js", "form.js", "console.js")


def render_page(app: App, bundle: dict[str, Json]) -> str:
    """The page for an app; `bundle` is the document that its pointers lead into."""
    return _render(page_of_app(app, bundle), bundle)


def render_plain_page(document: Document) -> str:
    """The page for a document that gives no app: to read, without a console."""
    return _render(page_of_document(document), document.bundle)


def _render(page: Page, bundle: dict[str, Json]) -> str:
    folder = templates_dir() / "docs"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Text of the document opens by these alone (S42).
    environment.filters.update(
        text=_text, address=_address, value=_value, slug=_slug, prose=prose, remark=remark
    )
    style = (folder / "style.css").read_text(encoding="utf-8")
    names = _READING + (_CONSOLE if page.socket is not None else ())
    script = "".join((folder / name).read_text(encoding="utf-8") for name in names)
    return environment.get_template("page.html.j2").render(
        page=page,
        style=Markup(style),
        script=Markup(script),
        policy=Markup(_policy(style, script)),
        document=_data(bundle),
    )


def _text(text: Text) -> Markup:
    """The text as content of an element."""
    # Quotes need no escape in content, and examples are full of them.
    return Markup(code.html(text).replace("&quot;", '"').replace("&#x27;", "'"))


def _address(text: Text) -> Markup:
    """The text as content that breaks between its parts: a topic, a path."""
    return Markup(re.sub(r"([/.:](?=[^/.:]))", r"\1<wbr>", str(_text(text))))


def _value(text: Text) -> str:
    """The text as it is, for an attribute that a script compares; Jinja escapes it."""
    return text.raw


def _slug(text: Text) -> str:
    """The text in one line, for an attribute that people hear or see."""
    return " ".join(code.visible(text).split())


def _data(bundle: Mapping[str, Json]) -> Markup:
    """The document as data within a `<script>`, which nothing in it can end."""
    data = json.dumps(bundle, ensure_ascii=True, separators=(",", ":"))
    return Markup(data.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _policy(style: str, script: str) -> str:
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'self'; "
        f"img-src data:; style-src {_hash(style)}; script-src {_hash(script)}"
    )


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
