"""A file whose cells are plainly written otherwise than those of the model's data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from tablee.errors import InvalidTable
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee.tables.table_reader import RowBlock
from tablee_data.inference.conversion import converted
from tablee_data.inference.dates import DateFormatInference
from tablee_data.inference.known_formats import several_formats, with_answer
from tablee_data.inference.numbers import NumberFormatInference
from tablee_data.inference.odd_cells import Misfit


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
        """Refuse a file in which a column fits another format completely, and not that of the model: nothing tells
        which of both is meant.

        :param blocks: reads the file once more; called only if a cell did not fit.
        :returns: the formats of columns of numbers for which the model has an undecided one, and the file decides it.
        :raises InvalidTable: names the column, the cell, both formats, and the correction that answers the question.
        """
        if not self.misfits:
            return {}
        numbers = {name: NumberFormatInference() for name in self.misfits if self._formats[name].number is not None}
        days = {name: DateFormatInference() for name in self.misfits if self._formats[name].date is not None}
        for block in blocks():
            for name, inference in (numbers | days).items():
                if block.frame[name].dtype == pl.String:
                    markers = ["", *self._formats[name].missing]
                    inference.update(block.frame[name], markers, block.line_of)
        decided: dict[str, CellFormat] = {}
        for name, found in numbers.items():
            if found.seen and found.formats and not found.odd.texts:
                readings, cell_format = found.readings, self._formats[name]
                other = next(iter(readings))
                if not _is_undecided(cell_format.number):
                    raise self._contradiction("other_number_format", name, str(cell_format.number), str(other))
                if len(readings) > 1:
                    raise several_formats(name, readings, self.misfits[name].line)
                decided[name] = cell_format.model_copy(update={"number": other})
        for name, dated in days.items():
            if dated.readings:
                known = self._formats[name].date
                pattern, example = (known.pattern, known.example) if known is not None else ("", "")
                dates_as = next(iter(dated.readings))
                raise self._contradiction("other_date_format", name, pattern, dates_as, example=example)
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


def _is_undecided(number: NumberFormat | None) -> bool:
    return number is not None and number.decimal is None
