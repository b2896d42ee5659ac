"""Requests with many rows, as JSON and as CSV, and the raw Java loop on one core, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarks import bodies, client, cores, java_loop, models
from benchmarks.client import Requests
from benchmarks.rounds import interleaved
from benchmarks.servers import Server

SECONDS, ROUNDS, JAVA_BLOCKS = 1.0, 3, 200
JAVA = "Java loop, 1 core"


@dataclass(frozen=True)
class Speed:
    """For each round: rows per second, and processor time per row in seconds."""

    rates: list[float]
    cpu: list[float]

    @property
    def middle(self) -> float:
        return median(self.rates)


def measure(server: Server, asked: Sequence[tuple[str, Requests]], *, rounds: int = ROUNDS) -> dict[str, Speed]:
    """Measure each kind of request over one connection, and the Java loop; the first round is dropped."""
    mojo, block = java_loop.loaded(models.GBM)
    calls: dict[str, Callable[[], tuple[float, float]]] = {name: partial(_ask, server, each) for name, each in asked}

    def java() -> tuple[float, float]:
        with cores.pinned(cores.SERVER):
            taken, cpu = java_loop.seconds(lambda: mojo.answers(block), JAVA_BLOCKS)
        return len(block) / taken, cpu / len(block)

    calls[JAVA] = java
    found = interleaved(calls, rounds + 1)
    return {name: Speed([a for a, _ in turns[1:]], [b for _, b in turns[1:]]) for name, turns in found.items()}


def every_shape() -> list[tuple[str, Requests]]:
    """Measure 100 and 1,000 rows, as JSON and as CSV."""
    return [
        (f"{count:,} rows as {form}", make(count))
        for count in (100, 1000)
        for form, make in (("JSON", bodies.many), ("CSV", bodies.table))
    ]


def _ask(server: Server, requests: Requests) -> tuple[float, float]:
    before = server.cpu_seconds()
    load = client.drive(server.url, requests, connections=1, seconds=SECONDS)
    return load.rate * requests.rows, (server.cpu_seconds() - before) / (load.count * requests.rows)
