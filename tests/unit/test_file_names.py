"""Modules of a project are files that every system can have, and keep apart (S16, S38)."""

import pytest

from asyncgen import naming
from asyncgen.spelling import closest
from tests.unit.lowering import Lower, publish

MESSAGES = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: one, x-handler: %s}
          - {name: two, x-handler: %s}
"""


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nul.say", "`nul` is a device on Windows"),
        ("a.COM1.say", "`COM1` is a device on Windows"),
        ("tests.conftest.say", "`tests.conftest` is a module of the project's tests"),
        ("Tests.Test_Contract.say", "is a module of the project's tests"),
        ("a" * 101 + ".say", "is too long"),
        ("数" * 90 + ".say", "is too long"),
        ("a." * 21 + "say", "it has more than 20 parts"),
    ],
)
def test_S38_a_function_stands_in_a_file_that_every_system_can_have(
    lowered: Lower, path: str, problem: str
) -> None:
    assert problem in lowered(publish(f"{{name: say, x-handler: {path}}}")).error("AG229")


@pytest.mark.parametrize(
    ("first", "second"),
    [("hooks.one", "Hooks.two"), ("a.b.one", "A.c.two"), ("a.b.one", "a.B.two")],
)
def test_S38_modules_do_not_differ_in_case_alone(lowered: Lower, first: str, second: str) -> None:
    assert "upper and lower case" in lowered(MESSAGES % (first, second)).error("AG229")


def test_S38_functions_of_one_module_may_differ_in_case(lowered: Lower) -> None:
    assert lowered(MESSAGES % ("hooks.say", "hooks.Say")).app


def test_S16_a_namespace_is_not_called_as_a_device(lowered: Lower) -> None:
    app = lowered("channels: {/con: {publish: {message: {name: aux}}}}").app
    assert app.namespaces[0].module == "con_"


def test_S16_a_package_is_not_called_as_a_device() -> None:
    assert naming.package_problem("nul") == "is a device on Windows"
    assert naming.package_name("Nul", ()) == "nul_app"


def test_what_is_long_or_far_down_a_list_is_no_spelling_mistake() -> None:
    assert closest("nmae", ["name", "title"]) == "name"
    assert closest("nmae" * 100, ["name" * 100]) is None
    assert closest("nmae", [*map(str, range(1_000)), "name"]) is None
