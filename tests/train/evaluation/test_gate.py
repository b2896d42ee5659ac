"""What the gate decides, from numbers and contracts alone."""

from __future__ import annotations

import numpy as np
import pytest

from tablee.jobs.training import Check, Verdict
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType, RankingMetric
from tablee_train.evaluation.compatibility import incompatibilities
from tablee_train.evaluation.metrics import ScoredRows
from tablee_train.evaluation.verdict import Comparison, bootstrap_interval, decide, deciding_metric
from tablee_train.tracking.candidate import largest_difference

REGRESSION, BINARY = ProblemType.REGRESSION, ProblemType.BINARY
TRUTH = np.random.default_rng(0).normal(size=300)
FINE = Check(name="golden rows", passed=True, detail="reproduced")


def off_by(error: float) -> ScoredRows:
    noise = np.random.default_rng(1).normal(size=300)
    return ScoredRows(REGRESSION, TRUTH, (TRUTH + error * noise)[:, None])


def contest(
    candidate: ScoredRows,
    champion: ScoredRows | None,
    *checks: Check,
    version: int | None = 3,
    metric: RankingMetric = "rmse",
) -> Comparison:
    return Comparison(metric, candidate, champion, version if champion or version != 3 else None, checks or (FINE,), 42)


def test_the_first_passes() -> None:
    verdict = decide(contest(off_by(1.0), None), 100)
    assert (verdict.passed, verdict.champion, verdict.champion_version) == (True, None, None)
    assert "no champion before it" in verdict.reason


def test_only_a_better_one_passes() -> None:
    better = decide(contest(off_by(0.5), off_by(1.0)), 200)
    assert better.passed
    assert better.difference == pytest.approx(off_by_rmse(1.0) - off_by_rmse(0.5))
    assert better.interval is not None
    assert 0 < better.interval[0] < better.difference < better.interval[1]
    worse = decide(contest(off_by(1.0), off_by(0.5)), 200)
    assert not worse.passed
    assert "worse than the champion" in worse.reason
    assert "version 3" in worse.reason
    equal = decide(contest(off_by(1.0), off_by(1.0)), 200)
    assert not equal.passed
    assert equal.difference == 0
    assert "just as good as" in equal.reason


def off_by_rmse(error: float) -> float:
    return float(np.sqrt(np.mean((off_by(error).scores[:, 0] - TRUTH) ** 2)))


def test_a_failed_check_decides_whatever_the_numbers() -> None:
    failed = Check(name="speed", passed=False, detail="80 ms a row of at most 50")
    verdict = decide(contest(off_by(0.1), off_by(1.0), FINE, failed), 100)
    assert not verdict.passed
    assert verdict.reason == "The check «speed» failed: 80 ms a row of at most 50."
    assert verdict.difference is not None


def test_a_champion_that_cannot_be_scored_is_not_replaced() -> None:
    verdict = decide(contest(off_by(0.1), None, version=7), 100)
    assert not verdict.passed
    assert "cannot be compared with the champion, version 7" in verdict.reason


def test_an_undefined_metric_gives_way_to_one_that_is_defined() -> None:
    one_class = ScoredRows(BINARY, np.zeros(6), np.full((6, 2), 0.5), 0.5)
    assert deciding_metric("auc", one_class) == "logloss"
    verdict = decide(contest(one_class, None, metric="auc"), 100)
    assert verdict.metric == "logloss"
    assert verdict == Verdict.model_validate_json(verdict.model_dump_json())


def test_the_interval_is_reproducible_and_paired() -> None:
    made = contest(off_by(0.9), off_by(1.0))
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


def contract(target: Target | None = None, ignored: tuple[str, ...] = (), **kinds: str) -> Contract:
    columns = tuple(
        NumberColumn(name=name, minimum=0, maximum=1)
        if kind == "number"
        else CategoryColumn(name=name, levels=("a", "b"))
        for name, kind in (kinds or {"x": "number", "ville": "category"}).items()
    )
    target = target or Target(name="y", problem_type=BINARY, classes=("non", "oui"))
    return Contract(model="m", columns=columns, target=target, ignored=ignored)


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (contract(), None),
        (contract(ignored=("ville",), x="number"), None),
        (contract(Target(name="y", problem_type=BINARY, classes=("oui", "non"))), None),
        (contract(Target(name="z", problem_type=BINARY, classes=("non", "oui"))), "predicts «y», this one «z»"),
        (contract(Target(name="y", problem_type=REGRESSION)), "is a binary model, this one regression"),
        (contract(Target(name="y", problem_type=BINARY, classes=("no", "oui"))), r"classes are not .* \(no, non\)"),
        (contract(x="number", ville="category", prix="number"), "needs the column «prix»"),
        (contract(x="category", ville="category"), "«x» is a category, for the champion a number"),
        (contract(x="number"), "does not know the column «ville»"),
    ],
)
def test_callers_of_the_champion_must_be_answered_as_before(candidate: Contract, words: str | None) -> None:
    found = incompatibilities(candidate, contract())
    assert bool(found) == bool(words)
    if words:
        with pytest.raises(AssertionError, match=words):
            raise AssertionError("; ".join(found))


def test_distance_is_relative_for_values_only() -> None:
    ours, theirs = np.array([[1000.0], [0.1]]), np.array([[1000.1], [0.1]])
    assert largest_difference(ours, theirs, REGRESSION) == pytest.approx(1e-4, rel=1e-3)
    assert largest_difference(ours, theirs, BINARY) == pytest.approx(0.1)
    assert largest_difference(ours, theirs[:1], REGRESSION) == np.inf
    assert largest_difference(ours, np.full((2, 1), np.nan), REGRESSION) == np.inf
