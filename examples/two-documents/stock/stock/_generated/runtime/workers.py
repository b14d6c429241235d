"""What events are handled in: python-socketio starts a thread or a greenlet for each.

Here threads are used again, and greenlets are of the kind that costs least.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextvars import Context
from importlib import import_module
from typing import Any, Final

log = logging.getLogger(__name__)

_REST: Final = 5.0  # in seconds
# How many events of one client are handled at once, unless they take long.
_AT_ONCE: Final = 8
# How long the next event of a client waits where enough of them are at work, in
# seconds. Not for ever: a handler may be waiting for what the client sends next.
_PATIENCE: Final = 0.01


def pace(server: Any) -> None:
    """Let a Socket.IO server read a client no faster than its events are handled.

    Events hardly wait for each other, as before: each has a thread or a greenlet.
    But what comes in goes before what is at work, and so those of one client would
    take all the time there is.
    """
    start = server.start_background_task
    is_gevent = server.async_mode == "gevent"
    run = import_module("gevent").spawn_raw if is_gevent else Workers().run

    def start_background_task(
        target: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if target != server._handle_event_internal:
            return start(target, *args, **kwargs)
        session = server.eio.sockets.get(args[2])
        if session is None:
            return run(target, *args)
        try:
            session.turns.get(timeout=_PATIENCE)
        except queue.Empty:
            return run(target, *args)
        return run(_in_turn, session.turns, target, *args)

    server.start_background_task = start_background_task


def turns(async_mode: str) -> Any:
    """A queue with an item for each event of a client that may be handled now.

    It is waited for as `async_mode` waits: `threading` or `gevent`.
    """
    # Not that of the standard library, which would stop all greenlets unless patched.
    module = import_module("gevent.queue") if async_mode == "gevent" else queue
    items = module.SimpleQueue()
    for _ in range(_AT_ONCE):
        items.put(None)
    return items


def _in_turn(turns: Any, target: Callable[..., Any], *args: Any) -> None:
    try:
        target(*args)
    finally:
        turns.put(None)


class Workers:
    """Threads that make one call after another, and end when no other comes for a while."""

    def __init__(self) -> None:
        # Each thread at rest waits for its next call at a queue of its own.
        self._resting: list[queue.SimpleQueue[Callable[[], Any]]] = []

    def run(self, target: Callable[..., Any], *args: Any) -> None:
        """Call `target` in a thread, and with no context variable of another call."""

        def call() -> None:
            Context().run(target, *args)

        try:
            calls = self._resting.pop()
        except IndexError:
            threading.Thread(target=self._work, args=(call,), daemon=True).start()
        else:
            calls.put(call)

    def _work(self, call: Callable[[], Any]) -> None:
        calls: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        while True:
            try:
                call()
            except Exception:
                log.exception("an event was not handled")
            del call  # And what it was called with.
            self._resting.append(calls)
            try:
                call = calls.get(timeout=_REST)
            except queue.Empty:
                try:
                    self._resting.remove(calls)
                except ValueError:  # Just now it was chosen for a call.
                    call = calls.get()
                else:
                    return
