"""The parts of a file together are the file."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidRows, InvalidTable, TableeError
from tablee.errors.cells import Cell
from tablee.tables.csv.parts import CsvPart, csv_parts
from tablee.tables.csv.records import find_records

TEXT = st.text(alphabet='ab",\n é', max_size=6)


def read(body: bytes) -> list[list[str]]:
    return [cells for cells in csv.reader(io.StringIO(body.decode(), newline="")) if cells]


@settings(deadline=None)
@given(
    st.lists(st.tuples(TEXT, TEXT), max_size=30), st.integers(1, 7), st.integers(1, 60), st.sampled_from(["\n", "\r\n"])
)
def test_parts_together_are_the_file(rows: list[tuple[str, str]], max_rows: int, max_bytes: int, ending: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows([("un\nnom", "b"), *rows])
    body = written.getvalue().encode()
    parts = list(csv_parts(io.BytesIO(body), max_rows=max_rows, max_bytes=max_bytes))
    header, *expected = read(body)
    found = [read(part.body) for part in parts]
    assert all(part[0] == header for part in found)
    assert [row for part in found for row in part[1:]] == expected
    assert sum(part.bytes_read for part in parts) == len(body)
    assert all(part.rows <= max_rows for part in parts)
    numbers = [part.first_row for part in parts]
    assert numbers == [1 + sum(part.rows for part in parts[:index]) for index in range(len(parts))]
    header_line = find_records(body).header + ending.encode()
    assert all(part.body.startswith(header_line) and part.header_lines == 2 for part in parts)


def test_a_file_without_a_last_line_break_is_not_cut_short() -> None:
    parts = list(csv_parts(io.BytesIO(b"a,b\n1,2\n3,4"), max_rows=1))
    assert [part.body for part in parts] == [b"a,b\n1,2\n", b"a,b\n3,4\n"]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(['5" pipe', '"a\nb"', '"""\n"', "x", '"",""', 'a"b"c"']), max_size=9), st.integers(1, 40)
)
def test_quotes_inside_of_cells_are_ordinary_characters(cells: list[str], max_bytes: int) -> None:
    body = "".join(f"{number},{cell}\n" for number, cell in enumerate(["b", *cells])).encode()
    _header, *expected = read(body)
    found = [read(part.body) for part in csv_parts(io.BytesIO(body), max_rows=3, max_bytes=max_bytes)]
    assert [row for part in found for row in part[1:]] == expected


def test_a_file_without_rows_is_one_part() -> None:
    assert [part.body for part in csv_parts(io.BytesIO(b""), max_rows=10)] == [b""]
    assert [part.body for part in csv_parts(io.BytesIO(b"a,b\n"), max_rows=10)] == [b"a,b\n"]


def test_blank_lines_are_no_rows() -> None:
    parts = list(csv_parts(io.BytesIO(b"a,b\n\n1,2\r\n\r\nx,\n3,4\n"), max_rows=2))
    assert [(part.first_row, part.rows, part.first_line) for part in parts] == [(1, 2, 2), (3, 1, 6)]


def test_memory_is_bounded_if_a_quote_is_never_closed() -> None:
    body = b"a\n" + b'"' + b"x" * 63 + b"\n" + (b"y" * 1023 + b"\n") * (20 << 10)
    parts = list(csv_parts(io.BytesIO(body), max_rows=1000))
    assert max(len(part.body) for part in parts) < 18 << 20


def test_errors_count_rows_and_lines_in_the_file() -> None:
    part = CsvPart(b"", first_row=1001, first_line=1003, header_lines=2, rows=10, bytes_read=0)
    moved = part.located(InvalidRows([Cell(3, "a", "x", "a number"), Cell(None, "b", None, "it")], 2))
    assert isinstance(moved, InvalidRows)
    assert [cell.row for cell in moved.cells] == [1003, None]
    assert moved.detail.startswith("row 1003, column “a”")
    table = part.located(InvalidTable("3 cells where the header has 2", line=4, expected="2 cells"))
    assert table.detail == "line 1004: 3 cells where the header has 2"
    header = part.located(InvalidTable("column “a” stands there twice", line=2, column="a"))
    assert header.detail == "line 2: column “a” stands there twice"
    assert part.located(TableeError("no")).detail == "no"


def test_errors_keep_their_reason_in_the_file() -> None:
    part = CsvPart(b"", first_row=11, first_line=12, header_lines=1, rows=10, bytes_read=0)
    error = part.located(InvalidTable("cell_count", cells=1, columns=2, line=3, column="b"))
    assert (error.reason, error.facts["line"], error.detail) == (
        "cell_count",
        13,
        "line 13: 1 cells where the header has 2",
    )
