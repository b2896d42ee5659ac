"""A file to predict: parts for a model to read, and a writer that adds the predictions to the file's own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class FilePart:
    """Some consecutive rows of a file."""

    cells: pl.DataFrame
    """What the model reads of them, a column for each of the contract's that the file has."""
    original: Any
    """The rows as they stand in the file, for the writer of the same file."""
    preview: Callable[[int], pl.DataFrame]
    """All columns of the file, of that many rows at most, as a person may look at them."""
    first_row: int
    """Position of the first row in the file, from 1."""
    bytes: int
    """Bytes of the file that the part stands for."""
    line_of: Callable[[int], int] | None = None
    """The line of the file that a row of the part, from 0, begins on; None if the file has no lines."""

    @property
    def rows(self) -> int:
        return self.cells.height


class PredictionWriter(Protocol):
    """Writes the rows of a file with columns added at the right."""

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        """Write the next rows.

        :param added: their new cells, numbers and texts, under names that the file does not have.
        """


class PredictionFile(Protocol):
    """A file to predict. It can be read any number of times."""

    @property
    def names(self) -> list[str]:
        """The names of its columns."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that the model does not know."""

    def parts(self, max_rows: int) -> Iterator[FilePart]:
        """All rows, in their order, in parts of at most `max_rows`.

        :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
        """

    def writer(self, target: IO[bytes]) -> AbstractContextManager[PredictionWriter]:
        """Writes the file with more columns to `target`, in the file's own format."""
