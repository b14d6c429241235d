"""`validate` says of third-party documents what the specification's own validator says (S6)."""

from __future__ import annotations

from tests.corpus.documents import Row, folder, rows, validated

KINDS = {"structure", "yaml", "version", "unresolved-ref"}

PARSER = "invalid/asyncapi+parser-js-fragments/ruleset/"
TCK = "invalid/asyncapi+tck/tests/asyncapi-2.0/"

NOT_HERE = "the file that it refers to is not in the corpus"
NO_DEFAULTS = (
    "a `default` that its schema refuses is a warning: draft-07 only recommends that it fits, and"
    " the reference validator says nothing of one in 3.x"
)

DISAGREEMENTS = {
    f"{TCK}File Structure/valid.yaml": NOT_HERE,
    f"{TCK}Message Object/Payloads/valid-json-schema-json.yaml": NOT_HERE,
    f"{TCK}Message Object/Payloads/valid-json-schema-yaml.yaml": NOT_HERE,
    f"{TCK}Reference Object/valid-external-ref-message.yaml": NOT_HERE,
    f"{TCK}Reference Object/valid-external-ref-messageBindings.yaml": NOT_HERE,
    f"{TCK}Reference Object/valid-external-ref-schema.yaml": NOT_HERE,
    f"{PARSER}asyncapi2-schema-default/"
    "03-components-parameters-parameter-schema-default-is-not-valid-.json": NO_DEFAULTS,
    f"{PARSER}asyncapi2-schema-default/"
    "04-channels-channel-parameters-parameter-schema-default-is-not-.json": NO_DEFAULTS,
    "invalid/koxudaxi+datamodel-code-generator/tests/data/asyncapi_invalid/"
    "schema-format-scalar-schema.yaml": (
        "its schema in the format `application/schema+json` is a text, which is no JSON Schema;"
        " the reference validator does not look into a schema of another format than AsyncAPI's"
    ),
}
"""Where another verdict than that of INDEX.tsv is right, or is known to be wrong: file → why."""


def counted() -> list[Row]:
    return [row for row in rows() if row.scored and (row.expected == "valid" or row.kind in KINDS)]


def verdict(row: Row) -> str:
    # References of multi-file documents go up to the folder of what was copied together.
    root = folder().joinpath(*row.file.split("/")[:2])
    path = folder() / row.file
    diagnostics = validated(path, root if root.is_dir() else None)
    return "invalid" if diagnostics.failed else "valid"


def test_S6_verdicts_agree_but_for_those_that_are_explained() -> None:
    differing = {row.file for row in counted() if verdict(row) != row.expected}
    assert differing == DISAGREEMENTS.keys()


def test_S6_at_least_99_in_100_verdicts_agree() -> None:
    """Of those that can be told: without the documents whose files are missing."""
    missing = [file for file, why in DISAGREEMENTS.items() if why == NOT_HERE]
    told = len(counted()) - len(missing)
    assert (len(DISAGREEMENTS) - len(missing)) / told < 0.01


def test_S6_what_is_wrong_with_the_structure_is_told_with_a_place() -> None:
    for row in counted():
        for item in validated(folder() / row.file):
            assert item.span is not None, (row.file, item)
