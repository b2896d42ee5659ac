"""The question a target asks: which kind of problem, with which classes, on which rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

import polars as pl

from tablee.errors import InvalidRequest
from tablee.errors.cells import shorten
from tablee.models.problem import DEFAULT, RANKING, MetricChoice, ProblemType, RankingMetric
from tablee.tables.cells import is_integer, parse_numbers

LEAST_ROWS = 20
"""Fewer rows with a target cannot be trained on, folded and held out."""
MOST_CLASSES = 100
"""A text target with more values is an identifier or free text rather than a class."""
MOST_COUNTED_CLASSES = 10
"""A target of whole numbers with at most so many different values is taken for classes..."""
ROWS_PER_COUNTED_CLASS = 10
"""...if there are at least so many rows for each."""
MOST_COUNTED = 1000
"""Different values of a target are counted up to here."""


@dataclass(slots=True)
class Values:
    """What is known of a target's values, learnt frame by frame."""

    distinct: pl.Series
    """The first `MOST_COUNTED` different ones and one more, in the order of their appearance."""
    present: int = 0
    missing: int = 0
    integer: bool = True
    """All are whole numbers."""
    odd: str | None = None
    """The first text that is no number."""

    @classmethod
    def of(cls, columns: Iterable[pl.Series]) -> Self | None:
        """None where there is no column at all."""
        values: Self | None = None
        for column in columns:
            values = values or cls(column.clear())
            values._add(column)
        return values

    @property
    def number(self) -> bool:
        return self.distinct.dtype == pl.Float64

    @property
    def count(self) -> str:
        """How many different ones, for people."""
        return f"more than {MOST_COUNTED}" if len(self.distinct) > MOST_COUNTED else str(len(self.distinct))

    def _add(self, column: pl.Series) -> None:
        found = column.drop_nulls()
        self.present += len(found)
        self.missing += len(column) - len(found)
        if len(self.distinct) <= MOST_COUNTED:
            fresh = found.unique(maintain_order=True)
            self.distinct = pl.concat([self.distinct, fresh]).unique(maintain_order=True).head(MOST_COUNTED + 1)
        self.integer = self.integer and self.number and is_integer(found)
        if not self.number and self.odd is None:
            texts = found.filter(parse_numbers(found).is_null())
            self.odd = texts[0] if len(texts) else None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked of the rows that have a target."""

    target: str
    problem_type: ProblemType
    classes: tuple[str, ...]
    """Sorted; empty for regression."""
    integer: bool
    metric: RankingMetric
    rows: int
    without_target: int
    """Rows left out because their target is missing."""

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame that have a target: as text for classes, as float64 for regression."""
        kept = frame.filter(pl.col(self.target).is_not_null())
        return kept if self.problem_type is ProblemType.REGRESSION else kept.with_columns(_text(kept[self.target]))


def pose(
    names: Sequence[str],
    columns: Iterable[pl.Series],
    target: str,
    asked: ProblemType | Literal["auto"],
    metric: MetricChoice,
) -> Problem:
    """Find out what a column of the data set asks for.

    :param names: all columns of the data set.
    :param columns: the target, in one piece or in several; looked at only if it is one of them.
    :raises InvalidRequest: no such column, too few rows, one single value, or a kind or metric that does not fit it.
    """
    values = Values.of(columns) if target in names else None
    if values is None:
        raise InvalidRequest(
            f"there is no column «{target}» to predict; the data set has {shorten(', '.join(names), 300)[1:-1]}"
        )
    if values.present < LEAST_ROWS:
        raise InvalidRequest(
            f"only {values.present} rows have a value of «{target}»; at least {LEAST_ROWS} are needed to train",
            hint="Add rows to the data set and train again.",
        )
    if len(values.distinct) == 1:
        raise InvalidRequest(
            f"«{target}» is {shorten(_text(values.distinct)[0])} in every row: there is nothing to predict",
            hint="Choose a column whose values differ.",
        )
    kind = _kind(values) if asked == "auto" else asked
    _check_kind(target, values, kind)
    if metric == "auto":
        metric = DEFAULT[kind]
    if metric not in RANKING[kind]:
        raise InvalidRequest(
            f"the metric {metric} does not go with a {kind} target; choose one of {', '.join(RANKING[kind])}"
        )
    return Problem(
        target=target,
        problem_type=kind,
        classes=() if kind is ProblemType.REGRESSION else tuple(sorted(set(_text(values.distinct).to_list()))),
        integer=values.integer,
        metric=metric,
        rows=values.present,
        without_target=values.missing,
    )


def _kind(values: Values) -> ProblemType:
    """Two values: binary. Texts: multiclass. Whole numbers, few and often repeated: multiclass. Else regression."""
    distinct = len(values.distinct)
    if distinct == 2:
        return ProblemType.BINARY
    if not values.number:
        return ProblemType.MULTICLASS
    counted = distinct <= MOST_COUNTED_CLASSES and values.present >= ROWS_PER_COUNTED_CLASS * distinct
    return ProblemType.MULTICLASS if counted and values.integer else ProblemType.REGRESSION


def _check_kind(name: str, values: Values, kind: ProblemType) -> None:
    distinct = len(values.distinct)
    if kind is ProblemType.REGRESSION:
        if not values.number:
            raise InvalidRequest(
                f"«{name}» cannot be predicted as a number: it holds texts such as {shorten(values.odd or '')}",
                hint="Leave the problem type to `auto`, or correct the column.",
            )
    elif kind is ProblemType.BINARY and distinct != 2:
        raise InvalidRequest(f"«{name}» has {values.count} different values; a binary target has two")
    elif kind is ProblemType.MULTICLASS and distinct == 2:
        raise InvalidRequest(f"«{name}» has two different values: that is a binary target")
    elif distinct > MOST_CLASSES:
        raise InvalidRequest(
            f"«{name}» has {values.count} different values, too many for classes (at most {MOST_CLASSES})",
            hint="Choose another column, group its values, or ask for regression if they are quantities.",
        )


def _text(values: pl.Series) -> pl.Series:
    """Class labels: texts as they are, whole numbers without a decimal point."""
    if values.dtype != pl.Float64:
        return values
    labels = {value: str(int(value)) if value.is_integer() else repr(value) for value in values.unique().to_list()}
    return values.replace_strict(labels, return_dtype=pl.String)
