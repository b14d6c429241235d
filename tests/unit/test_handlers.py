"""Appending missing handlers: nothing of the user's changes, and what is appended is right."""

from __future__ import annotations

import ast

import pytest

from asyncgen.handlers import append_stubs, decode, find_functions
from asyncgen.tree import Module, Stub


def stub(name: str) -> Stub:
    return Stub(
        name, f"def {name}(payload: models.Say) -> None:\n    ...", f"event `{name}` of `/`"
    )


def module(*names: str) -> Module:
    imports = {"models": "from .._generated import models"}
    return Module("chat.handlers.root", "", imports, tuple(stub(name) for name in names))


@pytest.mark.parametrize(
    "source",
    [
        "def say(): ...\n",
        "async def say(): ...\n",
        "class say: ...\n",
        "say = print\n",
        "say: object = print\n",
        "a, (say, *b) = 1, (2, 3)\n",
        "*say, a = 1, 2\n",
        "say += 1\n",
        "import say\n",
        "import say.more\n",
        "import other as say\n",
        "from other import say\n",
        "from other import talk as say\n",
        "if 1:\n    pass\nelse:\n    def say(): ...\n",
        "try:\n    from a import say\nexcept ImportError:\n    pass\n",
        "try:\n    pass\nfinally:\n    say = 1\n",
        "with open('x') as say:\n    pass\n",
        "for say in ():\n    pass\n",
        "while 1:\n    def say(): ...\n",
        "match 1:\n    case [*say]: ...\n",
        "match 1:\n    case {**say}: ...\n",
        "match 1:\n    case int() as say: ...\n",
        "match 1:\n    case 2:\n        def say(): ...\n",
        "print(say := 1)\n",
        "if TYPE_CHECKING:\n    pass\nelse:\n    from other import say\n",
        "[say := x for x in ()]\n",
    ],
)
def test_a_name_bound_anywhere_in_the_scope_of_the_module_is_not_appended(source: str) -> None:
    appended = append_stubs(source, module("say"))
    assert (appended.text, appended.added, appended.left_out) == (source, (), ())


@pytest.mark.parametrize(
    "source",
    [
        "def other():\n    def say(): ...\n",
        "def other(say): ...\n",
        "class Other:\n    def say(self): ...\n    say = 1\n",
        "other = lambda say: (say := 1)\n",
        "other = [say for say in ()]\n",
        "other = {say: 1 for say in ()}\n",
        "say: object\n",
        "print(say)\n",
        "other.say = 1\n",
        "other['say'] = 1\n",
        "import other.say\n",
        "from say import other\n",
        "try:\n    pass\nexcept Exception as say:\n    pass\n",
        "# def say(): ...\n",
        "if TYPE_CHECKING:\n    from other import say\n",
        "if typing.TYPE_CHECKING:\n    def say(): ...\n",
        "'''\ndef say(): ...\n'''\n",
    ],
)
def test_a_name_bound_elsewhere_is_missing(source: str) -> None:
    appended = append_stubs(source, module("say"))
    assert appended.added == (stub("say"),)
    assert appended.text.startswith(source)
    assert "say" in find_functions(appended.text)


def test_missing_stubs_are_appended_in_order_after_two_blank_lines() -> None:
    source = "from .._generated import models\n\n\ndef b(): ...  # mine\n"
    appended = append_stubs(source, module("a", "b", "c"))
    assert appended.added == (stub("a"), stub("c"))
    assert appended.text == f"{source}\n\n{stub('a').source}\n\n\n{stub('c').source}\n"


@pytest.mark.parametrize(
    ("end", "added"),
    [
        ("", "\n\n\n"),
        ("\n", "\n\n"),
        ("\n\n", "\n"),
        ("\n\n\n", ""),
        ("\n\n\n\n", ""),
        ("\n\n  ", "\n"),
    ],
)
def test_blank_lines_that_are_there_count(end: str, added: str) -> None:
    source = "from x import models" + end
    appended = append_stubs(source, module("say"))
    assert appended.text == source + added + stub("say").source + "\n"


@pytest.mark.parametrize("source", ["", "\n", "\ufeff"])
def test_an_empty_module_gets_no_blank_lines(source: str) -> None:
    appended = append_stubs(source, module("say"))
    assert appended.text.startswith(source + "from .._generated import models\n\n\ndef say(")


@pytest.mark.parametrize(
    "source", ["   ", "\n\t", "# only this", "x = 1  # \\", "if 1:\n    x = 1\n    "]
)
def test_an_odd_last_line_stays_and_the_result_parses(source: str) -> None:
    appended = append_stubs(source, module("say"))
    assert appended.text.startswith(source)
    assert find_functions(appended.text).keys() == {"say"}


def test_imports_are_appended_only_where_the_name_is_not_bound() -> None:
    line = "from .._generated import models\n"
    assert append_stubs("x = 1\n", module("say")).text.startswith(f"x = 1\n\n\n{line}\n\ndef say")
    assert line not in append_stubs("import a as models\n", module("say")).text
    assert append_stubs("def say(): ...\n", module("say")).text == "def say(): ...\n"


def test_crlf_is_kept() -> None:
    appended = append_stubs("x = 1\r\n", module("say"))
    assert appended.text.replace("\r\n", "").count("\n") == 0
    assert appended.text.endswith("...\r\n")


def test_a_file_of_mostly_lf_gets_lf() -> None:
    appended = append_stubs("x = 1\ny = 2\nz = '''\r\n'''\n", module("say"))
    assert appended.text.count("\r") == 1


def test_a_star_import_makes_unknown_names_undecidable() -> None:
    source = "\nfrom elsewhere import *\ndef say(): ...\n"
    appended = append_stubs(source, module("say", "leave"))
    assert appended.text == source
    assert (appended.added, appended.left_out, appended.star) == ((), (stub("leave"),), 2)


def test_a_star_import_does_not_matter_where_all_names_are_bound() -> None:
    appended = append_stubs("from elsewhere import *\ndef say(): ...\n", module("say"))
    assert appended.left_out == ()


def test_a_result_that_does_not_parse_is_not_made() -> None:
    broken = Module("m", "", {}, (Stub("say", "def say(:", "event `say`"),))
    appended = append_stubs("x = 1\n", broken)
    assert (appended.text, appended.left_out, appended.star) == ("x = 1\n", broken.stubs, None)


@pytest.mark.parametrize(
    "source",
    [
        "def (:\n",
        "x = 1 \\",
        "  x = 1\n",
        "'''open",
        "x = '\0'",
        "(" * 5000,
        "x=" + "-" * 200_000 + "1",
    ],
)
def test_a_module_that_is_not_python_raises_syntax_error(source: str) -> None:
    with pytest.raises(SyntaxError):
        append_stubs(source, module("say"))
    with pytest.raises(SyntaxError):
        find_functions(source)


def test_a_deep_expression_is_no_trouble() -> None:
    source = "x = " + "+".join(["1"] * 900) + "\n"
    assert append_stubs(source, module("say")).added


def test_an_invalid_escape_of_the_user_does_not_warn(recwarn: pytest.WarningsRecorder) -> None:
    append_stubs("x = '\\d'\n", module("say"))
    assert not recwarn.list


def test_find_functions_gives_the_line_of_the_last_def() -> None:
    source = (
        "@decorated\ndef a(): ...\nif 1:\n    async def b():\n        def c(): ...\n"
        "class D:\n    def e(self): ...\nf = print\ndef a(): ...\n"
    )
    assert find_functions(source) == {"a": 9, "b": 4}


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("x = 'é'\n".encode(), "utf-8"),
        ("\ufeffx = 'é'\n".encode(), "utf-8"),
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "iso-8859-1"),
    ],
)
def test_decode_honours_bom_and_declaration(raw: bytes, encoding: str) -> None:
    text, found = decode(raw)
    assert "x = 'é'\n" in text
    assert found == encoding
    assert ast.parse(raw + "y = 'é'\n".encode(found)).body[-1].lineno == text.count("\n") + 1


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"a = 1\n\nb = '\xe9'\n\xff", 3),
        (b"# coding: rot13\n", 1),
        (b"# coding: nonsense\n", None),
        (b"\xe9\n", None),
    ],
)
def test_decode_raises_syntax_error(raw: bytes, line: int | None) -> None:
    with pytest.raises(SyntaxError) as caught:
        decode(raw)
    assert caught.value.lineno == line
