"""Rows chosen by their words alone, of tables of any size: the same rows whatever their order."""

from __future__ import annotations

import polars as pl

from tablee_train.data.split import Words

_WORD = "__word"


class Least:
    """The rows with the least words, at most `most`; and of each class, if there are classes, the least one."""

    def __init__(self, most: int, classes: str | None = None) -> None:
        self._most, self._classes = most, classes
        self._kept: list[pl.DataFrame] = []
        self._height = 0
        self._edge: int | None = None
        """Rows with greater words are among the least of their class or not needed; None until there are enough."""

    def add(self, rows: pl.DataFrame, words: Words) -> None:
        rows = rows.with_columns(pl.Series(_WORD, words))
        if self._edge is not None:
            near = pl.col(_WORD) <= self._edge
            if self._classes is not None:
                near |= pl.col(_WORD) == pl.col(_WORD).min().over(self._classes)
            rows = rows.filter(near)
        if rows.height:
            self._kept.append(rows)
            self._height += rows.height
        if self._height > 1.25 * self._most:
            self._cut()

    def rows(self) -> pl.DataFrame:
        """The least first. At least one row must have been added."""
        self._cut()
        return self._kept[0].drop(_WORD)

    def _cut(self) -> None:
        rows = pl.concat(self._kept).sort(_WORD, maintain_order=True)
        near = pl.int_range(pl.len()) < self._most
        if self._classes is not None:
            near |= pl.col(self._classes).is_first_distinct()
        rows = rows.filter(near)
        if rows.height >= self._most:
            self._edge = int(rows[_WORD][self._most - 1])
        self._kept, self._height = [rows], rows.height
