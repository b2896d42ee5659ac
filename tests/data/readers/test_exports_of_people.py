"""Exports that people put together or copy from programs: repeated headers, empty rows, properties above the header,
separators of several signs, and spectra."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from workbooks import ods, xlsx

from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.http.schemas.datasets import FilePreview
from tablee_data.readers import read, sniff

Row = tuple[Any, ...]


def preview(folder: Path, text: str, asked: Corrections | None = None) -> FilePreview:
    (folder / "file.csv").write_bytes(text.encode())
    return sniff(folder / "file.csv", "file.csv", asked, rows=100)


def rows(found: FilePreview) -> list[Row]:
    return [tuple(row.values()) for row in found.rows]


def remark(found: FilePreview, reason: Reason) -> Decision | None:
    return next((each for each in found.decisions if each.reason is reason), None)


REPEATED: dict[str, tuple[str, list[Row], int, int]] = {
    "numbers": ("id,x\n1,2.5\nid,x\n3,4.5\nid,x\n5,6\n", [(1, 2.5), (3, 4.5), (5, 6)], 2, 3),
    "dates between semicolons": (
        "ville;jour\r\nLyon;2024-01-02\r\nville;jour\r\nNice;2024-01-03\r\n",
        [("Lyon", "2024-01-02"), ("Nice", "2024-01-03")],
        1,
        3,
    ),
    "quotes and a mark in front": ('id,x\n1,2\n\ufeff"id","x"\n3,4\n', [(1, 2), (3, 4)], 1, 3),
    "at the end": ("id\tx\n1\t2\n3\t4\nid\tx\n", [(1, 2), (3, 4)], 1, 4),
    "below a title": ("A title\n\nid,x\n1,2\nid,x\n3,4\n", [(1, 2), (3, 4)], 1, 5),
}


@pytest.mark.parametrize("name", REPEATED)
def test_a_repeated_header_is_left_out(tmp_path: Path, name: str) -> None:
    text, expected, count, line = REPEATED[name]
    found = preview(tmp_path, text)
    assert rows(found) == expected
    said = remark(found, Reason.REPEATED_HEADERS)
    assert said is not None
    assert (said.facts, said.sure) == ({"count": count, "line": line}, True)
    assert all(each.sure for each in found.decisions)
    table = read(tmp_path / "file.csv", tmp_path / "t.parquet")
    assert (table.rows, said in table.decisions) == (len(expected), True)


def test_a_row_that_differs_from_the_header_stays(tmp_path: Path) -> None:
    for text in ("a,b\nx,y\na,c\nq,r\n", "a\nx\na\ny\n", "a,b\nx,1\nA,b\n"):
        assert remark(preview(tmp_path, text), Reason.REPEATED_HEADERS) is None
    assert len(preview(tmp_path, "1,2\n1,2\n3,4\n").rows) == 3


EMPTY: dict[str, tuple[str, list[Row], int, int]] = {
    "separators in the middle and at the end": ("id,x\n1,2\n,\n3,4\n,\n,\n", [(1, 2), (3, 4)], 3, 3),
    "blank lines": ("id;x\n1;2\n\n3;4\n\n", [(1, 2), (3, 4)], 2, 3),
    "quotes and blanks": ('id,x\n"",""\n1,2\n  , \n3,4\n', [(1, 2), (3, 4)], 2, 2),
    "between tabs": ("id\tx\tz\n1\t2\ta\n\t\t\n3\t\tb\n", [(1, 2, "a"), (3, None, "b")], 1, 3),
    "one column": ("x\n1\n\n2\n", [(1,), (2,)], 1, 3),
    "above notes": ("id,x\n1,2\n,\n3,4\n,\nSource: office,\n", [(1, 2), (3, 4)], 2, 3),
}


@pytest.mark.parametrize("name", EMPTY)
def test_rows_without_a_value_are_left_out(tmp_path: Path, name: str) -> None:
    text, expected, count, line = EMPTY[name]
    found = preview(tmp_path, text)
    assert rows(found) == expected
    said = remark(found, Reason.EMPTY_ROWS)
    assert said is not None
    assert (said.facts, said.sure) == ({"count": count, "line": line}, True)


def test_a_file_without_empty_rows_has_no_remark(tmp_path: Path) -> None:
    for text in ("id,x\n1,2\n,4\n", 'id,x\n1,"a\n\n,\nb"\n2,c\n', "A title\n\nid,x\n1,2\n"):
        assert remark(preview(tmp_path, text), Reason.EMPTY_ROWS) is None


@pytest.mark.parametrize("make", [xlsx, ods])
def test_empty_rows_of_a_sheet_are_left_out(tmp_path: Path, make: Any) -> None:
    file = tmp_path / "file"
    file.write_bytes(make([["id", "x"], [1, "a"], [None, None], [" ", None], [2, "b"], [None, None], [3, "c"]]))
    found = sniff(file, "file", rows=100)
    assert rows(found) == [(1, "a"), (2, "b"), (3, "c")]
    said = remark(found, Reason.EMPTY_ROWS)
    assert said is not None
    assert (said.facts, said.sure) == ({"count": 3, "line": 3}, True)


SEPARATORS: dict[str, tuple[str, list[str], list[Row]]] = {
    "two bars": ("a||b||c\n1||x||2.5\n2||||3.5\n", ["a", "b", "c"], [(1, "x", 2.5), (2, None, 3.5)]),
    "two semicolons": ("a;;b\n1;;x\n2;;y\n", ["a", "b"], [(1, "x"), (2, "y")]),
    "bars outside": ("|a|b|\n|1|x|\n|2|y|\n", ["a", "b"], [(1, "x"), (2, "y")]),
    "Markdown": (
        "| name | n | v |\n|:-----|--:|:-:|\n| Lyon | 1 | 2.5 |\n| Nice | 2 | 3.5 |\n",
        ["name", "n", "v"],
        [("Lyon", 1, 2.5), ("Nice", 2, 3.5)],
    ),
    "a frame": (
        "+------+---+\n| name | n |\n+------+---+\n| Lyon | 1 |\n| Nice | 2 |\n+------+---+\n",
        ["name", "n"],
        [("Lyon", 1), ("Nice", 2)],
    ),
    "tabs and blanks": ("a\t b\n1\t 2\n3\t 4\n", ["a", "b"], [(1, 2), (3, 4)]),
}


@pytest.mark.parametrize("name", SEPARATORS)
def test_separators_of_people(tmp_path: Path, name: str) -> None:
    text, columns, expected = SEPARATORS[name]
    found = preview(tmp_path, text)
    assert (found.columns, rows(found)) == (columns, expected)


def test_an_empty_column_with_a_name_stays(tmp_path: Path) -> None:
    assert preview(tmp_path, "a,empty,b\n1,,2\n3,,4\n").columns == ["a", "empty", "b"]
    assert preview(tmp_path, ",a,b\n7,1,2\n8,3,4\n").columns == ["column_1", "a", "b"]


PROPERTIES = {
    "beside the columns": "Record Length,2500,,-0.001,0.02\nSample Interval,4e-07,,-0.0009,0.024\n"
    + ",,,-0.0008,0.03\n" * 6,
    "above two columns": "Model,MSO56\nSample Interval,4e-07\nTIME,CH1\n-0.001,0.02\n-0.0009,0.03\n-0.0008,0.01\n",
    "of an office": '"Title","GDP growth"\n"CDID","IHYR"\n"Unit","%"\n"Release date","28-03-2024"\n'
    '"1949","3.3"\n"1950","3.4"\n"1951","2.9"\n',
    "of several series": "Title,GDP,Population\nCDID,ABMI,EBAQ\nUnit,m,k\n1950,3.4,50\n1951,2.9,51\n1952,1.5,52\n",
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties_above_or_beside_a_table_are_asked_about(tmp_path: Path, name: str) -> None:
    found = preview(tmp_path, PROPERTIES[name])
    assert any(each.field in ("header", "skipped_lines", "units_row") and not each.sure for each in found.decisions)
    if name == "above two columns":
        assert (found.columns, rows(found)[0]) == (["TIME", "CH1"], (-0.001, 0.02))


def test_the_rows_of_a_survey_below_the_header_are_left_out(tmp_path: Path) -> None:
    text = (
        'StartDate,Q1,Q2\nStart Date,"How old are you?","What city, please?"\n'
        '"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"\n'
        "2024-01-02,35,Lyon\n2024-01-03,41,Nice\n"
    )
    found = preview(tmp_path, text)
    assert rows(found) == [("2024-01-02", 35, "Lyon"), ("2024-01-03", 41, "Nice")]
    said = remark(found, Reason.UNITS)
    assert said is not None
    assert said.sure
    assert len(preview(tmp_path, text, Corrections(units_row=False)).rows) == 4


SPECTRA = {
    "numbers only": "400.5,401.0,401.5\n0.12,0.13,0.14\n0.22,0.21,0.24\n",
    "a name first": "sample,400.5,401.0,401.5\ns1,0.12,0.13,0.14\ns2,0.22,0.21,0.24\n",
    "a class last": "1100.5,1099.5,1098.5,class\n0.12,0.13,0.14,a\n0.22,0.21,0.24,b\n",
    "decimal commas": "y;400,5;401,0;401,5\n1,5;0,12;0,13;0,14\n2,5;0,22;0,21;0,24\n",
    "micrometres": "0.40,0.45,0.50,0.55\n0.12,0.53,0.44,0.9\n0.22,0.21,0.24,0.7\n",
}


@pytest.mark.parametrize("name", SPECTRA)
def test_wavelengths_are_names(tmp_path: Path, name: str) -> None:
    found = preview(tmp_path, SPECTRA[name])
    header = next(each for each in found.decisions if each.field == "header")
    assert (header.chosen, header.reason, header.sure) == ("yes", Reason.SCALE, False)
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    "text", ["0.1,0.2,0.3\n0.4,0.5,0.6\n0.7,0.8,0.9\n", "5.1,3.5,1.4\n4.9,3.0,1.4\n", "1.5,a\n2.5,b\n"]
)
def test_a_row_of_decimals_is_no_scale(tmp_path: Path, text: str) -> None:
    found = preview(tmp_path, text)
    assert next(each for each in found.decisions if each.field == "header").chosen == "no"
    assert len(found.rows) == text.count("\n")
