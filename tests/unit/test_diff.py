"""What a change of a document breaks: events, arguments, acks, handshakes, security.

`before` is the base document with a part replaced; each case says what is
replaced by what, and the verdicts of all changes, worst first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from asyncgen.compatibility import Comparison, Side, compare
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.pipeline import compile_document
from tests.support import invoke

BASE = """\
asyncapi: 2.6.0
info: {title: Chat, version: '1'}
servers:
  main: {url: 'localhost:5000', protocol: ws}
channels:
  /:
    publish:
      message:
        oneOf:
          - name: say
            payload: {type: object, properties: {text: {type: string}}, required: [text]}
            x-ack: {args: {type: integer}}
          - name: draw
            payload: {type: array, items: [{type: integer}, {type: integer}], additionalItems: false, minItems: 2}
    subscribe:
      message:
        oneOf:
          - name: said
            payload: {type: object, properties: {text: {type: string}}, required: [text]}
            x-ack: {args: {type: boolean}}
          - {name: tick}
  /admin:
    bindings: {ws: {query: {type: object, properties: {page: {type: integer, minimum: 1}}}}}
    publish: {message: {name: stop}}
    x-security: [{token: []}]
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: httpApiKey, in: header, name: X-Key}
    open: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://a.example/', scopes: {read: r, write: w}}}}
"""  # noqa: E501

SAY = "payload: {type: object, properties: {text: {type: string}}, required: [text]}\n            x-ack: {args: {type: integer}}"  # noqa: E501
SAID = SAY.replace("integer", "boolean")
DRAW = "payload: {type: array, items: [{type: integer}, {type: integer}], additionalItems: false, minItems: 2}"  # noqa: E501
QUERY = "bindings: {ws: {query: {type: object, properties: {page: {type: integer, minimum: 1}}}}}"
SECURITY = "x-security: [{token: []}]"
B, U, R, S = "breaking", "unknown", "review", "safe"

CASES: list[tuple[str, str, str, list[tuple[str, str]]]] = [
    # nothing on the wire
    ("the version", "version: '1'", "version: '2'", []),
    ("the title", "title: Chat", "title: Talk, description: A room", []),
    ("a summary and an example", "{name: tick}",
     "{name: tick, summary: A tick, examples: [{payload: {}}]}", []),
    ("a tag", "{name: tick}", "{name: tick, tags: [{name: a}]}", []),
    ("a deprecation", "{name: tick}", "{name: tick, x-other: 1}", []),
    # namespaces and the path
    ("a namespace gone", "  /admin:\n", "  /boss:\n", [("the namespace is gone", B),
                                                      ("the namespace is new", S)]),
    ("another path", "localhost:5000'", "localhost:5000/v2/socket.io'", [("path", B)]),
    ("the path said", "localhost:5000'", "localhost:5000/socket.io'", []),
    # events
    ("an event of clients gone", "name: draw", "name: sketch", [("the event is gone", B),
                                                                ("the event is new", S)]),
    ("an event of the server gone", "          - {name: tick}\n", "", [("the event is gone", B)]),
    ("an event of clients more", "publish: {message: {name: stop}}",
     "publish: {message: {oneOf: [{name: stop}, {name: start}]}}", [("the event is new", S)]),
    ("an event of the server more", "{name: tick}", "{name: tick}\n          - {name: tock}",
     [("the event is new", S)]),
    # payloads and arguments
    ("what clients send, wider", SAY, SAY.replace("type: string", "type: [string, integer]"),
     [("payload", S)]),
    ("what clients send, narrower", SAY, SAY.replace("string}", "string, maxLength: 9}"),
     [("payload", B)]),
    ("what the server sends, wider", SAID, SAID.replace("type: string", "type: [string, integer]"),
     [("payload", B)]),
    ("what the server sends, narrower", SAID, SAID.replace("string}", "string, maxLength: 9}"),
     [("payload", S)]),
    ("an argument less", DRAW,
     "payload: {type: array, items: [{type: integer}], additionalItems: false, minItems: 1}",
     [("arguments", B)]),
    ("an optional argument more", DRAW, DRAW.replace("integer}]", "integer}, {type: string}]"),
     [("arguments", S)]),
    ("a required argument more", DRAW,
     DRAW.replace("integer}]", "integer}, {type: string}]").replace("minItems: 2", "minItems: 3"),
     [("arguments", B)]),
    ("arguments after those declared", DRAW,
     DRAW.replace("additionalItems: false", "additionalItems: {type: integer}"),
     [("arguments", S)]),
    ("an argument becomes optional", DRAW, DRAW.replace("minItems: 2", "minItems: 1"),
     [("arguments", S)]),
    ("two arguments become a list in one", DRAW, "payload: {type: array, items: {type: integer}}",
     [("arguments", B)]),
    ("one argument in other words", SAY,
     SAY.replace("payload: {", "payload: {minItems: 1, type: array, additionalItems: false, items: "
                 "[{", 1).replace("[text]}", "[text]}]}"),
     [("arguments", S)]),
    ("no argument, where null may be", "{name: stop}", "{name: stop, payload: {type: 'null'}}",
     [("arguments", S)]),
    ("an argument where there was none", "{name: stop}", "{name: stop, payload: {type: string}}",
     [("arguments", B)]),
    ("an argument of the server where there was none", "{name: tick}",
     "{name: tick, payload: {type: string}}", [("arguments", B)]),
    # acknowledgements
    ("an ack to clients, wider", "{args: {type: integer}}", "{args: {type: number}}",
     [("ack", B)]),
    ("an ack to clients, narrower", "{args: {type: integer}}",
     "{args: {type: integer, minimum: 0}}", [("ack", S)]),
    ("an ack of clients, wider", "{args: {type: boolean}}", "{args: {type: [boolean, 'null']}}",
     [("ack", S)]),
    ("an ack of clients, narrower", "{args: {type: boolean}}", "{args: {const: true}}",
     [("ack", B)]),
    ("an ack to clients gone", "            x-ack: {args: {type: integer}}\n", "", [("ack", B)]),
    ("an ack of clients gone", "            x-ack: {args: {type: boolean}}\n", "", [("ack", S)]),
    ("an ack to clients more", "{name: stop}", "{name: stop, x-ack: {args: {type: string}}}",
     [("ack", S)]),
    ("an ack of clients more", "{name: tick}", "{name: tick, x-ack: {args: {type: string}}}",
     [("ack", B)]),
    # the handshake
    ("a query gone", QUERY, "description: A", [("query", S)]),
    ("a query narrower", QUERY, QUERY.replace("minimum: 1", "minimum: 2"), [("query", B)]),
    ("a query wider", QUERY, QUERY.replace("minimum: 1", "minimum: 0"), [("query", S)]),
    ("a query parameter required", QUERY,
     QUERY.replace("type: object", "type: object, required: [page]"), [("query", B)]),
    ("a query read as text", QUERY, QUERY.replace("type: integer, minimum: 1", "type: string"),
     [("query", U)]),
    ("a query parameter more", QUERY, QUERY.replace("page: {", "q: {type: string}, page: {"),
     [("query", B)]),
    ("a header", QUERY, "bindings: {ws: {query: {type: object, properties: {page: {type: integer, "
     "minimum: 1}}}, headers: {type: object, properties: {X-A: {type: string}}}}}",
     [("headers", S)]),
    ("a required header", QUERY, "bindings: {ws: {query: {type: object, properties: {page: {type: "
     "integer, minimum: 1}}}, headers: {type: object, required: [X-A]}}}", [("headers", B)]),
    ("an auth payload", QUERY, QUERY + "\n    x-socketio: {auth: {type: object, required: [a]}}",
     [("auth", B)]),
    # security
    ("no security any more", SECURITY, "x-security: []", [("security", R)]),
    ("anonymous clients, too", SECURITY, "x-security: [{token: []}, {}]", [("security", R)]),
    ("another way in", SECURITY, "x-security: [{token: []}, {key: []}]", [("security", R)]),
    ("one more credential", SECURITY, "x-security: [{token: [], key: []}]", [("security", B)]),
    ("another credential", SECURITY, "x-security: [{key: []}]", [("security", B)]),
    ("a scheme under another name", "token", "bearer", []),
    ("a scheme that nothing uses", "in: header, name: X-Key", "in: query, name: X-Key", []),
]  # fmt: skip


def side(tmp_path: Path, name: str, text: str) -> Side:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    diagnostics = Diagnostics()
    compiled = compile_document(path, Options(), diagnostics)
    assert compiled is not None, list(diagnostics)
    return Side(compiled.app, compiled.bundle)


def compared(tmp_path: Path, old: str, new: str) -> Comparison:
    return compare(side(tmp_path, "old.yaml", old), side(tmp_path, "new.yaml", new))


def test_a_document_and_itself_differ_in_nothing(tmp_path: Path) -> None:
    assert compared(tmp_path, BASE, BASE).changes == ()


@pytest.mark.parametrize(("old", "new", "expected"), [it[1:] for it in CASES],
                         ids=[it[0] for it in CASES])  # fmt: skip
def test_the_verdict_of_a_change_of_the_document(
    old: str, new: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert old in BASE
    found = compared(tmp_path, BASE, BASE.replace(old, new))
    told = [(it.subject.part or it.message, it.verdict) for it in found.changes]
    assert told == expected


def test_scopes_that_are_asked_for_more_break(tmp_path: Path) -> None:
    before = BASE.replace(SECURITY, "x-security: [{open: [read]}]")
    after = BASE.replace(SECURITY, "x-security: [{open: [read, write]}]")
    assert compared(tmp_path, before, after).verdict == "breaking"
    assert compared(tmp_path, after, before).verdict == "review"


def test_a_renamed_event_is_told_as_such_on_both_sides(tmp_path: Path) -> None:
    found = compared(tmp_path, BASE, BASE.replace("name: say\n", "name: say it\n"))
    gone, new = found.changes
    assert gone.hint and "was it renamed to `say it`?" in gone.hint
    assert new.hint == "it may be `say` under another name"


def test_an_event_that_is_like_no_other_is_no_renaming(tmp_path: Path) -> None:
    found = compared(tmp_path, BASE, BASE.replace("name: draw", "name: quit"))
    assert found.changes[0].hint == "clients that emit it are answered `unknown_event`"


def test_the_same_document_in_version_3_differs_in_nothing(tmp_path: Path) -> None:
    old = """
        asyncapi: 2.6.0
        info: {title: A, version: '1'}
        channels:
          /: {publish: {message: {name: say, payload: {type: string, maxLength: 9}}}}
    """
    new = """
        asyncapi: 3.0.0
        info: {title: B, version: '2'}
        channels:
          room:
            address: /
            messages: {say: {name: say, payload: {$ref: '#/components/schemas/Text'}}}
        operations:
          say: {action: receive, channel: {$ref: '#/channels/room'}}
        components: {schemas: {Text: {title: Text, type: string, maxLength: 9.0}}}
    """
    assert compared(tmp_path, old, new).changes == ()


def test_a_counter_example_of_a_query_can_be_sent(tmp_path: Path) -> None:
    """S28: what is in a URL is text, whatever its schema makes of it."""
    found = compared(tmp_path, BASE, BASE.replace("minimum: 1", "minimum: 2"))
    assert found.changes[0].example is not None
    assert found.changes[0].example.value == {"page": 1}


# -- the command


def run(*arguments: str) -> Result:
    return invoke("diff", *arguments)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(BASE)
    Path("narrower.yaml").write_text(
        BASE.replace(SAY, SAY.replace("string}", "string, maxLength: 9}"))
    )
    Path("looser.yaml").write_text(BASE.replace(SECURITY, "x-security: []"))
    Path("wider.yaml").write_text(BASE.replace(SAY, SAY.replace("string}", "[string, 'null']}")))
    undecided = SAY.replace("string}", "string, pattern: '^[0-9]+$'}")
    Path("digits.yaml").write_text(BASE.replace(SAY, undecided))
    Path("digits2.yaml").write_text(BASE.replace(SAY, undecided.replace("]+", "][0-9]*")))
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "breaking", "any_"),
    [
        ("old", "old", 0, 0),
        ("old", "wider", 0, 1),
        ("old", "looser", 0, 1),
        ("old", "narrower", 1, 1),
        ("digits", "digits2", 1, 1),
    ],
)
def test_the_exit_status_is_by_fail_on(
    old: str, new: str, breaking: int, any_: int, here: Path
) -> None:
    sides = f"{old}.yaml", f"{new}.yaml"
    assert run(*sides).exit_code == breaking
    assert run(*sides, "--fail-on", "breaking").exit_code == breaking
    assert run(*sides, "--fail-on", "any").exit_code == any_
    assert run(*sides, "--fail-on", "never").exit_code == 0


def test_nothing_on_the_wire_is_told_as_such(here: Path) -> None:
    assert run("old.yaml", "old.yaml").stdout == "no effect on the wire\n"


def test_what_is_undecided_is_shown_with_both_schemas(here: Path) -> None:
    told = run("digits.yaml", "digits2.yaml").stdout
    assert told.startswith("unknown ")
    assert '"pattern": "^[0-9]+$"' in told and '"pattern": "^[0-9][0-9]*$"' in told


def test_json_is_the_same_each_time_and_has_what_the_readme_says(here: Path) -> None:
    first = run("old.yaml", "narrower.yaml", "--format", "json").stdout
    assert run("old.yaml", "narrower.yaml", "--format", "json").stdout == first
    data: dict[str, Any] = json.loads(first)
    assert data["version"] == 1
    assert data["verdict"] == "breaking"
    assert data["counts"] == {"breaking": 1, "unknown": 0, "review": 0, "safe": 0}
    [change] = data["changes"]
    assert change == {
        "verdict": "breaking",
        "namespace": "/",
        "direction": "incoming",
        "event": "say",
        "part": "payload",
        "message": "clients may send what is refused now",
        "hint": None,
        "details": [{"path": "/text", "keyword": "maxLength", "new": 9}],
        "example": change["example"],
        "schemas": None,
        "pointer": "/channels/~1/publish/message/oneOf/0",
    }
    assert len(change["example"]["value"]["text"]) == 10
    assert change["example"]["reason"] == "/text must be at most 9 characters long"


def test_annotations_stand_at_the_message_of_the_new_document(here: Path) -> None:
    told = run("old.yaml", "narrower.yaml", "--format", "github").stdout
    assert told.startswith("::error title=breaking,file=narrower.yaml,line=10,endLine=")
    assert told.count("\n") == 1


def test_markdown_has_no_markup_of_the_document(here: Path) -> None:
    """S42: names of events are text, in a table, too."""
    name = "'a | <b>*x*</b> `c`'"
    for file in ("old.yaml", "narrower.yaml"):
        Path(file).write_text(Path(file).read_text().replace("name: say\n", f"name: {name}\n"))
    told = run("old.yaml", "narrower.yaml", "--format", "markdown").stdout
    assert "<code>a \\| \\<b\\>\\*x\\*\\</b\\> \\`c\\`</code>" in told
    assert "<b>" not in told


def test_a_document_with_errors_is_not_compared(here: Path) -> None:
    Path("bad.yaml").write_text(BASE.replace("asyncapi: 2.6.0", "asyncapi: 9.0.0"))
    result = run("old.yaml", "bad.yaml")
    assert result.exit_code == 2
    assert "bad.yaml:1:11: error[AG202]" in result.stderr
    assert run("old.yaml", "none.yaml").exit_code == 2


# -- revisions


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document in a folder, with its payload in another file, in two commits."""
    git("init", "-q", "-b", "main")
    api = here / "api"
    (api / "schemas").mkdir(parents=True)
    text = SAY.partition("payload: ")[2].partition("\n")[0]
    (api / "schemas" / "say.yaml").write_text(text)
    (api / "chat.yaml").write_text(
        BASE.replace(
            f"payload: {text}\n            x-ack: {{args: {{type: integer}}}}",
            "payload: {$ref: schemas/say.yaml}",
        )
    )
    git("add", "api")
    git("commit", "-qm", "one")
    git("tag", "v1")
    (api / "schemas" / "say.yaml").write_text(text.replace("string}", "string, maxLength: 9}"))
    return here


def test_a_revision_is_read_with_the_files_it_refers_to(repository: Path) -> None:
    """S3: the reference leads to the file as it was then, not as it is now."""
    told = run("git:v1:api/chat.yaml", "api/chat.yaml", "--format", "json")
    assert told.exit_code == 1, told.stderr
    [change] = json.loads(told.stdout)["changes"]
    assert change["details"] == [{"path": "/text", "keyword": "maxLength", "new": 9}]
    assert run("git:HEAD:api/chat.yaml", "git:v1:api/chat.yaml").stdout == "no effect on the wire\n"


def test_a_path_with_a_dot_counts_from_here(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "api" / "schemas")
    result = run("git:v1:../chat.yaml", "../chat.yaml")
    assert result.exit_code == 1, result.stderr
    monkeypatch.chdir(repository / "api")
    assert run("git:v1:./chat.yaml", "git:v1:api/chat.yaml").exit_code == 0


def test_errors_of_a_revision_are_told_by_its_name(repository: Path) -> None:
    (repository / "api" / "chat.yaml").write_text("asyncapi: 9.0.0\n")
    git("commit", "-qam", "two")
    result = run("git:HEAD:api/chat.yaml", "old.yaml")
    assert result.exit_code == 2
    assert result.stderr.startswith("git:HEAD:api/chat.yaml:1:11: error[AG202]")
    assert "/tmp" not in result.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("git:main", "`git:main` does not name a document at a revision"),
        ("git::api/chat.yaml", "does not name a document at a revision"),
        ("git:none:api/chat.yaml", "there is no revision `none` in this repository"),
        ("git:--all:api/chat.yaml", "there is no revision `--all` in this repository"),
        ("git:main:chat.yaml", "there is no file `chat.yaml` at `main`"),
        ("git:main:api", "is not a file in the archive of its revision"),
    ],
)
def test_a_revision_that_is_not_there_is_said_plainly(
    name: str, message: str, repository: Path
) -> None:
    result = run(name, "old.yaml")
    assert result.exit_code == 2
    assert "error[AG350]" in result.stderr and "hint:" in result.stderr
    assert message in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_a_repository_may_stand_in_folders_whose_names_are_not_utf8(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here / os.fsdecode(b"caf\xe9") / os.fsdecode(b"d\xe9")
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    git("init", "-q", "..")
    Path("chat.yaml").write_text(BASE)
    git("add", ".")
    git("commit", "-qm", "one")
    assert run("git:HEAD:./chat.yaml", "chat.yaml").stdout == "no effect on the wire\n"


def test_a_folder_without_a_repository_is_said_plainly(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(here.parent))
    assert "not in a git repository" in run("git:main:a.yaml", "old.yaml").stderr
    monkeypatch.setenv("PATH", str(here))
    assert "git is not installed" in run("git:main:a.yaml", "old.yaml").stderr


def test_a_property_more_where_any_was_allowed_says_why_it_breaks(tmp_path: Path) -> None:
    new = BASE.replace("properties: {text: {type: string}}, required", "properties: {text: {type: "
                       "string}, to: {type: string}}, required")  # fmt: skip
    found = compared(tmp_path, BASE, new)
    [change] = [it for it in found.changes if it.subject.direction == "incoming"]
    assert change.verdict == "breaking"
    assert change.hint and change.hint.startswith("any other property was allowed here before")
    [change] = [it for it in found.changes if it.subject.direction == "outgoing"]
    assert change.verdict == "safe"


def test_schemas_that_lead_to_each_other_are_proven_once(tmp_path: Path) -> None:
    """A ring of fifty: each rests on the next, and all of them on the first."""

    def ring(length: int) -> str:
        schemas = {
            f"S{it}": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": length},
                    "next": {"$ref": f"#/components/schemas/S{(it + 1) % 50}"},
                },
            }
            for it in range(50)
        }
        messages = [
            {"name": f"e{it}", "payload": {"$ref": f"#/components/schemas/S{it}"}}
            for it in range(50)
        ]
        return json.dumps(
            {
                "asyncapi": "2.6.0",
                "info": {"title": "Ring", "version": "1"},
                "channels": {"/": {"publish": {"message": {"oneOf": messages}}}},
                "components": {"schemas": schemas},
            }
        )

    found = compared(tmp_path, ring(4), ring(9))
    assert [it.verdict for it in found.changes] == ["safe"] * 50
