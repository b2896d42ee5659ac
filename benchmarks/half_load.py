"""One row a request at half of what the API can do, and the ceiling at the same rate: times, and the longest pause."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import bodies, client
from benchmarks.open_loop import Offered, offer
from benchmarks.servers import Server

CONNECTIONS = 64


@dataclass(frozen=True)
class HalfLoad:
    """Both at the same rate; what the ceiling pauses is the machine's and the client's part."""

    ours: Offered
    ceiling: Offered


def measure(ours: Server, ceiling: Server, *, seconds: float) -> HalfLoad:
    """For so many seconds each, one after the other."""
    capacity = client.drive(ours.url, bodies.one(), connections=32, seconds=3).rate
    found = [
        offer(server.url, bodies.one(), rate=capacity / 2, seconds=seconds, connections=CONNECTIONS)
        for server in (ours, ceiling)
    ]
    return HalfLoad(*found)
