"""Preparing a streamed data set takes no more memory when the data set grows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tablee.datasets.store import Datasets
from tablee.jobs.training import TrainingRequest, Trainings
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest

PROGRAM = """
import sys
from pathlib import Path
import polars as pl
from tablee.datasets.store import Datasets
from tablee.jobs.training import Trainings
from tablee.storage.object_store import DirectoryStore
from tablee_train.data import streaming
from tablee_train.data.partitions import Partitions
from tablee_train.data.preparation import prepare
from tablee_train.settings import TrainSettings

streaming.HOLDOUT_CELLS = streaming.RECIPE_CELLS = 400_000  # full even with the smaller table
objects = DirectoryStore(Path(sys.argv[1]))
state = Trainings(objects).get(sys.argv[2])
settings = TrainSettings.read({"TABLEE_TRAINING_ID": state.id, "TABLEE_IN_MEMORY_MIB": sys.argv[3]})


def highest():  # not getrusage: that begins with what the parent had
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


before = highest()
ready = prepare(state, Datasets(objects), settings, Partitions(objects, state.id), lambda _: None)
print(ready.train.height, before, highest())
"""


def peak(objects: DirectoryStore, mib: float) -> int:
    """MiB that the preparation takes in a process of its own, without the memory of the imports."""
    state = Trainings(objects).create(TrainingRequest(dataset="data", target="y"))
    command = [sys.executable, "-c", PROGRAM, str(objects.root), state.id, str(mib)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    _, before, after = map(int, done.stdout.split())
    return after - before


def store(folder: Path, rows: int) -> DirectoryStore:
    random = np.random.default_rng(1)
    columns = {f"n{i}": random.normal(size=rows) for i in range(9)}
    texts = {name: random.choice(["rouge", "vert", "bleu", "non"], rows) for name in ("a", "b", "c", "d", "e", "y")}
    folder.mkdir()
    pl.DataFrame({**columns, **texts}).write_csv(folder / "data.csv")
    objects = DirectoryStore(folder / "objects")
    ingest(Datasets(objects), "data", folder / "data.csv", filename="data.csv")
    return objects


@pytest.mark.skipif(sys.platform != "linux", reason="the most memory a process had is asked of Linux")
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    small, large = store(tmp_path / "small", 150_000), store(tmp_path / "large", 1_500_000)
    once, tenfold, held = peak(small, 0), peak(large, 0), peak(large, 1e6)
    assert tenfold < 2 * once, "ten times the rows"  # the hold-out sample soon reaches its limit
    assert tenfold < held / 2, "the same table held in memory takes more"
