"""A recipe proposed from a table's own cells: only where a column is not in good order, so often none.

Texts that are dates or numbers are read as such; spellings of one level are made one; of texts with too many different
values the frequent ones are kept. A column that models read well as it is gets no step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import polars as pl

from tablee.recipes import Recipe, Step
from tablee.recipes.fitted import outputs
from tablee.recipes.frame import map_texts
from tablee.recipes.steps import CleanText, DateParts, Elapsed, ParseDate, Part, RareLevels
from tablee.recipes.texts import clean, seconds
from tablee_data.recipes import text_columns
from tablee_data.recipes.text_columns import LOOKED_AT, Found

MANY_LEVELS = 50
"""A text column with more different values may have its rare ones taken together."""
ELAPSED = 3
"""Most dates of a table for which the time between each two is proposed."""

Reason = Literal["date_as_text", "number_as_text", "spellings", "rare_levels", "elapsed"]


@dataclass(frozen=True, slots=True)
class Why:
    """Why steps are proposed for a column: so many of its different texts speak for it."""

    column: str
    reason: Reason
    texts: int
    of: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    recipe: Recipe
    reasons: tuple[Why, ...]


def propose(frame: pl.DataFrame, dates_as: Mapping[str, str] | None = None) -> Proposal:
    """Steps for these columns.

    :param frame: training rows (or a sample of a data set) without what is predicted: numbers Float64, texts String.
    :param dates_as: by column how its file had dates, as strptime has it. In the frame they are ISO 8601, which tells
        nothing of how people will write those that are to be predicted.
    """
    dates_as = dates_as or {}
    steps: list[Step] = []
    reasons: list[Why] = []
    dates: list[str] = []
    for series in frame:
        if series.dtype != pl.String or not (found := _column(series, dates_as.get(series.name, ""))):
            continue
        own, why = found
        steps += (step for step in own if not set(frame.columns) & set(outputs(step)) - {series.name})
        reasons.append(why)
        if why.reason == "date_as_text":
            dates.append(series.name)
    if 2 <= len(dates) <= ELAPSED:
        for start, end in combinations(dates, 2):
            name = f"{end} - {start}"
            if name not in frame.columns:
                steps.append(Elapsed(start=start, end=end, to=name))
                reasons.append(Why(name, "elapsed", 2, 2, (start, end)))
    return Proposal(Recipe(steps=tuple(steps)), tuple(reasons))


def _column(series: pl.Series, dates_as: str) -> tuple[list[Step], Why] | None:
    found = text_columns.found(series)
    if found is not None and isinstance(found.step, ParseDate) and _has_month_first(dates_as):
        found = replace(found, step=found.step.model_copy(update={"order": "month_day_year"}))
    return _levels(series, series.drop_nulls()) if found is None else _read(series.name, found)


def _has_month_first(form: str) -> bool:
    return re.match(r"%[mbB][^%]*%d", form) is not None


def _read(name: str, found: Found) -> tuple[list[Step], Why]:
    """Steps for texts that are dates or numbers."""
    steps: list[Step] = [*([found.markers] if found.markers else []), found.step]
    reason: Reason = "number_as_text"
    if isinstance(found.step, ParseDate):
        reason = "date_as_text"
        if parts := _parts(map_texts(pl.Series(found.telling), seconds(found.step), pl.Int64).drop_nulls()):
            steps.append(DateParts(column=name, parts=parts))
    return steps, Why(name, reason, found.texts, len(found.telling), found.examples)


def _parts(moments: pl.Series) -> tuple[Part, ...]:
    """Those that differ; the date itself is a feature, too, and says the rest."""
    when = (moments * 1000).cast(pl.Datetime("ms")).dt
    parts: list[Part] = []
    if when.year().n_unique() > 1 or when.month().n_unique() > 1:
        parts += ["month"] if when.year().n_unique() == 1 else ["year", "month"]
    if when.day().n_unique() > 1:  # months alone are all their first day
        parts += ["day", "weekday"]
    if when.hour().n_unique() > 1:
        parts.append("hour")
    return tuple(parts)


def _levels(series: pl.Series, present: pl.Series) -> tuple[list[Step], Why] | None:
    """Spellings made one, then rare levels taken together."""
    distinct = present.n_unique()
    steps: list[Step] = []
    cleaned, merged, rare = present, 0, 0
    strongest = CleanText(column=series.name, case="lower", accents="remove")
    if distinct <= LOOKED_AT:
        fewest = map_texts(present, clean(strongest), pl.String).n_unique()
        if fewest < distinct and distinct - fewest >= 0.02 * distinct:
            weaker = (CleanText(column=series.name), CleanText(column=series.name, case="lower"), strongest)
            made = ((step, map_texts(present, clean(step), pl.String)) for step in weaker)
            step, cleaned = next((step, values) for step, values in made if values.n_unique() == fewest)
            steps.append(step)
            merged = distinct - fewest
    counts = cleaned.drop_nulls().value_counts(name="__count")
    least = max(10, len(cleaned) // 1000)
    often = counts.filter(pl.col("__count") >= least)
    if (
        counts.height > MANY_LEVELS
        and often.height >= 2
        and often["__count"].sum() >= 0.5 * len(cleaned)
        and counts.height >= 2 * often.height
    ):
        steps.append(RareLevels(column=series.name, least=least))
        rare = counts.height - often.height
    if not steps:
        return None
    return steps, Why(series.name, "spellings" if merged else "rare_levels", merged or rare, distinct, ())
