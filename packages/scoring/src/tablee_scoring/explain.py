"""Explains scores: contributions of the columns that add up, with a bias, to the output of the model.

Tree models with two classes or a number as target are explained exactly (TreeSHAP): GBM and XGBoost as log odds,
forests as probability, regression as value. All other models are explained by sampled Shapley values of the probability
or value, with a standard error for each column. TreeSHAP is used only if it reproduces the scores of the background
rows; for an unknown link function, calibration or booster, sampling is used instead.

Where a recipe makes the features, the contribution of a column is the sum of the contributions of its features. A
feature made of several columns counts in equal parts for each. Standard errors are added in the same way; the
result can be too large, but not too small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee_scoring.mojo import Matrix, Mojo
from tablee_scoring.shapley import ShapleySampler

Scale = Literal["log_odds", "probability", "value"]
Method = Literal["treeshap", "sampled_shapley"]
Vector = NDArray[np.float64]

TOLERANCE = 1e-4
"""The largest difference between the sum of TreeSHAP and the margin of the model, relative to 1 + |margin|. XGBoost
adds in single precision."""
CERTAIN = 1e-7
"""Probabilities nearer than this to 0 or 1 have too few digits for their log odds."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The contributions of one row; `output` is `bias` plus their sum.

    `label` is the class whose score is explained (of two classes the second), None for regression. `standard_error` is
    None if the contributions are exact. `evaluations` is the number of rows that were scored for the explanation.
    """

    scale: Scale
    label: str | None
    bias: float
    contributions: dict[str, float]
    method: Method
    standard_error: dict[str, float] | None = None
    evaluations: int = 0

    @property
    def output(self) -> float:
        return math.fsum([self.bias, *self.contributions.values()])

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON of the API."""
        return {
            "scale": self.scale,
            "class": self.label,
            "bias": self.bias,
            "contributions": self.contributions,
            "output": self.output,
            "method": self.method,
            "standard_error": self.standard_error,
            "evaluations": self.evaluations,
        }


def contribution_columns(explanations: Sequence[Explanation], contract: Contract) -> list[pl.Series]:
    """Explanations as columns of a table: `contribution_<column>` for each column of the contract, then `bias`."""
    parts = [
        pl.Series(f"contribution_{name}", [each.contributions[name] for each in explanations], dtype=pl.Float64)
        for name in contract.names
    ]
    return [*parts, pl.Series("bias", [each.bias for each in explanations], dtype=pl.Float64)]


class Explainer:
    """Explains the scores of one model; threads may share it."""

    def __init__(
        self,
        mojo: Mojo,
        contract: Contract,
        background: Matrix,
        sources: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """:param background: n × f encoded rows (n ≥ 1). TreeSHAP is tried on them, and in sampling they stand for
            columns that are not known.
        :param sources: for each feature the columns of the contract from which it is made; None where the features are
            those columns."""
        self._mojo, self._contract, self._sources = mojo, contract, sources
        self._trees: Any = mojo.contributions()
        self.scale = self._tree_scale(background) if self._trees is not None else None
        if self.scale is None:
            self._sampler = ShapleySampler(background)

    @property
    def method(self) -> Method:
        return "sampled_shapley" if self.scale is None else "treeshap"

    def explain(self, matrix: Matrix, scores: Matrix) -> list[Explanation]:
        """Explain n encoded rows, given their n × k scores."""
        if self.scale is None:
            return [self._sample(row, score) for row, score in zip(matrix, scores, strict=True)]
        parts = self._mojo.explain(self._trees, matrix)
        totals = parts.sum(axis=1)
        rest = _margin(scores, self.scale) - totals
        # Rounding errors of single precision are added to the bias, if the score is far enough from 0 and 1.
        rest = np.where(_is_usable(scores, self.scale) & (np.abs(rest) <= TOLERANCE * (1 + np.abs(totals))), rest, 0.0)
        return [
            Explanation(
                scale=self.scale,
                label=self._contract.target.classes[1] if self._contract.target.classes else None,
                bias=float(part[-1] + remainder),
                contributions=self._by_column(part[:-1]),
                method="treeshap",
                evaluations=0,
            )
            for part, remainder in zip(parts, rest, strict=True)
        ]

    def _sample(self, row: Vector, score: Vector) -> Explanation:
        classes = self._contract.target.classes
        at = 0 if not classes else 1 if len(classes) == 2 else int(np.argmax(score))
        sampled = self._sampler.explain(row, lambda matrix: self._mojo.scores(matrix)[:, at])
        return Explanation(
            scale="probability" if classes else "value",
            label=classes[at] if classes else None,
            bias=sampled.bias,
            contributions=self._by_column(sampled.contributions),
            method="sampled_shapley",
            standard_error=self._by_column(sampled.standard_error),
            evaluations=sampled.evaluations,
        )

    def _by_column(self, values: Vector) -> dict[str, float]:
        """Values by column, in the order of the contract; 0 for a column that the model does not use."""
        by_feature = dict(zip(self._mojo.features, values.tolist(), strict=True))
        if self._sources is None:
            return {name: by_feature.get(name, 0.0) for name in self._contract.names}
        parts: dict[str, list[float]] = {name: [] for name in self._contract.names}
        for feature, value in by_feature.items():
            for name in self._sources[feature]:
                parts[name].append(value / len(self._sources[feature]))
        return {name: math.fsum(values) for name, values in parts.items()}

    def _tree_scale(self, rows: Matrix) -> Scale | None:
        """The scale on which the sums of TreeSHAP equal the scores of these rows; None if there is none."""
        totals = self._mojo.explain(self._trees, rows).sum(axis=1)
        scores = self._mojo.scores(rows)
        regression = self._contract.target.problem_type is ProblemType.REGRESSION
        scales: tuple[Scale, ...] = ("value",) if regression else ("log_odds", "probability")
        for scale in scales:
            usable = _is_usable(scores, scale)
            margin = _margin(scores, scale)
            if usable.any() and np.all(np.abs(totals - margin)[usable] <= TOLERANCE * (1 + np.abs(margin[usable]))):
                return scale
        return None


def _margin(scores: Matrix, scale: Scale) -> Vector:
    if scale == "log_odds":
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(scores[:, 1]) - np.log1p(-scores[:, 1]))
    return scores[:, -1]


def _is_usable(scores: Matrix, scale: Scale) -> NDArray[np.bool_]:
    """A mask of the rows whose margin can be computed from the score."""
    if scale == "log_odds":
        return np.asarray(scores.min(axis=1) > CERTAIN)
    return np.isfinite(scores[:, -1])
