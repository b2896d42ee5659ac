"""A recipe proposed from a table's own cells: only where a column is not in good order, so often none.

Texts that are dates or numbers are read as such; spellings of one level are made one; of texts with too many different
values the frequent ones are kept. A column that models read well as it is gets no step.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import polars as pl

from tablee.recipe import Recipe, Step
from tablee.recipe.columns import mapped
from tablee.recipe.fitted import outputs
from tablee.recipe.steps import CleanText, DateParts, Elapsed, MissingMarkers, ParseDate, ParseNumber, Part, RareLevels
from tablee.recipe.texts import clean, number, seconds

LOOKED_AT = 5_000
"""Different texts of a column that are looked at."""
ENOUGH = 0.95
"""Share of them that must be dates or numbers for a column of such."""
MARKERS = frozenset(
    (
        *("-", "--", "?", ".", "n/a", "na", "n.a.", "n.d.", "nd", "nc", "n.c.", "none", "null", "nan", "#n/a", "nil"),
        *("inconnu", "inconnue", "aucun", "aucune", "vide", "non renseigné", "non renseignée", "unknown", "missing"),
    )
)
"""Texts that say «nothing is known» among numbers and dates, and nothing else there."""
CURRENCIES = ("€", "$", "£", "¥", "EUR", "USD", "GBP", "CHF", "Euro", "euros", "%")
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


def propose(frame: pl.DataFrame) -> Proposal:
    """Steps for these columns.

    :param frame: training rows (or a sample of a data set) without what is predicted: numbers Float64, texts String.
    """
    steps: list[Step] = []
    reasons: list[Why] = []
    dates: list[str] = []
    for series in frame:
        if series.dtype != pl.String or not (found := _column(series)):
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


def _column(series: pl.Series) -> tuple[list[Step], Why] | None:
    present = series.drop_nulls()
    texts = present.unique(maintain_order=True).head(LOOKED_AT).to_list()
    telling = [text for text in texts if text.strip().casefold() not in MARKERS]
    if len(telling) < 2:
        return None
    return _dates(series, texts, telling) or _numbers(series, texts, telling) or _levels(series, present)


def _dates(series: pl.Series, texts: Sequence[str], telling: Sequence[str]) -> tuple[list[Step], Why] | None:
    if not _plausible(telling, lambda text: sum(letter.isdigit() for letter in text) >= 4):
        return None
    orders = [
        ParseDate(column=series.name, order=order) for order in ("day_month_year", "month_day_year", "year_month_day")
    ]
    read = {step: [moment for text in telling if (moment := seconds(step)(text)) is not None] for step in orders}
    best = max(orders, key=lambda step: len(read[step]))  # of equally good ones the first
    if len(read[best]) < ENOUGH * len(telling):
        return None
    steps: list[Step] = [*_marked(series.name, texts), best]
    parts = _parts(mapped(pl.Series(telling), seconds(best), pl.Int64).drop_nulls())
    if parts:
        steps.append(DateParts(column=series.name, parts=parts))
    return steps, Why(series.name, "date_as_text", len(read[best]), len(telling), tuple(telling[:3]))


def _parts(moments: pl.Series) -> tuple[Part, ...]:
    """Those that differ; the date itself is a feature, too, and says the rest."""
    when = (moments * 1000).cast(pl.Datetime("ms")).dt
    parts: list[Part] = []
    if when.year().n_unique() > 1 or when.month().n_unique() > 1:
        parts += ["month"] if when.year().n_unique() == 1 else ["year", "month"]
    if when.date().n_unique() > 1:
        parts += ["day", "weekday"]
    if when.hour().n_unique() > 1:
        parts.append("hour")
    return tuple(parts)


_NUMBER = re.compile(r"[0-9][0-9\s.,'’]*(?:[eE][+-]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"0[0-9]")


def _numbers(series: pl.Series, texts: Sequence[str], telling: Sequence[str]) -> tuple[list[Step], Why] | None:
    if not _plausible(telling, lambda text: any(letter.isdigit() for letter in text)):
        return None
    if any(_LEADING_ZERO.match(text.strip()) for text in telling):  # a code: its zeros mean something
        return None
    units = _units(telling)
    shapes = [
        ParseNumber(column=series.name, decimal=",", thousands=(" ", ".", "'"), units=units),
        ParseNumber(column=series.name, decimal=".", thousands=(" ", ",", "'"), units=units),
    ]
    read = {
        at: [value for text in telling if (value := number(step)(text)) is not None] for at, step in enumerate(shapes)
    }
    at = 0 if len(read[0]) > len(read[1]) or (len(read[0]) == len(read[1]) and _has_decimal_comma(telling)) else 1
    if len(read[at]) < ENOUGH * len(telling) or len(set(read[at])) < 2:
        return None
    steps: list[Step] = [*_marked(series.name, texts), shapes[at]]
    return steps, Why(series.name, "number_as_text", len(read[at]), len(telling), tuple(telling[:3]))


def _has_decimal_comma(texts: Iterable[str]) -> bool:
    """Where both readings fit: a comma that is not followed by just three digits is a decimal one."""
    return any(re.search(r",(?![0-9]{3}(?![0-9]))[0-9]", text) for text in texts)


def _units(texts: Sequence[str]) -> dict[str, float]:
    """What stands around the numbers: the currencies and the percent sign, and any other single one that all share."""
    before: set[str] = set()
    behind: Counter[str] = Counter()
    for text in texts:
        left, _, right = _NUMBER.sub("\0", text.strip(), count=1).partition("\0")
        before.add(left.strip("+-\u2212 \u00a0\u202f"))
        behind[right.strip()] += 1
    known = {unit: 1.0 for unit in (*before, *behind) if unit in CURRENCIES}
    if known:
        return known
    ((unit, count),) = behind.most_common(1)
    alone = before == {""} and count >= ENOUGH * len(texts)
    fits = 0 < len(unit) <= 10 and not unit[0].isdigit() and not unit[-1].isdigit()
    return {unit: 1.0} if alone and fits else {}


def _levels(series: pl.Series, present: pl.Series) -> tuple[list[Step], Why] | None:
    """Spellings made one, then rare levels taken together."""
    distinct = present.n_unique()
    steps: list[Step] = []
    cleaned, merged, rare = present, 0, 0
    strongest = CleanText(column=series.name, case="lower", accents="remove")
    if distinct <= LOOKED_AT:
        fewest = mapped(present, clean(strongest), pl.String).n_unique()
        if fewest < distinct and distinct - fewest >= 0.02 * distinct:
            weaker = (CleanText(column=series.name), CleanText(column=series.name, case="lower"), strongest)
            made = ((step, mapped(present, clean(step), pl.String)) for step in weaker)
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


def _marked(name: str, texts: Sequence[str]) -> list[Step]:
    """A step for the markers of missing values among these texts."""
    found = tuple(sorted({text.strip().casefold() for text in texts} & set(MARKERS)))
    return [MissingMarkers(column=name, markers=found)] if found else []


def _plausible(texts: Sequence[str], looks: Callable[[str], Any]) -> bool:
    """A glance at a few texts, so that ordinary levels cost no more."""
    few = texts[:50]
    return sum(bool(looks(text)) for text in few) >= 0.5 * len(few)
