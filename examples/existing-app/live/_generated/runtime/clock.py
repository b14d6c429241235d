"""Calls that are made later, all in one thread: to sleep in, each would need its own."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

log = logging.getLogger(__name__)


class Clock:
    """Makes calls at their time, in a thread or greenlet of an Engine.IO server.

    They must not take long: others wait for them.
    """

    def __init__(self, server: Any) -> None:
        self._server = server
        self._calls: list[Any] = []  # A heap of time, number and call.
        self._numbers = itertools.count()  # Calls at one time are made in order.
        self._changed = server.create_event()
        self._start = threading.Lock()  # Whoever has it starts the thread; for ever.

    def call_later(self, delay: float, call: Callable[..., Any], *args: Any) -> None:
        """Make a call after `delay` seconds."""
        item = (time.monotonic() + delay, next(self._numbers), partial(call, *args))
        heapq.heappush(self._calls, item)
        if self._start.acquire(blocking=False):
            self._server.start_background_task(self._run)
        self._changed.set()

    def _run(self) -> None:
        while True:
            self._changed.clear()
            while self._calls and self._calls[0][0] <= time.monotonic():
                _, _, call = heapq.heappop(self._calls)
                try:
                    call()
                except Exception:
                    log.exception("a call was not made")
                del call
            rest = self._calls[0][0] - time.monotonic() if self._calls else None
            self._changed.wait(rest)
