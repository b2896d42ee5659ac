"""The transformer: it makes features out of raw columns by a fitted recipe, for one row or many.

A text that cannot be read as a number or date, or a level that training never saw, becomes a missing value of the
feature, and the block gets a warning about the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import polars as pl

from tablee.models.contract import Contract
from tablee.models.validation.block import MAX_WARNINGS, Block, CellWarning, WarningCode
from tablee.recipes import frame as columns
from tablee.recipes import row as cells
from tablee.recipes.fitted import FittedRecipe, kinds_before, outputs
from tablee.recipes.formula.row import Cells
from tablee.recipes.steps import ParseDate, ParseNumber

CellNote = tuple[str, WarningCode]
"""A column with the code of a warning about its cell."""


class Transformer:
    """Compiled from a fitted recipe and the contract of the same model; threads may share it."""

    def __init__(self, recipe: FittedRecipe, contract: Contract) -> None:
        """
        :raises ValueError: the recipe reads a column that the contract does not have, or its steps do not fit together.
        """
        self.recipe = recipe
        self._names = contract.names
        if unknown := sorted(recipe.inputs.keys() - set(self._names)):
            raise ValueError(f"the recipe reads the column “{unknown[0]}”, which the contract does not have")
        self._touched = [name for name in self._names if name in recipe.step_inputs]
        inputs: dict[str, Any] = dict(recipe.inputs)
        self._kinds = kinds_before(recipe.steps, inputs)
        self._made = {name for step in recipe.steps for name in outputs(step)}
        self._unchecked = self._made | recipe.step_inputs
        """Columns whose texts were not compared with the levels of training when the cells were checked."""
        self._steps = list(zip(recipe.steps, self._kinds, strict=False))
        self._row = self._compiled()

    def row(self, given: Sequence[Any]) -> tuple[Sequence[Any], tuple[CellNote, ...]]:
        """The features of a row, and notes on its cells.

        :param given: the valid cells in the contract's order.
        """
        return self._row(given)

    def frame(self, frame: pl.DataFrame, *, known: bool = True) -> pl.DataFrame:
        """The features of many rows.

        :param frame: the contract's columns at least: numbers Float64, texts String.
        :param known: whether levels that training never saw become missing values.
        """
        return self._applied(frame.select(self._names), known, lambda *_: None)

    def block(self, block: Block) -> Block:
        """The features of a block; warnings are added to the block itself. They are computed once for each block."""
        if block.prepared is None:
            block.prepared = self._one(block) if block.rows == 1 else self._many(block)
        return block.prepared

    def first_difference(self, block: Block) -> int | None:
        """The first row (from 0) whose features differ in any bit between `row` and `frame`; None if there is none."""
        many = self._many(Block(block.columns, block.rows)).columns
        listed = [_bits(many[feature.name]) for feature in self.recipe.features]
        given = [_listed(block.columns[name]) for name in self._names]
        for row, raw in enumerate(zip(*given, strict=True)):
            one, _ = self._row(raw)
            if _bits(one) != [column[row] for column in listed]:
                return row
        return None

    def _one(self, block: Block) -> Block:
        features, notes = self._row([block.columns[name][0] for name in self._names])
        for name, code in notes:
            block.warn(CellWarning(block.first_row, name, code, block.columns[name][0]))
        names = (feature.name for feature in self.recipe.features)
        return Block({name: [value] for name, value in zip(names, features, strict=True)}, 1)

    def _many(self, block: Block) -> Block:
        read = pl.DataFrame([self._series(name, block.columns[name]) for name in self._touched])

        def note(names: Sequence[str], code: WarningCode, mask: pl.Series) -> None:
            for name in names:
                _warn(block, name, code, mask)

        made = self._applied(read, True, note)
        block.warnings.sort(key=lambda warning: warning.row)
        features = {
            feature.name: made[feature.name] if feature.name in made.columns else block.columns[feature.name]
            for feature in self.recipe.features
        }
        return Block(features, block.rows)

    def _series(self, name: str, values: Any) -> pl.Series:
        dtype = columns.DTYPES[self.recipe.inputs[name]]
        if isinstance(values, pl.Series):
            return values.cast(dtype).alias(name)
        return pl.Series(name, values, dtype=dtype)

    def _applied(
        self, frame: pl.DataFrame, known: bool, note: Callable[[Sequence[str], WarningCode, pl.Series], None]
    ) -> pl.DataFrame:
        """The features whose columns are in the frame; `note` is called with the cells that are worth a warning."""
        sources: dict[str, tuple[str, ...]] = {name: (name,) for name in self.recipe.inputs}
        for step, kinds in self._steps:
            before = frame
            frame = columns.apply(step, frame, kinds)
            of = tuple(dict.fromkeys(source for name in step.reads for source in sources[name]))
            sources |= dict.fromkeys(outputs(step), of)
            if isinstance(step, ParseNumber | ParseDate):
                given, made = before[step.column], frame[step.output]
                if made.null_count() > given.null_count():
                    note(of, WarningCode.UNREADABLE, made.is_null() & given.is_not_null())
        out = []
        for feature in self.recipe.features:
            if feature.name not in frame.columns:
                continue
            series = frame[feature.name]
            if self._kinds[-1][feature.name] == "date":
                series = columns.days(series).alias(feature.name)
            elif known and feature.kind == "category":
                series = _known(
                    series, feature.levels, feature.sources, note if feature.name in self._unchecked else None
                )
            out.append(series)
        return pl.DataFrame(out)

    def _compiled(self) -> Callable[[Sequence[Any]], tuple[Sequence[Any], tuple[CellNote, ...]]]:
        positions = {name: at for at, name in enumerate(self._names)}
        for name in self._made:
            positions.setdefault(name, len(positions))
        notes = len(positions)
        operations: list[cells.Operation] = []
        sources: dict[str, tuple[str, ...]] = {name: (name,) for name in self.recipe.inputs}
        for step, kinds in self._steps:
            of = tuple(dict.fromkeys(source for name in step.reads for source in sources[name]))
            sources |= dict.fromkeys(outputs(step), of)
            if isinstance(step, ParseNumber | ParseDate):
                found = tuple((name, WarningCode.UNREADABLE) for name in of)
                rule = cells.cached_rule(step, kinds[step.column])
                operations.append(_with_note(positions[step.column], positions[step.output], rule, found, notes))
            else:
                operations += cells.compile_step(step, kinds, positions)
        for feature in self.recipe.features:
            position = positions[feature.name]
            if self._kinds[-1][feature.name] == "date":
                operations.append(cells.compiled_days(position))
            elif feature.kind == "category" and feature.name in self._unchecked:
                unseen = tuple((name, WarningCode.UNSEEN) for name in feature.sources)
                known: dict[str, str] = {level: level for level in feature.levels}
                operations.append(_with_note(position, position, known.get, unseen, notes))
        empty = [None] * (notes - len(self._names))
        chosen = _items([positions[feature.name] for feature in self.recipe.features])

        def row(given: Sequence[Any]) -> tuple[Sequence[Any], tuple[CellNote, ...]]:
            values = [*given, *empty, ()]
            for operation in operations:
                operation(values)
            return chosen(values), values[notes]

        return row


def _with_note(
    source: int, to: int, function: Callable[[Any], Any], found: tuple[CellNote, ...], notes: int
) -> cells.Operation:
    """An operation that adds `found` to the notes where a value becomes missing."""

    def operation(values: Cells) -> None:
        value = values[source]
        if value is not None:
            value = function(value)
            if value is None:
                values[notes] += found
        values[to] = value

    return operation


def _items(positions: list[int]) -> Callable[[list[Any]], Sequence[Any]]:
    """As `itemgetter`, but the result for one position is a sequence, too."""
    return itemgetter(*positions) if len(positions) > 1 else lambda values: [values[position] for position in positions]


def _known(
    series: pl.Series,
    levels: Sequence[str],
    sources: Sequence[str],
    note: Callable[[Sequence[str], WarningCode, pl.Series], None] | None,
) -> pl.Series:
    """The series with None for texts that are not levels; as String, which training needs."""
    if isinstance(series.dtype, pl.Enum | pl.Categorical):
        series = series.cast(pl.String)
    unknown = ~series.is_in(list(levels)) & series.is_not_null()
    if not unknown.any():
        return series
    if note is not None:
        note(sources, WarningCode.UNSEEN, unknown)
    return series.set(unknown, None)


def _warn(block: Block, name: str, code: WarningCode, mask: pl.Series) -> None:
    found = int(mask.sum())
    room = max(MAX_WARNINGS - block.warning_count, 0)
    block.count(name, code, found)
    values = block.columns[name]
    for at in mask.arg_true().head(room).to_list():
        block.warnings.append(CellWarning(block.first_row + at, name, code, values[at]))


def _listed(values: Any) -> list[Any]:
    return values.to_list() if isinstance(values, pl.Series) else list(values)


def _bits(values: Any) -> list[Any]:
    """Values that are equal only if all their bits are: 0.0 differs from -0.0."""
    return [value.hex() if type(value) is float else value for value in _listed(values)]
