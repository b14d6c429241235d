"""Reading YAML and JSON, positions, references."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.document import Json
from asyncgen.source import Source, Spans, dump_json, dump_yaml, lines, load, plain

Load = Callable[..., tuple[Source | None, list[Diagnostic]]]


@pytest.fixture
def read(tmp_path: Path) -> Load:
    """Loads a text as a file; what was read, and the diagnostics."""

    def read(text: str | bytes, name: str = "chat.yaml", **options: int) -> object:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        diagnostics = Diagnostics()
        return load(path, diagnostics, **options), list(diagnostics)

    return read  # type: ignore[return-value]


def data(result: tuple[Source | None, list[Diagnostic]]) -> Json:
    source, diagnostics = result
    assert not diagnostics
    assert source
    return plain(source.root.node)


def problem(result: tuple[Source | None, list[Diagnostic]]) -> Diagnostic:
    _, diagnostics = result
    assert len(diagnostics) == 1, diagnostics
    return diagnostics[0]


def place(diagnostic: Diagnostic) -> tuple[int, int]:
    assert diagnostic.span
    return diagnostic.span.line, diagnostic.span.column


# -- YAML --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("yes", "yes"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"), ("0b1", "0b1"), ("=", "="), ('"12"', "12"), ("!!str 12", "12"),
        ("! 12", "12"), ("010", 10), ("0o10", 8), ("0x1F", 31), ("-12", -12), ("1e3", 1000.0),
        ("1.", 1.0), (".5", 0.5), ("!!float 1", 1.0), ("true", True), ("False", False),
        ("~", None), ("", None), ("Null", None), ("nUll", "nUll"), ("12345678901234567890",
        12345678901234567890),
    ],
)  # fmt: skip
def test_S2_plain_scalars_follow_the_core_schema_of_yaml_1_2(
    read: Load, text: str, value: Json
) -> None:
    result = data(read(f"a: {text}\n"))
    assert isinstance(result, dict)
    assert result["a"] == value
    assert type(result["a"]) is type(value)


def test_S2_keys_are_their_source_text(read: Load) -> None:
    text = "200: a\non: b\ntrue: c\n1.0: d\nnull: e\n0x10: f\n'x': g\n"
    keys = list(data(read(text)))  # type: ignore[arg-type]
    assert keys == ["200", "on", "true", "1.0", "null", "0x10", "x"]


def test_S2_duplicate_keys_are_an_error_with_both_positions(read: Load) -> None:
    found = problem(read('a:\n  "200": x\n  b: y\n  200: z\n'))
    assert found.code == "AG103"
    assert place(found) == (4, 3)
    assert "line 2, column 3" in found.message


def test_S2_all_duplicate_keys_are_reported(read: Load) -> None:
    _, diagnostics = read("a: 1\nb: 1\na: 2\nb: 2\n")
    assert [item.code for item in diagnostics] == ["AG103", "AG103"]


def test_S2_merge_keys(read: Load) -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\nd: {'<<': 1}\n"
    result = data(read(text))
    assert isinstance(result, dict)
    assert result["c"] == {"x": 1, "y": 1, "z": 3}
    assert result["d"] == {"<<": 1}


def test_S2_merge_of_something_else_is_an_error(read: Load) -> None:
    assert problem(read("a:\n  <<: 3\n")).code == "AG102"


def test_S2_two_merge_keys_are_duplicate_keys(read: Load) -> None:
    found = problem(read("a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n"))
    assert found.code == "AG103"
    assert found.hint == "write `<<: [*first, *second]`"


def test_S2_aliases_are_allowed(read: Load) -> None:
    assert data(read("a: &a [1, {b: 2}]\nc: [*a, *a]\n")) == {
        "a": [1, {"b": 2}],
        "c": [[1, {"b": 2}], [1, {"b": 2}]],
    }


def test_S2_expansion_of_aliases_is_bounded(read: Load) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    found = problem(read("\n".join(["a0: &a0 x", *levels])))
    assert found.code == "AG104"
    assert "200,000" in found.message


def test_S2_expansion_by_merge_keys_is_bounded(read: Load) -> None:
    entries = ", ".join(f"k{n}: 1" for n in range(100))
    text = f"a: &a {{{entries}}}\nb:\n" + "  - <<: *a\n" * 100
    assert problem(read(text, max_nodes=5000)).code == "AG104"
    assert data(read(text, max_nodes=20000))


@pytest.mark.parametrize("name", ["chat.yaml", "chat.json"])
def test_S2_the_bound_is_for_large_documents_as_well(read: Load, name: str) -> None:
    text = "[" + "1, " * 500 + "1]"
    found = problem(read(text, max_nodes=100, name=name))
    assert (found.code, found.hint) == ("AG104", "split the document")
    assert data(read(text, max_nodes=502)) == [1] * 501


def test_S2_values_under_long_keys_count_for_several(read: Load) -> None:
    text = '{"' + "k" * 10_000 + '": [' + "1, " * 50 + "1]}"
    assert problem(read(text, max_nodes=500)).code == "AG104"
    assert data(read(text, max_nodes=600))


def test_S2_the_bytes_of_all_files_are_bounded(read: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asyncgen.source.files.MAX_BYTES", 20)
    assert problem(read("a: " + "x" * 20)).code == "AG104"
    assert data(read("a: " + "x" * 17))


@pytest.mark.parametrize(
    "text",
    ["a: &a\n  b: *a\n", "a: &a [*a]\n", "a: *b\n", "? [1]\n: 2\n", "a: !x 1\n", "a: !!set {b}\n",
     "a: !!int x\n", "a: .nan\n", "a: -.inf\n", "a: 1e999\n", "a: " + "9" * 5000 + "\n",
     "a: 1\n---\nb: 1\n", "a:\n\tb: 1\n", "a: b: c\n", 'a: "b\n', "a: [1, 2\n", "a: @x\n",
     'a: "\\ud800"\n', "a: \x00\n", "- a\nb: c\n", "%\n"],
)  # fmt: skip
def test_unreadable_yaml_is_one_error_with_a_place(read: Load, text: str) -> None:
    source, diagnostics = read(text)
    assert source is None
    assert [item.code for item in diagnostics] == ["AG102"]
    assert diagnostics[0].span


def test_an_open_quote_is_shown_where_it_opens(read: Load) -> None:
    assert place(problem(read('a: 1\nb: "x\nc: 2\nd: 3\n'))) == (2, 4)


@pytest.mark.parametrize("name", ["chat.yaml", "chat.json"])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":[', "]}")])
def test_deep_nesting_is_an_error(read: Load, name: str, opening: str, closing: str) -> None:
    found = problem(read(opening * 10_000 + closing * 10_000, name))
    assert found.code == "AG102"
    assert "deep" in found.message


def test_deep_nesting_of_blocks_is_an_error(read: Load) -> None:
    assert "deep" in problem(read("- " * 10_000)).message


def test_deep_nesting_through_aliases_is_an_error(read: Load) -> None:
    levels = [f"a{n}: &a{n} [[[[[[[[[[*a{n - 1}]]]]]]]]]]" for n in range(1, 100)]
    found = problem(read("\n".join(["a0: &a0 x", *levels])))
    assert found.code == "AG102"
    assert "deep" in found.message


# -- JSON --------------------------------------------------------------------------------------


def test_S2_json_is_read_as_json(read: Load) -> None:
    text = (
        '{\n\t"a": [1, -0.5, 1E2, true, false, null, {}, []],\n\t"b\\u00e9": "\\ud83d\\ude00\\/"\n}'
    )
    expected: Json = {"a": [1, -0.5, 100.0, True, False, None, {}, []], "bé": "😀/"}
    assert data(read(text, "chat.json")) == expected
    assert data(read(text, "chat.yaml")) == expected


def test_S2_big_integers_stay_exact(read: Load) -> None:
    assert data(read('{"a": 123456789012345678901234567890}', "a.json")) == {
        "a": 123456789012345678901234567890
    }


def test_S2_yaml_in_flow_style_is_no_json(read: Load) -> None:
    assert data(read("{a: 1, b: [x y]} # comment\n")) == {"a": 1, "b": ["x y"]}


def test_S2_duplicate_keys_in_json(read: Load) -> None:
    found = problem(read('{"a": 1,\n "a": 2}', "a.json"))
    assert found.code == "AG103"
    assert place(found) == (2, 2)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"a": 1,}', 9), ("{'a': 1}", 2), ('{"a" 1}', 6), ('{"a": 01}', 7), ('{"a": 1.}', 7),
        ('{"a": NaN}', 7), ('{"a": 1e999}', 7), ('{"a": "\t"}', 8), ('{"a": "\\x"}', 8),
        ('{"a": "\\ud800"}', 7), ('{"a": "b', 7), ('{"a": [1, 2', 12), ("{} {}", 4), ("[,]", 2),
        ("[1 2]", 4), ("{1: 2}", 2), ('{"a": tru}', 7), ('{"a": 1 // x\n}', 9), ("[1,]", 4),
        ("nul", 1), ("[}", 2), ("[-]", 2), ('{"a": ' + "9" * 5000 + "}", 7), ("\x00", 1),
    ],
)  # fmt: skip
def test_malformed_json_is_one_error_at_its_place(read: Load, text: str, column: int) -> None:
    found = problem(read(text, "chat.json"))
    assert found.code == "AG102"
    assert place(found) == (1, column)


# -- files -------------------------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    assert load(tmp_path / "none.yaml", diagnostics) is None
    assert [(item.code, "does not exist" in item.message) for item in diagnostics] == [
        ("AG101", True)
    ]


def test_a_folder(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    assert load(tmp_path, diagnostics) is None
    assert [(item.code, "folder" in item.message) for item in diagnostics] == [("AG101", True)]


def test_what_is_no_file_is_not_read() -> None:
    diagnostics = Diagnostics()
    assert load(Path("/dev/zero"), diagnostics) is None
    assert [item.code for item in diagnostics] == ["AG101"]


def test_a_path_that_cannot_be() -> None:
    diagnostics = Diagnostics()
    assert load(Path("a\0b"), diagnostics) is None
    assert [item.code for item in diagnostics] == ["AG101"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_a_file_without_content(read: Load, text: str) -> None:
    assert problem(read(text)).code == "AG201"
    assert problem(read("  \n", "a.json")).code == "AG201"


def test_text_that_is_not_utf_8_is_shown_where(read: Load) -> None:
    found = problem(read("a: é\nb: caf".encode() + b"\xe9\n"))
    assert found.code == "AG101"
    assert place(found) == (2, 7)


def test_a_byte_order_mark_is_no_character(read: Load) -> None:
    source, diagnostics = read(b"\xef\xbb\xbfa: 1\n")
    assert source and not diagnostics
    assert source.root.node.keys["a"].column == 1


def test_lines_are_those_that_spans_count(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: \xff\n")
    assert list(lines(str(path))) == ["a: 1", "b: �", ""]
    assert list(lines(str(tmp_path / "none"))) == []


# -- positions ---------------------------------------------------------------------------------


def test_every_value_and_key_has_a_span(read: Load) -> None:
    source, _ = read("a:\n  - b: 'é'\n    c: {d: 1}\ne: |\n  text\n")
    assert source
    spans = Spans(source)
    found = {
        pointer: (span.line, span.column, span.end_line, span.end_column)
        for pointer, span in spans.items()
    }
    assert found == {
        "": (1, 1, 6, 1),
        "/a": (2, 3, 3, 14),
        "/a/0": (2, 5, 3, 14),
        "/a/0/b": (2, 8, 2, 11),
        "/a/0/c": (3, 8, 3, 14),
        "/a/0/c/d": (3, 12, 3, 13),
        "/e": (4, 4, 6, 1),
    }
    assert len(spans) == 7
    assert "/a/1" not in spans
    key = source.at("/a/0/c")
    assert key and (key.span.line, key.span.column) == (3, 5)


def test_json_spans_equal_those_of_the_same_text_as_yaml(read: Load) -> None:
    text = '{"a": [1, "x"],\r\n "b": {"c": null}}'
    spans = [
        [
            (span.line, span.column, span.end_line, span.end_column)
            for span in Spans(source).values()
        ]
        for source, _ in (read(text, "a.json"), read(text + " # YAML", "a.yaml"))
        if source
    ]
    assert len(spans) == 2
    assert spans[0] == spans[1]


def test_a_pointer_with_escapes_and_indices(read: Load) -> None:
    source, _ = read('{"a/b": {"~": ["x"]}, "": 1}')
    assert source
    assert [bool(source.at(p)) for p in ("/a~1b/~0/0", "/", "", "/a~1b/~0/00", "/a~1b/~0/1")] == [
        True, True, True, False, False,
    ]  # fmt: skip


# -- writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "1e3", "0o17", "0x1F", "1.", ".5", "+1", "on", "12:30", "~", "null", "True", "", "<<", "=",
        "-", "2024-01-01", "a: b", "# c", "*x", "&x", "!x", "two\nlines\n", " x ", "\t",
        "é\u2028\x7f", "a\x85b\n", " a\n\n  b", "\n# c\n", "a \n b", "\ta\n\tb\n", "x" * 300,
        "a b " * 60,
    ],
)  # fmt: skip
def test_S2_what_is_written_is_read_back(read: Load, text: str) -> None:
    value: Json = {text: [text, {"a": text}], "numbers": [1, 1.5, 1e300, -0.0, True, None, [], {}]}
    assert data(read(dump_yaml(value))) == value
    assert data(read(dump_json(value), "a.json")) == value


def test_lines_are_written_as_lines() -> None:
    assert dump_yaml({"description": "One.\n\nTwo.\n"}) == "description: |\n  One.\n\n  Two.\n"


# -- references --------------------------------------------------------------------------------


def follow(read: Load, reference: str, rest: str = "") -> tuple[str | None, list[Diagnostic]]:
    text = f"start: {{$ref: {reference}}}\ncomponents:\n  schemas:\n    User: {{a: [1]}}\n{rest}"
    source, _ = read(text)
    assert source
    start = source.at("/start")
    assert start
    diagnostics = Diagnostics()
    target = source.follow(start, diagnostics)
    return target.pointer if target else None, list(diagnostics)


@pytest.mark.parametrize(
    ("reference", "rest", "pointer"),
    [
        ('"#/components/schemas/User"', "", "/components/schemas/User"),
        ('"#/components/schemas/User/a/0"', "", "/components/schemas/User/a/0"),
        ('"#/a~1b"', "a/b: 1", "/a~1b"),
        ('"#/a~01"', "a~1: 1", "/a~01"),
        ('"#/%C3%9Cber%20uns"', "Über uns: 1", "/Über uns"),
        ('"#/two"', 'two: {$ref: "#/three"}\nthree: {$ref: "#/four"}\nfour: 4', "/four"),
        ('"#"', "", ""),
    ],
)
def test_S3_local_references(read: Load, reference: str, rest: str, pointer: str) -> None:
    assert follow(read, reference, rest) == (pointer, [])


def test_S3_a_reference_that_leads_only_to_itself(read: Load) -> None:
    for reference, rest in (("'#/start'", ""), ("'#/two'", "two: {$ref: '#/start'}")):
        target, diagnostics = follow(read, reference, rest)
        assert target is None
        assert [(item.code, place(item)) for item in diagnostics] == [("AG105", (1, 15))]
        assert "only to itself" in diagnostics[0].message


@pytest.mark.parametrize(
    ("reference", "code", "hint"),
    [
        ('"#/components/schemas/Usr"', "AG105", "did you mean `#/components/schemas/User`?"),
        ('"#/components/schema/User"', "AG105", "did you mean `#/components/schemas/User`?"),
        ('"#/components/messages/User"', "AG105", "did you mean `#/components/schemas/User`?"),
        ('"#/zzz"', "AG105", "there is no `zzz` in `#`"),
        ('"#/components/schemas/User/a/1"', "AG105", "there is no `1` in `#/components/sch"),
        ('"#User"', "AG105", "a reference within a document begins with `#/`"),
        ('"components/schemas/User"', "AG105", "did you mean `#/components/schemas/User`?"),
        ('"/components/schemas/User"', "AG105", "did you mean `#/components/schemas/User`?"),
        ('"https://example.com/a.yaml"', "AG107", "put a copy beside the document, or allow"),
        ("3", "AG204", 'write `$ref: "#/components/…"`'),
        ("", "AG204", 'write `$ref: "#/components/…"`'),
        ("{a: 1}", "AG204", 'write `$ref: "#/components/…"`'),
    ],
)
def test_S3_a_broken_reference(read: Load, reference: str, code: str, hint: str) -> None:
    target, diagnostics = follow(read, reference)
    assert target is None
    assert [item.code for item in diagnostics] == [code]
    assert (diagnostics[0].hint or "").startswith(hint)


@pytest.mark.parametrize("reference", ["'#item'", "'item.json'", "'http://example.com/item.json'"])
def test_S26_a_reference_that_only_an_id_resolves_names_both(read: Load, reference: str) -> None:
    identifier = "#item" if "#" in reference else "http://example.com/item.json"
    _, diagnostics = follow(read, reference, f"x: {{$id: '{identifier}'}}")
    assert [item.code for item in diagnostics] == ["AG105"]
    assert f"`{identifier}`" in diagnostics[0].message
    assert reference.strip("'") in diagnostics[0].message


def test_S3_a_long_chain_ends(read: Load) -> None:
    chain = "\n".join(f"n{i}: {{$ref: '#/n{i + 1}'}}" for i in range(5000))
    _, diagnostics = follow(read, "'#/n0'", chain)
    assert [item.code for item in diagnostics] == ["AG105"]
