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
    left_out: frozenset[int] = frozenset()
    """The positions, from 0, of columns that are empty and have no name, since separators begin or end each line, or
    stand twice between cells."""
    row_names: bool = False
    """Whether the first column has no name because the header is one cell shorter, as R writes names of rows."""

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return [name for at, name in enumerate(self.names) if at not in self.left_out]

    @property
    def left_out_names(self) -> list[str]:
        return [self.names[at] for at in sorted(self.left_out)]

    @property
    def decision(self) -> Decision | None:
        """The remark about names that were put in order; None if all are as the file has them."""
        changed = {at: old for at, old in self.originals.items() if at not in self.left_out}
        if not (changed or self.left_out or self.row_names):
            return None
        behind = self.left_out <= {*range(len(self.columns), len(self.names))}
        reason = Reason.NAMES_IN_ORDER if changed else Reason.EMPTY_LAST_COLUMN if behind else Reason.EMPTY_COLUMNS
        return _remark(self.names, changed, self.columns[-1], Reason.ROW_NAMES if self.row_names else reason)


def _remark(names: Sequence[str], originals: Mapping[int, str], last: str, reason: Reason) -> Decision:
    """
    :param names: of the columns.
    :param originals: names as the file has them where they differ, by position.
    :param last: the name of the last column.
    """
    changed = [f"{_quoted(old)} → {_quoted(names[at])}" for at, old in originals.items()]
    more = ", …" if len(changed) > SHOWN else ""
    return Decision(
        field="names",
        chosen=", ".join(_quoted(names[at]) for at in [*originals][:SHOWN]) or _quoted(last),
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
    return given, (_remark(given, originals, given[-1], Reason.NAMES_IN_ORDER),) if originals else ()


def column_layout(header: Sequence[str] | None, line: int, rows: Sequence[Sequence[str]]) -> ColumnLayout:
    """The columns of a file.

    :param header: the cells of the header; None without one.
    :param line: of the header, from 1.
    :param rows: the first rows below it.
    :raises InvalidTable: the file has too many columns, or a name that no table may have.
    """
    if header is None:
        first = len(rows[0]) if rows else 0
        outer = _between(rows, first) if all(len(row) == first for row in rows) else frozenset()
        order = sorted(range(first), key=lambda at: (at in outer, at))
        names = {at: f"column_{number}" for number, at in enumerate(order, 1)}
        return _checked(ColumnLayout([names[at] for at in range(first)], {}, first, outer), None)
    width = len(rows[0]) if rows else 0
    same = bool(rows) and all(len(row) == width for row in rows)
    cells = list(header)
    left_out: frozenset[int] = frozenset()
    row_names = False
    if same and width == len(cells) - 1 and len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    elif same and width == len(cells) + 1:
        if not any(row[-1].strip() for row in rows):
            cells.append("")
        elif all(cell.strip() for cell in (*cells, *(row[0] for row in rows))):
            cells.insert(0, "")
            row_names = True
    if same and width == len(cells) and not row_names:
        last = width
        while last > 1 and not any(each[last - 1].strip() for each in (cells, *rows)):
            last -= 1
        left_out = frozenset(range(last, width)) | _between((cells, *rows), width)
    return _checked(ColumnLayout(*ordered_names(cells), len(header), left_out, row_names), line)


def _between(records: Sequence[Sequence[str]], width: int) -> frozenset[int]:
    """The positions of cells that are empty in all records since a separator begins and ends each of them, or stands
    twice between cells."""
    empty = {at for at in range(width) if not any(record[at].strip() for record in records)}
    for between in ({0, width - 1}, {*range(1, width, 2)}):
        if empty == between and width > 2:
            return frozenset(between)
    return frozenset()


def _checked(layout: ColumnLayout, line: int | None) -> ColumnLayout:
    check_names(layout.names, line, limit=MAX_COLUMNS)
    return layout
