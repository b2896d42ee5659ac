"""Drawing up the contract: what the model will read, as seen in the training rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from tablee.contract import CategoryColumn, Column, Contract, NumberColumn, ProblemType, Target
from tablee.datasets import DatasetManifest
from tablee.errors import InvalidRequest
from tablee.tables import is_integer
from tablee_train.problem import Problem

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Drawing:
    """The contract, and why columns of the data set are not in it (by name)."""

    contract: Contract
    left_out: dict[str, str]


def draw(
    model: str, problem: Problem, train: pl.DataFrame, manifest: DatasetManifest, ignored: Iterable[str]
) -> Drawing:
    """The contract of a model that these training rows will make; the engine completes it (`completed`).

    :raises InvalidRequest: a column to ignore is not there, is the target, or nothing is left to learn from.
    """
    asked = set(ignored)
    if unknown := sorted(asked - set(train.columns)):
        raise InvalidRequest(f"there is no column «{unknown[0]}» to ignore")
    if problem.target in asked:
        raise InvalidRequest(f"«{problem.target}» is to be predicted and cannot be ignored")
    texts = {column.name for column in manifest.columns if column.kind == "text"}
    columns: list[Column] = []
    left_out = {problem.target: "it is predicted"}
    for series in train:
        if series.name == problem.target:
            continue
        reason = "as requested" if series.name in asked else _useless(series, is_text=series.name in texts)
        if reason:
            left_out[series.name] = reason
        else:
            columns.append(_column(series))
    if not columns:
        reasons = ", ".join(f"«{name}»: {reason}" for name, reason in left_out.items() if name != problem.target)
        raise InvalidRequest(f"no column is left to learn from ({reasons or 'there is only the target'})")
    contract = Contract(
        model=model,
        columns=tuple(columns),
        target=Target(
            name=problem.target,
            problem_type=problem.problem_type,
            classes=problem.classes,
            integer=problem.integer and problem.problem_type is ProblemType.REGRESSION,
        ),
        ignored=tuple(left_out),
        examples=_examples(train, columns),
    )
    return Drawing(contract, left_out)


def completed(contract: Contract, classes: tuple[str, ...], threshold: float | None) -> Contract:
    """The contract with the classes in the trained model's own order and its decision threshold.

    The threshold is for two classes only; it is the one that H2O's own labels use (that of the greatest F1).
    """
    target = contract.target.model_copy(update={"classes": classes})
    binary = target.problem_type is ProblemType.BINARY
    return contract.model_copy(update={"target": target, "threshold": threshold if binary else None})


def _useless(series: pl.Series, *, is_text: bool) -> str | None:
    distinct = series.drop_nulls().n_unique()
    if distinct == 0:
        return "it is empty"
    if distinct == 1:
        return "it has one value only"
    if is_text:
        return "it is free text: too many different values for a category"
    if "\n" in series.name or "\r" in series.name:
        return "its name has a line break, which the model's file cannot hold"
    return None


def _column(series: pl.Series) -> Column:
    missing = series.null_count() / len(series)
    if series.dtype == pl.Float64:
        return NumberColumn(
            name=series.name,
            integer=is_integer(series),
            minimum=float(series.min()),  # type: ignore[arg-type]
            maximum=float(series.max()),  # type: ignore[arg-type]
            missing=missing,
        )
    return CategoryColumn(name=series.name, levels=tuple(sorted(series.drop_nulls().unique())), missing=missing)


def _examples(train: pl.DataFrame, columns: list[Column]) -> tuple[dict[str, float | int | str | None], ...]:
    """A few rows spread over the training data, whole ones if there are enough."""
    inputs = train.select(column.name for column in columns)
    whole = inputs.drop_nulls()
    source = whole if whole.height >= EXAMPLES else inputs
    integer = {column.name for column in columns if isinstance(column, NumberColumn) and column.integer}
    step = max(source.height // EXAMPLES, 1)
    rows = source.gather_every(step).head(EXAMPLES).to_dicts()
    return tuple({k: int(v) if k in integer and v is not None else v for k, v in row.items()} for row in rows)
