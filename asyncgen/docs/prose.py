"""Descriptions, which are CommonMark, as HTML that can do nothing (S42)."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from asyncgen.code import Text, visible

_SAFE_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
# A line without any markup: most descriptions are one, and need no parser.
_PLAIN = re.compile(r"[^\W\d_][^\\`*_\[\]<>&\n]*")
# A longer text is shown as it is: nobody has formatted it by hand.
_LONGEST = 50_000


def prose(text: Text, level: int = 1) -> Markup:
    """CommonMark as HTML: no HTML of its own, no images, links that only lead somewhere.

    `level` is the heading that the text stands under; its own come below that.
    """
    source = visible(text).strip()
    if _PLAIN.fullmatch(source):
        return Markup("<p>{}</p>").format(source)
    if len(source) > _LONGEST:
        return Markup("<pre class=plain>{}</pre>").format(source)
    return Markup(_markdown().render(source, {"level": level}))


def remark(text: Text) -> Markup:
    """CommonMark below a schema: one paragraph is no more than that, since there are many."""
    made = prose(text, 4).strip()
    if made.startswith("<p>") and made.find("</p>") == len(made) - 4:
        return Markup("<p class=d>") + made[3:]
    return Markup("<div class=prose>{}</div>").format(made)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    markdown.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    return markdown


class _Renderer(RendererHTML):
    def image(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        """An image would be a request to somebody else's server; a link to it is not."""
        token = tokens[idx]
        label = self.renderInlineAsText(token.children, options, env)
        target = str(token.attrGet("src") or "")
        return f'<a href="{escape(target)}" rel="noreferrer">{escape(label or target)}</a>'

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        tokens[idx].attrSet("rel", "noreferrer")
        return str(self.renderToken(tokens, idx, options, env))

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return f"<{_heading(tokens[idx], env)}>"

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return f"</{_heading(tokens[idx], env)}>\n"


def _heading(token: Token, env: MutableMapping[str, Any]) -> str:
    return f"h{min(6, int(token.tag[1:]) + env['level'])}"
