"""Sentences about the end of a training."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tablee.i18n import Formatter
from tablee.jobs.training import Check, Phase, TrainingRequest, TrainingState, Verdict
from tablee_ui.pages.train.verdict_texts import VerdictTexts
from tablee_ui.texts import Texts
from tablee_ui.widgets.metrics import MetricTexts


def sentences() -> VerdictTexts:
    texts = Texts("en")
    return VerdictTexts(texts, MetricTexts(texts, Formatter("en")))


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
