"""What a person should decide on before a training: columns and rows that teach nothing, or too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from tablee.datasets.profile import (
    Association,
    AssociationMeasure,
    ColumnProfile,
    DropColumns,
    DropDuplicateRows,
    GroupRareLevels,
    ParseDates,
    ParseNumbers,
    ProfileWarning,
    WarningCode,
)
from tablee.recipes.steps import ParseDate, RareLevels
from tablee_data.recipes import text_columns

Figures = dict[str, float | str]

MOSTLY = 0.5
"""A column with a larger share of missing values is mostly missing."""
UNIQUE = 0.99
"""A column with a larger share of different values tells rows apart and nothing else."""
NEARLY_UNIQUE = 0.9
"""And among all rows at least this share, where different values may be an estimate."""
LEAST_UNIQUE = 20
"""Of at least so many values; fewer may be different by chance."""
MANY_LEVELS = 50
"""A category with more levels is learnt badly unless they are frequent."""
RARE_ROWS = 10
"""A level with fewer rows says little."""
LONG_KEY = 40
"""Unique texts that are longer on average are free text rather than keys."""
SAME = 0.9999
"""Two columns that are associated as much say the same."""


def of_columns(kept: pl.DataFrame, columns: Sequence[ColumnProfile], rows: int) -> Iterator[ProfileWarning]:
    """Each column by itself; at most one warning that would drop it."""
    for column in columns:
        present = rows - column.missing
        if column.distinct <= 1:
            figures: Figures = {"value": _only(column), "missing": column.missing}
            yield _drop(WarningCode.CONSTANT, column, figures)
            continue
        if column.missing > MOSTLY * rows:
            yield _drop(WarningCode.MOSTLY_MISSING, column, {"missing": column.missing, "share": column.missing / rows})
        if column.kind in ("category", "text") and (warning := _misread(kept[column.name])):
            yield warning
        elif column.missing > MOSTLY * rows:
            continue
        elif is_identifier(column, present, kept[column.name]):
            yield _drop(WarningCode.IDENTIFIER, column, {"distinct": column.distinct, "present": present})
        elif column.kind in ("category", "text") and column.distinct > MANY_LEVELS:
            figures = {"distinct": column.distinct, "rows_per_level": round(present / column.distinct, 1)}
            group = GroupRareLevels(step=RareLevels(column=column.name, least=RARE_ROWS))
            yield ProfileWarning(code=WarningCode.MANY_LEVELS, columns=(column.name,), figures=figures, action=group)


def of_pairs(kept: pl.DataFrame, between: Sequence[Association]) -> Iterator[ProfileWarning]:
    """Columns that say the same as an earlier one: with the very same cells, or so strongly associated that each
    follows from the other."""
    order = {name: index for index, name in enumerate(kept.columns)}
    told: set[str] = set()
    for first, second in _same_cells(kept):
        told.add(second)
        yield _near(first, second, 1.0)
    for each in between:
        first, second = sorted(each.columns, key=order.__getitem__)
        strength = abs(each.pearson) if each.pearson is not None else each.strength
        if each.measure is AssociationMeasure.RATIO or strength < SAME or second in told or first in told:
            continue
        told.add(second)
        yield _near(first, second, strength)


def of_rows(kept: pl.DataFrame, duplicates: int) -> Iterator[ProfileWarning]:
    if duplicates:
        figures: Figures = {"duplicates": duplicates, "share": duplicates / kept.height}
        yield ProfileWarning(code=WarningCode.DUPLICATE_ROWS, figures=figures, action=DropDuplicateRows())


def is_identifier(column: ColumnProfile, present: int, kept: pl.Series) -> bool:
    """Nearly every row has a value of its own: short texts, or whole numbers that count up without many gaps."""
    if present < LEAST_UNIQUE or column.distinct < NEARLY_UNIQUE * present:
        return False
    if (values := kept.drop_nulls()).n_unique() < UNIQUE * len(values):
        return False
    if column.numbers is not None:
        span = column.numbers.maximum - column.numbers.minimum + 1
        return column.integer and (span <= 2 * present or _is_key(column.name))
    return column.kind != "date" and column.lengths is not None and column.lengths.mean <= LONG_KEY


KEYS: Final = frozenset(("id", "ids", "key", "uid", "uuid", "guid", "ref", "reference", "identifiant", "cle", "clé"))


def _is_key(name: str) -> bool:
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return bool(KEYS.intersection(words)) or name.endswith(("Id", "ID"))


def _misread(series: pl.Series) -> ProfileWarning | None:
    """Texts that are dates or numbers."""
    found = text_columns.found(series)
    if found is None:
        return None
    figures: Figures = {"example": found.examples[0], "share": found.share}
    if isinstance(found.step, ParseDate):
        code, action = WarningCode.DATE_AS_TEXT, ParseDates(step=found.step)
        return ProfileWarning(code=code, columns=(series.name,), figures=figures, action=action)
    return ProfileWarning(
        code=WarningCode.NUMBER_AS_TEXT, columns=(series.name,), figures=figures, action=ParseNumbers(step=found.step)
    )


def _same_cells(kept: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Pairs of columns that hold the same, each with the first one of its like; constants are left out."""
    seen: dict[int, list[str]] = {}
    for series in kept:
        hashes = series.hash(1)
        if hashes.n_unique() < 2:
            continue
        alike = seen.setdefault(int((hashes * pl.int_range(1, len(hashes) + 1, dtype=pl.UInt64, eager=True)).sum()), [])
        for earlier in alike:
            if kept[earlier].dtype == series.dtype and kept[earlier].equals(series, null_equal=True):
                yield earlier, series.name
                break
        else:
            alike.append(series.name)


def _only(column: ColumnProfile) -> str:
    if column.numbers is not None:
        return f"{column.numbers.mean:g}"
    return column.levels[0].value if column.levels else column.dates.earliest if column.dates else ""


def _drop(code: WarningCode, column: ColumnProfile, figures: Figures) -> ProfileWarning:
    return ProfileWarning(
        code=code, columns=(column.name,), figures=figures, action=DropColumns(columns=(column.name,))
    )


def _near(first: str, second: str, strength: float) -> ProfileWarning:
    drop = DropColumns(columns=(second,))
    return ProfileWarning(
        code=WarningCode.NEAR_DUPLICATE, columns=(first, second), figures={"strength": strength}, action=drop
    )
