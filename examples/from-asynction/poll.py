"""Handlers and hooks as they were written for asynction: dicts in, dicts out, and Flask-SocketIO."""

import hmac
import os
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, emit

votes: dict[str, str] = {}
users: dict[str, str] = {}


def check_basic(username: str, password: str, required_scopes: Any = None) -> Any:
    expected = os.environ.get("POLL_PASSWORD", "")
    if not expected or not hmac.compare_digest(password.encode(), expected.encode()):
        return None
    return {"uid": username, "scope": ""}


def connect(auth: Any, user: str) -> None:
    if user in users.values():
        raise ConnectionRefusedError("you are here already")
    users[request.sid] = user  # type: ignore[attr-defined]
    emit("counted", counts())


def disconnect() -> None:
    users.pop(request.sid, None)  # type: ignore[attr-defined]


def vote(payload: dict[str, Any]) -> dict[str, Any]:
    user = users.get(request.sid, "nobody")  # type: ignore[attr-defined]
    changed = votes.get(user) != payload["choice"]
    votes[user] = payload["choice"]
    emit("counted", counts(), broadcast=True)
    return {"changed": changed}


def results() -> dict[str, Any]:
    return counts()


def tell(error: Exception) -> None:
    print("a client sent nonsense:", error)


def counts() -> dict[str, int]:
    return {choice: [*votes.values()].count(choice) for choice in ("yes", "no")}
