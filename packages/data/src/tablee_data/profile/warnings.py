"""Warnings about columns and rows that a person should decide on before a training."""

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
from tablee_data.inference.habits import Habits
from tablee_data.recipes import text_columns
from tablee_data.recipes.text_columns import MixedTexts, Mixture

Figures = dict[str, float | str]

MAX_MISSING = 0.5
"""A column with a larger share of missing values than this is mostly missing."""
MIN_DISTINCT_SAMPLED = 0.99
"""An identifier has at least such a share of distinct values among the sampled rows..."""
MIN_DISTINCT = 0.9
"""...and such a share among all rows, where the number of distinct values may be an estimate..."""
MIN_VALUES = 20
"""...and at least so many values; fewer may be distinct by chance."""
MANY_LEVELS = 50
"""A category with more levels than this has too many."""
RARE_ROWS = 10
"""Levels with fewer rows than this are grouped by the proposed action."""
MAX_KEY_LENGTH = 40
"""Distinct texts that are longer on average, in characters, are free text rather than keys."""
MIN_STRENGTH = 0.9999
"""Two columns with an association at least as strong are near duplicates."""


def of_columns(
    kept: pl.DataFrame, columns: Sequence[ColumnProfile], rows: int, habits: Habits | None = None
) -> Iterator[ProfileWarning]:
    """Warnings about single columns.

    :param kept: the sampled rows.
    :param rows: number of rows of the version.
    :param habits: how the columns of its file are written.
    """
    for column in columns:
        present = rows - column.missing
        if column.distinct <= 1:
            figures: Figures = {"value": _only_value(column), "missing": column.missing}
            yield _dropping(WarningCode.CONSTANT, column, figures)
            continue
        if column.missing > MAX_MISSING * rows:
            yield _dropping(
                WarningCode.MOSTLY_MISSING, column, {"missing": column.missing, "share": column.missing / rows}
            )
        if column.kind in ("category", "text") and (warning := _misread(kept[column.name], habits)):
            yield warning
        elif column.missing > MAX_MISSING * rows:
            continue
        elif is_identifier(column, present, kept[column.name]):
            yield _dropping(WarningCode.IDENTIFIER, column, {"distinct": column.distinct, "present": present})
        elif column.kind in ("category", "text") and column.distinct > MANY_LEVELS:
            figures = {"distinct": column.distinct, "rows_per_level": round(present / column.distinct, 1)}
            group = GroupRareLevels(step=RareLevels(column=column.name, least=RARE_ROWS))
            yield ProfileWarning(code=WarningCode.MANY_LEVELS, columns=(column.name,), figures=figures, action=group)


def of_pairs(kept: pl.DataFrame, between: Sequence[Association]) -> Iterator[ProfileWarning]:
    """Warnings about columns that are near duplicates of an earlier one: with the same cells, or so strongly associated
    that each follows from the other.

    :param kept: the sampled rows.
    :param between: associations of pairs of columns.
    """
    order = {name: index for index, name in enumerate(kept.columns)}
    reported: set[str] = set()
    for first, second in _same_cells(kept):
        reported.add(second)
        yield _near_duplicate(first, second, 1.0)
    for each in between:
        first, second = sorted(each.columns, key=order.__getitem__)
        strength = abs(each.pearson) if each.pearson is not None else each.strength
        if (
            each.measure is AssociationMeasure.RATIO
            or strength < MIN_STRENGTH
            or second in reported
            or first in reported
        ):
            continue
        reported.add(second)
        yield _near_duplicate(first, second, strength)


def of_rows(kept: pl.DataFrame, duplicates: int) -> Iterator[ProfileWarning]:
    """A warning about repeated rows, if there are some.

    :param kept: the sampled rows.
    :param duplicates: number of sampled rows that repeat an earlier one.
    """
    if duplicates:
        figures: Figures = {"duplicates": duplicates, "share": duplicates / kept.height}
        yield ProfileWarning(code=WarningCode.DUPLICATE_ROWS, figures=figures, action=DropDuplicateRows())


def is_identifier(column: ColumnProfile, present: int, kept: pl.Series) -> bool:
    """Whether nearly every row has a value of its own: a short text, or a whole number without many gaps between them.

    :param present: number of rows of the version that have a value.
    :param kept: the column in the sampled rows.
    """
    if present < MIN_VALUES or column.distinct < MIN_DISTINCT * present:
        return False
    if (values := kept.drop_nulls()).n_unique() < MIN_DISTINCT_SAMPLED * len(values):
        return False
    if column.numbers is not None:
        span = column.numbers.maximum - column.numbers.minimum + 1
        return column.integer and (span <= 2 * present or _is_key(column.name))
    return column.kind != "date" and column.lengths is not None and column.lengths.mean <= MAX_KEY_LENGTH


_KEYS: Final = frozenset(("id", "ids", "key", "uid", "uuid", "guid", "ref", "reference", "identifiant", "cle", "clé"))


def _is_key(name: str) -> bool:
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return bool(_KEYS.intersection(words)) or name.endswith(("Id", "ID"))


def _misread(series: pl.Series, habits: Habits | None) -> ProfileWarning | None:
    """A warning about texts that are dates or numbers; None if they are neither."""
    found = text_columns.detect(series, habits)
    if found is None:
        return None
    if isinstance(found, MixedTexts):
        return _mixed(series.name, found)
    figures: Figures = {"example": found.examples[0], "share": found.share}
    if (decision := found.decision) is not None:
        results = {
            "result": decision.examples[decision.chosen],
            "other_result": decision.examples[next(iter(found.otherwise))],
        }
        figures |= {"example": decision.facts["example"], **results}
    if isinstance(found.step, ParseDate):
        code, action = WarningCode.DATE_AS_TEXT, ParseDates(step=found.step)
        return ProfileWarning(code=code, columns=(series.name,), figures=figures, action=action)
    return ProfileWarning(
        code=WarningCode.NUMBER_AS_TEXT, columns=(series.name,), figures=figures, action=ParseNumbers(step=found.step)
    )


def _mixed(name: str, found: MixedTexts) -> ProfileWarning:
    """A warning about numbers that do not mean the same. Its action keeps what they mean, or leaves the column out."""
    codes = {
        Mixture.CURRENCIES: WarningCode.MIXED_CURRENCIES,
        Mixture.UNITS: WarningCode.MIXED_UNITS,
        Mixture.PERCENT: WarningCode.MIXED_PERCENT,
        Mixture.BOUNDS: WarningCode.MIXED_BOUNDS,
    }
    first, second = found.examples
    return ProfileWarning(
        code=codes[found.mixture],
        columns=(name,),
        figures={"example": first, "other_example": second},
        action=ParseNumbers(step=found.step) if found.step else DropColumns(columns=(name,)),
    )


def _same_cells(kept: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Pairs of columns with the same cells, each with the first of them; constants are left out."""
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


def _only_value(column: ColumnProfile) -> str:
    """The single value of a constant column as a text; empty if it has none."""
    if column.numbers is not None:
        return f"{column.numbers.mean:g}"
    return column.levels[0].value if column.levels else column.dates.earliest if column.dates else ""


def _dropping(code: WarningCode, column: ColumnProfile, figures: Figures) -> ProfileWarning:
    return ProfileWarning(
        code=code, columns=(column.name,), figures=figures, action=DropColumns(columns=(column.name,))
    )


def _near_duplicate(first: str, second: str, strength: float) -> ProfileWarning:
    drop = DropColumns(columns=(second,))
    return ProfileWarning(
        code=WarningCode.NEAR_DUPLICATE, columns=(first, second), figures={"strength": strength}, action=drop
    )
