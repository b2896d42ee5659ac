"""What a warning proposes, done to the rows themselves: a new version, for versions are immutable.

    rows: of those that repeat each other the first stays; those of rare classes go
    one column: its texts read as numbers or dates, or its rare levels made one, by the very step of a recipe

A recipe does the second kind for the columns that a model reads; of the column to predict it sees nothing, so there it
is done here.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tablee.datasets.profile import DropDuplicateRows, DropRareRows, GroupRareLevels, Mend
from tablee.datasets.store import DatasetManifest, Datasets, Mended, batches, version_of
from tablee.errors import InvalidRequest
from tablee.recipes import Kind, Recipe
from tablee.recipes.fitting import learn
from tablee.recipes.frame import apply
from tablee.recipes.steps import ParseDate, Step
from tablee.recipes.texts import DAY
from tablee_data.privacy.anonymiser import as_text
from tablee_data.readers.table import Output


def mend(
    datasets: Datasets, name: str, version: str, action: Mend, *, by: str | None = None
) -> tuple[DatasetManifest, bool]:
    """Make a version of another one; its manifest, and whether it is new. The same action makes the same version.

    :raises DatasetNotFound: there is no such version.
    :raises InvalidRecipe: the action does not fit its column.
    :raises InvalidRequest: there is nothing to do, or no cell would be left. Nothing is stored then.
    """
    source = datasets.manifest(name, version)
    dates = [column.name for column in source.columns if column.kind == "date"]
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        rows = datasets.fetch(source, folder)
        made = folder / "mended.parquet"
        if isinstance(action, DropDuplicateRows):
            frames, cells = _distinct(rows), 0
        elif isinstance(action, DropRareRows):
            frames, cells = _frequent(rows, source, action), 0
        else:
            column = _Column(rows, source, action)
            frames, cells = column.frames(), column.changed
            dates += [action.column] if column.is_date else []
        with Output(made) as output:
            for frame in frames:
                if frame.height:
                    output.write(frame, dates)
        gone = source.rows - output.rows
        if not output.rows:
            raise InvalidRequest("no row would be left")
        if not gone and not cells:
            raise InvalidRequest(f"there is nothing to do: version «{source.version}» of «{name}» is so already")
        sha256 = hashlib.sha256(f"{source.version}\n{action.model_dump_json()}".encode()).hexdigest()
        changes = {
            "format": 2,
            "version": version_of(sha256, source.reading, source.anonymised),
            "rows": output.rows,
            "columns": output.columns,
            "sha256": sha256,
            "created": datetime.now(UTC),
            "by": by,
            "mended": (*source.mended, Mended(source=source.version, action=action, rows=gone, cells=cells)),
        }
        return datasets.add(source.model_copy(update=changes), made)


def _distinct(rows: Path) -> Iterator[pl.DataFrame]:
    """The rows without those that repeat an earlier one.

    Two hashes of 64 bits stand for a row, 16 bytes instead of all its cells: among a billion rows, two different ones
    would be taken for the same with a probability of 10^-21. They are sorted, which takes less memory than a table of
    them would.
    """
    hashes = [(frame.hash_rows(1).to_numpy(), frame.hash_rows(2).to_numpy()) for frame in batches(rows)]
    one, other = (np.concatenate(side) for side in zip(*hashes, strict=True))
    hashes.clear()
    order = np.lexsort((other, one))  # equal ones in the order of the rows
    same = (one[order[1:]] == one[order[:-1]]) & (other[order[1:]] == other[order[:-1]])
    first, position = np.ones(len(order), dtype=bool), 0
    first[order[1:][same]] = False
    for frame in batches(rows):
        yield frame.filter(pl.Series(first[position : position + frame.height]))
        position += frame.height


def _frequent(rows: Path, source: DatasetManifest, action: DropRareRows) -> Iterator[pl.DataFrame]:
    """The rows without those whose value has too few."""
    name = action.column
    if not any(column.name == name for column in source.columns):
        raise InvalidRequest(f"«action»: the data set «{source.name}» has no column «{name}»")
    counted = pl.concat([frame[name].drop_nulls().value_counts(name="__count") for frame in batches(rows, [name])])
    totals = counted.group_by(name).agg(pl.col("__count").sum())
    rare = totals.filter(pl.col("__count") < action.least_rows)[name].implode()
    for frame in batches(rows):
        yield frame.filter(~frame[name].is_in(rare).fill_null(False))


class _Column:
    """One column as a step makes it anew.

    :raises InvalidRecipe: the step does not fit it.
    :raises InvalidRequest: the step would leave no cell.
    """

    def __init__(self, rows: Path, source: DatasetManifest, action: Any) -> None:
        self._rows, self._name = rows, action.column
        self._labels = isinstance(action, GroupRareLevels)  # numbers that are classes may be grouped, as texts
        self._kinds: dict[str, Kind] = {
            column.name: "number" if column.kind == "number" else "text" for column in source.columns
        }
        if self._labels and self._name in self._kinds:
            self._kinds[self._name] = "text"
        Recipe(steps=(action.step,)).check(self._kinds)
        before = pl.concat([self._read(frame) for frame in batches(rows, [self._name])])
        self._step: Step = learn(action.step, before)
        after = apply(self._step, before, self._kinds)[self._name]
        if after.null_count() == len(after):
            raise InvalidRequest(f"no cell of «{self._name}» can be read so")
        self.is_date = isinstance(self._step, ParseDate)
        self._timed = self.is_date and bool((after % DAY != 0).any())
        present = before[self._name].is_not_null()
        self.changed = int((present if after.dtype != pl.String else present & (after != before[self._name])).sum())

    def frames(self) -> Iterator[pl.DataFrame]:
        for frame in batches(self._rows):
            made = apply(self._step, self._read(frame), self._kinds)
            yield made.with_columns(self._iso(made[self._name])) if self.is_date else made

    def _read(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(as_text(frame[self._name])) if self._labels else frame

    def _iso(self, seconds: pl.Series) -> pl.Series:
        moments = (seconds * 1000).cast(pl.Datetime("ms"))
        return moments.dt.strftime("%Y-%m-%dT%H:%M:%S" if self._timed else "%Y-%m-%d")
