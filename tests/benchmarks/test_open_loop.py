"""The client that measures: it counts every request once, and its clock starts when a request is due."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

from benchmarks import client
from benchmarks.client import Requests
from benchmarks.open_loop import offer

ASKED = Requests("/predict", "application/json", (b'{"a": 1}', b'{"a": 22}'))
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
PAUSE = 0.02


@contextmanager
def answering(*answers: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that gives these answers in turns, one request after the other, each after a pause."""
    turns = cycle(answers)
    one_by_one = threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while head := b"".join(iter(self.rfile.readline, b"\r\n" if self.rfile.peek() else b"")):
                self.rfile.read(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
                with one_by_one:
                    time.sleep(pause)
                    self.wfile.write(next(turns))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_every_request_is_counted_once() -> None:
    with answering(OK, BUSY, OK, BROKEN) as url:
        found = offer(url, ASKED, rate=200, seconds=1, connections=1)
    answered = len(found.taken) + found.refused + found.failed
    assert found.due == answered + found.unanswered
    assert found.due > 100
    assert found.taken
    assert abs(found.refused - found.failed) <= 1
    assert abs(len(found.taken) - found.refused - found.failed) <= 2


def test_the_clock_runs_from_when_a_request_was_due() -> None:
    with answering(OK, pause=PAUSE) as url:
        found = offer(url, ASKED, rate=4 / PAUSE, seconds=1, connections=4)
    assert found.goodput < 1.1 / PAUSE
    assert found.longest > 5 * PAUSE, "waiting for a free connection belongs to a request's time"
    assert found.unanswered > 0


def test_the_closed_loop_waits_for_each_answer() -> None:
    with answering(OK, pause=PAUSE) as url:
        found = client._thin(url, ASKED, 2, 1.0)
    assert 0.2 / PAUSE < found.rate < 1.1 / PAUSE
    assert found.p50 >= PAUSE


def test_a_client_that_is_kept_from_running_says_so() -> None:
    asked = 0

    class Slow(Requests):
        def wire(self, host: str) -> list[bytes]:
            return Bodies(super().wire(host))

    class Bodies(list[bytes]):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal asked
            while True:
                asked += 1
                time.sleep(PAUSE)  # the loop of the client stands still, as when others have its core
                yield self[0]

    with answering(OK) as url:
        found = offer(url, Slow(ASKED.path, ASKED.content_type, ASKED.bodies), rate=20, seconds=1, connections=4)
    assert asked
    assert found.starved
