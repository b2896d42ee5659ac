"""Detection of personal data in the columns of a table, by their values and by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from tablee.datasets.generalisation import as_text
from tablee.datasets.privacy import Action, Drop, Evidence, Finding, Mask, Period, PersonalData, Prefix, Pseudonym
from tablee.recipes.steps import ParseDate
from tablee_data.inference import dates
from tablee_data.privacy import content, naming
from tablee_data.recipes import text_columns

RELEASE = 2
"""Increased when the same rows give other findings, so that stored findings are computed again."""
MAX_VALUES = 2000
"""Number of distinct values of a column that are tested."""
MIN_VALUES = 5
"""Least number of distinct values that must pass a test, if the name of the column says nothing."""
MIN_SHARE = 0.5
"""Least share of values that must pass beyond chance, in tests that values may pass by chance..."""
MIN_SURE_SHARE = 0.02
"""...and in tests that practically no value passes by chance: the column may hold other values, too."""
SURE_CHANCE = 0.02
"""Greatest chance of a test that practically no value passes by chance."""
BY_NAME = 0.7
"""Confidence of a finding by the name of the column, if the values are possible..."""
BY_VAGUE_NAME = 0.5
"""...and if the name is one that things have, too."""
LONG_TEXT = 20
"""Texts that are longer on average, in characters, are searched for personal data among other words."""


def find_personal_data(rows: pl.DataFrame) -> tuple[Finding, ...]:
    """The findings in a table, the surest first; at most one for a column.

    :param rows: with columns of float64 and text.
    """
    found = [best for column in rows if (best := _best(column)) is not None]
    return tuple(sorted(found, key=lambda each: (-each.confidence, rows.columns.index(each.column))))


def _best(column: pl.Series) -> Finding | None:
    values = _values(column)
    if not values:
        return None
    named, number = naming.kind(column.name), column.dtype == pl.Float64
    found = [*_by_content(column.name, values, named, number=number)]
    if named is not None and all(each.kind is not named for each in found) and _possible(named, values, column):
        sure = BY_VAGUE_NAME if naming.is_vague(column.name) else BY_NAME
        found.append(_finding(column, named, 1.0, sure, Evidence.NAME, values))
    if not number and not found and sum(map(len, values)) > LONG_TEXT * len(values):
        found += [
            _finding(column, kind, share, 0.9, Evidence.WITHIN, values)
            for kind, share in content.within(values).items()
        ]
    return max(found, key=lambda each: each.confidence, default=None)


def _values(column: pl.Series) -> list[str]:
    """The distinct values as texts; empty for numbers that are not all whole."""
    different = column.drop_nulls().unique(maintain_order=True).head(MAX_VALUES)
    if different.dtype == pl.Float64 and not (different == different.round()).all():
        return []
    return [text.strip() for text in as_text(different)]


def _by_content(name: str, values: list[str], named: PersonalData | None, *, number: bool) -> Iterator[Finding]:
    remaining = values
    for test in content.TESTS:
        expected = named is test.kind
        if not expected and (not test.alone or (number and not test.numbers)):
            continue
        restores_zero = number and expected
        passed = {
            each for each in remaining if test.passes(content.leading_zero(test.kind, each) if restores_zero else each)
        }
        if not passed:
            continue
        share = len(passed) / len(values)
        beyond = max(0.0, (share - test.chance) / (1 - test.chance))
        enough = MIN_SURE_SHARE if test.chance <= SURE_CHANCE else MIN_SHARE
        if expected and share >= MIN_SHARE:
            sure = 1 - (1 - BY_NAME) * (1 - beyond)
            yield _finding(pl.Series(name, values), test.kind, share, sure, Evidence.BOTH, values)
        elif not expected and test.alone and beyond >= enough and len(passed) >= MIN_VALUES:
            sure = beyond if test.chance > SURE_CHANCE else max(beyond, 0.9)
            yield _finding(pl.Series(name, values), test.kind, share, sure, Evidence.CONTENT, values)
        else:
            continue
        remaining = [each for each in remaining if each not in passed]


_PHRASE = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+){0,4}\.?")
_STREET = re.compile(
    r"\d.*[^\W\d_]{3}|[^\W\d_]{3}.*\d|\b(?:rue|avenue|boulevard|place|chemin|allée|street|road)\b", re.I
)
_NUMBER = re.compile(r"\+?[\d ().\u00a0\u202f/-]{6,24}")


def _possible(kind: PersonalData, values: list[str], column: pl.Series) -> bool:
    """Whether most values are possible for the kind of personal data that the name of the column says."""
    number = column.dtype == pl.Float64
    match kind:
        case PersonalData.NAME:
            return not number and _most(values, _PHRASE)
        case PersonalData.ADDRESS:
            return not number and _most(values, _STREET, search=True)
        case PersonalData.PHONE:
            return _most(values, _NUMBER)
        case PersonalData.BIRTH_DATE:
            years = number and all(1850 <= float(each) <= 2100 for each in values)
            return years or (not number and _are_dates(values))
        case PersonalData.NIR | PersonalData.CARD:
            return _most(values, re.compile(r"[\dAB \u00a0.-]{13,25}"))
    return False


def _are_dates(values: list[str]) -> bool:
    found = text_columns.detect(pl.Series("values", values, dtype=pl.String))
    return found is not None and isinstance(found.step, ParseDate)


def _most(values: list[str], pattern: re.Pattern[str], *, search: bool = False) -> bool:
    test = pattern.search if search else pattern.fullmatch
    return sum(test(each) is not None for each in values) > 0.8 * len(values)


def _finding(
    column: pl.Series, kind: PersonalData, share: float, confidence: float, how: Evidence, values: list[str]
) -> Finding:
    proposal = Drop(column=column.name) if how is Evidence.WITHIN else _proposal(kind, column.name, values)
    return Finding(
        column=column.name, kind=kind, share=share, confidence=round(confidence, 3), how=how, proposal=proposal
    )


_DROPPED: Final = (PersonalData.NAME, PersonalData.ADDRESS)
"""Kinds that are dropped: models learn nothing from them, and tables are not joined by them."""


def _proposal(kind: PersonalData, column: str, values: list[str]) -> Action:
    if kind in _DROPPED:
        return Drop(column=column)
    if kind is PersonalData.CARD:
        return Mask(column=column, keep_last=4)
    if kind is PersonalData.POST_CODE:
        return Prefix(column=column, length=2, digits=5)
    if kind is PersonalData.BIRTH_DATE:
        form = dates.common_format(pl.Series(values, dtype=pl.String))
        return Period(column=column, to="year", format=form) if form else Drop(column=column)
    return Pseudonym(column=column, scope="")
