"""Repairs that a warning of the profile proposes, applied to the rows of a version. They make a new version.

    rows: repeated rows are removed but for the first; rows of rare classes are removed
    cells of one column: texts are read as numbers or dates, or rare levels are grouped, by a step of a recipe

A recipe does the second kind to the columns that a model reads. It never sees the column to predict, so that column is
repaired here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tablee.datasets.batches import batches
from tablee.datasets.derive import Repair, derive
from tablee.datasets.generalisation import as_text
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import DropDuplicateRows, DropRareRows, GroupRareLevels, RepairAction
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.recipes import Kind, Recipe
from tablee.recipes.fitting import learn
from tablee.recipes.frame import apply
from tablee.recipes.parsing.dates import DAY
from tablee.recipes.steps import ParseDate, Step
from tablee.tables.column_names import near
from tablee_data.readers.table import Output


def repair(
    datasets: Datasets, parent: DatasetManifest, action: RepairAction, *, by: str | None = None
) -> tuple[DatasetManifest, bool]:
    """Make a repaired version of another one; return its manifest and whether it is new. The same action on the same
    version makes the same version.

    :raises InvalidRecipe: the action does not fit its column.
    :raises InvalidRequest: there is nothing to repair, or no row or cell would be left. Nothing is stored then.
    :raises Conflict: the parent was removed in the meantime. Nothing is stored then.
    """
    dates = [column.name for column in parent.columns if column.kind == "date"]
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        rows = datasets.fetch(parent, folder)
        target = folder / "repaired.parquet"
        if isinstance(action, DropDuplicateRows):
            frames, cells = _without_repeated_rows(rows), 0
        elif isinstance(action, DropRareRows):
            frames, cells = _without_rare_rows(rows, parent, action), 0
        else:
            column = _RepairedColumn(rows, parent, action)
            frames, cells = column.frames(), column.changed
            dates += [action.column] if column.is_date else []
        with Output(target) as output:
            for frame in frames:
                if frame.height:
                    output.write(frame, dates)
        if not output.rows:
            raise InvalidRequest("no_row_left")
        if output.rows == parent.rows and not cells:
            raise InvalidRequest("nothing_to_repair", version=parent.version, dataset=parent.name)
        child = derive(parent, Repair(action, cells, by), output, at=datetime.now(UTC))
        return datasets.add_derived(child, target, parent=parent)


def _without_repeated_rows(rows: Path) -> Iterator[pl.DataFrame]:
    """The rows without those that repeat an earlier one.

    Two hashes of 64 bits stand for a row: 16 bytes instead of all its cells. Among a billion rows, the probability that
    two different rows are taken for the same is 10^-21. The hashes are sorted, which takes less memory than a hash
    table of them.
    """
    hashes = [(frame.hash_rows(1).to_numpy(), frame.hash_rows(2).to_numpy()) for frame in batches(rows)]
    one, other = (np.concatenate(side) for side in zip(*hashes, strict=True))
    hashes.clear()
    order = np.lexsort((other, one))  # a stable sort: equal rows stay in their order
    same = (one[order[1:]] == one[order[:-1]]) & (other[order[1:]] == other[order[:-1]])
    first, position = np.ones(len(order), dtype=bool), 0
    first[order[1:][same]] = False
    for frame in batches(rows):
        yield frame.filter(pl.Series(first[position : position + frame.height]))
        position += frame.height


def _without_rare_rows(rows: Path, parent: DatasetManifest, action: DropRareRows) -> Iterator[pl.DataFrame]:
    """The rows without those whose value in a column occurs less than `least_rows` times."""
    name = action.column
    if not any(column.name == name for column in parent.columns):
        names = [column.name for column in parent.columns]
        raise InvalidRequest("no_column_to_repair", dataset=parent.name, column=name, **near(name, names))
    counted = pl.concat([frame[name].drop_nulls().value_counts(name="__count") for frame in batches(rows, [name])])
    totals = counted.group_by(name).agg(pl.col("__count").sum())
    rare = totals.filter(pl.col("__count") < action.least_rows)[name].implode()
    for frame in batches(rows):
        yield frame.filter(~frame[name].is_in(rare).fill_null(False))


class _RepairedColumn:
    """One column after a step of a recipe.

    :raises InvalidRecipe: the step does not fit the column.
    :raises InvalidRequest: the step would leave the column empty.
    """

    def __init__(self, rows: Path, parent: DatasetManifest, action: Any) -> None:
        self._rows, self._name = rows, action.column
        self._labels = isinstance(action, GroupRareLevels)  # numbers that are classes may be grouped, as texts
        self._kinds: dict[str, Kind] = {
            column.name: "number" if column.kind == "number" else "text" for column in parent.columns
        }
        if self._labels and self._name in self._kinds:
            self._kinds[self._name] = "text"
        Recipe(steps=(action.step,)).check(self._kinds)
        before = pl.concat([self._read(frame) for frame in batches(rows, [self._name])])
        self._step: Step = learn(action.step, before)
        after = apply(self._step, before, self._kinds)[self._name]
        if after.null_count() == len(after):
            raise InvalidRequest("unreadable_column", column=self._name)
        self.is_date = isinstance(self._step, ParseDate)
        self._timed = self.is_date and bool((after % DAY != 0).any())
        present = before[self._name].is_not_null()
        self.changed = int((present if after.dtype != pl.String else present & (after != before[self._name])).sum())

    def frames(self) -> Iterator[pl.DataFrame]:
        """All columns of the version, batch by batch."""
        for frame in batches(self._rows):
            made = apply(self._step, self._read(frame), self._kinds)
            yield made.with_columns(self._iso(made[self._name])) if self.is_date else made

    def _read(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(as_text(frame[self._name])) if self._labels else frame

    def _iso(self, seconds: pl.Series) -> pl.Series:
        moments = (seconds * 1000).cast(pl.Datetime("ms"))
        return moments.dt.strftime("%Y-%m-%dT%H:%M:%S" if self._timed else "%Y-%m-%d")
