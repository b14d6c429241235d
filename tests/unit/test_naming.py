"""Names: cases, what is reserved, and resolving all at once."""

import itertools

import pytest

from asyncgen import naming
from asyncgen.code import Text
from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.document import Located
from asyncgen.naming import Wish

SPAN = Span("chat.yaml", 3, 5, 3, 9)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("new message", "new_message"),
        ("userJoined", "user_joined"),
        ("HTTPError", "http_error"),
        ("user::login", "user_login"),
        ("task/created", "task_created"),
        ("Regular Game Update", "regular_game_update"),
        ("__x--y__", "x_y"),
        ("2fa", "_2fa"),
        ("größe", "größe"),
        ("ﬁle", "file"),
        ("🙂 👍", ""),
        ("", ""),
    ],
)
def test_S16_snake_case(text: str, name: str) -> None:
    assert naming.snake_case(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("new message", "NewMessage"),
        ("userJoined", "UserJoined"),
        ("HTTPError", "HTTPError"),
        ("NEW_MESSAGE", "NewMessage"),
        ("2fa", "_2fa"),
        ("🙂", ""),
    ],
)
def test_S16_pascal_case(text: str, name: str) -> None:
    assert naming.pascal_case(text) == name


@pytest.mark.parametrize("name", ["class", "print", "ValueError", "None", "exit", "models"])
def test_S16_keywords_builtins_and_names_of_ours_get_an_underscore(name: str) -> None:
    assert naming.safe(name, {"models"}) == name + "_"
    assert naming.safe("join", {"models"}) == "join"


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Socket.IO chat", set(), "socket_io_chat"),
        ("🙂", set(), "app"),
        ("🙂", {"app"}, "app_app"),
        ("JSON", set(), "json_app"),
        ("CGI", set(), "cgi_app"),
        ("Flask", set(), "flask_app"),
        ("Tests", set(), "tests_app"),
        ("Class", set(), "class_app"),
        ("3D chat", set(), "app_3d_chat"),
        ("Café", set(), "cafe"),
        ("IoT Dashboard", set(), "iot_dashboard"),
        ("GraphQL & gRPC", set(), "graphql_grpc"),
        ("TeamChat", set(), "team_chat"),
        ("x" * 300, set(), "x" * 50),
    ],
)
def test_S16_package_name(title: str, taken: set[str], name: str) -> None:
    assert naming.package_name(title, taken) == name
    assert naming.package_problem(name) is None


def test_S16_no_choice_of_modules_leaves_a_package_without_a_name() -> None:
    taken = {"chat" + "_app" * times for times in range(100)}
    assert naming.package_name("Chat", taken) == "chat_app2"
    assert naming.package_problem("chat_app2") is None


@pytest.mark.parametrize(
    "name", ["", "a-b", "größe", "_a", "class", "json", "redis", "tests", "1a"]
)
def test_S16_what_no_package_can_be_called(name: str) -> None:
    assert naming.package_problem(name)


@pytest.mark.parametrize("text", ["🙂", "", "x" * 101])
def test_S16_a_name_with_nothing_left_is_an_error(text: str) -> None:
    diagnostics = Diagnostics()
    assert naming.python_name(Text(text), None, (), "event", SPAN, diagnostics) is None
    assert [item.code for item in diagnostics] == ["AG223"]
    assert "x-python-name" in str(next(iter(diagnostics)).hint)


def test_S16_x_python_name_wins() -> None:
    diagnostics = Diagnostics()
    explicit = Located(Text("smile"), SPAN)
    assert naming.python_name(Text("🙂"), explicit, (), "event", SPAN, diagnostics) == "smile"
    assert not list(diagnostics)


@pytest.mark.parametrize("name", ["a b", "class", "print", "_x", "ours", "", "ﬁle", "x()"])
def test_S16_x_python_name_must_be_usable(name: str) -> None:
    diagnostics = Diagnostics()
    explicit = Located(Text(name), SPAN)
    assert naming.python_name(Text("say"), explicit, {"ours"}, "event", SPAN, diagnostics) is None
    assert [item.code for item in diagnostics] == ["AG224"]


def wish(*candidates: str, line: int = 1) -> Wish:
    return Wish(f"thing {line}", candidates, Span("chat.yaml", line, 1, line, 2))


def test_S16_all_that_share_a_name_move_on() -> None:
    diagnostics = Diagnostics()
    wishes = {"a": wish("X", "XIn"), "b": wish("X", "XOut"), "c": wish("Y", "YIn")}
    assert naming.resolve(wishes, diagnostics) == {"a": "XIn", "b": "XOut", "c": "Y"}
    assert not list(diagnostics)


def test_S16_what_has_one_candidate_never_yields() -> None:
    wishes = {"a": wish("X"), "b": wish("X", "XPayload")}
    assert naming.resolve(wishes, Diagnostics()) == {"a": "X", "b": "XPayload"}


def test_S16_names_do_not_depend_on_the_order() -> None:
    wishes = {
        "a": wish("X", "XIn", "RootXIn"),
        "b": wish("X", "XOut"),
        "c": wish("XIn", "Other"),
        "d": wish("XOut", "Last"),
        "e": wish("X"),
    }
    results = [
        naming.resolve(dict(order), Diagnostics())
        for order in itertools.permutations(wishes.items())
    ]
    assert all(result == results[0] for result in results)
    assert len(set(results[0].values())) == len(wishes)


def test_S16_a_clash_is_one_error_that_shows_all_places() -> None:
    diagnostics = Diagnostics()
    naming.resolve({"a": wish("x", line=9), "b": wish("x", line=4), "c": wish("y")}, diagnostics)
    [item] = diagnostics
    assert (item.code, item.span and item.span.line) == ("AG222", 9)
    assert "chat.yaml:4" in item.message
    assert "x-python-name" in str(item.hint)
