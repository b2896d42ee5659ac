"""Real H2O models on the penguins, each with what H2O itself predicts: `python -m zoo.h2o_models DIRECTORY`.

Starts H2O on a free port, trains every algorithm for every problem type, writes MOJOs and predictions, and stops H2O.

    rows.csv                      the penguins, then the same with a fifth of all cells missing and levels never seen
    models.json                   a list of {problem, algorithm, target, features, mojo, predictions}
    <problem>_<algorithm>.zip     MOJO
    <problem>_<algorithm>.csv     H2O's predictions for rows.csv, in full precision
    first.zip, second.zip         MOJOs of 3 and 9 trees that predict the body mass from FEATURES (`zoo.small`)
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import h2o
from h2o.estimators import (
    H2ODeepLearningEstimator,
    H2OGeneralizedLinearEstimator,
    H2OGradientBoostingEstimator,
    H2ORandomForestEstimator,
    H2OStackedEnsembleEstimator,
    H2OXGBoostEstimator,
)
from servers import start_h2o

PENGUINS = Path(__file__).resolve().parents[2] / "data" / "penguins" / "penguins.csv"
PROBLEMS = {"binary": "sex", "multiclass": "species", "regression": "body_mass_g"}
CATEGORIES = {"species", "island", "sex"}
FOLDS = {"nfolds": 2, "fold_assignment": "modulo", "keep_cross_validation_predictions": True, "seed": 1}
BASES: dict[str, Any] = {
    "gbm": lambda: H2OGradientBoostingEstimator(ntrees=30, max_depth=4, learn_rate=0.2, **FOLDS),
    "drf": lambda: H2ORandomForestEstimator(ntrees=20, max_depth=8, **FOLDS),
    "xgboost": lambda: H2OXGBoostEstimator(ntrees=20, max_depth=4, **FOLDS),
    "glm": lambda: H2OGeneralizedLinearEstimator(**FOLDS),
    "deeplearning": lambda: H2ODeepLearningEstimator(hidden=[8, 8], epochs=20, reproducible=True, **FOLDS),
}
FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
TREES = {"first": 3, "second": 9}


def write_rows(target: Path) -> None:
    """The penguins, then the same with a fifth of the cells missing and some categories replaced by unseen texts."""
    with PENGUINS.open() as file:
        header, *rows = list(csv.reader(file))
    draw = random.Random(7)
    damaged = [["NA" if draw.random() < 0.2 else cell for cell in row] for row in rows]
    for row in damaged[::5]:
        row[header.index("island")] = "Atlantis"
    for row in damaged[::7]:
        row[header.index("sex")] = row[header.index("species")] = "unheard of"
    with target.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows, *damaged])


def train(directory: Path) -> None:
    rows = directory / "rows.csv"
    write_rows(rows)
    types = dict.fromkeys(CATEGORIES, "enum")
    penguins = h2o.import_file(str(PENGUINS), col_types=types, na_strings=["NA"])
    scored = h2o.import_file(str(rows), col_types=types, na_strings=["NA"])
    made = []
    for problem, target in PROBLEMS.items():
        features = [name for name in penguins.columns if name != target]
        known = penguins[penguins[target].isna() == 0, :]
        models = {name: make() for name, make in BASES.items()}
        for model in models.values():
            model.train(x=features, y=target, training_frame=known)
        ensemble = H2OStackedEnsembleEstimator(base_models=list(models.values()), seed=1)
        ensemble.train(x=features, y=target, training_frame=known)
        for algorithm, model in {**models, "stackedensemble": ensemble}.items():
            stem = f"{problem}_{algorithm}"
            model.download_mojo(str(directory / f"{stem}.zip"))
            h2o.export_file(model.predict(scored.drop(target)), str(directory / f"{stem}.csv"), force=True)
            files = {"mojo": f"{stem}.zip", "predictions": f"{stem}.csv"}
            made.append({"problem": problem, "algorithm": algorithm, "target": target, "features": features} | files)
    (directory / "models.json").write_text(json.dumps(made, indent=1))
    for name, trees in TREES.items():
        small = H2OGradientBoostingEstimator(ntrees=trees, max_depth=3, seed=1)
        small.train(x=list(FEATURES), y="body_mass_g", training_frame=penguins)
        small.download_mojo(str(directory / f"{name}.zip"))


def main(directory: Path) -> None:
    """Train in a temporary directory, because H2O reads no files below hidden ones; then copy the results."""
    with tempfile.TemporaryDirectory() as temporary:
        results = Path(temporary) / "results"
        results.mkdir()
        server = start_h2o(Path(temporary) / "h2o")
        try:
            h2o.connect(url=server.url, verbose=False)
            h2o.no_progress()
            train(results)
            h2o.connection().close()
        finally:
            server.stop()
        shutil.copytree(results, directory, dirs_exist_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
