"""A large CSV file is ingested as a version of a data set and profiled, on one core: `python -m benchmarks.intake
[MEGABYTES]`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import models, report

MEGABYTES = 1000
PART_ROWS = 100_000
_CHILD = """
import json, os, resource, sys, time
os.sched_setaffinity(0, {int(sys.argv[3])})
from pathlib import Path
from tablee.datasets.store import Datasets
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest
from tablee_data.profile import profile
datasets = Datasets(DirectoryStore(Path(sys.argv[2])))
start, cpu = time.perf_counter(), time.process_time()
manifest, _ = ingest(datasets, "bench", Path(sys.argv[1]), filename="bench.csv")
version = time.perf_counter() - start
profile(datasets.fetch(manifest, Path(sys.argv[2])), manifest)
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": manifest.rows, "version": version, "seconds": seconds, "cpu": cpu, "peak_mib": peak}))
"""


@dataclass(frozen=True)
class Taken:
    """Result for one file: megabytes per second of wall time until the version was stored, the same until the profile
    was done, megabytes per second of processor time for both, and peak memory in MiB."""

    megabytes: float
    rows: int
    version_rate: float
    rate: float
    cpu_rate: float
    peak_mib: float


def measure(megabytes: int = MEGABYTES) -> dict[str, Taken]:
    """Measure an English file in UTF-8 and a French one in Windows-1252."""
    return {
        "CSV: commas, decimal points, UTF-8": _taken(megabytes, french=False),
        "CSV: semicolons, decimal commas, dd/mm/yyyy, Windows-1252": _taken(megabytes, french=True),
    }


def table(found: dict[str, Taken]) -> str:
    head = ["a file on one core", "MB", "rows", "MB/s until a version", "and profiled", "by processor time", "peak MiB"]
    lines = [
        [
            *(name, f"{each.megabytes:,.0f}", f"{each.rows:,}", f"{each.version_rate:.0f}"),
            *(f"{each.rate:.0f}", f"{each.cpu_rate:.0f}", f"{each.peak_mib:,.0f}"),
        ]
        for name, each in found.items()
    ]
    return report.table(head, lines)


def _taken(megabytes: int, *, french: bool) -> Taken:
    with _file(megabytes, french=french) as file:
        core = max(os.sched_getaffinity(0))
        command = [sys.executable, "-c", _CHILD, str(file), str(file.parent / "objects"), str(core)]
        said = subprocess.run(command, capture_output=True, text=True, cwd=models.ROOT, check=True).stdout
        told = json.loads(said)
        size = file.stat().st_size / 1e6
    version, whole, cpu = (size / told[name] for name in ("version", "seconds", "cpu"))
    return Taken(size, told["rows"], version, whole, cpu, told["peak_mib"])


@contextmanager
def _file(megabytes: int, *, french: bool) -> Iterator[Path]:
    """Write a file of about this size, with identifiers, words, dates, decimals, integers and some missing cells."""
    with tempfile.TemporaryDirectory(prefix="tablee-bench-") as folder:
        path = Path(folder) / "bench.csv"
        with path.open("wb") as out:
            part = 0
            while out.tell() < megabytes * 1e6:
                text = _part(part, french=french).write_csv(include_header=not part, separator=";" if french else ",")
                out.write(text.encode("cp1252" if french else "utf-8"))
                part += 1
        yield path


def _part(seed: int, *, french: bool) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    cities = np.array(["Lyon", "Paris", "Saint-Étienne", "Évry", "Marseille", ""])
    days = pl.Series(random.integers(10_000, 20_000, PART_ROWS)).cast(pl.Date)
    texts = pl.DataFrame(
        {
            "client": [f"c{number:08d}" for number in random.integers(0, 10**8, PART_ROWS)],
            "ville": cities[random.integers(0, len(cities), PART_ROWS)],
            "né le": days.dt.strftime("%d/%m/%Y" if french else "%Y-%m-%d"),
            "code": [f"{code:05d}" for code in random.integers(1000, 96_000, PART_ROWS)],
        }
    )
    decimals = pl.DataFrame({f"x{at}": np.round(random.normal(0, 1000, PART_ROWS), 3) for at in range(10)})
    if french:
        decimals = decimals.with_columns(pl.all().cast(pl.String).str.replace(".", ",", literal=True))
    whole = pl.DataFrame({f"n{at}": random.integers(0, 100_000, PART_ROWS) for at in range(5)})
    return pl.concat([texts, decimals, whole], how="horizontal")


def main(arguments: list[str]) -> None:
    print(table(measure(int(arguments[0]) if arguments else MEGABYTES)))


if __name__ == "__main__":
    main(sys.argv[1:])
