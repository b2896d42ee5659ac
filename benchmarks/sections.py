"""The sections of `make bench`: each measures one thing and returns it as a table."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks import bodies, half_load, intake, many_rows, one_row, overload, report, shadow, whole_files
from benchmarks.open_loop import Offered
from benchmarks.servers import Server

PAUSE_SECONDS = 60.0
CROWD = 100
"""Rows per request in the heavier overload."""


def ceiling(ours: Server, bare: Server) -> str:
    """Requests of one row, compared with the bare server."""
    lines = []
    for found in one_row.measure(ours, bare):
        loads = [turn.load for turn in found.ours]
        rates = (median(load.rate for load in loads), median(turn.load.rate for turn in found.ceiling))
        lines.append(
            [
                str(found.connections),
                *(f"{rate:,.0f}" for rate in rates),
                f"{found.ratio:.2f}",
                f"{found.cpu:.2f}",
                *(f"{median(times) * 1e3:.2f}" for times in ([x.p50 for x in loads], [x.p99 for x in loads])),
            ]
        )
    head = ["connections, 1 row a request", "rows/s", "ceiling", "ratio", "of CPU", "p50 ms", "p99 ms"]
    return report.table(head, lines)


def half(ours: Server, bare: Server) -> str:
    """Latencies at half of capacity."""
    found = half_load.measure(ours, bare, seconds=PAUSE_SECONDS)
    head = [
        f"half of capacity for {PAUSE_SECONDS:.0f} s",
        "rows/s",
        "p50 ms",
        "p99 ms",
        "p99 / p50",
        "longest ms",
        "client away",
    ]
    return report.table(head, [_times("API", found.ours), _times("ceiling, same rate", found.ceiling)])


def _times(name: str, found: Offered) -> list[str]:
    if found.starved:
        return [name, f"{found.rate:,.0f}", *["not measured"] * 4, _away(found)]
    times = [f"{value * 1e3:.2f}" for value in (found.p50, found.p99)]
    longest = f"{found.longest * 1e3:.1f}"
    return [name, f"{found.rate:,.0f}", *times, f"{found.p99 / found.p50:.1f}", longest, _away(found)]


def _away(found: Offered) -> str:
    """The share of the time in which other processes used the client's core; above a limit the result is invalid."""
    return f"{found.away / found.seconds:.0%}"


def crowd(ours: Server, _: Server) -> str:
    """Overload: far more requests than can be answered."""
    head = [f"{overload.TIMES} × capacity", "peak/s", "offered/s", "answered/s", "ratio", "503", "failed", "unanswered"]
    head += ["probes, longest ms", "probes failed", "client away"]
    lines = []
    for name, requests in (("1 row a request", bodies.one()), (f"{CROWD} rows a request", bodies.many(CROWD))):
        found = overload.measure(ours, requests)
        offered, probes = found.offered, found.probes
        rates = [f"{rate:,.0f}" for rate in (found.peak, offered.rate, offered.goodput)]
        counts = [f"{count:,}" for count in (offered.refused, offered.failed, offered.unanswered)]
        longest = f"{max(probes.taken) * 1e3:.0f}" if probes.taken else "–"
        ratio = "not measured" if offered.starved else f"{found.ratio:.2f}"
        lines.append([name, *rates, ratio, *counts, longest, str(probes.failed), _away(offered)])
    return report.table(head, lines)


def rows(ours: Server, _: Server) -> str:
    """Requests with many rows."""
    found = many_rows.measure(ours, many_rows.every_shape())
    java = found[many_rows.JAVA].middle
    head = ["one connection", "rows/s", "of the Java loop"]
    return report.table(
        head, [[name, f"{each.middle:,.0f}", f"{each.middle / java:.2f}"] for name, each in found.items()]
    )


def files(*_: Server) -> str:
    """Prediction of whole files."""
    found = whole_files.measure()
    lines = [("CSV", found.csv), ("Parquet", found.parquet), ("Java loop, all cores", found.java)]
    head = [f"a file of {whole_files.ROWS:,} rows", "rows/s", "of the Java loop"]
    return report.table(head, [_file(name, each, found.ratio(each)) for name, each in lines])


def _file(name: str, turns: list[whole_files.Turn], ratio: float) -> list[str]:
    return [name, f"{median(turn.rate for turn in turns):,.0f}", f"{ratio:.2f}"]


def challenger(*_: Server) -> str:
    """The cost of shadow scoring."""
    return shadow.table(shadow.measure())


def taken_in(*_: Server) -> str:
    """Ingestion of files as data sets."""
    return intake.table(intake.measure())


def every(ours: Server, bare: Server) -> Iterator[str]:
    """All tables, one after the other."""
    for part in (ceiling, half, crowd, rows, files, taken_in, challenger):
        yield part(ours, bare)
