"""Texts that are dates or numbers as people write them, and the step of a recipe that reads them.

A text that the profile warns of is one that the proposed recipe reads, for both ask here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tablee.recipes.steps import MissingMarkers, ParseDate, ParseNumber
from tablee.recipes.texts import DAY, FIRST_DAY, number, seconds
from tablee.tables.missing_markers import AMONG_TEXTS

LOOKED_AT = 5_000
"""Different texts of a column that are looked at."""
ENOUGH = 0.95
"""Share of them that must be dates or numbers for a column of such."""
CURRENCIES = ("€", "$", "£", "¥", "EUR", "USD", "GBP", "CHF", "Euro", "euros", "%")
YEARS = (1800, 2200)
"""Texts that would be dates of other years are rather something else."""
_WITHIN = tuple((date(year, 1, 1).toordinal() - FIRST_DAY) * DAY for year in YEARS)


@dataclass(frozen=True, slots=True)
class Found:
    """What a column's texts are."""

    step: ParseDate | ParseNumber
    """Reads them."""
    markers: MissingMarkers | None
    """To be taken first: the texts among them that say «nothing is known»."""
    telling: tuple[str, ...]
    """The different texts looked at, without such."""
    texts: int
    """How many of them the step reads."""
    examples: tuple[str, ...]
    """Three of those."""

    @property
    def share(self) -> float:
        return self.texts / len(self.telling)


def found(series: pl.Series) -> Found | None:
    """Of a column of texts that nearly all are dates, or nearly all numbers; None if they are neither."""
    texts = series.drop_nulls().unique(maintain_order=True).head(LOOKED_AT).to_list()
    telling = [text for text in texts if text.strip().casefold() not in AMONG_TEXTS]
    if len(telling) < 2:
        return None
    known = _dates(series.name, telling) or _numbers(series.name, telling)
    if known is None:
        return None
    step, read = known
    said = tuple(sorted({text.strip().casefold() for text in texts} & AMONG_TEXTS))
    marked = MissingMarkers(column=series.name, markers=said) if said else None
    return Found(step, marked, tuple(telling), len(read), tuple(read[:3]))


def _dates(name: str, telling: Sequence[str]) -> tuple[ParseDate, list[str]] | None:
    if not _plausible(telling, lambda text: sum(letter.isdigit() for letter in text) >= 4):
        return None
    orders = [ParseDate(column=name, order="day_month_year"), ParseDate(column=name, order="month_day_year")]
    orders += [ParseDate(column=name, order="year_month_day"), ParseDate(column=name, order="month_year")]
    read = [_read(telling, seconds(step), _within) for step in orders]
    at = max(range(len(orders)), key=lambda at: len(read[at]))  # of equally good ones the first
    return (orders[at], list(read[at])) if len(read[at]) >= ENOUGH * len(telling) else None


def _within(moment: float) -> bool:
    return _WITHIN[0] <= moment < _WITHIN[1]


_NUMBER = re.compile(r"[0-9][0-9\s.,'’]*(?:[eE][+-]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"0[0-9]")


def _numbers(name: str, telling: Sequence[str]) -> tuple[ParseNumber, list[str]] | None:
    if not _plausible(telling, lambda text: any(letter.isdigit() for letter in text)):
        return None
    if any(_LEADING_ZERO.match(text.strip()) for text in telling):  # a code: its zeros mean something
        return None
    units = _units(telling)
    shapes = [
        ParseNumber(column=name, decimal=",", thousands=(" ", ".", "'"), units=units),
        ParseNumber(column=name, decimal=".", thousands=(" ", ",", "'"), units=units),
    ]
    read = [_read(telling, number(step), lambda _: True) for step in shapes]
    at = 0 if len(read[0]) > len(read[1]) or (len(read[0]) == len(read[1]) and _has_decimal_comma(telling)) else 1
    if len(read[at]) < ENOUGH * len(telling) or len(set(read[at].values())) < 2:
        return None
    return shapes[at], list(read[at])


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


def _read(texts: Sequence[str], rule: Callable[[str], float | None], fits: Callable[[float], bool]) -> dict[str, float]:
    """The texts that a rule reads, with what it reads; none if a glance shows that most are not for it."""

    def one(text: str) -> float | None:
        value = rule(text)
        return value if value is not None and fits(value) else None

    if not _plausible(texts, lambda text: one(text) is not None):
        return {}
    return {text: value for text in texts if (value := one(text)) is not None}


def _plausible(texts: Sequence[str], looks: Callable[[str], Any]) -> bool:
    """A glance at a few texts, so that ordinary levels cost no more."""
    few = texts[:50]
    return sum(bool(looks(text)) for text in few) >= 0.5 * len(few)
