"""The verdict on a candidate, computed from scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tablee.errors.base import said_or
from tablee.i18n import Translator
from tablee.i18n.message import Message
from tablee.jobs.training import Check, Verdict
from tablee.models.problem import RANKING, ProblemType, RankingMetric
from tablee_train.evaluation.metrics import ScoredRows
from tablee_train.evaluation.verdict import Comparison, bootstrap_interval, decide, deciding_metric, resample_count

REGRESSION, BINARY = ProblemType.REGRESSION, ProblemType.BINARY
TRUTH = np.random.default_rng(0).normal(size=300)
FINE = Check(name="golden rows", passed=True, detail="reproduced")


def off_by(error: float) -> ScoredRows:
    noise = np.random.default_rng(1).normal(size=300)
    return ScoredRows(REGRESSION, TRUTH, (TRUTH + error * noise)[:, None])


def comparison(
    candidate: ScoredRows,
    champion: ScoredRows | None,
    *checks: Check,
    version: int | None = 3,
    metric: RankingMetric = "rmse",
) -> Comparison:
    return Comparison(metric, candidate, champion, version if champion or version != 3 else None, checks or (FINE,), 42)


def test_the_first_passes() -> None:
    verdict = decide(comparison(off_by(1.0), None), 100)
    assert (verdict.passed, verdict.champion, verdict.champion_version) == (True, None, None)
    assert "no champion before it" in verdict.reason


def test_only_a_better_one_passes() -> None:
    better = decide(comparison(off_by(0.5), off_by(1.0)), 200)
    assert better.passed
    assert better.difference == pytest.approx(off_by_rmse(1.0) - off_by_rmse(0.5))
    assert better.interval is not None
    assert 0 < better.interval[0] < better.difference < better.interval[1]
    worse = decide(comparison(off_by(1.0), off_by(0.5)), 200)
    assert not worse.passed
    assert "worse than the champion" in worse.reason
    assert "version 3" in worse.reason
    equal = decide(comparison(off_by(1.0), off_by(1.0)), 200)
    assert not equal.passed
    assert equal.difference == 0
    assert "just as good as" in equal.reason


def off_by_rmse(error: float) -> float:
    return float(np.sqrt(np.mean((off_by(error).scores[:, 0] - TRUTH) ** 2)))


def test_a_failed_check_decides_for_all_numbers() -> None:
    failed = Check(name="speed", passed=False, detail="80 ms a row of at most 50")
    verdict = decide(comparison(off_by(0.1), off_by(1.0), FINE, failed), 100)
    assert not verdict.passed
    assert verdict.reason == "The check “speed” failed: 80 ms a row of at most 50."
    assert verdict.difference is not None


def test_a_champion_that_cannot_be_scored_is_not_replaced() -> None:
    verdict = decide(comparison(off_by(0.1), None, version=7), 100)
    assert not verdict.passed
    assert "cannot be compared with the champion, version 7" in verdict.reason


def test_an_undefined_metric_gives_way_to_one_that_is_defined() -> None:
    one_class = ScoredRows(BINARY, np.zeros(6), np.full((6, 2), 0.5), 0.5)
    assert deciding_metric("auc", one_class) == "logloss"
    verdict = decide(comparison(one_class, None, metric="auc"), 100)
    assert verdict.metric == "logloss"
    assert verdict == Verdict.model_validate_json(verdict.model_dump_json())


def test_the_interval_is_reproducible_and_paired() -> None:
    made = comparison(off_by(0.9), off_by(1.0))
    assert bootstrap_interval(made, "rmse", 200) == bootstrap_interval(made, "rmse", 200)
    low, high = bootstrap_interval(made, "rmse", 200) or (0.0, 0.0)
    assert high - low < 0.05, "an unpaired one would be several times as wide"


def test_the_interval_covers_what_it_should() -> None:
    """Two models that are equally good differ by chance alone: in about 95 of 100 hold-outs 0 is inside."""
    inside = 0
    for seed in range(100):
        generator = np.random.default_rng(seed)
        truth = generator.normal(size=200)
        ours, theirs = (ScoredRows(REGRESSION, truth, (truth + generator.normal(size=200))[:, None]) for _ in range(2))
        low, high = bootstrap_interval(Comparison("mae", ours, theirs, 1, (), seed), "mae", 200) or (1.0, 1.0)
        inside += low <= 0 <= high
    assert inside >= 88


def test_the_first_check_that_failed_is_named() -> None:
    checks = [
        Check(name=name, passed=passed, detail=name) for name, passed in (("a", True), ("b", False), ("c", False))
    ]
    assert decide(comparison(off_by(0.1), None, *checks), 50).reason == "The check “b” failed: b."


def test_a_better_one_passes_by_however_little() -> None:
    slightly = ScoredRows(REGRESSION, TRUTH, (TRUTH + 1.0 - 1e-9)[:, None])
    champion = ScoredRows(REGRESSION, TRUTH, (TRUTH + 1.0)[:, None])
    assert decide(comparison(slightly, champion), 50).passed
    assert not decide(comparison(champion, slightly), 50).passed


@pytest.mark.parametrize("metric", [name for names in RANKING.values() for name in names])
def test_the_better_model_passes_and_the_worse_does_not_by_every_metric(metric: RankingMetric) -> None:
    generator = np.random.default_rng(3)
    if metric in RANKING[REGRESSION]:
        good, bad = off_by(0.5), off_by(1.0)
    else:
        truth = generator.integers(0, 2, 300).astype(float)
        good, bad = (
            ScoredRows(BINARY, truth, np.c_[1 - positive, positive], 0.5)
            for noise in (0.3, 0.8)
            if (positive := np.clip(0.25 + 0.5 * truth + noise * (generator.random(300) - 0.5), 0.01, 0.99)) is not None
        )
    assert decide(comparison(good, bad, metric=metric), 50).passed
    verdict = decide(comparison(bad, good, metric=metric), 50)
    assert not verdict.passed
    assert verdict.difference is not None
    assert verdict.difference < 0
    assert "worse than the champion" in verdict.reason


def test_a_verdict_says_what_was_compared() -> None:
    verdict = decide(comparison(off_by(0.5), off_by(1.0), version=7), 100)
    assert (verdict.metric, verdict.champion_version, verdict.checks) == ("rmse", 7, (FINE,))
    assert (verdict.candidate, verdict.champion) == (off_by_rmse(0.5), off_by_rmse(1.0))
    assert verdict.interval is not None
    low, high = verdict.interval
    shown = f"rmse {verdict.candidate:.4g} against {verdict.champion:.4g} of version 7"
    sure = f"(95 % interval of the gain {low:+.4g} to {high:+.4g})"
    assert verdict.reason == f"It is better on the same hold-out rows: {shown} {sure}."


@pytest.mark.parametrize(
    ("problem_type", "metric", "deciding"),
    [
        (BINARY, "auc", "logloss"),
        (BINARY, "logloss", "logloss"),
        (REGRESSION, "r2", "rmse"),
        (REGRESSION, "mae", "mae"),
    ],
)
def test_the_deciding_metric_is_defined_on_the_rows(
    problem_type: ProblemType, metric: RankingMetric, deciding: str
) -> None:
    scores = np.full((6, 2), 0.5) if problem_type is BINARY else np.ones((6, 1))
    assert deciding_metric(metric, ScoredRows(problem_type, np.zeros(6), scores, 0.5)) == deciding
    assert deciding_metric("rmse", off_by(1.0)) == "rmse"


def test_the_interval_holds_the_middle_95_percent_of_the_gains() -> None:
    """The gain in the mean absolute error is a mean of independent differences, so its distribution is known."""
    generator = np.random.default_rng(5)
    count = 2000
    truth, ours, theirs = np.zeros(count), generator.random(count), generator.random(count) + 0.2
    made = Comparison(
        "mae",
        ScoredRows(REGRESSION, truth, ours[:, None]),
        ScoredRows(REGRESSION, truth, theirs[:, None]),
        1,
        (),
        8,
    )
    low, high = bootstrap_interval(made, "mae", 4000) or (0.0, 0.0)
    difference, error = np.mean(theirs - ours), np.std(theirs - ours) / np.sqrt(count)
    assert low == pytest.approx(difference - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(difference + 1.96 * error, abs=0.15 * error)


def test_there_is_no_interval_without_a_champion_or_a_defined_metric() -> None:
    assert bootstrap_interval(comparison(off_by(1.0), None), "rmse", 50) is None
    one_class = ScoredRows(BINARY, np.zeros(6), np.full((6, 2), 0.5), 0.5)
    assert bootstrap_interval(comparison(one_class, one_class, metric="auc"), "auc", 50) is None


def test_the_seed_draws_the_resamples() -> None:
    made = comparison(off_by(0.9), off_by(1.0))
    assert bootstrap_interval(made, "rmse", 200) != bootstrap_interval(replace(made, seed=43), "rmse", 200)


@pytest.mark.parametrize(
    ("rows", "wanted", "count"),
    [
        (1000, 1000, 1000),
        (40_000, 1000, 1000),
        (40_001, 1000, 999),
        (800_000, 1000, 50),
        (10**7, 1000, 50),
        (10, 60, 60),
    ],
)
def test_very_large_hold_outs_get_fewer_resamples(rows: int, wanted: int, count: int) -> None:
    assert resample_count(rows, wanted) == count


def test_the_number_of_resamples_is_the_one_that_is_wanted() -> None:
    made = comparison(off_by(0.9), off_by(1.0))
    assert bootstrap_interval(made, "rmse", 60) != bootstrap_interval(made, "rmse", 400)


def test_a_verdict_can_be_said_in_french() -> None:
    french = Translator("fr")
    verdict = decide(comparison(off_by(0.5), off_by(1.0), version=7), 100)
    said = said_or(verdict.message, "", french)
    assert said.startswith("Elle est meilleure sur les mêmes lignes mises de côté\u00a0: rmse 0,4")
    assert "contre 0,9" in said
    assert "intervalle à 95\u00a0% du gain\u00a0: +" in said
    check = Check.of("size", False, Message("check_detail.size", {"bytes": 3 * 2**20, "limit": 2**20}))
    refused = decide(comparison(off_by(0.5), None, check), 50)
    assert refused.reason == "The check “size” failed: 3.0\u00a0MB of at most 1.0\u00a0MB."
    kept = type(refused).model_validate_json(refused.model_dump_json())
    assert said_or(kept.message, kept.reason, french) == (
        "La vérification «\u00a0taille\u00a0» a échoué\u00a0: 3,0\u00a0Mo sur au plus 1,0\u00a0Mo."
    )
