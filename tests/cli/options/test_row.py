"""`--row column=value`: values get the types of the contract, or an error names the column."""

from __future__ import annotations

import pytest
import typer

from tablee.models.contract import Contract
from tablee_cli.options.row import parse_row


def test_values_are_typed_by_the_contract(contract: Contract) -> None:
    assert parse_row(["âge=42", "ville=75000"], contract) == {"âge": 42, "ville": "75000"}
    assert parse_row(["ville=a=b", "âge= 1.5e1"], contract) == {"âge": 15, "ville": "a=b"}
    assert parse_row(["âge=-0.5", "ville=Lyon"], contract) == {"âge": -0.5, "ville": "Lyon"}


@pytest.mark.parametrize("missing", ["", "NA", "nan", "null"])
def test_texts_for_missing_values_are_missing_values(contract: Contract, missing: str) -> None:
    assert parse_row([f"âge={missing}", f"ville={missing}"], contract) == {"âge": None, "ville": None}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["âge=old", "ville=Lyon"], "column «âge»: got 'old', expected a number"),
        (["âge=inf", "ville=Lyon"], "column «âge»: got inf, expected a number"),
        (["âge=1"], "column «ville» is missing; write ville= for an unknown value"),
        (["âge=1", "ville=Lyon", "vile=Lyon"], "there is no column «vile» (the model reads âge, ville)"),
        (["âge=1", "âge=2", "ville=Lyon"], "column «âge» is there twice"),
        (["âge", "ville=Lyon"], "«âge» is not of the form column=value"),
    ],
)
def test_columns_that_do_not_fit_are_named(contract: Contract, cells: list[str], said: str) -> None:
    with pytest.raises(typer.BadParameter) as caught:
        parse_row(cells, contract)
    assert said in caught.value.message
