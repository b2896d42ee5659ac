"""Texts become the cells of their types; a column of numbers or dates accepts no other text."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.datasets.reading import Format, Reading
from tablee.errors import InvalidTable
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.table_reader import RowBlock
from tablee_data.inference.conversion import convert
from tablee_data.inference.types import ColumnTypes

MISSING = ("n.c.", "-")
CELLS = {
    "n": CellFormat(missing=MISSING, number=NumberFormat(decimal=",", thousands=" ")),
    "d": CellFormat(missing=MISSING, date=DateFormat(pattern="%d/%m/%Y")),
    "t": CellFormat(missing=("n.c.",)),
    "padded": CellFormat(missing=("n.c.",), trimmed=True),
}


def types(form: Format = "csv") -> ColumnTypes:
    return ColumnTypes(Reading(format=form, cells=CELLS), ())


def block(**columns: list[str | None]) -> RowBlock:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return RowBlock(frame.with_columns(m=pl.lit(2.0)), lambda row: row + 10)


def test_each_column_becomes_what_it_is() -> None:
    found = convert(
        block(
            n=["1 234,5", None, " - ", "1234.5"],
            d=["12/03/2024", None, " n.c. ", "2024-03-12"],
            t=["1,5", None, "n.c.", ""],
            padded=[" a ", None, " n.c.", "  "],
        ),
        types(),
    )
    assert found.columns == ["n", "d", "t", "padded", "m"]
    assert found.rows() == [
        (1234.5, "2024-03-12", "1,5", "a", 2.0),
        (None, None, None, None, 2.0),
        (None, None, "n.c.", None, 2.0),  # the reader makes those null that are not between quotes
        (1234.5, "2024-03-12", None, None, 2.0),
    ]


def test_texts_of_typed_formats_know_no_markers() -> None:
    found = convert(block(t=["n.c."], padded=[" n.c. "]), types("jsonl"))
    assert found.row(0) == ("n.c.", "n.c.", 2.0)


def test_a_text_that_is_no_date_is_named_with_its_line() -> None:
    with pytest.raises(InvalidTable, match="line 11: “hier” in “d” is no date written as dd/mm/yyyy") as refused:
        convert(block(d=["12/03/2024", "hier", "demain"]), types())
    assert refused.value.place == {"line": 11, "column": "d", "value": "hier", "expected": "%d/%m/%Y"}
    assert "`missing`" in str(refused.value.hint)


def test_a_text_that_is_no_number_is_named_with_its_line() -> None:
    with pytest.raises(InvalidTable, match="line 12: “beaucoup” in “n” is no number written as 1 234,5") as refused:
        convert(block(n=["1", "-", "beaucoup"]), types())
    assert refused.value.place == {"line": 12, "column": "n", "value": "beaucoup", "expected": "1 234,5"}
    assert "`missing`" in str(refused.value.hint)
