"""Metrics against scikit-learn, on any scores and weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import METRICS, REPORTED, ProblemType
from tablee_train.evaluation import metrics
from tablee_train.evaluation.curves import curves
from tablee_train.evaluation.metrics import ScoredRows

BINARY, MULTICLASS, REGRESSION = ProblemType.BINARY, ProblemType.MULTICLASS, ProblemType.REGRESSION


def binary(seed: int, rows: int = 60, levels: int = 7) -> tuple[ScoredRows, Any]:
    """Few different scores, so that there are ties."""
    generator = np.random.default_rng(seed)
    positive = generator.integers(0, levels, rows) / levels * 0.98 + 0.01
    truth = np.r_[0.0, 1.0, generator.integers(0, 2, rows - 2)]
    weights = generator.integers(0, 4, rows).astype(float)
    weights[:2] = 1.0
    return ScoredRows(BINARY, truth, np.c_[1 - positive, positive], 0.4), weights


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**20))
def test_binary(seed: int) -> None:
    scored, weights = binary(seed)
    truth, positive, answers = scored.truth, scored.scores[:, 1], scored.answers
    extra = {"sample_weight": weights}
    wanted = {
        "auc": reference.roc_auc_score(truth, positive, **extra),
        "aucpr": reference.average_precision_score(truth, positive, **extra),
        "logloss": reference.log_loss(truth, positive, labels=[0, 1], **extra),
        "accuracy": reference.accuracy_score(truth, answers, **extra),
        "mean_per_class_error": 1 - reference.balanced_accuracy_score(truth, answers, **extra),
    }
    for name, value in wanted.items():
        assert metrics.statistic(name, scored)(weights) == pytest.approx(value, abs=1e-12), name
    if weights[answers == 1].any():
        assert metrics.statistic("f1", scored)(weights) == pytest.approx(
            reference.f1_score(truth, answers, **extra), abs=1e-12
        )


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**20))
def test_multiclass(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores = generator.dirichlet([1.0, 2.0, 0.5], 50)
    truth = np.r_[0.0, 1.0, 2.0, generator.integers(0, 3, 47)]
    weights = generator.integers(1, 4, 50).astype(float)
    scored = ScoredRows(MULTICLASS, truth, scores)
    wanted = {
        "logloss": reference.log_loss(truth, np.clip(scores, 1e-15, 1), labels=[0, 1, 2], sample_weight=weights),
        "mean_per_class_error": 1
        - reference.balanced_accuracy_score(truth, scores.argmax(axis=1), sample_weight=weights),
        "accuracy": reference.accuracy_score(truth, scores.argmax(axis=1), sample_weight=weights),
    }
    for name, value in wanted.items():
        assert metrics.statistic(name, scored)(weights) == pytest.approx(value, abs=1e-9), name


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**20))
def test_regression(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth, values = generator.normal(size=40), generator.normal(size=40)
    weights = generator.integers(0, 4, 40).astype(float) + 0.5
    scored = ScoredRows(REGRESSION, truth, values[:, None])
    wanted = {
        "rmse": reference.root_mean_squared_error(truth, values, sample_weight=weights),
        "mae": reference.mean_absolute_error(truth, values, sample_weight=weights),
        "r2": reference.r2_score(truth, values, sample_weight=weights),
    }
    for name, value in wanted.items():
        assert metrics.statistic(name, scored)(weights) == pytest.approx(value, abs=1e-12), name


def test_a_metric_that_is_not_defined_is_left_out() -> None:
    one_class = ScoredRows(BINARY, np.zeros(5), np.full((5, 2), 0.5), 0.6)
    assert set(metrics.measure(one_class)) == {"logloss", "mean_per_class_error", "accuracy"}
    assert "r2" not in metrics.measure(ScoredRows(REGRESSION, np.ones(3), np.ones((3, 1))))


def test_a_class_that_a_resample_lacks_does_not_count() -> None:
    scored = ScoredRows(MULTICLASS, np.array([0.0, 0.0, 1.0, 2.0]), np.eye(3)[[0, 1, 0, 2]])
    error = metrics.statistic("mean_per_class_error", scored)
    assert error(np.ones(4)) == 0.5
    assert error(np.array([1.0, 1.0, 0.0, 1.0])) == 0.25
    assert error(np.array([3.0, 1.0, 0.0, 0.0])) == 0.25


def rows_scored(problem_type: ProblemType, mistakes: float) -> ScoredRows:
    """Rows whose scores are the truth, moved towards a wrong answer: 0 makes no mistake, 1 only mistakes."""
    truth = np.array([0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0])
    if problem_type is REGRESSION:
        return ScoredRows(REGRESSION, truth, (truth + mistakes)[:, None])
    if problem_type is BINARY:
        truth = np.minimum(truth, 1.0)
    classes = int(truth.max()) + 1
    right = np.eye(classes)[truth.astype(int)]
    wrong = np.roll(right, 1, axis=1)
    share = np.where(np.arange(len(truth)) < 2 * mistakes * len(truth), mistakes, 0.0)[:, None]
    return ScoredRows(problem_type, truth, right * (1 - share) + wrong * share, 0.5)


@pytest.mark.parametrize(
    ("problem_type", "name"), [(each, name) for each in ProblemType for name in REPORTED[each]], ids=str
)
def test_fewer_mistakes_are_a_gain_by_every_metric(problem_type: ProblemType, name: str) -> None:
    metric = METRICS[name]
    values = [metrics.statistic(name, rows_scored(problem_type, mistakes))(np.ones(8)) for mistakes in (0.0, 0.6, 1.0)]
    assert values[0] == pytest.approx(metric.best, abs=1e-12), "no mistake gives the best value"
    assert metric.gain(values[0], values[1]) > 0
    assert metric.gain(values[0], values[2]) > 0
    assert metric.gain(values[1], values[0]) == -metric.gain(values[0], values[1])
    assert all(metric.minimum <= value <= metric.maximum for value in values)


def test_a_binary_answer_is_the_second_class_from_the_threshold_on() -> None:
    scores = np.array([[0.7, 0.3], [0.6, 0.4], [0.5, 0.5], [0.4, 0.6]])
    assert ScoredRows(BINARY, np.zeros(4), scores, 0.4).answers.tolist() == [0, 1, 1, 1]
    assert ScoredRows(BINARY, np.zeros(4), scores, None).answers.tolist() == [0, 0, 1, 1]
    assert ScoredRows(BINARY, np.zeros(4), scores, 0.0).answers.tolist() == [1, 1, 1, 1]


def test_a_wrong_answer_given_for_sure_costs_a_finite_logloss() -> None:
    sure = ScoredRows(BINARY, np.array([1.0, 0.0]), np.array([[1.0, 0.0], [1.0, 0.0]]), 0.5)
    assert metrics.measure(sure)["logloss"] == pytest.approx(-np.log(1e-15) / 2)


def test_rows_without_weight_do_not_count() -> None:
    """The bootstrap leaves out rows; here those with the highest and the lowest score."""
    scored = ScoredRows(
        BINARY, np.array([0.0, 1.0, 0.0, 1.0]), np.array([[0.1, 0.9], [0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    )
    for name in ("auc", "aucpr"):
        assert metrics.statistic(name, scored)(np.array([0.0, 1.0, 1.0, 0.0])) == 1.0
        assert metrics.statistic(name, scored)(np.ones(4)) < 1.0


def test_weights_of_zero_leave_a_metric_undefined() -> None:
    for problem_type in ProblemType:
        for name in REPORTED[problem_type]:
            if name != "r2":
                assert np.isnan(metrics.statistic(name, rows_scored(problem_type, 0.5))(np.zeros(8))), name


def contract(problem_type: ProblemType, classes: tuple[str, ...]) -> Contract:
    column = NumberColumn(name="x", minimum=0, maximum=1)
    target = Target(name="y", problem_type=problem_type, classes=classes)
    return Contract(model="m", columns=(column,), target=target)


def test_truth_follows_the_order_of_the_classes() -> None:
    rows = pl.DataFrame({"y": ["b", "a", "b"]})
    assert metrics.truth(rows, contract(BINARY, ("b", "a"))).tolist() == [0.0, 1.0, 0.0]


def test_curves_of_two_classes() -> None:
    scored, _ = binary(3, rows=1000, levels=900)
    drawn = curves(scored, contract(BINARY, ("non", "oui")))
    roc = drawn["roc"]
    assert len(roc) <= 201
    assert (roc[0]["true_positive_rate"], roc[-1]["true_positive_rate"], roc[-1]["false_positive_rate"]) == (0, 1, 1)
    area = np.trapezoid([p["true_positive_rate"] for p in roc], [p["false_positive_rate"] for p in roc])
    assert area == pytest.approx(metrics.measure(scored)["auc"], abs=0.01)
    assert np.sum(drawn["confusion"]) == sum(group["rows"] for group in drawn["calibration"]) == 1000
    assert drawn["confusion"] == reference.confusion_matrix(scored.truth, scored.answers).tolist()


def test_curves_of_many_classes_and_of_values() -> None:
    scored = ScoredRows(MULTICLASS, np.array([0.0, 1.0, 2.0]), np.eye(3)[[0, 2, 2]])
    drawn = curves(scored, contract(MULTICLASS, ("a", "b", "c")))
    assert drawn["confusion"] == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]
    values = ScoredRows(REGRESSION, np.arange(5000.0), np.arange(5000.0)[:, None] + 1)
    drawn = curves(values, contract(REGRESSION, ()))
    assert len(drawn["predicted_actual"]) == 1000
    assert drawn["residual_quantiles"]["0.5"] == 1.0
