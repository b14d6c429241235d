"""The official JavaScript client on mocks."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.functional.mocking import HEADER, mocking, running
from tests.functional.project import PATIENCE
from tests.support import ROOT, require

HERE = Path(__file__).resolve().parent
DOCUMENT = HEADER + "channels: {/: {subscribe: {message: {name: first}}}}\n"


def require_client() -> None:
    require(shutil.which("node") is not None, "node is not installed")
    installed = (HERE / "node_modules/socket.io-client").is_dir()
    require(installed, "socket.io-client is not installed: run `npm ci` in tests/interop")


def test_the_official_client_hears_every_event_and_is_answered(tmp_path: Path) -> None:
    require_client()
    with mocking(ROOT / "examples/chat/asyncapi.yaml", tmp_path, interval=0.05) as server:
        told = subprocess.run(
            ["node", HERE / "mock.mjs", server.url],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
    seen = json.loads(told.stdout)
    assert seen["events"].keys() == {"user joined", "message posted", "typing", "user left"}
    assert seen["joined"].keys() == {"users"}
    assert seen["invalid"]["error"]["code"] == "invalid_payload"


def test_the_official_client_comes_back_by_itself_when_the_document_changes(
    tmp_path: Path,
) -> None:
    require_client()
    spec = tmp_path / "chat.yaml"
    spec.write_text(DOCUMENT, encoding="utf-8")
    command = ("-m", "asyncgen", "mock", "chat.yaml", "--watch", "--interval", "0.1")
    with running(*command, cwd=tmp_path) as (server, _, _lines):
        node = ["node", HERE / "mock_reload.mjs", server.url]
        with subprocess.Popen(node, stdout=subprocess.PIPE, text=True) as page:
            assert page.stdout is not None
            assert page.stdout.readline() == "first\n"
            spec.write_text(DOCUMENT.replace("first", "second"), encoding="utf-8")
            told = page.communicate(timeout=PATIENCE)[0].split()
    assert told[-1] == "second"
