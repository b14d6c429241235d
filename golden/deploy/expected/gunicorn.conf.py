"""How gunicorn serves deployed; it reads this file where it is started."""

import os
import socket
from typing import Any

bind = "0.0.0.0:5000"
worker_class = "gevent"
# A session lives in one process: there are as many processes as containers.
workers = 1
# How many clients may be connected to it.
worker_connections = 10_000
# In seconds; `docker stop` has to wait longer than that.
graceful_timeout = 20
control_socket_disable = True

# The name of this container, by which nginx finds the process that has a session.
os.environ.setdefault("STICKY_NODE", socket.gethostname().partition(".")[0])


def post_worker_init(worker: Any) -> None:
    """When the worker is told to stop, send its clients to the others."""
    server = worker.wsgi.extensions["socketio"]

    def watch() -> None:
        while worker.alive:
            server.sleep(0.1)
        # From now on no new connection is accepted.
        server.sleep(1)
        server.disconnect_everyone()

    server.start_background_task(watch)
