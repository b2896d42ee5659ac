"""The options of `tablee train`: each one is a member of the request."""

from __future__ import annotations

from tablee.jobs.training import TrainingRequest
from tablee_cli.options.training import Columns, Search


def test_each_option_is_a_member_of_the_request() -> None:
    search = Search(
        seconds=60, models=3, metric="auc", problem="binary", include=["GBM"], exclude=["GLM"], seed=7
    ).members
    columns = Columns(ignore=["id"], recipe="none").members
    assert search == {
        "max_seconds": 60,
        "max_models": 3,
        "metric": "auc",
        "problem_type": "binary",
        "include_algorithms": ["GBM"],
        "exclude_algorithms": ["GLM"],
        "seed": 7,
    }
    assert columns == {"ignored_columns": ["id"], "recipe": "none"}
    assert set(search | columns) <= set(TrainingRequest.model_fields)


def test_options_that_are_not_given_are_none() -> None:
    assert set((Search().members | Columns().members).values()) == {None}
