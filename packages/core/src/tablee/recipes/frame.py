"""The steps applied to many rows, by polars. Each different text is read once, by `tablee.recipes.parsing`.

Numbers are Float64 without NaN, texts String, dates Int64 (seconds since 1970); a missing value is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

import polars as pl

from tablee.recipes import steps
from tablee.recipes.formula import expression
from tablee.recipes.formula.frame import divided, evaluate
from tablee.recipes.parsing.dates import DAY, FIRST_DAY
from tablee.recipes.row import UNITS, rule
from tablee.recipes.steps import Kind, Step

DTYPES: dict[Kind, Any] = {"number": pl.Float64, "text": pl.String, "date": pl.Int64}


def apply(step: Step, frame: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    """The frame after the step.

    :param kinds: of the columns before the step, by name.
    """
    match step:
        case steps.Drop():
            return frame.drop(step.columns)
        case steps.CleanText() | steps.ParseNumber() | steps.ParseDate():
            return frame.with_columns(_read(step, frame[step.column], kinds))
        case steps.MissingMarkers() if kinds[step.column] == "text":
            return frame.with_columns(_read(step, frame[step.column], kinds))
        case steps.DateParts():
            dates = frame[step.column]
            return frame.with_columns(part_of(part, dates, step.since).alias(step.named(part)) for part in step.parts)
        case steps.Elapsed():
            apart = (frame[step.end] - frame[step.start]).cast(pl.Float64)
            return frame.with_columns(divided(apart, UNITS[step.unit]).alias(step.to))
        case steps.Ratio():
            return frame.with_columns(divided(frame[step.numerator], frame[step.denominator]).alias(step.to))
        case steps.Formula():
            return frame.with_columns(evaluate(expression.parse(step.expression), frame).alias(step.to))
        case _:
            return frame.with_columns(_changed(step).alias(step.output))


def _changed(step: steps.MissingMarkers | steps.RareLevels | steps.Cap | steps.Fill | steps.Log | steps.Bin) -> pl.Expr:
    value = pl.col(step.column)
    match step:
        case steps.MissingMarkers():
            marked = pl.any_horizontal([value == number for number in step.numbers] or [pl.lit(False)])
            return pl.when(~marked).then(value)
        case steps.RareLevels():
            kept = value.is_in(list(step.levels or ()))
            return pl.when(kept).then(value).when(value.is_not_null()).then(pl.lit(step.other))
        case steps.Cap():
            if step.low is None or step.high is None:
                return value
            return pl.when(value < step.low).then(step.low).when(value > step.high).then(step.high).otherwise(value)
        case steps.Fill():
            return value if step.value is None else value.fill_null(pl.lit(step.value))
        case steps.Log():
            moved = value + step.offset
            return pl.when((moved > 0.0) & moved.is_finite()).then(moved.log())
        case steps.Bin():
            *ranges, last = zip((*(step.edges or ()), None), step.labels, strict=True)
            label = pl.lit(last[1])
            for edge, below in reversed(ranges):
                label = pl.when(value < edge).then(pl.lit(below)).otherwise(label)
            return pl.when(value.is_not_null()).then(label)


def part_of(part: str, seconds: pl.Series, since: date) -> pl.Series:
    """A part of dates in seconds.

    :param since: the day from which `days` counts.
    """
    if part == "days":
        return days(seconds - (since.toordinal() - FIRST_DAY) * DAY)
    moment = (seconds * 1000).cast(pl.Datetime("ms")).dt
    named = moment.ordinal_day() if part == "day_of_year" else getattr(moment, part)()
    return cast(pl.Series, named.cast(pl.Float64))


def days(seconds: pl.Series) -> pl.Series:
    """Days since 1970: what a model reads of dates in seconds."""
    return divided(seconds.cast(pl.Float64), 86_400.0)


def _read(
    step: steps.CleanText | steps.ParseNumber | steps.ParseDate | steps.MissingMarkers,
    values: pl.Series,
    kinds: Mapping[str, Kind],
) -> pl.Series:
    kind = step.gives or kinds[step.column]
    return map_texts(values, rule(step, "text"), DTYPES[kind]).alias(step.output)


def map_texts(values: pl.Series, function: Callable[[str], Any], dtype: Any) -> pl.Series:
    """The results of a function of texts; it is called once for each different text where many are equal."""
    known = values.drop_nulls()
    different = known.unique()
    if len(different) >= 0.7 * len(known):  # a look-up costs more than a call
        return pl.Series([None if text is None else function(text) for text in values.to_list()], dtype=dtype)
    made = pl.Series([function(text) for text in different.to_list()], dtype=dtype)
    return values.replace_strict(different, made, default=None, return_dtype=dtype)
