"""One row per request, API and bare server in turns: `python -m benchmarks.one_row [ROUNDS]` (about 20 seconds)."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import bodies, client, cores, servers
from benchmarks.client import Load, Requests
from benchmarks.rounds import interleaved, ratio
from benchmarks.servers import Server

CONNECTIONS = (1, 8, 32)
SECONDS, ROUNDS, WARM_UP_SECONDS = 1.0, 3, 1.0


@dataclass(frozen=True)
class Turn:
    """One round of one server: its rate, and its processor time per request in seconds."""

    load: Load
    cpu: float


@dataclass(frozen=True)
class Beside:
    """The rounds of the API and of the bare server, with this many connections."""

    connections: int
    ours: list[Turn]
    ceiling: list[Turn]

    @property
    def ratio(self) -> float:
        """Median requests per second of the API, divided by the bare server's."""
        return ratio([turn.load.rate for turn in self.ours], [turn.load.rate for turn in self.ceiling])

    @property
    def best(self) -> float:
        """The same for the best round of each, which other work on the machine disturbed least."""
        return max(turn.load.rate for turn in self.ours) / max(turn.load.rate for turn in self.ceiling)

    @property
    def cpu(self) -> float:
        """Median processor time per request of the bare server, divided by the API's."""
        return ratio([turn.cpu for turn in self.ceiling], [turn.cpu for turn in self.ours])


@contextmanager
def both() -> Iterator[tuple[Server, Server]]:
    """Start the API, and the bare server that answers the same number of bytes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with servers.api(folder) as ours, servers.ceiling(answer(ours.url, bodies.one()), folder) as ceiling:
            yield ours, ceiling


def answer(url: str, requests: Requests) -> bytes:
    """The API's answer to the first body."""
    headers = {"content-type": requests.content_type}
    asked = urllib.request.Request(url + requests.path, requests.bodies[0], headers)  # noqa: S310 (a server of our own)
    with urllib.request.urlopen(asked, timeout=30) as reply:  # noqa: S310
        found: bytes = reply.read()
        return found


def measure(
    ours: Server, ceiling: Server, *, rounds: int = ROUNDS, connections: Sequence[int] = CONNECTIONS
) -> Iterator[Beside]:
    """Measure both in turns for each number of connections."""
    requests = bodies.one()
    for server in (ours, ceiling):
        client.drive(server.url, requests, connections=8, seconds=WARM_UP_SECONDS)
    for count in connections:
        found = interleaved(
            {"ours": partial(turn, ours, requests, count), "ceiling": partial(turn, ceiling, requests, count)},
            rounds,
        )
        yield Beside(count, found["ours"], found["ceiling"])


def turn(server: Server, requests: Requests, connections: int) -> Turn:
    """Measure one round of one server."""
    before = server.cpu_seconds()
    load = client.drive(server.url, requests, connections=connections, seconds=SECONDS)
    return Turn(load, (server.cpu_seconds() - before) / load.count)


def main(arguments: list[str]) -> None:
    rounds = int(arguments[0]) if arguments else ROUNDS
    with both() as (ours, ceiling):
        print(f"{client.name()}; {cores.described()}; medians of {rounds} rounds of {SECONDS:.0f} s in turns")
        heads = f"{'rows/s':>9} {'ceiling':>9} {'ratio':>7} {'of CPU':>7} {'p50 ms':>8} {'p99 ms':>8}"
        print(f"{'1 row as JSON':16} {heads}")
        for found in measure(ours, ceiling, rounds=rounds):
            name = f"{found.connections} connection{'s' * (found.connections > 1)}"
            mine, theirs = ([each.load for each in turns] for turns in (found.ours, found.ceiling))
            rates = f"{median(load.rate for load in mine):>9,.0f} {median(load.rate for load in theirs):>9,.0f}"
            times = f"{median(load.p50 for load in mine) * 1e3:>8.2f} {median(load.p99 for load in mine) * 1e3:>8.2f}"
            print(f"{name:16} {rates} {found.ratio:>7.2f} {found.cpu:>7.2f} {times}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
