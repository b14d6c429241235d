"""The mock: the real server's rules, with made-up data behind them."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import socketio

from asyncgen.runtime import runtime
from tests.functional.mocking import CHAT, SCENARIOS, mocking, request
from tests.functional.project import PATIENCE, wait_for
from tests.support import require


def _header(scheme: str, value: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"{scheme} {value}"}}


# -- behaviour


def test_a_client_gets_an_event_when_it_connects_and_then_each_in_turn(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, interval=0.02) as server, server.client() as client:
        events = [client.next() for _ in range(5)]
        assert [name for name, _ in events] == ["joined", "moved", "joined", "moved", "joined"]
        assert all(len(args) == (2 if name == "moved" else 1) for name, args in events)
        assert server.mock.state()["namespaces"][1]["emits"] == {"tick": 0}, "nobody listens there"


def test_S22_validation_and_error_acks_are_those_of_the_real_server(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server, server.client() as client:
        number, text = client.ask("join", {"name": "Ada"})
        assert isinstance(number, int) and isinstance(text, str)
        assert client.ask("quiet", "sh") == ()
        assert client.error("join", {"name": 3})["code"] == "invalid_payload"
        assert client.error("join", {"name": 3})["path"] == "/name"
        assert client.error("nothing like it", 1)["code"] == "unknown_event"
        assert [line.mark for line in server.lines].count("!") == 3


def test_no_emit_sends_nothing_unasked(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server, server.client() as client:
        assert client.received() == []


def test_nobody_listening_costs_nothing_and_the_last_one_out_stops_it(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, interval=0.01) as server:
        with server.client() as client:
            client.next()
        wait_for(lambda: not server.mock.state()["namespaces"][0]["clients"])
        server.mock.pause(True)  # what was on its way has been sent
        server.mock.pause(False)
        sent = server.mock.state()["namespaces"][0]["emits"]
        time.sleep(0.1)
        assert server.mock.state()["namespaces"][0]["emits"] == sent


def test_answers_take_the_latency(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, latency=(0.2, 0.3)) as server, server.client() as client:
        start = time.monotonic()
        client.ask("quiet", "sh")
        assert time.monotonic() - start >= 0.2


SCHEMES = {
    "basic": "{type: http, scheme: basic}",
    "bearer": "{type: http, scheme: bearer, bearerFormat: JWT}",
    "digest": "{type: http, scheme: digest}",
    "oauth": "{type: oauth2, flows: {implicit: {authorizationUrl: 'https://example.com',"
    " scopes: {read: to read}}}}",
    "openid": "{type: openIdConnect, openIdConnectUrl: 'https://example.com'}",
    "header": "{type: httpApiKey, in: header, name: X-Key}",
    "query": "{type: httpApiKey, in: query, name: key}",
    "cookie": "{type: httpApiKey, in: cookie, name: key}",
    "auth": "{type: httpApiKey, in: header, name: X-Key, x-socketio: {in: auth, name: key}}",
    "user": "{type: apiKey, in: user}",
    "password": "{type: userPassword}",
}
BASIC = base64.b64encode(b"ada:secret").decode()
CREDENTIALS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("basic", {"auth": {"token": BASIC}}, {"auth": {"token": "not base64"}}),
    ("basic", _header("Basic", BASIC), _header("Basic", base64.b64encode(b"no colon").decode())),
    ("bearer", {"auth": {"token": "any.thing"}}, {"auth": {"token": "two words"}}),
    ("bearer", _header("Bearer", "any.thing"), _header("Basic", BASIC)),
    ("digest", _header("Digest", 'username="ada", qop=auth'), _header("Bearer", "x")),
    ("oauth", {"auth": {"token": "any"}}, {"auth": {"token": ""}}),
    ("openid", {"auth": {"token": "any"}}, {"auth": {"token": 3}}),
    ("header", {"headers": {"X-Key": "any key"}}, {"headers": {"X-Key": ""}}),
    ("query", {"query": "key=any"}, {"query": "key="}),
    ("cookie", {"headers": {"Cookie": "key=any"}}, {"headers": {"Cookie": "other=any"}}),
    ("auth", {"auth": {"key": "any"}}, {"auth": {"key": ["any"]}}),
    ("user", {"auth": {"user": "Ada L."}}, {"auth": {"user": "a\nb"}}),
    ("password", {"auth": {"username": "ada", "password": "é"}}, {"auth": {"username": "ada"}}),
]


@pytest.mark.parametrize(("scheme", "right", "wrong"), CREDENTIALS)
def test_S35_any_credential_of_the_right_form_passes_and_no_other(
    tmp_path: Path, scheme: str, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    scopes = "[read]" if scheme == "oauth" else "[]"
    document = f"""
channels:
  /:
    subscribe: {{message: {{name: tick}}}}
    x-security: [{{{scheme}: {scopes}}}]
components:
  securitySchemes: {{{scheme}: {SCHEMES[scheme]}}}
"""
    with mocking(document, tmp_path) as server:
        with server.client(**right):
            pass
        for refused in (wrong, {}):
            with (
                pytest.raises(socketio.exceptions.ConnectionError),
                server.client(**refused),
            ):
                pass
    with mocking(document, tmp_path, auth=False) as server, server.client():
        pass


def test_no_auth_clears_the_security_of_operations_too() -> None:
    guard, module = runtime("guard"), runtime("mock.server")
    secured = guard.Incoming("/", "say", security=({"token": ()},))
    made = guard.Contract(
        {}, (guard.Namespace("/", incoming=(secured,), security=({"token": ()},)),)
    )
    (namespace,) = module.unsecured(made).namespaces
    assert (namespace.security, namespace.incoming[0].security) == ((), ())


def test_an_ack_of_a_client_is_asked_of_each_client(tmp_path: Path) -> None:
    document = """
channels:
  /:
    subscribe: {message: {name: ask, payload: {type: string}, x-ack: {args: {type: integer}}}}
"""
    with mocking(document, tmp_path, interval=0.02) as server, server.client() as client:
        client.answers["ask"] = (7,)
        client.next()
        wait_for(lambda: any(line.subject == "ack of ask" for line in server.lines))
        client.answers["ask"] = ("seven",)
        wait_for(lambda: any("ack of 'ask'" in line.detail for line in server.lines))


# -- data

EXAMPLES = """
channels:
  /:
    publish:
      message: {name: say, payload: {type: string}, x-ack: {args: {type: string, pattern: '^(?!)'}}}
    subscribe:
      message:
        oneOf:
          - name: named
            payload: {type: string}
            examples: [{payload: one}, {payload: 2}, {payload: three}]
          - {name: impossible, payload: {allOf: [{type: string}, {type: 'null'}]}}
"""


def test_S7_examples_come_first_and_in_order_and_invalid_ones_never(tmp_path: Path) -> None:
    with mocking(EXAMPLES, tmp_path, interval=0.01) as server, server.client() as client:
        assert [client.next() for _ in range(3)] == [
            ("named", ("one",)),
            ("named", ("three",)),
            ("named", ("one",)),
        ]
        client.error("say", "x")
        assert client.error("say", "x")["code"] == "not_implemented"
        told = "\n".join(server.mock.problems)
        assert "'impossible' to clients of '/' needs an example" in told
        assert "ack of 'say' from clients of '/' cannot be made up" in told


def test_other_means_find_what_is_not_found_by_construction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(find_spec("hypothesis_jsonschema") is not None, "hypothesis-jsonschema is missing")
    monkeypatch.setattr(runtime("mock.fallback"), "_SECONDS", 300)  # however slow a machine is
    document = """
channels:
  /:
    subscribe:
      message: {name: found, payload: {$ref: '#/components/schemas/Address'}}
components:
  schemas:
    Address: {type: string, format: ipv4, pattern: '^10[.]'}
"""

    def run() -> list[str]:
        with mocking(document, tmp_path, interval=0.01) as server, server.client() as client:
            assert server.mock.problems == []
            return [client.next()[1][0] for _ in range(5)]

    found = run()
    assert all(ipaddress.IPv4Address(text) in ipaddress.ip_network("10.0.0.0/8") for text in found)
    assert run() == found and len({*found}) > 1


def test_the_same_seed_and_requests_give_the_same_payloads(tmp_path: Path) -> None:
    def run(seed: int) -> list[Any]:
        with mocking(CHAT, tmp_path, seed=seed, interval=0.01) as server, server.client() as it:
            events = [it.next() for _ in range(6)]
            return [*events, it.ask("join", {"name": "Ada"}), it.ask("join", {"name": "Bob"})]

    first = run(3)
    assert run(3) == first
    assert run(4) != first


def test_what_follows_on_an_event_is_the_same_however_much_was_emitted_before(
    tmp_path: Path,
) -> None:
    def answer(interval: float | None, others: int) -> Any:
        with (
            mocking(SCENARIOS, tmp_path, interval=interval) as server,
            server.client() as client,
        ):
            for _ in range(others):
                client.next()
            request(f"{server.url}/_mock/pause", {})
            client.received()
            client.ask("join", {"user": {"name": "Ada"}})
            return next(args for name, args in iter(client.next, None) if name == "joined")

    assert answer(None, 1) == answer(0.01, 5)


def test_several_clients_get_among_them_what_one_would_get(tmp_path: Path) -> None:
    def acks(clients: int) -> set[Any]:
        with mocking(CHAT, tmp_path) as server, contextlib.ExitStack() as stack:
            made = [stack.enter_context(server.client()) for _ in range(clients)]
            asked = [
                threading.Thread(target=lambda it=it: found.append(it.ask("join", {"name": "A"})))
                for it in made * (6 // clients)
            ]
            found: list[Any] = []
            for thread in asked:
                thread.start()
            for thread in asked:
                thread.join()
            return {*found}

    assert acks(1) == acks(3) and len(acks(1)) > 1


def test_scenarios_answer_an_event_with_another_that_echoes_it(tmp_path: Path) -> None:
    with mocking(SCENARIOS, tmp_path) as server, server.client() as client:
        assert client.next()[0] == "welcome"
        client.ask("join", {"user": {"name": "Ada", "tag": "blue"}})
        name, (payload,) = client.next()
        assert (name, payload["name"], payload["tags"][0]) == ("joined", "Ada", "blue")
        assert isinstance(payload["online"], int) and len(payload["tags"]) >= 2
        client.ask("join", {"user": {"name": 5}})
        name, (payload,) = client.next()
        assert isinstance(payload["name"], str), "what does not conform is not echoed"


def test_S13_an_event_with_several_lists_of_arguments_is_any_of_them(tmp_path: Path) -> None:
    document = """
channels:
  /:
    subscribe:
      message:
        oneOf:
          - {name: moved, payload: {type: string}}
          - {name: moved, payload: {type: array, items: [{type: integer}, {type: integer}]}}
          - {name: moved}
"""
    with mocking(document, tmp_path, interval=0.005) as server, server.client() as client:
        kinds = {tuple(map(type, client.next()[1])) for _ in range(60)}
        assert kinds == {(str,), (int, int), ()}
        for payload in ("there", [1, 2]):
            given = {"event": "moved", "payload": payload}
            assert request(f"{server.url}/_mock/emit", given)[0] == 200


# -- control


OPTIONAL = """
channels:
  /:
    publish:
      message:
        name: move
        payload: &pair {type: array, items: [{type: integer}, {type: integer}], minItems: 1}
        x-mock: {emit: moved, echo: {/0: /0}}
    subscribe:
      message:
        oneOf:
          - {name: moved, payload: {type: array, items: [{type: integer}]}}
          - {name: ask, x-ack: *pair}
"""


def test_S18_an_argument_may_be_left_out(tmp_path: Path) -> None:
    with mocking(OPTIONAL, tmp_path) as server, server.client() as client:
        assert client.ask("move", 7) == ()
        assert client.next() == ("moved", (7,))
        client.answers["ask"] = (8,)
        server.mock.emit(server.mock.outgoing("/", "ask"), ())
        wait_for(lambda: any(line.subject == "ack of ask" for line in server.lines))
        assert [line.detail for line in server.lines if line.mark == "→"] == ["7", "8"]


def test_events_are_emitted_on_request(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server, server.client() as client:
        url = f"{server.url}/_mock"
        given = {"namespace": "/", "event": "joined", "payload": {"name": "Ada"}}
        assert request(f"{url}/emit", given) == (
            200,
            {"event": "joined", "namespace": "/", "payload": [{"name": "Ada"}]},
        )
        assert client.next() == ("joined", ({"name": "Ada"},))
        status, answer = request(f"{url}/emit", {"event": "moved"})
        assert status == 200
        assert client.next() == ("moved", tuple(answer["payload"]))
        assert request(f"{url}/emit", {"event": "moved", "payload": [1, 2]})[0] == 200
        assert client.next() == ("moved", (1, 2))

        status, answer = request(f"{url}/emit", {**given, "payload": {"name": 1}})
        assert (status, answer["error"]["path"]) == (422, "/name")
        assert request(f"{url}/emit", {"event": "moved", "payload": "ab"})[0] == 422
        assert request(f"{url}/emit", {"event": "join"})[0] == 404
        assert request(f"{url}/emit", {"event": ["joined"]})[0] == 400
        assert request(f"{url}/emit", [1])[0] == 400
        assert request(f"{url}/emit", {"event": "joined", "namespace": "/none"})[0] == 404
        assert request(f"{url}/emit", {"event": "joined", "to": 3})[0] == 400
        assert client.received() == []


def test_it_tells_its_state_and_is_paused_resumed_and_reseeded(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path, interval=0.01) as server, server.client() as client:
        url = f"{server.url}/_mock"
        client.next()
        assert request(f"{url}/pause", {})[1]["paused"] is True
        client.received()
        time.sleep(0.1)
        assert client.received() == []
        assert request(f"{url}/seed", {"seed": "x"})[0] == 400
        assert request(f"{url}/seed", {"seed": 9})[1]["seed"] == 9
        assert request(f"{url}/resume", {})[1]["paused"] is False
        client.next()
        status, state = request(url)
        assert (status, state["title"], state["problems"]) == (200, "Test", [])
        assert len(state["namespaces"][0]["clients"]) == 1


def test_what_is_being_emitted_comes_before_the_answer_to_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = threading.Event(), threading.Event()
    with mocking(CHAT, tmp_path, interval=0.01) as server, server.client() as client:
        mock = server.mock
        draw = mock.payloads.event

        def slow(*args: Any) -> Any:
            begun.set()
            assert gate.wait(PATIENCE)
            return draw(*args)

        monkeypatch.setattr(mock.payloads, "event", slow)
        assert begun.wait(PATIENCE)
        pausing = threading.Thread(target=mock.pause, args=(True,))
        pausing.start()
        pausing.join(0.1)
        assert pausing.is_alive()
        gate.set()
        pausing.join(PATIENCE)
        client.received()
        sent = mock.state()["namespaces"][0]["emits"]
        assert client.received() == []
        assert mock.state()["namespaces"][0]["emits"] == sent


def test_control_is_for_this_machine_unless_it_is_opened(tmp_path: Path) -> None:
    with mocking(CHAT, tmp_path) as server:
        client = server.mock.app.test_client()
        for path, post in (("", False), ("/emit", True), ("/pause", True)):
            call = client.post if post else client.get
            refused = call(f"/_mock{path}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
            assert refused.status_code == 403
        # A form of another origin's page could be sent without being asked.
        assert client.post("/_mock/emit", data='{"event": "joined"}').status_code == 415
        for origin, host, status in (
            ("http://localhost:3000", "localhost:5000", 200),
            ("http://127.0.0.1:5000", "127.0.0.1:5000", 200),
            ("http://[::1]:5000", "[::1]:5000", 200),
            ("https://example.com", "127.0.0.1:5000", 403),
            ("null", "127.0.0.1:5000", 403),
            # A name that leads here now, and led elsewhere when its page was loaded.
            (None, "example.com:5000", 403),
            ("http://example.com:5000", "example.com:5000", 403),
            (None, "[", 403),
        ):
            headers = {"Host": host} | ({"Origin": origin} if origin else {})
            answer = client.post("/_mock/pause", headers=headers)
            assert answer.status_code == status, (origin, host)
    with mocking(CHAT, tmp_path, control=True) as server:
        client = server.mock.app.test_client()
        there = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}, "base_url": "http://mock.test"}
        assert client.get("/_mock", **there).status_code == 200
        own, other = {"Origin": "http://mock.test"}, {"Origin": "https://example.com"}
        assert client.post("/_mock/pause", headers=own, **there).status_code == 200
        assert client.post("/_mock/pause", headers=other, **there).status_code == 403


# -- at the terminal


@pytest.mark.parametrize(("terminal", "coloured"), [(False, False), (True, True)])
def test_a_line_is_one_line_and_has_colours_on_a_terminal_only(
    terminal: bool,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    line = runtime("mock.server").Line("←", "/", "said", "one\ntwo\x1b[2J" + "x" * 500)
    runtime("mock.console").Console()(line)
    told = capsys.readouterr().out
    assert told.count("\n") == 1 and told.endswith("…\n")
    assert ("\x1b[32m←\x1b[0m" in told) is coloured and "\x1b[2J" not in told
    assert len(told) < (80 if terminal else 170)
