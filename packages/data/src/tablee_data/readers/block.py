"""Part of a table as it stands in a file: texts, with the lines they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from tablee.datasets.reading import Decimal
from tablee.errors import InvalidTable
from tablee.errors.cells import shorten

MAX_COLUMNS = 10_000
RESERVED = "__"


@dataclass(frozen=True, slots=True)
class Block:
    """Rows in their order; a cell is a text, or float64 where it was read so; null is missing."""

    frame: pl.DataFrame
    line: Callable[[int], int]
    """The line of the file, from 1, that a row of the block begins on."""
    own: Callable[[], pl.Series] | None = None
    """The rows as they stand there, without their line breaks; None where a row is no text of its own."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Columns that may be read as numbers at once, as long as all of their cells are such."""

    decimal: Decimal = "."
    numbers: frozenset[str] = frozenset()
    """Written with that decimal sign."""
    whole: frozenset[str] = frozenset()
    """Written with digits only."""


class Texts(Protocol):
    """A file of a known format, read as often as needed."""

    @property
    def names(self) -> list[str]:
        """The columns."""

    @property
    def numbers(self) -> frozenset[str]:
        """Columns that are numbers by the format itself."""

    def blocks(self, plain: Callable[[], Plain] = Plain) -> Iterator[Block]:
        """All rows.

        :param plain: asked before each block. A block in which a cell of these columns is no plain number, or a code
            such as 007, comes as texts.
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
        brief = shorten(name)[1:-1]
        if name.startswith(RESERVED):
            words = f"column «{brief}» begins with two underscores, which is kept for the platform"
            raise InvalidTable(words, line=line, column=name)
        if name in seen:
            words = f"column «{brief}» stands there twice"
            raise InvalidTable(words, line=line, column=name, expected="different names")
        seen.add(name)
    return names
