"""What a text means: each rule takes a text and answers with a text, a number or a date, or None where it is none.

One row and many rows go through the very same functions, so nothing can differ between them; of many rows each
different text is looked at once.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date

from tablee.recipes.steps import CleanText, MissingMarkers, ParseDate, ParseNumber

_SPACES = re.compile(r"\s+")
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-"})

FIRST_DAY = date(1970, 1, 1).toordinal()
LONGEST = 100
"""A longer text is neither a number nor a date: patterns would take long to find that out."""
DAY = 86_400
"""Seconds."""


def clean(step: CleanText) -> Callable[[str], str | None]:
    """Canonical composition (NFC), no space at the ends, one between words, then case and accents."""
    case = {"keep": None, "lower": str.lower, "upper": str.upper}[step.case]
    bare = step.accents == "remove"

    def rule(text: str) -> str | None:
        if text.isascii():
            text = " ".join(text.split())
        else:
            if bare:
                decomposed = unicodedata.normalize("NFKD", text)
                text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
            text = unicodedata.normalize("NFC", " ".join(text.split()))
        return (case(text) if case else text) or None

    return rule


def missing(step: MissingMarkers) -> Callable[[str], str | None]:
    markers = frozenset(marker.strip().casefold() for marker in step.markers)

    def rule(text: str) -> str | None:
        return None if text.strip().casefold() in markers else text

    return rule


def number(step: ParseNumber) -> Callable[[str], float | None]:
    """Digits with separators only where they belong, a unit at one end at most, and no more than that."""
    separators = "".join(
        r"\s" if mark == " " else "'\u2019" if mark == "'" else re.escape(mark) for mark in step.thousands
    )
    grouped = rf"[0-9]{{1,3}}(?:[{separators}][0-9]{{3}})+|" if separators else ""
    decimal = re.escape(step.decimal)
    shape = re.compile(rf"([+-]?)\s*((?:{grouped}[0-9]+)(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE]([+-]?[0-9]+))?")
    gone = re.compile(rf"[{separators}]") if separators else None
    units = sorted(((unit.strip(), scale) for unit, scale in step.units.items()), key=lambda each: -len(each[0]))
    comma = step.decimal == ","

    def rule(text: str) -> float | None:
        text = text.strip()
        if len(text) > LONGEST:
            return None
        scale = 1.0
        if not text.isascii():
            text = text.translate(_MINUS)
        for unit, factor in units:
            if text.endswith(unit):
                text, scale = text[: -len(unit)].rstrip(), factor
                break
            if text.startswith(unit):
                text, scale = text[len(unit) :].lstrip(), factor
                break
            if text[:1] in "+-" and text[1:].lstrip().startswith(unit):
                text, scale = text[:1] + text[1:].lstrip()[len(unit) :].lstrip(), factor
                break
        found = shape.fullmatch(text)
        if found is None:
            return None
        sign, digits, exponent = found.groups()
        if gone is not None:
            digits = gone.sub("", digits)
        if comma:
            digits = digits.replace(",", ".")
        value = float(f"{sign}{digits}e{exponent}" if exponent else f"{sign}{digits}") * scale
        return value if math.isfinite(value) else None

    return rule


MONTHS = {
    name: number
    for names in (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv févr mars avr mai juin juil août sept oct nov déc",
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "janv fevr mars avr mai juin juil aout sept oct nov dec",
    )
    for number, name in enumerate(names.split(), 1)
}
"""French and English months, whole and short."""

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
"""Years of two digits: from here on they are of the 20th century, below of the 21st (POSIX)."""

_MONTH_ALONE = re.compile(r"(?:[0-9]{1,2}\s*[/\-]|[^\W\d_]{3,9}\.?[\s/\-])\s*[0-9]{4}")
_ISO_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def seconds(step: ParseDate) -> Callable[[str], int | None]:
    """The second since 1970 that a text names, in UTC where it gives an offset, else as it stands."""
    if step.order == "month_year":
        return _of_months(seconds(step.model_copy(update={"order": "day_month_year"})))
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
    """A month is its first day; a whole date is read only as ISO 8601."""

    def rule(text: str) -> int | None:
        text = text.strip()
        if _MONTH_ALONE.fullmatch(text):
            return by_day(f"1 {text}")
        if _ISO_MONTH.fullmatch(text):
            return by_day(f"{text}-01")
        return by_day(text) if _ISO.match(text) else None

    return rule


def _instant(days: int, hour: str, minute: str, second: str, half: str | None, offset: str | None) -> int | None:
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
