"""The rows of a sheet, with merged cells, and with numbers as number formats show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineSheet

from tablee_data.workbook_process.cells import cell
from tablee_data.workbook_process.notes import Notes
from tablee_data.workbook_process.number_formats import as_shown


def numbered(sheet: CalamineSheet, notes: Notes, first: int = 1) -> Iterator[tuple[int, list[Any]]]:
    """The rows that have a cell, with their numbers from 1. All begin with column A. What is merged downwards is in
    each row that has another cell; the notes keep which rows these are.

    :param first: the number of the first row whose cells may be merged with rows below.
    """
    if sheet.start is None:
        return
    padding = [None] * sheet.start[1]
    begins: dict[int, list[tuple[int, int]]] = {}
    for (top, place), (bottom, _) in sheet.merged_cell_ranges or notes.ranges:
        if bottom > top:
            begins.setdefault(top + 1, []).append((place, bottom + 1))
    above: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells: list[Any] = padding + [cell(value) for value in row]
        if all(value is None for value in cells):
            continue
        for at, shape in notes.shapes.get(number, {}).items():
            if at < len(cells):
                cells[at] = as_shown(cells[at], shape)
        if notes.digits:
            cells = [_with_digits(value, notes.digits.get((number, at))) for at, value in enumerate(cells)]
        for place, (bottom, value) in [*above.items()]:
            if number > bottom:
                del above[place]
            elif cells[place] is None:
                cells[place] = value
                notes.merged.setdefault(place, []).append(number)
        for place, bottom in begins.get(number, ()) if number >= first else ():
            if place < len(cells) and cells[place] is not None:
                above[place] = (bottom, cells[place])
        yield number, cells


def _with_digits(value: Any, digits: str | None) -> Any:
    is_same = digits is not None and isinstance(value, list) and value[0] == "b" and float(digits) == float(value[1])
    return ["b", digits] if is_same else value
