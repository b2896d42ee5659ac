"""Detection of dates and numbers in texts; the profile and the proposed recipe agree on them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import ParseDates, ParseNumbers
from tablee.datasets.store import Datasets
from tablee.i18n import LANGUAGES
from tablee.i18n.data_texts import DataTranslator
from tablee.recipes.steps import ParseDate, ParseNumber
from tablee_data.profile import profile
from tablee_data.readers import ingest
from tablee_data.recipes.proposal import propose
from tablee_data.recipes.text_columns import MixedTexts, Mixture, ParsableTexts, detect

MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1 234,5 €", "12,00 €", "7 €"], ","),
        (["1.234,50", "12,5", "-7"], ","),
        (["1'234.50", "12.5", "−7"], "."),
        (["$1,234.50", "$3", "12"], "."),
        (["12 %", "3,5 %", "0 %"], ","),
        (["12", "13", "many"], None),
        (["A1", "B2", "C3"], None),
        (["1,2,3", "4,5,6", "7,8,9"], None),
        (["10.2000", "3.1415", "11.1999"], "."),
    ],
)
def test_numbers_as_people_write_them(texts: list[str], mark: str | None) -> None:
    known = detect(pl.Series("x", texts))
    step = known.step if isinstance(known, ParsableTexts) else None
    assert (step.decimal if isinstance(step, ParseNumber) else None) == mark


@pytest.mark.parametrize(
    ("texts", "mixture", "examples"),
    [
        (["12,00 €", "$7.50", "7 €"], Mixture.CURRENCIES, ("12,00 €", "$7.50")),
        (["¥1200", "$12", "€9"], Mixture.CURRENCIES, ("¥1200", "$12")),
        (["12 EUR", "9 USD", "3"], Mixture.CURRENCIES, ("12 EUR", "9 USD")),
        (["12 EUR", "9 €", "3"], None, None),
        (["12%", "0.2", "7%"], Mixture.PERCENT, ("12%", "0.2")),
        (["0.2", "12%", "7%"], Mixture.PERCENT, ("12%", "0.2")),
        (["12%", "0", "7%", "0.0"], None, None),
        (["12%", "3 €", "7%"], Mixture.PERCENT, ("12%", "3 €")),
        (["<0.5", "0.7", "12"], Mixture.BOUNDS, ("<0.5", "0.7")),
        (["0.7", "12", "≥ 100", "4"], Mixture.BOUNDS, ("≥ 100", "0.7")),
        (["< 5 km", "6 km", "7 km"], Mixture.BOUNDS, ("< 5 km", "6 km")),
        (["<b>", "<i>", "x"], None, None),
        (["12 €", "9 €", "3"], None, None),
    ],
)
def test_numbers_that_do_not_mean_the_same_are_not_merged(
    texts: list[str], mixture: Mixture | None, examples: tuple[str, str] | None
) -> None:
    found = detect(pl.Series("x", texts))
    if mixture is None:
        assert not isinstance(found, MixedTexts)
        return
    assert isinstance(found, MixedTexts)
    assert (found.mixture, found.examples) == (mixture, examples)
    assert (found.step is not None) == (texts in (["12%", "0.2", "7%"], ["0.2", "12%", "7%"]))
    kinds = {step.kind for step in propose(pl.DataFrame({"x": texts * 5})).recipe.steps}
    assert "parse_number" not in kinds


def test_the_profile_says_what_does_not_mean_the_same(datasets: Datasets, tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "price": ["12,00 €", "$7.50"] * 15,
            "rate": ["12%", "0.2"] * 15,
            "level": ["<0.5", "0.7"] * 15,
            "plain": [1.5, 2.5, 3.5] * 10,
        }
    )
    _, manifest, parquet = _stored(table, datasets, tmp_path)
    found = {each.columns: each for each in profile(parquet, manifest).warnings if each.code.startswith("mixed")}
    assert {columns: each.code for columns, each in found.items()} == {
        ("price",): "mixed_currencies",
        ("rate",): "mixed_percent",
        ("level",): "mixed_bounds",
    }
    action = found["rate",].action
    assert isinstance(action, ParseNumbers)
    assert action.step.units == {"%": 0.01}
    for language in LANGUAGES:
        words = DataTranslator(language)
        for each in found.values():
            assert words.warning(each)
            assert words.action(each.action)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["2020-01-31", "2021-12-01", "1999-05-05"], "year_month_day"),
        (["12/05/1980", "01/02/2001", "03/04/2020"], "day_month_year"),
        (["01/31/2020", "03/02/2021", "04/05/2022"], "month_day_year"),
        (["31.12.99", "01.02.03", "05.06.07"], "day_month_year"),
        (["2020-01-02 10:00", "2020-01-02 11:30", "2020-05-02 23:59"], "day_month_year"),
        (["2020-01-02T10:00:00", "2020-01-03T10:00:05", "2020-05-02T10:00:07"], "year_month_day"),
        (["3 janvier 2024", "1er févr. 2023", "lundi 12 août 2024"], "day_month_year"),
        (["3 Jan 2024", "12 September 2023", "1st May 2024"], "day_month_year"),
        (["May 3, 2024", "December 12th, 2023"], "month_day_year"),
        (["janv. 2024", "décembre 2023", "mai 2024"], "month_year"),
        (["01/2024", "12/2023"], "month_year"),
        (["2024-01", "2023-12"], "month_year"),
        (["1/1000", "2/2500", "3/9000"], None),
        (["1.5", "2.5", "3.5"], None),
        (["06 12 34 56 78", "07 12 34 56 78", "06 99 34 56 78"], None),
        (["monday", "tuesday", "friday"], None),
        (["12 pommes 2024", "3 poires 2023"], None),
    ],
)
def test_dates_as_people_write_them(texts: list[str], order: str | None) -> None:
    known = detect(pl.Series("x", texts))
    step = known.step if isinstance(known, ParsableTexts) else None
    assert (step.order if isinstance(step, ParseDate) else None) == order


WAYS: dict[str, Callable[[random.Random], str]] = {
    "iso": lambda r: f"{r.randint(1990, 2030)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
    "day first": lambda r: f"{r.randint(1, 28):02}/{r.randint(1, 12):02}/{r.randint(1990, 2030)}",
    "month first": lambda r: f"{r.randint(1, 12)}-{r.randint(1, 28)}-{r.randint(10, 30)} {r.randint(0, 23)}:30",
    "français": lambda r: f"{r.randint(1, 28)} {r.choice((*MONTHS, *SHORT))} {r.randint(1990, 2030)}",
    "english": lambda r: f"{r.choice(ENGLISH)} {r.randint(1, 28)}, {r.randint(1990, 2030)}",
    "mois": lambda r: f"{r.choice(SHORT)} {r.randint(1990, 2030)}",
    "euros": lambda r: f"{r.randint(0, 9)}\u202f{r.randint(100, 999)},{r.randint(10, 99)} €",
    "percent": lambda r: f"{r.randint(0, 100)},{r.randint(0, 9)} %",
    "dollars": lambda r: f"${r.randint(1, 9)},{r.randint(100, 999)}.{r.randint(10, 99)}",
    "unit": lambda r: f"{r.randint(1, 400)} km",
    "code": lambda r: f"0{r.randint(1000, 9999)}",
    "version": lambda r: f"{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}",
    "town": lambda r: r.choice(["Nîmes", "Arles", "Sète", "Uzès"]),
    "phone": lambda r: "06" + "".join(f" {r.randint(0, 99):02}" for _ in range(4)),
}
ODD = ("n.c.", "-", "inconnu", "voir note", "?", "12")


@pytest.mark.parametrize("seed", range(8))
def test_the_profile_warns_exactly_of_what_the_recipe_parses(seed: int, datasets: Datasets, tmp_path: Path) -> None:
    draw = random.Random(seed)
    columns: dict[str, list[str | None]] = {}
    for way, write in WAYS.items():
        for odd in (0.0, 0.02, 0.05, 0.2):  # so many are something else
            cells: list[str | None] = [draw.choice(ODD) if draw.random() < odd else write(draw) for _ in range(150)]
            empty = draw.choice([0.0, 0.1, 0.7])
            columns[f"{way} {odd}"] = [None if draw.random() < empty else cell for cell in cells]
    frame, manifest, parquet = _stored(pl.DataFrame(columns), datasets, tmp_path)
    texts = {column.name for column in manifest.columns if column.kind in ("category", "text")}
    warnings = [each for each in profile(parquet, manifest).warnings if not each.code.startswith("mixed")]
    warned = [each.action.step for each in warnings if _reads(each.action)]  # type: ignore[union-attr]
    steps = propose(frame).recipe.steps
    proposed = [step for step in steps if isinstance(step, ParseDate | ParseNumber) and step.column in texts]
    assert len(warned) > 10
    assert warned == proposed


def _reads(action: Any) -> bool:
    return isinstance(action, ParseDates | ParseNumbers)


def _stored(table: pl.DataFrame, datasets: Datasets, folder: Path) -> tuple[pl.DataFrame, DatasetManifest, Path]:
    file = folder / "table.csv"
    table.write_csv(file)
    manifest, _ = ingest(datasets, "table", file, filename="table.csv")
    return datasets.frame(manifest), manifest, datasets.fetch(manifest, folder)
