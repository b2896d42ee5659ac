"""A file whose cells are plainly written otherwise than those of the model's data set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import polars as pl

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidTable
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.table_reader import RowBlock
from tablee_data.inference import unfit
from tablee_data.inference.conversion import converted
from tablee_data.inference.dates import DATE_FORMATS, DateFormatInference
from tablee_data.inference.known_formats import allowed_formats, several_formats, told_apart, with_answer
from tablee_data.inference.numbers import NumberFormatInference
from tablee_data.inference.odd_cells import Misfit


class SaidFormats:
    """The number formats that a person says of single columns; a file that is written otherwise is refused, as when it
    is added as a data set."""

    def __init__(self, asked: Corrections, formats: Mapping[str, CellFormat]) -> None:
        """
        :param formats: of the columns whose cells are looked at.
        """
        self._missing = {name: ["", *each.missing] for name, each in formats.items()}
        self._found = {
            name: NumberFormatInference(allowed_formats(name, asked))
            for name, own in asked.columns.items()
            if name in formats and (own.decimal is not None or own.thousands is not None)
        }

    def check(self, block: RowBlock) -> None:
        """
        :raises InvalidTable: a cell of the next rows is not written as a person says.
        """
        for name, found in self._found.items():
            if block.frame[name].dtype == pl.String:
                before = found.formats
                found.update(block.frame[name], self._missing[name], block.line_of)
                if before and not found.formats:
                    raise unfit.no_number(block, name, before, self._missing[name])


class FormatCheck:
    """Looks for cells that are not written as the model's data set has them."""

    def __init__(self, formats: Mapping[str, CellFormat]) -> None:
        """:param formats: of columns of numbers and dates."""
        self._formats = {name: each for name, each in formats.items() if each.number or each.date}
        self.misfits: dict[str, Misfit] = {}

    def update(self, block: RowBlock) -> None:
        """Look at the next rows."""
        for name, each in self._formats.items():
            if name not in self.misfits and block.frame[name].dtype == pl.String:
                for row in converted(block.frame[name], each, typed=False)[1][:1]:
                    self.misfits[name] = Misfit(block.frame[name][row], block.line_of(row))

    def refuse_contradictions(self, blocks: Callable[[], Iterable[RowBlock]]) -> dict[str, CellFormat]:
        """Refuse a file in which a column fits other formats completely, and not that of the model: nothing tells
        which is meant. If two formats read the file in different ways, both are named; the first is like the model's.

        :param blocks: reads the file once more; called only if a cell did not fit.
        :returns: the formats of columns of numbers for which the model has an undecided one, and the file decides it.
        :raises InvalidTable: names the column, the cell, both formats, and the correction that answers the question.
        """
        if not self.misfits:
            return {}
        numbers = {name: NumberFormatInference() for name in self.misfits if self._formats[name].number is not None}
        days = {
            name: DateFormatInference(_in_order_of(date)) for name in self.misfits if (date := self._formats[name].date)
        }
        for block in blocks():
            for name, inference in (numbers | days).items():
                if block.frame[name].dtype == pl.String:
                    markers = ["", *self._formats[name].missing]
                    inference.update(block.frame[name], markers, block.line_of)
        decided: dict[str, CellFormat] = {}
        for name, found in numbers.items():
            if found.seen and found.formats and not found.odd.texts:
                cell_format = self._formats[name]
                readings = _as_known_first(found.readings, cell_format.number)
                other = next(iter(readings))
                if len(readings) > 1:
                    raise several_formats(name, readings, self.misfits[name].line)
                if not _is_undecided(cell_format.number):
                    raise self._contradiction("other_number_format", name, str(cell_format.number), str(other))
                decided[name] = cell_format.model_copy(update={"number": other})
        for name, dated in days.items():
            known = self._formats[name].date
            if known is None or not dated.readings:
                continue
            dates_as, *others = dated.readings
            if not others:
                raise self._contradiction("other_date_format", name, known.pattern, dates_as, example=known.example)
            value, one, other_date = told_apart(dated.readings, self.misfits[name].value)
            raise with_answer(
                InvalidTable(
                    "several_date_formats",
                    column=name,
                    line=next(_lines_of(value, name, blocks())),
                    value=value,
                    expected=dates_as,
                    found=others[0],
                    further=others[1:],
                    one=one,
                    other=other_date,
                    known=known.pattern,
                    example=known.example,
                    hint="several_date_formats",
                )
            )
        return decided

    def _contradiction(self, reason: str, name: str, known: str, found: str, **facts: str) -> InvalidTable:
        misfit = self.misfits[name]
        return with_answer(
            InvalidTable(
                reason,
                column=name,
                line=misfit.line,
                value=misfit.value,
                expected=known,
                found=found,
                hint=reason,
                **facts,
            )
        )


def _lines_of(value: str, name: str, blocks: Iterable[RowBlock]) -> Iterator[int]:
    """The lines whose rows have a cell, without blanks around, in a column."""
    for block in blocks:
        for row in (block.frame[name].str.strip_chars() == value).fill_null(False).arg_true():
            yield block.line_of(row)


def _in_order_of(date_format: DateFormat) -> list[str]:
    """All date formats, those with the same order of day, month and year first."""
    order = _order(date_format.pattern)
    return sorted(DATE_FORMATS, key=lambda each: _order(each) != order)


def _order(pattern: str) -> list[str]:
    return [part.lower().replace("b", "m") for part in re.findall("%([YymdbB])", pattern)]


def _as_known_first(
    readings: Mapping[NumberFormat, Mapping[str, float]], known: NumberFormat | None
) -> dict[NumberFormat, Mapping[str, float]]:
    """The readings, those with the known decimal sign first."""
    return dict(sorted(readings.items(), key=lambda each: known is not None and each[0].decimal != known.decimal))


def _is_undecided(number: NumberFormat | None) -> bool:
    return number is not None and number.decimal is None
