"""Columns that privacy actions changed when the data set was added: what training read of a value is what every way in
makes of the same value, or no model reads the column."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tablee.datasets.privacy import Action, Bands, Mask, Period, Prefix, Pseudonym
from tablee.errors import InvalidInput, InvalidRecipe
from tablee.jobs.training import TrainingRequest
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn
from tablee.models.validation.block import WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.models.validation.rows import RowValidator
from tablee.recipes import Recipe
from tablee.recipes.steps import CleanText, Drop
from tablee.tables.cells.expectations import read_known
from tablee.tables.cells.numbers import PLAIN
from tablee_api.codecs import json_rows
from tablee_data import prediction_files
from tablee_data.privacy import PrivacyKey
from tablee_data.privacy.anonymiser import Anonymiser
from ways.test_from_data_set_to_model import Learnt, everywhere
from ways.toy import ToyApi, toy_api
from ways.ways import WAYS, checked
from ways.written import Written

POST_CODES = ("01000", "13001", "13090", "75011", "75012", "69003")
BORN = ("01/02/1983", "13/05/1987", "28/11/1991", "05/12/1994", "30/06/1988")
PHONES = ("0612345601", "0612345602", "0698765401", "12")
SINCE = ("2021-03", "2019/11", "2020/07")


@pytest.fixture(scope="module")
def api() -> Iterator[ToyApi]:
    column = CategoryColumn(name="x", levels=("a",))
    target: Any = {"name": "y", "problem_type": "regression"}
    with toy_api(Contract(model="rows", columns=(column,), target=target)) as running:
        yield running


def learnt(folder: Path, name: str, cells: tuple[str, ...], action: Action, **options: Any) -> Learnt:
    """A data set with one column to learn from, whose cells are repeated."""
    lines = [f"{name};y", *(f"{cells[at % len(cells)]};{at % 13 + 10 * (at % len(cells))}" for at in range(280))]
    key = PrivacyKey(SecretStr("a key of sixteen characters"))
    return Learnt(folder, "\n".join(lines), "y", batch_filter=Anonymiser([action], key), **options)


CASES: dict[str, tuple[tuple[str, ...], Action, list[Any]]] = {
    "codes": (POST_CODES, Prefix(column="x", length=2, digits=5), ["01", "13", "13", "75", "75", "69"]),
    "numbers": (
        ("1000", "13001", "13090", "75011"),
        Prefix(column="x", length=2, digits=5),
        ["01", "13", "13", "75"],
    ),
    "numbers in thousands": (
        ("1.000,0", "13.001,0", "75.011,5"),
        Prefix(column="x", length=3),
        ["100", "130", "750"],
    ),
    "texts": (("Lyon", "Lille", "Nice", "Nantes"), Prefix(column="x", length=2), ["Ly", "Li", "Ni", "Na"]),
    "words": (("le Mans", "la Baule", "Pau"), Prefix(column="x", length=3), ["le ", "la ", "Pau"]),
    "years": (BORN, Period(column="x", to="year"), ["1983", "1987", "1991", "1994", "1988"]),
    "months": (BORN, Period(column="x", to="month"), ["1983-02", "1987-05", "1991-11", "1994-12", "1988-06"]),
    "times": (
        ("2021-03-05T10:00:00", "2021-04-30T23:59:59"),
        Period(column="x", to="month"),
        ["2021-03", "2021-04"],
    ),
    "phones": (PHONES, Mask(column="x", keep_last=2), ["***01", "***02", "***01", "***"]),
    "ages": (("34", "30", "47", "59,5"), Bands(column="x", width=10), [30.0, 30.0, 40.0, 50.0]),
    "shares": (("0,3", "0,35", "0,1", "0,69"), Bands(column="x", width=0.1), [0.3, 0.3, 0.1, 0.6]),
    "from a start": (("-3", "0", "7,5"), Bands(column="x", width=5, start=-5), [-5.0, 0.0, 5.0]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_value_is_read_as_training_read_it(case: str, tmp_path: Path, api: ToyApi) -> None:
    cells, action, expected = CASES[case]
    made = learnt(tmp_path, "x", cells, action)
    assert made.datasets.frame(made.manifest)["x"].head(len(cells)).to_list() == expected
    numbers = isinstance(made.contract.column("x"), NumberColumn)
    rows = [{"x": Written(float(cell.replace(",", ".")) if numbers else cell, cell)} for cell in cells]
    rows.append({"x": Written(None, "")})
    assert everywhere(api, made.contract, rows) == {"x": [*expected, None]}


@pytest.mark.parametrize("case", CASES)
def test_a_value_that_is_coarse_already_stays(case: str, tmp_path: Path, api: ToyApi) -> None:
    cells, action, expected = CASES[case]
    made = learnt(tmp_path, "x", cells, action)
    rows = [{"x": Written(each, str(each).replace(".", ",") if isinstance(each, float) else each)} for each in expected]
    assert everywhere(api, made.contract, rows) == {"x": expected}
    for example in made.contract.examples:
        block = RowValidator(made.contract).rows([example])
        assert (block.columns["x"][0], block.warning_count) == (example["x"], 0)


def test_numbers_of_typed_formats_are_read_as_those_of_the_file(tmp_path: Path) -> None:
    contract = learnt(tmp_path, "x", ("1000", "13001", "75011"), Prefix(column="x", length=2, digits=5)).contract
    body = orjson.dumps({"rows": [{"x": 1000}, {"x": 75011.0}, {"x": "13001"}, {"x": None}]})
    assert checked(contract, json_rows.parse(body, 9)).columns["x"] == ["01", "75", "13", None]
    for dtype in (pl.Int64, pl.Float64, pl.UInt16):
        frame = pl.DataFrame({"x": pl.Series([1000, 13001, None], dtype=dtype)})
        assert FrameValidator(contract).frame(frame).columns["x"].to_list() == ["01", "13", None]
        file = tmp_path / "later.parquet"
        frame.write_parquet(file)
        opened = prediction_files.open_file(file, file.name, contract)
        cells = next(opened.parts(10)).cells
        assert FrameValidator(contract).frame(cells).columns["x"].to_list() == ["01", "13", None]


def test_a_number_is_no_text_of_a_column_of_texts(tmp_path: Path) -> None:
    contract = learnt(tmp_path, "x", POST_CODES, Prefix(column="x", length=2, digits=5)).contract
    for value in (1000, True, [1]):
        with pytest.raises(Exception, match="expected"):
            RowValidator(contract).rows([{"x": value}])
    with pytest.raises(Exception, match="expected"):
        FrameValidator(contract).frame(pl.DataFrame({"x": [1000]}))


def test_a_value_that_training_never_saw_is_reported_without_its_detail(tmp_path: Path) -> None:
    contract = learnt(tmp_path, "x", POST_CODES, Prefix(column="x", length=2, digits=5)).contract
    for way in WAYS:
        block = WAYS[way](contract, [{"x": Written("97400", "97400")}])
        assert (list(block.columns["x"]), block.warned) == ([None], {WarningCode.UNSEEN: 1}), way
        assert [each.value for each in block.warnings] in ([], ["97"]), way


def test_a_number_is_in_range_if_its_band_is(tmp_path: Path) -> None:
    contract = learnt(tmp_path, "x", ("34", "47"), Bands(column="x", width=10)).contract
    for way in WAYS:
        block = WAYS[way](contract, [{"x": Written(49.9, "49.9")}, {"x": Written(50.0, "50")}])
        assert (list(block.columns["x"]), block.warned) == ([40.0, 50.0], {WarningCode.RANGE: 1}), way


def test_a_missing_value_of_the_data_set_is_missing(tmp_path: Path, api: ToyApi) -> None:
    made = learnt(tmp_path, "x", ("01/02/1983", "13/05/1987", "n/a"), Period(column="x", to="year"))
    assert made.datasets.frame(made.manifest)["x"].head(3).to_list() == ["1983", "1987", None]
    rows = [{"x": Written("n/a", "n/a")}, {"x": Written(None, "n/a")}, {"x": Written("28/02/1983", "28/02/1983")}]
    assert everywhere(api, made.contract, rows) == {"x": [None, None, "1983"]}


def test_a_file_with_the_month_first_is_asked_about(tmp_path: Path) -> None:
    contract = learnt(tmp_path, "x", BORN, Period(column="x", to="month")).contract
    file = tmp_path / "later.csv"
    file.write_text("x\n" + "".join(f"02/{day}/1987\n" for day in range(1, 29)))
    with pytest.raises(Exception, match="mm/dd/yyyy") as refused:
        prediction_files.open_file(file, file.name, contract)
    assert refused.value.reason == "other_date_format"  # type: ignore[attr-defined]


def test_what_training_read_of_a_recipe_is_what_it_reads_later(tmp_path: Path, api: ToyApi) -> None:
    recipe = Recipe(steps=(CleanText(column="x"),))
    cells, action, expected = CASES["texts"]
    made = learnt(tmp_path, "x", cells, action, recipe=recipe)
    assert made.contract.column("x").kind == "text"
    rows = [{"x": Written(cell, cell)} for cell in (*cells, *expected)]
    assert everywhere(api, made.contract, rows) == {"x": expected * 2}


def test_a_contract_says_what_was_done(tmp_path: Path) -> None:
    contract = learnt(tmp_path, "x", BORN, Period(column="x", to="year")).contract
    again = Contract.from_json(contract.to_json())
    assert again == contract
    generalisation = again.column("x").generalisation
    assert generalisation is not None
    assert generalisation.action == Period(column="x", to="year")
    assert generalisation.original.date is not None
    assert generalisation.original.date.pattern == "%d/%m/%Y"


DAYS = st.dates(dt.date(1935, 1, 1), dt.date(2029, 12, 31))
RAW: dict[str, st.SearchStrategy[str]] = {
    "days": DAYS.map(lambda day: day.strftime("%d/%m/%Y")),
    "months first": DAYS.map(lambda day: day.strftime("%m/%d/%y")),
    "moments": DAYS.map(lambda day: f"{day.isoformat()} 10:30:00"),
    "decimal commas": st.decimals(-3000, 3000, places=2).map(lambda each: str(each).replace(".", ",")),
    "thousands": st.integers(0, 10**7).map(lambda each: f"{each:,}".replace(",", "\u00a0")),
    "codes": st.integers(0, 99_999).map(lambda each: f"{each:05}"),
    "whole numbers": st.integers(0, 99_999).map(str),
    "words": st.sampled_from(
        ("le Mans", " Lyon", "Nice ", "N/A", "NA", "Île", "***1", "01", "-", "e\u0301t\u00e9", "12")
    ),
}
CHANGES: tuple[Action, ...] = (
    Prefix(column="x", length=1),
    Prefix(column="x", length=3),
    Prefix(column="x", length=2, digits=5),
    Period(column="x", to="month"),
    Period(column="x", to="year"),
    Mask(column="x", keep_last=1),
    Mask(column="x", keep_last=4),
    Bands(column="x", width=250),
    Bands(column="x", width=0.1, start=0.05),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), kind=st.sampled_from(sorted(RAW)), action=st.sampled_from(CHANGES))
def test_any_cell_is_read_as_it_was_stored(data: st.DataObject, kind: str, action: Action) -> None:
    cells = data.draw(st.lists(RAW[kind], min_size=4, max_size=12, unique=True))
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = learnt(Path(folder), "x", (*cells, ""), action)
        except InvalidInput as error:
            assert error.reason in UNFIT
            return
        stored = made.datasets.frame(made.manifest)["x"].head(len(cells)).to_list()
    column = made.contract.column("x")
    levels = {*column.levels} if isinstance(column, CategoryColumn) else None
    rows, expected = [], []
    for cell, now in zip(cells, stored, strict=True):
        if levels is None or cell not in levels or cell == now:  # else it counts as the result of the action
            rows.append({"x": Written(typed(column, cell, now), cell)})
            expected.append(now if levels is None or now in levels else None)  # hold-out rows alone may have a level
    assume(rows)
    for name, way in WAYS.items():
        assert list(way(made.contract, rows).columns["x"]) == expected, name


def typed(column: Column, cell: str, now: Any) -> Any:
    """The value of a cell in formats that tell numbers and missing values from texts."""
    if now is None:
        return None
    return read_known(cell, column.cell_format.number or PLAIN) if isinstance(column, NumberColumn) else cell


UNFIT = ("period_of_numbers", "bands_of_texts", "no_such_dates", "no_column_to_learn")
"""The action does not fit the column, or nothing can be learnt from what it leaves."""


HIDING: dict[str, Action] = {
    "masked": Mask(column="who"),
    "pseudonyms": Pseudonym(column="who"),
}


@pytest.mark.parametrize("kind", HIDING)
@pytest.mark.parametrize("mebibytes", [512, 0])
def test_no_model_reads_what_nobody_can_send(kind: str, mebibytes: int, tmp_path: Path) -> None:
    made = hidden(tmp_path, HIDING[kind], mebibytes)
    assert (made.contract.names, "who" in made.contract.ignored) == (("age",), True)
    body = orjson.dumps({"rows": [{"age": 30, "who": "ada@example.org"}, {"age": 31}]})
    assert checked(made.contract, json_rows.parse(body, 9)).columns["age"] == [30.0, 31.0]
    (remark,) = made.remarks
    assert remark.key == "training_remark.hidden_columns"
    assert "“who”: its values were" in str(remark)


@pytest.mark.parametrize("kind", HIDING)
def test_a_step_that_reads_such_a_column_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRecipe, match="“who”") as refused:
        hidden(tmp_path, HIDING[kind], recipe=Recipe(steps=(CleanText(column="who"),)))
    assert (refused.value.reason, refused.value.step) == ("hidden_in_recipe", 1)


def test_a_step_may_drop_such_a_column(tmp_path: Path) -> None:
    made = hidden(tmp_path, HIDING["pseudonyms"], recipe=Recipe(steps=(Drop(columns=("who",)),)))
    assert made.contract.names == ("age",)


def test_pseudonyms_may_be_predicted(tmp_path: Path) -> None:
    made = hidden(tmp_path, HIDING["pseudonyms"], target="who")
    assert (made.contract.names, made.remarks) == (("age", "y"), [])
    stored = made.datasets.frame(made.manifest)["who"].unique()
    assert sorted(made.contract.target.classes) == sorted(stored)


def hidden(folder: Path, action: Action, mebibytes: int = 512, target: str = "y", **request: Any) -> Learnt:
    lines = ["who,age,y", *(f"{'abc'[at % 3]}@example.org,{20 + at % 50},{at % 13}" for at in range(280))]
    key = PrivacyKey(SecretStr("a key of sixteen characters"))
    asked = TrainingRequest(dataset="rows", target=target, max_models=1, seed=1, **request)
    return Learnt(
        folder,
        "\n".join(lines),
        target,
        batch_filter=Anonymiser([action], key),
        request=asked,
        in_memory_mib=mebibytes,
    )
