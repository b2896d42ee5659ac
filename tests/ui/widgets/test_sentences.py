"""What the page says of answers, reasons, warnings and verdicts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee.i18n import Formatter
from tablee.jobs.training import Check, Phase, TrainingRequest, TrainingState, Verdict
from tablee.models.contract import CategoryColumn, CellWarning, Contract, NumberColumn, Target, WarningCode
from tablee.models.problem import ProblemType
from tablee_client.schemas.inference import Explanation, Prediction
from tablee_ui.texts import LANGUAGES, Texts
from tablee_ui.widgets.sentences import Sentences

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


def sentences(language: str = "en") -> Sentences:
    return Sentences(Texts(language), Formatter(language))


def classes(**shares: float) -> Prediction:
    likeliest = max(shares, key=lambda name: shares[name])
    return Prediction(prediction=likeliest, probability=shares[likeliest], probabilities=shares)


def test_a_class_is_named() -> None:
    said = sentences().answer(contract(SPECIES), classes(Adelie=0.9, Gentoo=0.1))
    assert said == "species: **Adelie**"


def test_a_number_is_about() -> None:
    assert sentences("fr").answer(contract(PRICE), Prediction(prediction=4012.31)) == (
        "price\u00a0: environ **4\u202f012**"
    )


@pytest.mark.parametrize(
    ("share", "word"), [(0.99, "very sure"), (0.85, "rather sure"), (0.7, "leans"), (0.4, "hesitates: only")]
)
def test_confidence_has_words(share: float, word: str) -> None:
    rest = (1 - share) / 2
    assert word in sentences().confidence(contract(SPECIES), classes(Adelie=share, Gentoo=rest, Chinstrap=rest))


def test_the_second_answer_is_named_when_it_is_near() -> None:
    said = sentences().confidence(contract(SPECIES), classes(Adelie=0.55, Gentoo=0.41, Chinstrap=0.04))
    assert said.endswith("It hesitates with Gentoo (41.0%).")


def test_an_answer_below_one_half_is_explained_by_the_threshold() -> None:
    prediction = Prediction(prediction="yes", probability=0.38, probabilities={"no": 0.62, "yes": 0.38})
    said = sentences().confidence(contract(CHURN, threshold=0.3), prediction)
    assert "38.0%" in said
    assert "30.0%" in said


def test_numbers_have_no_confidence() -> None:
    assert sentences().confidence(contract(PRICE), Prediction(prediction=1.0)) == ""


def explained(scale: Any, **contributions: float) -> Explanation:
    return Explanation(scale=scale, about="Adelie", contributions=contributions, bias=0, output=0)


def test_the_three_heaviest_reasons_are_told() -> None:
    explanation = explained("log_odds", mass=-3.0, sex=2.0, year=0.1, bill=1.0)
    row = {"mass": 3750.0, "sex": None, "bill": 39.1, "year": 2007}
    assert sentences().reasons(contract(SPECIES), explanation, row) == (
        "What speaks for Adelie: sex = unknown and bill = 39.1. What speaks against Adelie: mass = 3750."
    )


def test_reasons_of_a_number_have_amounts() -> None:
    said = sentences("fr").reasons(contract(PRICE), explained("value", mass=-212.4, sex=80.0), {"mass": 1, "sex": "f"})
    assert said == (
        "En moyenne, le modèle dit 0. Ce qui relève l’estimation\u00a0: sex = f (\\+80). "
        "Ce qui l’abaisse\u00a0: mass = 1 (−212,4)."
    )


def test_nothing_that_weighs_gives_no_reason() -> None:
    assert sentences().reasons(contract(SPECIES), explained("log_odds", mass=0.0), {}) == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(WarningCode))
def test_warnings_name_the_column(language: str, code: WarningCode) -> None:
    said = sentences(language).warning(contract(SPECIES), CellWarning(1, "mass", code, 9000.0))
    assert "mass" in said


def test_a_value_out_of_range_is_shown_with_the_range() -> None:
    said = sentences().warning(contract(SPECIES), CellWarning(1, "mass", WarningCode.RANGE, 9000.0))
    assert "9000" in said
    assert "2700 to 6300" in said


def test_values_from_outside_are_no_markdown() -> None:
    said = sentences().warning(contract(SPECIES), CellWarning(1, "*odd*", WarningCode.UNSEEN, "a [b](c)"))
    assert r"\*odd\*" in said
    assert r"a \[b\]\(c\)" in said


def ended(verdict: Verdict | None, *, promoted: bool | None = True) -> TrainingState:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return TrainingState(
        id="1",
        request=TrainingRequest(dataset="penguins", target="species"),
        phase=Phase.SUCCEEDED,
        version=2,
        promoted=promoted,
        verdict=verdict,
        created=now,
        updated=now,
    )


def verdict(*, passed: bool, champion: float | None = None, difference: float | None = None) -> Verdict:
    return Verdict(
        passed=passed,
        reason="",
        metric="logloss",
        candidate=0.05,
        champion=champion,
        champion_version=None if champion is None else 1,
        difference=difference,
        interval=None if difference is None else (0.001, 0.02),
    )


@pytest.mark.parametrize(
    ("given", "promoted", "said"),
    [
        (None, True, "The training has ended."),
        (verdict(passed=True), True, "has its first model"),
        (verdict(passed=False), False, "did not pass the checks"),
        (verdict(passed=True, champion=0.06, difference=0.01), True, "is better than version 1"),
        (verdict(passed=True, champion=0.06, difference=0.01), False, "does not serve"),
        (verdict(passed=False, champion=0.04, difference=-0.01), False, "is not better than version 1"),
        (verdict(passed=False, champion=0.06, difference=0.01), False, "did not pass all checks"),
    ],
)
def test_verdicts(given: Verdict | None, promoted: bool, said: str) -> None:
    assert said in sentences().verdict(ended(given, promoted=promoted))


def test_uncertainty_gives_the_interval() -> None:
    said = sentences().uncertainty(verdict(passed=True, champion=0.06, difference=0.01))
    assert "0.010" in said
    assert "0.001 and 0.020" in said
    assert sentences().uncertainty(verdict(passed=True)) == ""


def test_checks_are_questions_in_plain_words() -> None:
    assert "registry" in sentences().check(Check(name="golden rows", passed=True, detail=""))
    assert sentences().check(Check(name="new check", passed=True, detail="")) == "new check"


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [("accuracy", 0.987, "98.7%"), ("auc", 0.98765, "0.988"), ("rmse", 212.44, "212.4"), ("r2", 0.5, "0.500")],
)
def test_scores(metric: str, value: float, shown: str) -> None:
    assert sentences().score(metric, value) == shown
