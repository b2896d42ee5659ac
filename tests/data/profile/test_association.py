"""Measures of association, compared with scipy and with the formulas of the papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tablee_data.profile import association


def bergsma(left: np.ndarray, right: np.ndarray) -> float:
    """Equations 8 to 10 of the paper."""
    table = np.zeros((left.max() + 1, right.max() + 1))
    np.add.at(table, (left, right), 1)
    n, (r, c) = table.sum(), table.shape
    phi = stats.chi2_contingency(table, correction=False).statistic / n
    phi = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    return math.sqrt(phi / min(r - (r - 1) ** 2 / (n - 1) - 1, c - (c - 1) ** 2 / (n - 1) - 1))


def test_correlations_are_those_of_scipy(rng: np.random.Generator) -> None:
    left = rng.normal(size=400)
    right = left**3 + rng.normal(size=400)
    ties = np.round(right)
    assert association.pearson(left, right) == pytest.approx(stats.pearsonr(left, right).statistic)
    ranked = association.pearson(association.ranks(left), association.ranks(ties))
    assert ranked == pytest.approx(stats.spearmanr(left, ties).statistic)
    assert association.pearson(left, np.ones(400)) == 0.0


@pytest.mark.parametrize("mixed", [0.0, 0.5, 1.0])
def test_cramers_v_is_that_of_the_paper(rng: np.random.Generator, mixed: float) -> None:
    left = rng.integers(0, 4, 500)
    right = np.where(rng.random(500) < mixed, left, rng.integers(0, 6, 500))
    left, right = (np.unique(each, return_inverse=True)[1] for each in (left, right))
    assert association.cramers_v(left, right) == pytest.approx(bergsma(left, right), abs=1e-9)


def test_independent_categories_with_many_levels_have_no_association(rng: np.random.Generator) -> None:
    left, right = (np.unique(rng.integers(0, 100, 1000), return_inverse=True)[1] for _ in range(2))
    assert association.cramers_v(left, right) < 0.1  # 0.31 without the correction


def test_the_correlation_ratio_is_the_root_of_explained_variance(rng: np.random.Generator) -> None:
    codes = rng.integers(0, 3, 300)
    values = codes * 2.0 + rng.normal(size=300)
    between = stats.f_oneway(*(values[codes == each] for each in range(3))).statistic
    eta = between * 2 / (between * 2 + 297)
    kelley = 1 - (1 - eta) * 299 / 297
    assert association.correlation_ratio(codes, values) == pytest.approx(math.sqrt(kelley))
    assert association.correlation_ratio(codes, codes.astype(float)) == pytest.approx(1)


def test_lambda_is_the_share_of_errors_that_are_avoided() -> None:
    codes, classes = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 1])
    assert association.goodman_kruskal_lambda(codes, classes) == pytest.approx((5 - 4) / (6 - 4))
    assert association.goodman_kruskal_lambda(classes, classes) == 1
    assert association.goodman_kruskal_lambda(codes, np.zeros(6, dtype=int)) == 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(-1e6, 1e6)), min_size=2, max_size=60))
def test_every_measure_stays_within_its_bounds(rows: list[tuple[int, int, float]]) -> None:
    left, right = (np.unique([row[at] for row in rows], return_inverse=True)[1] for at in (0, 1))
    values = np.array([row[2] for row in rows])
    assert 0 <= association.cramers_v(left, right) <= 1
    assert 0 <= association.correlation_ratio(left, values) <= 1
    assert 0 <= association.goodman_kruskal_lambda(left, right) <= 1
    assert -1 <= association.pearson(values, association.ranks(values)) <= 1
