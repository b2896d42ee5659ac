"""Options that describe a training: the search for models, and the preparation of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tablee_cli.files import json_of
from tablee_cli.options.shared import OptionSet

OPTIONS: Final = {
    "dataset": "--data",
    "max_seconds": "--seconds",
    "max_models": "--models",
    "problem_type": "--problem",
    "include_algorithms": "--include",
    "exclude_algorithms": "--exclude",
    "ignored_columns": "--ignore",
}
"""The options of members of a `TrainingRequest` that have another name."""


@dataclass(frozen=True, kw_only=True)
class Search(OptionSet):
    """The budget of the search, and the models that it may train."""

    seconds: Annotated[int | None, typer.Option("--seconds", min=5)] = None
    models: Annotated[int | None, typer.Option("--models", min=1)] = None
    metric: Annotated[str | None, typer.Option("--metric")] = None
    problem: Annotated[str | None, typer.Option("--problem")] = None
    include: Annotated[list[str] | None, typer.Option("--include")] = None
    exclude: Annotated[list[str] | None, typer.Option("--exclude")] = None
    seed: Annotated[int | None, typer.Option("--seed", min=0)] = None

    @property
    def members(self) -> dict[str, Any]:
        """The members of a `TrainingRequest` for these options; None where an option is not given."""
        return {
            "max_seconds": self.seconds,
            "max_models": self.models,
            "metric": self.metric,
            "problem_type": self.problem,
            "include_algorithms": self.include,
            "exclude_algorithms": self.exclude,
            "seed": self.seed,
        }


@dataclass(frozen=True, kw_only=True)
class Columns(OptionSet):
    """The columns that the model reads, and the recipe that prepares them."""

    ignore: Annotated[list[str] | None, typer.Option("--ignore")] = None
    recipe: Annotated[str | None, typer.Option("--recipe", metavar="FILE|auto|none")] = None

    @property
    def members(self) -> dict[str, Any]:
        """The members of a `TrainingRequest` for these options; None where an option is not given.

        :raises typer.BadParameter: the recipe's file cannot be read, or is not JSON.
        """
        return {"ignored_columns": self.ignore, "recipe": self._recipe()}

    def _recipe(self) -> Any:
        if self.recipe is None or self.recipe in ("auto", "none"):
            return self.recipe
        return json_of(Path(self.recipe), "--recipe")
