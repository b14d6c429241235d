"""Nobody is connected who should not be, whatever a client sends, in whatever order: S28, S31, S36.

Handlers and hooks wait here where a test says so; what a client does meanwhile is what a hostile
one would try.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped,unused-ignore]

from tests.functional.project import PATIENCE, Raw, Running, scaffold, wait_for
from tests.functional.rawclient import Polling

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: whoami, x-ack: {args: true}}
          - {name: data, payload: {type: string, format: binary}, x-ack: {args: true}}
    x-security: [{token: []}]
  /free:
    publish: {message: {name: whoami, x-ack: {args: true}}}
    subscribe: {message: {name: news, payload: {type: string}}}
  /asks:
    publish:
      security: [{token: []}]
      message: {name: whoami, x-ack: {args: true}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
"""
# Who waits is told apart by the auth payload: {"wait": "connect"} waits in the connect handler.
CONTROL = """
import threading

calls = []
waits = {name: (threading.Event(), threading.Event())
         for name in ("connect", "disconnect", "whoami", "hook")}


def wait(name):
    entered, gate = waits[name]
    entered.set()
    assert gate.wait(20)
"""
HANDLERS = """
from .. import control
from .._generated.runtime.server import current_identity

waiting = set()

def connect(auth):
    control.calls.append("connect")
    waiting.add(auth.get("wait") if isinstance(auth, dict) else None)
    if "connect" in waiting:
        control.wait("connect")

def disconnect(reason):
    control.calls.append(reason)
    if "disconnect" in waiting:
        control.wait("disconnect")

def whoami():
    if "whoami" in waiting:
        control.wait("whoami")
    control.calls.append(("whoami", current_identity().user))
    return current_identity().user
"""
SECURITY = """
from . import control

def check_token(token, required_scopes, bearer_format):
    user, _, slow = token.partition(":")
    if slow:
        control.wait("hook")
    return {"sub": user} if user in ("ada", "bob") else None
"""


@dataclass(frozen=True)
class Place:
    """A server, and the hands on its handlers."""

    server: Running
    control: ModuleType

    @property
    def calls(self) -> list[Any]:
        found: list[Any] = self.control.calls
        return found

    def until(self, name: str) -> None:
        """Wait until a handler or hook waits."""
        assert self.control.waits[name][0].wait(PATIENCE)

    def go(self, name: str) -> None:
        """Let it go on."""
        self.control.waits[name][1].set()

    def emptied(self) -> None:
        """Wait until nothing is left of any client."""
        manager = self.server.socketio.server.manager
        wait_for(lambda: not self.server.socketio.server.environ)
        wait_for(lambda: not self.server.socketio.sessions)
        wait_for(lambda: not manager.rooms)
        wait_for(lambda: not manager.pending_connect and not manager.pending_disconnect)
        wait_for(lambda: not manager._waiting)

    @contextlib.contextmanager
    def session(self, transport: str) -> Iterator[Raw | Polling]:
        if transport == "polling":
            client = Polling(self.server.url)
            yield client
            client.close()
        else:
            with self.server.raw() as raw:
                yield raw


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    handlers = dict.fromkeys(("root", "free", "asks"), HANDLERS)
    handlers["root"] += "\ndef data(payload): control.calls.append('data')\n"
    project = scaffold(tmp_path, DOCUMENT, handlers, security=SECURITY)
    project.write(f"{project.package}/control.py", CONTROL)
    with project.serve() as server:
        control = project.import_("control")
        try:
            yield Place(server, control)
        finally:
            for _, gate in control.waits.values():
                gate.set()


BOTH = pytest.mark.parametrize("transport", ["polling", "websocket"])
ADA, BOB, EVE = '{"token":"ada"}', '{"token":"bob"}', '{"token":"eve"}'


# -- one Engine.IO session, many connections


@BOTH
def test_S28_a_refused_client_may_try_again_and_is_checked_again(
    place: Place, transport: str
) -> None:
    with place.session(transport) as client:
        for auth in (EVE, "", EVE):
            assert client.connect(auth=auth) == '44{"message":"Connection refused"}'
            client.send('421["whoami"]')
        assert client.connect(auth=ADA).startswith("40{")
        client.send('422["whoami"]')
        assert client.receive() == '432["ada"]', "and the first thing that is answered"
    place.emptied()


@BOTH
def test_S28_who_connects_anew_is_who_the_new_credentials_say(place: Place, transport: str) -> None:
    with place.session(transport) as client:
        first = client.connect(auth=ADA)
        client.send("41")
        assert client.connect(auth=EVE).startswith("44")
        client.send('421["whoami"]')
        second = client.connect(auth=BOB)
        assert second.startswith("40{") and second != first
        client.send('422["whoami"]')
        assert client.receive() == '432["bob"]'
    place.emptied()


@BOTH
def test_S28_one_namespace_says_nothing_of_another(place: Place, transport: str) -> None:
    with place.session(transport) as client:
        assert client.connect("/free", ADA).startswith("40/free,")
        assert client.connect(auth=EVE).startswith("44")
        client.send('421["whoami"]')
        client.send('42/free,2["whoami"]')
        assert client.receive() == "43/free,2[null]"
        client.send("41/free,")
        client.send('42/free,3["whoami"]')
        assert client.connect(auth=ADA).startswith("40{")
        client.send('424["whoami"]')
        assert client.receive() == '434["ada"]'
    assert [call for call in place.calls if call[0] == "whoami"] == [
        ("whoami", None), ("whoami", "ada"),
    ]  # fmt: skip
    place.emptied()


def test_S28_what_follows_a_refused_connect_in_one_request_runs_nothing(place: Place) -> None:
    client = Polling(place.server.url)
    client.send(f"40{EVE}", '421["whoami"]', "41", '422["whoami"]', f"40/asks,{EVE}")
    assert client.receive() == '44{"message":"Connection refused"}'
    assert client.receive().startswith("40/asks,")
    client.close()
    place.emptied()
    assert place.calls == ["connect", "client disconnect"], "those of /asks"


def test_S31_a_second_connect_during_the_first_is_refused(place: Place) -> None:
    client = Polling(place.server.url)
    first = client.send_later('40{"token":"ada","wait":"connect"}')
    place.until("connect")
    client.send(f"40{BOB}", "40", f"40{ADA}", '421["whoami"]')
    assert all(client.receive().startswith("44") for _ in range(3))
    place.go("connect")
    first.join(PATIENCE)
    assert client.receive().startswith("40{")
    assert place.calls == ["connect"]
    client.send('422["whoami"]')
    assert client.receive() == '432["ada"]'
    client.close()
    place.emptied()


# -- packets that are no CONNECT, nearly

NO_CREDENTIALS = [
    "40", "40{}", "40[]", "400", "401", '40"ada"', '40{"token":["ada"]}', '40{"Token":"ada"}',
    '40{"token":"ada","token":"eve"}', "40/?token=ada,", '40{"token":""}',
    "40" + "[" * 400 + "]" * 400, '40{"token":"' + "x" * 900_000 + '"}', '405{"token":null}',
]  # fmt: skip
GARBAGE = [
    "40{", '40{"token":"ada"', "40nul", '40{"token":NaN}', '40{"token":1e999}', "40}", "40,{",
    "40" + "[" * 100_000, '40{"token":"ada"}}', "40//", "40/nowhere", "40\ud7ff", "4",
    "45", '450-{"token":"ada"}', '451-{"token":"ada"}', '450-["connect",{"token":"ada"}]',
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("packet", NO_CREDENTIALS, ids=lambda it: it[:30])
def test_S28_no_auth_payload_stands_for_credentials(
    place: Place, transport: str, packet: str
) -> None:
    with place.session(transport) as client:
        client.send(packet)
        assert client.receive() == '44{"message":"Connection refused"}'
        client.send('421["whoami"]')
        assert client.connect("/free").startswith("40/free,")
        assert client.received("/free") == []
    assert place.calls[0] == "connect"
    place.emptied()


@BOTH
def test_S31_what_is_nearly_a_connect_connects_nobody(place: Place, transport: str) -> None:
    with place.session(transport) as client:
        for packet in GARBAGE:
            client.send(packet)
            client.send('421["whoami"]')
        answers = []
        client.send("40/free,")
        while not (answer := client.receive()).startswith("40/free,"):
            answers.append(answer)
        assert all(answer.startswith("44/") for answer in answers), answers
        assert client.received("/free") == []
    place.emptied()
    assert [call for call in place.calls if call[0] == "whoami"] == []


@pytest.mark.parametrize(
    "frame", [b"0", b"40", b"\x040", b'0{"token":"ada"}', b'40{"token":"ada"}']
)
def test_S31_a_binary_frame_connects_nobody(place: Place, frame: bytes) -> None:
    with place.server.raw() as client:
        client.send(frame)
        client.send('421["whoami"]')
        assert client.connect("/free").startswith("40/free,")
        client.send(frame)
        assert client.received("/free") == []
    place.emptied()
    assert [call for call in place.calls if call[0] == "whoami"] == []


def test_S31_attachments_belong_to_who_is_connected_when_they_come(place: Place) -> None:
    binary = '451-["data",{"_placeholder":true,"num":0}]'
    with place.server.raw() as client:
        client.send(binary)  # nobody yet
        client.send(b"x")
        client.connect(auth=ADA)
        client.send(binary)
        client.send("41")  # gone before the attachment
        client.send(b"x")
        client.send(binary)
        assert client.connect(auth=EVE).startswith("44")  # not let in again
        client.send(b"x")
        assert client.connect("/free").startswith("40/free,")
        assert client.received("/free") == []
    place.emptied()
    assert "data" not in place.calls


def test_S28_an_auth_payload_that_is_too_large_ends_the_session(place: Place) -> None:
    with place.server.raw() as client:
        client.send('40{"token":"ada","x":"' + "x" * 1_100_000 + '"}')
        assert client.connection.recv() in ("", b""), "closed"
    place.emptied()
    assert place.calls == []


# -- clients that go while they are served


def test_S28_a_client_that_goes_while_another_of_its_namespaces_is_left_is_not_accepted(
    place: Place,
) -> None:
    # The books of the namespaces are gone through in the order of their first clients.
    with place.server.client(auth={"token": "bob"}) as witness:
        client = Polling(place.server.url)
        client.connect("/free", '{"wait":"disconnect"}')
        checking = client.send_later('40{"token":"ada","wait":"connect"}')
        place.until("connect")
        leaving = threading.Thread(target=client.close)
        leaving.start()
        place.until("disconnect")
        place.go("connect")
        checking.join(PATIENCE)
        place.go("disconnect")
        leaving.join(PATIENCE)
        wait_for(lambda: len(place.server.socketio.server.environ) == 1)
        manager = place.server.socketio.server.manager
        wait_for(lambda: list(manager.rooms["/"][None]) == [witness.sid()])
        wait_for(lambda: list(place.server.socketio.sessions) == [witness.sid()])
    place.emptied()


def test_S28_a_client_that_goes_when_it_has_just_been_accepted_leaves_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = place.server.socketio.server.manager
    client = Polling(place.server.url)
    connect = manager.connect

    def late(sid: str, namespace: str) -> Any:
        # The server has said yes, and has not written it down: just then the session ends.
        place.server.socketio.server.eio.sockets[client.sid].close(wait=False)
        return connect(sid, namespace)

    monkeypatch.setattr(manager, "connect", late)
    client.send(f"40{ADA}")
    place.emptied()


def test_S36_a_handler_knows_its_client_even_when_that_has_gone(place: Place) -> None:
    with place.server.raw() as client:
        client.connect(auth='{"token":"ada","wait":"whoami"}')
        client.send('42["whoami"]')
        place.until("whoami")
    wait_for(lambda: not place.server.socketio.sessions)
    place.go("whoami")
    wait_for(lambda: ("whoami", "ada") in place.calls)


def test_S34_a_client_that_goes_while_its_operation_is_checked_runs_no_handler(
    place: Place,
) -> None:
    with place.server.raw() as client:
        client.connect("/asks", '{"token":"ada:slow"}')
        client.send('42/asks,["whoami"]')
        place.until("hook")
        client.send("41/asks,")
        wait_for(lambda: "client disconnect" in place.calls)
        place.go("hook")
        client.connect("/free")
        assert client.received("/free") == []
    place.emptied()
    assert [call for call in place.calls if call[0] == "whoami"] == []


# -- users who are logged out while a hook is at work


def test_S36_a_user_who_is_logged_out_while_the_hook_is_at_work_is_refused(place: Place) -> None:
    client = Polling(place.server.url)
    checking = client.send_later('40{"token":"ada:slow"}')
    place.until("hook")
    place.server.socketio.disconnect_identity("ada")
    place.go("hook")
    checking.join(PATIENCE)
    assert client.receive() == '44{"message":"Connection refused"}'
    client.close()
    place.emptied()


def test_S36_another_user_is_not_put_out_by_that(place: Place) -> None:
    client = Polling(place.server.url)
    checking = client.send_later('40{"token":"ada:slow"}')
    place.until("hook")
    place.server.socketio.disconnect_identity("bob")
    place.go("hook")
    checking.join(PATIENCE)
    assert client.receive().startswith("40{")
    client.send('421["whoami"]')
    assert client.receive() == '431["ada"]'
    client.close()
    place.emptied()


def test_S36_nor_does_the_operation_run_whose_hook_was_at_work(place: Place) -> None:
    with place.server.client("/asks", auth={"token": "ada:slow"}) as client:
        client.emit("whoami")
        place.until("hook")
        place.server.socketio.disconnect_identity("ada")
        place.go("hook")
        client.wait_until_gone()
    place.emptied()
    assert place.calls == ["connect", "server disconnect"]


def test_S31_disconnect_runs_once_whoever_notices_first(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = place.server.socketio.server.manager
    both, noted = threading.Barrier(2), manager.pre_disconnect

    def noting(*args: Any, **named: Any) -> Any:
        both.wait(PATIENCE)
        return noted(*args, **named)

    client = Polling(place.server.url)
    client.connect("/free", '{"wait":"disconnect"}')
    monkeypatch.setattr(manager, "pre_disconnect", noting)
    ends = [client.send_later(packet) for packet in ("41/free,", "1")]
    place.until("disconnect")
    time.sleep(0.2)  # The other one is there, too, or has gone.
    place.go("disconnect")
    for end in ends:
        end.join(PATIENCE)
    place.emptied()
    assert place.calls == ["connect", "client disconnect"]


def test_S23_a_session_that_ends_meanwhile_keeps_nothing_from_others(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    eio = place.server.socketio.server.eio
    found = eio._get_socket
    with place.server.raw() as first, place.server.raw() as second:
        first.connect("/free")
        one = next(iter(eio.sockets))
        second.connect("/free")

        def ending(sid: str) -> Any:
            session = found(sid)
            session.closed = sid == one
            return session

        monkeypatch.setattr(eio, "_get_socket", ending)
        place.server.socketio.emit("news", "for all", namespace="/free")
        assert second.receive() == '42/free,["news","for all"]'


def test_S28_clients_that_come_together_are_not_taken_for_accepted(place: Place) -> None:
    """The last one to be accepted, and the first one that is to be checked after it."""
    manager, sids = place.server.socketio.server.manager, []
    second = threading.Thread(target=lambda: sids.append(manager.pre_connect("second", "/free")))

    class Pending(list[str]):
        def __len__(self) -> int:
            length = super().__len__()
            if not length and not second.ident:
                second.start()
                second.join(0.5)  # in vain, since it has to wait
            return length

    first = manager.pre_connect("first", "/free")
    manager.pending_connect["/free"] = Pending(manager.pending_connect["/free"])
    manager.connect(first, "/free")
    second.join(PATIENCE)
    assert manager.is_connected(first, "/free")
    assert manager.is_pre_connected(sids[0], "/free")
    assert not manager.is_connected(sids[0], "/free")


@BOTH
def test_S28_clients_that_connect_and_go_in_every_order_leave_nothing(
    place: Place, transport: str
) -> None:
    packets = [f"40{ADA}", f"40{EVE}", "41", '42["whoami"]', "40/free,", "41/free,"]
    packets += [f"40{BOB}", "1"]

    def hurry(seed: int) -> None:
        with contextlib.suppress(Exception), place.session(transport) as client:
            for step in range(seed, seed + 12):
                client.send(packets[step * (seed + 3) % len(packets)])

    clients = [threading.Thread(target=hurry, args=(seed,)) for seed in range(16)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(PATIENCE)
    place.emptied()
    assert json.dumps(place.calls).count('"connect"') == sum(
        isinstance(call, str) and call != "connect" for call in place.calls
    ), "who has come has gone"
    assert not any(call[0] == "whoami" and call[1] == "eve" for call in place.calls)
    with pytest.raises(socketio.exceptions.ConnectionError), place.server.client(auth={}):
        pass
