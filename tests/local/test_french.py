"""A French file is trained on with the proposed recipe, and French cells are predicted over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from french import french

MONTHS = ("janvier", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "octobre", "novembre", "déc.")
DATE, AMOUNT = "date de facture", "montant"


def as_written(day: str) -> str:
    """`03/11/2024` as `3 novembre 2024`, but `1er`."""
    number, month, year = day.split("/")
    return f"{'1er' if number == '01' else int(number)} {MONTHS[int(month) - 1]} {year}"


@pytest.fixture(scope="module")
def api(stack: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Predicts with a model of the French file."""
    table = french(600)
    table = table.with_columns(pl.Series(DATE, [as_written(day) for day in table[DATE]]))
    file: Path = tmp_path_factory.mktemp("french") / "factures.csv"
    file.write_bytes(table.write_csv(separator=";").replace("\u202f", "\u00a0").encode("cp1252"))
    added = stack.cli("data", "add", file, "--json")
    assert added.code == 0, added.err
    kinds = {column["name"]: column["kind"] for column in added.json["columns"]}
    assert (kinds[DATE], kinds[AMOUNT], kinds["âge"]) == ("date", "text", "number")
    trained = stack.cli("train", "--data", "factures", "--target", "payé", "--models", 3, "--wait", "--json")
    assert trained.code == 0, trained.err
    promoted = stack.cli("promote", "factures", trained.json["version"], "--wait", "--json")
    assert promoted.code == 0, promoted.err
    return f"{stack.api_url}/models/factures"


def asked(api: str, *rows: dict[str, Any]) -> dict[str, Any]:
    answer = httpx.post(f"{api}/predict", json={"rows": list(rows)}, timeout=60).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def row(day: str, amount: str, town: str) -> dict[str, Any]:
    return {DATE: day, AMOUNT: amount, "ville": town, "âge": 40}


def test_the_recipe_reads_french_cells(api: str) -> None:
    model = httpx.get(api).raise_for_status().json()
    steps = {(step["kind"], step["column"]) for step in model["recipe"]["steps"]}
    assert {("parse_date", DATE), ("parse_number", AMOUNT), ("clean_text", "ville")} <= steps
    many = asked(api, row("3 novembre 2024", "9 500,00 €", "Paris"), row("3 juin 2024", "80,50 €", "orléans"))
    likely, unlikely = (found["probabilities"]["oui"] for found in many["predictions"])
    assert likely > unlikely + 0.3
    assert many["warnings"] == []


@pytest.mark.parametrize(
    "same",
    [
        ("3 nov. 2024", "9 500 €", "PARIS"),
        ("2024-11-03", "9\u202f500,00\u00a0€", " paris "),
        ("dimanche 3 nov. 2024", "9500", "Paris"),
    ],
)
def test_different_spellings_of_a_cell_give_the_same_prediction(api: str, same: tuple[str, str, str]) -> None:
    first = asked(api, row("3 novembre 2024", "9 500,00 €", "Paris"))
    again = asked(api, row(*same))
    assert again["predictions"][0]["probabilities"] == first["predictions"][0]["probabilities"]
    assert again["warnings"] == []


@pytest.mark.parametrize("written", ["bientôt", "03/11/2024"])
def test_an_unreadable_cell_gives_a_warning(api: str, written: str) -> None:
    """Nothing in the data set says whether the day or the month comes first in `03/11/2024`."""
    answer = asked(api, row(written, "9 500,00 €", "Paris"))
    (warning,) = answer["warnings"]
    assert (warning["code"], warning["column"], warning["value"]) == ("unreadable_text", DATE, written)


def test_a_date_behind_those_of_the_training_gives_a_warning(api: str) -> None:
    (warning,) = asked(api, row("3 décembre 2031", "9 500,00 €", "Paris"))["warnings"]
    assert (warning["code"], warning["column"]) == ("out_of_range", DATE)
