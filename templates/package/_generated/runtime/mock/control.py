"""The control endpoints of a mock: `/_mock`, and what is below it."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import flask

from ..guard import ContractError
from .dice import NoSample
from .server import Mock


def add_control(mock: Mock) -> None:
    """Serve the endpoints; to this machine only, unless the mock's options open them."""
    control = flask.Blueprint("mock", __name__, url_prefix="/_mock")

    @control.before_request
    def check() -> None:
        if not (mock.options.control or _is_from_here()):
            flask.abort(
                403, "start the mock with --control to reach it from other machines"
            )
        if not _is_same_origin():
            flask.abort(403, "a page of another origin has no business here")

    @control.get("")
    def state() -> dict[str, Any]:
        return mock.state()

    @control.post("/pause")
    def pause() -> dict[str, Any]:
        mock.pause(True)
        return mock.state()

    @control.post("/resume")
    def resume() -> dict[str, Any]:
        mock.pause(False)
        return mock.state()

    @control.post("/seed")
    def seed() -> Any:
        value = _body().get("seed")
        if isinstance(value, bool) or not isinstance(value, int):
            return _refused(400, "`seed` must be a whole number")
        mock.payloads.reseed(value)
        return mock.state()

    @control.post("/emit")
    def emit() -> Any:
        body = _body()
        namespace, name, to = (
            body.get("namespace", "/"),
            body.get("event"),
            body.get("to"),
        )
        if not (isinstance(namespace, str) and isinstance(name, str)):
            return _refused(400, "`namespace` and `event` must be text")
        if to is not None and not isinstance(to, str):
            return _refused(400, "`to` must be the sid of a client")
        try:
            event = mock.outgoing(namespace, name)
            if "payload" in body:
                args = mock.payloads.given(event, body["payload"])
            else:
                args = mock.payloads.event(event, "control")
            mock.emit(event, args, None if to is None else [to])
        except LookupError:
            return _refused(404, "the document declares no such event to clients")
        except ContractError as problem:
            return _refused(422, problem.message, problem.path)
        except NoSample:
            return _refused(422, "no payload could be made up: give one")
        return {"event": name, "namespace": namespace, "payload": [*args]}

    mock.app.register_blueprint(control)


def _is_from_here() -> bool:
    """Whether this machine asks, and by a name of its own.

    Any name may lead to a loopback address: a page of such a name is at home
    elsewhere, though its requests come from here.
    """
    address = flask.request.remote_addr or ""
    return _is_loopback(address) and _is_loopback(_host(flask.request.host_url))


def _is_same_origin() -> bool:
    """Whether no page asks, or one of this server or of another one on this machine."""
    origin = flask.request.headers.get("Origin")
    if origin is None:
        return True
    return _host(origin) == _host(flask.request.host_url) or _is_loopback(_host(origin))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _body() -> dict[str, Any]:
    # JSON only: a page of another origin cannot send it without asking first.
    body = flask.request.get_json()
    return body if isinstance(body, dict) else {}


def _refused(status: int, message: str, path: str = "") -> tuple[dict[str, Any], int]:
    return {"error": {"message": message, "path": path}}, status
