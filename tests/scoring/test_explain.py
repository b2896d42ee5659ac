"""Contributions add up for every model; exact ones are those of other implementations."""

from __future__ import annotations

import itertools
import math

import jpype
import numpy as np
import pytest

from tablee.models.validation.block import Block
from tablee_scoring import Model
from tablee_scoring.encoder import Encoder
from tablee_scoring.explain import TOLERANCE
from tablee_scoring.mojo import Mojo
from tablee_scoring.shapley import ShapleySampler

EXACT = {
    ("binary", "gbm"): "log_odds",
    ("binary", "xgboost"): "log_odds",
    ("binary", "drf"): "probability",
    ("regression", "gbm"): "value",
    ("regression", "xgboost"): "value",
    ("regression", "drf"): "value",
}


def head(block: Block, rows: int) -> Block:
    return Block({name: values[:rows] for name, values in block.columns.items()}, rows)


def some(trained) -> Block:
    """Rows of training, and rows with missing cells and unseen levels."""
    return trained.block_of(trained.rows[:344:23].vstack(trained.rows[344::23]))


def outputs(trained, scores: np.ndarray, explanations: list) -> np.ndarray:
    """The expected output of each explanation."""
    if trained.problem == "regression":
        return scores[:, 0]
    classes = trained.contract.target.classes
    picked = scores[np.arange(len(scores)), [classes.index(e.label) for e in explanations]]
    return np.log(picked / (1 - picked)) if explanations[0].scale == "log_odds" else picked


def test_contributions_and_bias_add_up_to_the_output(trained):
    block = some(trained)
    scores = trained.model.score(block)
    explanations = trained.model.explain(block, scores)
    exact = EXACT.get((trained.problem, trained.algorithm))
    for explanation in explanations:
        assert explanation.method == ("treeshap" if exact else "sampled_shapley")
        assert explanation.scale == (exact or ("value" if trained.problem == "regression" else "probability"))
        assert tuple(explanation.contributions) == trained.contract.names
        assert (explanation.standard_error is None) == bool(exact)
        assert (explanation.evaluations == 0) == bool(exact)
    wanted = outputs(trained, scores, explanations)
    np.testing.assert_allclose([e.output for e in explanations], wanted, rtol=1e-9, atol=1e-9)


def test_the_class_explained_is_the_second_of_two_and_the_likeliest_of_more(zoo):
    two, more = zoo["binary", "glm"], zoo["multiclass", "glm"]
    block = head(two.background, 10)
    assert {e.label for e in two.model.explain(block, two.model.score(block))} == {"male"}
    block = head(more.background, 10)
    predictions = more.model.predict(block)
    assert [e.label for e in more.model.explain(block, predictions.scores)] == predictions.values


@pytest.mark.parametrize("problem", ["binary", "regression"])
def test_boosted_trees_get_the_contributions_that_h2o_computes(zoo, problem):
    trained = zoo[problem, "gbm"]
    block = some(trained)
    h2o = jpype.JClass("hex.genmodel.MojoModel").load(str(trained.mojo)).makeContributionsPredictor()
    names = [str(name) for name in h2o.getContributionNames()]
    mojo = Mojo(trained.mojo)
    encoder = Encoder(trained.contract, mojo.features, mojo.domains)
    assert names[-1] == "BiasTerm"
    explanations = trained.model.explain(block, trained.model.score(block))
    for row, explanation in zip(encoder.matrix(block), explanations, strict=True):
        reference = dict(zip(names, map(float, h2o.calculateContributions(row)), strict=True))
        ours = explanation.contributions | {"BiasTerm": explanation.bias}
        for name, value in ours.items():
            # H2O adds in single precision.
            assert value == pytest.approx(reference[name], rel=1e-4, abs=1e-5 * abs(explanation.bias) + 1e-5)


def test_a_forest_of_two_classes_gets_no_constant_spread_over_its_columns(zoo):
    trained = zoo["binary", "drf"]
    block = trained.background
    explanations = trained.model.explain(block, trained.model.score(block))
    total = np.array([list(e.contributions.values()) for e in explanations])
    assert np.all(np.abs(total.mean(axis=0)) < 0.02)  # on training rows every column's effect averages out


def test_single_precision_is_made_good_in_the_bias(zoo):
    trained = zoo["binary", "xgboost"]
    explanations = trained.model.explain(trained.background, trained.model.score(trained.background))
    biases = np.array([e.bias for e in explanations])
    assert np.ptp(biases) <= 2 * TOLERANCE


def test_the_other_rows_of_a_request_do_not_change_an_explanation(zoo):
    trained = zoo["multiclass", "stackedensemble"]
    few, one = head(trained.background, 3), head(trained.background, 1)
    assert (
        trained.model.explain(few, trained.model.score(few))[0]
        == (trained.model.explain(one, trained.model.score(one))[0])
    )


def test_cost_is_bounded(zoo):
    trained = zoo["regression", "glm"]
    block = head(trained.background, 1)
    assert 0 < trained.model.explain(block, trained.model.score(block))[0].evaluations <= 2200


def test_explaining_without_background_rows_is_an_error(gbm):
    model = Model.from_mojo(gbm.mojo, gbm.contract)
    with pytest.raises(ValueError, match="background"):
        model.explain(gbm.background, model.score(gbm.background))


def test_an_explanation_in_json_terms(gbm):
    block = head(gbm.background, 1)
    explained = gbm.model.explain(block, gbm.model.score(block))[0].to_dict()
    assert explained["class"] == "male"
    assert explained["output"] == pytest.approx(explained["bias"] + sum(explained["contributions"].values()))


def exact_shapley(row: np.ndarray, background: np.ndarray, score) -> np.ndarray:
    """Shapley values by their definition: over all subsets of columns."""
    n = len(row)
    values = np.zeros(n)
    for known in itertools.product([False, True], repeat=n):
        size = sum(known)
        mixed = np.where(known, row, background)
        for j in range(n):
            if not known[j]:
                more = mixed.copy()
                more[:, j] = row[j]
                weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                values[j] += weight * float((score(more) - score(mixed)).mean())
    return values


def test_sampled_values_are_within_their_standard_error_of_the_exact_ones():
    draw = np.random.default_rng(3)
    background, row = draw.normal(size=(128, 4)), np.array([1.0, -2.0, 0.5, 1.5])

    def score(x: np.ndarray) -> np.ndarray:
        return np.tanh(x[:, 0] * x[:, 1]) + x[:, 2] ** 2 - 0.5 * x[:, 3]

    sampled = ShapleySampler(background).explain(row, score)
    exact = exact_shapley(row, background, score)
    assert sampled.contributions.sum() + sampled.bias == pytest.approx(float(score(row[None])[0]))
    assert np.all(np.abs(sampled.contributions - exact) <= 4 * sampled.standard_error)
    assert np.all(sampled.standard_error < 0.2)


@pytest.mark.parametrize("columns", [1, 2, 60])
def test_a_sum_of_any_number_of_columns_is_explained_exactly(columns):
    background, row = np.zeros((3, columns)), np.arange(1.0, columns + 1)
    sampled = ShapleySampler(background).explain(row, lambda x: x.sum(axis=1))
    np.testing.assert_allclose(sampled.contributions, row)
    np.testing.assert_allclose(sampled.standard_error, 0, atol=1e-12)
