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
        changed = [
            f"{_quoted(old)} → {_quoted(self.names[at])}"
            for at, old in self.originals.items()
            if at < len(self.columns)
        ]
        if self.row_names:
            reason = Reason.ROW_NAMES
        elif changed:
            reason = Reason.NAMES_IN_ORDER
        elif self.left_out:
            reason = Reason.EMPTY_LAST_COLUMN
        else:
            return None
        facts = _facts(changed)
        given = [_quoted(self.names[at]) for at in self.originals if at < len(self.columns)]
        chosen = ", ".join(given[:SHOWN]) or _quoted(self.columns[-1])
        return Decision(field="names", chosen=chosen, reason=reason, facts=facts, sure=not self.row_names)


def _quoted(name: str) -> str:
    """A name with its outer blanks visible, in the same signs in every language."""
    return f'"{shorten(name)}"'


def _facts(changed: Sequence[str]) -> dict[str, float | str]:
    more = ", …" if len(changed) > SHOWN else ""
    return {"names": ", ".join(changed[:SHOWN]) + more, "count": len(changed)}


def names_in_order(names: Sequence[str]) -> tuple[list[str], tuple[Decision, ...]]:
    """The names that the columns of a typed file are given, and the remark about those that differ.

    :raises InvalidTable: the file has too many columns, or a name that no table may have.
    """
    given, originals = ordered_names(names)
    check_names(given, None, limit=MAX_COLUMNS)
    if not originals:
        return given, ()
    changed = [f"{_quoted(old)} → {_quoted(given[at])}" for at, old in originals.items()]
    chosen = ", ".join(_quoted(given[at]) for at in list(originals)[:SHOWN])
    return given, (Decision(field="names", chosen=chosen, reason=Reason.NAMES_IN_ORDER, facts=_facts(changed)),)


def column_layout(header: Sequence[str] | None, line: int, rows: Sequence[Sequence[str]]) -> ColumnLayout:
    """The columns of a file.

    :param header: the cells of the header; None without one.
    :param line: of the header, from 1.
    :param rows: the first rows below it.
    :raises InvalidTable: the file has too many columns, or a name that no table may have.
    """
    width = min((len(row) for row in rows), default=0)
    same = bool(rows) and all(len(row) == width for row in rows)
    if header is None:
        first = len(rows[0]) if rows else 0
        return _checked([f"column_{number}" for number in range(1, first + 1)], {}, None, first)
    cells = list(header)
    unnamed = len(cells) > 1 and not cells[-1].strip()
    if same and width == len(cells) - 1 and unnamed:
        cells.pop()
    elif same and width == len(cells) + 1 and not any(row[-1].strip() for row in rows):
        cells.append("")
    elif same and width == len(cells) + 1 and all(cell.strip() for cell in (*cells, *(row[0] for row in rows))):
        names, originals = ordered_names(["", *cells])
        return _checked(names, originals, line, len(header), row_names=True)
    left_out = 0
    if same and width == len(cells):
        while left_out < width - 1 and not any(each[-1 - left_out].strip() for each in (cells, *rows)):
            left_out += 1
    names, originals = ordered_names(cells)
    return _checked(names, originals, line, len(header), left_out=left_out)


def _checked(
    names: list[str],
    originals: Mapping[int, str],
    line: int | None,
    header_cells: int,
    *,
    left_out: int = 0,
    row_names: bool = False,
) -> ColumnLayout:
    check_names(names, line, limit=MAX_COLUMNS)
    return ColumnLayout(names, originals, header_cells, left_out, row_names)
