"""The problem that a target column poses: its type, its classes, and the rows that have a target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

import polars as pl

from tablee.errors import InvalidRequest
from tablee.errors.cells import shorten
from tablee.i18n import Message
from tablee.models.problem import DEFAULT, RANKING, MetricChoice, ProblemType, RankingMetric
from tablee.tables.cells.exact_numbers import is_integer
from tablee.tables.cells.numbers import parse as parse_numbers
from tablee.tables.column_names import near

MIN_ROWS = 20
"""Fewer rows with a target are too few for training, cross-validation and hold-out."""
MAX_CLASSES = 100
"""A text target with more values is an identifier or free text rather than a class."""
MAX_NUMBER_CLASSES = 10
"""A target of whole numbers with at most so many different values is read as classes..."""
MIN_ROWS_PER_NUMBER_CLASS = 10
"""...if there are at least so many rows for each of them."""
MAX_DISTINCT = 1000
"""Different values of a target are counted up to here."""


@dataclass(slots=True)
class TargetValues:
    """Statistics of a target's values, gathered batch by batch."""

    distinct: pl.Series
    """Different values in the order of their appearance, at most `MAX_DISTINCT` + 1."""
    present: int = 0
    missing: int = 0
    integer: bool = True
    """Whether all values are whole numbers."""
    first_non_number: str | None = None
    """The first text that cannot be read as a number."""

    @classmethod
    def of(cls, columns: Iterable[pl.Series]) -> Self | None:
        """Of a target that comes in several pieces; None if there is no piece."""
        values: Self | None = None
        for column in columns:
            values = values or cls(column.clear())
            values._add(column)
        return values

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.distinct.dtype == pl.Float64

    @property
    def count(self) -> Message | str:
        """The number of different values as an error shows it."""
        distinct = len(self.distinct)
        return Message("count.more_than", {"limit": MAX_DISTINCT}) if distinct > MAX_DISTINCT else str(distinct)

    def _add(self, column: pl.Series) -> None:
        present = column.drop_nulls()
        self.present += len(present)
        self.missing += len(column) - len(present)
        if len(self.distinct) <= MAX_DISTINCT:
            first_seen = present.unique(maintain_order=True)
            self.distinct = pl.concat([self.distinct, first_seen]).unique(maintain_order=True).head(MAX_DISTINCT + 1)
        self.integer = self.integer and self.is_number and is_integer(present)
        if not self.is_number and self.first_non_number is None:
            texts = present.filter(parse_numbers(present).is_null())
            self.first_non_number = texts[0] if len(texts) else None


@dataclass(frozen=True, slots=True)
class Problem:
    """What models are trained to predict, on the rows that have a target."""

    target: str
    problem_type: ProblemType
    classes: tuple[str, ...]
    """Sorted; empty for regression."""
    integer: bool
    metric: RankingMetric
    rows: int
    """Number of rows that have a target."""
    without_target: int
    """Number of rows left out because their target is missing."""

    def with_target(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame that have a target; the target is String for classes, Float64 for regression."""
        kept = frame.filter(pl.col(self.target).is_not_null())
        return kept if self.problem_type is ProblemType.REGRESSION else kept.with_columns(_labels(kept[self.target]))


def detect_problem(
    names: Sequence[str],
    columns: Iterable[pl.Series],
    target: str,
    asked: ProblemType | Literal["auto"],
    metric: MetricChoice,
) -> Problem:
    """Find the problem that a column of the data set poses.

    :param names: all columns of the data set.
    :param columns: the values of the target in one piece or in several; read only if the target is among `names`.
    :param asked: the problem type that the request asks for.
    :param metric: the ranking metric that the request asks for.
    :raises InvalidRequest: there is no such column, it has too few rows or one single value, or the problem type or
        the metric does not fit its values.
    """
    values = TargetValues.of(columns) if target in names else None
    if values is None:
        shown = shorten(", ".join(names), 300)
        raise InvalidRequest("no_target_column", target=target, columns=shown, **near(target, names))
    if values.present < MIN_ROWS:
        raise InvalidRequest("too_few_target_rows", rows=values.present, target=target, least=MIN_ROWS, hint="add_rows")
    if len(values.distinct) == 1:
        value = shorten(_labels(values.distinct)[0])
        raise InvalidRequest("constant_target", target=target, value=value, hint="choose_varying_column")
    problem_type = _detected_type(values) if asked == "auto" else asked
    _check_type(target, values, problem_type)
    if metric == "auto":
        metric = DEFAULT[problem_type]
    if metric not in RANKING[problem_type]:
        fitting = list(RANKING[problem_type])
        named = Message(f"target_kind.{problem_type}")
        raise InvalidRequest("metric_of_other_type", metric=metric, problem_type=named, metrics=fitting)
    regression = problem_type is ProblemType.REGRESSION
    classes = () if regression else tuple(sorted(set(_labels(values.distinct).to_list())))
    return Problem(
        target=target,
        problem_type=problem_type,
        classes=classes,
        integer=values.integer,
        metric=metric,
        rows=values.present,
        without_target=values.missing,
    )


def _detected_type(values: TargetValues) -> ProblemType:
    """Two values: binary. Texts: multiclass. Few whole numbers with many rows each: multiclass. Else regression."""
    distinct = len(values.distinct)
    if distinct == 2:
        return ProblemType.BINARY
    if not values.is_number:
        return ProblemType.MULTICLASS
    as_classes = distinct <= MAX_NUMBER_CLASSES and values.present >= MIN_ROWS_PER_NUMBER_CLASS * distinct
    return ProblemType.MULTICLASS if as_classes and values.integer else ProblemType.REGRESSION


def _check_type(name: str, values: TargetValues, problem_type: ProblemType) -> None:
    distinct = len(values.distinct)
    if problem_type is ProblemType.REGRESSION:
        if not values.is_number:
            value = shorten(values.first_non_number or "")
            raise InvalidRequest("target_of_texts", target=name, value=value, hint="problem_type_auto")
    elif problem_type is ProblemType.BINARY and distinct != 2:
        raise InvalidRequest("not_two_classes", target=name, values=values.count)
    elif problem_type is ProblemType.MULTICLASS and distinct == 2:
        raise InvalidRequest("two_classes", target=name)
    elif distinct > MAX_CLASSES:
        raise InvalidRequest(
            "too_many_classes", target=name, values=values.count, limit=MAX_CLASSES, hint="fewer_classes"
        )


def _labels(values: pl.Series) -> pl.Series:
    """Class labels: texts as they are, whole numbers without a decimal point."""
    if values.dtype != pl.Float64:
        return values
    labels = {value: str(int(value)) if value.is_integer() else repr(value) for value in values.unique().to_list()}
    return values.replace_strict(labels, return_dtype=pl.String)
