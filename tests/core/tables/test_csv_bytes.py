"""Records found by their bytes are those that Python's own reader finds, and what is read of them is the same."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.errors import InvalidTable
from tablee.tables import csv_bytes, csv_reader

cell = st.text(alphabet='a1 ,"\n\ré.', max_size=4) | st.sampled_from(
    [
        "1",
        "-2.5",
        " 3 ",
        "3e4",
        "inf",
        "1e999",
        "+1",
        "NA",
        "nan",
        "1.",
        ".5",
        "0x1",
        "1_0",
        "",
        "NaN",
        "-0",
        "a\nb",
        '"',
    ]
)
quoting = st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
ending = st.sampled_from(["\n", "\r\n"])
free = st.binary(max_size=12) | st.text(alphabet='a1,"\n\r\0é', max_size=12).map(str.encode)


def written(rows: list[tuple[str, ...]], quoting: int, ending: str, *, mark: bool, last: bool) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending, quoting=quoting).writerows([("a", "no\nom,"), *rows])
    body = out.getvalue() if last else out.getvalue().removesuffix(ending)
    return (csv_bytes.BOM if mark else b"") + body.encode()


def cells(body: bytes) -> list[list[str]]:
    return [found for found in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True) if found]


bodies = st.builds(
    written,
    st.lists(st.tuples(cell, cell), min_size=1, max_size=6),
    quoting,
    ending,
    mark=st.booleans(),
    last=st.booleans(),
)


@given(bodies | bodies.flatmap(lambda body: free.map(lambda more: body + more)))
def test_what_is_read_at_once_is_what_is_read_with_patience(body: bytes) -> None:
    try:
        texts = csv_reader.read_csv(body)
    except InvalidTable as error:
        with pytest.raises(InvalidTable) as caught:
            csv_reader.read_rows(body, ["a"])
        assert caught.value.problem() == error.problem()
        return
    parsed = csv_reader.numbers(texts["a"]).to_list()
    expected = [text if number is None else number for number, text in zip(parsed, texts["a"], strict=True)]
    found = csv_reader.read_rows(body, ["a", "not there"])
    assert found.columns == texts.columns
    assert found["a"].to_list() == expected
    assert found["no\nom,"].to_list() == texts["no\nom,"].to_list()


@given(bodies)
def test_columns_are_added_to_the_very_bytes(body: bytes) -> None:
    found = csv_bytes.records(body)
    if found is None:
        return
    before = cells(body)
    assert found.rows == len(before) - 1
    added = pl.DataFrame({"x": [f'{at},"' for at in range(found.rows)], "y": [at / 3 for at in range(found.rows)]})
    answer = csv_bytes.appended(found, ["prediction", 'p"'], added)
    lines = [["prediction", 'p"'], *([f'{at},"', repr(at / 3)] for at in range(found.rows))]
    assert cells(answer) == [[*row, *more] for row, more in zip(before, lines, strict=True)]
    assert answer.startswith(body[: found.ends[0]] + b',prediction,"p"""')
    at = 0
    for begin, end in zip(found.begins, found.ends, strict=True):
        at = answer.index(body[begin:end] + b",", at)


def test_ordinary_files_are_read_at_once() -> None:
    for body in (b"a,b\n1,x\n", b"a,b\r\n1,x\r\n\r\n2,y", b'"a",b\n1,"x ""y"",\n\n z"\n2,""\n'):
        found = csv_bytes.records(body)
        assert found is not None
        assert found.rows == len(cells(body)) - 1
    for body in (b'a,b\n1,x"y\n"', b'a\n"b\n', b"a\rb", b"a\n\0", b'a,b\n"x"y,1\n', b'a\nx"y"z\n'):
        assert csv_bytes.records(body) is None


@given(bodies)
def test_records_are_the_same_with_patience(body: bytes) -> None:
    found = csv_bytes.records(body)
    if found is not None:
        patient = csv_bytes.patient_records(body)
        assert (found.begins.tolist(), found.ends.tolist()) == (patient.begins.tolist(), patient.ends.tolist())


def test_quotes_inside_of_cells_take_patience() -> None:
    body = b'size,x\n5" pipe,1\r\n\n"a\nb",4"2"\n'
    found = csv_bytes.patient_records(body)
    answer = csv_bytes.appended(found, ["p"], pl.DataFrame({"p": ["y", "n"]}))
    assert answer == b'size,x,p\n5" pipe,1,y\n"a\nb",4"2",n\n'


def test_the_file_itself_keeps_its_names() -> None:
    assert csv_bytes.fresh(["prediction", "p"], ["prediction", "prediction_1"]) == ["prediction_2", "p"]


def test_texts_that_are_no_numbers_stay_beside_numbers() -> None:
    frame = csv_reader.read_rows(b"a,b\n1,x\n ,\nfour,z\ninf,\n2.5,NA\nNA,1\n", ["a", "c"])
    assert frame["a"].to_list() == [1.0, " ", "four", "inf", 2.5, None]
    assert frame["b"].to_list() == ["x", None, "z", None, None, "1"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_that_are_added_read_back_alike(values: list[float]) -> None:
    found = csv_bytes.records(b"a\n" + b"x\n" * len(values))
    assert found is not None
    answer = csv_bytes.appended(found, ["p"], pl.DataFrame({"p": values}))
    assert [float(row[1]) for row in cells(answer)[1:]] == values
    assert csv_reader.read_rows(answer, ["p"])["p"].to_list() == values


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
def test_no_text_is_a_formula(text: str, expected: str) -> None:
    assert csv_bytes.harmless(text) == expected
    assert csv_bytes.harmless_texts(pl.Series([text, None])).to_list() == [expected, None]


def test_added_texts_are_no_formulas_and_numbers_stay() -> None:
    found = csv_bytes.records(b"a\n=1\n-2\n")
    assert found is not None
    added = pl.DataFrame({"=p": ["=x", "-1"], "q": [-0.1, 1e-300]})
    assert csv_bytes.appended(found, added.columns, added) == b"a,'=p,q\n=1,'=x,-0.1\n-2,-1,1e-300\n"
