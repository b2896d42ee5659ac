"""Valid CSV files are read exactly, broken ones are refused with their place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidTable
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.cells.decoding import UNKNOWN_NUMBERS
from tablee.tables.cells.numbers import UNDECIDED
from tablee.tables.csv import reader
from tablee.tables.csv.parsing import MAX_CELL
from tablee.tables.csv.reader import read_csv, read_rows

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
    "reserved column": (b"a,__score_0\n1,2\n", "a name that is kept for the platform"),
    "semicolons": (b"a;b\n1;2\n", "not separated by commas"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("as_file", [False, True])
def test_a_broken_file_is_refused_with_its_place(data: bytes, message: str, as_file: bool, tmp_path: Path) -> None:
    file = tmp_path / "données brutes.csv"
    file.write_bytes(data)
    with pytest.raises(InvalidTable, match=message) as caught:
        read_csv(file if as_file else data)
    assert caught.value.problem()["status"] == 422


def test_a_valid_file_is_read_unchanged() -> None:
    data = '\ufeffville,"prix, net",note\r\nNîmes," 12.50","a ""b""\nc"\r\n\r\nNA,3e2,\r\n'.encode()
    frame = read_csv(data)
    assert frame.to_dict(as_series=False) == {
        "ville": ["Nîmes", "NA"],
        "prix, net": [" 12.50", "3e2"],
        "note": ['a "b"\nc', None],
    }


def test_names_are_put_in_order() -> None:
    assert read_csv(b"a,, b \n1,2,3\n").columns == ["a", "column_2", "b"]
    assert read_csv(b"a,a\n1,2\n").columns == ["a", "a_2"]


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@settings(deadline=None)
@given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_what_pythons_csv_module_writes_is_read_cell_for_cell(rows: list[list[str]]) -> None:
    """Empty cells become null."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    header = [f"c{i}" for i in range(len(rows[0]))]
    writer.writerows([header, *rows])
    frame = read_csv(buffer.getvalue().encode())
    assert frame.rows() == [tuple(c or None for c in row) for row in rows]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert read_csv(data).height > 0
    except InvalidTable as error:
        assert error.status == 422


def test_all_threads_have_the_same_limit_of_a_cell() -> None:
    read_csv(b"a\n1\n")
    assert csv.field_size_limit() == MAX_CELL


def test_texts_that_are_no_numbers_stay_between_numbers() -> None:
    frame = read_rows(b"a,b\n1,x\n ,\nfour,z\ninf,\n2.5,NA\nNA,1\n", {"a": UNKNOWN_NUMBERS, "c": UNKNOWN_NUMBERS})
    assert frame["a"].to_list() == [1.0, None, "four", "inf", 2.5, None]
    assert frame["b"].to_list() == ["x", None, "z", None, "NA", "1"]


FORMATS = {
    "n": CellFormat(missing=("NA", "-"), number=NumberFormat(decimal=",", thousands=" ")),
    "m": CellFormat(missing=("NA", "-99"), number=NumberFormat()),
    "u": CellFormat(missing=("NA", "-"), number=UNDECIDED),
    "v": CellFormat(missing=("NA",), number=NumberFormat(decimal=None, thousands=" ")),
    "level": CellFormat(missing=("NA",)),
    "padded": CellFormat(missing=("NA",), trimmed=True),
    "day": CellFormat(missing=("NA", "-"), date=DateFormat(pattern="%d/%m/%Y")),
    "all": CellFormat(),
}


def test_every_column_is_read_in_its_own_format() -> None:
    body = (
        b"n,m,level,padded,day,all,further\n"
        b'"1 234,5",1.5,NA, x ,12/03/2024,NA,NA\n'
        b'-,-99,"NA", NA ,-,"NA",""\n'
        b',NA,"", , NA ,,\n'
    )
    assert read_rows(body, FORMATS).rows() == [
        (1234.5, 1.5, None, "x", "12/03/2024", "NA", "NA"),
        (None, None, "NA", None, None, "NA", None),
        (None, None, None, None, None, None, None),
    ]


WRITTEN = st.sampled_from(
    [
        *(
            "NA",
            " NA",
            "NA ",
            '"NA"',
            '" NA"',
            "-",
            '"-"',
            " - ",
            "-99",
            '"-99"',
            " -99",
            "1",
            "2.5",
            '"2,5"',
            '"1,500"',
        ),
        *("1.500", "x", " x ", '" x"', "", '""', " ", "12/03/2024", '"2024-03-12"', " 1/2/2024 ", '"a ""b"" c"', "inf"),
        *('"1 234,5"', "1 234", "007", "1e3", "+1", "1_0", "nan"),
        *("0", "-0", "-0.0", "0x1F", "0.500", "3.0", "3.000", '"1,5"', '"1.500,5"', "9223372036854775808", "1234.500"),
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_the_fast_way_of_reading_rows_gives_what_the_slow_one_gives(data: st.DataObject) -> None:
    """The columns and the formats are drawn, too."""
    names = data.draw(st.lists(st.sampled_from([*FORMATS]), min_size=1, max_size=4, unique=True))
    rows = data.draw(st.lists(st.lists(WRITTEN, min_size=len(names), max_size=len(names)), min_size=1, max_size=6))
    rows = [row for row in rows if row != [""]] or [["x"] * len(names)]  # a blank line is no record
    body = "".join(",".join(row) + "\n" for row in ([*names], *rows)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "regular_records", lambda _: None)
        slow = read_rows(body, FORMATS)
    fast = read_rows(body, FORMATS)
    assert {name: [*map(repr, fast[name])] for name in fast.columns} == {
        name: [*map(repr, slow[name])] for name in slow.columns
    }


@pytest.mark.parametrize("cell", ["1", "-7", "3.0", "12.5", "1e3", ""])
def test_plain_numbers_of_an_undecided_format_are_read_in_the_fast_way(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "check_structure", None)
    body = f"u,m\n{cell},1.5\n2,\n".encode()
    formats = {"u": FORMATS["u"], "m": UNKNOWN_NUMBERS.model_copy(update={"missing": ("NA",)})}
    assert read_rows(body, formats)["u"].to_list() == [float(cell) if cell else None, 2.0]


def test_integers_of_an_undecided_format_are_read_fast_beside_numbers_with_three_decimals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "check_structure", None)
    formats = {"u": FORMATS["u"], "m": UNKNOWN_NUMBERS.model_copy(update={"missing": ("NA",)})}
    assert read_rows(b"u,m\n1,1.500\n2,3.125\n", formats).rows() == [(1.0, 1.5), (2.0, 3.125)]


@pytest.mark.parametrize(("length", "said"), [(MAX_CELL, None), (MAX_CELL + 1, "a quote is opened and never closed")])
def test_a_cell_has_a_longest_length(length: int, said: str | None) -> None:
    body = b"a,b\n1," + b"x" * length + b"\n"
    if said is None:
        assert read_rows(body, {"a": UNKNOWN_NUMBERS})["b"].str.len_chars().to_list() == [length]
        return
    with pytest.raises(InvalidTable, match=said):
        read_rows(body, {"a": UNKNOWN_NUMBERS})
