"""Written cells are quoted where they need it, and never run as formulas."""

from __future__ import annotations

import io

import polars as pl
import pytest

from tablee.tables.cells.numbers import parse as parse_numbers
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.formulas import escape_formula, escape_formulas
from tablee.tables.csv.reader import read_csv
from tablee.tables.csv.records import regular_records
from tablee.tables.csv.writer import extended_header, quote_cell, with_columns, write_csv, write_rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-2.5", "-2.5"),
        ("+3e4", "+3e4"),
        ("Évry", "Évry"),
        ("", ""),
    ],
)
def test_no_written_text_is_a_formula(text: str, expected: str) -> None:
    assert escape_formula(text) == expected
    assert escape_formulas(pl.Series([text, None])).to_list() == [expected, None]


def test_added_texts_are_no_formulas_and_numbers_stay() -> None:
    found = regular_records(b"a\n=1\n-2\n")
    assert found is not None
    added = pl.DataFrame({"=p": ["=x", "-1"], "q": [-0.1, 1e-300]})
    assert with_columns(found, added.columns, added) == b"a,'=p,q\n=1,'=x,-0.1\n-2,-1,1e-300\n"


def test_rows_can_be_written_without_the_header() -> None:
    found = regular_records(b"\xef\xbb\xbfa\r\n1\r\n")
    assert found is not None
    added = pl.DataFrame({"p": ["x"]})
    assert with_columns(found, ["p"], added, header=False) == b"1,x\r\n"
    assert with_columns(found, ["p"], added) == b"\xef\xbb\xbfa,p\r\n1,x\r\n"


def test_a_downloaded_table_has_no_formulas_and_reads_back_the_same() -> None:
    numbers = [0.1, -1e-300, 123456789.123456789, 5e-324]
    body = write_csv(pl.DataFrame({"=n": numbers, "t": ["=1+1", "-2", None, "a,b"]}))
    assert body.decode().splitlines()[0] == "'=n,t"
    read = read_csv(body)
    assert read["t"].to_list() == ["'=1+1", "-2", None, "a,b"]
    assert parse_numbers(read["'=n"]).to_list() == numbers


@pytest.mark.parametrize(
    ("text", "cell"),
    [("a,b", "a,b"), ("a;b", "'a;b'"), ("l'eau", "'l''eau'"), ("a\rb", "'a\rb'"), ("a\nb", "'a\nb'"), ('"', '"')],
)
def test_cells_are_quoted_in_the_dialect(text: str, cell: str) -> None:
    assert quote_cell(text, Dialect(";", "'")) == cell


def test_a_header_gets_more_names() -> None:
    header = extended_header(b"a;'b'", ["=c", "d;"], dialect=Dialect(";", "'"), line_break="\r\n")
    assert header == b"a;'b';'''=c';'d;'\r\n"


@pytest.mark.parametrize(("separator", "cells"), [(",", '"0,5",x'), (";", "0,5;x"), ("\t", "0,5\tx")])
def test_a_decimal_comma_is_quoted_only_between_commas(separator: str, cells: str) -> None:
    out = io.BytesIO()
    added = pl.DataFrame({"p": [0.5], "q": ["x"]})
    write_rows(out, pl.Series(["1"]), added, dialect=Dialect(separator), decimal=",", line_break="\r\n")
    assert out.getvalue().decode() == f"1{separator}{cells}\r\n"
