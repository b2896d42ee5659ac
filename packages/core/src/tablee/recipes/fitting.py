"""Fitting a recipe: its steps learn their parameters from training rows, never from hold-out rows or the target."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from tablee.errors import InvalidRecipe
from tablee.recipes import frame as columns
from tablee.recipes.fitted import Feature, FittedRecipe, needed, traced
from tablee.recipes.left_out import LeftOut, listed, reason_to_leave_out
from tablee.recipes.recipe import Recipe, after
from tablee.recipes.steps import Bin, Cap, Drop, Fill, Kind, RareLevels, Step


def fit(recipe: Recipe, train: pl.DataFrame) -> FittedRecipe:
    """The recipe with its parameters and features.

    :param train: training rows, all columns that the model may read and no other: numbers Float64, texts String.
    :raises InvalidRecipe: a step does not fit the columns that it finds, or nothing is left for a model to read.
    """
    learnt = LearntSteps.of(recipe, train)
    return learnt.fitted([OutputColumn.of(series) for series in learnt.apply(train)])


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column after the last step."""

    name: str
    reason_to_leave_out: LeftOut | None
    """Why a model cannot learn from it; None if it can."""
    levels: tuple[str, ...] | None
    """The levels of a text column; None for numbers."""

    @classmethod
    def of(cls, series: pl.Series) -> OutputColumn:
        """The column with these values, which are those of all training rows."""
        reason = reason_to_leave_out(series)
        texts = series.dtype == pl.String and reason is None
        levels = tuple(sorted(series.drop_nulls().unique().to_list())) if texts else ()
        return cls(series.name, reason, levels if series.dtype == pl.String else None)


@dataclass(frozen=True, slots=True)
class LearntSteps:
    """Steps with their parameters, before it is known from which of their columns a model can learn."""

    steps: tuple[Step, ...]
    kinds: tuple[dict[str, Kind], ...]
    """The kinds of the columns before each step, and as the last item those after all steps."""

    @classmethod
    def of(cls, recipe: Recipe, train: pl.DataFrame) -> LearntSteps:
        """
        :param train: as for `fit`; a sample of the training rows is enough.
        :raises InvalidRecipe: a step does not fit the columns that it finds.
        """
        frame, kinds, steps = train, [kinds_of(train)], []
        for number, asked in enumerate(recipe.steps, 1):
            now = after(asked, number, kinds[-1])
            step = learn(asked, frame)
            frame = columns.apply(step, frame, kinds[-1])
            steps.append(step)
            kinds.append(now)
        return cls(tuple(steps), tuple(kinds))

    def apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        """All columns after the last step, as a model would read them: Float64 or String."""
        frame = frame.select(list(self.kinds[0]))
        for step, kinds in zip(self.steps, self.kinds, strict=False):
            frame = columns.apply(step, frame, kinds)
        last = self.kinds[-1]
        return frame.select(list(last)).with_columns(
            columns.days(frame[name]).alias(name) for name, kind in last.items() if kind == "date"
        )

    def fitted(self, outcomes: Iterable[OutputColumn]) -> FittedRecipe:
        """The recipe without the columns that a model cannot learn from, and without the steps for them alone.

        :param outcomes: the columns after the last step.
        :raises InvalidRecipe: a model can learn from none of them.
        """
        return described(tuple(step for step in self.steps if not isinstance(step, Drop)), self.kinds[0], outcomes)


def described(steps: tuple[Step, ...], inputs: dict[str, Kind], outcomes: Iterable[OutputColumn]) -> FittedRecipe:
    """The fitted recipe of these steps: the features, and the steps and inputs that the features need.

    :param outcomes: the columns after the last step.
    :raises InvalidRecipe: a model can learn from none of them.
    """
    sources = traced(steps, inputs)
    features, unread = [], {}
    for made in outcomes:
        if made.reason_to_leave_out is not None:
            unread[made.name] = made.reason_to_leave_out.message
        else:
            kind: Literal["number", "category"] = "number" if made.levels is None else "category"
            feature = Feature(name=made.name, kind=kind, levels=made.levels or (), sources=sources[made.name])
            features.append(feature)
    if not features:
        raise InvalidRecipe("no_column_left", reasons=listed(unread)) if unread else InvalidRecipe("all_dropped")
    kept = needed(steps, frozenset(feature.name for feature in features))
    read = {name for feature in features for name in feature.sources}
    return FittedRecipe(
        inputs={name: "number" if kind == "number" else "text" for name, kind in inputs.items() if name in read},
        steps=kept,
        features=tuple(features),
        left_out={name: str(reason) for name, reason in unread.items()},
    )


def kinds_of(frame: pl.DataFrame) -> dict[str, Kind]:
    """The columns of a data set as a recipe finds them."""
    return {series.name: "number" if series.dtype == pl.Float64 else "text" for series in frame}


def learn(step: Step, frame: pl.DataFrame) -> Step:
    """The step with its parameters, from the training rows as the steps before it left them."""
    match step:
        case RareLevels(levels=None):
            kept = _by_count(frame[step.column]).filter(pl.col("__count") >= step.least)[step.column]
            return step.model_copy(update={"levels": tuple(sorted(kept.head(step.most).to_list()))})
        case Cap():
            values = frame[step.column]
            low = values.quantile(step.low_share, "lower") if step.low is None else step.low
            high = values.quantile(1.0 - step.high_share, "higher") if step.high is None else step.high
            if low is not None and high is not None and low > high:  # the given bound lies beyond all values
                low = high = step.high if step.low is None else step.low
            return step.model_copy(update={"low": low, "high": high})
        case Fill(by="median", value=None):
            median = frame[step.column].median()
            finite = isinstance(median, float) and math.isfinite(median)
            return step.model_copy(update={"value": median if finite else None})
        case Fill(by="most_frequent", value=None):
            first = _by_count(frame[step.column])[step.column].head(1)
            return step.model_copy(update={"value": first.item() if len(first) else None})
        case Bin(edges=None):
            return step.model_copy(update={"edges": _edges(frame[step.column].drop_nulls(), step.bins)})
        case _:
            return step


def _by_count(values: pl.Series) -> pl.DataFrame:
    """The different values, the most frequent first; equally frequent values in their own order."""
    counts = values.drop_nulls().value_counts(name="__count")
    return counts.sort(["__count", values.name], descending=[True, False])


def _edges(values: pl.Series, bins: int) -> Sequence[float]:
    shares = (number / bins for number in range(1, bins))
    edges = {edge for share in shares if (edge := values.quantile(share, "nearest")) is not None}
    least = values.min()
    return tuple(sorted(edge for edge in edges if edge != least))
