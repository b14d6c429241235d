"""Four processes behind nginx with Redis between them: what clients lose when one of these stops.

ASYNCGEN_SCALE_CLIENTS says how many clients there are: 60, or 500 in `nox -s scale`, which
prints what was measured. A fifth of them poll.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.functional.project import scaffold
from tests.scale.clients import PATIENCE, Client, Polling, WebSocket
from tests.scale.topology import DOCUMENT, HANDLERS, Topology, running

CLIENTS = int(os.environ.get("ASYNCGEN_SCALE_CLIENTS", "60"))
PROCESSES = 4
ROOMS = 10
# Of the events that are broadcast under load, in seconds: 4,000 deliveries a second.
INTERVAL = max(0.02, CLIENTS / 4000)


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    folder = tmp_path_factory.mktemp("scale")
    project = scaffold(folder, DOCUMENT, {"root": HANDLERS}, deploy=True)
    with running(project, folder, PROCESSES) as topology:
        yield topology


@dataclass
class Crowd:
    """All clients, and the numbers that are broadcast to them."""

    topology: Topology
    clients: list[Client]
    number: int = 0

    def of(self, node: str, but: Client | None = None) -> list[Client]:
        return [client for client in self.clients if client.node == node and client is not but]

    def source(self, node: str) -> Client:
        """A client of a node by which to broadcast."""
        return next(client for client in self.of(node) if client.kind is WebSocket)

    async def say(self, source: Client) -> int:
        self.number += 1
        assert await source.ask("say", self.number) is True
        return self.number

    @contextlib.asynccontextmanager
    async def load(self, source: Client) -> AsyncIterator[range]:
        """Broadcast all the time; afterwards the range is that of all numbers sent."""

        async def broadcast() -> None:
            while True:
                await self.say(source)
                await asyncio.sleep(INTERVAL)

        first = self.number
        task = asyncio.create_task(broadcast())
        try:
            yield range(first, first)
            await until(lambda: self.number >= first + 20)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def settle(self) -> None:
        """Wait until all are connected, and until each has got what a client of each node says."""
        for client in self.clients:
            await asyncio.wait_for(client.connected.wait(), PATIENCE)
        for node in {client.node for client in self.clients}:
            mark = await self.say(self.source(node))
            await until(lambda mark=mark: all(mark in it.said for it in self.clients))  # type: ignore[misc]

    def missed(self, client: Client, first: int) -> int:
        """How many of the numbers from `first` on did not come; what came is in order, once."""
        got = [number for number in client.said if number >= first]
        assert len(set(got)) == len(got), "an event came twice"
        return self.number - first + 1 - len(got)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def crowd(topology: Topology) -> AsyncIterator[Crowd]:
    address = ("127.0.0.1", topology.public_port)
    clients = [
        Client(address, Polling if number % 5 == 4 else WebSocket, f"room {number // 5 % ROOMS}")
        for number in range(CLIENTS)
    ]
    async with asyncio.TaskGroup() as group:
        tasks = []
        for client in clients:
            tasks.append(group.create_task(client.live()))
            # Those who come in the moment in which nginx asks for names go to the same process.
            await asyncio.sleep(0.01)
        made = Crowd(topology, clients)
        await made.settle()
        yield made
        for task in tasks:
            task.cancel()


def told(what: str, *values: object) -> None:
    print(f"  {what}: {' '.join(map(str, values))}")


def spread(values: Iterable[float]) -> str:
    found = sorted(values)
    if not found:
        return "none"
    return f"{found[0]:.2f} to {found[-1]:.2f}, median {statistics.median(found):.2f}"


def test_a_session_stays_with_its_process_by_polling_and_by_websocket(topology: Topology) -> None:
    async def scenario() -> None:
        async with crowd(topology) as all_:
            nodes = Counter(client.node for client in all_.clients)
            told("clients of each process", *sorted(nodes.values()))
            assert set(nodes) == set(topology.nodes)
            # From one address, without cookies: not one request went elsewhere.
            assert not [it for it in all_.clients if it.ends or it.failures]
            for node in topology.nodes:
                for room in range(ROOMS):
                    assert await all_.source(node).ask("tell", f"room {room}", room) is True
            await all_.settle()
            for client in all_.clients:
                own = int(client.room.removeprefix("room "))
                await until(lambda it=client: len(it.told) == PROCESSES)  # type: ignore[misc]
                assert client.told == [own] * PROCESSES
                assert all_.missed(client, all_.number - PROCESSES + 1) == 0

    asyncio.run(scenario())


def test_killing_a_process_costs_the_others_nothing(topology: Topology) -> None:
    async def scenario() -> None:
        async with crowd(topology) as all_:
            dead, *alive = topology.nodes
            victims = all_.of(dead)
            others = [it for it in all_.clients if it not in victims]
            first = all_.number + 1
            async with all_.load(all_.source(alive[0])):
                await until(lambda: all_.number > first + 10)
                topology.end(dead, signal.SIGKILL)
                await until(lambda: all(client.gaps for client in victims))
                await asyncio.to_thread(topology.start, dead)
            await all_.settle()
            lost = [all_.missed(client, first) for client in victims]
            told("victims", len(victims), "of", CLIENTS, "events sent", all_.number - first + 1)
            told(
                "seconds until they were back in their rooms", spread(it.gaps[0] for it in victims)
            )
            told("events that a victim missed", spread(lost))
            told("events that others missed", sum(all_.missed(it, first) for it in others))
            assert not [it for it in others if it.ends or all_.missed(it, first)]
            assert all(len(it.gaps) == 1 and it.node != dead for it in victims)
            # The process is back, and takes its share of those who come.
            async with crowd(topology) as newcomers:
                assert {it.node for it in newcomers.clients} == set(topology.nodes)

    asyncio.run(scenario())


def test_restarting_redis_disconnects_nobody(topology: Topology) -> None:
    async def scenario() -> None:
        async with crowd(topology) as all_:
            node = topology.nodes[0]
            own = all_.of(node)
            others = [it for it in all_.clients if it not in own]
            first = all_.number + 1
            async with all_.load(all_.source(node)):
                await until(lambda: all_.number > first + 10)
                topology.end("redis", signal.SIGKILL)
                await asyncio.sleep(1)
                topology.start_redis()
                back = all_.number
                await until(lambda: all(it.said[-1] > back for it in others))
            await all_.settle()
            lost = [all_.missed(client, first) for client in others]
            told("events sent", all_.number - first + 1, f"every {INTERVAL} s, Redis away 1 s")
            told("events that clients of the emitting process missed",
                 sum(all_.missed(it, first) for it in own))  # fmt: skip
            told("events that clients of other processes missed, each", spread(lost))
            assert not [it for it in all_.clients if it.ends]
            assert not [it for it in own if all_.missed(it, first)]

    asyncio.run(scenario())


def test_a_process_that_is_told_to_stop_sends_its_clients_to_the_others(
    topology: Topology,
) -> None:
    async def scenario() -> None:
        async with crowd(topology) as all_:
            leaving, *others_ = topology.nodes
            movers = all_.of(leaving)
            others = [it for it in all_.clients if it not in movers]
            first = all_.number + 1
            async with all_.load(all_.source(others_[0])):
                began = asyncio.get_running_loop().time()
                status = await asyncio.to_thread(topology.end, leaving, signal.SIGTERM)
                took = asyncio.get_running_loop().time() - began
                await until(lambda: all(it.gaps for it in movers))
            await all_.settle()
            told("seconds until the process has ended", f"{took:.1f}", "status", status)
            told("seconds until its clients were in their rooms again",
                 spread(it.gaps[0] for it in movers))  # fmt: skip
            told("events that each of them missed",
                 spread(all_.missed(it, first) for it in movers))  # fmt: skip
            assert status == 0
            # Within graceful_timeout of gunicorn.conf.py, which would be the end by force.
            assert "graceful timeout" not in topology.log(leaving)
            assert not [it for it in others if it.ends or all_.missed(it, first)]
            assert all(len(it.gaps) == 1 for it in movers)
            assert "Traceback" not in topology.log(leaving)
            await asyncio.to_thread(topology.start, leaving)

    asyncio.run(scenario())


def test_no_process_has_logged_a_traceback(topology: Topology, tmp_path: Path) -> None:
    for name in (*topology.nodes, "nginx"):
        assert "Traceback" not in topology.log(name), name
