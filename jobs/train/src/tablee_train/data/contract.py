"""Drawing up the contract: what the model will read, as seen in the training rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from tablee.datasets.store import DatasetManifest
from tablee.errors import InvalidRequest
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import FREE_TEXT, LINE_BREAK
from tablee_train.data.column_stats import Seen, Survey
from tablee_train.data.problem import Problem

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Drawing:
    """The contract, and why columns of the data set are not in it (by name)."""

    contract: Contract
    left_out: dict[str, str]


def draw(
    model: str,
    problem: Problem,
    survey: Survey,
    rows: pl.DataFrame,
    manifest: DatasetManifest,
    ignored: Iterable[str],
    recipe: FittedRecipe | None = None,
) -> Drawing:
    """The contract of a model that these training rows will make; the engine completes it (`completed`).

    :param survey: what was seen in all training rows.
    :param rows: training rows to take examples from.
    :param recipe: what reads the columns for the model; without one it reads them itself.
    :raises InvalidRequest: a column to ignore is not there, is the target, or nothing is left to learn from.
    """
    asked = set(ignored)
    if unknown := sorted(asked - set(survey.columns)):
        raise InvalidRequest(f"there is no column «{unknown[0]}» to ignore")
    if problem.target in asked:
        raise InvalidRequest(f"«{problem.target}» is to be predicted and cannot be ignored")
    texts = free_texts(manifest)
    columns: list[Column] = []
    left_out = {problem.target: "it is predicted"}
    for seen in survey.columns.values():
        if seen.name == problem.target:
            continue
        if seen.name in asked:
            reason: str | None = "as requested"
        elif recipe is not None and seen.name in recipe.inputs:
            reason = None
        else:
            unread = None if recipe is None else recipe.left_out.get(seen.name, "no step of the recipe keeps it")
            reason = useless(seen, is_text=seen.name in texts) or unread
        if reason:
            left_out[seen.name] = reason
        else:
            columns.append(_column(seen, recipe))
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
        examples=_examples(rows, columns),
    )
    return Drawing(contract, left_out)


def completed(contract: Contract, classes: tuple[str, ...], threshold: float | None) -> Contract:
    """The contract with the classes in the trained model's own order and its decision threshold.

    The threshold is for two classes only; it is the one that H2O's own labels use (that of the greatest F1).
    """
    target = contract.target.model_copy(update={"classes": classes})
    binary = target.problem_type is ProblemType.BINARY
    return contract.model_copy(update={"target": target, "threshold": threshold if binary else None})


def free_texts(manifest: DatasetManifest) -> frozenset[str]:
    """The columns of a data set that models do not read: free texts, and dates."""
    return frozenset(column.name for column in manifest.columns if column.kind in ("text", "date"))


def useless(seen: Seen, *, is_text: bool) -> str | None:
    """Why a model could not learn from a column as it is; None if it could."""
    if seen.values == 0:
        return "it is empty"
    if seen.values == 1:
        return "it has one value only"
    if is_text:
        return FREE_TEXT
    if "\n" in seen.name or "\r" in seen.name:
        return LINE_BREAK
    return None


def _column(seen: Seen, recipe: FittedRecipe | None) -> Column:
    missing = seen.missing / seen.rows
    if recipe is not None and not seen.number and seen.name in recipe.touched:
        return TextColumn(name=seen.name, reads=recipe.looks_for(seen.name), missing=missing)
    if seen.minimum is not None and seen.maximum is not None:
        return NumberColumn(
            name=seen.name, integer=seen.integer, minimum=seen.minimum, maximum=seen.maximum, missing=missing
        )
    return CategoryColumn(name=seen.name, levels=tuple(sorted(seen.levels)), missing=missing)


def _examples(rows: pl.DataFrame, columns: list[Column]) -> tuple[dict[str, float | int | str | None], ...]:
    """A few rows spread over those there are, whole ones if there are enough."""
    inputs = rows.select(column.name for column in columns)
    whole = inputs.drop_nulls()
    source = whole if whole.height >= EXAMPLES else inputs
    integer = {column.name for column in columns if isinstance(column, NumberColumn) and column.integer}
    step = max(source.height // EXAMPLES, 1)
    found = source.gather_every(step).head(EXAMPLES).to_dicts()
    return tuple({k: int(v) if k in integer and v is not None else v for k, v in row.items()} for row in found)
