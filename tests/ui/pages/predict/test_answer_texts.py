"""Sentences about answers, reasons and warnings."""

from __future__ import annotations

from typing import Any

import pytest

from tablee.http.schemas.inference import Explanation, Prediction
from tablee.i18n import LANGUAGES, Formatter
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.block import CellWarning, WarningCode
from tablee.tables.cells.cell_format import CellFormat, DateFormat
from tablee_ui.pages.predict.answer_texts import AnswerTexts
from tablee_ui.texts import Texts

SPECIES = Target(name="species", problem_type=ProblemType.MULTICLASS, classes=("Adelie", "Chinstrap", "Gentoo"))
PRICE = Target(name="price", problem_type=ProblemType.REGRESSION)
CHURN = Target(name="churn", problem_type=ProblemType.BINARY, classes=("no", "yes"))


def contract(target: Target, threshold: float | None = None) -> Contract:
    columns = (
        NumberColumn(name="mass", minimum=2700, maximum=6300),
        CategoryColumn(name="sex", levels=("female", "male")),
        NumberColumn(name="*odd*", minimum=0, maximum=1),
    )
    return Contract(model="m", columns=columns, target=target, threshold=threshold)


def sentences(contract: Contract, language: str = "en") -> AnswerTexts:
    return AnswerTexts(Texts(language), Formatter(language), contract)


def classes(**shares: float) -> Prediction:
    likeliest = max(shares, key=lambda name: shares[name])
    return Prediction(prediction=likeliest, probability=shares[likeliest], probabilities=shares)


def test_a_class_is_named() -> None:
    said = sentences(contract(SPECIES)).answer(classes(Adelie=0.9, Gentoo=0.1))
    assert said == "species: **Adelie**"


def test_a_predicted_number_is_rounded() -> None:
    assert sentences(contract(PRICE), "fr").answer(Prediction(prediction=4012.31)) == (
        "price\u00a0: environ **4\u202f012**"
    )


@pytest.mark.parametrize(
    ("share", "word"), [(0.99, "very sure"), (0.85, "rather sure"), (0.7, "leans"), (0.4, "hesitates: only")]
)
def test_confidence_has_words(share: float, word: str) -> None:
    rest = (1 - share) / 2
    assert word in sentences(contract(SPECIES)).confidence(classes(Adelie=share, Gentoo=rest, Chinstrap=rest))


def test_the_second_answer_is_named_when_it_is_near() -> None:
    said = sentences(contract(SPECIES)).confidence(classes(Adelie=0.55, Gentoo=0.41, Chinstrap=0.04))
    assert said.endswith("It hesitates with Gentoo (41.0%).")


def test_an_answer_below_one_half_is_explained_by_the_threshold() -> None:
    prediction = Prediction(prediction="yes", probability=0.38, probabilities={"no": 0.62, "yes": 0.38})
    said = sentences(contract(CHURN, threshold=0.3)).confidence(prediction)
    assert "38.0%" in said
    assert "30.0%" in said


def test_numbers_have_no_confidence() -> None:
    assert sentences(contract(PRICE)).confidence(Prediction(prediction=1.0)) == ""


def explained(scale: Any, **contributions: float) -> Explanation:
    return Explanation(scale=scale, about="Adelie", contributions=contributions, bias=0, output=0)


def test_the_three_largest_contributions_are_named() -> None:
    explanation = explained("log_odds", mass=-3.0, sex=2.0, year=0.1, bill=1.0)
    row = {"mass": 3750.0, "sex": None, "bill": 39.1, "year": 2007}
    assert sentences(contract(SPECIES)).reasons(explanation, row) == (
        "What speaks for Adelie: sex = unknown and bill = 39.1. What speaks against Adelie: mass = 3750."
    )


def test_reasons_of_a_number_have_amounts() -> None:
    said = sentences(contract(PRICE), "fr").reasons(explained("value", mass=-212.4, sex=80.0), {"mass": 1, "sex": "f"})
    assert said == (
        "En moyenne, le modèle dit 0. Ce qui relève l’estimation\u00a0: sex = f (\\+80). "
        "Ce qui l’abaisse\u00a0: mass = 1 (−212,4)."
    )


def test_contributions_of_zero_are_no_reasons() -> None:
    assert sentences(contract(SPECIES)).reasons(explained("log_odds", mass=0.0), {}) == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(WarningCode))
def test_warnings_name_the_column(language: str, code: WarningCode) -> None:
    said = sentences(contract(SPECIES), language).warning(CellWarning(1, "mass", code, 9000.0))
    assert "mass" in said


def test_a_value_out_of_range_is_shown_with_the_range() -> None:
    said = sentences(contract(SPECIES)).warning(CellWarning(1, "mass", WarningCode.RANGE, 9000.0))
    assert "9000" in said
    assert "2700 to 6300" in said


@pytest.mark.parametrize(
    ("language", "said", "form"), [("en", "a date as", "mm/dd/yyyy"), ("fr", "une date écrite", "mm/jj/aaaa")]
)
def test_a_date_that_cannot_be_read_is_shown_with_the_format_of_the_data(language: str, said: str, form: str) -> None:
    born = TextColumn(name="born", reads="date", cell_format=CellFormat(date=DateFormat(pattern="%m/%d/%Y")))
    dated = contract(SPECIES).model_copy(update={"columns": (born,)})
    warning = sentences(dated, language).warning(CellWarning(1, "born", WarningCode.UNREADABLE, "25/12/2024"))
    assert all(each in warning for each in ("25/12/2024", form, "12/25/2024", said))


def test_values_from_outside_are_no_markdown() -> None:
    said = sentences(contract(SPECIES)).warning(CellWarning(1, "*odd*", WarningCode.UNSEEN, "a [b](c)"))
    assert r"\*odd\*" in said
    assert r"a \[b\]\(c\)" in said
