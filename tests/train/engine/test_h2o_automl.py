"""The formats of H2O's AutoML: the request, the leaderboard, the progress, the end of a job."""

from __future__ import annotations

from typing import Any

import pytest
from english_words import in_french

from tablee.errors import TrainingFailed
from tablee.i18n import Translator
from tablee.jobs.training import LeaderboardRow, TrainingRequest
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import METRICS, RANKING, ProblemType, RankingMetric
from tablee_train.engine import h2o_automl
from tablee_train.engine.base import SearchPlan
from tablee_train.engine.h2o_rest import job_failed


def plan(metric: RankingMetric = "rmse", **request: Any) -> SearchPlan:
    column = NumberColumn(name="x", minimum=0, maximum=1)
    contract = Contract(model="m", columns=(column,), target=Target(name="y", problem_type=ProblemType.REGRESSION))
    asked = TrainingRequest.model_validate({"dataset": "d", "target": "y", **request})
    return SearchPlan("tablee_1", contract, metric, asked, 7, 60.0)


def model(name: str, algorithm: str = "GBM") -> LeaderboardRow:
    return LeaderboardRow(model_id=name, algorithm=algorithm, metrics={})


@pytest.mark.parametrize("metric", [name for names in RANKING.values() for name in names])
def test_h2o_sorts_by_the_metric_that_ranks(metric: RankingMetric) -> None:
    body = h2o_automl.build_request(plan(metric), "frame")
    assert body["input_spec"] == {
        "response_column": "__target",
        "training_frame": "frame",
        "sort_metric": METRICS[metric].h2o_sort,
    }


def test_the_budget_and_the_folds_are_those_of_the_request() -> None:
    body = h2o_automl.build_request(plan(max_seconds=30, max_models=4, folds=3), "frame")
    assert body["build_control"] == {
        "project_name": "tablee_1",
        "nfolds": 3,
        "stopping_criteria": {"max_runtime_secs": 30, "max_models": 4, "seed": 7},
    }
    open_end = h2o_automl.build_request(plan(), "frame")["build_control"]["stopping_criteria"]
    assert open_end == {"max_runtime_secs": 0, "max_models": 0, "seed": 7}


@pytest.mark.parametrize(
    ("request_", "models"),
    [
        ({}, {}),
        ({"include_algorithms": ["GLM", "GBM"]}, {"include_algos": ["GLM", "GBM"]}),
        ({"exclude_algorithms": ["GLM", "DRF"]}, {"exclude_algos": ["DRF", "GLM"]}),
        ({"seed": 1}, {"exclude_algos": ["DeepLearning"]}),
        ({"seed": 0, "max_models": 3}, {"exclude_algos": ["DeepLearning"]}),
        ({"seed": 1, "max_seconds": 30}, {}),
        ({"seed": 1, "exclude_algorithms": ["GLM"]}, {"exclude_algos": ["DeepLearning", "GLM"]}),
        ({"seed": 1, "include_algorithms": ["DeepLearning"]}, {"include_algos": ["DeepLearning"]}),
    ],
)
def test_algorithms_whose_result_a_seed_does_not_fix_are_left_out(
    request_: dict[str, Any], models: dict[str, list[str]]
) -> None:
    assert h2o_automl.build_request(plan(**request_), "frame")["build_models"] == models


def test_the_leaderboard_has_finite_metrics_and_r2() -> None:
    columns = ["", "model_id", "rmse", "mse", "mean_residual_deviance", "rmsle", "training_time_ms", "algo"]
    rows = [["0", "GBM_1", 2.0, 4.0, 4.0, float("nan"), 1500, "GBM"], ["1", "GLM_1", 3.0, 9.0, 9.0, 0.5, None, None]]
    table = {
        "columns": [{"name": name} for name in columns],
        "data": [list(column) for column in zip(*rows, strict=True)],
    }
    first, second = h2o_automl.leaderboard(table, 16.0)
    assert first == LeaderboardRow(
        model_id="GBM_1",
        algorithm="GBM",
        metrics={"rmse": 2.0, "mse": 4.0, "mean_residual_deviance": 4.0, "r2": 0.75},
        train_seconds=1.5,
    )
    assert (second.algorithm, second.train_seconds, second.metrics["r2"]) == ("GLM", None, 1 - 9 / 16)


def test_a_classifier_has_no_r2() -> None:
    table = {"columns": [{"name": "model_id"}, {"name": "auc"}], "data": [["GBM_1"], [0.5]]}
    assert h2o_automl.leaderboard(table, 1.0)[0].metrics == {"auc": 0.5}


@pytest.mark.parametrize(
    ("budget", "status", "progress", "trained", "share"),
    [
        ({"max_seconds": 60}, "RUNNING", 0.25, 9, 0.25),
        ({"max_models": 4}, "RUNNING", 0.1, 2, 0.475),
        ({"max_models": 4}, "RUNNING", 0.1, 4, 0.95),
        ({"max_models": 4}, "RUNNING", 0.1, 9, 0.95),
        ({"max_models": 4}, "RUNNING", 0.6, 2, 0.6),
        ({"max_models": 4}, "DONE", 0.3, 2, 1.0),
    ],
)
def test_the_share_that_is_done(
    budget: dict[str, int], status: str, progress: float, trained: int, share: float
) -> None:
    board = [*(model(f"GBM_{i}") for i in range(trained)), model("all", "StackedEnsemble")]
    assert h2o_automl.share(plan(**budget), {"status": status, "progress": progress}, board) == pytest.approx(share)


def test_what_the_search_does() -> None:
    assert str(h2o_automl.activity({"progress_msg": "GBM_2_AutoML_1_2026_1 [GBM def_2]"})) == "Training GBM_2."
    for message in (None, "", "Cross-validating"):
        assert str(h2o_automl.activity({"progress_msg": message})) == "Searching for the best model."


@pytest.mark.parametrize(
    ("reason", "facts", "sentence"),
    [
        ("search_failed", {"status": "FAILED"}, "H2O ended the search as FAILED: "),
        ("rows_not_read", {}, "H2O could not read the rows: "),
    ],
)
def test_a_failed_job_shows_the_message_of_h2o(reason: str, facts: dict[str, str], sentence: str) -> None:
    error = job_failed(reason, {"exception": "out of\n  memory"}, **facts)
    assert "«\u00a0out of memory\u00a0»" in in_french(error)
    assert (type(error), error.detail) == (TrainingFailed, sentence + "“out of memory”")
    assert job_failed(reason, {"exception": None}, **facts).detail == sentence + "it gave no reason"
    assert len(job_failed(reason, {"exception": "x" * 900}, **facts).facts["why"]) == 500
    assert "out of memory" in error.said(Translator("fr")) != error.detail
