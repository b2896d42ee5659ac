"""Texts that are numbers or dates as people write them: recognised by what nearly all of a column's texts look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

NEARLY_ALL = 0.95
LOOKED_AT = 5000
"""Different texts of a column that are looked at."""
LEAST = 3
"""Fewer different texts show no pattern."""

_SPACE = "[ \u00a0\u202f\u2009]"
_SIGN = f"[-+\u2212]?{_SPACE}*"
_UNIT = "(?:€|\\$|£|%|‰|EUR|USD|GBP|CHF|kg|g|km|m|cm|mm|h|kWh|°C|m²|euros?)"
_FRENCH = rf"(?:\d+|\d{{1,3}}(?:(?:{_SPACE}|[.'’])\d{{3}})+)(?:,\d+)?"
_ENGLISH = rf"(?:\d+|\d{{1,3}}(?:(?:{_SPACE}|[,'’])\d{{3}})+)(?:\.\d+)?"


def _number(inner: str) -> str:
    return rf"^\s*{_SIGN}(?:{_UNIT}{_SPACE}*)?{_SIGN}{inner}{_SPACE}*{_UNIT}?\s*$"


_NUMBERS: Final[dict[Literal[",", "."], str]] = {",": _number(_FRENCH), ".": _number(_ENGLISH)}

FORMATS: Final = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"),
    *("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d.%m.%y"),
    *("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
    *("%d %B %Y", "%d %b %Y", "%B %d, %Y"),
)
"""Dates, day first before month first: where both fit all texts, day first it is."""
CLOCKS: Final = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M")


@dataclass(frozen=True, slots=True)
class Found:
    """How texts are written, how many of those looked at are, and one of them."""

    how: str
    share: float
    example: str


def decimal_mark(present: pl.Series) -> Found | None:
    """The decimal mark of texts that nearly all are numbers; None where they are none."""
    texts = _different(present)
    if len(texts) < LEAST:
        return None
    best: Found | None = None
    for mark, pattern in _NUMBERS.items():
        fit = texts.str.contains(pattern)
        share = (fit.mean() or 0.0) if len(fit) else 0.0
        if share >= NEARLY_ALL and (best is None or share > best.share):  # type: ignore[operator]  # a float
            best = Found(mark, float(share), texts.filter(fit)[0])  # type: ignore[arg-type]
    return best


def date_format(present: pl.Series) -> Found | None:
    """The format, as strptime takes it, of texts that nearly all are dates; None where they are none."""
    texts = _different(present)
    if len(texts) < LEAST or (texts.str.contains(r"\d{1,4}[-/. ]|^\d{8}$|\d,").mean() or 0) < NEARLY_ALL:  # type: ignore[operator]
        return None
    best: Found | None = None
    for clock in CLOCKS:
        if clock and (texts.str.contains(r"\d[T ]\d{1,2}:\d\d").mean() or 0) < NEARLY_ALL:  # type: ignore[operator]
            continue
        for day in FORMATS:
            read = texts.str.strptime(pl.Datetime, day + clock, strict=False)
            fit = read.is_not_null() & read.dt.year().is_between(1800, 2200).fill_null(False)
            share = float(fit.mean() or 0.0)  # type: ignore[arg-type]
            if share >= NEARLY_ALL and (best is None or share > best.share):
                best = Found(day + clock, share, texts.filter(fit)[0])
    return best


def _different(present: pl.Series) -> pl.Series:
    return present.unique(maintain_order=True).head(LOOKED_AT).str.strip_chars()
