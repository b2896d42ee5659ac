"""Steps of a recipe as sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tablee.http.schemas.recipes import ProposalReason
from tablee.i18n import LANGUAGES, Formatter
from tablee.recipes.steps import (
    Bin,
    Cap,
    CleanText,
    DateParts,
    Drop,
    Elapsed,
    Fill,
    Formula,
    Kind,
    Log,
    MissingMarkers,
    ParseDate,
    ParseNumber,
    RareLevels,
    Ratio,
    Step,
)
from tablee_ui.texts import Texts
from tablee_ui.widgets.recipe_steps import StepTexts, code

SAID: list[tuple[Step, str, str]] = [
    (
        ParseDate(column="date"),
        "Read “date” as a date, day first",
        "Lire «\u00a0date\u00a0» comme une date, le jour en premier",
    ),
    (
        CleanText(column="ville", case="lower", accents="remove"),
        "Unify the spelling of “ville”: no needless spaces, all in lower case and no accents",
        "Unifier l’écriture de «\u00a0ville\u00a0»\u00a0: sans espaces inutiles, tout en minuscules et sans accents",
    ),
    (
        MissingMarkers(column="x", markers=("n/a",), numbers=(-999.0,)),
        r"Take “n/a” and \-999 in “x” for a missing value",
        "Dans «\u00a0x\u00a0», compter «\u00a0n/a\u00a0» et \\-999 comme valeur manquante",
    ),
    (
        ParseNumber(column="prix", decimal=",", units={"€": 1.0, "k€": 1000.0}),
        "Read “prix” as a number, with a decimal comma and the unit € and k€ (times 1,000)",
        "Lire «\u00a0prix\u00a0» comme un nombre, avec une virgule décimale et l’unité € et k€ (fois 1\u202f000)",
    ),
    (
        DateParts(column="date", parts=("month", "weekday"), since=date(2000, 1, 1)),
        "Take out of the date “date”: month and weekday",
        "Tirer de la date «\u00a0date\u00a0»\u00a0: mois et jour de la semaine",
    ),
    (
        Elapsed(start="a", end="b", to="c"),
        "Count the days from “a” to “b”, as the new column “c”",
        "Compter les jours de «\u00a0a\u00a0» à «\u00a0b\u00a0», dans la nouvelle colonne «\u00a0c\u00a0»",
    ),
    (
        RareLevels(column="x", least=5, levels=("a", "b")),
        r"In “x”, keep “a” and “b”, and call all other values “(other)”",
        "Dans «\u00a0x\u00a0», garder «\u00a0a\u00a0» et «\u00a0b\u00a0», et appeler toutes les autres valeurs "
        "«\u00a0(other)\u00a0»",
    ),
    (
        Cap(column="x", low=0.0),
        "Limit “x”: nothing below 0 and the highest 1% lowered to the rest",
        "Limiter «\u00a0x\u00a0»\u00a0: rien au-dessous de 0 et les 1\u202f% les plus hauts abaissés",
    ),
    (
        Fill(column="x", value="?"),
        "Where “x” is missing, put “?”",
        "Là où «\u00a0x\u00a0» manque, mettre «\u00a0?\u00a0»",
    ),
    (
        Log(column="x", offset=1.0, to="log x"),
        "Take the logarithm of “x” plus 1, as the new column “log x”",
        "Prendre le logarithme de «\u00a0x\u00a0» plus 1, dans la nouvelle colonne «\u00a0log x\u00a0»",
    ),
    (
        Ratio(numerator="a", denominator="b", to="c"),
        "Divide “a” by “b”, as the new column “c”",
        "Diviser «\u00a0a\u00a0» par «\u00a0b\u00a0», dans la nouvelle colonne «\u00a0c\u00a0»",
    ),
    (
        Bin(column="x", edges=(1.5, 3.0)),
        "Sort “x” into ranges that meet at 1.5 and 3",
        "Ranger «\u00a0x\u00a0» en tranches séparées par 1,5 et 3",
    ),
    (
        Formula(to="c", expression="a * 2"),
        "Compute the new column “c”: `a * 2`",
        "Calculer la nouvelle colonne «\u00a0c\u00a0»\u00a0: `a * 2`",
    ),
    (Drop(columns=("a", "b")), "Leave out “a” and “b”", "Écarter «\u00a0a\u00a0» et «\u00a0b\u00a0»"),
]


def sentences(language: str = "en") -> StepTexts:
    return StepTexts(Texts(language), Formatter(language))


@pytest.mark.parametrize(("step", "english", "french"), SAID, ids=[step.kind for step, *_ in SAID])
def test_every_kind_of_step_has_its_sentence(step: Step, english: str, french: str) -> None:
    assert sentences("en").of(step) == english
    assert sentences("fr").of(step) == french


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "step",
    [
        *(ParseDate(column="x", order=order) for order in ("month_day_year", "year_month_day", "month_year")),
        *(Fill(column="x", by=by) for by in ("median", "most_frequent")),
        *(CleanText(column="x", case=case) for case in ("keep", "lower", "upper")),
        *(Elapsed(start="a", end="b", to="c", unit=unit) for unit in ("days", "hours", "minutes", "seconds")),
        DateParts(column="x", parts=("year", "quarter", "month", "day", "weekday", "day_of_year", "hour", "days")),
        Cap(column="x", low_share=0.0, high_share=0.0),
        Cap(column="x", high=9.0),
        RareLevels(column="x"),
        Bin(column="x"),
        Log(column="x"),
        ParseNumber(column="x"),
        ParseNumber(column="x", units={"%": 1.0}, without_unit="missing"),
    ],
    ids=repr,
)
def test_every_option_of_a_step_is_in_its_sentence(language: str, step: Step) -> None:
    said = sentences(language).of(step)
    assert "x" in said or "c" in said
    assert "{" not in said


def test_a_column_from_outside_is_no_markdown() -> None:
    assert r"\*bold\*" in sentences().of(ParseDate(column="*bold*"))
    assert code("a`b") == "`` a`b ``"


def why(reason: str, column: str = "x") -> ProposalReason:
    return ProposalReason(column=column, reason=reason, texts=402, of=1402, examples=["3/4/24", "5/6/24"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (ParseDate(column="x"), "date_as_text"),
        (DateParts(column="x", parts=("year",)), "date_as_text"),
        (MissingMarkers(column="x", markers=("-",)), "number_as_text"),
        (ParseNumber(column="x"), "number_as_text"),
        (CleanText(column="x"), "spellings"),
        (RareLevels(column="x"), "rare_levels"),
        (RareLevels(column="x"), "spellings"),
        (Elapsed(start="a", end="b", to="x"), "elapsed"),
    ],
)
def test_every_step_that_is_proposed_has_a_reason(language: str, step: Step, reason: str) -> None:
    assert sentences(language).why(step, why(reason))


def test_a_reason_has_figures_and_examples() -> None:
    said = sentences("fr").why(ParseDate(column="x"), why("date_as_text"))
    assert "402 textes différents sur 1\u202f402" in said
    assert "«\u00a03/4/24\u00a0» et «\u00a05/6/24\u00a0»" in said


@pytest.mark.parametrize(
    ("step", "found", "said"),
    [
        (RareLevels(column="x"), {"levels": ["a"]}, "1 value is kept, “a”"),
        (RareLevels(column="x"), {"levels": list("abcdefg")}, "7 values are kept, “a”, “b”, “c”, “d”, “e”, …"),
        (RareLevels(column="x", levels=("a",)), {"levels": ["a"]}, ""),
        (Cap(column="x"), {"low": 1.5, "high": 9.0}, "from 1.5 to 9"),
        (Cap(column="x"), {"low": None, "high": None}, ""),
        (Fill(column="x", by="median"), {"value": 3.0}, "3."),
        (Bin(column="x"), {"edges": [1.0, 2.0]}, "meet at 1 and 2"),
        (Log(column="x"), {}, ""),
    ],
)
def test_computed_values_are_shown(step: Step, found: dict[str, Any], said: str) -> None:
    shown = sentences().learnt(step, found)
    assert said in shown
    assert bool(said) == bool(shown)


KINDS: dict[str, Kind] = {"number": "number", "text": "text", "date": "date"}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (ParseDate(column="gone"), "no column “gone”"),
        (ParseDate(column="number"), "“number” is a number at this place"),
        (DateParts(column="text", parts=("year",)), "“text” is a text at this place"),
        (Elapsed(start="date", end="number", to="x"), "“number” is a number at this place"),
        (Ratio(numerator="number", denominator="date", to="x"), "“date” is a date at this place"),
        (Ratio(numerator="number", denominator="number", to="text"), "a column “text” already"),
        (Formula(to="x", expression="text + 1"), "“text” is a text at this place; the formula needs a number."),
        (Formula(to="x", expression="len(number)"), "“number” is a number at this place; the formula needs a text."),
        (Formula(to="x", expression="date + 1"), "Make a number of it first"),
        (Formula(to="x", expression="1 + 1"), "reads no column"),
        (Formula(to="x", expression="gone + 1"), "no column “gone”"),
    ],
)
def test_a_step_that_does_not_fit_says_why(step: Step, said: str) -> None:
    assert said in sentences().fault(step, KINDS)


@pytest.mark.parametrize(
    ("expression", "english", "french"),
    [
        ("number + 1", "", ""),
        ("number +", "“number +” cannot be read as a formula.", "ne se lit pas comme une formule."),
        ("number + * 2", "from character 10 on", "à partir du caractère 10"),
        ("open(number)", "“open(number)” is not allowed", "«\u00a0open(number)\u00a0» n’a pas sa place"),
        ("-" * 40 + "number", "nested deeper than 30 levels", "plus de 30 niveaux"),
        ("text * 2", "needs a number", "la formule attend le type «\u00a0nombre\u00a0»"),
    ],
)
def test_a_formula_says_what_is_wrong_in_both_languages(expression: str, english: str, french: str) -> None:
    for language, said in (("en", english), ("fr", french)):
        found = sentences(language).formula_fault(expression, KINDS).replace("\\", "")
        assert (said in found) if said else not found
