"""Wrong cells, collected so that one error can name the first ones and count the rest."""

from __future__ import annotations

from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell


class InvalidCells:
    """Keeps the first `MAX_CELLS` wrong cells; `total` counts all."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.total = 0

    @property
    def is_full(self) -> bool:
        """Whether further cells are only counted."""
        return len(self.cells) >= MAX_CELLS

    def add(self, cell: Cell) -> None:
        self.total += 1
        if not self.is_full:
            self.cells.append(cell)

    def extend(self, error: InvalidRows) -> None:
        """Add the cells of an error."""
        self.cells += error.cells[: MAX_CELLS - len(self.cells)]
        self.total += error.total

    def raise_if_any(self) -> None:
        """
        :raises InvalidRows: there is at least one wrong cell.
        """
        if self.total:
            raise InvalidRows(self.cells, self.total)
