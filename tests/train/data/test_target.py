"""The problem type of a target, and its classes."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.errors import InvalidRequest
from tablee.models.problem import DEFAULT, ProblemType
from tablee_train.data.target import detect_problem

BINARY, MULTICLASS, REGRESSION = ProblemType.BINARY, ProblemType.MULTICLASS, ProblemType.REGRESSION


def posed(values: list[Any], asked: Any = "auto", metric: Any = "auto") -> Any:
    """The problem, and the rows that it keeps."""
    frame = pl.DataFrame({"x": [1.0] * len(values), "y": values}, strict=False)
    problem = detect_problem(
        frame.columns, (frame["y"].slice(i, 7) for i in range(0, frame.height, 7)), "y", asked, metric
    )
    return problem, problem.with_target(frame)


@pytest.mark.parametrize(
    ("values", "kind", "classes"),
    [
        (["oui", "non"] * 15, BINARY, ("non", "oui")),
        ([0.0, 1.0] * 15, BINARY, ("0", "1")),
        ([1.5, -2.0] * 15, BINARY, ("-2", "1.5")),
        (["true", "false"] * 15, BINARY, ("false", "true")),
        (["a", "b", "c"] * 10, MULTICLASS, ("a", "b", "c")),
        ([1.0, 2.0, 3.0] * 10, MULTICLASS, ("1", "2", "3")),
        ([1.0, 2.0, 3.0] * 7, REGRESSION, ()),
        ([1.0, 2.0, 3.5] * 10, REGRESSION, ()),
        ([float(i) for i in range(11)] * 30, REGRESSION, ()),
    ],
)
def test_auto(values: list[Any], kind: ProblemType, classes: tuple[str, ...]) -> None:
    problem, rows = posed(values)
    assert (problem.problem_type, problem.classes) == (kind, classes)
    assert problem.metric == DEFAULT[kind]
    assert set(rows["y"].cast(pl.String)) >= set(classes)


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    problem, rows = posed(["a", None, "b"] * 12)
    assert (rows.height, problem.rows, problem.without_target) == (24, 24, 12)


def test_whole_numbers_can_be_asked_for_as_quantities() -> None:
    problem, rows = posed([1.0, 2.0, 3.0] * 10, REGRESSION)
    assert (problem.problem_type, problem.integer, rows["y"].dtype) == (REGRESSION, True, pl.Float64)


@pytest.mark.parametrize(
    ("values", "asked", "metric", "words"),
    [
        (["a"] * 30, "auto", "auto", "'a' in every row"),
        ([2.0] * 30, "auto", "auto", "'2' in every row"),
        (["a", "b"] * 9, "auto", "auto", "only 18 rows"),
        ([None] * 30 + ["a"] * 5, "auto", "auto", "only 5 rows"),
        (["1", "b"] * 15, REGRESSION, "auto", "texts such as 'b'"),
        (["a", "b", "c"] * 10, BINARY, "auto", "has 3 different values; a binary target has two"),
        (["a", "b"] * 15, MULTICLASS, "auto", "that is a binary target"),
        ([str(i) for i in range(150)] * 2, "auto", "auto", "150 different values, too many"),
        ([str(i) + "a" for i in range(1001)], "auto", "auto", "more than 1000 different values, too many"),
        (["a", "b"] * 15, "auto", "rmse", "rmse does not go with a binary target; choose auc"),
        (["a", "b", "c"] * 15, "auto", "auc", "auc does not go with a multiclass target"),
    ],
)
def test_refusals_say_why(values: list[Any], asked: Any, metric: Any, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        posed(values, asked, metric)


def test_an_unknown_target_is_named_with_those_there_are() -> None:
    with pytest.raises(InvalidRequest, match=r"no column “z” to predict; the data set has x, y"):
        detect_problem(["x", "y"], [], "z", "auto", "auto")
