"""Threads for events: python-socketio starts one for each, here they are used again."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any, Final

log = logging.getLogger(__name__)

_REST: Final = 5.0  # in seconds
# How long the next event of a client waits where enough of them are at work, in
# seconds. Not for ever: a handler may be waiting for what the client sends next.
_PATIENCE: Final = 0.01


def reuse_threads(server: Any) -> None:
    """Let a Socket.IO server handle events in threads that are kept.

    Events hardly wait for each other, as before: where all threads are at work,
    there is one more. But a client whose events come faster than they are handled
    is read more slowly, or its threads would take all the time there is.
    """
    workers, start = Workers(), server.start_background_task

    def start_background_task(
        target: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if target != server._handle_event_internal:
            return start(target, *args, **kwargs)
        session = server.eio.sockets.get(args[2])
        if session is None:
            return workers.run(target, *args)
        try:
            session.turns.get(timeout=_PATIENCE)
        except queue.Empty:
            return workers.run(target, *args)
        return workers.run(_in_turn, session.turns, target, *args)

    server.start_background_task = start_background_task


def _in_turn(
    turns: queue.SimpleQueue[None], target: Callable[..., Any], *args: Any
) -> None:
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
