"""`python -m benchmarks.recipes [--docs] [--seeds N] [--models N]`: AutoML with the proposed recipe and without one.

Both have the same rows, hold-out, budget and seeds. If no step is proposed, there is one training.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.models import h2o_server
from benchmarks.recipes.tables import Table, every
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.jobs.training import TrainingRequest, Trainings
from tablee.models.problem import ProblemType
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest
from tablee_train.data.partitions import Partitions
from tablee_train.data.preparation import prepare
from tablee_train.engine.h2o import H2oEngine
from tablee_train.evaluation import metrics
from tablee_train.evaluation.gate import score_rows
from tablee_train.lifecycle.stop import training_stop
from tablee_train.settings import TrainSettings
from tablee_train.tracking.candidate import assemble

ALGORITHMS = ("GBM", "GLM")
METRICS = {ProblemType.BINARY: "auc", ProblemType.MULTICLASS: "logloss", ProblemType.REGRESSION: "rmse"}
FOLDS = 2
BETTER_HIGH = ("auc", "r2")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", type=int, default=2)
    asked = parser.parse_args(arguments)
    lines, busy = [], report.load()
    with h2o_server() as url, tempfile.TemporaryDirectory() as folder:
        for table in every():
            line = compared(table, Path(folder), url, asked.seeds, asked.models)
            print(" | ".join(line), flush=True)
            lines.append(line)
    head = ["table", "rows", "target", "metric", "raw", "with recipe", "gain", "noise", "steps"]
    text = report.table(head, lines)
    print(text)
    if asked.docs:
        budget = f"{asked.models} models of {' and '.join(ALGORITHMS)}, {FOLDS} folds, {asked.seeds} seeds."
        report.write("recipes", f"{report.machine(busy)}\n\nBudget: {budget}\n\n{text}")


def compared(table: Table, folder: Path, url: str, seeds: int, models: int) -> list[str]:
    """A row of the table: means over the seeds, the gain, and the standard deviation between seeds."""
    own, steps, metric = trained(table, "auto", folder, url, range(1, seeds + 1), models)
    raw, _, _ = trained(table, "none", folder, url, range(1, seeds + 1 if steps else 2), models)
    name = f"{table.name} ({table.source})"
    size = f"{table.frame.height:,}"
    if not steps:
        same = "the same" if raw == own[:1] else f"{shown(own[:1])}, not the same"
        return [name, size, table.target, metric, shown(raw), same, "0", "–", "none"]
    if not raw:
        return [name, size, table.target, metric, "no column to learn from", shown(own), "–", "–", steps]
    sign = 1 if metric in BETTER_HIGH else -1
    gains = [sign * (after - before) for before, after in zip(raw, own, strict=True)]
    spread = np.hypot(stdev(raw), stdev(own)) if seeds > 1 else float("nan")
    return [name, size, table.target, metric, shown(raw), shown(own), f"{mean(gains):+.4g}", f"{spread:.2g}", steps]


def shown(values: list[float]) -> str:
    return f"{mean(values):.4g}"


def trained(
    table: Table, recipe: str, folder: Path, url: str, seeds: range, models: int
) -> tuple[list[float], str, str]:
    """The hold-out metric for each seed (empty if the training is refused), the steps, and the name of the metric."""
    objects = DirectoryStore(folder / "objects")
    datasets, trainings = Datasets(objects), Trainings(objects)
    name = "".join(letter if letter.isalnum() else "-" for letter in table.name.lower())
    file = folder / f"{name}.csv"
    table.frame.write_csv(file)
    ingest(datasets, name, file, filename=file.name)
    found: list[float] = []
    steps, metric = "none", "–"
    for seed in seeds:
        wishes: dict[str, Any] = {"dataset": name, "target": table.target, "seed": seed, "max_models": models}
        wishes |= {"include_algorithms": ALGORITHMS, "recipe": recipe}
        request = TrainingRequest(**wishes, folds=FOLDS)
        state = trainings.create(request)
        variables = {"TABLEE_TRAINING_ID": state.id, "TABLEE_H2O__URL": url}
        settings, stop = TrainSettings.read(variables), training_stop()
        try:
            ready = prepare(state, datasets, settings, Partitions(objects, state.id), lambda _: None)
        except InvalidRequest:
            return [], steps, metric
        metric = METRICS[ready.problem.problem_type]
        steps = ", ".join(dict.fromkeys(step.kind for step in ready.plan.recipe.steps)) if ready.plan.recipe else ""
        with closing(H2oEngine(settings.h2o, stop)) as engine, tempfile.TemporaryDirectory() as made:
            version = engine.ready()
            try:
                board = engine.search(ready.plan, ready.train, lambda _: None)
                candidate = assemble(
                    engine, ready.plan, board[0], ready.train.frame, ready.holdout, Path(made), version
                )
                result = score_rows(candidate.model, ready.holdout)
                found.append(metrics.measure(result)[metric])
                candidate.model.close()
            finally:
                engine.release(ready.plan)
    return found, steps, metric


if __name__ == "__main__":
    main(sys.argv[1:])
