"""Errors about cells that do not fit the format of their column."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tablee.errors import InvalidTable
from tablee.tables.cells.cell_format import NumberFormat
from tablee.tables.cells.numbers import parse
from tablee.tables.table_reader import RowBlock


def unfit(reason: str, block: RowBlock, column: str, row: int, expected: str) -> InvalidTable:
    """That a cell is not written as its column.

    :param reason: `not_a_number` or `not_a_date`.
    :param row: of the block, from 0.
    :param expected: the format of the column.
    """
    line, value = block.line_of(row), str(block.frame[column][row])
    return InvalidTable(reason, format=expected, line=line, column=column, value=value, expected=expected, hint=reason)


def no_number(block: RowBlock, name: str, formats: Iterable[NumberFormat], missing: Collection[str]) -> InvalidTable:
    """The error of a column that holds numbers as a person says, but in no single format.

    :param formats: those that earlier blocks fit.
    """
    texts = block.frame[name].str.strip_chars()
    present = ~texts.is_in([*missing]).fill_null(True)
    wrong = {each: int((parse(texts, each).is_null() & present).arg_max() or 0) for each in formats}
    number_format = max(wrong, key=lambda each: wrong[each])  # the one that fits most rows
    return unfit("not_a_number", block, name, wrong[number_format], str(number_format))


def refuse_numbers(block: RowBlock, name: str, pattern: str) -> None:
    """:raises InvalidTable: a column that holds dates as a person says holds numbers by the file's format."""
    for row in block.frame[name].is_not_null().arg_true().head(1):
        raise unfit("not_a_date", block, name, row, pattern)
