"""The port to what trains models. H2O AutoML is its one adapter (`h2o_engine`); nothing else here knows H2O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.jobs.training import LeaderboardRow, TrainingRequest
from tablee.models.contract import Contract
from tablee.models.problem import RankingMetric
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.transformer import Preparer

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search is asked for. `key` names everything it makes in the engine, so that `release` finds it."""

    key: str
    contract: Contract
    metric: RankingMetric
    request: TrainingRequest
    seed: int
    """The request's, or one drawn for it."""
    deadline_seconds: float
    """A search that takes longer is stuck: it is stopped and fails."""
    recipe: FittedRecipe | None = None
    """Makes what models read of the contract's columns; None where they read those."""

    @property
    def features(self) -> Contract:
        """The contract of what models read."""
        return self.contract if self.recipe is None else self.recipe.contract(self.contract)

    def prepared(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What models read of rows of the data set, with the target where they have it."""
        target = self.contract.target.name
        if self.recipe is None:
            return rows.select(*self.contract.names, *([target] if target in rows.columns else []))
        made = Preparer(self.recipe, self.contract).frame(rows)
        return made.with_columns(rows[target]) if target in rows.columns else made


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """What models learn from: rows in memory, or, of a table too big for that, Parquet parts in the object store."""

    height: int
    frame: pl.DataFrame
    """All of them; a sample if there are parts."""
    variance: float
    """Of the target where it is a number."""
    addresses: tuple[str, ...] = ()
    """The parts: paths, or `s3://` URLs."""
    columns: tuple[str, ...] = ()
    """The columns of the parts, in their order."""
    numbers: frozenset[str] | None = None
    """Which of them hold numbers; None: those that do in `frame`."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A search as it stands: share done (0 to 1), what it is doing, its leaderboard best first."""

    share: float
    doing: str
    leaderboard: list[LeaderboardRow]


class Engine(Protocol):
    """Every call raises `EngineUnavailable` within bounded time when the engine is lost, `TrainingCancelled` when the
    training is to stop, `TrainingFailed` when the engine cannot do what is asked."""

    def ready(self) -> str:
        """Wait until the engine is whole; returns its version."""

    def search(self, plan: Plan, train: TrainingRows, watch: Callable[[Glance], None]) -> list[LeaderboardRow]:
        """Train models until the budget is spent; returns the leaderboard, best first, never empty.

        Once it has been told to `watch` for the first time the parts of the training rows are no longer needed.
        """

    def parameters(self, model_id: str) -> dict[str, str]:
        """What a model was trained with."""

    def download(self, model_id: str, path: Path) -> None:
        """Write a model's file."""

    def predict(self, plan: Plan, model_id: str, rows: pl.DataFrame, width: int) -> Scores:
        """The engine's own n × k scores of a few rows, to hold the downloaded model's against; `width` is k."""

    def release(self, plan: Plan) -> None:
        """Stop and remove all that the search left in the engine; quiet when the engine is gone."""

    def close(self) -> None:
        """Let go of the connection."""
