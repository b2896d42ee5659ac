"""The columns of a CSV file: the cells of its header and those of the rows below, which may be one more or one less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tablee.datasets.reading import Decision, Reason
from tablee.errors.cells import shorten
from tablee.tables.column_names import MAX_COLUMNS, check_names, ordered_names

SHOWN = 10
"""Names that are shown in a remark."""


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """The columns of a file by its first records."""

    names: list[str]
    """Of all cells of a row, in their order, as `ordered_names` gives them."""
    originals: Mapping[int, str]
    """Names as the file has them where they differ, by position from 0."""
    header_cells: int
    """The number of cells of the header; that of the rows without one."""
    left_out: int = 0
    """The number of last columns that are empty and have no name, since separators end each line."""
    row_names: bool = False
    """Whether the first column has no name because the header is one cell shorter, as R writes names of rows."""

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return self.names[: len(self.names) - self.left_out]

    @property
    def decision(self) -> Decision | None:
        """The remark about names that were put in order; None if all are as the file has them."""
        changed = {at: old for at, old in self.originals.items() if at < len(self.columns)}
        if not (changed or self.left_out or self.row_names):
            return None
        reason = Reason.NAMES_IN_ORDER if changed else Reason.EMPTY_LAST_COLUMN
        return _remark(self.columns, changed, Reason.ROW_NAMES if self.row_names else reason)


def _remark(names: Sequence[str], originals: Mapping[int, str], reason: Reason) -> Decision:
    """
    :param names: of the columns.
    :param originals: names as the file has them where they differ, by position.
    """
    changed = [f"{_quoted(old)} → {_quoted(names[at])}" for at, old in originals.items()]
    more = ", …" if len(changed) > SHOWN else ""
    return Decision(
        field="names",
        chosen=", ".join(_quoted(names[at]) for at in [*originals][:SHOWN]) or _quoted(names[-1]),
        reason=reason,
        facts={"names": ", ".join(changed[:SHOWN]) + more, "count": len(changed)},
        sure=reason is not Reason.ROW_NAMES,
    )


def _quoted(name: str) -> str:
    """A name with its outer blanks visible, in the same signs in every language."""
    return f'"{shorten(name)}"'


def names_in_order(names: Sequence[str]) -> tuple[list[str], tuple[Decision, ...]]:
    """The names that the columns of a typed file are given, and the remark about those that differ.

    :raises InvalidTable: the file has too many columns, or a name that no table may have.
    """
    given, originals = ordered_names(names)
    check_names(given, None, limit=MAX_COLUMNS)
    return given, (_remark(given, originals, Reason.NAMES_IN_ORDER),) if originals else ()


def column_layout(header: Sequence[str] | None, line: int, rows: Sequence[Sequence[str]]) -> ColumnLayout:
    """The columns of a file.

    :param header: the cells of the header; None without one.
    :param line: of the header, from 1.
    :param rows: the first rows below it.
    :raises InvalidTable: the file has too many columns, or a name that no table may have.
    """
    if header is None:
        first = len(rows[0]) if rows else 0
        return _checked(ColumnLayout([f"column_{number}" for number in range(1, first + 1)], {}, first), None)
    width = len(rows[0]) if rows else 0
    same = bool(rows) and all(len(row) == width for row in rows)
    cells = list(header)
    left_out, row_names = 0, False
    if same and width == len(cells) - 1 and len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    elif same and width == len(cells) + 1:
        if not any(row[-1].strip() for row in rows):
            cells.append("")
        elif all(cell.strip() for cell in (*cells, *(row[0] for row in rows))):
            cells.insert(0, "")
            row_names = True
    if same and width == len(cells) and not row_names:
        while left_out < width - 1 and not any(each[-1 - left_out].strip() for each in (cells, *rows)):
            left_out += 1
    return _checked(ColumnLayout(*ordered_names(cells), len(header), left_out, row_names), line)


def _checked(layout: ColumnLayout, line: int | None) -> ColumnLayout:
    check_names(layout.names, line, limit=MAX_COLUMNS)
    return layout
