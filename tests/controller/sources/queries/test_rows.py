"""The file that the rows of a query are written to: which rows it refuses, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.errors import InvalidQuery
from tablee.i18n import Translator
from tablee_controller.sources.queries.rows import RowFile

FRENCH = Translator("fr")


def test_column_names_that_no_table_can_have_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuery, match="column “a” stands there twice") as caught:
        RowFile(tmp_path / "rows.jsonl", ["a", "a"], max_bytes=100)
    assert caught.value.hint == "Name the columns in the query: SELECT a.id AS customer, …"
    assert "«\u00a0a\u00a0»" in caught.value.said(FRENCH)


def test_a_value_without_a_column_kind_is_named_by_row_column_and_type(tmp_path: Path) -> None:
    with RowFile(tmp_path / "rows.jsonl", ["n", "list"], max_bytes=1 << 20) as file:
        file.write([(1, "x")] * 1_233)
        with pytest.raises(InvalidQuery) as caught:
            file.write([(2, [1, 2])])
    error = caught.value
    assert error.detail == (
        "row 1,234, column “list”: a value of the type “list”, expected numbers, texts, dates, times or booleans"
    )
    assert error.hint == 'Convert it in the query: CAST("list" AS text), or leave the column out.'
    assert error.said(FRENCH).startswith("ligne de données 1\u202f234, colonne «\u00a0list\u00a0»")


def test_rows_beyond_the_limit_of_bytes_are_refused(tmp_path: Path) -> None:
    with RowFile(tmp_path / "rows.jsonl", ["n"], max_bytes=1_000) as file:
        file.write([(1,)] * 125)  # eight bytes each
        with pytest.raises(InvalidQuery, match="the rows take more than 1,000 bytes"):
            file.write([(1,)])
