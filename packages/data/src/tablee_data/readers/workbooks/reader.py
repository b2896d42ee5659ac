"""Workbooks: .xlsx, .xls, .xlsb and .ods. A sheet is chosen, and the table in it is found below titles and above notes.

Numbers, dates and booleans are what the workbook says they are, and a text is a text. Only where a column has numbers
and texts do the texts decide whether it is one of numbers, as they do in a CSV file.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import orjson
import polars as pl

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidRequest, InvalidTable
from tablee.errors.causes import quoted
from tablee.i18n.message import Message
from tablee.tables.cells.typed_values import text_of
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.readers.column_layout import names_in_order
from tablee_data.readers.content import KeptFile, Source
from tablee_data.readers.detection.footers import footers
from tablee_data.readers.detection.headers import has_header, has_units_row

FORMATS: Final = ("xlsx", "xls", "xlsb", "ods")
MAX_CELLS: Final = 1 << 19
"""Cells of a block."""
TIMEOUT: Final = 900
"""Seconds for one look at a workbook."""
_PROGRAM: Final = Path(__file__).with_name("process.py")
_NUMBERS: Final = ({"int"}, {"float"}, {"int", "float"}, {"u"})
_SHOWN_OTHERWISE: Final = frozenset(("z", "m"))
"""Letters of numbers that a number format shows with leading zeros, or with different units."""


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
    for line in _lines(source, "sheets"):
        rows = {part: [(number, [*map(_shown, cells)]) for number, cells in line[part]] for part in ("head", "tail")}
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
    header, reason, sure = has_header(head)
    if asked.header is not None:
        header, reason, sure = asked.header, Reason.ASKED, True
    alternative = "no" if header else "yes"
    chosen = "yes" if header else "no"
    decisions += (Decision(field="header", chosen=chosen, reason=reason, alternatives=(alternative,), sure=sure),)
    units = has_units_row(_unmerged(head)) if header and asked.units_row is None else []
    if units:
        decisions += (_units(units),)
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


class SpreadsheetReader:
    """Reads one sheet of a workbook as its reading says."""

    def __init__(
        self, source: Source, reading: Reading, asked: Corrections | None = None, dropped: Container[str] = ()
    ) -> None:
        """
        :param asked: what a person has decided about columns.
        :param dropped: columns whose formulas need no result.
        :raises InvalidTable: the sheet has no row below its header.
        """
        self._source, self._reading, self._asked = source, reading, asked or Corrections()
        self._dropped = dropped
        sheet = next((each for each in sheets(source) if each.name == reading.sheet), None)
        rows = [] if sheet is None else [row for row in sheet.head if row[0] > reading.skipped_lines]
        above = reading.header + (reading.header and reading.units_row)
        if not rows:
            raise InvalidTable("no_rows_below_header")
        self._first = rows[min(above, len(rows)) - 1][0] + 1 if above else rows[0][0]  # a row of blanks is one of data
        self._header = rows[0][1] if reading.header else []
        if len(rows) <= above:
            self._refuse_formulas_without_results()
            raise InvalidTable("no_rows_below_header")

    @cached_property
    def _about(self) -> Any:
        """What the process says of the columns: the kinds of their cells, errors and missing results of formulas,
        merged cells, the first cell that is no date, and examples of codes and units."""
        with self._opened() as lines:
            return orjson.loads(next(lines))

    @contextmanager
    def _opened(self) -> Iterator[Iterator[bytes]]:
        command = ("rows", str(self._reading.sheet), str(self._first), str(self._reading.footer_rows))
        with _output(self._source, *command).open("rb") as file:
            yield file

    @cached_property
    def _columns(self) -> dict[str, tuple[int, dict[str, int]]]:
        """By column: its place in the sheet, from 0, and the kinds of its cells with their counts."""
        return dict(zip(self._given[0], ((at, self._kinds(at)) for at in self._used), strict=True))

    @cached_property
    def _used(self) -> list[int]:
        """The places of columns that have a name or a cell.

        :raises InvalidTable: there is none.
        """
        width = max(len(self._header), len(self._about["kinds"]))
        return [at for at in range(width) if self._name(at) or self._kinds(at).keys() - {"blank"}]

    @cached_property
    def _given(self) -> tuple[list[str], tuple[Decision, ...]]:
        """The names of the columns, and the remark about those that were put in order."""
        if self._reading.header:
            return names_in_order([self._name(at) for at in self._used])
        return names_in_order([f"column_{number}" for number in range(1, len(self._used) + 1)])

    def _name(self, at: int) -> str:
        return self._header[at] if at < len(self._header) else ""

    def _kinds(self, at: int) -> dict[str, int]:
        found: list[dict[str, int]] = self._about["kinds"]
        return found[at] if at < len(found) else {}

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Columns whose cells are all numbers or all durations, or blank. A column of whole numbers is none if float64
        may change one of them."""
        return frozenset(name for name, (_, kinds) in self._columns.items() if self._is_number(name, kinds))

    def _is_number(self, name: str, kinds: dict[str, int]) -> bool:
        shown = kinds.keys() & _SHOWN_OTHERWISE
        found = kinds.keys() - shown | ({"int"} if shown and self._values_count(name, kinds) else shown)
        if "float" in kinds or name in self._asked.numbers:  # then a large number is no code
            found = {"int" if kind == "b" else kind for kind in found}
        known = self._reading.cells.get(name)
        is_text = name in self._asked.texts or (known is not None and known.number is None)
        return found - {"blank"} in _NUMBERS and not is_text

    def _values_count(self, name: str, kinds: dict[str, int]) -> bool:
        """Whether the numbers of a column count, and not the texts that number formats show: a person or a model says
        so, or nothing but leading zeros is shown, and some numbers are not whole."""
        known = self._reading.cells.get(name)
        if name in self._asked.numbers or (known is not None and known.number is not None):
            return True
        return "float" in kinds and "m" not in kinds

    @property
    def texts(self) -> frozenset[str]:
        """Columns without a number: what their cells say is text, even if it looks like a number."""
        return frozenset(
            name
            for name, (_, kinds) in self._columns.items()
            if (
                not {"int", "float", "b"} & kinds.keys()
                or (_SHOWN_OTHERWISE & kinds.keys() and name not in self.numbers)
            )
            and name not in self._asked.numbers
        )

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about columns: names, merged cells, formulas, durations, codes and units of number formats,
        numbers that are written as texts, and other cells among dates."""
        return (*self._given[1], *(each for name in self._columns for each in self._remarks(name)))

    def _remarks(self, name: str) -> Iterator[Decision]:
        at, kinds = self._columns[name]
        for value, count in self._about["errors"].get(_letters(at), {}).items():
            facts: dict[str, float | str] = {"value": value, "count": count}
            yield Decision(field="missing", column=name, chosen="missing", reason=Reason.ERROR_CELLS, facts=facts)
        if merged := self._about["merged"].get(str(at)):
            yield Decision(
                field="merged",
                column=name,
                chosen="repeated",
                reason=Reason.MERGED_CELLS,
                facts={"count": merged[0], "line": merged[1]},
            )
        if set(kinds) == {"u"} and name in self.numbers:
            yield Decision(field="type", column=name, chosen="number", reason=Reason.SECONDS)
        zeros = self._about["zeros"].get(str(at))
        if zeros and name in self.numbers:
            yield Decision(
                field="type",
                column=name,
                chosen="number",
                reason=Reason.FORMULAS_ARE_ZERO,
                facts={"count": zeros[0], "line": zeros[1]},
                sure=name in self._asked.numbers,
            )
        yield from self._remarks_on_shown(name)
        kinds = {kind: count for kind, count in kinds.items() if kind != "blank"}
        written = kinds.get("n", 0)
        if written and {*kinds} <= {"n", "int", "float"} and name not in {*self._asked.texts, *self._asked.numbers}:
            mixed = len(kinds) > 1
            yield Decision(
                field="type",
                column=name,
                chosen="number" if mixed else "text",
                reason=Reason.NUMBERS_AS_TEXT,
                facts={"count": written},
                alternatives=("text" if mixed else "number",),
                sure=mixed,
            )

    def _remarks_on_shown(self, name: str) -> Iterator[Decision]:
        """What is said of numbers that a number format shows with zeros or units, and of dates among other cells."""
        at, kinds = self._columns[name]
        first = self._about["undated"][at] if kinds else None
        if first is not None and (dates := kinds.get("d", 0) + kinds.get("t", 0)):
            yield Decision(
                field="type",
                column=name,
                chosen="text",
                reason=Reason.DATES_AMONG_OTHERS,
                facts={
                    "count": sum(kinds.values()) - kinds.get("blank", 0) - dates,
                    "line": first[0],
                    "value": _shown(first[1]),
                },
            )
        if not kinds.keys() & _SHOWN_OTHERWISE or name in self.numbers or name in self._asked.texts:
            return
        if "m" in kinds:
            examples = self._about["units"][str(at)]
            yield Decision(
                field="type",
                column=name,
                chosen="text",
                reason=Reason.DIFFERENT_UNITS,
                facts={"examples": ", ".join(examples)},
                alternatives=("number",),
                sure=False,
            )
        else:
            shown, value = self._about["codes"][str(at)]
            yield Decision(
                field="type",
                column=name,
                chosen="text",
                reason=Reason.SHOWN_WITH_ZEROS,
                facts={"example": shown, "count": kinds["z"]},
                alternatives=("number",),
                examples={"text": shown, "number": str(value)},
            )

    def _refuse_formulas_without_results(self) -> None:
        """
        :raises InvalidTable: a column has formulas that were never computed.
        """
        found = self._about["formulas"]
        missing = [name for name, (at, _) in self._columns.items() if str(at) in found]
        missing = [name for name in missing if name not in self._dropped]
        if missing:
            count, line = found[str(self._columns[missing[0]][0])]
            raise InvalidTable(
                "formulas_without_results",
                line=line,
                column=missing[0],
                columns=missing,
                count=count,
                expected=Message("expected.table.computed_workbook"),
                hint="compute_workbook",
            )

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        self._refuse_formulas_without_results()
        size = max(MAX_CELLS // len(self._columns), 1)
        rows = 0
        with self._opened() as lines:
            next(lines)
            while texts := [*islice(lines, size)]:
                found = [orjson.loads(text) for text in texts]
                cells = [[*row, *[None] * (len(self._about["kinds"]) - len(row))] for _, row in found]
                frame = pl.DataFrame([self._series(name, cells) for name in self._columns])
                yield RowBlock(frame, [number for number, _ in found].__getitem__, partial(self._originals, cells))
                rows += len(found)
        if not rows:
            raise InvalidTable("no_rows_below_header")

    def _series(self, name: str, rows: list[list[Any]]) -> pl.Series:
        at, kinds = self._columns[name]
        cells = [None] * len(rows) if at >= len(rows[0]) else [row[at] for row in rows]
        if name in self.numbers:
            values = [cell[-1] if isinstance(cell, list) else None if isinstance(cell, str) else cell for cell in cells]
            return pl.Series(name, [None if value is None else float(value) for value in values], pl.Float64)
        timed, known = "t" in kinds, self._reading.cells.get(name)
        if _SHOWN_OTHERWISE & kinds.keys() and self._values_count(name, kinds):
            cells = [cell[2] if isinstance(cell, list) and cell[0] in _SHOWN_OTHERWISE else cell for cell in cells]
        texts = [_shown(cell, timed=timed) if isinstance(cell, list) else text_of(cell, known) for cell in cells]
        return pl.Series(name, texts, pl.String)

    def _originals(self, rows: list[list[Any]]) -> pl.Series:
        """Each row as JSON: its cells as the workbook has them, in the order of the columns."""
        places = [at for at, _ in self._columns.values()]
        texts = [orjson.dumps([row[at] if at < len(row) else None for at in places]).decode() for row in rows]
        return pl.Series(texts, dtype=pl.String)


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
    facts: dict[str, float | str] = {"count": len(tables)}
    sure = len(visible) == 1
    decision = Decision(
        field="sheet",
        chosen=visible[0].name,
        reason=Reason.ONLY_VISIBLE_SHEET if sure else Reason.FIRST_SHEET,
        facts=facts,
        alternatives=others,
        sure=sure,
    )
    return visible[0], (decision,)


def _above(head: list[tuple[int, list[str]]]) -> tuple[int, tuple[Decision, ...]]:
    """The number of rows above the table's first row, with the decision if some of them have cells.

    The first row of the table is the first with more than half as many cells as most rows have, and a row like that
    right below it.
    """
    filled = [sum(map(bool, cells)) for _, cells in head]
    least = max(min(2, max(filled)), median(filled) / 2 + 0.5)
    wide = [at for at, count in enumerate(filled) if count >= least]
    begin = next((at for at in wide if at + 1 in wide and head[at + 1][0] == head[at][0] + 1), wide[0])
    if begin and max(filled) == 2 and head[begin - 1][0] == head[begin][0] - 1 and _has_no_first(head, begin - 1):
        begin -= 1  # one of both columns has no name
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


def _unmerged(head: list[list[str]]) -> list[list[str]]:
    """The first rows, without names in the second one that are those of the first: they are merged with it."""
    if len(head) < 2:
        return head
    names = [*head[0], *[""] * len(head[1])]
    second = ["" if cell == name else cell for cell, name in zip(head[1], names, strict=False)]
    return [head[0], second, *head[2:]]


def _units(cells: list[str]) -> Decision:
    facts: dict[str, float | str] = {"cells": ", ".join(cell for cell in cells if cell)}
    return Decision(field="units_row", chosen="yes", reason=Reason.UNITS, facts=facts, alternatives=("no",))


def _has_no_first(head: list[tuple[int, list[str]]], at: int) -> bool:
    """Whether the first cell of a row is empty where the next row has one."""
    first = next(place for place, cell in enumerate(head[at + 1][1]) if cell)
    return not head[at][1][first]


def _shown(cell: Any, *, timed: bool = False) -> str:
    """A cell as a text: whole numbers without a point, dates and times in ISO 8601.

    :param timed: whether dates get a time, as others of their column have one.
    """
    if isinstance(cell, list):
        kind, value = cell[:2]
        return f"{value}T00:00:00" if kind == "d" and timed else str(value)
    return text_of(cell, None) or ""


def _letters(at: int) -> str:
    """The letters of a column in a workbook, by its place from 0."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _lines(source: Source, *command: str) -> Iterator[Any]:
    with _output(source, *command).open("rb") as file:
        yield from map(orjson.loads, file)


def _output(source: Source, *command: str) -> Path:
    """What the process that reads workbooks has printed. It is kept until the source is forgotten.

    :raises InvalidTable: the workbook is broken, encrypted, or too large.
    """
    kept: KeptFile | None = source.kept.get(command)
    if kept is None:
        kept = source.kept[command] = KeptFile()
        _run(source, command, kept.path)
    with kept.path.open("rb") as file:
        first = file.readline()
    if first.startswith(b'{"error":'):
        error = orjson.loads(first)["error"]
        if error == "password":
            raise InvalidTable("encrypted_workbook", expected=Message("expected.table.open_workbook"))
        raise InvalidTable("broken_workbook", error=quoted("calamine", error))
    return kept.path


def _run(source: Source, command: tuple[str, ...], target: Path) -> None:
    """
    :raises InvalidTable: the process was ended, for want of memory or of time.
    """
    line = [sys.executable, "-I", str(_PROGRAM), str(source.path), *command]
    with target.open("wb") as out:
        try:
            code = subprocess.run(line, stdout=out, stderr=subprocess.DEVNULL, timeout=TIMEOUT, check=False).returncode
        except subprocess.TimeoutExpired:
            code = -1
    if code:
        raise InvalidTable("workbook_too_large", expected=Message("expected.table.sheet_as_csv"))
