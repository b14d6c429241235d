"""Regular expressions: look-around works, and a pattern that explodes stops nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.functional.project import Client, Project, logged, scaffold

# Names of events, with patterns that the engine steps back in.
PATTERNS = {
    "exploding": "(x+x+)+y(?!z)",
    "quadratic": "(?=.*b)c",
    "password": "^(?=.*[A-Z])(?=.*[0-9]).{8,}$",
    "without foo": "^((?!foo).)*$",
    "after": "(?<=a)b",
    "twice": "^(a|b)\\\\1$",
    "plain": "^[a-z]+$",
}
MESSAGES = [
    *(
        f'{{name: {name}, x-ack: true, payload: {{type: string, pattern: "{pattern}"}}}}'
        for name, pattern in PATTERNS.items()
    ),
    '{name: not, x-ack: true, payload: {not: {pattern: "(x+x+)+y(?!z)"}}}',
    '{name: either, x-ack: true, payload: {anyOf: [{pattern: "(x+x+)+y(?!z)"}, {type: string}]}}',
    '{name: keys, x-ack: true, payload: {patternProperties: {"(x+x+)+y(?!z)": false}}}',
]
DOCUMENT = f"channels: {{/: {{publish: {{message: {{oneOf: [{','.join(MESSAGES)}]}}}}}}}}"
HANDLERS = "".join(
    f"def {name.replace(' ', '_')}(payload): return True\n"
    for name in [*PATTERNS, "not_", "either", "keys"]
)

TOO_LONG = "took too long to match against a pattern"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return scaffold(tmp_path_factory.mktemp("patterns"), DOCUMENT, handlers={"root": HANDLERS})


@pytest.fixture(scope="module")
def client(project: Project) -> Iterator[Client]:
    with project.serve() as server, server.client() as client:
        yield client


@pytest.mark.parametrize(
    ("event", "right", "wrong"),
    [
        ("password", ["Password1", "A1" + "x" * 900_000], ["password1", "A1", "x" * 900_000]),
        ("without foo", ["", "bar" * 1_000], ["a foo", "bar" * 1_000 + "foo"]),
        ("after", ["ab", "x" * 5_000 + "ab"], ["b", "ba"]),
        ("twice", ["aa", "bb"], ["ab", "a"]),
        ("plain", ["a", "x" * 900_000], ["", "A", "x" * 900_000 + "1"]),
        ("exploding", ["xxy"], ["y", "xxyz"]),
        ("not", ["y"], ["xxy", 1]),
        ("either", ["y", "xxy", 1], []),
    ],
)
def test_S26_look_around_works(
    client: Client, event: str, right: list[Any], wrong: list[Any]
) -> None:
    for value in right:
        assert client.ask(event, value) == (True,)
    for value in wrong:
        message = client.error(event, value)["message"]
        assert message != TOO_LONG and message.startswith("must ")


@pytest.mark.parametrize(
    ("event", "value"),
    [
        ("exploding", "x" * 50),
        ("exploding", "x" * 900_000),
        ("quadratic", "x" * 100_000),
        ("quadratic", "x" * 900_000),
        ("not", "x" * 50),
        ("keys", {"x" * 50: 1}),
    ],
)
def test_S26_limit_is_hit_before_anybody_waits_and_is_logged_as_such(
    project: Project, client: Client, caplog: pytest.LogCaptureFixture, event: str, value: Any
) -> None:
    """Without a limit these take seconds or centuries, in which no other thread runs."""
    error = client.error(event, value)
    assert (error["code"], error["message"]) == ("invalid_payload", TOO_LONG)
    (record,) = [it for it in logged(caplog, project) if it.levelno == logging.WARNING]
    assert "gave up on a string" in record.getMessage()
    # What comes next is judged anew.
    assert client.ask("plain", "a") == (True,)


def test_S26_pattern_that_the_engine_does_not_know_is_an_error(tmp_path: Path) -> None:
    for pattern in ("(", "[z-a]", "(?<n>a)\\\\k<n>", "a{9999999}"):
        with pytest.raises(AssertionError, match="AG260"):
            scaffold(tmp_path, DOCUMENT.replace("^[a-z]+$", pattern))
