"""The types of columns are inferred from all rows, and what the rows leave open is decided with a reason."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.errors import InvalidRequest
from tablee.tables.table_reader import NumberColumns
from tablee_data.inference.types import ColumnTypes, TypeInference

Columns = dict[str, list[str | None]]


def inference(columns: Columns, separator: str = ",", typed: bool = False, **asked: Any) -> TypeInference:
    found = TypeInference(columns, (), Corrections.model_validate(asked), Reading(separator=separator), typed=typed)
    found.update(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    return found


def types(columns: Columns, separator: str = ",", typed: bool = False, **asked: Any) -> ColumnTypes:
    return inference(columns, separator, typed, **asked).types()


def decision(found: ColumnTypes, field: str) -> Decision:
    (only,) = (each for each in found.decisions if each.field == field)
    return only


def test_numbers_dates_and_texts_are_told_apart() -> None:
    found = types({"n": ["1.5", "-"], "d": ["2024-03-12", "n.c."], "t": ["x", "1"], "none": [None, None]})
    assert (found.numbers, found.reading.dates) == ({"n"}, {"d": "%Y-%m-%d"})


@pytest.mark.parametrize(
    ("columns", "separator", "decimal", "reason", "sure"),
    [
        ({"a": ["1,5"]}, ",", ",", Reason.COLUMNS, True),
        ({"a": ["1.5"]}, ";", ".", Reason.COLUMNS, True),
        ({"a": ["1,5"], "b": ["1.5"]}, ",", ".", Reason.COLUMNS, False),
        ({"a": ["1,5"], "b": ["1.5"], "c": ["2,5"]}, ",", ",", Reason.COLUMNS, False),
        ({"a": ["1.234"]}, ";", ",", Reason.SEMICOLONS, False),
        ({"a": ["1.234"]}, ",", ".", Reason.NO_COMMA, False),
    ],
)
def test_the_decimal_sign(columns: Columns, separator: str, decimal: str, reason: Reason, sure: bool) -> None:
    found = types(columns, separator)
    taken = decision(found, "decimal")
    assert (found.reading.decimal, taken.chosen, taken.reason, taken.sure) == (decimal, decimal, reason, sure)
    assert taken.alternatives == ({",": ".", ".": ","}[decimal],)
    written = sum(("," if decimal == "," else ".") in str(cells[0]) for cells in columns.values())
    assert taken.facts == ({"columns": written} if reason is Reason.COLUMNS else {})


def test_nothing_is_decided_about_whole_numbers() -> None:
    assert types({"a": ["1", "2"]}, ";").decisions == ()
    assert types({"a": ["1", "2"]}, ";").reading.decimal == "."


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
    assert (found.reading.thousands, taken.alternatives, taken.sure) == (thousands, alternatives, not alternatives)


@pytest.mark.parametrize(
    ("columns", "separator", "date_format", "reason", "sure"),
    [
        ({"d": ["03/04/2024"]}, ",", "%d/%m/%Y", Reason.NOTHING_TELLS, False),
        ({"d": ["03/04/2024"]}, ";", "%d/%m/%Y", Reason.COMMAS, True),
        ({"d": ["03/04/2024"], "n": ["1,5"]}, ",", "%d/%m/%Y", Reason.COMMAS, True),
        ({"d": ["03/04/2024"], "e": ["25/12/2024"]}, ",", "%d/%m/%Y", Reason.OTHER_DATES, True),
        ({"d": ["03/04/2024"], "e": ["12/25/2024"]}, ";", "%m/%d/%Y", Reason.OTHER_DATES, True),
        ({"d": ["03/04/2024"], "e": ["12/25/2024"], "f": ["25/12/2024"]}, ",", "%d/%m/%Y", Reason.NOTHING_TELLS, False),
    ],
)
def test_whether_the_day_comes_first(
    columns: Columns, separator: str, date_format: str, reason: Reason, sure: bool
) -> None:
    found = types(columns, separator)
    taken = decision(found, "dates")
    assert (found.reading.dates["d"], taken.reason, taken.sure) == (date_format, reason, sure)
    assert found.reading.day_first is not any(each.startswith("%m") for each in found.reading.dates.values())


def test_one_day_above_twelve_tells_the_order() -> None:
    assert types({"d": ["03/04/2024", "13/04/2024"]}).decisions == ()
    assert types({"d": ["03/04/2024", "12/04/2024"]}).decisions != ()


def test_what_a_person_asks_for_is_done() -> None:
    dates: Columns = {"d": ["03/04/2024"]}
    assert types(dates, day_first=False).reading.dates == {"d": "%m/%d/%Y"}
    assert types(dates, dates={"d": "%Y"}).reading.dates == {"d": "%Y"}
    assert types(dates, texts=("d",)).reading.dates == {}
    numbers: Columns = {"a": ["1.234"]}
    assert types(numbers, ";", decimal=".").reading.decimal == "."
    assert types(numbers, texts=("a",)).numbers == frozenset()
    assert types(numbers, decimal=",", thousands="").numbers == frozenset()
    assert types(numbers, decimal=",", thousands=".").numbers == {"a"}
    assert types({"a": ["1,5"]}, thousands="").numbers == {"a"}
    assert types({"a": ["1,234", "x"]}, missing=("x",)).numbers == frozenset()  # missing cells come as null


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"texts": ("z",)}, "there is no column «z»"),
        ({"dates": {"z": "%Y"}}, "there is no column «z»"),
        ({"dates": {"a": "%Q"}}, "«%Q» is no part of a date's format"),
        ({"decimal": ",", "thousands": ","}, "«,» cannot stand before decimals and between thousands"),
    ],
)
def test_corrections_that_do_not_fit_are_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        types({"a": ["1"]}, **asked)


def test_texts_of_a_typed_format_are_no_numbers_but_may_be_dates() -> None:
    found = types({"a": ["1", "2"], "d": ["2024-03-12", None]}, typed=True)
    assert (found.numbers, found.reading.dates) == (frozenset(), {"d": "%Y-%m-%d"})


def test_plain_columns_can_be_parsed_as_numbers() -> None:
    found = inference({"i": ["1", "2"], "f": ["1,5", "2"], "t": ["1 234", "5"], "m": ["1", "-"], "c": ["007", "1"]})
    assert found.number_columns() == NumberColumns()
    found.types()
    assert found.number_columns() == NumberColumns(",", frozenset({"f"}), frozenset({"i"}))


def test_types_are_the_same_if_they_give_the_same_cells() -> None:
    one, other = types({"a": ["1,5"]}), types({"a": ["2,5"], "b": ["x"]})
    assert one.same_cells(other)
    assert not one.same_cells(types({"a": ["1.5"]}))
    assert not one.same_cells(types({"a": ["1,5"], "b": ["1,5"]}))
