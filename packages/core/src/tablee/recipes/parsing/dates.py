"""Dates and times in texts, French and English, and in ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tablee.recipes.parsing.numbers import LONGEST
from tablee.recipes.steps import ParseDate
from tablee.tables.cells.months import MONTHS

FIRST_DAY = date(1970, 1, 1).toordinal()
"""1970-01-01, as Python counts days."""
DAY = 86_400
"""Seconds."""

_TIME = (
    r"(?:(?:\s*,?\s+(?:à\s+|at\s+)?|[Tt])([0-9]{1,2})(?:[:hH]([0-9]{2})?(?::([0-9]{2})(?:[.,][0-9]+)?)?)"
    r"\s*([AaPp][Mm])?\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_MONTH = r"([0-9]{1,2}|[^\W\d_]{3,9}\.?)"
_BETWEEN = r"\s*[/\-. ]\s*"
_ISO = re.compile(rf"([0-9]{{4}})-?([0-9]{{2}})-?([0-9]{{2}}){_TIME}")
_WEEKDAY = r"(?:[^\W\d_]{3,9}\.?,?\s+)?"
_SHAPES: dict[str, tuple[re.Pattern[str], tuple[int, int, int]]] = {
    "day_month_year": (
        re.compile(
            rf"{_WEEKDAY}([0-9]{{1,2}})(?:er|st|nd|rd|th)?{_BETWEEN}{_MONTH}{_BETWEEN}([0-9]{{4}}|[0-9]{{2}}){_TIME}"
        ),
        (3, 2, 1),
    ),
    "month_day_year": (
        re.compile(
            rf"{_WEEKDAY}{_MONTH}{_BETWEEN}([0-9]{{1,2}})(?:er|st|nd|rd|th)?(?:{_BETWEEN}|,\s*)([0-9]{{4}}|[0-9]{{2}}){_TIME}"
        ),
        (3, 1, 2),
    ),
    "year_month_day": (
        re.compile(rf"([0-9]{{4}}|[0-9]{{2}}){_BETWEEN}{_MONTH}{_BETWEEN}([0-9]{{1,2}}){_TIME}"),
        (1, 2, 3),
    ),
}
PIVOT = 69
"""A year of two digits from here on is of the 20th century, one below of the 21st (POSIX)."""

_MONTH_ALONE = re.compile(r"(?:[0-9]{1,2}\s*[/\-]|[^\W\d_]{3,9}\.?[\s/\-])\s*[0-9]{4}")
_ISO_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def date_parser(step: ParseDate) -> Callable[[str], int | None]:
    """The function that reads a date out of a text, in seconds since 1970; its result is None for any other text.

    An offset from UTC is applied; without one, the time is taken as it stands.
    """
    if step.order == "month_year":
        return _of_months(date_parser(step.model_copy(update={"order": "day_month_year"})))
    shape, places = _SHAPES[step.order]

    def rule(text: str) -> int | None:
        text = text.strip()
        if len(text) > LONGEST:
            return None
        found = _ISO.fullmatch(text)
        year, month, day = (1, 2, 3) if found else places
        found = found or shape.fullmatch(text)
        if found is None:
            return None
        written = found[month]
        number = int(written) if written.isdigit() else MONTHS.get(written.rstrip(".").lower())
        if number is None:
            return None
        full = int(found[year])
        if len(found[year]) == 2:
            full += 1900 if full >= PIVOT else 2000
        try:
            days = date(full, number, int(found[day])).toordinal() - FIRST_DAY
        except ValueError:
            return None
        if found[4] is None:
            return days * DAY
        return _instant(days, found[4], found[5], found[6], found[7], found[8])

    return rule


def _of_months(by_day: Callable[[str], int | None]) -> Callable[[str], int | None]:
    """Reads a month as its first day; a date with its day is read in ISO 8601 only."""

    def rule(text: str) -> int | None:
        text = text.strip()
        if _MONTH_ALONE.fullmatch(text):
            return by_day(f"1 {text}")
        if _ISO_MONTH.fullmatch(text):
            return by_day(f"{text}-01")
        return by_day(text) if _ISO.match(text) else None

    return rule


def _instant(days: int, hour: str, minute: str, second: str, half: str | None, offset: str | None) -> int | None:
    """Seconds since 1970 of a day (counted from 1970) and a time of day; None if there is no such time."""
    hours, minutes, seconds = int(hour), int(minute or 0), int(second or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    total = days * DAY + hours * 3600 + minutes * 60 + seconds
    if offset and offset not in "Zz":
        digits = offset[1:].replace(":", "")
        if int(digits[:2]) > 23 or int(digits[2:]) > 59:
            return None
        apart = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        total += apart if offset[0] == "-" else -apart
    return total if (1 - FIRST_DAY) * DAY <= total < (date.max.toordinal() + 1 - FIRST_DAY) * DAY else None
