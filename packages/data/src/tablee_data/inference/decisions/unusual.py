"""Why texts that look like numbers or dates are none in any single format: amounts in parentheses, mixed orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from tablee.datasets.reading import Decision, Reason
from tablee.tables.cells.numbers import NUMBER_FORMATS, parse
from tablee_data.inference.dates import DATE_FORMATS, LOOKS_LIKE_DATE, DateFormatInference, written_so
from tablee_data.inference.numbers import LIKE_NUMBER, NumberFormatInference

SHARE: Final = 0.95
"""At least this share of the different texts has to be numbers, or dates, in some way of writing."""
MISTAKES: Final = 0.01
"""Up to this share of the cells may be written otherwise by mistake."""
FIRST: Final = 20
"""The first texts, which show that most columns hold neither."""
_LIKE_NUMBER: Final = re.compile(LIKE_NUMBER)
_WAYS: Final = {
    Reason.PARENTHESES: re.compile(r"\((?P<number>[^()]+)\)"),
    Reason.MINUS_BEHIND: re.compile(r"(?P<number>[^-]*\d) ?-"),
    Reason.INDIAN_GROUPS: re.compile(r"[+-]?\d{1,2}(?:,\d\d)+(?P<number>,\d{3}(?:\.\d+)?)"),
}
"""Ways of writing numbers that no number format reads; the group is a number in one."""


def why_texts(
    name: str, numbers: NumberFormatInference, dates: DateFormatInference, texts: Sequence[str]
) -> Decision | None:
    """The remark why numbers or dates stay texts, with the first cell that is not written as the others; None if the
    texts are neither. None, too, if so few are written otherwise that they may be mistakes: then a person is asked.

    :param texts: different ones.
    """
    for inference, why in ((numbers, numbers_of), (dates, dates_of)):
        odd = sum(each.count for each in inference.odd.texts.values())
        first = inference.odd.first
        if first is None or (inference.formats and odd <= MISTAKES * inference.seen):
            continue
        if (reason := why([*dict.fromkeys((*texts, first.value))])) is not None:
            facts: dict[str, float | str] = {"value": first.value, "line": first.line}
            return Decision(field="type", column=name, chosen="text", reason=reason, facts=facts)
    return None


def numbers_of(texts: Sequence[str]) -> Reason | None:
    """Why texts are not numbers in any single format although nearly all are numbers; None of other texts.

    :param texts: different ones.
    """
    few = texts[:FIRST]
    if not _most(map(_LIKE_NUMBER.match, few), len(few)):
        return None
    plain = [parse(pl.Series(texts), each).is_not_null() for each in NUMBER_FORMATS]
    fits = pl.DataFrame([each.alias(str(at)) for at, each in enumerate(plain)]).max_horizontal()
    if _most(fits, len(texts)) and all(each.sum() < fits.sum() for each in plain):
        return Reason.MIXED_NUMBERS
    others = [text for text, fit in zip(texts, fits, strict=True) if not fit]
    for reason, way in _WAYS.items():
        written = sum(_is_written(text, way) for text in others)
        if (
            written
            and (fits.any() or reason is Reason.INDIAN_GROUPS)
            and len(texts) - len(others) + written >= SHARE * len(texts)
        ):
            return reason
    return None


def dates_of(texts: Sequence[str]) -> Reason | None:
    """Why texts are not dates in any single format although nearly all are dates; None of other texts.

    :param texts: different ones.
    """
    few = texts[:FIRST]
    if not _most(map(LOOKS_LIKE_DATE.fullmatch, few), len(few)):
        return None
    fitting = [written_so(texts, each) for each in DATE_FORMATS]
    every: set[str] = set().union(*fitting)
    if len(every) < SHARE * len(texts) or any(len(each) == len(every) for each in fitting):
        return None
    return Reason.MIXED_DATES


def _is_written(text: str, way: re.Pattern[str]) -> bool:
    found = way.fullmatch(text)
    if found is None:
        return False
    number = pl.Series([found["number"].lstrip(",")])
    return any(parse(number, each).is_not_null().all() for each in NUMBER_FORMATS)


def _most(found: Iterable[object], of: int) -> bool:
    return of > 0 and sum(map(bool, found)) >= SHARE * of
