"""The raw Java loop scores encoded rows and does nothing else. Files and large requests are compared with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks import cores, models, rows
from tablee_scoring.encoder import Encoder
from tablee_scoring.mojo import Matrix, Mojo

BLOCK = 1000
"""Rows per call: too few for the scorer to use several cores by itself."""


def loaded(name: str) -> tuple[Mojo, Matrix]:
    """Load a MOJO and encode `BLOCK` rows for it."""
    mojo = Mojo(models.mojos() / name)
    encoder = Encoder(models.contract(name.split("_")[0]), mojo.features, mojo.domains)
    return mojo, encoder.frame(rows.made(BLOCK, seed=4).select(rows.FEATURES))


def seconds(call: Callable[[], object], times: int) -> tuple[float, float]:
    """Mean wall time and mean processor time of this thread per call, in seconds, over this many calls."""
    start, cpu = time.perf_counter(), time.thread_time()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times, (time.thread_time() - cpu) / times


def every_core(mojo: Mojo, block: Matrix, blocks: int) -> int:
    """Score this many blocks on all cores with one thread each; returns the number of rows."""
    with ThreadPoolExecutor(max(1, len(cores.EVERY))) as pool:
        return sum(len(answers) for answers in pool.map(lambda _: mojo.answers(block), range(blocks)))


def beside_score0(mojo: Mojo, block: Matrix, times: int) -> float:
    """Processor time of H2O's `score0` for the block, divided by that of our scorer."""
    assert np.array_equal(mojo.answers(block), mojo.answers_by_h2o(block)), "not the same scores"
    ours, theirs = (seconds(lambda call=call: call(block), times)[1] for call in (mojo.answers, mojo.answers_by_h2o))  # type: ignore[misc]
    return theirs / ours
