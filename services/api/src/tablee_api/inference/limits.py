"""How much the process takes on at once. What is too much is refused at once: `Overloaded`, with `Retry-After`."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from tablee.errors import Overloaded
from tablee.http.middleware import Receive

T = TypeVar("T")


class Admission:
    """Bounds the requests taken on, from their first byte to their answer, and the bytes of their bodies."""

    def __init__(self, *, requests: int, bytes_held: int) -> None:
        self._requests, self._bytes = requests, bytes_held

    @contextmanager
    def admitted(self) -> Iterator[Body]:
        """A place for one request, with the body still to be read.

        :raises Overloaded: every place is taken.
        """
        if self._requests <= 0:
            raise Overloaded("requests_in_flight")
        self._requests -= 1
        body = Body(self)
        try:
            yield body
        finally:
            self._requests += 1
            self._bytes += body.size

    def hold(self, size: int) -> None:
        if size > self._bytes:
            raise Overloaded("bytes_in_flight")
        self._bytes -= size


class Body:
    """A request's body, counted while it is read."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.size = 0

    async def read(self, receive: Receive) -> bytes | None:
        """All of it, or None if the client has left.

        :raises Overloaded: all bodies together grew too large.
        """
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            if part := message.get("body", b""):
                self._admission.hold(len(part))
                self.size += len(part)
                parts.append(part)
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    async def copy(self, receive: Receive, write: Callable[[bytes], object]) -> bool:
        """Hand each part of it on as it comes; False if the client has left.

        :raises Overloaded: all bodies together grew too large.
        """
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            if part := message.get("body", b""):
                self._admission.hold(len(part))
                self.size += len(part)
                write(part)
            if not message.get("more_body", False):
                return True


class Pool:
    """A fixed number of threads and a short queue before them.

    Fixed, since each thread that calls Java stays attached to the JVM for its life.
    """

    def __init__(self, *, threads: int, queue: int, wait_seconds: float) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="score")
        self._places, self._wait_seconds = threads + queue, wait_seconds

    async def run(self, call: Callable[[], T], *, patient: bool = False) -> T:
        """The call's result, from one of the threads. They take the next call from the queue by themselves: an event
        loop that is busy with sending requests away does not keep them waiting.

        :param patient: wait for a thread in whatever queue, as the parts of what has begun do.
        :raises Overloaded: the queue is full, or no thread became free in time.
        """
        if self.is_full and not patient:
            raise Overloaded("queue_full")
        future = self._threads.submit(contextvars.copy_context().run, call)
        too_late = False

        def give_up() -> None:
            nonlocal too_late
            too_late = future.cancel()  # which a call that has begun is not

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
        """Whether `run` would find no place now: to be asked before work is done for nothing."""
        return self._places <= 0

    def close(self) -> None:
        self._threads.shutdown()
