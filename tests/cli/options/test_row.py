"""`--row column=value`: values get the types of the contract, or an error names the column."""

from __future__ import annotations

import pytest
import typer

from tablee.models.contract import Contract
from tablee.tables.cells.cell_format import CellFormat
from tablee_cli.options.row import parse_row


def test_values_are_typed_by_the_contract(contract: Contract) -> None:
    assert parse_row(["âge=42", "ville=75000"], contract) == {"âge": 42, "ville": "75000"}
    assert parse_row(["ville=a=b", "âge= 1.5e1"], contract) == {"âge": 15, "ville": "a=b"}
    assert parse_row(["âge=-0.5", "ville=Lyon"], contract) == {"âge": -0.5, "ville": "Lyon"}


def test_a_name_may_contain_the_sign_between_name_and_value(contract: Contract) -> None:
    names = ("a", "a=b", "=1+1")
    columns = tuple(contract.column("ville").model_copy(update={"name": name}) for name in names)
    odd = contract.model_copy(update={"columns": columns})
    assert parse_row(["a=b=c", "a=d", "=1+1=x=y"], odd) == {"a=b": "c", "a": "d", "=1+1": "x=y"}


def test_digits_with_an_underscore_are_no_number(contract: Contract) -> None:
    with pytest.raises(typer.BadParameter, match="column “âge”: got '1_0', expected a number"):
        parse_row(["âge=1_0", "ville=Lyon"], contract)


@pytest.mark.parametrize("missing", ["", "NA", "nan", "null"])
def test_texts_for_missing_values_are_missing_values(contract: Contract, missing: str) -> None:
    age, town = contract.columns
    town = town.model_copy(update={"cell_format": CellFormat(missing=("NA", "nan", "null"))})
    marked = contract.model_copy(update={"columns": (age, town)})
    assert parse_row([f"âge={missing}", f"ville={missing}"], marked) == {"âge": None, "ville": None}
    assert parse_row(["âge=1", f"ville={missing}"], contract)["ville"] == (missing or None), "no marker of this model"


@pytest.mark.parametrize("level", ["NA", "null", '"NA"', '"x"'])
def test_a_text_that_is_a_level_is_that_level(contract: Contract, level: str) -> None:
    age, town = contract.columns
    levels = {"levels": ("Lyon", level), "cell_format": CellFormat(missing=("NA", "null"))}
    marked = contract.model_copy(update={"columns": (age, town.model_copy(update=levels))})
    assert parse_row(["âge=NA", f"ville={level}"], marked) == {"âge": None, "ville": level}
    assert parse_row(["âge=", "ville="], marked) == {"âge": None, "ville": None}


def test_quotes_make_a_text_of_what_is_missing_in_files(contract: Contract) -> None:
    age, town = contract.columns
    for levels in ((), ("Lyon", "NA")):
        marked = town.model_copy(update={"levels": levels, "cell_format": CellFormat(missing=("NA",))})
        read = contract.model_copy(update={"columns": (age, marked)})
        assert parse_row(["âge=1", 'ville="NA"'], read)["ville"] == "NA"
        assert parse_row(["âge=1", 'ville="Lyon"'], read)["ville"] == '"Lyon"', "quotes of a text are part of it"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["âge=old", "ville=Lyon"], "column “âge”: got 'old', expected a number"),
        (["âge=inf", "ville=Lyon"], "column “âge”: got 'inf', expected a number"),
        (["âge=1"], "column “ville” is missing; write ville= for an unknown value"),
        (["âge=1", "ville=Lyon", "vile=Lyon"], "there is no column “vile” (the model reads âge, ville)"),
        (["âge=1", "âge=2", "ville=Lyon"], "column “âge” is there twice"),
        (["âge", "ville=Lyon"], "“âge” is not of the form column=value"),
    ],
)
def test_columns_that_do_not_fit_are_named(contract: Contract, cells: list[str], said: str) -> None:
    with pytest.raises(typer.BadParameter) as caught:
        parse_row(cells, contract)
    assert said in caught.value.message
