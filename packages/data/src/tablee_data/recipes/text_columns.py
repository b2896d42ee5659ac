"""Detection of text columns that hold dates or numbers as people write them, and the step that parses them.

The warnings of the profile and the proposed recipe both use it, so they agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from tablee.recipes.parsing.dates import DAY, FIRST_DAY, date_parser
from tablee.recipes.parsing.numbers import number_parser
from tablee.recipes.steps import MissingMarkers, ParseDate, ParseNumber
from tablee.tables.cells.dates import ISO
from tablee.tables.cells.missing_markers import AMONG_TEXTS

MAX_TEXTS = 5_000
"""Number of distinct texts of a column that are tested."""
MIN_SHARE = 0.95
"""Least share of them that must be dates, or numbers."""
CURRENCIES = {
    **dict.fromkeys(("€", "EUR", "Euro", "euros"), "EUR"),
    **dict.fromkeys(("$", "USD"), "USD"),
    **dict.fromkeys(("£", "GBP"), "GBP"),
    **dict.fromkeys(("¥", "JPY"), "JPY"),
    "CHF": "CHF",
}
"""How currencies are written, and which of these mean the same one."""
PERCENT = "%"
YEARS = (1800, 2200)
"""Years of plausible dates: texts that would be dates of other years are something else."""
_SECONDS = tuple((date(year, 1, 1).toordinal() - FIRST_DAY) * DAY for year in YEARS)


class Mixture(StrEnum):
    """Why texts with numbers are not read as one column of numbers: that would change what they mean."""

    CURRENCIES = "currencies"
    """Amounts in different currencies."""
    PERCENT = "percent"
    """12% beside 0.2."""
    BOUNDS = "bounds"
    """<0.5 beside 0.7."""


@dataclass(frozen=True, slots=True)
class MixedTexts:
    """A text column that holds numbers which do not mean the same."""

    mixture: Mixture
    examples: tuple[str, str]
    """A text of each kind."""
    step: ParseNumber | None = None
    """Reads the column without changing what it means; None if no step does."""


@dataclass(frozen=True, slots=True)
class ParsableTexts:
    """A text column that holds dates or numbers."""

    step: ParseDate | ParseNumber
    """The step that parses them."""
    markers: MissingMarkers | None
    """A step before it, if some texts are markers of missing values, such as «n/a»."""
    tested: tuple[str, ...]
    """The distinct texts that were tested, without markers of missing values."""
    texts: int
    """Number of distinct texts that the step parses."""
    examples: tuple[str, ...]
    """The first three of them."""

    @property
    def share(self) -> float:
        """Share of the distinct texts that the step parses."""
        return self.texts / len(self.tested)


def detect(series: pl.Series) -> ParsableTexts | MixedTexts | None:
    """How to parse a column of texts, if nearly all of them are dates or nearly all are numbers, or why no step should
    do that by itself; None for other texts."""
    texts = series.drop_nulls().unique(maintain_order=True).head(MAX_TEXTS).to_list()
    tested = [text for text in texts if text.strip().casefold() not in AMONG_TEXTS]
    if len(tested) < 2:
        return None
    detected = _dates(series.name, tested) or _numbers(series.name, tested)
    if detected is None or isinstance(detected, MixedTexts):
        return detected
    step, read = detected
    markers = tuple(sorted({text.strip().casefold() for text in texts} & AMONG_TEXTS))
    missing = MissingMarkers(column=series.name, markers=markers) if markers else None
    return ParsableTexts(step, missing, tuple(tested), len(read), tuple(read[:3]))


def _dates(name: str, tested: Sequence[str]) -> tuple[ParseDate, list[str]] | None:
    if not _plausible(tested, lambda text: sum(letter.isdigit() for letter in text) >= 4):
        return None
    if all(ISO.fullmatch(text) for text in tested):  # the dates of a data set
        return ParseDate(column=name, order="year_month_day"), list(tested)
    orders = [ParseDate(column=name, order="day_month_year"), ParseDate(column=name, order="month_day_year")]
    orders += [ParseDate(column=name, order="year_month_day"), ParseDate(column=name, order="month_year")]
    read = [_read(tested, date_parser(step), _is_plausible_year) for step in orders]
    at = max(range(len(orders)), key=lambda at: len(read[at]))  # of equally good ones the first
    return (orders[at], list(read[at])) if len(read[at]) >= MIN_SHARE * len(tested) else None


def _is_plausible_year(moment: float) -> bool:
    return _SECONDS[0] <= moment < _SECONDS[1]


_NUMBER = re.compile(r"[0-9][0-9\s.,'’]*(?:[eE][+-]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"0[0-9]")


_BOUND = re.compile(r"(?:[<>]=?|[≤≥~≈±])\s*(?=[0-9.,+-])")


def _numbers(name: str, tested: Sequence[str]) -> tuple[ParseNumber, list[str]] | MixedTexts | None:
    bounds = [text for text in tested if _BOUND.match(text.strip())]
    bare = [_BOUND.sub("", text.strip(), count=1) for text in tested] if bounds else tested
    found = _written_numbers(name, bare)
    if not bounds or found is None or isinstance(found, MixedTexts):
        return found
    other = next((text for text in tested if text not in bounds), bounds[-1])
    return MixedTexts(Mixture.BOUNDS, (bounds[0], other))


def _written_numbers(name: str, tested: Sequence[str]) -> tuple[ParseNumber, list[str]] | MixedTexts | None:
    if not _plausible(tested, lambda text: any(letter.isdigit() for letter in text)):
        return None
    if any(_LEADING_ZERO.match(text.strip()) for text in tested):  # a code: its zeros mean something
        return None
    units = _units(tested)
    shapes = [
        ParseNumber(column=name, decimal=",", thousands=(" ", ".", "'"), units=units),
        ParseNumber(column=name, decimal=".", thousands=(" ", ",", "'"), units=units),
    ]
    read = [_read(tested, number_parser(step), lambda _: True) for step in shapes]
    at = 0 if len(read[0]) > len(read[1]) or (len(read[0]) == len(read[1]) and _has_decimal_comma(tested)) else 1
    if len(read[at]) < MIN_SHARE * len(tested) or len(set(read[at].values())) < 2:
        either = [text for text in tested if text in read[0] or text in read[1]]
        return _mixture(shapes[at], either) if len(either) >= MIN_SHARE * len(tested) else None
    return _mixture(shapes[at], [*read[at]]) or (shapes[at], list(read[at]))


def _mixture(step: ParseNumber, texts: Sequence[str]) -> MixedTexts | None:
    """Why numbers with these units do not mean the same; None if they do.

    :param texts: those that the step reads.
    """
    examples: dict[str, str] = {}
    for text in texts:
        left, right = _around(text)
        unit = next((each for each in (left, right) if each in step.units), "")
        if unit or not _ZERO.fullmatch(text.strip()):
            examples.setdefault(CURRENCIES.get(unit, unit), text)
    if PERCENT in examples and len(examples) > 1:
        other = next(text for unit, text in examples.items() if unit != PERCENT)
        is_share = set(examples) == {PERCENT, ""}
        scaled = step.model_copy(update={"units": {PERCENT: 0.01}}) if is_share else None
        return MixedTexts(Mixture.PERCENT, (examples[PERCENT], other), scaled)
    if len(amounts := [text for unit, text in examples.items() if unit in CURRENCIES.values()]) > 1:
        return MixedTexts(Mixture.CURRENCIES, (amounts[0], amounts[1]))
    return None


_ZERO = re.compile(r"[+-]?0(?:[.,]0*)?")


def _has_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether a comma is followed by digits, but not by exactly three: then it is a decimal comma."""
    return any(re.search(r",(?![0-9]{3}(?![0-9]))[0-9]", text) for text in texts)


def _units(texts: Sequence[str]) -> dict[str, float]:
    """The units that stand beside the numbers: currencies and the percent sign, or a single other unit behind all of
    them."""
    before: set[str] = set()
    behind: Counter[str] = Counter()
    for text in texts:
        left, right = _around(text)
        before.add(left)
        behind[right] += 1
    currencies = {unit: 1.0 for unit in (*before, *behind) if unit in CURRENCIES or unit == PERCENT}
    if currencies:
        return currencies
    ((unit, count),) = behind.most_common(1)
    alone = before == {""} and count >= MIN_SHARE * len(texts)
    fits = 0 < len(unit) <= 10 and not unit[0].isdigit() and not unit[-1].isdigit()
    return {unit: 1.0} if alone and fits else {}


def _around(text: str) -> tuple[str, str]:
    """What is before and behind the first number of a text, without sign and spaces."""
    left, _, right = _NUMBER.sub("\0", text.strip(), count=1).partition("\0")
    return left.strip("+-\u2212 \u00a0\u202f"), right.strip()


def _read(texts: Sequence[str], rule: Callable[[str], float | None], fits: Callable[[float], bool]) -> dict[str, float]:
    """The texts that a rule parses, with their values; empty if the rule parses few of the first texts."""

    def one(text: str) -> float | None:
        value = rule(text)
        return value if value is not None and fits(value) else None

    if not _plausible(texts, lambda text: one(text) is not None):
        return {}
    return {text: value for text in texts if (value := one(text)) is not None}


def _plausible(texts: Sequence[str], looks: Callable[[str], Any]) -> bool:
    """Whether half of the first 50 texts pass a test; ordinary levels cost no more than this."""
    few = texts[:50]
    return sum(bool(looks(text)) for text in few) >= 0.5 * len(few)
