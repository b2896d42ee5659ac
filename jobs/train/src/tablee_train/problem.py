"""The question a target asks: which kind of problem, with which classes, on which rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from tablee.contract import ProblemType
from tablee.errors import InvalidRequest, shorten
from tablee.tables import is_integer
from tablee.training import Metric

LEAST_ROWS = 20
"""Fewer rows with a target cannot be trained on, folded and held out."""
MOST_CLASSES = 100
"""A text target with more values is an identifier or free text rather than a class."""
MOST_COUNTED_CLASSES = 10
"""A target of whole numbers with at most so many different values is taken for classes..."""
ROWS_PER_COUNTED_CLASS = 10
"""...if there are at least so many rows for each."""

METRICS: dict[ProblemType, tuple[Metric, ...]] = {
    ProblemType.BINARY: ("auc", "aucpr", "logloss", "mean_per_class_error"),
    ProblemType.MULTICLASS: ("mean_per_class_error", "logloss"),
    ProblemType.REGRESSION: ("rmse", "mae", "r2"),
}
"""What can rank models of each kind; `auto` takes the first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`frame` holds the rows that have a target: as text for classes, as float64 for regression."""

    target: str
    problem_type: ProblemType
    classes: tuple[str, ...]
    """Sorted; empty for regression."""
    integer: bool
    metric: Metric
    frame: pl.DataFrame
    without_target: int
    """Rows left out because their target is missing."""


def pose(frame: pl.DataFrame, target: str, asked: ProblemType | Literal["auto"], metric: Metric) -> Problem:
    """Find out what a column of the data set asks for.

    :raises InvalidRequest: no such column, too few rows, one single value, or a kind or metric that does not fit it.
    """
    if target not in frame.columns:
        raise InvalidRequest(
            f"there is no column «{target}» to predict; the data set has {shorten(', '.join(frame.columns), 300)[1:-1]}"
        )
    kept = frame.filter(pl.col(target).is_not_null())
    if kept.height < LEAST_ROWS:
        raise InvalidRequest(
            f"only {kept.height} rows have a value of «{target}»; at least {LEAST_ROWS} are needed to train",
            hint="Add rows to the data set and train again.",
        )
    values = kept[target]
    distinct = values.n_unique()
    if distinct == 1:
        raise InvalidRequest(
            f"«{target}» is {shorten(_text(values)[0])} in every row: there is nothing to predict",
            hint="Choose a column whose values differ.",
        )
    kind = _kind(values, distinct) if asked == "auto" else asked
    _check_kind(values, distinct, kind)
    if metric not in ("auto", *METRICS[kind]):
        raise InvalidRequest(
            f"the metric {metric} does not go with a {kind} target; choose one of {', '.join(METRICS[kind])}"
        )
    integer = values.dtype == pl.Float64 and is_integer(values)
    classes: tuple[str, ...] = ()
    if kind is not ProblemType.REGRESSION:
        kept = kept.with_columns(_text(values))
        classes = tuple(sorted(kept[target].unique().to_list()))
    return Problem(
        target=target,
        problem_type=kind,
        classes=classes,
        integer=integer,
        metric=METRICS[kind][0] if metric == "auto" else metric,
        frame=kept,
        without_target=frame.height - kept.height,
    )


def _kind(values: pl.Series, distinct: int) -> ProblemType:
    """Two values: binary. Texts: multiclass. Whole numbers, few and often repeated: multiclass. Else regression."""
    if distinct == 2:
        return ProblemType.BINARY
    if values.dtype != pl.Float64:
        return ProblemType.MULTICLASS
    counted = distinct <= MOST_COUNTED_CLASSES and len(values) >= ROWS_PER_COUNTED_CLASS * distinct
    return ProblemType.MULTICLASS if counted and is_integer(values) else ProblemType.REGRESSION


def _check_kind(values: pl.Series, distinct: int, kind: ProblemType) -> None:
    name = values.name
    if kind is ProblemType.REGRESSION:
        if values.dtype != pl.Float64:
            numbers = values.cast(pl.Float64, strict=False)
            odd = shorten(values.filter(numbers.is_null())[0])
            raise InvalidRequest(
                f"«{name}» cannot be predicted as a number: it holds texts such as {odd}",
                hint="Leave the problem type to `auto`, or correct the column.",
            )
    elif kind is ProblemType.BINARY and distinct != 2:
        raise InvalidRequest(f"«{name}» has {distinct} different values; a binary target has two")
    elif kind is ProblemType.MULTICLASS and distinct == 2:
        raise InvalidRequest(f"«{name}» has two different values: that is a binary target")
    elif distinct > MOST_CLASSES:
        raise InvalidRequest(
            f"«{name}» has {distinct} different values, too many for classes (at most {MOST_CLASSES})",
            hint="Choose another column, group its values, or ask for regression if they are quantities.",
        )


def _text(values: pl.Series) -> pl.Series:
    """Class labels: texts as they are, whole numbers without a decimal point."""
    if values.dtype != pl.Float64:
        return values
    labels = {value: str(int(value)) if value.is_integer() else repr(value) for value in values.unique().to_list()}
    return values.replace_strict(labels, return_dtype=pl.String)
