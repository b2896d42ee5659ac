"""Whether a training can be asked for: checked against the data set before anything is written down."""

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
        raise InvalidRequest("«include_algorithms» and «exclude_algorithms» do not go together: send one of them")
    manifest = datasets.manifest(request.dataset, request.dataset_version)
    columns = {column.name: column for column in manifest.columns}
    target = _named(request.target, "target", columns, manifest)
    for name in request.ignored_columns:
        _named(name, "ignored_columns", columns, manifest)
    if request.target in request.ignored_columns:
        raise InvalidRequest(f"the target «{request.target}» stands among the «ignored_columns» too")
    _check_target(target, request)
    left = [c for name, c in columns.items() if name not in (request.target, *request.ignored_columns)]
    prepared = request.recipe != "none"  # a recipe may read texts and dates, too
    if not any((prepared or column.kind in LEARNT) and column.distinct > 1 for column in left):
        raise InvalidRequest(
            f"no column is left to learn «{request.target}» from",
            hint="Ignore fewer columns; columns of free text, of dates or with a single value cannot be learnt from.",
        )
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
        f"«{field}»: the data set «{manifest.name}» has no column «{name}»; its columns are {shown}",
        hint="Column names count exactly as they stand in the file, capitals and spaces included.",
    )


def _check_target(target: ColumnSummary, request: TrainingRequest) -> None:
    wanted, name = request.problem_type, target.name
    if target.distinct < 2:
        raise InvalidRequest(f"the target «{name}» has {target.distinct} different value(s), at least 2 are needed")
    if target.kind == "date":
        raise InvalidRequest(f"the target «{name}» holds dates, which cannot be predicted")
    if target.kind == "text":
        raise InvalidRequest(f"the target «{name}» is free text ({target.distinct} different values)")
    if wanted is ProblemType.REGRESSION and target.kind != "number":
        raise InvalidRequest(f"«problem_type» is regression, but the target «{name}» holds texts, not numbers")
    if wanted is ProblemType.BINARY and target.distinct != 2:
        raise InvalidRequest(
            f"«problem_type» is binary, but the target «{name}» has {target.distinct} different values, not 2"
        )
    if wanted is ProblemType.MULTICLASS and target.distinct < 3:
        raise InvalidRequest(f"«problem_type» is multiclass, but the target «{name}» has only 2 different values")
    kind = wanted if wanted != "auto" else _kind(target)
    if kind is not None and request.metric not in ("auto", *RANKING[kind]):
        fitting = ", ".join(RANKING[kind])
        raise InvalidRequest(f"«metric»: got '{request.metric}', expected auto, {fitting} for a {kind} target")


def _kind(target: ColumnSummary) -> ProblemType | None:
    """What training will take it for, where the summary is enough to tell."""
    if target.distinct == 2:
        return ProblemType.BINARY
    return ProblemType.MULTICLASS if target.kind == "category" else None
