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
from tablee.recipes.parsing.numbers import number_parser
from tablee.recipes.steps import ParseDate, ParseNumber
from tablee_data.inference.habits import Habits
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
        (["¥1250", "￥710"], None, None),
        (["$12.50", "US$7.10", "A$8.00"], Mixture.CURRENCIES, ("$12.50", "US$7.10")),
        (["12 kr", "5 €", "7 kr"], Mixture.CURRENCIES, ("12 kr", "5 €")),
        (["12 zł", "5 €"], Mixture.CURRENCIES, ("12 zł", "5 €")),
        (["Rs 12", "$5", "Rs 7"], Mixture.CURRENCIES, ("Rs 12", "$5")),
        (["₹12", "₺5"], Mixture.CURRENCIES, ("₹12", "₺5")),
        (["12 kg", "5 lb", "7 kg"], Mixture.UNITS, ("12 kg", "5 lb")),
        (["12 kg", "5 kg", "700 g"], Mixture.UNITS, ("12 kg", "700 g")),
        (["5k", "7M", "3k"], Mixture.UNITS, ("5k", "7M")),
        (["12 mW", "5 MW"], Mixture.UNITS, ("12 mW", "5 MW")),
        ([*(f"{weight} kg" for weight in range(60)), "5 lb"], Mixture.UNITS, ("0 kg", "5 lb")),
        (["5 years", "7 months", "1 year"], Mixture.UNITS, ("5 years", "7 months")),
        (["21,5 °C", "70,1 °F"], Mixture.UNITS, ("21,5 °C", "70,1 °F")),
        (["1 room", "2 rooms", "3 Rooms"], None, None),
        (["1st", "2nd", "3rd", "4th"], None, None),
        (["12A", "12B", "14A", "3C"], None, None),
        (["3 mars", "4 avril", "5 mars"], None, None),
        (["12 bis", "12", "14 ter", "7"], None, None),
        (["123-AB", "456-CD", "789-AB"], None, None),
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


@pytest.mark.parametrize(
    ("texts", "habits", "chosen", "result", "other"),
    [
        (["1,234 kg", "5,678 kg"], Habits(), ".", "1234", "1.234"),
        (["1.234 kg", "5.678 kg"], Habits(), ".", "1.234", "1234"),
        (["1.234 €", "5.678 €"], Habits(decimal=","), ",", "1234", "1.234"),
        (["1.234 €", "5.678 €"], Habits(semicolons=True), ",", "1234", "1.234"),
        (["1,234 %", "5,678 %"], Habits(semicolons=True), ",", "1.234", "1234"),
        (["−1,234", "5,678"], Habits(decimal=","), ",", "-1.234", "-1234"),
        (["12/03/2024", "02-11-2023", "05.06.2024"], Habits(), "day_month_year", "2024-03-12", "2024-12-03"),
        (["12/03/2024", "02-11-2023"], Habits(orders=("m",)), "month_day_year", "2024-12-03", "2024-03-12"),
        (["24/03/12", "23-05-11"], Habits(orders=("y",)), "year_month_day", "2024-03-12", "2012-03-24"),
    ],
)
def test_texts_that_two_steps_read_are_asked_about(
    texts: list[str], habits: Habits, chosen: str, result: str, other: str
) -> None:
    found = detect(pl.Series("x", texts), habits)
    assert isinstance(found, ParsableTexts)
    decision = found.decision
    assert decision is not None
    assert (decision.chosen, decision.examples[chosen], decision.sure) == (chosen, result, False)
    assert other in [decision.examples[each] for each in decision.alternatives]
    assert set(found.otherwise) == set(decision.alternatives)
    proposed = propose(pl.DataFrame({"x": texts}), habits)
    assert (proposed.reasons[0].decision, proposed.reasons[0].otherwise) == (decision, dict(found.otherwise))
    for language in LANGUAGES:
        assert DataTranslator(language).reason(decision)


@pytest.mark.parametrize(
    "texts",
    [
        ["1.234 €", "5,5 €"],
        ["1,234.5 kg", "5,678 kg"],
        ["12 €", "13 €"],
        ["31/03/2024", "02-11-2023"],
        ["01/01/2024", "02-02-2023"],
        ["12 Mar 2024", "3-4-2024 10:15", "28.04.2023"],
    ],
)
def test_texts_that_all_steps_read_alike_are_not_asked_about(texts: list[str]) -> None:
    found = detect(pl.Series("x", texts))
    assert isinstance(found, ParsableTexts)
    assert (found.decision, found.otherwise) == (None, {})


@pytest.mark.parametrize(
    "texts",
    [
        ["+33612345678", "+33699887766"],
        ["9007199254740993", "12"],
        ["9.007.199.254.740.993", "12"],
        ["1234567890123456.79 €", "12 €"],
        ["1E5", "2E7"],
        ["2024-31-03", "2024-12-11", "2023-28-01"],
    ],
)
def test_what_a_file_keeps_as_text_no_step_reads_as_numbers(texts: list[str]) -> None:
    assert detect(pl.Series("x", texts)) is None


def test_percentages_need_their_sign() -> None:
    found = detect(pl.Series("x", ["12%", "7.5 %", "0"]))
    assert isinstance(found, ParsableTexts)
    assert isinstance(found.step, ParseNumber)
    read = number_parser(found.step)
    assert [read(text) for text in ("12%", "0.12", "0", "-3 %", "12")] == [12.0, None, 0.0, -3.0, None]
    euros = detect(pl.Series("x", ["12 €", "7.5 €"]))
    assert isinstance(euros, ParsableTexts)
    assert isinstance(euros.step, ParseNumber)
    assert number_parser(euros.step)("12") == 12.0


def test_the_profile_shows_both_readings(datasets: Datasets, tmp_path: Path) -> None:
    table = pl.DataFrame({"w": ["1.234 kg", "5.678 kg"] * 15, "d": ["12/03/2024", "02-11-2023"] * 15})
    _, manifest, parquet = _stored(table, datasets, tmp_path)
    found = {each.columns: each for each in profile(parquet, manifest).warnings if "as_text" in each.code}
    assert found["w",].figures["other_result"] == "1234"
    assert found["d",].figures["other_result"] == "2024-12-03"
    for language in LANGUAGES:
        for each in found.values():
            assert str(each.figures["other_result"]) in DataTranslator(language).warning(each)


def test_the_profile_says_what_does_not_mean_the_same(datasets: Datasets, tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "price": ["12,00 €", "$7.50"] * 15,
            "rate": ["12%", "0.2"] * 15,
            "level": ["<0.5", "0.7"] * 15,
            "weight": ["12 kg", "5 lb"] * 15,
            "plain": [1.5, 2.5, 3.5] * 10,
        }
    )
    _, manifest, parquet = _stored(table, datasets, tmp_path)
    found = {each.columns: each for each in profile(parquet, manifest).warnings if each.code.startswith("mixed")}
    assert {columns: each.code for columns, each in found.items()} == {
        ("price",): "mixed_currencies",
        ("rate",): "mixed_percent",
        ("level",): "mixed_bounds",
        ("weight",): "mixed_units",
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
