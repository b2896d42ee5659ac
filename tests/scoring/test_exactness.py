"""Our scores are H2O's scores: those of `score0` and those of the cluster that trained the model, bit for bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tablee.contract import Block
from tablee_scoring.encode import Encoder

FAST = {"gbm", "drf", "stackedensemble"}


def same_bits(left: np.ndarray, right: np.ndarray) -> bool:
    return bool((left.view(np.int64) == right.view(np.int64)).all())


def encoded(trained, block: Block) -> np.ndarray:
    return Encoder(trained.contract, trained.bare.features, trained.bare.domains).matrix(block)


def test_scores_are_those_of_score0(trained):
    matrix = encoded(trained, trained.block)
    assert same_bits(trained.bare.answers(matrix), trained.bare.answers_by_h2o(matrix))
    assert trained.bare.prove_fast(matrix) is None
    assert trained.model.is_fast == (trained.algorithm in FAST)


def test_scores_are_those_of_the_cluster(trained):
    # Half of these rows have missing cells or levels that training never saw.
    assert trained.block.warning_count > 300
    assert same_bits(trained.model.score(trained.block), trained.cluster_scores())


def test_answers_are_those_of_the_cluster(trained):
    answers = trained.cluster["predict"].to_list()
    assert trained.model.predict(trained.block).values == [
        answer if isinstance(answer, float) else str(answer) for answer in answers
    ]


def test_control_other_rows_get_other_scores(trained):
    scores, cluster = trained.model.score(trained.block), trained.cluster_scores()
    assert np.mean(scores[::-1] == cluster) < 0.2


def test_rows_scored_alone_get_the_scores_they_get_together(trained):
    together = trained.model.score(trained.block)
    for i in range(0, trained.block.rows, 23):
        alone = Block({name: [values[i]] for name, values in trained.block.columns.items()}, 1)
        assert same_bits(trained.model.score(alone)[0], together[i])


def test_two_threads_score_at_once(trained):
    matrix = encoded(trained, trained.block)
    halves = [matrix[:344], matrix[344:]]
    wanted = [trained.bare.answers(half) for half in halves]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            for got, half in zip(pool.map(trained.bare.answers, halves), wanted, strict=True):
                assert same_bits(got, half)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_cell_may_be_missing_or_far_out(trained, seed):
    draw = np.random.default_rng(seed)
    matrix = encoded(trained, trained.block)
    matrix[draw.random(matrix.shape) < 0.4] = np.nan
    numbers = [j for j, domain in enumerate(trained.bare.domains) if domain is None]
    matrix[::9, numbers] *= draw.choice([-1e6, 0.0, 1e9], size=(len(matrix[::9]), len(numbers)))
    assert same_bits(trained.bare.answers(matrix), trained.bare.answers_by_h2o(matrix))


def test_many_rows_cross_in_several_calls(gbm):
    matrix = np.resize(encoded(gbm, gbm.block), (70_001, len(gbm.bare.features)))
    scores = gbm.bare.scores(matrix)
    assert scores.shape == (70_001, 2)
    assert same_bits(scores[-688:], gbm.bare.answers_by_h2o(matrix[-688:])[:, 1:])


def test_no_rows_get_no_scores(gbm):
    assert gbm.bare.scores(np.empty((0, len(gbm.bare.features)))).shape == (0, 2)


def test_a_matrix_of_another_width_is_refused(gbm):
    with pytest.raises(ValueError, match="features"):
        gbm.bare.answers(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="features"):
        gbm.bare.answer([0.0])
