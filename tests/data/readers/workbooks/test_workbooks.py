"""Workbooks of all formats: the sheet, the table in it, and cells as the workbook types them."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import Formula, Shown, compound, ods, uncomputed, xls, xlsb, xlsx, zipped

from tablee.datasets.privacy import Drop
from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.errors import InvalidRequest, InvalidTable, TableeError
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee_data.privacy.anonymiser import Anonymiser
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.sniff import sniff
from tablee_data.readers.table import Table, read
from tablee_data.readers.workbooks.reader import SpreadsheetReader

D = dt.date(2024, 2, 11)
T = dt.datetime(2024, 2, 11, 8, 30)
MIDNIGHT = dt.datetime(2024, 2, 12)
HEAD = ["name", "x"]


def stored(folder: Path, content: bytes, limits: Limits | None = None, **asked: Any) -> tuple[Table, dict[str, Any]]:
    file, target = folder / "file.csv", folder / "stored.parquet"
    file.write_bytes(content)
    table = read(file, target, filename="file.xlsx", asked=Corrections.model_validate(asked), limits=limits)
    return table, pl.read_parquet(target).to_dict(as_series=False)


def of(table: Table, field: str, column: str | None = None) -> Decision:
    (found,) = [each for each in table.decisions if each.field == field and (column is None or each.column == column)]
    return found


BASIC = [["name", "x"], ["é", 1], ["b", 2.5]]

RIGHT: dict[str, tuple[bytes, dict[str, list[Any]]]] = {
    "xlsx": (xlsx(BASIC), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "ods": (ods(BASIC), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "xlsb": (xlsb(BASIC), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "xls": (xls(BASIC), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "ods, dates and booleans": (
        ods([["d", "b", "n"], [D, True, 1], [None, False, 2]]),
        {"d": ["2024-02-11", None], "b": ["true", "false"], "n": [1.0, 2.0]},
    ),
    "texts are texts": (
        xlsx([["c", "x"], ["NA", 1], ["FR", 2], ["null", 3]]),
        {"c": ["NA", "FR", "null"], "x": [1.0, 2.0, 3.0]},
    ),
    "codes stay": (xlsx([["c", "x"], ["007", 1], ["042", 2]]), {"c": ["007", "042"], "x": [1.0, 2.0]}),
    "dates": (xlsx([["d", "x"], [D, 1], [None, 2]]), {"d": ["2024-02-11", None], "x": [1.0, 2.0]}),
    "dates from 1904": (xlsx([["d", "x"], [D, 1]], date_1904=True), {"d": ["2024-02-11"], "x": [1.0]}),
    "dates shown with the month first": (
        xlsx([["d", "x"], [Shown(D, "mm/dd/yyyy"), 1], [Shown(MIDNIGHT.date(), "mm/dd/yyyy"), 2]]),
        {"d": ["2024-02-11", "2024-02-12"], "x": [1.0, 2.0]},
    ),
    "times": (
        xlsx([["t", "x"], [T, 1], [MIDNIGHT, 2]]),
        {"t": ["2024-02-11T08:30:00", "2024-02-12T00:00:00"], "x": [1.0, 2.0]},
    ),
    "times of day": (xlsx([["t", "x"], [Shown(dt.time(8, 30), "hh:mm"), 1]]), {"t": ["08:30:00"], "x": [1.0]}),
    "durations": (xlsx([["t", "x"], [Shown(1.25, "[h]:mm"), 1]]), {"t": [108_000.0], "x": [1.0]}),
    "booleans": (xlsx([["b", "x"], [True, 1], [False, 2]]), {"b": ["true", "false"], "x": [1.0, 2.0]}),
    "per cent and money stay numbers": (
        xlsx([["p", "m"], [Shown(0.12, "0%"), Shown(12.5, "[$€-407] #,##0.00")]]),
        {"p": [0.12], "m": [12.5]},
    ),
    "results of formulas": (
        xlsx([["f", "x"], [Formula(2), Formula("a")], [Formula(3.5), Formula("")]]),
        {"f": [2.0, 3.5], "x": ["a", None]},
    ),
    "years as names": (xlsx([["region", 2023, 2024], ["A", 1, 2], ["B", 3, 4]]), {}),
    "numbers and missing markers": (xlsx([HEAD, ["a", 1], ["b", "n.d."], ["c", 3]]), {}),
    "not at A1": (xlsx(BASIC, at=(4, 3)), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "empty rows and columns inside": (
        xlsx([["a", None, "b"], [1, None, 2], [None] * 3, [3, None, 4]]),
        {"a": [1.0, 3.0], "b": [2.0, 4.0]},
    ),
    "the last column mostly empty": (
        xlsx([["a", "b", "note"], *([at, at] for at in range(20)), [1, 2, "x"]]),
        {"a": [*map(float, range(20)), 1.0], "b": [*map(float, range(20)), 2.0], "note": [None] * 20 + ["x"]},
    ),
    "a title": (xlsx([["Sales 2024"], [], *BASIC]), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "a title right above": (xlsx([["Sales 2024"], ["Q1"], *BASIC]), {"name": ["é", "b"], "x": [1.0, 2.5]}),
    "names in need of order": (
        xlsx([[" a ", "b\nc", "a"], [1, 2, 3]]),
        {"a": [1.0], "b c": [2.0], "a_2": [3.0]},
    ),
    "a column without a name": (xlsx([[None, "b"], ["x", 1], ["y", 2]]), {"column_1": ["x", "y"], "b": [1.0, 2.0]}),
    "large numbers": (xlsx([["n", "x"], [1e300, 1], [123456789012345, 2]]), {"n": [1e300, 123456789012345.0]}),
    "columns of nothing but a name": (xlsx([["a", "b"], [1, None], [2, None]]), {"a": [1.0, 2.0], "b": [None, None]}),
    "one column": (xlsx([["a"], [1], [2]]), {"a": [1.0, 2.0]}),
    "mixed dates and texts": (xlsx([["d", "x"], [D, 1], ["soon", 2]]), {"d": ["2024-02-11", "soon"], "x": [1.0, 2.0]}),
}
"""By name: a workbook, and cells of its table."""
RIGHT["years as names"] = (
    RIGHT["years as names"][0],
    {"region": ["A", "B"], "2023": [1.0, 3.0], "2024": [2.0, 4.0]},
)
RIGHT["numbers and missing markers"] = (
    RIGHT["numbers and missing markers"][0],
    {"name": ["a", "b", "c"], "x": [1.0, None, 3.0]},
)


@pytest.mark.parametrize("name", RIGHT)
def test_a_workbook_gives_the_right_table(tmp_path: Path, name: str) -> None:
    content, cells = RIGHT[name]
    table, found = stored(tmp_path, content)
    assert {column: found[column] for column in cells} == cells
    assert set(found) >= set(cells)
    assert table.reading.sheet is not None


N = None
SPARSE: dict[str, tuple[list[list[Any]], list[str], int]] = {
    "units of numbers only": (
        [
            ["shop", "area", "price", "opened", "remark", "sales"],
            [N, "m²", "€", N, N, "k€"],
            *([f"M{at}", 100 + at, 4.5 + at, f"2024-01-{at + 10}", "ok", 81.5 + at] for at in range(9)),
        ],
        ["shop", "area", "price", "opened", "remark", "sales"],
        9,
    ),
    "one unit only": (
        [["a", "b", "c", "d"], [N, N, N, "kg"], *(["x", "y", "z", at + 1.5] for at in range(9))],
        ["a", "b", "c", "d"],
        9,
    ),
    "a first row without a number": ([["name", "mark"], ["Ann", N], ["Bob", 12], ["Cy", 14]], ["name", "mark"], 3),
    "a first row without a name": ([["name", "rank"], [N, 1], ["Bob", 2], ["Cy", 3]], ["name", "rank"], 3),
    "a series that begins later": (
        [["day", "value"], ["2024-01-01", N], ["2024-01-02", 2.5], ["2024-01-03", 3.5]],
        ["day", "value"],
        3,
    ),
    "a first year without a name": ([["name", "born"], [N, 2021], ["Bob", 2022], ["Cy", 2023]], ["name", "born"], 3),
    "years above a first row with few cells": (
        [["region", 2021, 2022, 2023], ["A", N, N, N], ["B", 1.5, 2.5, 3.5], ["C", 4.5, 5.5, 6.5]],
        ["region", "2021", "2022", "2023"],
        3,
    ),
    "two first rows with few cells": (
        [["id", "a", "b", "c", "d"], ["x", 1.5, N, N, N], ["y", N, N, N, N], *(["z", 2.5, 3, 4, 5] for _ in range(3))],
        ["id", "a", "b", "c", "d"],
        5,
    ),
    "rows with few cells now and then": (
        [["id", "a"], *([at, N if at % 2 else at + 0.5] for at in range(20))],
        ["id", "a"],
        20,
    ),
    "texts and numbers of one kind": (
        [["level", "flag", "v", "n"], [N, True, N, 1], ["X", True, -99, 1], ["1", True, -99, 1]],
        ["level", "flag", "v", "n"],
        3,
    ),
    "texts only": (
        [["name", "city", "street"], ["Ann", N, N], ["Bob", "Lyon", "x"], ["Cy", "Nice", "y"]],
        ["name", "city", "street"],
        3,
    ),
}
"""By name: rows with few cells right below the names; the names, and the number of rows without units."""


@pytest.mark.parametrize("make", [xlsx, ods, None], ids=["xlsx", "ods", "csv"])
@pytest.mark.parametrize("title", [[], [["Sales 2024"], ["Source: office"], []]], ids=["no title", "a title"])
@pytest.mark.parametrize("name", SPARSE)
def test_rows_with_few_cells_below_the_names(
    tmp_path: Path, name: str, title: list[list[Any]], make: Callable[..., bytes] | None
) -> None:
    rows, names, count = SPARSE[name]
    if make is None:
        written = [*([*each, *[N] * (len(names) - len(each))] for each in title), *rows]
        content = "".join(";".join("" if cell is N else str(cell) for cell in row) + "\n" for row in written).encode()
    else:
        content = make([*title, *rows])
    table, cells = stored(tmp_path, content)
    assert [*cells] == names
    assert table.rows == count


UPPER: dict[str, tuple[list[list[Any]], list[str]]] = {
    "names of several columns": ([["Patient", N, "Measures", N]], ["id", "age", "weight", "size"]),
    "properties above a blank row": (
        [["Publisher", "X"], ["Date", D], ["Version", 2], []],
        ["id", "age", "weight", "size"],
    ),
}


@pytest.mark.parametrize("make", [xlsx, ods])
@pytest.mark.parametrize("name", UPPER)
def test_what_is_above_names_is_asked_about(tmp_path: Path, name: str, make: Callable[..., bytes]) -> None:
    above, names = UPPER[name]
    table, cells = stored(tmp_path, make([*above, names, [1, 30, 70.5, 170], [2, 40, 80.5, 180]]))
    assert [*cells] == names
    assert cells["size"] == [170, 180]
    found = of(table, "skipped_lines")
    assert (found.chosen, found.alternatives, found.sure) == (str(len(above)), ("0",), False)


def test_a_wide_row_above_a_header_stays_a_title(tmp_path: Path) -> None:
    title = [["Company", "Dupont", "City", "Lyon"], ["Date: 2024"]]
    rows = [["name", "age", "city", "pay"], ["Ann", 31, "Nice", 12.5], ["Bob", 42, "Lyon", 14.5]]
    _, cells = stored(tmp_path, xlsx([*title, *rows]))
    assert [*cells] == rows[0]
    assert cells["age"] == [31, 42]


def test_texts_that_look_missing_are_said(tmp_path: Path) -> None:
    table, cells = stored(tmp_path, xlsx([["c", "x"], ["NA", 1], ["FR", 2], ["NA", 3], ["null", 4]]))
    found = {each.facts["value"]: each for each in table.decisions if each.field == "missing"}
    assert {value: (each.chosen, each.reason, each.facts["count"]) for value, each in found.items()} == {
        "NA": ("text", Reason.MARKER_IN_QUOTES, 2),
        "null": ("text", Reason.MARKER_IN_QUOTES, 1),
    }
    assert cells["c"] == ["NA", "FR", "NA", "null"]


def test_the_format_is_told_by_the_content(tmp_path: Path) -> None:
    for make, form in ((xlsx, "xlsx"), (ods, "ods"), (xlsb, "xlsb"), (xls, "xls")):
        table, _ = stored(tmp_path, make(BASIC))
        assert (table.reading.format, of(table, "format").reason) == (form, Reason.WORKBOOK)


class TestSheets:
    BOOK: Final = {"Notes": [["About this file"]], "Data": BASIC, "More": [["a", "b"], [1, 2]]}

    def test_the_first_with_a_table_is_taken_and_others_make_it_unsure(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx(self.BOOK))
        decision = of(table, "sheet")
        assert (decision.chosen, decision.alternatives, decision.sure) == ("Data", ("More",), False)
        assert list(found) == HEAD

    def test_another_may_be_asked_for(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx(self.BOOK), sheet="More")
        assert found == {"a": [1.0], "b": [2.0]}
        assert of(table, "sheet").reason == Reason.ASKED
        with pytest.raises(InvalidRequest, match="no sheet “Other”"):
            stored(tmp_path, xlsx(self.BOOK), sheet="Other")

    def test_hidden_sheets_come_last(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx({"Old": [["z", "y"], [1, 2]], "Data": BASIC}, hidden=["Old"]))
        decision = of(table, "sheet")
        assert (decision.chosen, decision.alternatives, decision.sure) == ("Data", ("Old",), True)
        assert list(found) == HEAD

    def test_one_sheet_is_no_question(self, tmp_path: Path) -> None:
        table, _ = stored(tmp_path, xlsx({"Data": BASIC, "Empty": []}))
        assert not [each for each in table.decisions if each.field == "sheet"]
        assert table.reading.sheet == "Data"


class TestPlace:
    TITLED: Final = [["Sales"], ["in thousands", "of euros"], [], ["name", "x", "y"], ["a", 1, 2], ["b", 3, 4]]

    def test_rows_above_the_header_are_said(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx(self.TITLED))
        decision = of(table, "skipped_lines")
        assert (decision.chosen, decision.facts["lines"]) == ("3", "Sales / in thousands of euros")
        assert found == {"name": ["a", "b"], "x": [1.0, 3.0], "y": [2.0, 4.0]}

    def test_they_may_be_chosen(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx([["k", "l"], [1, 2], ["a", "b"], [3, 4]]), skipped_lines=2)
        assert found == {"a": [3.0], "b": [4.0]}
        assert table.reading.skipped_lines == 2

    def test_without_a_header(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx([[1, 2], [3, 4]]))
        assert (table.reading.header, found) == (False, {"column_1": [1.0, 3.0], "column_2": [2.0, 4.0]})
        _, found = stored(tmp_path, xlsx([[1, 2], [3, 4]]), header=True)
        assert found == {"1": [3.0], "2": [4.0]}

    def test_a_row_of_units(self, tmp_path: Path) -> None:
        content = xlsx([["site", "mass", "size"], [None, "kg", "cm"], ["a", 1, 2], ["b", 3, 4]])
        table, found = stored(tmp_path, content)
        assert of(table, "units_row").facts == {"cells": "kg, cm"}
        assert found["mass"] == [1.0, 3.0]

    def test_notes_and_totals_at_the_end(self, tmp_path: Path) -> None:
        content = xlsx([["site", "n", "m"], ["a", 1, 2], ["b", 3, 4], ["Total", 4, 6], [], ["Source: survey 2024"]])
        table, found = stored(tmp_path, content)
        assert (of(table, "footer_rows").chosen, of(table, "footer_rows").sure) == ("2", False)
        assert found == {"site": ["a", "b"], "n": [1.0, 3.0], "m": [2.0, 4.0]}
        _, found = stored(tmp_path, content, footer_rows=0)
        assert found["site"] == ["a", "b", "Total", "Source: survey 2024"]


class TestOddCells:
    def test_errors_are_missing_with_a_remark(self, tmp_path: Path) -> None:
        rows = [HEAD, ["a", Formula("#N/A")], ["b", 2], ["c", Formula("#N/A")], ["d", Formula("#DIV/0!")]]
        table, found = stored(tmp_path, xlsx(rows))
        assert found["x"] == [None, 2.0, None, None]
        said = {str(each.facts["value"]): each.facts["count"] for each in table.decisions if each.column == "x"}
        assert said == {"#N/A": 2, "#DIV/0!": 1}

    def test_numbers_as_texts_among_numbers_are_numbers_with_a_remark(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx([HEAD, *(["a", at] for at in range(20)), ["b", "21"]]))
        assert found["x"][-1] == 21.0
        decision = of(table, "type", "x")
        assert (decision.chosen, decision.reason, decision.facts) == ("number", Reason.NUMBERS_AS_TEXT, {"count": 1})
        _, found = stored(tmp_path, tmp_path.joinpath("file.csv").read_bytes(), texts=["x"])
        assert found["x"][-2:] == ["19", "21"]

    def test_a_column_of_numbers_as_texts_is_a_question(self, tmp_path: Path) -> None:
        content = xlsx([HEAD, ["a", "12"], ["b", "13"]])
        table, found = stored(tmp_path, content)
        assert found["x"] == ["12", "13"]
        decision = of(table, "type", "x")
        assert (decision.chosen, decision.alternatives, decision.sure) == ("text", ("number",), False)
        _, found = stored(tmp_path, content, numbers=["x"])
        assert found["x"] == [12.0, 13.0]

    def test_an_odd_text_among_numbers_is_said_and_may_be_missing(self, tmp_path: Path) -> None:
        content = xlsx([HEAD, *(["a", at + 0.5] for at in range(50)), ["b", "broken"]])
        table, found = stored(tmp_path, content)
        assert found["x"][-1] == "broken"
        assert [each.reason for each in table.decisions if each.column == "x"] == [Reason.ODD_CELLS]
        _, found = stored(tmp_path, content, columns={"x": {"missing": ["broken"]}})
        assert found["x"][-2:] == [49.5, None]

    def test_durations_are_said(self, tmp_path: Path) -> None:
        table, _ = stored(tmp_path, RIGHT["durations"][0])
        assert of(table, "type", "t").reason == Reason.SECONDS


class TestMergedCells:
    GROUPS: Final = [["region", "city", "n"], ["N", "a", 1], [None, "b", 2], ["S", "c", 3], [None, "d", 4]]

    def test_a_group_is_in_each_of_its_rows(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx(self.GROUPS, merged=["A2:A3", "A4:A5"]))
        assert found["region"] == ["N", "N", "S", "S"]
        decision = of(table, "merged", "region")
        assert (decision.reason, decision.facts, decision.sure) == (
            Reason.MERGED_CELLS,
            {"count": 2, "line": 3},
            True,
        )

    def test_an_ods(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, ods(self.GROUPS, merged={(1, 0): 2, (3, 0): 2}))
        assert found["region"] == ["N", "N", "S", "S"]
        assert of(table, "merged", "region").facts == {"count": 2, "line": 3}

    def test_groups_of_numbers_dates_and_several_columns(self, tmp_path: Path) -> None:
        rows = [["year", "day", "n", "m"], [2023, D, 1, 1], [None, None, 2, 2], [None, MIDNIGHT.date(), 3, 3]]
        table, found = stored(tmp_path, xlsx(rows, merged=["A2:A4", "B2:B3"]))
        assert found["year"] == [2023.0] * 3
        assert found["day"] == ["2024-02-11", "2024-02-11", "2024-02-12"]
        assert {each.column for each in table.decisions if each.field == "merged"} == {"year", "day"}

    def test_empty_cells_that_are_not_merged_stay_empty(self, tmp_path: Path) -> None:
        _, found = stored(tmp_path, xlsx(self.GROUPS, merged=["A4:A5"]))
        assert found["region"] == ["N", None, "S", "S"]

    def test_a_sheet_that_does_not_begin_at_a1(self, tmp_path: Path) -> None:
        _, found = stored(tmp_path, xlsx(self.GROUPS, at=(3, 2), merged=["C5:C6", "C7:C8"]))
        assert found["region"] == ["N", "N", "S", "S"]

    def test_rows_that_are_merged_as_a_whole_are_one_row(self, tmp_path: Path) -> None:
        rows = [["a", "b"], ["x", 1], [None, None], ["y", 2], [None, None]]
        merged = ["A2:A3", "B2:B3", "A4:A5", "B4:B5"]
        _, found = stored(tmp_path, xlsx(rows, merged=merged))
        assert found == {"a": ["x", "y"], "b": [1.0, 2.0]}

    def test_a_name_over_two_rows_is_a_name_and_no_cell(self, tmp_path: Path) -> None:
        rows = [["region", "men", None, None, None], [None, "a", "b", "c", "d"], ["N", 1, 2, 3, 4], ["S", 5, 6, 7, 8]]
        table, found = stored(tmp_path, xlsx(rows, merged=["A1:A2", "B1:E1"]))
        assert found == {"region": ["N", "S"], "a": [1.0, 5.0], "b": [2.0, 6.0], "c": [3.0, 7.0], "d": [4.0, 8.0]}
        assert not [each for each in table.decisions if each.field == "merged"]

    def test_a_name_merged_with_the_row_of_units(self, tmp_path: Path) -> None:
        rows = [["site", "mass", "size"], [None, "kg", "cm"], ["a", 1, 2], ["b", 3, 4]]
        table, found = stored(tmp_path, xlsx(rows, merged=["A1:A2"]))
        assert of(table, "units_row").facts == {"cells": "kg, cm"}
        assert found["site"] == ["a", "b"]


class TestFormulasWithoutResults:
    ROWS: Final = [["a", "b"], [1, Formula(2)], [2, Formula(4)]]

    def test_they_are_refused_with_the_repair(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidTable) as refused:
            stored(tmp_path, uncomputed(xlsx(self.ROWS)))
        assert refused.value.reason == "formulas_without_results"
        assert (refused.value.place["line"], refused.value.place["column"]) == (2, "b")
        assert "save it" in refused.value.hint
        assert "--drop b" in refused.value.hint

    def test_a_table_of_nothing_else_is_refused_with_the_same_reason(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidTable) as refused:
            stored(tmp_path, uncomputed(xlsx([["a", "b"], [Formula(1), Formula(2)], [Formula(3), Formula(4)]])))
        assert (refused.value.reason, refused.value.facts["columns"]) == ("formulas_without_results", ["a", "b"])

    def test_those_of_an_ods_are_refused(self, tmp_path: Path) -> None:
        rows = [["a", "b", "c"], [1, Formula(2), Formula(None)], [2, Formula(4), Formula(None)]]
        with pytest.raises(InvalidTable) as refused:
            stored(tmp_path, ods(rows))
        assert (refused.value.reason, refused.value.facts["columns"]) == ("formulas_without_results", ["c"])
        _, found = stored(tmp_path, ods([row[:2] for row in rows]))
        assert found == {"a": [1.0, 2.0], "b": [2.0, 4.0]}

    def test_one_of_them_among_numbers_is_refused(self, tmp_path: Path) -> None:
        rows = [["a", "b", "c"], [1, 5, Formula(1)], [2, Formula(4), Formula(1)], [3, 6, Formula(1)]]
        with pytest.raises(InvalidTable) as refused:
            stored(tmp_path, uncomputed(xlsx(rows)))
        assert refused.value.facts["columns"] == ["b", "c"]
        assert refused.value.place["line"] == 3

    def test_a_preview_refuses_them_and_a_dropped_column_may_have_them(self, tmp_path: Path) -> None:
        file = tmp_path / "x"
        file.write_bytes(uncomputed(xlsx(self.ROWS)))
        with pytest.raises(InvalidTable):
            sniff(file)
        assert sniff(file, dropped=["b"]).rows == [{"a": 1.0, "b": None}, {"a": 2.0, "b": None}]
        read(file, tmp_path / "stored", batch_filter=Anonymiser([Drop(column="b")]))

    def test_those_of_a_total_at_the_end_do_not_count(self, tmp_path: Path) -> None:
        rows = [["site", "n", "m"], ["a", 1, 2], ["b", 3, 4], ["Total", Formula(4), Formula(6)]]
        _, found = stored(tmp_path, uncomputed(xlsx(rows)), footer_rows=1)
        assert found["n"] == [1.0, 3.0]

    def test_results_that_are_all_zero_are_said(self, tmp_path: Path) -> None:
        content = xlsx([["a", "b"], [1, Formula(0)], [2, Formula(0)]])
        table, found = stored(tmp_path, content)
        assert found["b"] == [0.0, 0.0]
        decision = of(table, "type", "b")
        assert (decision.reason, decision.facts, decision.sure) == (
            Reason.FORMULAS_ARE_ZERO,
            {"count": 2, "line": 2},
            False,
        )
        table, _ = stored(tmp_path, content, numbers=["b"])
        assert of(table, "type", "b").sure

    def test_another_result_tells_that_they_were_computed(self, tmp_path: Path) -> None:
        table, _ = stored(tmp_path, xlsx([["a", "b"], [1, Formula(0)], [2, Formula(4)]]))
        assert not [each for each in table.decisions if each.column == "b"]


ZEROS: dict[str, tuple[str, list[int], list[str]]] = {
    "post codes": ("00000", [1000, 75001], ["01000", "75001"]),
    "none begins with zero": ("00000", [75001, 69001], ["75001", "69001"]),
    "months": ("00", [1, 12], ["01", "12"]),
    "social security": ("000-00-0000", [12345678, 123456789], ["012-34-5678", "123-45-6789"]),
    "phone": ('0#" "##" "##" "##" "##', [123456789, 612345678], ["01 23 45 67 89", "06 12 34 56 78"]),
    "a prefix": ('"FR"000', [7, 42], ["FR007", "FR042"]),
    "escaped": ("00\\.000", [1234, 12345], ["01.234", "12.345"]),
    "longer than the format": ("000", [7, 12345], ["007", "12345"]),
    "with a format of negative ones": ("0000;-0000", [7, -8], ["0007", "-0008"]),
}
"""By name: a number format, numbers, and what is shown."""


UNITS: Final = [
    (('"$"#,##0.00', "[$€-407] #,##0.00"), ["$10", "€20.5"]),
    (("#,##0.00 [$€-407]", "[$£-809]#,##0.00"), ["10 €", "£20.5"]),
    (("[$USD] 0.00", "[$EUR] 0.00"), ["USD10", "EUR20.5"]),
    (("$0", "\\€0"), ["$10", "€20.5"]),
    (('0.0" kg"', '0.0" lb"'), ["10 kg", "20.5 lb"]),
    (('_("$"* #,##0.00_)', '_-* #,##0.00\\ "€"_-'), ["$10", "20.5 €"]),
]
"""Number formats of two cells, and what is shown of 10 and 20.5."""


class TestNumberFormats:
    def test_leading_zeros_make_a_code(self, tmp_path: Path) -> None:
        cells = [[Shown(numbers[at], shape) for shape, numbers, _ in ZEROS.values()] for at in (0, 1)]
        content = xlsx([[*ZEROS], *cells])
        table, found = stored(tmp_path, content)
        assert found == {name: shown for name, (_, _, shown) in ZEROS.items()}
        for name in ZEROS:
            decision = of(table, "type", name)
            assert (decision.chosen, decision.reason, decision.alternatives) == (
                "text",
                Reason.SHOWN_WITH_ZEROS,
                ("number",),
            )
        _, found = stored(tmp_path, content, numbers=[*ZEROS])
        assert found == {name: [*map(float, numbers)] for name, (_, numbers, _) in ZEROS.items()}
        _, found = stored(tmp_path, content, texts=["months"])
        assert found["months"] == ["01", "12"]

    def test_other_formats_give_numbers(self, tmp_path: Path) -> None:
        shapes = [
            "0",
            "#,##0",
            "# ##0",
            "0.00",
            "00.00",
            "0%",
            "0.00E+00",
            "000,000",
            "@",
            "General",
            "# ??/??",
            '0" kg"',
        ]
        rows = [[Shown(number, shape) for shape in shapes] for number in (7, 12)]
        table, found = stored(tmp_path, xlsx([[f"x{at}" for at in range(len(shapes))], *rows]))
        assert all(cells == [7.0, 12.0] for cells in found.values())
        assert not [each for each in table.decisions if each.field == "type"]

    def test_codes_beside_texts_and_plain_numbers_are_texts(self, tmp_path: Path) -> None:
        rows = [["dept", "x"], [Shown(1, "00"), 1], ["2A", 2], [75, 3]]
        _, found = stored(tmp_path, xlsx(rows))
        assert found["dept"] == ["01", "2A", "75"]

    def test_numbers_that_are_not_whole_are_no_codes(self, tmp_path: Path) -> None:
        _, found = stored(tmp_path, xlsx([HEAD, ["a", Shown(7, "00")], ["b", Shown(7.5, "00")]]))
        assert found["x"] == [7.0, 7.5]

    def test_different_currencies_and_units_are_asked_about(self, tmp_path: Path) -> None:
        cells = [[Shown(value, shapes[at]) for shapes, _ in UNITS] for at, value in enumerate((10, 20.5))]
        names = [f"x{at}" for at in range(len(UNITS))]
        content = xlsx([names, *cells])
        table, found = stored(tmp_path, content)
        for name, (_, shown) in zip(names, UNITS, strict=True):
            assert found[name] == shown
            decision = of(table, "type", name)
            assert (decision.reason, decision.chosen, decision.sure) == (Reason.DIFFERENT_UNITS, "text", False)
            assert decision.facts == {"examples": ", ".join(shown)}
        _, found = stored(tmp_path, content, numbers=names)
        assert all(cells == [10.0, 20.5] for cells in found.values())

    def test_the_same_is_said_of_an_xls(self, tmp_path: Path) -> None:
        rows = [
            ["price", "code", "weight", "x"],
            [Shown(12.5, '#,##0.00 "€"'), Shown(1000, "00000"), Shown(12, '0 "kg"'), 1],
            [Shown(8.5, '"$"#,##0.00'), Shown(75011, "00000"), Shown(8, '0 "kg"'), 2],
        ]
        table, found = stored(tmp_path, xls(rows))
        assert found == {"price": ["12.5 €", "$8.5"], "code": ["01000", "75011"], "weight": [12, 8], "x": [1, 2]}
        said = {each.column: (each.reason, each.sure) for each in table.decisions if each.field == "type"}
        assert said == {"price": (Reason.DIFFERENT_UNITS, False), "code": (Reason.SHOWN_WITH_ZEROS, True)}
        _, found = stored(tmp_path, xls(rows), numbers=["price", "code"])
        assert (found["price"], found["code"]) == ([12.5, 8.5], [1000.0, 75011.0])

    @pytest.mark.parametrize("at", [48, 76, 512, 520, 700])
    def test_an_xls_whose_formats_are_broken_has_none_or_is_refused(self, tmp_path: Path, at: int) -> None:
        content = bytearray(xls([["price", "x"], [Shown(12.5, '0 "€"'), 1], [Shown(8.5, '"$"0'), 2]]))
        content[at : at + 8] = b"\x01\0\0\0\xff\xff\0\0"
        with suppress(TableeError):
            stored(tmp_path, bytes(content))

    def test_the_same_is_said_of_an_ods(self, tmp_path: Path) -> None:
        columns: dict[str, tuple[list[Any], list[str | float], Reason | None]] = {
            "currencies": ([Shown(12.5, "EUR"), Shown(8.5, "USD")], ["12.5 EUR", "8.5 USD"], Reason.DIFFERENT_UNITS),
            "units": ([Shown(12, "12 kg"), Shown(8, "8 lb")], ["12 kg", "8 lb"], Reason.DIFFERENT_UNITS),
            "signs": ([Shown(1200.5, "1 200,50 €"), Shown(8, "$8.00")], ["1200.5 €", "8 $"], Reason.DIFFERENT_UNITS),
            "zeros": ([Shown(1000, "01000"), Shown(75011, "75011")], ["01000", "75011"], Reason.SHOWN_WITH_ZEROS),
            "one currency": ([Shown(12.5, "EUR"), Shown(8.5, "EUR")], [12.5, 8.5], None),
            "one unit": ([Shown(12, "12 kg"), Shown(8, "8 kg")], [12.0, 8.0], None),
            "percent": ([Shown(0.12, "12 %"), Shown(0.5, "50 %")], [0.12, 0.5], None),
            "powers": ([Shown(1e9, "1E+09"), Shown(2e9, "2E+09")], [1e9, 2e9], None),
            "decimals": ([Shown(0.5, "0,50"), Shown(1.5, "1,50")], [0.5, 1.5], None),
        }
        content = ods([[*columns], *zip(*(cells for cells, _, _ in columns.values()), strict=True)])
        table, found = stored(tmp_path, content)
        assert found == {name: cells for name, (_, cells, _) in columns.items()}
        said = {each.column: each.reason for each in table.decisions if each.field == "type"}
        assert said == {name: reason for name, (_, _, reason) in columns.items() if reason}
        _, found = stored(tmp_path, content, numbers=["currencies", "zeros"])
        assert (found["currencies"], found["zeros"]) == ([12.5, 8.5], [1000.0, 75011.0])

    def test_the_sign_of_a_number_stands_before_its_currency(self, tmp_path: Path) -> None:
        rows = [HEAD, ["a", Shown(-1.5, '"$"0')], ["b", Shown(-2, '0" €"')]]
        assert stored(tmp_path, xlsx(rows))[1]["x"] == ["-$1.5", "-2 €"]

    def test_a_model_that_knows_numbers_or_texts_reads_them(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(xlsx([["code", "x"], [Shown(7, "000"), 1], [Shown(12, "000"), 2]]))
        source = Source.of(tmp_path / "file")
        for known, right in ((CellFormat(), ["007", "012"]), (CellFormat(number=NumberFormat()), [7.0, 12.0])):
            reading = Reading(format="xlsx", sheet="Sheet1", cells={"code": known})
            (block,) = SpreadsheetReader(source, reading).blocks()
            assert block.frame["code"].to_list() == right

    def test_one_currency_for_each_column_is_a_number(self, tmp_path: Path) -> None:
        rows = [["a", "b"], [Shown(1, '"$"0'), Shown(2, '"€"0')], [Shown(3, '"$"0.00'), Shown(4, '"€"0')]]
        _, found = stored(tmp_path, xlsx(rows))
        assert found == {"a": [1.0, 3.0], "b": [2.0, 4.0]}

    @pytest.mark.parametrize(
        ("cells", "facts"),
        [
            ([D, "then", "31/01/2024"], {"count": 2, "line": 3, "value": "then"}),
            ([D, 45000, None], {"count": 1, "line": 3, "value": "45000"}),
            (["soon", T, T], {"count": 1, "line": 2, "value": "soon"}),
            ([D] * 20 + ["soon"], {"count": 1, "line": 22, "value": "soon"}),
        ],
    )
    def test_other_cells_among_dates_are_said_with_the_line(
        self, tmp_path: Path, cells: list[Any], facts: dict[str, Any]
    ) -> None:
        rows = [["d", "x"], *([each, at] for at, each in enumerate(cells))]
        table, _ = stored(tmp_path, xlsx(rows))
        (decision,) = [each for each in table.decisions if each.reason is Reason.DATES_AMONG_OTHERS]
        assert (decision.column, decision.facts) == ("d", facts)

    def test_dates_that_are_texts_are_said_with_the_line(self, tmp_path: Path) -> None:
        table, found = stored(tmp_path, xlsx([["d", "x"], [D, 1], ["31/01/2024", 2], ["05/06/2024", 3]]))
        assert found["d"] == ["2024-02-11", "2024-01-31", "2024-06-05"]
        decision = of(table, "type", "d")
        assert (decision.reason, decision.chosen) == (Reason.DATES_AS_TEXT, "date")
        assert decision.facts == {"count": 2, "line": 3, "value": "31/01/2024"}


REFUSED: dict[str, tuple[bytes, str]] = {
    "encrypted": (compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y"}), "encrypted_workbook"),
    "empty": (xlsx([]), "empty_workbook"),
    "a header alone": (xlsx([["a", "b"]]), "no_rows_below_header"),
    "a document of a word processor": (
        zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        "office_document",
    ),
    "an old document of another program": (compound({"WordDocument": b"x"}), "other_file_type"),
    "broken": (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<wo"}), "broken_workbook"),
    "two cells at far corners": (b"", "workbook_too_large"),
    "in gzip": (gzip.compress(xlsx(BASIC)), "packed_workbook"),
}
"""By name: a file that is refused, and the reason."""


def far() -> bytes:
    """A workbook whose sheet would need hundreds of gigabytes."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    content, reason = REFUSED[name]
    with pytest.raises(InvalidTable) as refused:
        stored(tmp_path, content or far())
    assert refused.value.reason == reason


def test_a_workbook_that_unfolds_too_far_is_refused_whatever_it_says_of_its_size(tmp_path: Path) -> None:
    bomb = xlsx([["a"], ["x" * 30_000]] + [["y" * 30_000]] * 400)
    with pytest.raises(InvalidTable, match="unfolds to more than"):
        stored(tmp_path, bomb, Limits(unpacked_bytes=1000))
    place = bomb.index(b"PK\x01\x02") + 24  # the size in the directory
    lying = bomb[:place] + bytes(4) + bomb[place + 4 :]
    with pytest.raises(InvalidTable):
        stored(tmp_path, lying, Limits(unpacked_bytes=1000))


def test_a_broken_second_sheet_is_said(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx({"One": BASIC, "Two": BASIC}))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet2.xml"] = members["xl/worksheets/sheet2.xml"].replace(b"<v>2.5</v>", b"<v>2.5<")
    with pytest.raises(InvalidTable) as refused:
        stored(tmp_path, zipped(members))
    assert refused.value.reason == "broken_workbook"


@pytest.mark.parametrize("make", [xls, xlsb])
def test_a_workbook_with_a_broken_byte_is_read_or_refused(tmp_path: Path, make: Callable[..., bytes]) -> None:
    data = make(BASIC)
    begin = data.index(b"Sheet1") if make is xls else len(data) // 2
    for place in range(begin, begin + 60, 10):
        for broken in (data[:place] + b"\xff" + data[place + 1 :], data[:place] + data[place + 1 :]):
            try:
                stored(tmp_path, broken)
            except InvalidTable as error:
                assert error.reason != "workbook_too_large"


def test_a_preview_shows_the_table(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(xlsx([["Sales"], [], *BASIC]))
    found = sniff(file, "x.xlsx")
    assert (found.columns, found.kinds["x"], found.rows[0]) == (HEAD, "number", {"name": "é", "x": 1.0})


CELLS = st.none() | st.booleans() | st.floats(-1e9, 1e9) | st.integers(-9, 9) | st.sampled_from(["a", "NA", "0", "é"])


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_any_cells_are_read_or_refused_and_numbers_are_never_changed(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
) -> None:
    header = ["a column", "another", "third"]
    try:
        _, found = stored(
            tmp_path_factory.mktemp("x"),
            xlsx([header, *rows]),
            skipped_lines=0,
            header=True,
            footer_rows=0,
            units_row=False,
        )
    except TableeError:
        assert not any(cell is not None for row in rows for cell in row)
        return
    filled = [row for row in rows if any(cell is not None for cell in row)]
    for at, name in enumerate(header):
        for old, new in zip((row[at] for row in filled), found[name], strict=True):
            if isinstance(new, float):
                assert float(old) == pytest.approx(new, rel=1e-15)
            elif isinstance(old, bool):
                assert new == str(old).lower()
            elif new is None:
                assert old is None or old == "NA"
            elif isinstance(old, str):
                assert new == old
            else:
                assert float(new) == pytest.approx(old, rel=1e-15)
