"""How much the process takes on at once. What is too much is refused at once: `Overloaded`, with `Retry-After`."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from tablee.edge import Receive
from tablee.errors import Overloaded

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
            raise Overloaded("as many requests as this process takes on at once are in flight")
        self._requests -= 1
        body = Body(self)
        try:
            yield body
        finally:
            self._requests += 1
            self._bytes += body.size

    def hold(self, size: int) -> None:
        if size > self._bytes:
            raise Overloaded("the requests in flight hold as much memory as this process gives to bodies")
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


class Pool:
    """A fixed number of threads and a short queue before them.

    Fixed, since each thread that calls Java stays attached to the JVM for its life.
    """

    def __init__(self, *, threads: int, queue: int, wait_seconds: float) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="score")
        self._free = asyncio.Semaphore(threads)
        self._places, self._wait_seconds = queue, wait_seconds

    async def run(self, call: Callable[[], T]) -> T:
        """The call's result, from one of the threads.

        :raises Overloaded: the queue is full, or no thread became free in time.
        """
        await self._enter()
        try:
            context = contextvars.copy_context()
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: context.run(call))
        finally:
            self._free.release()

    async def _enter(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        if self._places <= 0:
            raise Overloaded("the queue of large requests is full")
        self._places -= 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Overloaded(f"no thread became free within {self._wait_seconds:g} seconds") from None
        finally:
            self._places += 1

    def close(self) -> None:
        self._threads.shutdown()
