"""Shapley values of any scorer, estimated by sampling.

The contribution of a column is its average effect on the score over all orders in which columns can become known
(Shapley 1953). Columns that are not known yet have the values of a background row (Strumbelj and Kononenko 2014).
Orders are drawn in antithetic pairs, an order and its reverse (Mitchell et al. 2022); each pair has one background row.
The effects of an order add up to the score of the row minus that of the background row, so the means add up to the
score minus the mean score of the background rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

SEED = 20_240_229
MAX_PAIRS, MIN_PAIRS = 128, 8
"""How many pairs of orders are drawn."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The contributions of the features of one row."""

    contributions: Vector
    standard_error: Vector
    """The standard error of each contribution."""
    bias: float
    """The mean score of the background rows."""
    evaluations: int
    """How many rows were scored."""


class ShapleySampler:
    """Draws orders and background rows once, from a fixed seed. So the same row always has the same explanation."""

    def __init__(self, background: Matrix, *, evaluations: int = 2000) -> None:
        """
        :param background: b × f encoded rows whose values stand for columns that are not known.
        :param evaluations: about how many rows may be scored for an explanation; at least `MIN_PAIRS` pairs are drawn.
        """
        rows, self._features = background.shape
        inner = max(self._features - 1, 1)
        pairs = int(np.clip(evaluations // (2 * inner), MIN_PAIRS, MAX_PAIRS))
        draw = np.random.default_rng(SEED)
        self._background = background[np.resize(draw.permutation(rows), pairs)]
        orders = np.array([draw.permutation(self._features) for _ in range(pairs)])
        self._orders = np.stack([orders, orders[:, ::-1]], axis=1)  # pairs × 2 × features
        positions = np.argsort(self._orders, axis=2)
        steps = np.arange(1, self._features)[:, None]
        self._known = positions[:, :, None, :] < steps  # pairs × 2 × (features - 1) × features

    def explain(self, row: Vector, score: Callable[[Matrix], Vector]) -> Sampled:
        """The contributions to the score of one row.

        :param row: f encoded features.
        :param score: gives the scores of n × f encoded rows.
        """
        pairs, _, steps, features = self._known.shape
        between = np.where(self._known, row, self._background[:, None, None, :]).reshape(-1, features)
        asked = np.concatenate([row[None, :], self._background, between])
        scores = score(asked)
        own, base, inner = scores[0], scores[1 : 1 + pairs], scores[1 + pairs :].reshape(pairs, 2, steps)
        chain = np.concatenate(
            [np.broadcast_to(base[:, None, None], (pairs, 2, 1)), inner, np.full((pairs, 2, 1), own)], axis=2
        )
        effects = np.empty((pairs, 2, features))
        np.put_along_axis(effects, self._orders, np.diff(chain, axis=2), axis=2)
        per_pair = effects.mean(axis=1)
        return Sampled(
            contributions=per_pair.mean(axis=0),
            standard_error=per_pair.std(axis=0, ddof=1) / np.sqrt(pairs),
            bias=float(base.mean()),
            evaluations=len(asked),
        )
