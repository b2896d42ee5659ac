"""Proposes a recipe from the values of a table. A column that models read well as it is gets no step.

Texts that are dates or numbers are parsed, spellings of the same level are unified, and rare levels are grouped.
"""

from __future__ import annotations

from itertools import combinations

import polars as pl

from tablee.http.schemas.recipes import ProposalReason, RecipeProposal
from tablee.recipes import Recipe, Step
from tablee.recipes.fitted import outputs
from tablee.recipes.frame import map_texts
from tablee.recipes.parsing.dates import date_parser
from tablee.recipes.parsing.texts import text_cleaner
from tablee.recipes.steps import CleanText, DateParts, Elapsed, ParseDate, Part, RareLevels
from tablee_data.inference.habits import Habits
from tablee_data.recipes import text_columns
from tablee_data.recipes.text_columns import MAX_TEXTS, ParsableTexts

MANY_LEVELS = 50
"""The rare levels of a text column with more distinct values than this may be grouped."""
MAX_DATES = 3
"""For tables with at most so many columns of dates, the time between each two dates is proposed."""


def propose(frame: pl.DataFrame, habits: Habits | None = None) -> RecipeProposal:
    """Propose steps for the columns of a table.

    :param frame: training rows, or a sample of a data set, without the target: numbers as Float64, texts as String.
    :param habits: how the columns of the data set's file are written. They decide where a column can be read in two
        ways, as they do when a file is read.
    """
    steps: list[Step] = []
    reasons: list[ProposalReason] = []
    dates: list[str] = []
    for series in frame:
        if series.dtype != pl.String or not (found := _column(series, habits)):
            continue
        own, why = found
        steps += (step for step in own if not set(frame.columns) & set(outputs(step)) - {series.name})
        reasons.append(why)
        if why.reason == "date_as_text":
            dates.append(series.name)
    if 2 <= len(dates) <= MAX_DATES:
        for start, end in combinations(dates, 2):
            name = f"{end} - {start}"
            if name not in frame.columns:
                steps.append(Elapsed(start=start, end=end, to=name))
                reasons.append(ProposalReason(column=name, reason="elapsed", texts=2, of=2, examples=[start, end]))
    return RecipeProposal(recipe=Recipe(steps=tuple(steps)), reasons=reasons, rows=frame.height)


def _column(series: pl.Series, habits: Habits | None) -> tuple[list[Step], ProposalReason] | None:
    found = text_columns.detect(series, habits)
    return _read(series.name, found) if isinstance(found, ParsableTexts) else _levels(series, series.drop_nulls())


def _read(name: str, found: ParsableTexts) -> tuple[list[Step], ProposalReason]:
    """Steps that parse texts which are dates or numbers."""
    steps: list[Step] = [*([found.markers] if found.markers else []), found.step]
    reason = "number_as_text"
    if isinstance(found.step, ParseDate):
        reason = "date_as_text"
        if parts := _parts(map_texts(pl.Series(found.tested), date_parser(found.step), pl.Int64).drop_nulls()):
            steps.append(DateParts(column=name, parts=parts))
    why = ProposalReason(
        column=name,
        reason=reason,
        texts=found.texts,
        of=len(found.tested),
        examples=list(found.examples),
        decision=found.decision,
        otherwise=dict(found.otherwise),
    )
    return steps, why


def _parts(moments: pl.Series) -> tuple[Part, ...]:
    """The parts of dates that vary; the date itself is a feature, too."""
    when = (moments * 1000).cast(pl.Datetime("ms")).dt
    parts: list[Part] = []
    if when.year().n_unique() > 1 or when.month().n_unique() > 1:
        parts += ["month"] if when.year().n_unique() == 1 else ["year", "month"]
    if when.day().n_unique() > 1:  # months alone are all their first day
        parts += ["day", "weekday"]
    if when.hour().n_unique() > 1:
        parts.append("hour")
    return tuple(parts)


def _levels(series: pl.Series, present: pl.Series) -> tuple[list[Step], ProposalReason] | None:
    """Steps that unify spellings of levels and then group rare levels; None if there is neither."""
    distinct = present.n_unique()
    steps: list[Step] = []
    cleaned, merged, rare = present, 0, 0
    strongest = CleanText(column=series.name, case="lower", accents="remove")
    if distinct <= MAX_TEXTS:
        fewest = map_texts(present, text_cleaner(strongest), pl.String).n_unique()
        if fewest < distinct and distinct - fewest >= 0.02 * distinct:
            weaker = (CleanText(column=series.name), CleanText(column=series.name, case="lower"), strongest)
            made = ((step, map_texts(present, text_cleaner(step), pl.String)) for step in weaker)
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
    reason = "spellings" if merged else "rare_levels"
    return steps, ProposalReason(column=series.name, reason=reason, texts=merged or rare, of=distinct)
