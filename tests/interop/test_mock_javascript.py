"""The official JavaScript client on the mock of examples/chat."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.functional.mocking import mocking
from tests.functional.project import PATIENCE
from tests.support import ROOT, require

HERE = Path(__file__).resolve().parent


def test_the_official_client_hears_every_event_and_is_answered(tmp_path: Path) -> None:
    require(shutil.which("node") is not None, "node is not installed")
    installed = (HERE / "node_modules/socket.io-client").is_dir()
    require(installed, "socket.io-client is not installed: run `npm ci` in tests/interop")
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
