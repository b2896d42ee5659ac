"""Our scorer and H2O's own `score0` on the same rows, in one process: `python -m benchmarks.scoring [BUNDLE…]`.

Without a bundle it trains its own models on a real H2O (about two minutes): every algorithm and a stacked ensemble of
all of them, for two and for three classes, on 20 columns. Both scorers are called from Python through the same crossing
and on the same cores, one after the other within each round; look at the ratios, since other work on the machine moves
both. Times are medians over the rounds, on rows encoded beforehand.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from tablee.models import bundle
from tablee.models.validation.block import Block
from tablee_scoring.encoder import Encoder
from tablee_scoring.mojo import Matrix, Mojo

TRAINED = 15_000
"""Number of rows that the base models are trained on; the ensembles' meta-learners use the others."""
ROWS = 5_000
SINGLE, ROUNDS, WARM_UP = 1_000, 9, 3


@dataclass(frozen=True)
class Result:
    """Microseconds per row of our scorer and H2O's, in a batch and with one row per call."""

    name: str
    batch: float
    batch_h2o: float
    single: float
    single_h2o: float

    def __str__(self) -> str:
        batch = f"{1e6 / self.batch:>12,.0f} {1e6 / self.batch_h2o:>12,.0f} {self.batch_h2o / self.batch:>7.2f}x"
        single = f"{self.single:>10.1f} {self.single_h2o:>10.1f} {self.single_h2o / self.single:>7.2f}x"
        return f"{self.name:28} {batch} {single}"


HEADER = f"{'':28} {'rows/s':>12} {'score0':>12} {'ratio':>8} {'µs, 1 row':>10} {'score0':>10} {'ratio':>8}\n{'-' * 95}"


def measure(name: str, mojo: Mojo, rows: Matrix) -> Result:
    """Measure both in turns over the same rows; the first rounds are a warm-up."""
    batch = np.ascontiguousarray(np.resize(rows, (ROWS, rows.shape[1])))
    singles = batch[:SINGLE].tolist()
    same = np.array_equal(mojo.answers(batch).view(np.int64), mojo.answers_by_h2o(batch).view(np.int64))
    assert same, f"{name}: not the same scores"
    calls: tuple[Callable[[], object], ...] = (lambda: mojo.answers(batch), lambda: mojo.answers_by_h2o(batch))
    batches: list[list[float]] = [[], []]
    alone: list[list[float]] = [[], []]
    for turn in range(WARM_UP + ROUNDS):
        for i, (many, one) in enumerate(zip(calls, (mojo.answer, mojo.answer_by_h2o), strict=True)):
            taken = [_seconds(many) / ROWS], [_seconds(partial(one, row)) for row in singles]
            if turn >= WARM_UP:
                batches[i] += taken[0]
                alone[i] += taken[1]
    return Result(name, *(median(times) * 1e6 for times in (*batches, *alone)))


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def bundled(directory: Path) -> tuple[str, Mojo, Matrix]:
    """The MOJO of a bundle, and its golden rows encoded."""
    contract = bundle.read_contract(directory)
    mojo = Mojo(directory / bundle.MOJO)
    golden = bundle.read_golden(directory, contract)
    encoder = Encoder(contract, mojo.features, mojo.domains)
    return f"{contract.model} {mojo.algorithm}", mojo, encoder.matrix(Block(golden.rows, len(golden)))


def trained(directory: Path) -> Iterator[tuple[str, Mojo, Matrix]]:
    """Models made for this benchmark."""
    from h2o.estimators import (
        H2ODeepLearningEstimator,
        H2OGeneralizedLinearEstimator,
        H2OGradientBoostingEstimator,
        H2ORandomForestEstimator,
        H2OStackedEnsembleEstimator,
        H2OXGBoostEstimator,
    )

    from benchmarks import models, rows

    paths: list[tuple[str, Path]] = []
    with models.cluster() as frame:
        part, rest, features = frame[:TRAINED, :], frame[TRAINED:, :], list(rows.FEATURES)
        for target, classes in rows.CLASSES.items():
            bases = [
                H2OGradientBoostingEstimator(ntrees=100, max_depth=6, seed=1),
                H2ORandomForestEstimator(ntrees=50, max_depth=20, seed=1),
                H2OXGBoostEstimator(ntrees=100, max_depth=6, seed=1),
                H2OGeneralizedLinearEstimator(seed=1),
                H2ODeepLearningEstimator(hidden=[50, 50], epochs=3, seed=1),
            ]
            for base in bases:
                base.train(x=features, y=target, training_frame=part)
            ensemble = H2OStackedEnsembleEstimator(base_models=bases, seed=1)
            ensemble.train(x=features, y=target, training_frame=part, blending_frame=rest)
            for model in (*bases, ensemble):
                path = directory / f"{target}_{model.algo}.zip"
                model.download_mojo(str(path))
                paths.append((f"{model.algo}, {len(classes)} classes", path))
    table = rows.made()
    for name, path in paths:
        mojo = Mojo(path)
        yield name, mojo, _encoded(table, mojo)


def _encoded(frame: pl.DataFrame, mojo: Mojo) -> Matrix:
    """Encode the columns of a frame, because a bare MOJO has no contract."""
    columns = []
    for name, domain in zip(mojo.features, mojo.domains, strict=True):
        codes = frame[name] if domain is None else frame[name].cast(pl.Enum(domain), strict=False).to_physical()
        columns.append(codes.cast(pl.Float64).fill_null(np.nan).to_numpy())
    return np.column_stack(columns)


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        models = map(bundled, map(Path, arguments)) if arguments else trained(Path(directory))
        for number, (name, mojo, rows) in enumerate(models):
            result = measure(name, mojo, rows)
            sys.stdout.write(f"{HEADER}\n{result}\n" if number == 0 else f"{result}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
