"""Codes among numbers are found in the bytes of a CSV."""

from __future__ import annotations

import pytest

from tablee.tables.csv.chunks import Chunk
from tablee.tables.csv.dialect import Dialect
from tablee_data.readers.csv.digits import cell_begins, counted_texts, has_codes


def found(body: str, rows: int, width: int, *columns: int, quote: str = '"') -> bool | None:
    chunk = Chunk(body.encode(), 1, True, Dialect(";", quote))
    begins = cell_begins(chunk, rows, width)
    return None if begins is None else has_codes(chunk, begins, columns)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("007", True), ("00", True), ("0", False), ("0,7", False), ("70", False), ("-07", True), ('"07"', True)),
        *((" +07", True), ('"0"', False), ("x07", False), (" " * 17 + "07", True), (" " * 18 + "7", False)),
        *((" " * 19 + "7", True), ("", False)),
    ],
)
def test_a_cell_with_a_leading_zero(cell: str, expected: bool) -> None:
    assert found(f"1;{cell}\n{cell};2\n", 2, 2, 0) is expected
    assert found(f"1;{cell}\n2;3\n", 2, 2, 1) is expected


def test_only_the_columns_asked_for_are_looked_at() -> None:
    assert found("07;1\n08;2\n", 2, 2, 1) is False
    assert found("07;1\n08;2\n", 2, 2, 0, 1) is True


def test_separators_and_line_breaks_between_quotes_are_none() -> None:
    assert found('"a;\n";1\n"b";02\n', 2, 2, 1) is True
    assert found('"a;\n";1\n"b";2\n', 2, 2, 1) is False


def test_blank_lines_make_it_impossible_to_tell() -> None:
    assert found("1;2\n\n3;4\n", 2, 2, 0) is None
    assert found("1;2\n\n3;4\n", 2, 2, 0, quote="") is None


def test_texts_without_quotes_are_counted() -> None:
    body = 'NA;x\nNAN;NA\n"NA";n/a\r\n;NA\r\nN;'
    chunk = Chunk(body.encode() + b"n/a\n", 1, True, Dialect(";", '"'))
    begins = cell_begins(chunk, 5, 2)
    assert begins is not None
    assert counted_texts(chunk, begins[:, 0], ["NA", "NAN", "n/a"]) == {"NA": 1, "NAN": 1}
    assert counted_texts(chunk, begins[:, 1], ["NA", "n/a"]) == {"NA": 2, "n/a": 2}
    assert counted_texts(chunk, begins[3:4, 0], ["NA"]) == {}
