"""Part of a table as it stands in a file: texts, with the lines they stand on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from tablee.errors import InvalidTable, shorten

MAX_COLUMNS = 10_000
RESERVED = "__"


@dataclass(frozen=True, slots=True)
class Block:
    """Rows in their order; a cell is a text, or float64 in columns that were asked for as such; null is missing."""

    frame: pl.DataFrame
    line: Callable[[int], int]
    """The line of the file, from 1, that a row of the block begins on."""


class Texts(Protocol):
    """A file of a known format, read as often as needed."""

    @property
    def names(self) -> list[str]:
        """The columns."""

    @property
    def numbers(self) -> frozenset[str]:
        """Columns that are numbers by the format itself."""

    def blocks(self, floats: Collection[str] = ()) -> Iterator[Block]:
        """All rows.

        :param floats: columns to be read as float64; every cell of them is a number, written with the reading's
            decimal sign.
        :raises InvalidTable: the file is broken; with line and column.
        """


def checked(names: list[str], line: int | None) -> list[str]:
    """Column names that a table may have.

    :param line: of the header; None if there is none.
    :raises InvalidTable: an empty name, one that stands there twice, one that is kept for the platform, too many.
    """
    if len(names) > MAX_COLUMNS:
        raise InvalidTable(f"{len(names):,} columns", line=line, expected=f"{MAX_COLUMNS:,} columns at most")
    seen: set[str] = set()
    for position, name in enumerate(names, 1):
        if not name.strip():
            raise InvalidTable(
                f"column {position} has no name", line=line, column=str(position), expected="a column name"
            )
        if name.startswith(RESERVED):
            raise InvalidTable(
                f"column «{shorten(name)[1:-1]}» begins with two underscores, which is kept for the platform",
                line=line,
                column=name,
            )
        if name in seen:
            raise InvalidTable(
                f"column «{shorten(name)[1:-1]}» stands there twice",
                line=line,
                column=name,
                expected="different names",
            )
        seen.add(name)
    return names
