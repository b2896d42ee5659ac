"""What a page shows of an answered file: its first rows as texts, and how the answers are distributed."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.jobs.file_prediction import PREVIEW_ROWS, Bin, Summary
from tablee.tables.prediction_file import FilePart

MOST_COUNTED: Final = 12
"""Numbers with more different values than this are summed up as a histogram."""
BINS: Final = 20
"""Bars of a histogram."""


class SummaryBuilder:
    """Sees the blocks of an answered file one after the other; memory does not grow with the file.

    :param file: a new file of this machine that holds the answers of a regression meanwhile, 8 bytes each.
    """

    def __init__(self, file: Path) -> None:
        self._path, self._numbers = file, file.open("wb")
        self._preview: list[pl.DataFrame] = []
        self._rows = 0
        self._added: tuple[str, ...] = ()
        self._counts: dict[str, int] = {}
        self._numeric = False
        self._many = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._numbers.close()
        self._path.unlink(missing_ok=True)

    def observe(self, part: FilePart, added: pl.DataFrame) -> None:
        """Take the next block and the columns that were added to it."""
        self._added = tuple(added.columns)
        answers = added.to_series(0)
        self._numeric = answers.dtype == pl.Float64
        if self._rows < PREVIEW_ROWS:
            left = PREVIEW_ROWS - self._rows
            shown = part.preview(left).hstack(added.head(left))
            self._preview.append(pl.DataFrame([as_texts(series) for series in shown]))
        self._rows += part.rows
        if self._numeric:
            self._numbers.write(np.ascontiguousarray(answers.to_numpy()).tobytes())
        if not self._many:
            self._count(answers)

    def summary(self) -> Summary:
        """The summary of all blocks so far; at least one."""
        preview = pl.concat(self._preview)
        ranked = dict(sorted(self._counts.items(), key=lambda found: (-found[1], found[0])))
        return Summary(
            columns=tuple(preview.columns),
            added=self._added,
            rows=tuple(preview.iter_rows()),
            numeric=self._numeric,
            counts=None if self._many else ranked,
            histogram=self._histogram() if self._many else None,
        )

    def _count(self, answers: pl.Series) -> None:
        tally = answers.cast(pl.String).value_counts()
        for answer, count in zip(tally.to_series(0), tally.to_series(1), strict=True):
            self._counts[answer] = self._counts.get(answer, 0) + count
        self._many = self._numeric and len(self._counts) > MOST_COUNTED

    def _histogram(self) -> tuple[Bin, ...]:
        self._numbers.flush()
        values: NDArray[np.float64] = np.memmap(self._path, np.float64, mode="r")
        counts, edges = np.histogram(values, bins=BINS)
        spans = zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
        return tuple(Bin(lower=lower, upper=upper, count=count) for lower, upper, count in spans)


def as_texts(series: pl.Series) -> pl.Series:
    """The cells of a column as texts; those of lists and structs, too."""
    if series.dtype.is_nested():
        return pl.Series(series.name, [None if cell is None else str(cell) for cell in series.to_list()], pl.String)
    return series.cast(pl.String)
