"""The collector: of each severity so many, and how many more there are."""

from __future__ import annotations

import pytest

from asyncgen.diagnostics import MAX_OF_A_KIND, Diagnostics, Severity, Span, TooMany


def span(line: int) -> Span:
    return Span("chat.yaml", line, 1, line, 2)


def test_of_warnings_and_notes_so_many_are_kept_and_the_last_says_how_many_more() -> None:
    diagnostics = Diagnostics()
    for line in range(MAX_OF_A_KIND + 5):
        diagnostics.warning("AG206", "no effect", span(line))
        diagnostics.note("AG258", "not used", span(line))
        diagnostics.note("AG258", "not used", span(line))  # the same, which is one
    *items, note, warning = diagnostics
    assert len(items) == 2 * MAX_OF_A_KIND
    assert {it.code for it in items} == {"AG206", "AG258"}
    assert (warning.code, warning.severity) == ("AG108", Severity.WARNING)
    assert warning.message == f"5 more warnings, in addition to the {MAX_OF_A_KIND} shown"
    assert (note.code, note.severity) == ("AG108", Severity.NOTE)
    assert not diagnostics.failed


def test_as_many_as_are_kept_are_not_too_many() -> None:
    diagnostics = Diagnostics()
    for line in range(MAX_OF_A_KIND):
        diagnostics.warning("AG206", "no effect", span(line))
    assert [it.code for it in diagnostics] == ["AG206"] * MAX_OF_A_KIND


def test_after_so_many_errors_nothing_is_looked_at_and_the_last_says_so() -> None:
    diagnostics = Diagnostics()
    with pytest.raises(TooMany):
        for line in reversed(range(1_000)):
            diagnostics.error("AG206", "no effect", span(line))
    *errors, last = diagnostics
    assert len(errors) == MAX_OF_A_KIND
    assert last.code == "AG108"
