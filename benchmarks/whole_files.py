"""Prediction of whole files and the raw Java loop in turns: `python -m benchmarks.whole_files [ROWS]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import polars as pl

from benchmarks import java_loop, models, rows
from benchmarks.rounds import interleaved
from tablee_data import prediction_files
from tablee_scoring import Model
from tablee_scoring.file_scorer import score_csv, score_prediction_file

ROWS, ROUNDS = 500_000, 3
SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Turn:
    """One round: rows per second, and rows per second of processor time of all threads."""

    rate: float
    cpu_rate: float


@dataclass(frozen=True)
class Files:
    """The rounds of a CSV file, a Parquet file, and the Java loop on all cores."""

    csv: list[Turn]
    parquet: list[Turn]
    java: list[Turn]

    def ratio(self, of: list[Turn]) -> float:
        """Median rows per second, divided by the Java loop's."""
        return median(turn.rate for turn in of) / median(turn.rate for turn in self.java)

    def cpu(self, of: list[Turn]) -> float:
        """The same for rows per second of processor time, of the best rounds."""
        return max(turn.cpu_rate for turn in of) / max(turn.cpu_rate for turn in self.java)


def measure(count: int = ROWS, rounds: int = ROUNDS) -> Files:
    """Measure all in turns; the first round is a warm-up and is dropped."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model = Model.load(models.bundled(folder / "bundle"))
        part = rows.made(min(count, 50_000), seed=5).select(rows.FEATURES)
        frame = pl.concat([part] * max(1, count // part.height))
        frame.write_csv(folder / "rows.csv")
        frame.write_parquet(folder / "rows.parquet")
        mojo, block = java_loop.loaded(models.GBM)
        calls = {suffix: partial(_timed, partial(_scored, model, folder, suffix)) for suffix in SUFFIXES}
        blocks = frame.height // len(block)
        calls["java"] = partial(_timed, partial(java_loop.every_core, mojo, block, blocks))
        found = interleaved(calls, rounds + 1)
        return Files(found[".csv"][1:], found[".parquet"][1:], found["java"][1:])


def _scored(model: Model, folder: Path, suffix: str) -> int:
    source, target = folder / f"rows{suffix}", folder / f"scored{suffix}"
    if suffix == ".csv":
        return score_csv(model, source, target, advance=lambda _: None, stop=lambda: False).rows
    opened = prediction_files.open_file(source, source.name, model.contract)
    return score_prediction_file(model, opened, target, advance=lambda _: None, stop=lambda: False).rows


def _timed(call: Callable[[], int]) -> Turn:
    start, cpu = time.perf_counter(), time.process_time()
    done = call()
    return Turn(done / (time.perf_counter() - start), done / (time.process_time() - cpu))


def main(arguments: list[str]) -> None:
    found = measure(int(arguments[0]) if arguments else ROWS)
    print(f"{'rows/s':>12} {'of the Java loop':>18}")
    for name, turns in (("CSV", found.csv), ("Parquet", found.parquet), ("Java loop", found.java)):
        print(f"{median(turn.rate for turn in turns):>12,.0f} {found.ratio(turns):>18.2f}  {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
