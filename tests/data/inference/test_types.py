"""The types of columns are inferred from all rows, and what the rows leave open is decided with a reason."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidRequest, InvalidTable
from tablee.tables.cells import missing_markers
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.cells.numbers import UNDECIDED
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.inference.types import ColumnTypes, TypeInference

Columns = dict[str, list[str | None]]


def block(columns: Columns, **markers: Any) -> RowBlock:
    return RowBlock(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), lambda row: row + 2, **markers)


def inference(columns: Columns, /, separator: str = ",", typed: bool = False, **asked: Any) -> TypeInference:
    form: Format = "parquet" if typed else "csv"
    reading = Reading(separator=separator, format=form)
    found = TypeInference(columns, (), Corrections.model_validate(asked), reading, typed=columns if typed else ())
    found.update(block(columns))
    return found


def types(columns: Columns, /, separator: str = ",", typed: bool = False, **asked: Any) -> ColumnTypes:
    return inference(columns, separator, typed, **asked).types()


def patterns(found: ColumnTypes) -> dict[str, str]:
    return {name: each.date.pattern for name, each in found.reading.cells.items() if each.date is not None}


def style(found: ColumnTypes, name: str) -> str:
    number = found.reading.cells[name].number
    assert number is not None
    return (number.decimal or "") + number.thousands


def decision(found: ColumnTypes, field: str, column: str | None = None) -> Decision:
    (only,) = (each for each in found.decisions if (each.field, each.column) == (field, column))
    return only


def test_numbers_dates_and_texts_are_told_apart() -> None:
    found = types({"n": ["1.5", "-"], "d": ["2024-03-12", "n.c."], "t": ["x", "1"], "none": [None, None]})
    assert (found.numbers, found.dates, patterns(found)) == ({"n"}, {"d"}, {"d": "%Y-%m-%d"})
    assert found.reading.cells["t"] == CellFormat(missing=missing_markers.USUAL)
    assert found.reading.cells["n"].missing == (*missing_markers.USUAL, *missing_markers.AMONG_NUMBERS)
    assert list(found.reading.cells) == ["n", "d", "t", "none"]


@pytest.mark.parametrize(
    ("columns", "separator", "decimal", "count", "alternatives"),
    [
        ({"a": ["1,5"]}, ",", ",", 1, ()),
        ({"a": ["1,5"], "b": ["1.5"]}, ",", ".", 1, (",",)),
        ({"a": ["1,5"], "b": ["1.5"], "c": ["2,5"]}, ",", ",", 2, (".",)),
    ],
)
def test_decimal_signs_that_nothing_contradicts(
    columns: Columns, separator: str, decimal: str, count: int, alternatives: tuple[str, ...]
) -> None:
    """Each column has its own."""
    found = types(columns, separator)
    taken = decision(found, "decimal")
    assert (taken.chosen, taken.reason, taken.facts, taken.sure) == (decimal, Reason.COLUMNS, {"columns": count}, True)
    assert set(taken.alternatives) == set(alternatives)
    assert {name: style(found, name) for name in columns} == {
        name: "," if "," in str(cells[0]) else "." for name, cells in columns.items()
    }


@pytest.mark.parametrize(
    ("columns", "separator", "chosen", "reason"),
    [
        ({"a": ["1.234"]}, ";", ",", Reason.SEMICOLONS),
        ({"a": ["1,234"]}, ";", ",", Reason.SEMICOLONS),
        ({"a": ["1.234"]}, ",", ".", Reason.NO_COMMA),
        ({"a": ["1,234"]}, ",", ".", Reason.NO_COMMA),
        ({"a": ["48.856", "2.352"], "b": ["1,5", "2"]}, ",", ",", Reason.OTHER_NUMBERS),
        ({"a": ["1,500", "2,250"], "b": ["48.8566", "1"]}, ";", ".", Reason.OTHER_NUMBERS),
    ],
)
def test_three_digits_after_the_only_sign_of_all_rows_are_asked_for(
    columns: Columns, separator: str, chosen: str, reason: Reason
) -> None:
    """The style of other columns is only a default."""
    found = types(columns, separator)
    taken = decision(found, "decimal", "a")
    assert (style(found, "a")[0], taken.chosen, taken.reason, taken.sure) == (chosen, chosen, reason, False)
    assert taken.alternatives == ({",": ".", ".": ","}[chosen],)
    text = str(columns["a"][0])
    sign = "," if "," in text else "."
    number = float(text.replace(",", "."))
    assert taken.facts == {"example": text}
    assert taken.examples == {sign: f"{number:.15g}", {",": ".", ".": ","}[sign]: f"{number * 1000:.15g}"}
    for answer in (",", "."):
        answered = types(columns, separator, columns={"a": {"decimal": answer}})
        assert style(answered, "a")[0] == answer
        assert all(each.column != "a" for each in answered.decisions)


def test_nothing_is_decided_about_whole_numbers() -> None:
    assert types({"a": ["1", "2"]}, ";").decisions == ()
    for texts in (["1", "2"], ["-3", "1e3", None]):
        assert types({"a": texts}, ";").reading.cells["a"].number == UNDECIDED
    spaced = types({"a": ["1 234", "5"]}, ",").reading.cells["a"].number
    assert spaced == NumberFormat(decimal=None, thousands=" ")
    assert types({"a": ["1", "2"]}, ",", decimal=",").reading.cells["a"].number == NumberFormat(decimal=",")


@pytest.mark.parametrize(
    ("columns", "thousands", "alternatives"),
    [
        ({"a": ["1 234,5"]}, " ", ()),
        ({"a": ["1'234,5"], "b": ["1'234,5"], "c": ["1 234,5"]}, "'", (" ",)),
    ],
)
def test_the_thousands_separator(columns: Columns, thousands: str, alternatives: tuple[str, ...]) -> None:
    found = types(columns, ";")
    taken = decision(found, "thousands")
    assert (taken.chosen, taken.alternatives, taken.sure) == (thousands, alternatives, True)
    assert style(found, "a") == f",{thousands}"


@pytest.mark.parametrize(
    ("columns", "separator", "date_format", "reason"),
    [
        ({"d": ["03/04/2024"]}, ",", "%d/%m/%Y", Reason.NOTHING_TELLS),
        ({"d": ["03/04/2024"]}, ";", "%d/%m/%Y", Reason.COMMAS),
        ({"d": ["03/04/2024"], "n": ["1,5"]}, ",", "%d/%m/%Y", Reason.COMMAS),
        ({"d": ["03/04/2024"], "e": ["25/12/2024"]}, ",", "%d/%m/%Y", Reason.OTHER_DATES),
        ({"d": ["03/04/2024"], "e": ["12/25/2024"]}, ";", "%m/%d/%Y", Reason.OTHER_DATES),
    ],
)
def test_whether_the_day_comes_first_is_asked_for(
    columns: Columns, separator: str, date_format: str, reason: Reason
) -> None:
    """Other dates and separators are only a default."""
    found = types(columns, separator)
    taken = decision(found, "dates", "d")
    assert (patterns(found)["d"], taken.chosen, taken.reason, taken.sure) == (date_format, date_format, reason, False)
    assert taken.examples == {"%d/%m/%Y": "2024-04-03", "%m/%d/%Y": "2024-03-04"}
    assert taken.facts == {"example": "03/04/2024"}
    for answer in ("%d/%m/%Y", "%m/%d/%Y"):
        answered = types(columns, separator, dates={"d": answer})
        assert patterns(answered)["d"] == answer
        assert all(each.column != "d" for each in answered.decisions)
    taken = decision(types(columns, separator, day_first=False), "dates", "d")
    assert (taken.chosen, taken.reason, taken.sure) == ("%m/%d/%Y", Reason.ASKED, True)


def test_one_day_above_twelve_tells_the_order() -> None:
    assert types({"d": ["03/04/2024", "13/04/2024"]}).decisions == ()
    assert types({"d": ["03/04/2024", "12/04/2024"]}).decisions != ()


def test_years_of_two_digits_may_come_first() -> None:
    found = types({"d": ["24-03-12", "12-01-28"]})
    taken = decision(found, "dates", "d")
    assert (taken.chosen, taken.alternatives, taken.sure) == ("%d-%m-%y", ("%y-%m-%d",), False)
    assert taken.examples == {"%d-%m-%y": "2012-03-24", "%y-%m-%d": "2024-03-12"}
    assert all(each.field != "dates" for each in types({"d": ["24-03-12", "31-02-10"]}).decisions)


def test_the_century_of_two_digits_is_always_said() -> None:
    found = types({"d": ["31/12/68", "13/01/70"]})
    taken = decision(found, "first_year", "d")
    assert (taken.chosen, taken.alternatives, taken.reason) == ("1969", ("1900", "2000"), Reason.TWO_DIGIT_YEARS)
    facts = {"from": "1969", "to": "2068", "earliest": "1970-01-13", "latest": "2068-12-31"}
    assert (taken.facts, taken.sure) == (facts | {"example": "13/01/70, 31/12/68"}, False)
    assert taken.examples == {
        "1969": "1970-01-13, 2068-12-31",
        "1900": "1970-01-13, 1968-12-31",
        "2000": "2070-01-13, 2068-12-31",
    }
    answered = types({"d": ["31/12/68"]}, columns={"d": {"first_year": 1900}})
    assert answered.reading.cells["d"].date == DateFormat(pattern="%d/%m/%y", first_year=1900)
    taken = decision(answered, "first_year", "d")
    assert (taken.chosen, taken.reason, taken.sure) == ("1900", Reason.ASKED, True)
    asked = types({"d": ["31/12/68"]}, dates={"d": "%d/%m/%y"})
    assert decision(asked, "first_year", "d").sure is False


def test_what_a_person_asks_for_is_done() -> None:
    dates: Columns = {"d": ["03/04/2024"]}
    assert patterns(types(dates, day_first=False)) == {"d": "%m/%d/%Y"}
    assert patterns(types(dates, dates={"d": "%Y"})) == {"d": "%Y"}
    assert patterns(types(dates, texts=("d",))) == {}
    numbers: Columns = {"a": ["1.234"]}
    assert style(types(numbers, ";", decimal="."), "a") == "."
    assert types(numbers, texts=("a",)).numbers == frozenset()
    with pytest.raises(InvalidTable):
        types(numbers, columns={"a": {"decimal": ",", "thousands": ""}})
    assert types(numbers, decimal=",", thousands=".").numbers == {"a"}
    assert types({"a": ["1,5"]}, thousands="").numbers == {"a"}
    assert types({"a": ["1,234", "x"]}, missing=("x",)).numbers == {"a"}
    assert types({"a": ["1", "x"], "b": ["x", "y"]}, columns={"a": {"missing": ["x"]}}).numbers == {"a"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"texts": ("z",)}, "there is no column “z”"),
        ({"numbers": ("z",)}, "there is no column “z”"),
        ({"columns": {"z": {"missing": ["x"]}}}, "there is no column “z”"),
        ({"dates": {"z": "%Y"}}, "there is no column “z”"),
        ({"dates": {"a": "%Q"}}, "“%Q” is no part of a date's format"),
        ({"decimal": ",", "thousands": ","}, "“,” cannot stand before decimals and between thousands"),
    ],
)
def test_corrections_that_do_not_fit_are_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        types({"a": ["1"]}, **asked)


def test_texts_of_a_typed_format_are_no_numbers_but_may_be_dates() -> None:
    found = types({"a": ["1", "2"], "d": ["2024-03-12", None]}, typed=True)
    assert (found.numbers, patterns(found)) == (frozenset(), {"d": "%Y-%m-%d"})
    assert found.reading.cells["a"] == CellFormat()


@pytest.mark.parametrize(
    ("cells", "reason", "example", "sure", "number"),
    [
        (["1E5", "2E7"], Reason.EXPONENT_CODES, "1E5", False, "100000"),
        (["0e123", "0e456"], Reason.EXPONENT_CODES, "0e123", False, "0"),
        (["007", "012"], Reason.CODES, "007", True, "7"),
    ],
)
def test_codes_stay_texts_and_it_is_said(
    cells: list[str | None], reason: Reason, example: str, sure: bool, number: str
) -> None:
    found = types({"c": cells})
    taken = decision(found, "type", "c")
    assert (found.numbers, taken.chosen, taken.reason, taken.sure) == (frozenset(), "text", reason, sure)
    assert taken.examples == {"text": example, "number": number}
    assert types({"c": cells}, numbers=("c",)).numbers == {"c"}
    assert types({"c": cells}, texts=("c",)).decisions == ()


def test_an_odd_cell_is_said_with_its_line_and_can_be_taken_for_missing() -> None:
    columns: Columns = {"n": [*["1,5"] * 200, "voir note"], "d": [*["2024-03-13"] * 5, *DAYS, "hier"], "t": ["x"] * 201}
    columns["d"] = [*DAYS, *DAYS, "hier", *[None] * (201 - 2 * len(DAYS) - 1)]
    found = types(columns)
    odd = {each.column: each for each in found.decisions if each.reason is Reason.ODD_CELLS}
    assert (found.numbers, found.dates, odd.keys()) == (frozenset(), frozenset(), {"n", "d"})
    assert odd["n"].facts == {"value": "voir note", "count": 1, "line": 202, "kind": "number"}
    assert odd["d"].facts == {"value": "hier", "count": 1, "line": 2 * len(DAYS) + 2, "kind": "date"}
    assert [(each.chosen, each.alternatives, each.sure) for each in odd.values()] == [
        ("text", ("number",), False),
        ("text", ("date",), False),
    ]
    answered = types(columns, columns={"n": {"missing": ["voir note"]}, "d": {"missing": ["hier"]}})
    assert (answered.numbers, answered.dates) == ({"n"}, {"d"})
    assert all(each.reason is not Reason.ODD_CELLS for each in answered.decisions)


DAYS: list[str | None] = [f"2024-03-{day:02}" for day in range(1, 32)]


@pytest.mark.parametrize(
    ("cells", "reason", "sure"),
    [
        (["FR", "DE", None, None], Reason.MARKER_OR_LEVEL, False),
        (["Paris", "Lyon", None, None], Reason.MARKER, True),
        ([None, None], Reason.MARKER, True),
    ],
)
def test_markers_among_texts_are_counted(cells: list[str | None], reason: Reason, sure: bool) -> None:
    found = TypeInference(["c"], (), Corrections(), Reading(), typed=())
    found.update(block({"c": cells}, markers={"c": {"NA": 2}}))
    found.update(block({"c": cells}, markers={"c": {"NA": 3}}, quoted_markers={"c": {"NA": 1}}))
    taken, quoted = found.types().decisions
    assert (taken.field, taken.chosen, taken.alternatives) == ("missing", "missing", ("text",))
    assert (taken.reason, taken.facts, taken.sure) == (reason, {"value": "NA", "count": 5}, sure)
    assert (quoted.reason, quoted.chosen, quoted.facts, quoted.sure) == (
        Reason.MARKER_IN_QUOTES,
        "text",
        {"value": "NA", "count": 1},
        True,
    )
    answered = TypeInference(
        ["c"], (), Corrections.model_validate({"columns": {"c": {"missing": ["NA"]}}}), Reading(), typed=()
    )
    answered.update(block({"c": cells}, markers={"c": {"NA": 2}}))
    assert all(each.sure for each in answered.types().decisions)


def test_blanks_around_all_texts_are_no_part_of_them() -> None:
    found = types(
        {"a": ["x ", "yy "], "b": ["x  ", "xyz"], "c": ["x ", "xyz"], "d": [" yes", " no"], "n": [" 1", "2 "]}
    )
    trimmed = [name for name, each in found.reading.cells.items() if each.trimmed]
    assert trimmed == ["a", "b", "d"]
    assert [each.column for each in found.decisions if each.reason is Reason.TRIMMED] == trimmed
    assert found.reading.cells["d"].booleans == ("yes", "no")
    assert found.numbers == {"n"}


def test_markers_with_blanks_around_are_missing_in_trimmed_columns() -> None:
    found = types({"a": [" x", " NA", " y"], "b": ["x", " NA", "y"]})
    taken = decision(found, "missing", "a")
    assert (taken.reason, taken.facts) == (Reason.MARKER, {"value": "NA", "count": 1})
    assert [each.column for each in found.decisions] == ["a", "a"]


@pytest.mark.parametrize(
    ("cells", "booleans"),
    [
        (["oui", "non", "oui"], ("oui", "non")),
        (["NON", "OUI", None], ("OUI", "NON")),
        (["True", "False"], ("True", "False")),
        (["oui", "non", "peut-être"], None),
        (["oui", "faux"], None),
        (["oui"], None),
    ],
)
def test_a_pair_of_yes_and_no_is_known(cells: list[str | None], booleans: tuple[str, str] | None) -> None:
    assert types({"a": cells}).reading.cells["a"].booleans == booleans


def test_plain_columns_can_be_parsed_as_numbers() -> None:
    found = inference(
        {
            "i": ["1", "2"],
            "f": ["1,5", "2"],
            "p": ["1.5", "2"],
            "t": ["1 234", "5"],
            "m": ["1", "-"],
            "c": ["007", "1"],
            "s": ["1.5", "2"],
        },
        columns={"s": {"missing": ["-99"]}},
    )
    assert found.number_columns() == NumberColumns()
    found.types()
    assert found.number_columns() == NumberColumns({"f": ",", "p": "."}, frozenset({"i"}))


def test_types_are_the_same_if_they_give_the_same_cells() -> None:
    one = types({"a": ["1,5", "3"], "b": ["yes", "no"]})
    assert one.same_cells(types({"a": ["2,5", "3"], "b": ["x", "y"]}))
    assert not one.same_cells(types({"a": ["1.5", "3"], "b": ["x", "y"]}))
    assert not one.same_cells(types({"a": ["1,5", "3"], "b": ["1,5", "2"]}))
    assert not one.same_cells(types({"a": ["1,5", "3"], "b": [" x", " y"]}))


def known(cells: Columns, formats: dict[str, CellFormat], **asked: Any) -> ColumnTypes:
    found = TypeInference(cells, (), Corrections.model_validate(asked), Reading(), typed=(), known=formats)
    found.update(block(cells))
    return found.types()


def test_formats_that_a_data_set_has_are_taken_whatever_the_cells() -> None:
    formats = {
        "n": CellFormat(number=NumberFormat(decimal=",")),
        "d": CellFormat(date=DateFormat(pattern="%m/%d/%Y")),
        "t": CellFormat(missing=("NA",)),
        "gone": CellFormat(),
    }
    found = known({"n": ["1.234"], "d": ["03/04/2024"], "t": ["1"], "new": ["2024-03-12"]}, formats)
    assert {name: found.reading.cells[name] for name in ("n", "d", "t")} == {
        name: formats[name] for name in ("n", "d", "t")
    }
    assert (found.numbers, found.dates, found.decisions) == ({"n"}, {"d", "new"}, ())


def test_a_code_among_the_numbers_of_a_data_set_is_refused() -> None:
    formats = {"n": CellFormat(number=NumberFormat())}
    with pytest.raises(InvalidTable, match="line 3: “n” has the code “007” among numbers"):
        known({"n": ["1", " 007"]}, formats)
    assert known({"n": ["1", "007"]}, formats, numbers=("n",)).numbers == {"n"}


@pytest.mark.parametrize(
    ("cells", "facts"),
    [
        (
            ["2024-03-12T10:00:00+02:00", "2024-11-03T04:30:00+00:00"],
            {"example": "2024-03-12T10:00:00+02:00", "result": "2024-03-12T08:00:00"},
        ),
        (
            ["2024-03-12T10:00:00+00:00", "2024-11-03T23:30:00-0500"],
            {"example": "2024-11-03T23:30:00-0500", "result": "2024-11-04T04:30:00"},
        ),
        (["2024-03-12 10:00:00+00:00", "2024-11-03 04:30:00+00:00"], None),
        (["2024-03-12T10:00:00Z", "2024-11-03T04:30:00Z"], None),
        (["2024-03-12T10:00:00", "2024-11-03T04:30:00"], None),
    ],
)
def test_times_with_an_offset_are_said_to_be_in_utc(cells: list[str], facts: dict[str, str] | None) -> None:
    found = [each for each in types({"t": cells}).decisions if each.reason is Reason.OFFSET]
    assert [(each.column, each.sure, each.facts) for each in found] == ([("t", True, facts)] if facts else [])
