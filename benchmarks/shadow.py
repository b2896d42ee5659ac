"""The cost of a challenger that predicts a share of the rows in the shadow: `python -m benchmarks.shadow`.

APIs that differ in nothing but the share, in turns.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
import urllib.request
from functools import partial
from pathlib import Path

from benchmarks import bodies, one_row, report, servers
from benchmarks.one_row import Turn
from benchmarks.rounds import interleaved, ratio
from benchmarks.servers import Server

SHARES = (0.0, 0.1, 1.0)
CONNECTIONS, ROUNDS, PATIENCE = 8, 5, 60.0


def measure(rounds: int = ROUNDS) -> dict[float, list[Turn]]:
    """Measure requests of one row for each share; the first round is a warm-up and is dropped."""
    with contextlib.ExitStack() as stack:
        running = {share: _started(stack, share) for share in SHARES}
        calls = {
            str(share): partial(one_row.turn, server, bodies.one(), CONNECTIONS) for share, server in running.items()
        }
        found = interleaved(calls, rounds + 1)
    return {share: found[str(share)][1:] for share in SHARES}


def _started(stack: contextlib.ExitStack, share: float) -> Server:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server = stack.enter_context(servers.api(folder, challenged=True, shadow_share=str(share)))
    if share:
        _shadowing(server)
    return server


def _shadowing(server: Server) -> None:
    """Send requests until the challenger has predicted a row.

    :raises RuntimeError: it never does.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        one_row.answer(server.url, bodies.one())
        with urllib.request.urlopen(f"{server.url}/metrics", timeout=5) as answer:  # noqa: S310 (a server of our own)
            if b"tablee_shadow_rows_total{" in answer.read():
                return
    raise RuntimeError("nothing is predicted in the shadow")


def table(found: dict[float, list[Turn]]) -> str:
    """Requests per second and processor time, each also divided by those without a shadow."""
    alone = found[0.0]
    lines = []
    for share, turns in found.items():
        rates, times = [turn.load.rate for turn in turns], [turn.cpu for turn in turns]
        line = ratio(rates, [turn.load.rate for turn in alone]), ratio([turn.cpu for turn in alone], times)
        lines.append([f"{share:.0%}", f"{ratio(rates, [1.0]):,.0f}", *(f"{value:.2f}" for value in line)])
    return report.table(["rows in the shadow, 8 connections", "rows/s", "of none", "of none, by CPU"], lines)


if __name__ == "__main__":
    print(table(measure()))
