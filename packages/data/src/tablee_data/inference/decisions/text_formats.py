"""The formats of columns of texts, and why some are none of numbers or dates."""

from __future__ import annotations

from typing import Final

from tablee.datasets.reading import Decision, Reason
from tablee.tables.cells.cell_format import CellFormat
from tablee_data.inference.decisions import remarks
from tablee_data.inference.decisions.candidates import Candidates
from tablee_data.inference.decisions.given import Given
from tablee_data.inference.decisions.unusual import why_texts
from tablee_data.inference.known_formats import quoted_missing

FEW_CELLS: Final = 10
"""A text with digits is not odd among fewer numbers."""


def text_format(name: str, column: Candidates, given: Given, decisions: list[Decision]) -> CellFormat:
    """The format of a column of texts, and what is worth saying about it.

    :param decisions: gets what is said.
    """
    numbers, texts = column.numbers, column.texts
    unusual = None if name in given.asked.texts else why_texts(name, numbers, column.dates, texts.examples)
    if column.typed:
        decisions += _typed(name, column, given)
    elif unusual is not None:
        decisions.append(unusual)
    elif numbers.formats and not numbers.codes:
        if numbers.seen >= FEW_CELLS or numbers.odd.are_without_digits():
            decisions += numbers.odd.decisions(name, "number") if numbers.is_measured else ()
    elif column.dates.formats and column.dates.seen > 1:
        decisions += column.dates.odd.decisions(name, "date")
    elif numbers.odd.too_many:
        decisions += numbers.odd.decisions(name, "number")
    elif column.dates.odd.too_many:
        decisions += column.dates.odd.decisions(name, "date")
    if numbers.seen and numbers.formats and not numbers.odd.texts and not column.typed:
        if numbers.exponent:
            decisions.append(remarks.codes(name, Reason.EXPONENT_CODES, numbers.exponent, numbers.formats[0]))
        elif numbers.codes:
            decisions.append(remarks.codes(name, Reason.CODES, numbers.codes, numbers.formats[0]))
    missing = given.missing(name, numbers=False)
    decided = given.asked.of_column(name).missing is not None
    decisions += remarks.markers(name, texts, decided=decided)
    if texts.trimmed and given.has_markers:
        decisions.append(Decision(field="trimmed", column=name, chosen="yes", reason=Reason.TRIMMED))
    return CellFormat(
        missing=missing,
        quoted_missing=quoted_missing(name, given.asked),
        booleans=texts.booleans,
        trimmed=texts.trimmed and given.has_markers,
    )


def _typed(name: str, column: Candidates, given: Given) -> list[Decision]:
    """What is said of a column that is one of texts by the file's format: all may be numbers. Of a workbook, which
    writes numbers as texts in some cells only, the reader says it."""
    found = column.numbers
    if given.reading.format not in ("parquet", "arrow") or not found.is_number or found.exponent is not None:
        return []
    facts: dict[str, float | str] = {"count": found.seen}
    return [
        Decision(
            field="type",
            column=name,
            chosen="text",
            reason=Reason.NUMBERS_AS_TEXT,
            facts=facts,
            alternatives=("number",),
            sure=False,
        )
    ]
