"""Other servers in turns with our API, written to docs/benchmarks.md: `python -m benchmarks.peers [ROUNDS]`.

Ten minutes, and more the first time: environments are installed and models trained.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import plot, report
from benchmarks.client import Load
from benchmarks.models import ROOT
from benchmarks.peers import bento, h2o_flavour, h2o_rest, mlflow_serve, mlserver, ours
from benchmarks.peers.environments import NotInstalled
from benchmarks.peers.logged import Logged, saved
from benchmarks.peers.peer import Peer, Running
from benchmarks.rounds import interleaved

PEERS = (ours.PEER, bento.SCORER, bento.PYFUNC, mlserver.PEER, mlflow_serve.PEER, h2o_rest.PEER, h2o_flavour.PEER)
SHAPES = ((1, 1), (1, 8), (1000, 1), (1000, 8))
"""Pairs of rows per request and number of connections."""
ROUNDS = 3
TOLERANCE = 1e-9
PICTURE = ROOT / "docs" / "images" / "benchmarks.svg"

Rates = dict[tuple[int, int], dict[str, list[Load]]]


def tried(logged: Logged, stack: contextlib.ExitStack) -> tuple[dict[Peer, Running], dict[str, str]]:
    """The servers that run and return our probabilities, and for the others the reason why not."""
    running: dict[Peer, Running] = {}
    missing: dict[str, str] = {}
    wanted: list[float] = []
    for peer in PEERS:
        try:
            started = stack.enter_context(peer.serve(logged))
            found = started.probabilities(1000)
            wanted = wanted or found
            apart = max(abs(a - b) for a, b in zip(found, wanted, strict=True))
            if apart > TOLERANCE:
                raise RuntimeError(f"its probabilities differ from ours by up to {apart:.2g}")
            for rows in (1, 1000):
                started.drive(rows, 1, peer.seconds)  # warms up
            running[peer] = started
            print(f"{peer.name}: {_listed(peer, logged)}", flush=True)
        except (NotInstalled, RuntimeError, OSError) as error:
            missing[peer.name] = str(error)
            print(f"{peer.name} cannot be run: {error}", flush=True)
    return running, missing


def measured(running: dict[Peer, Running], rounds: int) -> Iterator[tuple[tuple[int, int], dict[str, list[Load]]]]:
    """The rounds of each server, for each shape."""
    for rows, connections in SHAPES:
        calls = {peer.name: partial(each.drive, rows, connections, peer.seconds) for peer, each in running.items()}
        yield (rows, connections), interleaved(calls, rounds)


def _listed(peer: Peer, logged: Logged) -> str:
    return ", ".join(f"{name} {version}" for name, version in peer.versions(logged).items())


def _middle(loads: list[Load]) -> float:
    return median(load.rate for load in loads)


def _text(rates: Rates, versions: dict[str, str], missing: dict[str, str], rounds: int, busy: float) -> str:
    names = list(next(iter(rates.values())))
    heads = ["requests a second"]
    heads += [f"{rows:,} row{'s' * (rows > 1)}, {c} connection{'s' * (c > 1)}" for rows, c in SHAPES]
    lines = []
    for name in names:
        cells = [name]
        for shape in SHAPES:
            mine, first = _middle(rates[shape][name]), _middle(rates[shape][ours.PEER.name])
            p50 = median(load.p50 for load in rates[shape][name]) * 1e3
            share = "" if name == ours.PEER.name else f", ours {first / mine:,.1f} ×"
            cells.append(f"{mine:,.{0 if mine >= 100 else 1}f} ({p50:,.{1 if p50 >= 1 else 2}f} ms{share})")
        lines.append(cells)
    parts = [
        report.machine(busy),
        "\n" + report.table(heads, lines),
        "Requests a second, in brackets the median time of a request and our rate in parts of theirs; medians of "
        f"{rounds} rounds in turns.\n",
        "Versions: " + "; ".join(f"{name}: {listed}" for name, listed in versions.items()) + ".\n",
    ]
    if missing:
        parts.append("Could not be run: " + "; ".join(f"{name} ({reason})" for name, reason in missing.items()) + ".\n")
    parts.append(f"![Rows a second, on a logarithmic scale]({PICTURE.relative_to(report.PAGE.parent)})")
    return "\n".join(parts)


def main(arguments: list[str]) -> None:
    busy, rounds = report.load(), int(arguments[0]) if arguments else ROUNDS
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        logged = saved(Path(folder))
        running, missing = tried(logged, stack)
        rates: Rates = {}
        for shape, found in measured(running, rounds):
            rates[shape] = found
            print(shape, {name: round(_middle(loads), 1) for name, loads in found.items()}, flush=True)
        versions = {peer.name: _listed(peer, logged) for peer in running}
    panels = {
        f"{rows:,} row{'s' * (rows > 1)} a request, {connections} connection{'s' * (connections > 1)}": {
            name: _middle(loads) * rows for name, loads in rates[rows, connections].items()
        }
        for rows, connections in ((1, 8), (1000, 1))
    }
    plot.bars(PICTURE, panels, first=ours.PEER.name)
    report.write("peers", _text(rates, versions, missing, rounds, busy))


if __name__ == "__main__":
    main(sys.argv[1:])
