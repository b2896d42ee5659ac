"""A client that sends the next request of a connection as soon as the last is answered: `wrk`, or a thin one of asyncio
where wrk is not installed."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import cast
from urllib.parse import urlsplit

import uvloop

from benchmarks import cores

WRK = shutil.which("wrk")
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Requests:
    """The requests that a client posts in turns: bodies of one content type to one path."""

    path: str
    content_type: str
    bodies: tuple[bytes, ...]
    rows: int = 1
    """Number of rows in each body."""

    @contextmanager
    def files(self) -> Iterator[list[str]]:
        """The bodies as files."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / str(i) for i in range(len(self.bodies))]
            for path, body in zip(paths, self.bodies, strict=True):
                path.write_bytes(body)
            yield [str(path) for path in paths]

    def wire(self, host: str) -> list[bytes]:
        """The whole requests in HTTP/1.1."""
        head = f"POST {self.path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {self.content_type}\r\n"
        return [f"{head}content-length: {len(body)}\r\n\r\n".encode() + body for body in self.bodies]


@dataclass(frozen=True)
class Load:
    """The result of one round: requests answered per second, and latencies in seconds."""

    count: int
    rate: float
    p50: float
    p99: float
    longest: float


def drive(url: str, requests: Requests, *, connections: int, seconds: float) -> Load:
    """Keep so many connections busy.

    :raises RuntimeError: an answer was not 200, or a connection failed.
    """
    with cores.pinned(cores.CLIENT):
        return (_wrk if WRK else _thin)(url, requests, connections, seconds)


def name() -> str:
    """The name of the client that `drive` uses."""
    return "wrk" if WRK else "a client of asyncio"


def _wrk(url: str, requests: Requests, connections: int, seconds: float) -> Load:
    with requests.files() as files:
        command: list[str | Path] = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "30s",
            "-s",
            SCRIPT,
        ]
        command += [url + requests.path, "--", requests.content_type, *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"wrk failed: {done.stderr}{done.stdout}")
    found = json.loads(done.stdout.splitlines()[-1])
    if found["failed"] or not found["requests"]:
        raise RuntimeError(f"{url}{requests.path}: {found['failed']} of {found['requests']} requests failed")
    return Load(found["requests"], found["requests"] / found["seconds"], found["p50"], found["p99"], found["longest"])


def _thin(url: str, requests: Requests, connections: int, seconds: float) -> Load:
    taken = uvloop.run(_run(url, requests, connections, seconds))
    p99 = quantiles(taken, n=100)[98] if len(taken) > 1 else taken[0]
    return Load(len(taken), len(taken) / seconds, median(taken), p99, max(taken))


async def _run(url: str, requests: Requests, connections: int, seconds: float) -> list[float]:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    taken: list[float] = []
    end = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    wire = requests.wire(host)
    opened = [
        await loop.create_connection(lambda: Connection(wire, taken, end), host, port) for _ in range(connections)
    ]
    await asyncio.gather(*(connection.closed for _, connection in opened))
    return taken


class Connection(asyncio.Protocol):
    """A connection that sends a request as soon as the last is answered, and records each latency in seconds."""

    def __init__(self, requests: Sequence[bytes], taken: list[float], end: float) -> None:
        self._requests, self._taken, self._end = cycle(requests), taken, end
        self._buffer, self._expected = b"", 0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self._buffer, self._expected = b"", 0
        self._started = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._expected and (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            if not self._buffer.startswith(b"HTTP/1.1 200"):
                self._fail(RuntimeError(f"answered {self._buffer[:500]!r}"))
                return
            length = self._buffer[:head].lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
            self._expected = head + 4 + int(length)
        if self._expected and len(self._buffer) >= self._expected:
            now = time.perf_counter()
            self._taken.append(now - self._started)
            if now < self._end:
                self._send()
            else:
                self._transport.close()

    def _fail(self, error: Exception) -> None:
        if not self.closed.done():
            self.closed.set_exception(error)
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_exception(exc) if exc else self.closed.set_result(None)
