"""Requests of one row at half of the API's capacity, to the API and a bare server: latencies, longest pause."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import bodies, client
from benchmarks.open_loop import Offered, offer
from benchmarks.servers import Server

CONNECTIONS = 64


@dataclass(frozen=True)
class HalfLoad:
    """Measure both at the same rate; pauses of the bare server come from the machine and the client."""

    ours: Offered
    ceiling: Offered


def measure(ours: Server, ceiling: Server, *, seconds: float) -> HalfLoad:
    """Measure each for this many seconds, one after the other."""
    capacity = client.drive(ours.url, bodies.one(), connections=32, seconds=3).rate
    found = [
        offer(server.url, bodies.one(), rate=capacity / 2, seconds=seconds, connections=CONNECTIONS)
        for server in (ours, ceiling)
    ]
    return HalfLoad(*found)
