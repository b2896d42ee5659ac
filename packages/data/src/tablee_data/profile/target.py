"""The column to predict: associations with it, columns that leak it, and whether its classes can be learnt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from tablee.datasets.profile import (
    Association,
    ColumnProfile,
    DropColumns,
    DropRareRows,
    GroupRareLevels,
    ProfileWarning,
    RankBy,
    WarningCode,
)
from tablee.recipes.steps import RareLevels
from tablee_data.profile.association import goodman_kruskal_lambda
from tablee_data.profile.column import counted
from tablee_data.profile.pairs import MeasuredColumn, by_strength, measure_association

LEAK = 0.99
"""A column leaks the target if its association with it is at least as strong, or if knowing it avoids at least such a
share of the errors."""
MAX_BINS = 100
"""Numbers are cut into at most so many bins of equal size to measure how well they predict a class..."""
ROWS_PER_BIN = 20
"""...and a bin has at least so many rows. A category has at least half as many rows a level on average."""
IMBALANCE = 0.1
"""Classes are imbalanced if the rarest has a smaller share of the rows that it would have if all classes were equal."""
MIN_CLASS_ROWS = 10
"""A class with fewer rows is not learnt: some of its rows are held out, the others are spread over the folds."""
MAX_COUNTED_CLASSES = 10
"""A target of whole numbers with at most so many distinct values is taken for classes."""


def is_class(target: ColumnProfile) -> bool:
    """Whether the target is taken for classes; else it is a number to estimate."""
    counts = target.kind == "number" and target.integer and target.distinct <= MAX_COUNTED_CLASSES
    return target.kind == "category" or target.boolean or target.distinct == 2 or counts


def associations_with_target(columns: Sequence[MeasuredColumn], target: MeasuredColumn) -> tuple[Association, ...]:
    """The associations of columns with the target, strongest first; columns with too few rows in common with it are
    left out."""
    found = (measure_association(column, target) for column in columns if column.name != target.name)
    return by_strength(each for each in found if each is not None)


def leaks(
    columns: Sequence[MeasuredColumn], target: MeasuredColumn, found: Sequence[Association], *, classes: bool
) -> Iterator[ProfileWarning]:
    """Warnings about columns that leak the target: in a prediction they would not be known.

    :param found: associations of the columns with the target.
    :param classes: whether the target is taken for classes.
    """
    strength = {each.columns[0]: max(each.strength, abs(each.pearson or 0.0)) for each in found}
    for column in columns:
        if column.name not in strength or _has_sparse_levels(column):
            continue
        avoided = _avoided_errors(column, target) if classes else 0.0
        if max(strength[column.name], avoided) >= LEAK:
            figures: dict[str, float | str] = {"strength": max(strength[column.name], avoided), "target": target.name}
            drop = DropColumns(columns=(column.name,))
            yield ProfileWarning(code=WarningCode.TARGET_LEAK, columns=(column.name,), figures=figures, action=drop)


def balance(target: ColumnProfile, values: pl.Series) -> Iterator[ProfileWarning]:
    """Warnings about rare classes and imbalanced classes.

    :param values: of the target, in the sampled rows.
    """
    classes = counted(values.drop_nulls())
    if classes.height < 2:
        return
    total, rarest, largest = int(classes["count"].sum()), classes.row(-1), classes.row(0)
    label = f"{rarest[0]:g}" if isinstance(rarest[0], float) else str(rarest[0])
    few = classes.filter(pl.col("count") < MIN_CLASS_ROWS)
    if few.height and classes.height > 2:
        figures: dict[str, float | str] = {
            "classes": few.height,
            "least_rows": MIN_CLASS_ROWS,
            "level": label,
            "rows": rarest[1],
        }
        action: GroupRareLevels | DropRareRows = DropRareRows(column=target.name, least_rows=MIN_CLASS_ROWS)
        if few["count"].sum() >= MIN_CLASS_ROWS:  # together they can be learnt
            action = GroupRareLevels(step=RareLevels(column=target.name, least=MIN_CLASS_ROWS))
        yield ProfileWarning(code=WarningCode.FEW_ROWS, columns=(target.name,), figures=figures, action=action)
    if rarest[1] * classes.height < IMBALANCE * total * (2 if classes.height == 2 else 1):
        figures = {"level": label, "share": rarest[1] / total, "largest_share": largest[1] / total}
        rank = RankBy(metric="aucpr" if classes.height == 2 else "mean_per_class_error")
        yield ProfileWarning(code=WarningCode.IMBALANCE, columns=(target.name,), figures=figures, action=rank)


def _has_sparse_levels(column: MeasuredColumn) -> bool:
    """Whether a category has too few rows a level to tell whether it leaks the target."""
    return not column.number and len(np.unique(column.values)) * ROWS_PER_BIN / 2 > len(column.values)


def _avoided_errors(column: MeasuredColumn, target: MeasuredColumn) -> float:
    """The share of errors in predicting the class that knowing the column avoids; 0 if there are too few rows."""
    there = column.present & target.present
    values, classes = column.values[there], np.unique(target.values[there], return_inverse=True)[1]
    if len(values) < 2 * ROWS_PER_BIN:
        return 0.0
    if column.number:
        bins = min(MAX_BINS, len(values) // ROWS_PER_BIN)
        edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
        values = np.searchsorted(edges, values, "left").astype(float)
    codes = np.unique(values, return_inverse=True)[1]
    return goodman_kruskal_lambda(codes.astype(np.int64), classes.astype(np.int64))
