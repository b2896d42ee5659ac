"""What the process is asked: the sheets of a workbook, or the rows of one of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import orjson
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tablee_data.workbook_process.cells import is_blank, kind_of
from tablee_data.workbook_process.notes import Notes, notes_of
from tablee_data.workbook_process.ods import OdsSheet, ods_sheets
from tablee_data.workbook_process.rows import numbered

HEAD, TAIL = 120, 30
"""Rows at the beginning and at the end of a sheet by which its table is found."""
_MAX_ROWS = 1 << 20
"""Of a sheet."""


def sheets(workbook: CalamineWorkbook, path: str) -> None:
    """Print a line for each sheet of cells: its name, whether it is hidden, its number of rows, and its first and last
    rows."""
    others = ods_sheets(path)
    lines = []
    for found in workbook.sheets_metadata:
        if found.typ != SheetTypeEnum.WorkSheet:
            continue
        head: list[Any] = []
        tail: list[Any] = []
        count = 0
        notes = Notes(ranges=others.get(found.name, OdsSheet()).merged)
        for number, cells in numbered(workbook.get_sheet_by_name(found.name), notes):
            row = (number, [None if is_blank(value) else value for value in cells])
            if not any(value is not None for value in row[1]):
                continue
            count += 1
            if count <= HEAD:
                head.append(row)
            tail.append(row)
            if len(tail) > TAIL:
                del tail[0]
        hidden = found.visible != SheetVisibleEnum.Visible
        lines.append({"name": found.name, "hidden": hidden, "rows": count, "head": head, "tail": tail})
    for line in lines:  # not before all is read: an error is the first line
        put(line)


def rows(workbook: CalamineWorkbook, path: str, name: str, first: int, footers: int) -> None:
    """Print what is to be said of the columns, from a row on; then these rows with their numbers.

    :param first: the number of the first row, from 1.
    :param footers: the number of rows at the end that are left out.
    """
    notes = notes_of(path, name, first)
    found = [
        row
        for row in numbered(workbook.get_sheet_by_name(name), notes, first)
        if row[0] >= first and not all(map(is_blank, row[1]))
    ]
    found = found[: len(found) - footers] if footers <= len(found) else []
    empty = found[-1][0] - first + 1 - len(found) if found else 0
    first_empty = next((at for at, (number, _) in enumerate(found, first) if at != number), 0)
    last = found[-1][0] if found else _MAX_ROWS
    kinds: list[dict[str, int]] = [{} for _ in range(max((len(cells) for _, cells in found), default=0))]
    undated: list[tuple[int, Any] | None] = [None] * len(kinds)
    codes: dict[str, list[Any]] = {}
    units: dict[str, dict[str, str]] = {}
    for number, cells in found:
        for place, value in enumerate(cells):
            if value is not None:
                kind = kind_of(value)
                kinds[place][kind] = kinds[place].get(kind, 0) + 1
                if undated[place] is None and kind not in ("d", "t", "blank"):
                    undated[place] = (number, value)
                if kind == "z" and (str(place) not in codes or (value[1][0] == "0" != codes[str(place)][0][0])):
                    codes[str(place)] = value[1:]
                elif kind == "m":
                    units.setdefault(str(place), {}).setdefault(
                        value[1].replace(str(abs(value[2])), "").strip(" -"), value[1]
                    )
    zeros = {column: found for column, found in notes.zeros.items() if column not in notes.others}
    put(
        {
            "kinds": kinds,
            "errors": {str(column): counts for column, counts in notes.errors.items()},
            "formulas": up_to(last, notes.formulas),
            "zeros": up_to(last, zeros),
            "merged": up_to(last, notes.merged),
            "empty": (empty, first_empty),
            "undated": undated,
            "codes": codes,
            "units": {place: [*examples.values()][:5] for place, examples in units.items()},
        }
    )
    for row in found:
        put(row)


def up_to(last: int, rows: Mapping[Any, list[int]]) -> dict[str, tuple[int, int]]:
    """By column: how many of some rows there are up to the last one of the table, and the first of them."""
    counted = {str(column): [row for row in each if row <= last] for column, each in rows.items()}
    return {column: (len(each), each[0]) for column, each in counted.items() if each}


def put(line: Any) -> None:
    """Print a line."""
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
