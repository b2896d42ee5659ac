"""Proposed recipes: steps for columns that models cannot read well as they are, none for others."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from french import french
from number_columns import with_numbers
from repository import PENGUINS

from tablee.recipes.fitting import fit
from tablee.tables.csv.reader import read_csv
from tablee_data.recipes.preview import preview
from tablee_data.recipes.proposal import propose


def proposed(**columns: list[Any]) -> list[dict[str, Any]]:
    steps = propose(pl.DataFrame(columns)).recipe.steps
    return [step.model_dump(exclude_defaults=True) | {"kind": step.kind} for step in steps]


def test_columns_that_models_read_well_get_no_step() -> None:
    frame = with_numbers(read_csv(PENGUINS))
    assert propose(frame).recipe.steps == ()


def test_dates_amounts_and_spellings() -> None:
    frame = french().drop("payé")
    found = propose(frame)
    assert [(step.kind, step.reads[0]) for step in found.recipe.steps] == [
        ("parse_date", "date de facture"),
        ("date_parts", "date de facture"),
        ("missing", "montant"),
        ("parse_number", "montant"),
        ("clean_text", "ville"),
    ]
    assert [(why.column, why.reason) for why in found.reasons] == [
        ("date de facture", "date_as_text"),
        ("montant", "number_as_text"),
        ("ville", "spellings"),
    ]
    fitted = fit(found.recipe, frame)
    levels = {feature.name: feature.levels for feature in fitted.features}
    assert levels["ville"] == ("nimes", "orleans", "paris")
    assert levels["montant"] == ()


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["13/01/2024", "02/03/2024"], "day_month_year"),
        (["01/13/2024", "02/03/2024"], "month_day_year"),
        (["2024-01-13T10:00:00Z", "2024-03-02"], "day_month_year"),
        (["2024/01/13", "2024/03/02"], "year_month_day"),
        (["3 mars 2024", "1er avril 2023"], "day_month_year"),
        (["April 3, 2024", "May 12, 2023"], "month_day_year"),
    ],
)
def test_the_order_of_dates_is_the_one_that_parses_all(texts: list[str], order: str) -> None:
    first = propose(pl.DataFrame({"d": texts * 5})).recipe.steps[0].model_dump()
    assert (first["kind"], first["order"]) == ("parse_date", order)


def test_months_alone_have_no_day() -> None:
    steps = proposed(mois=["janv. 2024", "mars 2024", "avril 2023"] * 5)
    assert steps == [
        {"kind": "parse_date", "column": "mois", "order": "month_year"},
        {"kind": "date_parts", "column": "mois", "parts": ("year", "month")},
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1 234,5 €", "12,00 €"], {"decimal": ",", "units": {"€": 1.0}}),
        (["$1,234.50", "$12"], {"units": {"$": 1.0}}),
        (["1.234,5", "7,25"], {"decimal": ","}),
        (["12 %", "7,5 %", "-"], {"decimal": ",", "units": {"%": 1.0}}),
        (["120 km", "75.5 km"], {"units": {"km": 1.0}}),
    ],
)
def test_the_step_of_numbers_has_their_separators_and_units(texts: list[str], expected: dict[str, Any]) -> None:
    step = proposed(n=texts * 5)[-1]
    assert step["kind"] == "parse_number"
    assert {name: step.get(name) for name in ("decimal", "units") if name in step} == expected


@pytest.mark.parametrize(
    "texts",
    [
        ["01000", "2A004", "75001"],
        ["01 23 45", "02 34 56"],
        ["Level 1", "Level 2"],
        ["1.2.3", "1.2.4"],
        ["a", "b"],
        ["10-20", "20-30"],
        ["?", "-"],
        ["oui", "non"],
    ],
)
def test_codes_and_levels_get_no_step(texts: list[str]) -> None:
    assert proposed(c=texts * 5) == []


def test_rare_levels_of_free_text_are_grouped() -> None:
    texts = ["Paris"] * 300 + ["Lyon"] * 200 + [f"village {chr(97 + i % 26)}{i}" for i in range(200)]
    assert proposed(ville=texts) == [{"kind": "rare", "column": "ville"}]
    assert proposed(ville=[f"personne {chr(97 + i % 26)}{i}" for i in range(700)]) == []


def test_the_time_between_two_dates() -> None:
    dates = [f"{1 + i % 28:02}/{1 + i % 12:02}/2024" for i in range(60)]
    steps = proposed(commande=dates, livraison=dates[7:] + dates[:7])
    assert steps[-1] == {"kind": "elapsed", "start": "commande", "end": "livraison", "to": "livraison - commande"}


def test_a_preview_is_made_without_the_wrong_steps() -> None:
    from tablee.recipes import Recipe

    frame = french(100).drop("payé")
    recipe = Recipe.model_validate(
        {
            "steps": [
                {"kind": "log", "column": "montant"},
                {"kind": "parse_number", "column": "montant", "decimal": ",", "thousands": [" "], "units": {"€": 1}},
                {"kind": "cap", "column": "montant", "high_share": 0.1},
                {"kind": "clean_text", "column": "nowhere"},
                {"kind": "rare", "column": "ville", "least": 5},
            ]
        }
    )
    made = preview(recipe, frame, shown=3)
    assert [(fault.step, fault.column) for fault in made.faults] == [(1, "montant"), (4, "nowhere")]
    assert "“montant” is a text here, expected a number" in made.faults[0].detail
    assert (made.before.height, made.after.height) == (3, 3)
    assert made.after["montant"].dtype == pl.Float64
    assert set(made.learnt) == {3, 5}
    assert made.learnt[3]["high"] < 10_000
    assert made.fitted is not None
    assert made.fitted.left_out == {"date de facture": "it is free text: too many different values for a category"}


def test_dates_of_a_data_set_are_in_iso_8601() -> None:
    frame = pl.DataFrame({"le": ["2024-01-13", "2024-02-03", "2023-12-01"], "n": [1.0, 2.0, 3.0]})
    step = propose(frame).recipe.steps[0]
    assert step.model_dump(include={"kind", "order"}) == {"kind": "parse_date", "order": "year_month_day"}
