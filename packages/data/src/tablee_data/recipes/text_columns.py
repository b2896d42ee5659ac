"""Detection of text columns that hold dates or numbers as people write them, and the step that parses them.

The warnings of the profile and the proposed recipe both use it, so they agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

import polars as pl

from tablee.datasets.reading import Decision, Reason
from tablee.recipes.parsing.dates import DAY, FIRST_DAY, date_parser
from tablee.recipes.parsing.numbers import number_parser
from tablee.recipes.steps import MissingMarkers, ParseDate, ParseNumber
from tablee.tables.cells.cell_format import Decimal
from tablee.tables.cells.dates import ISO
from tablee.tables.cells.missing_markers import AMONG_TEXTS
from tablee.tables.cells.months import MONTHS
from tablee_data.inference.habits import Habits
from tablee_data.inference.numbers import NumberFormatInference

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
MAX_UNITS: Final = 6
"""Texts with more different units are something else."""
_ORDINALS: Final = frozenset(("st", "nd", "rd", "th", "er", "re", "e", "ème", "eme", "."))
"""What stands behind a number without being a unit."""
YEARS = (1800, 2200)
"""Years of plausible dates: texts that would be dates of other years are something else."""
_SECONDS = tuple((date(year, 1, 1).toordinal() - FIRST_DAY) * DAY for year in YEARS)


class Mixture(StrEnum):
    """Why texts with numbers are not read as one column of numbers: that would change what they mean."""

    CURRENCIES = "currencies"
    """Amounts in different currencies."""
    UNITS = "units"
    """12 kg beside 5 lb."""
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
    """A step before it, if some texts are markers of missing values, such as “n/a”."""
    tested: tuple[str, ...]
    """The distinct texts that were tested, without markers of missing values."""
    texts: int
    """Number of distinct texts that the step parses."""
    examples: tuple[str, ...]
    """The first three of them."""
    decision: Decision | None = None
    """Which of several steps that read all of these texts was taken, if they give different values."""
    otherwise: Mapping[str, ParseDate | ParseNumber] = field(default_factory=dict)
    """The other ones, by the alternatives of the decision."""

    @property
    def share(self) -> float:
        """Share of the distinct texts that the step parses."""
        return self.texts / len(self.tested)


@dataclass(frozen=True, slots=True)
class _Found:
    """A step, with the texts that it reads, and the other steps that read as many."""

    step: ParseDate | ParseNumber
    read: Mapping[str, float]
    decision: Decision | None = None
    otherwise: Mapping[str, ParseDate | ParseNumber] = field(default_factory=dict)


def detect(series: pl.Series, habits: Habits | None = None) -> ParsableTexts | MixedTexts | None:
    """How to parse a column of texts, if nearly all of them are dates or nearly all are numbers, or why no step should
    do that by itself; None for other texts.

    :param habits: how other columns of the file are written.
    """
    texts = series.drop_nulls().unique(maintain_order=True).head(MAX_TEXTS).to_list()
    tested = [text for text in texts if text.strip().casefold() not in AMONG_TEXTS]
    if len(tested) < 2:
        return None
    habits = habits or Habits()
    found = _dates(series.name, tested, habits) or _numbers(series.name, tested, habits)
    if found is None or isinstance(found, MixedTexts):
        return found
    markers = tuple(sorted({text.strip().casefold() for text in texts} & AMONG_TEXTS))
    missing = MissingMarkers(column=series.name, markers=markers) if markers else None
    read = [*found.read]
    return ParsableTexts(
        found.step, missing, tuple(tested), len(read), tuple(read[:3]), found.decision, found.otherwise
    )


_ORDERS: Final = {"day_month_year": "d", "month_day_year": "m", "year_month_day": "y", "month_year": ""}
"""What dates begin with, by the order of a step."""


def _dates(name: str, tested: Sequence[str], habits: Habits) -> _Found | None:
    if not _plausible(tested, lambda text: sum(letter.isdigit() for letter in text) >= 4):
        return None
    if all(ISO.fullmatch(text) for text in tested):  # the dates of a data set, of any year
        step = ParseDate(column=name, order="year_month_day")
        dates = _read(tested, date_parser(step), lambda _: True)
        return _Found(step, dates) if len(dates) >= MIN_SHARE * len(tested) else None
    steps = {order: ParseDate.model_validate({"column": name, "order": order}) for order in _ORDERS}
    read = {order: _read(tested, date_parser(step), _is_plausible_year) for order, step in steps.items()}
    most = max(map(len, read.values()))
    if most < MIN_SHARE * len(tested):
        return None
    best = {order: found for order, found in read.items() if len(found) == most}
    first = next(iter(best))
    chosen, reason = habits.order_of([_ORDERS[order] for order in best])
    chosen = next((order for order in best if _ORDERS[order] == chosen), first)
    return _one_of("dates", name, {order: (steps[order], best[order]) for order in best}, chosen, first, reason)


def _one_of(
    field: str,
    name: str,
    found: Mapping[str, tuple[ParseDate | ParseNumber, Mapping[str, float]]],
    chosen: str,
    usual: str,
    reason: Reason,
) -> _Found:
    """The step of several that read equally many texts.

    :param found: the steps with what they read, by what a person may choose.
    :param chosen: that which is taken where they give different values.
    :param usual: that which is taken where they do not.
    """
    step, read = found[chosen]
    others = {
        choice: other
        for choice, (other, values) in found.items()
        if choice != chosen and any(values[text] != value for text, value in read.items() if text in values)
    }
    if not others:
        return _Found(*found[usual])
    every = {choice: found[choice][1] for choice in (chosen, *others)}
    shared = [text for text in read if all(text in values for values in every.values())]
    different = (text for text in shared if len({values[text] for values in every.values()}) > 1)
    example = next(different, None)
    if example is None:  # each reads texts that the others do not
        return _Found(step, read)
    decision = Decision(
        field=field,
        column=name,
        chosen=chosen,
        reason=reason,
        facts={"example": example},
        alternatives=tuple(others),
        examples={choice: _shown(field, values[example]) for choice, values in every.items()},
        sure=False,
    )
    return _Found(step, read, decision, others)


def _shown(field: str, value: float) -> str:
    if field != "dates":
        return f"{value:.15g}"
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
    return moment.strftime("%Y-%m-%d" if value % DAY == 0 else "%Y-%m-%dT%H:%M:%S")


def _is_plausible_year(moment: float) -> bool:
    return _SECONDS[0] <= moment < _SECONDS[1]


_NUMBER = re.compile(r"[0-9][0-9\s.,'’]*(?:[eE][+-]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"0[0-9]")


_BOUND = re.compile(r"(?:[<>]=?|[≤≥~≈±])\s*(?=[0-9.,+-])")


def _numbers(name: str, tested: Sequence[str], habits: Habits) -> _Found | MixedTexts | None:
    bounds = [text for text in tested if _BOUND.match(text.strip())]
    bare = [_BOUND.sub("", text.strip(), count=1) for text in tested] if bounds else tested
    found = _written_numbers(name, bare, habits)
    if not bounds or found is None or isinstance(found, MixedTexts):
        return found
    other = next((text for text in tested if text not in bounds), bounds[-1])
    return MixedTexts(Mixture.BOUNDS, (bounds[0], other))


def _written_numbers(name: str, tested: Sequence[str], habits: Habits) -> _Found | MixedTexts | None:
    if not _plausible(tested, lambda text: any(letter.isdigit() for letter in text)):
        return None
    if any(_LEADING_ZERO.match(text.strip()) for text in tested):  # a code: its zeros mean something
        return None
    units = _units(tested)
    steps: dict[Decimal, ParseNumber] = {
        ",": ParseNumber(column=name, decimal=",", thousands=(" ", ".", "'"), units=units),
        ".": ParseNumber(column=name, decimal=".", thousands=(" ", ",", "'"), units=units),
    }
    read = {sign: _read(tested, number_parser(step), lambda _: True) for sign, step in steps.items()}
    alike = len(read[","]) == len(read["."])
    best: Decimal = "," if len(read[","]) > len(read["."]) or (alike and _has_decimal_comma(tested)) else "."
    if len(read[best]) < MIN_SHARE * len(tested) or len(set(read[best].values())) < 2:
        either = [text for text in tested if any(text in found for found in read.values())]
        return _mixture(steps[best], either) if len(either) >= MIN_SHARE * len(tested) else None
    if (mixture := _mixture(steps[best], [*read[best]])) is not None:
        return mixture
    if _are_codes(read[best], units):
        return None
    if PERCENT in units and all(PERCENT in text or _ZERO.fullmatch(text.strip()) for text in read[best]):
        steps = {sign: step.model_copy(update={"without_unit": "missing"}) for sign, step in steps.items()}
    if not alike:
        return _Found(steps[best], read[best])
    chosen, reason = habits.decimal_of((".", ","))
    return _one_of("decimal", name, {sign: (steps[sign], read[sign]) for sign in steps}, chosen, best, reason)


def _are_codes(texts: Iterable[str], units: Mapping[str, float]) -> bool:
    """Whether numbers may be codes, or have digits that float64 does not hold."""
    inference = NumberFormatInference()
    inference.update(pl.Series([_without_unit(text, units) for text in texts], dtype=pl.String), ())
    return inference.codes is not None or inference.exponent is not None


def _without_unit(text: str, units: Iterable[str]) -> str:
    left, right = _around(text)
    text = text.strip().replace("\u2212", "-")
    if right in units:
        return text.removesuffix(right).strip()
    return text.replace(left, "", 1).strip() if left in units else text


def _mixture(step: ParseNumber, texts: Sequence[str]) -> MixedTexts | None:
    """Why numbers with these units do not mean the same; None if they do.

    :param texts: those that the step reads.
    """
    examples: dict[str, str] = {}
    for text in texts:
        left, right = _around(text)
        unit = next((each for each in (left, right) if each in step.units), "")
        if unit or not _ZERO.fullmatch(text.strip()):
            examples.setdefault(_same_unit(unit), text)
    if PERCENT in examples and len(examples) > 1:
        other = next(text for unit, text in examples.items() if unit != PERCENT)
        is_share = set(examples) == {PERCENT, ""}
        scaled = step.model_copy(update={"units": {PERCENT: 0.01}}) if is_share else None
        return MixedTexts(Mixture.PERCENT, (examples[PERCENT], other), scaled)
    different = [text for unit, text in examples.items() if unit]
    if len(different) > 1:
        mixture = Mixture.CURRENCIES if any(map(_is_money, step.units)) else Mixture.UNITS
        return MixedTexts(mixture, (different[0], different[1]))
    return None


def _same_unit(unit: str) -> str:
    """One name for all ways of writing a unit: € and EUR, room and rooms, KG and kg, but not mW and MW."""
    unit = unicodedata.normalize("NFKC", unit)
    if unit in CURRENCIES:
        return CURRENCIES[unit]
    if len(unit) > 1 and unit[:1] not in "mM":
        unit = unit.casefold()
    unit = unit.rstrip(".")
    return unit.removesuffix("s") if len(unit) > 2 else unit


def _is_money(unit: str) -> bool:
    return unit in CURRENCIES or any(unicodedata.category(letter) == "Sc" for letter in unit)


_ZERO = re.compile(r"[+-]?0(?:[.,]0*)?")


def _has_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether a comma is followed by digits, but not by exactly three: then it is a decimal comma."""
    return any(re.search(r",(?![0-9]{3}(?![0-9]))[0-9]", text) for text in texts)


def _units(tested: Sequence[str]) -> dict[str, float]:
    """The units that stand beside the numbers: currencies and the percent sign with any other ones, or units behind all
    numbers."""
    before: Counter[str] = Counter()
    behind: Counter[str] = Counter()
    for text in tested:
        left, right = _around(text)
        if not left or not right:
            before[left] += 1
            behind[right] += 1
    money = {unit for unit in (*before, *behind) if _is_money(unit) or unit == PERCENT}
    if money:
        words = (unit for unit in before if len(unit) > 1 and _is_unit(unit))
        return dict.fromkeys(sorted({*money, *words, *filter(_is_unit, behind)}), 1.0)
    if len(before) > 1 or "" not in before:
        return {}
    ((unit, count),) = behind.most_common(1)
    several = {each for each in behind if _is_unit(each)}
    names = {_same_unit(each) for each in several}
    if sum(behind[each] for each in several) >= MIN_SHARE * len(tested) and len(several) > 1:
        letters = "".join(several)
        levels = len(letters) == len(several) and (letters.isupper() or letters.islower())  # 12A, 12B
        return {} if levels or len(names) > MAX_UNITS else dict.fromkeys(sorted(several), 1.0)
    alone = count >= MIN_SHARE * len(tested)
    fits = 0 < len(unit) <= 10 and not unit[0].isdigit() and not unit[-1].isdigit()
    return {unit: 1.0} if alone and fits else {}


def _is_unit(text: str) -> bool:
    """Whether a text beside a number may be its unit, such as `km/h`, and no ordinal, month or part of a code."""
    letters = text.replace("/", "").replace("°", "").replace(".", "").replace(" ", "")
    known = text.casefold() in _ORDINALS or text.casefold().rstrip(".") in MONTHS
    return 0 < len(text) <= 10 and letters.isalpha() and not known and _is_one_word(text)


def _is_one_word(text: str) -> bool:
    return not any(first.isspace() and second.isspace() for first, second in pairwise(text)) and text.count(" ") < 2


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
