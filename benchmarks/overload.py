"""Five times as many requests as the API can answer: its goodput, and whether its probes still answer."""

from __future__ import annotations

import threading
import time
import urllib.request
from dataclasses import dataclass, field

from benchmarks import client
from benchmarks.client import Requests
from benchmarks.open_loop import Offered, offer
from benchmarks.servers import Server

TIMES, SECONDS, CONNECTIONS = 5, 10.0, 1000
PROBES, PAUSE = ("/readyz", "/metrics"), 0.2


@dataclass
class Probes:
    """Latencies of the probes in seconds, and how many failed or took more than two seconds."""

    taken: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass(frozen=True)
class Overload:
    peak: float
    """Requests per second that the API answers to eight connections. That is fewer than its queue takes, because
    requests of a client that has ended still wait there."""
    offered: Offered
    probes: Probes

    @property
    def ratio(self) -> float:
        """Goodput divided by the peak."""
        return self.offered.goodput / self.peak


def measure(server: Server, requests: Requests) -> Overload:
    """Measure the peak, then send five times as much."""
    peak = client.drive(server.url, requests, connections=8, seconds=3).rate
    probes, ended = Probes(), threading.Event()
    thread = threading.Thread(target=_probe, args=(server.url, probes, ended))
    thread.start()
    try:
        offered = offer(server.url, requests, rate=TIMES * peak, seconds=SECONDS, connections=CONNECTIONS)
    finally:
        ended.set()
        thread.join()
    return Overload(peak, offered, probes)


def _probe(url: str, probes: Probes, ended: threading.Event) -> None:
    while not ended.wait(PAUSE):
        for path in PROBES:
            start = time.perf_counter()
            try:
                with urllib.request.urlopen(url + path, timeout=2) as answer:  # noqa: S310 (a server of our own)
                    answer.read()
                probes.taken.append(time.perf_counter() - start)
            except OSError:
                probes.failed += 1
