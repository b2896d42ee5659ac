"""What every reader of a file format gives: blocks of rows, mostly as texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from tablee.datasets.reading import Decision
from tablee.tables.cells.cell_format import CellFormat, Decimal


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Consecutive rows of a file."""

    frame: pl.DataFrame
    """A column is of texts, or float64 where it was parsed as numbers; a missing value is null."""
    line_of: Callable[[int], int]
    """The line of the file, from 1, that a row of the block begins on; rows count from 0."""
    original: Callable[[], pl.Series] | None = None
    """The rows as the file has them, without line breaks; None if the format does not have a row as one text."""
    markers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By column of texts: the texts without quotes that stand for a missing value, with their counts. Their cells are
    null in `frame`."""
    quoted_markers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By column of texts: such texts between quotes, with their counts. They are texts."""


@dataclass(frozen=True, slots=True)
class NumberColumns:
    """Columns that a reader may parse as numbers at once, while all of their cells are numbers."""

    floats: Mapping[str, Decimal] = field(default_factory=dict)
    """With their decimal sign."""
    integers: frozenset[str] = frozenset()
    """Written with digits only."""

    @staticmethod
    def of(formats: Mapping[str, CellFormat]) -> NumberColumns:
        """The columns of numbers whose formats have no thousands separator and no missing text with digits. While the
        decimal sign is undecided, they must be integers."""
        plain = {
            name: each.number.decimal
            for name, each in formats.items()
            if each.number is not None and not each.number.thousands and not each.missing_numbers
        }
        floats = {name: decimal for name, decimal in plain.items() if decimal is not None}
        return NumberColumns(floats, frozenset(plain.keys() - floats.keys()))

    def __or__(self, other: NumberColumns) -> NumberColumns:
        return NumberColumns({**self.floats, **other.floats}, self.integers | other.integers)


class TableReader(Protocol):
    """A file of a known format. It can be read several times."""

    @property
    def names(self) -> list[str]:
        """The columns."""

    @property
    def numbers(self) -> frozenset[str]:
        """Columns that are numbers by the format itself."""

    @property
    def decisions(self) -> Sequence[Decision]:
        """What the reader has decided about columns. Complete when all blocks were read."""

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        """All rows.

        :param number_columns: called before each block. If a cell of one of these columns is not a number, or is a
            code such as 007, the whole block comes as texts.
        :raises InvalidTable: the file is broken; with line and column.
        """
