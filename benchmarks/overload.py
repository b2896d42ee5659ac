"""Five times as many requests as the API can answer: how many it still answers, and whether its probes do."""

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
    """Seconds that the probes took, and how many got no answer in two seconds, or a bad one."""

    taken: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass(frozen=True)
class Overload:
    peak: float
    """Requests a second that the API answers when eight connections ask it: fewer than its queue has places for, since
    what a client left behind when it ended waits there still."""
    offered: Offered
    probes: Probes

    @property
    def ratio(self) -> float:
        """Goodput in parts of the peak."""
        return self.offered.goodput / self.peak


def measure(server: Server, requests: Requests) -> Overload:
    """First the peak, then five times as much."""
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
