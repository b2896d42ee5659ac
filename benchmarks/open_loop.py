"""A client that sends at a fixed rate whatever the server does; latency counts from when a request was due."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median, quantiles
from typing import cast
from urllib.parse import urlsplit

import uvloop

from benchmarks import cores
from benchmarks.client import Requests

PATIENCE = 10.0
"""Seconds that answers may take after the last request was due."""

GAP, STARVED = 0.005, 0.05
"""A client that did not run for 5 ms was delayed; delayed for a twentieth of the time, its result is invalid."""


@dataclass
class Offered:
    """The outcome of the requests that were due within `seconds`. Times are in seconds."""

    seconds: float
    due: int = 0
    taken: list[float] = field(default_factory=list)
    """Latencies of the requests answered 200."""
    in_time: int = 0
    """Requests answered 200 before the end."""
    refused: int = 0
    """Requests answered 503 with `Retry-After`."""
    failed: int = 0
    """Requests answered anything else, or whose connection broke."""
    away: float = 0.0
    """Total time in which the client itself did not run for more than `GAP`, in seconds."""

    @property
    def starved(self) -> bool:
        """Whether other processes used the client's core for so long that the result is invalid."""
        return self.away > STARVED * self.seconds

    @property
    def rate(self) -> float:
        """Requests that were due, per second."""
        return self.due / self.seconds

    @property
    def goodput(self) -> float:
        """Requests answered 200, per second."""
        return self.in_time / self.seconds

    @property
    def unanswered(self) -> int:
        """Requests that were not sent, because every connection was busy until the end."""
        return self.due - len(self.taken) - self.refused - self.failed

    @property
    def p50(self) -> float:
        return median(self.taken)

    @property
    def p99(self) -> float:
        return quantiles(self.taken, n=100)[98]

    @property
    def longest(self) -> float:
        return max(self.taken)


def offer(url: str, requests: Requests, *, rate: float, seconds: float, connections: int) -> Offered:
    """Send `rate` requests per second for `seconds`, over at most this many connections."""
    with cores.pinned(cores.CLIENT):
        found: Offered = uvloop.run(_offer(url, requests, rate, seconds, connections))
        return found


async def _offer(url: str, requests: Requests, rate: float, seconds: float, connections: int) -> Offered:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    loop = asyncio.get_running_loop()
    line = Line(requests.wire(host), Offered(seconds))
    opened = [await loop.create_connection(lambda: Connection(line), host, port) for _ in range(connections)]
    line.start = looked = time.perf_counter()
    while (now := time.perf_counter()) < line.end:
        line.offered.away += now - looked if now - looked > GAP else 0.0
        looked = now
        line.due(int((now - line.start) * rate), rate)
        await asyncio.sleep(0)  # no pause: a timer would be late by more than an answer takes
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(line.quiet.wait(), PATIENCE)
    for _, connection in opened:
        connection.leave()
    return line.offered


class Line:
    """The queue of due requests, and the free connections."""

    def __init__(self, wire: list[bytes], offered: Offered) -> None:
        self.offered, self._wire, self.start = offered, cycle(wire), 0.0
        self.free: deque[Connection] = deque()
        self.quiet = asyncio.Event()
        self._busy = 0
        self._waiting: deque[float] = deque()

    @property
    def end(self) -> float:
        return self.start + self.offered.seconds

    def due(self, total: int, rate: float) -> None:
        """Number of requests that are due since the start."""
        while self.offered.due < total:
            self._waiting.append(self.start + self.offered.due / rate)
            self.offered.due += 1
        self.send()

    def send(self) -> None:
        while self.free and self._waiting and time.perf_counter() < self.end:
            self._busy += 1
            self.quiet.clear()
            self.free.popleft().send(next(self._wire), self._waiting.popleft())

    def done(self, due: float, head: bytes) -> None:
        """Record the head of an answer; it is empty if the connection broke."""
        now = time.perf_counter()
        self._busy -= 1
        if not self._busy:
            self.quiet.set()
        if head.startswith(b"HTTP/1.1 200"):
            self.offered.taken.append(now - due)
            self.offered.in_time += now < self.end
        elif head.startswith(b"HTTP/1.1 503") and b"\r\nretry-after:" in head.lower():
            self.offered.refused += 1
        else:
            self.offered.failed += 1


class Connection(asyncio.Protocol):
    """A connection that sends one request at a time."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._buffer, self._expected, self._due = b"", 0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._line.free.append(self)

    def send(self, request: bytes, due: float) -> None:
        self._buffer, self._expected, self._due = b"", 0, due
        self._transport.write(request)

    def leave(self) -> None:
        """Close without waiting for the answer of a pending request."""
        self._due = 0.0
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._expected and (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = self._buffer[:head].lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
            self._expected = head + 4 + int(length)
        if self._expected and len(self._buffer) >= self._expected:
            self._line.done(self._due, self._buffer.split(b"\r\n\r\n", 1)[0] + b"\r\n")
            self._due = 0.0
            self._line.free.append(self)
            self._line.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._due:
            self._line.done(self._due, b"")
        elif self in self._line.free:
            self._line.free.remove(self)
