"""Diagnostics for machines: GitHub's workflow commands and SARIF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from asyncgen.diagnostics import Diagnostics, Span
from asyncgen.report import as_github, as_sarif
from tests.support import invoke

BROKEN = "asyncapi: 2.6.0\ninfo: {title: Chat}\nchannels: {/: {subcribe: {}}}\n"

# What SARIF 2.1.0 requires of the parts that we write.
TEXT: dict[str, Any] = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/run"}},
    },
    "definitions": {
        "run": {
            "type": "object",
            "required": ["tool", "results"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "additionalProperties": False,
                    "properties": {"driver": {"$ref": "#/definitions/driver"}},
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/definitions/result"}},
            },
        },
        "driver": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "version": {"type": "string"},
                "rules": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "required": ["id"],
                        "additionalProperties": False,
                        "properties": {"id": {"type": "string"}, "shortDescription": TEXT},
                    },
                },
            },
        },
        "result": {
            "type": "object",
            "required": ["message"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": TEXT,
                "locations": {"type": "array", "items": {"$ref": "#/definitions/location"}},
            },
        },
        "location": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation"],
                    "additionalProperties": False,
                    "properties": {
                        "artifactLocation": {
                            "type": "object",
                            "properties": {"uri": {"type": "string", "format": "uri-reference"}},
                            "additionalProperties": False,
                        },
                        "region": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {
                                "startLine": {"type": "integer", "minimum": 1},
                                "startColumn": {"type": "integer", "minimum": 1},
                                "endLine": {"type": "integer", "minimum": 1},
                                "endColumn": {"type": "integer", "minimum": 1},
                            },
                        },
                    },
                },
                "logicalLocations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"fullyQualifiedName": {"type": "string"}},
                        "additionalProperties": False,
                    },
                },
            },
        },
    },
}


def sarif(diagnostics: Diagnostics) -> Any:
    log = json.loads(as_sarif(diagnostics, "1.0"))
    jsonschema.Draft7Validator(SARIF).validate(log)
    [run] = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def test_sarif_has_the_place_the_rule_and_the_level() -> None:
    diagnostics = Diagnostics()
    diagnostics.error(
        "AG203", "`info` has no `title`", Span("a b/é.yaml", 2, 1, 2, 5), pointer="/info"
    )
    diagnostics.note("AG233", "left out", Span("/abs/a.yaml", 3, 1, 4, 2), hint="choose another")
    diagnostics.warning("AG340", "is a file")
    run = sarif(diagnostics)
    without, relative, absolute = sorted(
        run["results"], key=lambda it: ["AG340", "AG203", "AG233"].index(it["ruleId"])
    )
    assert (without["level"], without["locations"]) == ("warning", [])
    assert relative["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/%C3%A9.yaml"},
                "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 5},
            },
            "logicalLocations": [{"fullyQualifiedName": "/info"}],
        }
    ]
    place = absolute["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "file:///abs/a.yaml"
    assert absolute["message"]["text"] == "left out\nhint: choose another"
    assert absolute["level"] == "note"


def test_S42_sarif_has_no_links_of_a_document() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG248", "no key `[see](https://example.com)`", hint="or `[a](b)`?")
    [result] = sarif(diagnostics)["results"]
    # A bracket behind a backslash is text, and no end of a link (SARIF 2.1.0, 3.11.6).
    text = "no key `[see\\](https://example.com)`\nhint: or `[a\\](b)`?"
    assert result["message"]["text"] == text


def test_sarif_of_nothing() -> None:
    assert sarif(Diagnostics())["results"] == []


def test_github_has_a_command_for_each() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG203", "no `title`", Span("a.yaml", 2, 1, 2, 5), hint="add it")
    diagnostics.warning("AG206", "does nothing", Span("a.yaml", 3, 1, 4, 5))
    diagnostics.note("AG340", "is a file")
    assert as_github(diagnostics).splitlines() == [
        "::notice title=AG340::is a file",
        "::error title=AG203,file=a.yaml,line=2,endLine=2,col=1,endColumn=4::no `title`"
        "%0Ahint: add it",
        "::warning title=AG206,file=a.yaml,line=3,endLine=4::does nothing",
    ]


@pytest.mark.parametrize("text", ["a\n::error::b", "a\r\n::error::b", "100%0A", "\x1b[31m"])
def test_S42_no_text_can_begin_a_command_of_its_own(text: str) -> None:
    diagnostics = Diagnostics()
    diagnostics.error("AG203", text, Span(f"{text},line=9::", 1, 1, 1, 2), hint=text)
    [line] = as_github(diagnostics).splitlines()
    head, message = line.removeprefix("::").split("::", 1)
    assert head.count("line=") == 2 and head.count(",line=") == 1
    assert "\x1b" not in line and "100%0A" not in line
    assert message


@pytest.mark.parametrize("format", ["github", "sarif", "json"])
def test_validate_writes_them_to_stdout(tmp_path: Path, format: str) -> None:
    path = tmp_path / "chat.yaml"
    path.write_text(BROKEN)
    result = invoke("validate", str(path), "--format", format)
    assert result.exit_code == 1
    assert "AG203" in result.stdout and "AG248" in result.stdout
    if format == "sarif":
        log = json.loads(result.stdout)
        jsonschema.Draft7Validator(SARIF).validate(log)
        assert [it["ruleId"] for it in log["runs"][0]["results"]] == ["AG203", "AG248"]


@pytest.mark.parametrize("format", ["github", "sarif", "json"])
def test_a_valid_document_says_nothing_but_the_frame(tmp_path: Path, format: str) -> None:
    path = tmp_path / "chat.yaml"
    path.write_text(BROKEN.replace("subcribe: {}", "").replace("Chat", "Chat, version: '1'"))
    result = invoke("validate", str(path), "--format", format)
    assert result.exit_code == 0
    assert "AG" not in result.stdout
