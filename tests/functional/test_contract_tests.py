"""The tests of an emitted project find the mistakes of handlers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.project import Project, scaffold

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: wrong ack, payload: {$ref: "#/components/schemas/Say"}, x-ack: {type: string}}
          - {name: missing ack, payload: {$ref: "#/components/schemas/Say"},
             x-ack: {type: string}}
          - {name: extra field, payload: {$ref: "#/components/schemas/Say"},
             x-ack: {$ref: "#/components/schemas/Receipt"}}
          - {name: undeclared emit, payload: {$ref: "#/components/schemas/Say"}}
          - {name: exception, payload: {$ref: "#/components/schemas/Say"}}
          - {name: wrong arity, payload:
              {type: array, items: [{type: string}, {type: integer}], minItems: 1}}
          - {name: only for some, payload: {$ref: "#/components/schemas/Say"}}
          - {name: file, payload: {type: string, format: binary, minLength: 9}}
          - {name: example, payload: {type: string, pattern: "^[A-Z]{3}-[0-9]{4}$"},
             examples: [{payload: ABC-1234}]}
    subscribe:
      message:
        oneOf:
          - {name: said, payload: {$ref: "#/components/schemas/Say"}}
          - {name: message, payload: {type: string}}
components:
  schemas:
    Say:
      type: object
      properties:
        text: {type: string, minLength: 1}
        kind: {enum: [a, b]}
        replyTo: {type: integer}
      required: [text]
      additionalProperties: false
    Receipt:
      type: object
      properties: {id: {type: integer}}
      required: [id]
      additionalProperties: false
"""
RIGHT = """
def wrong_ack(payload): return payload.text
def missing_ack(payload): return payload.text
def extra_field(payload): return {"id": 1}
def undeclared_emit(payload): events.root.said(payload)
def exception(payload): pass
def wrong_arity(one, two=None): pass
def only_for_some(payload): pass
def file(payload): pass
def example(payload): assert payload == "ABC-1234"
"""
WRONG = """
import flask_socketio

def wrong_ack(payload): return 1
def missing_ack(payload): pass
def extra_field(payload): return {"id": 1, "more": 2}
def undeclared_emit(payload): flask_socketio.emit("typing", "x")
def exception(payload): raise LookupError("no such room")
def wrong_arity(one): pass
def only_for_some(payload): payload.kind.upper()
def file(payload): payload.decode("ascii")[8]
def example(payload): assert payload == "ABC-1234"

def error(error): return "an error handler hides nothing from the tests"
"""
FOUND = {
    "wrong ack": "ack of 'wrong ack' in '/': must be a string",
    "missing ack": "ack of 'missing ack' in '/': must be a string",
    "extra field": "ack of 'extra field' in '/': must not have other properties than those"
    " declared",
    "undeclared emit": "'typing' in '/': the document does not declare it as an event that the"
    " server emits",
    "exception": "its handler raised LookupError: no such room",
    "wrong arity": "its handler raised TypeError: wrong_arity() takes 1 positional argument but 2"
    " were given",
    "only for some": "its handler raised AttributeError: 'NoneType' object has no attribute"
    " 'upper'",
}


def run(project: Project, *options: str) -> tuple[int, str]:
    """The status and the output of the project's own tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_right_handlers_pass(tmp_path: Path) -> None:
    status, output = run(scaffold(tmp_path, DOCUMENT, handlers={"root": RIGHT}))
    assert status == 0 and " skipped" not in output, output


def test_each_mistake_fails_with_its_event_and_its_rule(tmp_path: Path) -> None:
    status, output = run(scaffold(tmp_path, DOCUMENT, handlers={"root": WRONG}))
    assert status == 1
    failed = re.findall(r"^FAILED .*::test_event_is_handled\[(.*) in /\]", output, re.MULTILINE)
    assert sorted(failed) == sorted(FOUND), output
    for event, rule in FOUND.items():
        assert f"AssertionError: {event} in /: {rule} (for the arguments [" in output, event
    assert output.count("FAILED") == len(FOUND)


def test_S42_names_of_the_document_do_not_steer_the_terminal(tmp_path: Path) -> None:
    hostile = '{"/a\\u202e\\u001b[31m": {publish: {message: {name: "say\\u001b[2J\\nit"}}}}'
    status, output = run(scaffold(tmp_path, f"channels: {hostile}"))
    assert status == 0
    assert "still stubs:\n  say�[2J�it in /a��[31m\n" in output


@pytest.mark.parametrize("option", ["", "--no-stubs"])
def test_stubs_are_counted_or_fail(tmp_path: Path, option: str) -> None:
    handlers = RIGHT.replace("def exception(payload): pass\n", "")
    status, output = run(
        scaffold(tmp_path, DOCUMENT, handlers={"root": handlers}), *filter(None, [option])
    )
    assert status == bool(option), output
    assert "1 of the contract's events are still stubs:\n  exception in /" in output
    assert ("exception in / has no handler yet" in output) == bool(option)
