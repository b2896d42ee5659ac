"""Why a row got its score: contributions per column that add up, with a bias, to the model's output.

Trees of two classes or of a number are taken apart exactly (TreeSHAP): GBM and XGBoost on the scale of log odds,
forests on that of probability, regression on that of the value. All else is explained by sampled Shapley values, on
the scale of probability or value, with a standard error per column. TreeSHAP is used only where it reproduces the
scores of known rows; a link, calibration or booster it does not know of leads to sampling, not to wrong numbers.

Where a recipe makes the features, a column's contribution is the sum of those of its features; a feature of several
columns counts for each of them in equal parts. Standard errors are added likewise, which can only overstate them.
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
"""How far TreeSHAP's sum may be from the model's margin, relative to 1 + |margin|: XGBoost adds in single precision."""
CERTAIN = 1e-7
"""Probabilities this near to 0 or 1 have lost the digits that their log odds would need."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row's contributions: `output` is `bias` plus their sum.

    `label` is the class whose score is explained (for two classes always the second), None for regression.
    `standard_error` is None where the contributions are exact. `evaluations` counts the rows that were scored for it.
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
        """The explanation as the API answers it."""
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
    """Explains rows of one model; threads may share it."""

    def __init__(
        self,
        mojo: Mojo,
        contract: Contract,
        background: Matrix,
        sources: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """
        :param background: encoded rows (at least one); they try out TreeSHAP and stand for "not known" when sampling.
        :param sources: the contract's columns that each feature comes from; None where the features are those columns.
        """
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
        # What single precision lost goes into the bias; where the score is too near to 0 or 1 to tell, nothing does.
        rest = np.where(_told(scores, self.scale) & (np.abs(rest) <= TOLERANCE * (1 + np.abs(totals))), rest, 0.0)
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
        """Values in the contract's order; a column that the model left out has no part in it: 0."""
        by_feature = dict(zip(self._mojo.features, values.tolist(), strict=True))
        if self._sources is None:
            return {name: by_feature.get(name, 0.0) for name in self._contract.names}
        parts: dict[str, list[float]] = {name: [] for name in self._contract.names}
        for feature, value in by_feature.items():
            for name in self._sources[feature]:
                parts[name].append(value / len(self._sources[feature]))
        return {name: math.fsum(values) for name, values in parts.items()}

    def _tree_scale(self, rows: Matrix) -> Scale | None:
        """The scale on which TreeSHAP's sums are the scores of these rows."""
        totals = self._mojo.explain(self._trees, rows).sum(axis=1)
        scores = self._mojo.scores(rows)
        regression = self._contract.target.problem_type is ProblemType.REGRESSION
        scales: tuple[Scale, ...] = ("value",) if regression else ("log_odds", "probability")
        for scale in scales:
            told = _told(scores, scale)
            margin = _margin(scores, scale)
            if told.any() and np.all(np.abs(totals - margin)[told] <= TOLERANCE * (1 + np.abs(margin[told]))):
                return scale
        return None


def _margin(scores: Matrix, scale: Scale) -> Vector:
    if scale == "log_odds":
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(scores[:, 1]) - np.log1p(-scores[:, 1]))
    return scores[:, -1]


def _told(scores: Matrix, scale: Scale) -> NDArray[np.bool_]:
    """Rows whose score still tells its margin."""
    if scale == "log_odds":
        return np.asarray(scores.min(axis=1) > CERTAIN)
    return np.isfinite(scores[:, -1])
