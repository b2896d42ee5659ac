"""CSV files: sound ones are read exactly, broken ones refused with their place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.errors import InvalidTable
from tablee.tables import csv_reader

BROKEN = {
    "empty": (b"", "the file is empty"),
    "blank": (b"\n\n", "the file is empty"),
    "header only": (b"a,b\n", "no row below"),
    "too few cells": (b"a,b\n1,2\n3\n", "line 3: 1 cells where the header has 2"),
    "too many cells": (b"a,b\n1,2,3\n", "line 2: 3 cells"),
    "NUL": (b"a,b\n1,\0\n", "line 2: a NUL byte"),
    "binary": (bytes(range(256)) * 10, "NUL byte"),
    "not UTF-8": ("é,b\n1,\xe9\n".encode("latin-1"), "line 1: the bytes e9 are not UTF-8"),
    "unclosed quote": (b'a,b\n1,"x\n2,3\n', "a quote is opened and never closed"),
    "text after a quote": (b'a,b\n"x"y,2\n', "line 2: there is text after a closing quote"),
    "repeated column": (b"a,a\n1,2\n", "column «a» stands there twice"),
    "nameless column": (b"a,,b\n1,2,3\n", "line 1: column 2 has no name"),
    "reserved column": (b"a,__score_0\n1,2\n", "two underscores"),
    "semicolons": (b"a;b\n1;2\n", "not separated by commas"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("as_file", [False, True])
def test_a_broken_file_is_refused_with_its_place(data: bytes, message: str, as_file: bool, tmp_path: Path) -> None:
    file = tmp_path / "données brutes.csv"
    file.write_bytes(data)
    with pytest.raises(InvalidTable, match=message) as caught:
        csv_reader.read_csv(file if as_file else data)
    assert caught.value.problem()["status"] == 422


def test_a_sound_file_is_read_as_it_stands() -> None:
    data = '\ufeffville,"prix, net",note\r\nNîmes," 12.50","a ""b""\nc"\r\n\r\nNA,3e2,\r\n'.encode()
    frame = csv_reader.read_csv(data)
    assert frame.to_dict(as_series=False) == {
        "ville": ["Nîmes", None],
        "prix, net": [" 12.50", "3e2"],
        "note": ['a "b"\nc', None],
    }
    assert csv_reader.infer(frame)["prix, net"].to_list() == [12.5, 300.0]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "2.5", None, " 3e4 "], [1.0, 2.5, None, 30000.0]),
        (["1", "x"], [1.0, None]),
        (["inf", "-Infinity", "1e400"], [None, None, None]),
        (["1_000", "0x1A", "1,5", "٣"], [None, None, None, None]),
    ],
)
def test_numbers_are_read_strictly(texts: list[str | None], expected: list[float | None]) -> None:
    assert csv_reader.numbers(pl.Series(texts)).to_list() == expected


def test_a_column_of_nothing_stays_text() -> None:
    assert csv_reader.infer(csv_reader.read_csv(b"a,b\n,1\n,2\n")).dtypes == [pl.String, pl.Float64]


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_what_was_written_comes_back(rows: list[list[str]]) -> None:
    """Whatever Python's csv module writes is read cell for cell (missing markers become null)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    header = [f"c{i}" for i in range(len(rows[0]))]
    writer.writerows([header, *rows])
    read = csv_reader.read_csv(buffer.getvalue().encode())
    assert read.rows() == [tuple(None if c in csv_reader.MISSING else c for c in row) for row in rows]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert csv_reader.read_csv(data).height > 0
    except InvalidTable as error:
        assert error.status == 422


def test_what_people_download_runs_no_formula_and_reads_back_alike() -> None:
    numbers = [0.1, -1e-300, 123456789.123456789, 5e-324]
    body = csv_reader.write_csv(pl.DataFrame({"=n": numbers, "t": ["=1+1", "-2", None, "a,b"]}))
    assert body.decode().splitlines()[0] == "'=n,t"
    read = csv_reader.read_csv(body)
    assert read["t"].to_list() == ["'=1+1", "-2", None, "a,b"]
    assert csv_reader.numbers(read["'=n"]).to_list() == numbers


def test_readers_of_several_threads_have_one_limit() -> None:
    csv_reader.read_csv(b"a\n1\n")
    assert csv.field_size_limit() == csv_reader.MAX_FIELD
