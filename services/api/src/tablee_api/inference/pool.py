"""The threads that score large requests."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tablee.errors import Overloaded

T = TypeVar("T")


class Pool:
    """A fixed number of threads with a short queue. A thread that calls Java stays attached to the JVM for its whole
    life, therefore the number is fixed."""

    def __init__(self, *, threads: int, queue: int, wait_seconds: float) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="score")
        self._places, self._wait_seconds = threads + queue, wait_seconds

    async def run(self, call: Callable[[], T], *, patient: bool = False) -> T:
        """Run a call in one of the threads and return its result. The threads take calls from the queue themselves, so
        that a busy event loop does not delay them.

        :param patient: wait as long as necessary, however full the queue is; for the parts of a stream that has begun.
        :raises Overloaded: the queue is full, or no thread became free in time.
        """
        if self.is_full and not patient:
            raise Overloaded("queue_full")
        future = self._threads.submit(contextvars.copy_context().run, call)
        too_late = False

        def give_up() -> None:
            nonlocal too_late
            too_late = future.cancel()  # False for a call that has begun

        timer = None if patient else asyncio.get_running_loop().call_later(self._wait_seconds, give_up)
        self._places -= 1
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if too_late:
                raise Overloaded("no_free_thread", seconds=self._wait_seconds) from None
            raise
        finally:
            self._places += 1
            if timer is not None:
                timer.cancel()

    @property
    def is_full(self) -> bool:
        """Whether `run` would refuse a call now."""
        return self._places <= 0

    def close(self) -> None:
        """Wait for the calls that run, and end the threads."""
        self._threads.shutdown()
