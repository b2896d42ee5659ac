"""Options that describe a training: the search for models, and the preparation of the columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from tablee.errors.causes import json_fault_at
from tablee_cli.files import opened
from tablee_cli.options.shared import OptionSet
from tablee_cli.options.usage import WrongUse


@dataclass(frozen=True, kw_only=True)
class Search(OptionSet):
    """The budget of the search, and the models that it may train."""

    seconds: Annotated[int | None, typer.Option("--seconds", min=5, help="Longest time of the search in seconds.")] = (
        None
    )
    models: Annotated[int | None, typer.Option("--models", min=1, help="Largest number of models of the search.")] = (
        None
    )
    metric: Annotated[
        str | None, typer.Option("--metric", help="Metric that ranks the models: auc, logloss, rmse, …")
    ] = None
    problem: Annotated[
        str | None, typer.Option("--problem", help="binary, multiclass or regression; inferred by default.")
    ] = None
    include: Annotated[
        list[str] | None, typer.Option("--include", help="Train only this algorithm. May be repeated.")
    ] = None
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="Do not train this algorithm. May be repeated.")
    ] = None
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help="With --models and without --seconds: the same models each time."),
    ] = None

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

    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Column that is not a feature. May be repeated.")
    ] = None
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe", metavar="FILE|auto|none", help="Steps that prepare the columns; auto: proposed steps."
        ),
    ] = None

    @property
    def members(self) -> dict[str, Any]:
        """The members of a `TrainingRequest` for these options; None where an option is not given.

        :raises typer.BadParameter: the recipe's file cannot be read, or is not JSON.
        """
        return {"ignored_columns": self.ignore, "recipe": self._recipe()}

    def _recipe(self) -> Any:
        if self.recipe is None or self.recipe in ("auto", "none"):
            return self.recipe
        with opened(Path(self.recipe), "--recipe") as file:
            try:
                return json.loads(file.read())
            except ValueError as error:
                raise WrongUse("no_json", at="--recipe", file=self.recipe, why=json_fault_at(error)) from None
