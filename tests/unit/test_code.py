"""Text from a document, opened for one language each (S42)."""

import pytest

from asyncgen.code import Text, markdown


@pytest.mark.parametrize(
    "plain",
    ["Fleet (v2.1), game-server 2.0!", "a+b = {c}; 10:30", "Ünïcode 聊天 🚀", "1. first - second"],
)
def test_S42_markdown_leaves_alone_what_is_no_markup_within_a_line(plain: str) -> None:
    assert markdown(Text(plain)) == plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_ `c` ~d~", r"\*a\* \_b\_ \`c\` \~d\~"),
        ("![a](b) [c][d]", r"!\[a\](b) \[c\]\[d\]"),
        ("<b> &amp; a|b $x$ \\", r"\<b\> \&amp; a\|b \$x\$ \\"),
        ("see #1 of @me ##", r"see \#1 of \@me \#\#"),
        ("https://a.io, ftp://b", r"https\://a.io, ftp\://b"),
        ("www.a.io WWW.b.io", r"www\.a.io WWW\.b.io"),
        ("two\nlines\t\x1b", "two lines \\\\x1b"),
    ],
)
def test_S42_markdown_escapes_what_is_markup(text: str, escaped: str) -> None:
    assert markdown(Text(text)) == escaped
