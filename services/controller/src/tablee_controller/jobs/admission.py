"""Checks training requests against the data set, before anything is stored."""

from __future__ import annotations

from typing import Any

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.i18n.message import Message
from tablee.jobs.training import TrainingRequest
from tablee.models.problem import RANKING, ProblemType
from tablee.recipes import Kind, Recipe
from tablee.tables.column_names import near

SHOWN = 40
"""Most column names that an error lists."""

FEATURE_KINDS = ("number", "category")
"""Kinds of columns that are features without a recipe."""


def admit(request: TrainingRequest, datasets: Datasets) -> TrainingRequest:
    """Check a request. Returns the request with the version of its data set.

    :raises DatasetNotFound: there is no such data set or version.
    :raises InvalidRequest: a field does not fit the columns, or two fields contradict each other.
    :raises InvalidRecipe: a step does not fit its columns.
    """
    if request.include_algorithms and request.exclude_algorithms:
        raise InvalidRequest("both_algorithm_lists")
    manifest = datasets.manifest(request.dataset, request.dataset_version)
    columns = {column.name: column for column in manifest.columns}
    target = _column(request.target, "target", columns, manifest)
    for name in request.ignored_columns:
        _column(name, "ignored_columns", columns, manifest)
    if request.target in request.ignored_columns:
        raise InvalidRequest("target_among_ignored", target=request.target)
    _check_target(target, request)
    hidden = manifest.unlearnable.keys() - {request.target}
    others = [c for name, c in columns.items() if name not in (request.target, *request.ignored_columns, *hidden)]
    has_recipe = request.recipe != "none"  # a recipe may make features of texts and dates, too
    if not any((has_recipe or column.kind in FEATURE_KINDS) and column.distinct > 1 for column in others):
        raise InvalidRequest("nothing_to_learn_from", hint="ignore_fewer_columns", target=request.target)
    if isinstance(request.recipe, Recipe):
        request.recipe.without_hidden(hidden).check({column.name: _recipe_kind(column) for column in others})
    return request.model_copy(update={"dataset_version": manifest.version})


def _recipe_kind(column: ColumnSummary) -> Kind:
    """The kind of a column of the data set in a recipe."""
    return "number" if column.kind == "number" else "text"


def _column(name: str, field: str, columns: dict[str, ColumnSummary], manifest: DatasetManifest) -> ColumnSummary:
    if name in columns:
        return columns[name]
    shown = ", ".join(list(columns)[:SHOWN]) + (", …" if len(columns) > SHOWN else "")
    raise InvalidRequest(
        "no_such_column",
        hint="exact_column_names",
        field=field,
        dataset=manifest.name,
        name=name,
        columns=shown,
        **near(name, columns),
    )


def _check_target(target: ColumnSummary, request: TrainingRequest) -> None:
    wanted, name = request.problem_type, target.name
    if target.distinct < 2:
        raise InvalidRequest("too_few_target_values", target=name, distinct=target.distinct)
    if target.kind == "date":
        raise InvalidRequest("target_of_dates", target=name)
    if target.kind == "text":
        raise InvalidRequest("target_of_text", target=name, distinct=target.distinct)
    if wanted is ProblemType.REGRESSION and target.kind != "number":
        raise InvalidRequest("regression_of_texts", target=name)
    if wanted is ProblemType.BINARY and target.distinct != 2:
        raise InvalidRequest("binary_of_many", target=name, distinct=target.distinct)
    if wanted is ProblemType.MULTICLASS and target.distinct < 3:
        raise InvalidRequest("multiclass_of_two", target=name)
    kind = wanted if wanted != "auto" else _problem_type(target)
    if kind is not None and request.metric not in ("auto", *RANKING[kind]):
        facts: dict[str, Any] = {"fitting": list(RANKING[kind]), "problem": Message(f"target_kind.{kind}")}
        raise InvalidRequest("metric_of_other_problem", metric=request.metric, **facts)


def _problem_type(target: ColumnSummary) -> ProblemType | None:
    """The problem type that a training will choose; None if it does not follow from the summary of the column."""
    if target.distinct == 2:
        return ProblemType.BINARY
    return ProblemType.MULTICLASS if target.kind == "category" else None
