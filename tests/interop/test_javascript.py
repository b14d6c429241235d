"""The official JavaScript client on examples/chat, beside clients in Python."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

from tests.functional.project import PATIENCE, example
from tests.support import require

HERE = Path(__file__).resolve().parent
TOKEN = "s3cret"


def test_the_official_client_joins_chats_and_leaves(tmp_path: Path) -> None:
    require(shutil.which("node") is not None, "node is not installed")
    installed = (HERE / "node_modules/socket.io-client").is_dir()
    require(installed, "socket.io-client is not installed: run `npm ci` in tests/interop")
    with contextlib.ExitStack() as stack:
        chat = example(tmp_path, "chat", "chat")
        server = stack.enter_context(chat.run(env={"CHAT_ADMIN_TOKEN": TOKEN}))
        ada, bob, eve = clients = [stack.enter_context(server.client()) for _ in range(3)]
        assert ada.ask("join", {"name": "ada"}) == ({"users": []},)
        assert bob.ask("join", {"name": "bob"}) == ({"users": ["ada"]},)
        assert eve.ask("join", {"name": "eve"}) == ({"users": ["ada", "bob"]},)
        for client in clients:
            client.received()
        script = subprocess.Popen(
            ["node", HERE / "client.mjs", server.url, TOKEN],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        stack.callback(script.kill)
        for client in clients:
            assert client.next() == ("user joined", ({"name": "grace", "online": 4},))
        (receipt,) = ada.ask("new message", {"text": "Welcome, grace"})
        said, _ = script.communicate(timeout=PATIENCE)
        assert script.returncode == 0, said
        told = json.loads(said)

        welcome = {**receipt, "name": "ada", "text": "Welcome, grace"}
        answer = {"name": "grace", "text": "¡Hola! 👋", "replyTo": 1, **told["receipt"]}
        assert told["transport"] == "websocket"
        assert told["joined"] == {"users": ["ada", "bob", "eve"]}
        assert (told["heard"], told["posted"]) == (welcome, answer)
        for client in clients:
            assert client.received() == [
                ("message posted", (welcome,)),
                ("message posted", (answer,)),
                ("typing", ({"name": "grace", "typing": True},)),
                ("user left", ({"name": "grace", "online": 3},)),
            ]

    for name, code, path in (
        ("invalid", "invalid_payload", "/text"),
        ("missing", "invalid_payload", ""),
        ("unknown", "unknown_event", ""),
    ):
        error = told[name]["error"]
        assert (error["code"], error["path"]) == (code, path)
    assert told["nobody"] == told["intruder"] == {"refused": "Connection refused"}
    assert [*told["elsewhere"]] == ["refused"]
    assert told["status"] == {"users": ["ada", "bob", "eve", "grace"], "messages": 2}
    assert told["left"] is True
