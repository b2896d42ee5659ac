"""The profile of one version of a data set: one pass over all rows, then everything else from the sampled rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import Bases, Basis, ColumnProfile, Profile, WarningCode
from tablee.errors import InvalidRequest
from tablee.tables.column_names import near
from tablee_data.inference.habits import Habits
from tablee_data.profile import pairs, target
from tablee_data.profile import warnings as warning
from tablee_data.profile.column import describe
from tablee_data.sampling import table_rows
from tablee_data.statistics.profile_statistics import ProfileStatistics

__all__ = ["about_target", "profile"]

VALID_FOR_TARGETS = (WarningCode.NUMBER_AS_TEXT, WarningCode.DATE_AS_TEXT)
"""Warnings about a column that also hold if it is the target; the others would drop it or group its levels."""


def profile(parquet: Path, manifest: DatasetManifest) -> Profile:
    """Compute the profile of a version.

    :param parquet: the rows of the version, as `Datasets.fetch` stores them.
    """
    statistics = ProfileStatistics([column.name for column in manifest.columns if column.kind == "date"])
    kept = table_rows.sample(parquet, statistics)
    columns = tuple(describe(kept[column.name], column, statistics) for column in manifest.columns)
    compared, rows = pairs.compared_columns(columns), pairs.compared_rows(kept)
    between = pairs.associations_between(_measured(rows, [each for each in columns if each.name in compared]))
    duplicates = kept.height - kept.hash_rows(1).n_unique()
    warnings = (
        *warning.of_columns(kept, columns, statistics.rows, Habits.of(manifest.reading)),
        *warning.of_pairs(kept, between),
        *warning.of_rows(kept, duplicates),
    )
    return Profile(
        dataset=manifest.name,
        version=manifest.version,
        rows=statistics.rows,
        columns=columns,
        duplicate_rows=duplicates,
        compared=compared,
        between=between,
        warnings=warnings,
        basis=Bases(
            counts=Basis(rows=statistics.rows, of=statistics.rows),
            distributions=Basis(rows=kept.height, of=statistics.rows),
            associations=Basis(rows=rows.height, of=statistics.rows),
        ),
    )


def about_target(found: Profile, parquet: Path, name: str) -> Profile:
    """The profile with associations with a target, and warnings about it.

    :param name: of the column to predict.
    :raises InvalidRequest: there is no such column.
    """
    goal = next((column for column in found.columns if column.name == name), None)
    if goal is None:
        names = [column.name for column in found.columns]
        raise InvalidRequest("no_target", dataset=found.dataset, column=name, **near(name, names))
    kept = table_rows.sample(parquet)
    told = [each for each in found.columns if each.kind != "text" and each.distinct > 1 and each.name != name]
    sides, answer = _measured(pairs.compared_rows(kept), told), _measured(pairs.compared_rows(kept), [goal])[0]
    associations = target.associations_with_target(sides, answer)
    classes = target.is_class(goal)
    warnings = list(target.leaks(sides, answer, associations, classes=classes))
    if classes:
        warnings += target.balance(goal, kept[name])
    rest = (each for each in found.warnings if name not in each.columns or each.code in VALID_FOR_TARGETS)
    return found.model_copy(update={"target": name, "with_target": associations, "warnings": (*warnings, *rest)})


def _measured(rows: pl.DataFrame, columns: Sequence[ColumnProfile]) -> list[pairs.MeasuredColumn]:
    return [pairs.measured_column(rows[column.name], column) for column in columns]
