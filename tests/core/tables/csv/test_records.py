"""Records found by their bytes are those that Python's csv module finds."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidTable
from tablee.tables.cells.decoding import UNKNOWN_NUMBERS, decode
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.reader import read_csv, read_rows
from tablee.tables.csv.records import (
    BOM,
    find_records,
    last_record_end,
    matched_records,
    record_ends,
    regular_records,
)
from tablee.tables.csv.writer import with_columns

CELL = st.text(alphabet='a1 ,"\n\ré.', max_size=4) | st.sampled_from(
    [
        *("1", "-2.5", " 3 ", "3e4", "inf", "1e999", "+1", "NA", "nan", "1.", ".5", "0x1", "1_0", "", "NaN", "-0"),
        *("a\nb", '"'),
    ]
)
FREE = st.binary(max_size=12) | st.text(alphabet='a1,"\n\r\0é', max_size=12).map(str.encode)


def written(rows: list[tuple[str, ...]], quoting: int, ending: str, *, mark: bool, last: bool) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending, quoting=quoting).writerows([("a", "no\nom,"), *rows])
    body = out.getvalue() if last else out.getvalue().removesuffix(ending)
    return (BOM if mark else b"") + body.encode()


def cells(body: bytes) -> list[list[str]]:
    return [found for found in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True) if found]


BODIES = st.builds(
    written,
    st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
    last=st.booleans(),
)


@settings(deadline=None)
@given(BODIES | BODIES.flatmap(lambda body: FREE.map(lambda more: body + more)))
def test_the_fast_way_of_reading_gives_what_the_strict_one_gives(body: bytes) -> None:
    try:
        texts = read_csv(body)
    except InvalidTable as error:
        with pytest.raises(InvalidTable) as caught:
            read_rows(body, {"a": UNKNOWN_NUMBERS})
        assert caught.value.problem() == error.problem()
        return
    found = read_rows(body, {"a": UNKNOWN_NUMBERS, "not there": UNKNOWN_NUMBERS})
    assert found.columns == texts.columns
    assert found["a"].to_list() == decode(texts["a"], UNKNOWN_NUMBERS).to_list()
    assert found["no om,"].to_list() == texts["no om,"].to_list()


@settings(deadline=None)
@given(BODIES)
def test_columns_are_added_to_unchanged_bytes(body: bytes) -> None:
    found = regular_records(body)
    if found is None:
        return
    before = cells(body)
    assert found.rows == len(before) - 1
    added = pl.DataFrame({"x": [f'{at},"' for at in range(found.rows)], "y": [at / 3 for at in range(found.rows)]})
    answer = with_columns(found, ["prediction", 'p"'], added)
    lines = [["prediction", 'p"'], *([f'{at},"', repr(at / 3)] for at in range(found.rows))]
    assert cells(answer) == [[*row, *more] for row, more in zip(before, lines, strict=True)]
    assert answer.startswith(body[: found.ends[0]] + b',prediction,"p"""')
    at = 0
    for begin, end in zip(found.begins, found.ends, strict=True):
        at = answer.index(body[begin:end] + b",", at)


@pytest.mark.parametrize("body", [b"a,b\n1,x\n", b"a,b\r\n1,x\r\n\r\n2,y", b'"a",b\n1,"x ""y"",\n\n z"\n2,""\n'])
def test_ordinary_bodies_are_regular(body: bytes) -> None:
    found = regular_records(body)
    assert found is not None
    assert found.rows == len(cells(body)) - 1


@pytest.mark.parametrize(
    "body", [b'a,b\n1,x"y\n"', b'a\n"b\n', b"a\rb", b"a\n\0", b'a,b\n"x"y,1\n', b'a\nx"y"z\n', b'a\n"b"c\n"d"\n']
)
def test_bodies_with_other_quotes_or_line_breaks_are_irregular(body: bytes) -> None:
    assert regular_records(body) is None


@settings(deadline=None)
@given(BODIES)
def test_matching_finds_the_same_records(body: bytes) -> None:
    found = regular_records(body)
    if found is not None:
        matched = matched_records(body)
        assert (found.begins.tolist(), found.ends.tolist()) == (matched.begins.tolist(), matched.ends.tolist())


def test_records_with_quotes_inside_of_cells_are_matched() -> None:
    body = b'size,x\n5" pipe,1\r\n\n"a\nb",4"2"\n'
    found = find_records(body)
    answer = with_columns(found, ["p"], pl.DataFrame({"p": ["y", "n"]}))
    assert answer == b'size,x,p\n5" pipe,1,y\n"a\nb",4"2",n\n'


def test_a_byte_order_mark_inside_of_a_file_belongs_to_a_cell() -> None:
    assert find_records(BOM + b"a\n").texts().to_list() == ["a"]
    assert find_records(BOM + b"a\n", start=0).texts().to_list() == ["\ufeffa"]


@pytest.mark.parametrize(
    ("data", "ends"),
    [
        (b"a,b\n1,2\n3", [4, 8]),
        (b'a,"\n"\n1,"2\n', [6]),
        (BOM + b'"a"\n"b\n"\n', [7, 12]),
        (b'5" x\n6"\n"7\n"\n8', [5, 8, 13]),
        (b'5" x\n"6', [5]),
        (b"a", []),
        (b"", []),
    ],
)
def test_the_ends_of_complete_records(data: bytes, ends: list[int]) -> None:
    assert record_ends(data).tolist() == ends


@pytest.mark.parametrize(
    ("data", "end", "regular"),
    [
        (b"a;b\n1;2\n3", 8, True),
        (b"a;b", 0, True),
        (b"a;'\n'\n1;'2\n", 6, True),
        (b"a;'x'\n1;'2'3\n", 13, False),
        (b"5' x\n6'\n'7\n'\n8", 13, False),
        (b"5' x\n'6", 5, False),
    ],
)
def test_the_end_of_the_last_complete_record(data: bytes, end: int, regular: bool) -> None:
    assert last_record_end(data, Dialect(";", "'")) == (end, regular)


def test_without_a_quote_every_line_break_ends_a_record() -> None:
    dialect = Dialect(",", "")
    assert last_record_end(b'a,"\nb', dialect) == (4, True)
    assert find_records(b'a,"\nb"\n', dialect).texts().to_list() == ['a,"', 'b"']


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_added_numbers_parse_to_the_same_numbers(values: list[float]) -> None:
    found = regular_records(b"a\n" + b"x\n" * len(values))
    assert found is not None
    answer = with_columns(found, ["p"], pl.DataFrame({"p": values}))
    assert [float(row[1]) for row in cells(answer)[1:]] == values
    assert read_rows(answer, {"p": UNKNOWN_NUMBERS})["p"].to_list() == values
