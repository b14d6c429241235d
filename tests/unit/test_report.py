import json

import pytest

from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.report import as_json, excerpt, summary, text


def carets(source: str, start: int, end: int) -> tuple[str, str]:
    row, before, marks = excerpt(source, Span("f", 1, start, 1, end))
    return row, before + marks


def test_a_diagnostic_shows_place_line_carets_and_hint() -> None:
    diagnostics = Diagnostics()
    diagnostics.error(
        "AG203", "`title` is missing", Span("chat.yaml", 12, 3, 12, 7), hint="add it:\ntitle: Chat"
    )
    assert text(diagnostics, lambda file: ["openapi"] * 11 + ["  info:"]) == (
        "chat.yaml:12:3: error[AG203]: `title` is missing\n"
        "  12 |   info:\n"
        "     |   ^^^^\n"
        "  hint: add it:\n"
        "        title: Chat\n"
        "1 error\n"
    )


def test_without_a_place_or_a_readable_line_the_message_stands_alone() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG340", "is a file")
    diagnostics.warning("AG204", "wrong", Span("gone.yaml", 1, 1, 1, 2))
    assert text(diagnostics, lambda file: []) == (
        "asyncgen: error[AG340]: is a file\n"
        "gone.yaml:1:1: warning[AG204]: wrong\n"
        "1 error, 1 warning\n"
    )


def test_an_empty_place_at_the_start_is_the_file_as_a_whole() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG101", "cannot be read", Span("a.yaml", 1, 1, 1, 1))
    shown = text(diagnostics, lambda file: ["asyncapi: 2.6.0"])
    assert shown == "a.yaml:1:1: error[AG101]: cannot be read\n1 error\n"


def test_nothing_to_say_is_nothing() -> None:
    assert text(Diagnostics(), lambda file: []) == ""


def test_the_closing_line_counts_worst_first() -> None:
    diagnostics = Diagnostics()
    diagnostics.note("AG204", "a")
    diagnostics.warning("AG204", "b")
    diagnostics.error("AG204", "c")
    diagnostics.error("AG204", "d")
    assert summary(diagnostics) == "2 errors, 1 warning, 1 note"


def test_carets_stand_under_wide_and_combining_characters() -> None:
    assert carets("名前: cafe\u0301 x", 5, 10) == ("名前: cafe\u0301 x", "      ^^^^")
    assert carets("名前: x", 1, 3) == ("名前: x", "^^^^")


def test_tabs_take_the_columns_they_are_shown_with() -> None:
    assert carets('\t"a": 1', 2, 5) == ('    "a": 1', "    ^^^")


def test_control_and_bidi_characters_are_escaped() -> None:
    row, marks = carets("a: \x1b[31m\u202e b", 4, 9)
    assert row == "a: \\x1b[31m\\u202e b"
    assert marks == "   " + "^" * len("\\x1b[31m")


@pytest.mark.parametrize("column", [1, 60, 5000, 9999])
def test_a_very_long_line_is_clipped_around_the_caret(column: int) -> None:
    source = "".join(chr(ord("a") + n % 26) for n in range(9999))
    row, marks = carets(source, column, column + 1)
    assert len(row) <= 112
    assert row[len(marks) - 1] == source[column - 1]
    assert row.endswith("…") == (column < 9900)


def test_a_long_marked_part_ends_with_the_shown_line() -> None:
    row, marks = carets("x" * 9999, 2, 9000)
    assert marks == " " + "^" * 109
    assert len(row) == 111


def test_a_place_after_the_end_of_the_line_still_has_a_caret() -> None:
    assert carets("ab", 3, 3) == ("ab", "  ^")


def test_a_place_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert excerpt("key: value  ", Span("f", 1, 6, 3, 2)) == ("key: value", " " * 5, "^" * 5)


def test_colours_only_when_asked() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG204", "wrong", Span("a.yaml", 1, 1, 1, 2), hint="mend it")
    assert "\033[" not in text(diagnostics, lambda file: ["x"])
    assert "\033[31m^" in text(diagnostics, lambda file: ["x"], colour=True)


def test_a_file_name_cannot_forge_output() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG204", "wrong", Span("a\n\x1b[2J.yaml", 1, 1, 1, 2))
    assert text(diagnostics, lambda file: []).startswith("a\\n\\x1b[2J.yaml:1:1: error")


def test_json_has_all_keys_and_null_for_what_is_unknown() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG340", "is a file")
    diagnostics.warning("AG204", "é", Span("a.yaml", 1, 2, 3, 4), hint="h", pointer="/info")
    assert json.loads(as_json(diagnostics)) == [
        {
            "file": None,
            "line": None,
            "column": None,
            "end_line": None,
            "end_column": None,
            "severity": "error",
            "code": "AG340",
            "message": "is a file",
            "pointer": None,
            "hint": None,
        },
        {
            "file": "a.yaml",
            "line": 1,
            "column": 2,
            "end_line": 3,
            "end_column": 4,
            "severity": "warning",
            "code": "AG204",
            "message": "é",
            "pointer": "/info",
            "hint": "h",
        },
    ]
