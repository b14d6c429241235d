"""What compose.yaml of an emitted project starts, as processes of this machine.

nginx, with the emitted nginx.conf, in which only addresses and ports are others; Redis; and
processes of gunicorn with the emitted gunicorn.conf.py, each on an address of its own of the
loopback network. A small name server stands for that of the containers' network.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.functional.project import Project, free_port, is_open, wait_for
from tests.support import require

DOCUMENT = """
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: join, payload: {type: string}, x-ack: {args: {type: string}}}
          - {name: say, payload: {type: integer}, x-ack: {args: {type: boolean}}}
          - name: tell
            payload: {type: array, items: [{type: string}, {type: integer}]}
            x-ack: {args: {type: boolean}}
    subscribe:
      message:
        oneOf:
          - {name: said, payload: {type: integer}}
          - {name: told, payload: {type: integer}}
"""
HANDLERS = """
import os
import flask_socketio

def join(room):
    flask_socketio.join_room(room)
    return os.environ["STICKY_NODE"]

def say(number):
    events.root.said(number, broadcast=True)
    return True

def tell(room, number):
    events.root.told(number, to=room)
    return True
"""


class Names:
    """A name server that answers `app` with every address, and each name with its own."""

    def __init__(self) -> None:
        self.hosts: dict[str, str] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            query, client = self._socket.recvfrom(512)
            if not query:
                return
            end = query.index(b"\0", 12) + 5
            name = query[13 : end - 5].decode()
            found = [*self.hosts.values()] if name == "app" else [self.hosts.get(name)]
            addresses = [socket.inet_aton(host) for host in found if host]
            # Flags: an answer, recursive; where there is no such name, 3 says so.
            head = query[:2] + (b"\x81\x80" if addresses else b"\x81\x83") + b"\0\1"
            head += len(addresses).to_bytes(2) + bytes(4)
            records = [b"\xc0\x0c\0\1\0\1\0\0\0\2\0\4" + address for address in addresses]
            self._socket.sendto(head + query[12:end] + b"".join(records), client)


@dataclass
class Topology:
    """All of it, running; `start` and the like are what happens to containers."""

    project: Project
    folder: Path
    port: int
    redis_port: int = field(default_factory=free_port)
    public_port: int = field(default_factory=free_port)
    names: Names = field(default_factory=Names)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def nodes(self) -> list[str]:
        return sorted(self.names.hosts)

    def start(self, node: str) -> None:
        """A container of the service `app`, which is in the network when it is healthy."""
        host = f"127.0.{os.getpid() % 250}.{int(node, 16)}"
        command = [sys.executable, "-m", "gunicorn", f"{self.project.package}:create_app()"]
        variables = {
            "ASYNC_MODE": "gevent",
            "ASYNCGEN_HEALTH": "/healthz",
            "MESSAGE_QUEUE": f"redis://127.0.0.1:{self.redis_port}/0",
            "STICKY_NODE": node,
        }
        bind = ["--bind", f"{host}:{self.port}"]
        self._run(node, [*command, *bind], self.project.root, {**os.environ, **variables})
        wait_for(lambda: is_open(self.port, host))
        self.names.hosts[node] = host

    def start_redis(self) -> None:
        options = ["--port", str(self.redis_port), "--save", "", "--appendonly", "no"]
        self._run("redis", ["redis-server", *options], self.folder)
        wait_for(lambda: is_open(self.redis_port))

    def start_nginx(self) -> None:
        text = (self.project.root / "nginx.conf").read_text()
        for pattern, other in (
            (r"resolver 127.0.0.11 ", f"resolver 127.0.0.1:{self.names.port} "),
            (r"listen 80;", f"listen 127.0.0.1:{self.public_port};"),
            (r":5000;", f":{self.port};"),
        ):
            text, count = re.subn(pattern, other, text)
            assert count == 1, pattern
        (self.folder / "nginx.conf").write_text(text)
        place = f"daemon off; pid {self.folder}/nginx.pid;"
        self._run("nginx", ["nginx", "-p", f"{self.folder}/", "-c", "nginx.conf", "-g", place])
        wait_for(lambda: is_open(self.public_port))

    def end(self, name: str, how: signal.Signals) -> int:
        """Send a signal to a container, and return the exit status."""
        process = self.processes.pop(name)
        if how == signal.SIGTERM:
            process.terminate()  # as `docker stop`: to the first process alone
        else:
            os.killpg(process.pid, how)
        status = process.wait(60)
        self.names.hosts.pop(name, None)
        return status

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def _run(
        self,
        name: str,
        command: list[str],
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextlib.contextmanager
def running(project: Project, folder: Path, processes: int) -> Iterator[Topology]:
    """The whole topology with so many processes of the project."""
    for program in ("nginx", "redis-server"):
        require(shutil.which(program) is not None, f"{program} is not installed")
    topology = Topology(project, folder, free_port())
    try:
        topology.start_redis()
        for number in range(processes):
            topology.start(f"{number + 1:012x}")
        topology.start_nginx()
        yield topology
    finally:
        for name in [*topology.processes]:
            topology.end(name, signal.SIGKILL)
        topology.names.close()
