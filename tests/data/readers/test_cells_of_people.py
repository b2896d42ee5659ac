"""Numbers and dates as people write them, in whole files: what is read, what is asked, and what is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
import xlsxwriter

from tablee.datasets.questions import answered, options, questions
from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.errors import InvalidTable
from tablee.tables.cells.dates import parse
from tablee_data.readers import read
from tablee_data.readers.table import Table


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    """A function that reads the text of a file: its cells by column, and what was decided."""

    def read_text(text: str, **asked: Any) -> tuple[dict[str, list[Any]], Table]:
        file = tmp_path / "people.csv"
        file.write_text(text)
        found = read(file, tmp_path / "cells.parquet", asked=Corrections.model_validate(asked))
        return pl.read_parquet(tmp_path / "cells.parquet").to_dict(as_series=False), found

    return read_text


def of(table: Table, column: str) -> list[Decision]:
    return [each for each in table.decisions if each.column == column]


@pytest.mark.parametrize(
    "text",
    [
        "id,v\n1,1234567890123456.78\n2,1234567890123456.79\n3,1.5\n",
        "id;v\n1;1234567890123456,78\n2;-2234567890123456,79\n3;1,5\n",
        "id;v\n1;9.007.199.254.740.993\n2;12\n",
        "id;v\n1;1 234 567 890 123 456 789\n2;12\n",
        'id,v\n1,"9,007,199,254,740,993"\n2,12\n',
        "id;v\n1;1'234'567'890'123'456.78\n2;1.5\n",
    ],
)
def test_numbers_whose_digits_float64_does_not_hold_are_texts(opened: Any, text: str) -> None:
    cells, table = opened(text)
    assert cells["v"] == [line.partition("," if "id," in text else ";")[2].strip('"') for line in text.splitlines()[1:]]
    (said,) = of(table, "v")
    assert (said.field, said.chosen, said.reason, said.sure) == ("type", "text", Reason.CODES, True)
    assert opened(text, numbers=["v"])[0]["v"][1] in (-2234567890123456.79, 1234567890123456.79, 12.0, 1.5)


def test_a_block_of_large_amounts_that_is_parsed_at_once_keeps_all_digits(opened: Any) -> None:
    """The first block has shown plain numbers; the second one has 16 digits before the point."""
    rows = "".join(f"{number}.25,{number}\n" for number in range(400_000))
    cells, table = opened(f"v,n\n{rows}1234567890123456.79,1\n")
    assert cells["v"][-1] == "1234567890123456.79"
    assert [each.reason for each in of(table, "v")] == [Reason.CODES]


@pytest.mark.parametrize(
    ("marker", "values"),
    [
        (":", [1.5, 2.5, 3.0]),
        ("..", [1.5, 2.5, 3.0]),
        ("...", [10, 20, 30]),
        ("<NA>", [10, 20, 30]),
        ("na", [1.5, 2.5, 3.0]),
        ("k.A.", [1.5, 2.5, 3.0]),
        ("#DIV/0!", [10, 20, 30]),
        ("#VALEUR!", [1.5, 2.5, 3.0]),
        ("1.#QNAN", [1.5, 2.5, 3.0]),
        ("-1.#IND", [1.5, 2.5, 3.0]),
        ("NaT", ["2024-01-05", "2024-02-06", "2024-03-17"]),
        ("..", ["2024-01-05", "2024-02-06", "2024-03-17"]),
    ],
)
def test_markers_of_statistics_among_numbers_and_dates_are_missing(opened: Any, marker: str, values: list[Any]) -> None:
    rows = "".join(f"{marker},x\n{value},{marker}\n" for value in values)
    cells, table = opened(f"v,t\n{rows}")
    assert cells["v"] == [each for value in values for each in (None, value)]
    assert cells["t"][1] == marker
    assert not of(table, "v")


@pytest.mark.parametrize(
    ("marker", "values", "kind"),
    [
        ("s", [1.5, 2.5, 3.0, 4.0], "number"),
        ("*", [10, 20, 30, 40, 50], "number"),
        ("x", [-1, 2, 2], "number"),
        ("unbekannt", ["2024-01-05", "2024-02-06"], "date"),
        ("inf", [1.5, 2.5, 4.0], "number"),
        ("confidential", [1.5, 2.5, 3.0], "number"),
    ],
)
def test_a_text_that_is_repeated_among_numbers_or_dates_is_asked_about(
    opened: Any, marker: str, values: list[Any], kind: str
) -> None:
    text = "v,t\n" + "".join(f"{value},x\n" for value in [*values, marker, marker] * 3)
    cells, table = opened(text)
    assert cells["v"][: len(values)] == [*map(str, values)]
    (question,) = questions(of(table, "v"))
    line = len(values) + 2
    assert question.facts == {"value": marker, "count": 6, "line": line, "kind": kind}
    assert (question.chosen, question.alternatives, question.reason) == ("text", (kind,), Reason.ODD_CELLS)
    answer = answered(Corrections(), question, kind, table.decisions)
    assert f"--also-missing {'v=' + marker!r}" in options(answer).replace('"', "'") or marker in options(answer)
    cells, table = opened(text, **answer.model_dump(exclude_defaults=True))
    assert cells["v"] == [*values, None, None] * 3
    assert not questions(of(table, "v"))


@pytest.mark.parametrize(
    "values",
    [
        ["1", "2", "X"],
        ["1", "2", "3", "4", "good"],
        ["10", "11", "12", "13", "14", "15", "2A", "2B"],
        ["1.5", "2.5", "a", "b", "c", "d"],
        ["1.5", "low", "high", "low"],
    ],
)
def test_levels_among_few_numbers_are_texts_without_a_question(opened: Any, values: list[str]) -> None:
    cells, table = opened("v,t\n" + "".join(f"{value},x\n" for value in values * 9))
    assert cells["v"] == values * 9
    assert not of(table, "v")


@pytest.mark.parametrize(
    ("text", "asked", "line", "value"),
    [
        ('v,t\n"1,234.50",x\n(250.00),x\n12.00,x\n', {"numbers": ["v"]}, 3, "(250.00)"),
        ("v;t\n1.234,56-;x\n12,00;x\n3,10;x\n", {"numbers": ["v"]}, 2, "1.234,56-"),
        ("v,t\n12%,x\n0.2,x\n0.35,x\n45%,x\n", {"numbers": ["v"]}, 2, "12%"),
        ("v;t\n1,5;x\n2.5;x\n3,5;x\n4.25;x\n", {"numbers": ["v"]}, 3, "2.5"),
        ("v;t\nzwei;x\neins;x\ndrei;x\nvier;x\n", {"numbers": ["v"]}, 2, "zwei"),
        ("v;t\n1.5;x\n2.5;x\n3.5;x\n4.5;x\n", {"columns": {"v": {"decimal": ","}}}, 2, "1.5"),
        ("v;t\n1 500;x\n2.500.000;x\n3 500;x\n4.5;x\n", {"columns": {"v": {"thousands": " "}}}, 3, "2.500.000"),
    ],
)
def test_numbers_that_a_person_wants_and_that_are_none_are_refused(
    opened: Any, text: str, asked: dict[str, Any], line: int, value: str
) -> None:
    with pytest.raises(InvalidTable) as refused:
        opened(text, **asked)
    facts = refused.value.facts
    assert (refused.value.reason, facts["column"], facts["value"]) == ("not_a_number", "v", value)
    assert facts["line"] == line


@pytest.mark.parametrize("ending", ["jsonl", "xlsx"])
def test_repeated_texts_among_numbers_of_typed_files_are_asked_about(tmp_path: Path, ending: str) -> None:
    file, target = tmp_path / f"people.{ending}", tmp_path / "cells.parquet"
    rows = [{"v": "s" if number % 4 == 0 else number + 0.5, "t": "x"} for number in range(24)]
    if ending == "jsonl":
        file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for line, cells in enumerate([["v", "t"], *([*row.values()] for row in rows)]):
                sheet.write_row(line, 0, cells)
    table = read(file, target)
    (question,) = questions(of(table, "v"))
    assert (question.reason, question.facts["value"], question.facts["count"]) == (Reason.ODD_CELLS, "s", 6)
    read(file, target, asked=answered(Corrections(), question, "number", table.decisions))
    assert pl.read_parquet(target)["v"].to_list() == [None if each["v"] == "s" else each["v"] for each in rows]


def test_corrections_of_typed_columns_are_followed_or_refused(tmp_path: Path) -> None:
    file, target = tmp_path / "people.parquet", tmp_path / "cells.parquet"
    pl.DataFrame({"t": ["1", "2", "-"], "n": [45000.5, None, 3.0]}).write_parquet(file)
    read(file, target, asked=Corrections(numbers=("t",)))
    assert pl.read_parquet(target)["t"].to_list() == [1.0, 2.0, None]
    with pytest.raises(InvalidTable, match="n") as refused:
        read(file, target, asked=Corrections(dates={"n": "%Y-%m-%d"}))
    assert (refused.value.reason, refused.value.facts["value"]) == ("not_a_date", "45000.5")
    pl.DataFrame({"t": ["1", "two", "3"]}).write_parquet(file)
    with pytest.raises(InvalidTable) as refused:
        read(file, target, asked=Corrections(numbers=("t",)))
    assert (refused.value.reason, refused.value.facts["value"]) == ("not_a_number", "two")


@pytest.mark.parametrize(
    ("cells", "pattern", "dates"),
    [
        (["03MAR2024", "14FEB2023"], "%d%b%Y", ["2024-03-03", "2023-02-14"]),
        (["3Mar2024", "1Jan2023"], "%d%b%Y", ["2024-03-03", "2023-01-01"]),
        (["03mar24", "14feb23"], "%d%b%y", ["2024-03-03", "2023-02-14"]),
        (
            ["03MAR2024:10:15:00", "14FEB2023:23:05:09"],
            "%d%b%Y:%H:%M:%S",
            ["2024-03-03T10:15:00", "2023-02-14T23:05:09"],
        ),
        (
            ["3/28/2024 10:15 AM", "11/2/2024 12:30 pm"],
            "%m/%d/%Y %I:%M %p",
            ["2024-03-28T10:15:00", "2024-11-02T12:30:00"],
        ),
        (["3/28/2024 1:15:07 AM"], "%m/%d/%Y %I:%M:%S %p", ["2024-03-28T01:15:07"]),
        (["28.03.2024 12:15am"], "%d.%m.%Y %I:%M%p", ["2024-03-28T00:15:00"]),
        (["28/03/2024 10h15", "1/3/2024 9h05"], "%d/%m/%Y %Hh%M", ["2024-03-28T10:15:00", "2024-03-01T09:05:00"]),
        (["28.03.2024, 10:15"], "%d.%m.%Y, %H:%M", ["2024-03-28T10:15:00"]),
        (["3 mars 2024 10h15"], "%d %B %Y %Hh%M", ["2024-03-03T10:15:00"]),
        (["March 3, 2024 10:15 PM"], "%B %d, %Y %I:%M %p", ["2024-03-03T22:15:00"]),
        (["2024-03-12", "31/01/2024", "05/06/2024"], "%d/%m/%Y", ["2024-03-12", "2024-01-31", "2024-06-05"]),
    ],
)
def test_ways_of_writing_dates(opened: Any, cells: list[str], pattern: str, dates: list[str]) -> None:
    found, table = opened("id;d\n" + "".join(f"{row};{cell}\n" for row, cell in enumerate(cells)))
    date = table.reading.cells["d"].date
    assert date is not None
    assert (date.pattern, found["d"]) == (pattern, dates)
    assert opened("d;id\n" + "".join(f"{cell};1\n" for cell in cells), dates={"d": pattern})[0]["d"] == dates
    if "2024-03-12" not in cells:
        assert parse(pl.Series(cells), date).to_list() == dates


@pytest.mark.parametrize(
    "cells",
    [
        ["3/12/2024 10:15 AM", "11/2/2024 11:30 PM"],
        ["12/03/2024 10h15", "02/11/2024 23h30"],
        ["12.03.2024, 10:15", "02.11.2024, 23:30"],
        ["2024-03-12", "05/06/2024", "07/08/2024"],
    ],
)
def test_orders_that_nothing_tells_are_asked_about(opened: Any, cells: list[str]) -> None:
    _, table = opened("id,d\n" + "".join(f'{row},"{cell}"\n' for row, cell in enumerate(cells)))
    (question,) = questions(of(table, "d"))
    assert (question.field, len(question.examples)) == ("dates", 2)


@pytest.mark.parametrize(
    ("text", "reason", "line", "value"),
    [
        ('v,t\n"1,234.50",x\n(250.00),x\n"(1,000.00)",x\n12.00,x\n', Reason.PARENTHESES, 3, "(250.00)"),
        ("v;t\n(1,5);x\n2,5;x\n3,5;x\n", Reason.PARENTHESES, 2, "(1,5)"),
        ("v;t\n1.234,56-;x\n12,00;x\n500,00-;x\n3,10;x\n", Reason.MINUS_BEHIND, 2, "1.234,56-"),
        ("v,t\n5.2,x\n3.1-,x\n0.4 -,x\n", Reason.MINUS_BEHIND, 3, "3.1-"),
        ('v,t\n"45,678",x\n"12,34,567.50",x\n"1,23,456",x\n', Reason.INDIAN_GROUPS, 3, "12,34,567.50"),
        ("v;t\n12,34,567;x\n1,23,456.50;x\n", Reason.INDIAN_GROUPS, 2, "12,34,567"),
        ("v;t\n1,5;x\n2.5;x\n3,5;x\n4.25;x\n", Reason.MIXED_NUMBERS, 2, "1,5"),
        ("v;t\n1,5;x\n\n;x\n2,5;x\n1.234.567;x\n1.234,5;x\n4.25;x\n", Reason.MIXED_NUMBERS, 8, "4.25"),
        ("v;t\n1 234,5;x\n1.234,5;x\n2.234,5;x\n", Reason.MIXED_NUMBERS, 2, "1 234,5"),
        ("v;t\n12/03/2024;x\n31/01/2024;x\n01/31/2024;x\n05/06/2024;x\n", Reason.MIXED_DATES, 4, "01/31/2024"),
        ("v;t\n12/03/2024;x\n02-11-2023;x\n05.06.2024;x\n", Reason.MIXED_DATES, 3, "02-11-2023"),
    ],
)
def test_it_is_said_why_numbers_and_dates_stay_texts(
    opened: Any, text: str, reason: Reason, line: int, value: str
) -> None:
    cells, table = opened(text)
    assert value in cells["v"]
    (said,) = of(table, "v")
    assert (said.field, said.chosen, said.reason, said.sure) == ("type", "text", reason, True)
    assert said.facts == {"value": value, "line": line}
    assert [each.column for each in questions(table.decisions)].count("v") == 0


def test_a_way_of_writing_far_below_is_said_with_its_line(opened: Any) -> None:
    rows = "".join(f"{number}.25,{number}\n" for number in range(300_000))
    negative = "".join(f"({number}.5),3\n" for number in range(9999))
    _, table = opened(f"v,n\n{rows}{negative}")
    (said,) = of(table, "v")
    assert (said.reason, said.facts) == (Reason.PARENTHESES, {"value": "(0.5)", "line": 300_002})


@pytest.mark.parametrize(
    "cells",
    [
        ["(1)", "(2)", "(3)"],
        ["10.0.0.1", "192.168.1.254", "172.16.0.1"],
        ["06 12 34 56 78", "07 12 34 56 78", "06 99 34 56 78"],
        ["1.2.3", "1.2.4", "2.0.0"],
        ["12-34", "56-78", "90-12"],
        ["007", "1,5", "2.5.1"],
        ["a", "b", "1.5"],
        ["20-21-22", "5-6-7", "1-1"],
        ["12", "13", "many", "14", "15"],
    ],
)
def test_nothing_is_said_of_other_texts(opened: Any, cells: list[str]) -> None:
    _, table = opened("v;t\n" + "".join(f"{cell};x\n" for cell in cells))
    reasons = {each.reason for each in of(table, "v")}
    assert not reasons & {Reason.PARENTHESES, Reason.MINUS_BEHIND, Reason.INDIAN_GROUPS, Reason.MIXED_NUMBERS}
    assert Reason.MIXED_DATES not in reasons


NUMBERS, DAYS = (
    [*map(str, range(1000))],
    [f"{1 + each % 28:02d}/{1 + each // 28 % 12:02d}/2023" for each in range(1000)],
)
ODD: dict[str, tuple[list[str], list[str], str]] = {
    "four different ones": (NUMBERS * 20, ["a", "b", "c", "d"], "number"),
    "codes of a survey": (NUMBERS, ["refus", "nsp", "autre", "sans objet"], "number"),
    "thirty different ones": (NUMBERS, [f"err{each}" for each in range(30)], "number"),
    "twenty different words, a fifth of the cells": (
        NUMBERS[:100],
        [f"w{'xy'[each % 2]}{chr(97 + each)}" for each in range(20)],
        "number",
    ),
    "words among dates, one of them often": (DAYS, ["néant"] * 9 + [*"abcdefgh"], "date"),
    "the date of nothing": (DAYS, ["0000-00-00"] * 30, "date"),
    "the same with slashes": (DAYS[:60], ["00/00/0000"] * 2, "date"),
    "several days that are none": (DAYS, ["31/02/2023", "31/04/2023", "30/02/2023", "31/06/2023"], "date"),
    "a repeated text with digits": (NUMBERS, ["n1"] * 20, "number"),
}
"""By name: numbers or dates, and the odd cells among them."""


@pytest.mark.parametrize("name", ODD)
def test_odd_cells_of_any_number_are_asked_about(opened: Any, name: str) -> None:
    cells, odd, kind = ODD[name]
    column = [*cells[: len(cells) // 2], *odd, *cells[len(cells) // 2 :]]
    text = "v,t\n" + "".join(f"{cell},x\n" for cell in column)
    found, table = opened(text)
    assert found["v"] == column
    asked = questions(of(table, "v"))
    different = [*dict.fromkeys(odd)]
    if len(different) > 5:
        (one,) = asked
        assert (one.reason, one.chosen, one.alternatives) == (Reason.MANY_ODD_CELLS, "text", (kind,))
        assert (one.facts["count"], one.facts["value"]) == (len(odd), odd[0])
        assert {each.value: each.count for each in one.odd} == Counter(odd)
        assert all(each.line == column.index(each.value) + 2 for each in one.odd)
        assert not questions(of(opened(text, texts=["v"])[1], "v"))
    else:
        assert [each.facts["value"] for each in asked] == different
    answers = Corrections()
    for each in asked:
        answers = answered(answers, each, kind, table.decisions)
    found, table = opened(text, **answers.model_dump(exclude_defaults=True))
    assert table.columns[0].kind == kind
    assert [cell is None for cell in found["v"]] == [cell in odd for cell in column]


@pytest.mark.parametrize(("cells", "kind"), [(NUMBERS, "number"), (DAYS, "date")])
def test_too_many_odd_cells_are_a_remark(opened: Any, cells: list[str], kind: str) -> None:
    odd = [f"err{each}" for each in range(60)]
    column = [*cells[: len(cells) // 2], *odd, *cells[len(cells) // 2 :]]
    found, table = opened("v,t\n" + "".join(f"{cell},x\n" for cell in column))
    assert found["v"] == column
    (said,) = of(table, "v")
    assert (said.reason, said.chosen, said.sure) == (Reason.TOO_MANY_ODD_CELLS, "text", True)
    assert said.facts == {"value": "err0", "line": len(cells) // 2 + 2, "kind": kind}


def test_half_as_many_other_texts_as_numbers_are_no_remark(opened: Any) -> None:
    column = [cell if row % 3 else f"{cell} bis" for row, cell in enumerate(NUMBERS)]
    assert of(opened("v,t\n" + "".join(f"{cell},x\n" for cell in column))[1], "v") == []


@pytest.mark.parametrize("sign", ["\u2212", "\u2013"])
@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["-12,5", "3,25", "-0,5"], [-12.5, 3.25, -0.5]),
        (["-1.234,5", "2", "-7"], [-1234.5, 2, -7]),
        (["-1", "2", "-3"], [-1, 2, -3]),
        (["-1 234.5", "-.5", "8"], [-1234.5, -0.5, 8]),
    ],
)
def test_other_signs_of_minus_are_read(opened: Any, sign: str, cells: list[str], numbers: list[float]) -> None:
    text = "v;t\n" + "".join(f"{cell};x\n" for cell in cells)
    found, table = opened(text.replace("-", sign))
    assert found["v"] == numbers
    assert table.reading.header
    assert not questions(of(table, "v"))
