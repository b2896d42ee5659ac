"""Our scores are H2O's scores: those of `score0` and those of the cluster that trained the model, bit for bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import jpype
import numpy as np
import pytest
from zoo import PROBLEMS

from tablee.models.validation.block import Block
from tablee_scoring.encoder import Encoder

SLOW = {"glm"}
"""The models that H2O's `score0` scores."""
TREES = ("gbm", "drf", "xgboost")


def same_bits(left: np.ndarray, right: np.ndarray) -> bool:
    return bool((left.view(np.int64) == right.view(np.int64)).all())


def encoded(trained, block: Block) -> np.ndarray:
    return Encoder(trained.contract, trained.bare.features, trained.bare.domains).matrix(block)


def test_scores_are_those_of_score0(trained):
    matrix = encoded(trained, trained.block)
    assert same_bits(trained.bare.answers(matrix), trained.bare.answers_by_h2o(matrix))
    assert trained.bare.prove_fast(matrix) is None
    assert trained.model.is_fast == (trained.algorithm not in SLOW)


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


def test_many_threads_score_at_once(trained):
    matrix = np.resize(encoded(trained, trained.block), (3000, len(trained.bare.features)))
    wanted = trained.bare.answers(matrix)
    parts = [slice(start, start + size) for start in (0, 500) for size in (2500, 2048, 700, 3)]
    with ThreadPoolExecutor(8) as pool:
        for part, got in zip(
            parts * 2, pool.map(lambda part: trained.bare.answers(matrix[part]), parts * 2), strict=True
        ):
            assert same_bits(got, wanted[part])
        alone = list(pool.map(trained.bare.answer, matrix[:700].tolist()))
    assert same_bits(np.array(alone), wanted[:700])


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 127, 128, 129, 1023, 1024, 1025, 2047, 2048, 3000])
def test_blocks_of_any_size_are_scored_alike(zoo, rows):
    for trained in zoo.values():
        matrix = np.resize(encoded(trained, trained.block), (3000, len(trained.bare.features)))[-rows:]
        assert same_bits(trained.bare.answers(matrix), trained.bare.answers_by_h2o(matrix))


def test_one_row_is_answered_as_score0_answers_it(trained):
    for row in encoded(trained, trained.block)[::7].tolist():
        assert same_bits(np.array(trained.bare.answer(row)), np.array(trained.bare.answer_by_h2o(row)))


@pytest.mark.parametrize("algorithm", TREES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_trees_compare_at_the_last_bit(zoo, problem, algorithm):
    trained = zoo[problem, algorithm]
    bare, draw = trained.bare, np.random.default_rng(5)
    matrix = np.resize(encoded(trained, trained.block), (3000, len(bare.features)))
    for j, domain in enumerate(bare.domains):
        if domain is None:
            # Thresholds are floats, halfway between values: both, and their neighbours among floats and doubles.
            known = np.unique(matrix[~np.isnan(matrix[:, j]), j])
            single = np.concatenate([known, (known[1:] + known[:-1]) / 2]).astype(np.float32)
            near = np.concatenate([np.nextafter(single, side) for side in (np.float32(-np.inf), np.float32(np.inf))])
            double = np.concatenate([single, near]).astype(np.float64)
            edges = [0.0, -0.0, 1e-60, -1e-60, 1e-40, -1e-40, 1e300, -1e300, np.inf, -np.inf, np.nan]
            every = np.concatenate([double, np.nextafter(double, -np.inf), np.nextafter(double, np.inf), edges])
            matrix[:, j] = draw.choice(every, len(matrix))
        else:
            matrix[:, j] = draw.choice([*range(len(domain) + 70), np.nan], len(matrix))  # and levels beyond the domain
    assert same_bits(bare.answers(matrix), bare.answers_by_h2o(matrix))
    for row in matrix[:300].tolist():
        assert same_bits(np.array(bare.answer(row)), np.array(bare.answer_by_h2o(row)))


def test_an_error_on_one_of_many_cores_is_the_callers(zoo):
    bare = zoo["binary", "glm"].bare
    matrix = np.zeros((5000, len(bare.features)))
    matrix[3500] = 0.5  # no level
    with pytest.raises(jpype.JException, match="out of range"):
        bare.answers(matrix)
    assert len(bare.answers(matrix[:3000])) == 3000


@pytest.mark.parametrize("seed", [1, 2])
def test_any_cell_may_be_missing_or_far_out_of_range(trained, seed):
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
