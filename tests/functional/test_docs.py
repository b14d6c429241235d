"""The documentation as an emitted app serves it (S40)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.functional.project import scaffold

DOCUMENT = "channels: {/: {publish: {message: {name: say, payload: {type: string}}}}}"


@pytest.mark.parametrize(
    ("config", "status", "console"),
    [
        ({}, 200, "page"),
        ({"DEBUG": True}, 200, "console"),
        ({"ASYNCGEN_DOCS": "page", "DEBUG": True}, 200, "page"),
        ({"ASYNCGEN_DOCS": "console"}, 200, "console"),
        ({"ASYNCGEN_DOCS": "off"}, 404, None),
    ],
)
def test_the_config_turns_docs_and_console_on_or_off(
    tmp_path: Path, config: dict[str, Any], status: int, console: str | None
) -> None:
    client = scaffold(tmp_path, DOCUMENT).create_app(config).test_client()
    answer = client.get("/docs")
    assert answer.status_code == status
    assert client.get("/docs/asyncapi.yaml").status_code == status
    if console:
        assert f'data-served="{console}"' in answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_a_config_that_means_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ASYNCGEN_DOCS"):
        scaffold(tmp_path, DOCUMENT).create_app({"ASYNCGEN_DOCS": "yes"})
