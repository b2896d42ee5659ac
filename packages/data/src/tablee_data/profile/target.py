"""The column to predict: what tells of it, what tells too much, and whether its classes can be learnt."""

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
from tablee_data.profile.association import foreseen
from tablee_data.profile.column import counted
from tablee_data.profile.pairs import Side, measured, strongest

LEAK = 0.99
"""A column that is associated with the target as much, or saves as large a share of errors, is the answer itself."""
MAX_BINS = 100
"""A number is cut into at most so many parts of equal size to see whether it gives the class away..."""
ROWS_PER_BIN = 20
"""...of at least so many rows; so are the levels of a category on average."""
MINORITY = 0.1
"""Classes are out of balance when the rarest has a smaller share of what it would have if all were alike."""
FEW = 10
"""A class with fewer rows is not learnt: some of them are held out, the others shared among the folds."""
MOST_COUNTED = 10
"""A target of whole numbers with at most so many different ones is taken for classes."""


def is_class(target: ColumnProfile) -> bool:
    counts = target.kind == "number" and target.integer and target.distinct <= MOST_COUNTED
    return target.kind == "category" or target.boolean or target.distinct == 2 or counts


def with_target(sides: Sequence[Side], target: Side) -> tuple[Association, ...]:
    """Strongest first; columns with too few values in common with the target are left out."""
    found = (measured(side, target) for side in sides if side.name != target.name)
    return strongest(each for each in found if each is not None)


def leaks(
    sides: Sequence[Side], target: Side, found: Sequence[Association], *, classes: bool
) -> Iterator[ProfileWarning]:
    """Columns that give the target away."""
    strength = {each.columns[0]: max(each.strength, abs(each.pearson or 0.0)) for each in found}
    for side in sides:
        if side.name not in strength or _spread_thin(side):
            continue
        saved = _saved(side, target) if classes else 0.0
        if max(strength[side.name], saved) >= LEAK:
            figures: dict[str, float | str] = {"strength": max(strength[side.name], saved), "target": target.name}
            drop = DropColumns(columns=(side.name,))
            yield ProfileWarning(code=WarningCode.TARGET_LEAK, columns=(side.name,), figures=figures, action=drop)


def balance(target: ColumnProfile, values: pl.Series) -> Iterator[ProfileWarning]:
    """Of a target that is a class, by its values in the rows kept."""
    classes = counted(values.drop_nulls())
    if classes.height < 2:
        return
    total, rarest, largest = int(classes["count"].sum()), classes.row(-1), classes.row(0)
    label = f"{rarest[0]:g}" if isinstance(rarest[0], float) else str(rarest[0])
    few = classes.filter(pl.col("count") < FEW)
    if few.height and classes.height > 2:
        figures: dict[str, float | str] = {"classes": few.height, "least_rows": FEW, "level": label, "rows": rarest[1]}
        action: GroupRareLevels | DropRareRows = DropRareRows(column=target.name, least_rows=FEW)
        if few["count"].sum() >= FEW:  # together they can be learnt
            action = GroupRareLevels(step=RareLevels(column=target.name, least=FEW))
        yield ProfileWarning(code=WarningCode.FEW_ROWS, columns=(target.name,), figures=figures, action=action)
    if rarest[1] * classes.height < MINORITY * total * (2 if classes.height == 2 else 1):
        figures = {"level": label, "share": rarest[1] / total, "largest_share": largest[1] / total}
        rank = RankBy(metric="aucpr" if classes.height == 2 else "mean_per_class_error")
        yield ProfileWarning(code=WarningCode.IMBALANCE, columns=(target.name,), figures=figures, action=rank)


def _spread_thin(side: Side) -> bool:
    """Whether a category has too few rows for each level to say anything."""
    return not side.number and len(np.unique(side.values)) * ROWS_PER_BIN / 2 > len(side.values)


def _saved(side: Side, target: Side) -> float:
    there = side.present & target.present
    values, classes = side.values[there], np.unique(target.values[there], return_inverse=True)[1]
    if len(values) < 2 * ROWS_PER_BIN:
        return 0.0
    if side.number:
        bins = min(MAX_BINS, len(values) // ROWS_PER_BIN)
        edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
        values = np.searchsorted(edges, values, "left").astype(float)
    codes = np.unique(values, return_inverse=True)[1]
    return foreseen(codes.astype(np.int64), classes.astype(np.int64))
