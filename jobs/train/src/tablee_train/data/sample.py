"""A bottom-k sample: the rows with the smallest hashes, the same ones for every order of the rows."""

from __future__ import annotations

import polars as pl

from tablee_train.data.split import RowHashes

_HASH = "__hash"


class BottomKSample:
    """The `size` rows with the smallest hashes, and the row with the smallest hash of each class.

    :param classes: the column that holds the class; None to ignore classes.
    """

    def __init__(self, size: int, classes: str | None = None) -> None:
        self._size, self._classes = size, classes
        self._kept: list[pl.DataFrame] = []
        self._threshold: int | None = None
        """A row with a larger hash is kept only as the smallest of its class; None until there are `size` rows."""

    def add(self, rows: pl.DataFrame, hashes: RowHashes) -> None:
        """Consider further rows.

        :param hashes: those of the rows.
        """
        rows = rows.with_columns(pl.Series(_HASH, hashes))
        if self._threshold is not None:
            kept = pl.col(_HASH) <= self._threshold
            if self._classes is not None:
                kept |= pl.col(_HASH) == pl.col(_HASH).min().over(self._classes)
            rows = rows.filter(kept)
        if rows.height:
            self._kept.append(rows)
        if self.height > 1.25 * self._size:
            self._reduce()

    @property
    def height(self) -> int:
        """Rows in memory: at most a quarter more than `size`, and those that were added last."""
        return sum(rows.height for rows in self._kept)

    def rows(self) -> pl.DataFrame:
        """The sample in rising order of the hashes. At least one row must have been added."""
        self._reduce()
        return self._kept[0].drop(_HASH)

    def _reduce(self) -> None:
        rows = pl.concat(self._kept).sort(_HASH, maintain_order=True)
        kept = pl.int_range(pl.len()) < self._size
        if self._classes is not None:
            kept |= pl.col(self._classes).is_first_distinct()
        rows = rows.filter(kept)
        if rows.height >= self._size:
            self._threshold = int(rows[_HASH][self._size - 1])
        self._kept = [rows]
