"""The formats of H2O's AutoML: the request body, the leaderboard, the progress of the job."""

from __future__ import annotations

import math
from typing import Any

from tablee.i18n.message import Message
from tablee.jobs.training import LeaderboardRow, TrainingRequest
from tablee.models.problem import METRICS
from tablee_train.engine.base import SearchPlan
from tablee_train.engine.h2o_frames import TARGET

_NOT_METRICS = ("", "model_id", "training_time_ms", "predict_time_per_row_ms", "algo")
"""Columns of H2O's leaderboard that are no metrics."""


def project_key(key: str) -> str:
    """H2O's key of the AutoML project that a plan with this key starts."""
    return f"{key}@@{TARGET}"


def build_request(plan: SearchPlan, frame: str) -> dict[str, Any]:
    """The body of `POST /99/AutoMLBuilder`.

    :param frame: H2O's key of the training rows.
    """
    request = plan.request
    stopping = {
        "max_runtime_secs": request.max_seconds or 0,
        "max_models": request.max_models or 0,
        "seed": plan.seed,
    }
    algorithms: dict[str, list[str]] = {}
    if request.include_algorithms:
        algorithms["include_algos"] = list(request.include_algorithms)
    elif excluded := excluded_algorithms(request):
        algorithms["exclude_algos"] = excluded
    return {
        "build_control": {"project_name": plan.key, "nfolds": request.folds, "stopping_criteria": stopping},
        "build_models": algorithms,
        "input_spec": {
            "response_column": TARGET,
            "training_frame": frame,
            "sort_metric": METRICS[plan.metric].h2o_sort,
        },
    }


def excluded_algorithms(request: TrainingRequest) -> list[str]:
    """The algorithms that the search leaves out: those that the request names, and DeepLearning where the result must
    be reproducible (a seed and no limit of time), since a seed does not fix its result."""
    reproducible = request.seed is not None and request.max_seconds is None
    return sorted({*request.exclude_algorithms, *(["DeepLearning"] if reproducible else [])})


def leaderboard(table: dict[str, Any], variance: float) -> list[LeaderboardRow]:
    """The rows of H2O's leaderboard table.

    :param variance: of a target that is a number, from which R² is computed.
    """
    names = [column["name"] for column in table["columns"]]
    return [_row(dict(zip(names, row, strict=True)), variance) for row in zip(*table["data"], strict=True)]


def _row(row: dict[str, Any], variance: float) -> LeaderboardRow:
    found = {name: float(value) for name, value in row.items() if name not in _NOT_METRICS and _is_finite(value)}
    if "mean_residual_deviance" in found:
        found["r2"] = 1.0 - found["mse"] / variance
    return LeaderboardRow(
        model_id=row["model_id"],
        algorithm=str(row.get("algo") or row["model_id"].partition("_")[0]),
        metrics=found,
        train_seconds=row["training_time_ms"] / 1000 if row.get("training_time_ms") is not None else None,
    )


def share(plan: SearchPlan, job: dict[str, Any], board: list[LeaderboardRow]) -> float:
    """How much of the search is done, 0 to 1: H2O's own figure, which follows the clock. For a budget of models it
    is the share of models that are trained, if that is more."""
    by_models = 0.0
    if plan.request.max_models:
        trained = sum(row.algorithm != "StackedEnsemble" for row in board)
        by_models = 0.95 * min(trained / plan.request.max_models, 1.0)
    return 1.0 if job["status"] == "DONE" else max(float(job["progress"]), by_models)


def activity(job: dict[str, Any]) -> Message:
    """What a search does: H2O's message `GBM_2_AutoML_1_2026…_1 [GBM def_2]` becomes `Training GBM_2.`"""
    message = str(job.get("progress_msg") or "")
    if "_AutoML_" in message:
        return Message("job.training_model", {"model": message.partition("_AutoML_")[0]})
    return Message("job.searching")


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
