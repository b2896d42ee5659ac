"""A text that may be two numbers, or that is no date as the model knows them: the same sentence on every way in."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidInput, InvalidRows
from tablee.i18n.message import Message, in_language
from tablee.models.contract import Contract, NumberColumn, TextColumn
from tablee.models.validation.block import WarningCode
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee_api.protocols.native import _explained
from ways.generated import STYLES, TARGET
from ways.toy import toy_api
from ways.ways import WAYS
from ways.written import Row, Written

UNDECIDED = CellFormat(number=NumberFormat(decimal=None))
CONTRACT = Contract(
    model="m",
    columns=(
        NumberColumn(name="salary", minimum=0, maximum=9000, cell_format=UNDECIDED),
        TextColumn(
            name="born",
            reads="date",
            earliest="1990-01-01",
            latest="2024-12-31",
            cell_format=CellFormat(date=DateFormat(pattern="%m/%d/%Y")),
        ),
    ),
    target=TARGET,
)
TYPED = ("arrow", "parquet_file", "v2_binary")
"""Ways on which a column of numbers holds numbers only."""
OF_PEOPLE = ("file", "aligned_file", "json_lines_file")
"""Ways that ask how the file is written."""
OF_TEXTS = ("csv", "quoted_csv", "invocations_csv", "plain_csv_scoring")
OF_VALUES = ("json", "json_columns", "compiled_json", "lane", "ndjson", "v2", "kserve_v1", "invocations")
"""Ways on which a text is never a number."""


def rows(salary: Any, born: str) -> list[Row]:
    return [{"salary": Written(salary, str(salary)), "born": Written(born, born)}]


def refused(way: str, salary: str) -> InvalidInput | typer.BadParameter:
    with pytest.raises((InvalidInput, typer.BadParameter)) as caught:
        WAYS[way](CONTRACT, rows(salary, "12/25/2023"))
    return caught.value


@pytest.mark.parametrize("way", [way for way in WAYS if way not in (*TYPED, *OF_PEOPLE)])
@pytest.mark.parametrize(
    ("text", "one", "other"), [("1,500", "1.5", "1500"), ("1.500", "1.5", "1500"), ("12,345", "12.3450", "12345")]
)
def test_a_number_that_may_be_two_is_refused_with_both(way: str, text: str, one: str, other: str) -> None:
    said = str(refused(way, text))
    assert "“salary”" in said
    assert f"got '{text}', expected a number that means only one thing, {one} or {other}" in said


@settings(max_examples=100, deadline=None)
@given(text=st.from_regex(r"-?[0-9]{1,4}([.,' ][0-9]{1,3}){0,3}", fullmatch=True), style=st.sampled_from(STYLES))
def test_every_way_says_the_same_about_a_text_and_reads_what_it_proposes(text: str, style: NumberFormat) -> None:
    (column, born) = CONTRACT.columns
    written_so = column.model_copy(update={"cell_format": CellFormat(number=style)})
    contract = CONTRACT.model_copy(update={"columns": (written_so, born)})

    def told(way: str, salary: str) -> Any:
        try:
            return list(WAYS[way](contract, rows(salary, "12/25/2023")).columns["salary"])
        except InvalidRows as error:
            return error.cells[0].expected
        except typer.BadParameter as error:
            return error.message

    first, *others = (told(way, text) for way in OF_TEXTS)
    assert all(each == first for each in others)
    by_row = told("command_row", text)
    if not isinstance(first, Message):
        assert by_row == first
        return
    assert str(first) in by_row
    for proposed in first.facts.values():
        number = float(proposed.replace(",", "."))
        assert all(told(way, proposed) == [number] for way in (*OF_TEXTS, "command_row"))
    assert all(told(way, text) == first for way in OF_VALUES)


@pytest.mark.parametrize("way", OF_PEOPLE)
def test_a_file_of_a_person_is_refused_with_both(way: str) -> None:
    error = refused(way, "1,500")
    assert isinstance(error, InvalidInput)
    assert "“1,500” in “salary” may be 1500 or 1.5" in error.detail
    assert "--decimal salary=" in error.hint
    french = in_language("fr")
    assert "peut être 1500 ou 1.5" in error.said(french)
    assert "--decimal salary=" in error.advised(french)


def test_the_sentence_is_in_the_readers_language() -> None:
    error = refused("json", "1,500")
    assert isinstance(error, InvalidInput)
    assert "un nombre qui ne se lit que d’une façon, 1.5 ou 1500" in error.said(in_language("fr"))


@pytest.mark.parametrize("way", [way for way in WAYS if way != "command_row"])
def test_a_date_in_another_order_is_reported_with_the_format_of_the_model(way: str) -> None:
    block = WAYS[way](CONTRACT, rows(1500, "12/25/2023") * 2 + rows(1500, "25/12/2023"))
    assert list(block.columns["born"]) == ["2023-12-25", "2023-12-25", None]
    if block.warnings:
        (warning,) = block.warnings
        assert (warning.code, warning.value, warning.row) == (WarningCode.UNREADABLE, "25/12/2023", 3)
        body = _explained(warning, CONTRACT)
        assert body["expectation"] == {
            "key": "expected.date_written",
            "facts": {"format": "%m/%d/%Y", "example": "12/25/2024"},
        }


def test_a_column_of_dates_says_how_a_date_is_written() -> None:
    expected = CONTRACT.column("born").expected
    assert str(expected) == "a text with a date as mm/dd/yyyy, such as 12/25/2024"
    assert expected.said(in_language("fr")) == "un texte avec une date écrite mm/jj/aaaa, par exemple 12/25/2024"


def test_the_api_says_the_same_over_http() -> None:
    with toy_api(CONTRACT) as api:
        headers = {"accept-language": "fr"}
        body = orjson.dumps({"row": {"salary": "1,500", "born": "12/25/2023"}})
        as_json = api.client.post(
            "/predict", content=body, headers={"content-type": "application/json", **headers}
        ).json()
        as_csv = api.client.post(
            "/predict",
            content=b'salary,born\n"1,500",12/25/2023\n',
            headers={"content-type": "text/csv", **headers},
        ).json()
        assert as_json["errors"] == as_csv["errors"]
        assert as_csv["errors"][0]["expected"] == "un nombre qui ne se lit que d’une façon, 1.5 ou 1500"
        answer = api.client.post("/predict", json={"row": {"salary": 1, "born": "25/12/2023"}}).json()
        assert answer["warnings"][0]["expectation"]["facts"] == {"format": "%m/%d/%Y", "example": "12/25/2024"}
