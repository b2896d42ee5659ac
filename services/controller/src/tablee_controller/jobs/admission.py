"""Training requests, checked against the data set before anything is stored."""

from __future__ import annotations

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.jobs.training import TrainingRequest
from tablee.models.problem import RANKING, ProblemType
from tablee.recipes import Kind, Recipe

SHOWN = 40
"""How many column names an error lists."""

LEARNT = ("number", "category")
"""Kinds of columns that models read without a recipe."""


def admit(request: TrainingRequest, datasets: Datasets) -> TrainingRequest:
    """The request with its data set version pinned.

    :raises DatasetNotFound: there is no such data set or version.
    :raises InvalidRequest: what it asks for does not go with the data, or not together.
    :raises InvalidRecipe: a step does not fit the columns that it finds.
    """
    if request.include_algorithms and request.exclude_algorithms:
        raise InvalidRequest("both_algorithm_lists")
    manifest = datasets.manifest(request.dataset, request.dataset_version)
    columns = {column.name: column for column in manifest.columns}
    target = _named(request.target, "target", columns, manifest)
    for name in request.ignored_columns:
        _named(name, "ignored_columns", columns, manifest)
    if request.target in request.ignored_columns:
        raise InvalidRequest("target_among_ignored", target=request.target)
    _check_target(target, request)
    left = [c for name, c in columns.items() if name not in (request.target, *request.ignored_columns)]
    prepared = request.recipe != "none"  # a recipe may read texts and dates, too
    if not any((prepared or column.kind in LEARNT) and column.distinct > 1 for column in left):
        raise InvalidRequest("nothing_to_learn_from", hint="ignore_fewer_columns", target=request.target)
    if isinstance(request.recipe, Recipe):
        request.recipe.check({column.name: _as_found(column) for column in left})
    return request.model_copy(update={"dataset_version": manifest.version})


def _as_found(column: ColumnSummary) -> Kind:
    """A column of the data set as a recipe finds it."""
    return "number" if column.kind == "number" else "text"


def _named(name: str, field: str, columns: dict[str, ColumnSummary], manifest: DatasetManifest) -> ColumnSummary:
    if name in columns:
        return columns[name]
    shown = ", ".join(list(columns)[:SHOWN]) + (", …" if len(columns) > SHOWN else "")
    raise InvalidRequest(
        "no_such_column", hint="exact_column_names", field=field, dataset=manifest.name, name=name, columns=shown
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
    kind = wanted if wanted != "auto" else _kind(target)
    if kind is not None and request.metric not in ("auto", *RANKING[kind]):
        fitting = ", ".join(RANKING[kind])
        raise InvalidRequest("metric_of_other_problem", metric=request.metric, fitting=fitting, problem=str(kind))


def _kind(target: ColumnSummary) -> ProblemType | None:
    """What training will take it for, where the summary is enough to tell."""
    if target.distinct == 2:
        return ProblemType.BINARY
    return ProblemType.MULTICLASS if target.kind == "category" else None
