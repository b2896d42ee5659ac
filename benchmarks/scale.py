"""Scorings with a growing number of rows and of workers on this machine: `python -m benchmarks.scale [ROWS …]`.

Each run is what the controller starts: N processes of `python -m tablee_score` over Parquet parts of 20 columns, with
the GBM of 100 trees of `benchmarks.models`, from and to a directory. By default 100,000, 1,000,000 and 10,000,000 rows
with 1, 2 and 4 workers, in turns: all sizes with 1, then with 2, …, and `--rounds` times. A run's time has two parts:
the scoring, by the clock of the worker that took longest, which is what grows; and all else, the start of the workers
(Python, Java, the model, its golden rows), which do not all begin at the same moment, and their end. Prints a Markdown
table; look at the load, too: other work on the machine moves every figure.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from benchmarks import models, rows
from tablee.jobs.scoring import Part, Plan, ScoringRequest, Scorings, ScoringState
from tablee.models.bundle import verify
from tablee.models.registry import CHAMPION, DIGEST, Registry
from tablee.settings import MlflowSettings, ObjectStoreSettings
from tablee.storage.locations import Locations
from tablee.storage.object_store import DirectoryStore

SIZES, WORKERS = (100_000, 1_000_000, 10_000_000), (1, 2, 4)
PARTS, MOST_ROWS = 8, 250_000
"""Parts of a small scoring; rows of a part of a large one."""
POLL = 0.1


@dataclass(frozen=True)
class Run:
    """One scoring: seconds before and after the scoring itself, seconds in total, peak memory of the largest worker in
    MiB, and the number of runnable processes when it began."""

    rows: int
    workers: int
    start: float
    seconds: float
    memory: float
    load: float

    @property
    def rate(self) -> float:
        """Rows per second, without the start."""
        return self.rows / (self.seconds - self.start)


class Ground:
    """Set up a registry with the model, an object store, and one file for each size of part."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.objects = folder, folder / "objects"
        self.store = DirectoryStore(self.objects)
        self.scorings = Scorings(self.store)
        self.url = f"sqlite:///{folder}/mlflow.db"
        source = folder / "registered"
        bundle = models.bundled(source / "artifacts" / "bundle")
        registry = Registry(MlflowSettings(url=self.url))
        tags = {DIGEST: verify(bundle).digest}
        registry.register("bench", source=str(source), run_id=secrets.token_hex(16), model_id=None, tags=tags)
        registry.set_alias("bench", CHAMPION, 1)

    def fill(self, count: int) -> tuple[str, Plan]:
        """A folder with this many rows as parts. The parts are links to one file, which takes as long to read."""
        each = min(count // PARTS, MOST_ROWS)
        folder = self.objects / f"rows-{count}"
        folder.mkdir()
        first = folder / "part-00000.parquet"
        rows.made(each, seed=3).select(rows.FEATURES).write_parquet(first)
        for number in range(1, count // each):
            os.link(first, folder / f"part-{number:05}.parquet")
        place = Locations(ObjectStoreSettings(directory=self.objects), self.store).find(f"rows-{count}/")
        found = sorted(place.store.found(place.folder), key=lambda stored: stored.key)
        parts = (
            Part(number=n, key=s.key, name=s.key.removeprefix(place.folder), bytes=s.bytes, etag=s.etag)
            for n, s in enumerate(found)
        )
        return place.folder, Plan(parts=tuple(parts))

    def run(self, source: str, plan: Plan, workers: int) -> Run:
        """Run the scoring, and remove its outputs."""
        request = ScoringRequest(model="bench", version=1, source=source, parallel=workers)
        state = self.scorings.create(request, plan)
        load = os.getloadavg()[0]
        began = time.perf_counter()
        processes = [self._worker(state, number) for number in range(workers)]
        memory = 0.0
        while any(process.poll() is None for process in processes):
            memory = max(memory, *map(_resident, processes))
            time.sleep(POLL)
        seconds = time.perf_counter() - began
        ended = self.scorings.workers(state.id, workers)
        assert [process.returncode for process in processes] == [0] * workers
        assert sum(each.parts_done for each in ended) == len(plan.parts)
        own = max(each.rows / each.rows_per_second for each in ended if each.rows_per_second)
        shutil.rmtree(self.objects / "scorings")
        return Run(sum(each.rows for each in ended), workers, max(seconds - own, 0.0), seconds, memory, load)

    def _worker(self, state: ScoringState, number: int) -> psutil.Popen:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
        told = {
            "TABLEE_SCORING_ID": state.id,
            "TABLEE_WORKER": str(number),
            "TABLEE_MLFLOW__URL": self.url,
            "TABLEE_OBJECTS__DIRECTORY": str(self.objects),
            "TABLEE_CACHE": str(self.folder / "cache"),
        }
        return psutil.Popen(
            [sys.executable, "-m", "tablee_score"],
            env=kept | told,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _resident(process: psutil.Popen) -> float:
    try:
        return float(process.memory_info().rss / (1 << 20))
    except psutil.Error:  # it has just ended
        return 0.0


def measured(sizes: list[int], workers: list[int], rounds: int) -> Iterator[Run]:
    """Measure every size with every number of workers, in turns."""
    with tempfile.TemporaryDirectory() as temporary:
        ground = Ground(Path(temporary))
        filled = {size: ground.fill(size) for size in sizes}
        for _ in range(rounds):
            for count in workers:
                for source, plan in filled.values():
                    yield ground.run(source, plan, count)


HEAD = """| rows | workers | seconds | of them start | rows/s in all | rows/s scoring | largest worker, MiB | load |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def line(runs: list[Run]) -> str:
    """The table's row for runs of the same size and number of workers: medians, and the highest memory."""
    size, workers = runs[0].rows, runs[0].workers
    start, seconds, rate = (median(each) for each in zip(*((r.start, r.seconds, r.rate) for r in runs), strict=True))
    memory, load = max(run.memory for run in runs), median(run.load for run in runs)
    return (
        f"| {size:,} | {workers} | {seconds:.1f} | {start:.1f} | {size / seconds:,.0f} | {rate:,.0f} "
        f"| {memory:,.0f} | {load:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--workers", nargs="+", type=int, default=list(WORKERS))
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args()
    found: dict[tuple[int, int], list[Run]] = {}
    for run in measured(wanted.rows, wanted.workers, wanted.rounds):
        found.setdefault((run.rows, run.workers), []).append(run)
        sys.stderr.write(f"{line([run])}\n")
    sys.stdout.write(f"{HEAD}\n" + "".join(f"{line(found[key])}\n" for key in sorted(found)))


if __name__ == "__main__":
    main()
