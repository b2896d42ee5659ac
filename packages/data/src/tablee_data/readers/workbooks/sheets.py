"""The sheet of a workbook that is read, and the place of its table: below titles and above notes."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import orjson

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidRequest, InvalidTable
from tablee.i18n.message import Message
from tablee_data.readers.content import Source
from tablee_data.readers.detection.footers import footers
from tablee_data.readers.detection.headers import are_values, has_header, has_units_row, units_decision
from tablee_data.readers.detection.table_place import names_below
from tablee_data.readers.workbooks.cell_texts import shown
from tablee_data.readers.workbooks.process_output import output_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is seen of a sheet to find its table."""

    name: str
    hidden: bool
    rows: int
    """Those that have a cell."""
    head: list[tuple[int, list[str]]]
    """The first rows: the number, from 1, and the cells as texts."""
    tail: list[tuple[int, list[str]]]
    """The last rows."""


def sheets(source: Source) -> list[Sheet]:
    """The sheets of a workbook that have cells.

    :raises InvalidTable: the workbook is broken, encrypted, or too large.
    """
    found = []
    for line in map(orjson.loads, output_of(source, "sheets").read_bytes().splitlines()):
        rows = {part: [(number, [*map(shown, cells)]) for number, cells in line[part]] for part in ("head", "tail")}
        if line["rows"]:
            found.append(Sheet(line["name"], line["hidden"], line["rows"], **rows))
    return found


def detect_sheet(source: Source, form: Format, asked: Corrections) -> tuple[Reading, tuple[Decision, ...]]:
    """The sheet of a workbook and the place of its table in it.

    :raises InvalidTable: the workbook cannot be read, or no sheet has a table.
    :raises InvalidRequest: there is no such sheet.
    """
    found = sheets(source)
    sheet, decisions = _chosen(found, asked)
    first, decided = (asked.skipped_lines, ()) if asked.skipped_lines is not None else _above(sheet.head)
    decisions += decided
    head = [cells for number, cells in sheet.head if number > first]
    header, reason, sure = has_header(_without_units(head))
    if asked.header is not None:
        header, reason, sure = asked.header, Reason.ASKED, True
    alternative = "no" if header else "yes"
    chosen = "yes" if header else "no"
    decisions += (Decision(field="header", chosen=chosen, reason=reason, alternatives=(alternative,), sure=sure),)
    units = has_units_row(_unmerged(head)) if header and asked.units_row is None else []
    if units:
        decisions += (units_decision(units, sure=True),)
    reading = Reading(
        format=form,
        sheet=sheet.name,
        skipped_lines=first,
        header=header,
        units_row=bool(units) or bool(asked.units_row),
        footer_rows=asked.footer_rows or 0,
    )
    if asked.footer_rows is None:
        data = [(number, cells) for number, cells in sheet.tail if number > first + header + reading.units_row]
        blank = [at > 0 and number > data[at - 1][0] + 1 for at, (number, _) in enumerate(data)]
        width = max((sum(map(bool, cells)) for cells in head), default=0)
        if (footer := footers([cells for _, cells in data], width, blank)) is not None:
            reading = reading.model_copy(update={"footer_rows": int(footer.chosen)})
            decisions += (footer,)
    return reading, decisions


def _chosen(found: list[Sheet], asked: Corrections) -> tuple[Sheet, tuple[Decision, ...]]:
    """The sheet that is read: the first that is visible and has a table.

    :raises InvalidTable: no sheet has a table.
    :raises InvalidRequest: there is no such sheet.
    """
    if asked.sheet is not None:
        for sheet in found:
            if sheet.name == asked.sheet:
                return sheet, (Decision(field="sheet", chosen=sheet.name, reason=Reason.ASKED),)
        raise InvalidRequest("no_sheet", sheet=asked.sheet, known=[sheet.name for sheet in found])
    tables = [sheet for sheet in found if sheet.rows > 1] or found
    visible = [sheet for sheet in tables if not sheet.hidden] or tables
    if not visible:
        raise InvalidTable("empty_workbook", expected=Message("expected.table.header_and_row"))
    if len(tables) == 1:
        return visible[0], ()
    others = tuple(sheet.name for sheet in tables if sheet is not visible[0])
    sure = len(visible) == 1
    decision = Decision(
        field="sheet",
        chosen=visible[0].name,
        reason=Reason.ONLY_VISIBLE_SHEET if sure else Reason.FIRST_SHEET,
        facts={"count": len(tables)},
        alternatives=others,
        sure=sure,
    )
    return visible[0], (decision,)


def _above(head: list[tuple[int, list[str]]]) -> tuple[int, tuple[Decision, ...]]:
    """The number of rows above the table's first row, with the decision if some of them have cells.

    Wide rows have more than half as many cells as most rows have. The table begins at the first of two wide rows
    without a row between them, or above them at a row of names, as the rows between may have few cells.
    """
    filled = [sum(map(bool, cells)) for _, cells in head]
    least = max(min(2, max(filled)), median(filled) / 2 + 0.5)
    wide = [at for at, count in enumerate(filled) if count >= least]
    begin = next((at for at in wide if at + 1 in wide and head[at + 1][0] == head[at][0] + 1), wide[0])
    if begin and not _names_columns(head[begin:], least_years=2):
        named = _names_above(head, wide, begin)
        if named is not None:
            begin = named
        elif max(filled) == 2 and head[begin - 1][0] == head[begin][0] - 1 and _has_no_first(head, begin - 1):
            begin -= 1  # one of both columns has no name
    used = [place for place in range(max(len(cells) for _, cells in head)) if any(map(bool, _column(head, place)))]
    below = [[cells[place] if place < len(cells) else "" for place in used] for _, cells in head[begin:]]
    begin += names_below(below, [number for number, _ in head[begin:]])
    skipped = head[begin][0] - 1
    if not begin:
        return skipped, ()
    texts = [" ".join(cell for cell in cells if cell) for _, cells in head[:begin]]
    return skipped, (
        Decision(
            field="skipped_lines",
            chosen=str(skipped),
            reason=Reason.ABOVE_HEADER,
            facts={"count": begin, "lines": " / ".join(texts)[:300]},
            alternatives=("0",),
            sure=max(filled[:begin]) <= 1,
        ),
    )


def _column(head: list[tuple[int, list[str]]], place: int) -> list[str]:
    return [cells[place] for _, cells in head if place < len(cells)]


def _names_above(head: list[tuple[int, list[str]]], wide: list[int], begin: int) -> int | None:
    """The row above the first two wide ones that names the columns: the last one with words above numbers or dates, or
    with years; else the first one that has a word for each column and no blank row below; None if there is none."""
    above = [at for at in wide if at < begin]
    for at in reversed(above):
        if _names_columns(head[at:]):
            return at
    used = {place for _, cells in head[begin:] for place, cell in enumerate(cells) if cell}
    for at in above:
        cells = [head[at][1][place] for place in used]
        if head[begin][0] - head[at][0] == begin - at and all(cells) and not any(are_values([cell]) for cell in cells):
            return at
    return None


def _names_columns(rows: list[tuple[int, list[str]]], *, least_years: int = 1) -> bool:
    """Whether the first row has words above numbers or dates and none of these itself, or at least so many years; a row
    of units below it does not count."""
    records = [cells for _, cells in rows]
    header, reason, _ = has_header(_without_units(records))
    if reason is Reason.YEARS:
        return sum(are_values([cell]) for cell in records[0]) >= least_years
    return header and reason is Reason.WORDS_OVER_VALUES and not any(are_values([cell]) for cell in records[0])


def _without_units(records: list[list[str]]) -> list[list[str]]:
    return [records[0], *records[2:]] if has_units_row(_unmerged(records)) else records


def _unmerged(head: list[list[str]]) -> list[list[str]]:
    """The first rows, without names in the second one that are those of the first: they are merged with it."""
    if len(head) < 2:
        return head
    names = [*head[0], *[""] * len(head[1])]
    second = ["" if cell == name else cell for cell, name in zip(head[1], names, strict=False)]
    return [head[0], second, *head[2:]]


def _has_no_first(head: list[tuple[int, list[str]]], at: int) -> bool:
    """Whether the first cell of a row is empty where the next row has one."""
    first = next(place for place, cell in enumerate(head[at + 1][1]) if cell)
    return not head[at][1][first]
