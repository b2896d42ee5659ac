"""The engine port: the calls of a training to the program that searches for models, and their results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.i18n.message import Message
from tablee.jobs.training import LeaderboardRow, TrainingRequest
from tablee.models.contract import Contract
from tablee.models.problem import RankingMetric
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.transformer import Transformer

Scores = NDArray[np.float64]
"""n × k: a row of scores for each row of a table."""


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """The order for one search."""

    key: str
    """The beginning of all names that the search creates in the engine, by which `Engine.release` finds them."""
    contract: Contract
    metric: RankingMetric
    request: TrainingRequest
    seed: int
    """The seed of the request, or a random one if it has none."""
    deadline_seconds: float
    """A search that takes longer is stuck: it is stopped and fails."""
    recipe: FittedRecipe | None = None
    """Makes the features that models read out of the contract's columns; None where models read the columns."""

    @property
    def features(self) -> Contract:
        """A contract whose columns are what models read."""
        return self.contract if self.recipe is None else self.recipe.contract(self.contract)

    def prepared(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The features of rows of the data set, and the target if the rows have it."""
        target = self.contract.target.name
        if self.recipe is None:
            return rows.select(*self.contract.names, *([target] if target in rows.columns else []))
        features = Transformer(self.recipe, self.contract).frame(rows)
        return features.with_columns(rows[target]) if target in rows.columns else features


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """The rows that models learn from: in memory, or as Parquet partitions in the object store."""

    height: int
    """Number of rows."""
    frame: pl.DataFrame
    """All rows, or a sample of them if there are partitions."""
    variance: float
    """Population variance of a target that is a number; 1 otherwise."""
    addresses: tuple[str, ...] = ()
    """The addresses of the partitions: paths, or `s3://` URLs. Empty for rows in memory."""
    columns: tuple[str, ...] = ()
    """The columns of the partitions, in their order."""
    numbers: frozenset[str] | None = None
    """The columns of the partitions that hold numbers; None for those that do so in `frame`."""


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """The state of a search."""

    share: float
    """How much is done, 0 to 1."""
    activity: Message
    """What the engine is doing, as a part of a sentence."""
    leaderboard: list[LeaderboardRow]
    """The models so far, the best first."""


class Engine(Protocol):
    """Every method raises `EngineUnavailable` within bounded time when the engine is lost, `TrainingCancelled` when the
    training is to stop, and `TrainingFailed` when the engine cannot do what it is asked."""

    def ready(self) -> str:
        """Wait until the engine can be used; returns its version."""

    def search(
        self, plan: SearchPlan, train: TrainingRows, on_progress: Callable[[SearchProgress], None]
    ) -> list[LeaderboardRow]:
        """Train models until the budget is spent; returns the leaderboard, the best model first, never empty.

        :param on_progress: called again and again; from the first call on the partitions are no longer needed.
        """

    def parameters(self, model_id: str) -> dict[str, str]:
        """The parameters of a model that are not the defaults, by name."""

    def download(self, model_id: str, path: Path) -> None:
        """Write a model's file to `path`."""

    def predict(self, plan: SearchPlan, model_id: str, rows: pl.DataFrame, width: int) -> Scores:
        """The engine's own scores of a few rows (n × `width`), to compare those of the downloaded model with."""

    def release(self, plan: SearchPlan) -> None:
        """Stop the search and remove all that it made in the engine. Errors are logged and not raised."""

    def close(self) -> None:
        """Close the connection to the engine."""
