"""Building the contract of a model from the training rows: which columns it reads, their levels and ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Drop
from tablee.errors import InvalidRequest
from tablee.i18n import Message
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.left_out import LeftOut, listed
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.decoding import UNKNOWN_NUMBERS, UNKNOWN_TEXTS
from tablee.tables.column_names import near
from tablee_train.data.column_stats import ColumnStats, TableStats
from tablee_train.data.target import Problem

EXAMPLES = 5
"""Example rows in a contract."""


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract that the engine will complete, and the columns of the data set that it leaves out."""

    contract: Contract
    left_out: dict[str, Message]
    """The reason, by the column's name."""


def build_contract(
    model: str,
    problem: Problem,
    stats: TableStats,
    rows: pl.DataFrame,
    manifest: DatasetManifest,
    ignored: Iterable[str],
    recipe: FittedRecipe | None = None,
    left_out_by_recipe: Mapping[str, LeftOut] | None = None,
) -> ContractDraft:
    """The contract of a model that is trained on these rows, without what only the engine knows (`complete`).

    :param stats: of all training rows.
    :param rows: training rows to take examples from.
    :param recipe: prepares the columns for the model; None if the model reads them as they are.
    :param left_out_by_recipe: why a model cannot learn from a column that the steps leave, by its name.
    :raises InvalidRequest: a column to ignore does not exist or is the target, or no column is left to learn from.
    """
    requested = set(ignored)
    if unknown := sorted(requested - set(stats.columns)):
        raise InvalidRequest("no_column_to_ignore", column=unknown[0], **near(unknown[0], stats.columns))
    if problem.target in requested:
        raise InvalidRequest("target_ignored", target=problem.target)
    texts, hidden = unread_columns(manifest), LeftOut.by_actions(manifest, problem.target)
    columns: list[Column] = []
    left_out = {problem.target: Message("left_out_column.predicted")}
    for column in stats.columns.values():
        if column.name == problem.target:
            continue
        if column.name in requested:
            reason: Message | None = Message("left_out_column.as_requested")
        elif column.name in hidden:
            reason = hidden[column.name].message
        elif recipe is not None and column.name in recipe.inputs:
            reason = None
        else:
            code = reason_to_leave_out(column, is_text=column.name in texts)
            if code is None and recipe is not None:
                code = (left_out_by_recipe or {}).get(column.name)
                reason = Message("left_out_column.no_step_keeps") if code is None else code.message
            else:
                reason = None if code is None else code.message
        if reason is not None:
            left_out[column.name] = reason
        else:
            columns.append(_column(column, recipe, manifest))
    if not columns:
        reasons = listed({name: reason for name, reason in left_out.items() if name != problem.target})
        raise InvalidRequest("no_column_to_learn", reasons=reasons) if reasons else InvalidRequest("only_the_target")
    contract = Contract(
        model=model,
        columns=tuple(columns),
        target=Target(
            name=problem.target,
            problem_type=problem.problem_type,
            classes=problem.classes,
            integer=problem.integer and problem.problem_type is ProblemType.REGRESSION,
        ),
        ignored=(*left_out, *sorted(dropped_columns(manifest) - set(stats.columns))),
        examples=_examples(rows, columns),
    )
    return ContractDraft(contract, left_out)


def complete(contract: Contract, classes: tuple[str, ...], threshold: float | None) -> Contract:
    """The contract with the classes in the trained model's own order and its decision threshold.

    The threshold is for two classes only; it is the one that H2O's own labels use (that of the greatest F1).
    """
    target = contract.target.model_copy(update={"classes": classes})
    binary = target.problem_type is ProblemType.BINARY
    return contract.model_copy(update={"target": target, "threshold": threshold if binary else None})


def dropped_columns(manifest: DatasetManifest) -> frozenset[str]:
    """The columns that were removed before the rows were stored, such as personal data. Files to be predicted may have
    them; nothing looks at their cells."""
    return frozenset(action.column for action in manifest.actions if isinstance(action, Drop))


def unread_columns(manifest: DatasetManifest) -> frozenset[str]:
    """The columns of a data set that a model cannot read without a recipe: free texts and dates."""
    return frozenset(column.name for column in manifest.columns if column.kind in ("text", "date"))


def reason_to_leave_out(stats: ColumnStats, *, is_text: bool) -> LeftOut | None:
    """Why a model could not learn from a column as it is; None if it could.

    :param is_text: whether the data set calls it free text or a date.
    """
    if stats.distinct_up_to_two == 0:
        return LeftOut.EMPTY
    if stats.distinct_up_to_two == 1:
        return LeftOut.CONSTANT
    if is_text:
        return LeftOut.FREE_TEXT
    if "\n" in stats.name or "\r" in stats.name:
        return LeftOut.LINE_BREAK
    return None


def _column(stats: ColumnStats, recipe: FittedRecipe | None, manifest: DatasetManifest) -> Column:
    missing = stats.missing / stats.rows
    generalisation = manifest.generalisations.get(stats.name)
    cell_format = manifest.cell_formats.get(stats.name)
    if stats.minimum is not None and stats.maximum is not None:
        return NumberColumn(
            name=stats.name,
            integer=stats.integer and generalisation is None,
            minimum=stats.minimum,
            maximum=stats.maximum,
            missing=missing,
            cell_format=cell_format or UNKNOWN_NUMBERS,
            generalisation=generalisation,
        )
    cell_format = cell_format or UNKNOWN_TEXTS
    if generalisation is not None:
        cell_format = CellFormat(missing=generalisation.original.missing)
    if recipe is not None and stats.name in recipe.step_inputs:
        is_date = cell_format.date is not None
        return TextColumn(
            name=stats.name,
            reads=recipe.reads_as(stats.name),
            earliest=stats.first_text if is_date else None,
            latest=stats.last_text if is_date else None,
            missing=missing,
            cell_format=cell_format,
            generalisation=generalisation,
        )
    return CategoryColumn(
        name=stats.name,
        levels=tuple(sorted(stats.levels)),
        missing=missing,
        cell_format=cell_format,
        generalisation=generalisation,
    )


def _examples(rows: pl.DataFrame, columns: list[Column]) -> tuple[dict[str, float | int | str | None], ...]:
    """`EXAMPLES` rows spread evenly over the rows, without missing values if there are enough of those."""
    inputs = rows.select(column.name for column in columns)
    complete_rows = inputs.drop_nulls()
    source = complete_rows if complete_rows.height >= EXAMPLES else inputs
    integer = {column.name for column in columns if isinstance(column, NumberColumn) and column.integer}
    step = max(source.height // EXAMPLES, 1)
    found = source.gather_every(step).head(EXAMPLES).to_dicts()
    return tuple({k: int(v) if k in integer and v is not None else v for k, v in row.items()} for row in found)
